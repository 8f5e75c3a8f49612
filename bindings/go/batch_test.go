package dictdb_test

import (
	"encoding/json"
	"testing"

	"dictdb"
)

func TestBatchInOneCall(t *testing.T) {
	db := newDB(t)
	table := must(db.CreateTable("t", dictdb.TableOptions{}))
	results := must(db.Batch(ctx,
		dictdb.Operation{Insert: "t", Record: person{Name: "Ada", Age: 36}},
		dictdb.Operation{InsertMany: "t", Records: []person{{Name: "Kurt"}, {ID: 9, Name: "Grace"}}},
		dictdb.Operation{Upsert: "t", Record: person{ID: 9, Age: 85}, OnConflict: "update"},
		dictdb.Operation{Update: "t", Key: dictdb.Int(1), Changes: map[string]any{"age": 37}},
		dictdb.Operation{Update: "t", Where: "age > ?1", Set: "old = ?2", Params: []any{50, true}},
		dictdb.Operation{Delete: "t", Key: dictdb.Int(2)},
		dictdb.Operation{Delete: "t", Where: "age = ?1", Params: []any{37}},
	))
	same(t, results, []dictdb.Result{
		{Key: dictdb.Int(1)}, {Keys: []dictdb.Key{dictdb.Int(2), dictdb.Int(9)}}, {Key: dictdb.Int(9), Outcome: dictdb.Updated},
		{Count: 1}, {Count: 1}, {Count: 1}, {Count: 1},
	})
	same(t, rowsOf(t, table, nil), `[{"id":9,"name":"","age":85,"old":true}]`)
	same(t, len(must(db.Batch(ctx))), 0)

	_, err := db.Batch(ctx,
		dictdb.Operation{Insert: "t", Record: person{ID: 1}},
		dictdb.Operation{Update: "t", Where: "id = 1 AND age > 5", Set: "age = 0"})
	same(t, fact[int](t, fails(t, err, dictdb.ErrRecordNotFound), "operation"), 1)
	_, err = db.Batch(ctx, dictdb.Operation{Insert: "u", Record: person{}})
	fails(t, err, dictdb.ErrTableNotFound)
	_, err = db.Batch(ctx, dictdb.Operation{Insert: "t"})
	fails(t, err, dictdb.ErrInvalidArgument)
	_, err = db.BatchJSON(ctx, json.RawMessage(`[{"delete":"t"}]`))
	fails(t, err, dictdb.ErrInvalidArgument)
	same(t, must(table.Count(ctx, nil)), int64(1))
	same(t, must(db.BatchJSON(ctx, json.RawMessage(`[{"delete":"t","key":9}]`)))[0].Count, int64(1))
}

func TestBatchStepByStep(t *testing.T) {
	table := newTable(t, people)
	other := newTable(t, `[{"balance":1}]`)
	batch := must(dictdb.NewBatch())
	add := func() {
		ok(t, batch.Insert(table, person{Name: "Alan"}))
		ok(t, batch.InsertMany(table, []person{{Name: "A"}, {Name: "B"}}))
		ok(t, batch.Upsert(table, person{ID: 1, Name: "Lovelace"}, dictdb.ConflictIgnore))
		ok(t, batch.Update(table, dictdb.Int(2), map[string]any{"age": 18}))
		ok(t, batch.Run(other, dictdb.MustCompileUpdate("balance >= ?1", "balance = balance - ?1"), 1))
		ok(t, batch.UpdateWhere(table, "age > ?1", "age = age + 1", 80))
		ok(t, batch.Delete(table, dictdb.Int(3)))
		ok(t, batch.DeleteWhere(table, "name = ?1", "A"))
	}
	add()
	same(t, must(table.Count(ctx, nil)), int64(3))
	same(t, must(batch.Commit(ctx)), []dictdb.Result{
		{Key: dictdb.Int(4)}, {Keys: []dictdb.Key{dictdb.Int(5), dictdb.Int(6)}}, {Key: dictdb.Int(1), Outcome: dictdb.Ignored},
		{Count: 1}, {Count: 1}, {Count: 1}, {Count: 1}, {Count: 1},
	})
	same(t, rowsOf(t, table, dictdb.Spec{}.Columns("id")), `[{"id":1},{"id":2},{"id":4},{"id":6}]`)
	same(t, rowsOf(t, other, nil), `[{"balance":0,"id":1}]`)
	same(t, len(must(batch.Commit(ctx))), 0)

	// The balance is spent: all fails, stays to be committed again, and is cleared.
	add()
	_, err := batch.Commit(ctx)
	same(t, fact[int](t, fails(t, err, dictdb.ErrRecordNotFound), "operation"), 4)
	must(other.UpdateWhere(ctx, "TRUE", "balance = 5"))
	must(table.Insert(person{ID: 3}))
	_, err = batch.Commit(ctx)
	same(t, fact[int](t, fails(t, err, dictdb.ErrRecordNotFound), "operation"), 5)
	ok(t, batch.Clear())
	same(t, len(must(batch.Commit(ctx))), 0)

	fails(t, batch.Insert(table, json.RawMessage("[")), dictdb.ErrInvalidJSON)
	same(t, fact[int](t, fails(t, batch.InsertMany(table, json.RawMessage("[{},1]")), dictdb.ErrInvalidJSON), "index"), 1)
	fails(t, batch.Upsert(table, person{}, 99), dictdb.ErrInvalidArgument)
	fails(t, batch.UpdateWhere(table, "TRUE", "("), dictdb.ErrParse)
	fails(t, batch.DeleteWhere(table, "("), dictdb.ErrParse)
	fails(t, batch.Delete(table, dictdb.Key{}), dictdb.ErrInvalidKey)
	fails(t, batch.Insert(must(table.Snapshot()), person{}), dictdb.ErrUnsupported)
	fails(t, batch.Run(table, dictdb.MustCompileUpdate("a = ?1", "a = 1")), dictdb.ErrInvalidArgument)
	for _, add := range []func(any) error{
		func(bad any) error { return batch.Insert(table, bad) },
		func(bad any) error { return batch.InsertMany(table, bad) },
		func(bad any) error { return batch.Upsert(table, bad, dictdb.ConflictError) },
		func(bad any) error { return batch.Update(table, dictdb.Int(1), bad) },
		func(bad any) error { return batch.UpdateWhere(table, "a = ?1", "a = 1", bad) },
	} {
		if add(func() {}) == nil {
			t.Fatal("a value that is no JSON was taken")
		}
	}
}
