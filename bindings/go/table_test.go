package dictdb_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"dictdb"
)

func TestRecordsByKey(t *testing.T) {
	table := newTable(t, "")
	key := must(table.Insert(person{Name: "Ada", Age: 36}))
	same(t, key, dictdb.Int(1))
	same(t, must(dictdb.Get[person](table, key)), person{1, "Ada", 36})
	same(t, must(table.Insert(map[string]any{"id": "kurt", "name": "Kurt"})), dictdb.Str("kurt"))
	same(t, string(must(table.GetJSON(dictdb.Str("kurt")))), `{"id":"kurt","name":"Kurt"}`)
	same(t, string(must(table.AppendGet([]byte("> "), key))), `> {"name":"Ada","age":36,"id":1}`)

	ok(t, table.Update(key, map[string]any{"age": 37}))
	same(t, must(dictdb.Get[person](table, key)).Age, 37)
	ok(t, table.Update(key, map[string]any{"id": 9}))
	_, err := dictdb.Get[person](table, key)
	fails(t, err, dictdb.ErrRecordNotFound)
	ok(t, table.Delete(dictdb.Int(9)))
	fails(t, table.Delete(dictdb.Int(9)), dictdb.ErrRecordNotFound)
	fails(t, table.Update(dictdb.Int(9), person{}), dictdb.ErrRecordNotFound)
	same(t, must(table.Count(ctx, nil)), int64(1))
	_, err = table.AppendGet(nil, dictdb.Str("nobody"))
	fails(t, err, dictdb.ErrRecordNotFound)
}

func TestUpsert(t *testing.T) {
	table := newTable(t, people)
	upsert := func(record any, conflict dictdb.OnConflict) string {
		key, outcome, err := table.Upsert(record, conflict)
		ok(t, err)
		return fmt.Sprint(key, " ", outcome)
	}
	same(t, upsert(person{1, "Lovelace", 0}, dictdb.ConflictUpdate), "1 updated")
	same(t, upsert(person{1, "Byron", 0}, dictdb.ConflictIgnore), "1 ignored")
	same(t, upsert(person{7, "Alan", 41}, dictdb.ConflictError), "7 inserted")
	same(t, must(dictdb.Get[person](table, dictdb.Int(1))), person{1, "Lovelace", 36})
	_, _, err := table.Upsert(person{ID: 7}, dictdb.ConflictError)
	same(t, fact[int](t, fails(t, err, dictdb.ErrDuplicateKey), "key"), 7)
	_, _, err = table.Upsert(person{ID: 7}, 99)
	fails(t, err, dictdb.ErrInvalidArgument)
}

func TestKeys(t *testing.T) {
	table := newTable(t, "")
	for _, key := range []dictdb.Key{
		dictdb.Int(math.MaxInt64 - 5), dictdb.Int(math.MinInt64), dictdb.Int(0), dictdb.Str("1"), dictdb.Int(uint32(1)), dictdb.Str(`"quoted\ ` + "\n\x01é"),
	} {
		same(t, must(table.Insert(map[string]dictdb.Key{"id": key})), key)
		same(t, must(dictdb.Get[struct{ ID dictdb.Key }](table, key)).ID, key)
	}
	found := must(dictdb.GetMany[struct{ ID dictdb.Key }](ctx, table, []dictdb.Key{dictdb.Str("1"), dictdb.Str("2"), dictdb.Int(1)}))
	same(t, found[0].ID, dictdb.Str("1"))
	same(t, found[1] == nil, true)
	same(t, found[2].ID, dictdb.Int(1))
	same(t, len(must(dictdb.GetMany[person](ctx, table, nil))), 0)

	for _, key := range []dictdb.Key{{}, dictdb.Str("")} {
		_, err := table.GetJSON(key)
		fails(t, err, dictdb.ErrInvalidKey)
		fails(t, table.Delete(key), dictdb.ErrInvalidKey)
	}
	_, err := table.GetJSON(dictdb.Str("\xff"))
	fails(t, err, dictdb.ErrInvalidUTF8)

	keys := must(table.InsertMany(ctx, []any{
		json.RawMessage(`{"id":"a,b]"}`), map[string]any{"id": -5}, map[string]any{}, map[string]any{"id": "1234567890123456789012"},
	}))
	same(t, fmt.Sprint(keys), "[a,b] -5 9223372036854775803 1234567890123456789012]")
	same(t, len(must(table.InsertMany(ctx, []person{}))), 0)
	number, isInt := dictdb.Str("x").Int()
	same(t, fmt.Sprint(number, isInt, dictdb.Key{}.IsZero()), "0 false true")
	text, isStr := dictdb.Str("x").Str()
	same(t, fmt.Sprintln(text, isStr), "x true\n")
}

func TestTextIsKeptAsItIs(t *testing.T) {
	table := newTable(t, "")
	must(table.Insert(map[string]any{"html": "<a href='x'>&amp;</a>"}))
	same(t, string(must(table.GetJSON(dictdb.Int(1)))), `{"html":"<a href='x'>&amp;</a>","id":1}`)
	must(table.Insert(json.RawMessage(`{"price": 1.50, "id": 2}`)))
	same(t, strings.Contains(string(must(table.GetJSON(dictdb.Int(2)))), "1.50"), true)
	got := must(dictdb.Select[struct{ ID int }](ctx, table, dictdb.Where("html = ?1"), "<a href='x'>&amp;</a>"))
	same(t, got[0].ID, 1)
}

func TestWhatIsWrongWithARecord(t *testing.T) {
	table := newTable(t, people)
	_, err := table.Insert(person{ID: 1})
	failure := fails(t, err, dictdb.ErrDuplicateKey)
	same(t, failure.Error(), "dictdb: key 1 is taken")
	same(t, fact[int](t, failure, "key"), 1)
	same(t, failure.Fact("key", new(string)), false)
	same(t, failure.Fact("field", new(string)), false)

	for text, want := range map[string]error{
		`{`:                          dictdb.ErrInvalidJSON,
		``:                           dictdb.ErrInvalidJSON,
		`[1]`:                        dictdb.ErrInvalidJSON,
		`{"id":1.5}`:                 dictdb.ErrInvalidKey,
		`{"a":18446744073709551616}`: dictdb.ErrNumberRange,
		"{\"a\":\"\xff\"}":           dictdb.ErrInvalidUTF8,
		strings.Repeat(`{"a":`, 200) + "1" + strings.Repeat("}", 200): dictdb.ErrLimit,
	} {
		_, err := table.Insert(json.RawMessage(text))
		fails(t, err, want)
	}
	_, err = table.Insert(json.RawMessage(nil))
	fails(t, err, dictdb.ErrInvalidArgument)
	_, err = table.InsertMany(ctx, json.RawMessage(`[{},{},{"id":1}]`))
	same(t, fact[int](t, fails(t, err, dictdb.ErrDuplicateKey), "index"), 2)
	if _, err := table.Insert(func() {}); err == nil || !strings.Contains(err.Error(), "unsupported type") {
		t.Fatal(err)
	}
	same(t, must(table.Count(ctx, nil)), int64(3))
}

func TestTables(t *testing.T) {
	db := newDB(t)
	users := must(db.CreateTable("users", dictdb.TableOptions{PrimaryKey: "name"}))
	must(db.CreateTable("orders", dictdb.TableOptions{}))
	same(t, must(db.Tables()), []string{"users", "orders"})
	_, err := db.CreateTable("users", dictdb.TableOptions{})
	fails(t, err, dictdb.ErrDuplicateTable)
	_, err = db.CreateTable("", dictdb.TableOptions{})
	fails(t, err, dictdb.ErrInvalidArgument)
	_, err = db.Table("nothing")
	fails(t, err, dictdb.ErrTableNotFound)
	same(t, must(users.Insert(map[string]any{"name": "ada"})), dictdb.Str("ada"))
	again := must(db.Table("users"))
	same(t, must(again.Count(ctx, nil)), int64(1))
	same(t, string(must(db.Copy(ctx))), `{"users":{"ada":{"name":"ada"}},"orders":{}}`)
	ok(t, db.DropTable("users"))
	_, err = again.Insert(map[string]any{"name": "kurt"})
	fails(t, err, dictdb.ErrTableNotFound)
	fails(t, db.DropTable("users"), dictdb.ErrTableNotFound)
}

func TestSchema(t *testing.T) {
	db := newDB(t)
	schema := dictdb.Schema{
		{Name: "name", Type: dictdb.StrType},
		{Name: "age", Type: dictdb.IntType, Nullable: true},
		{Name: "role", Type: dictdb.StrType, Default: "user"},
		{Name: "weight", Type: dictdb.FloatType, Default: json.Number("1.50")},
	}
	table := must(db.CreateTable("t", dictdb.TableOptions{Schema: schema}))
	must(table.Insert(map[string]any{"name": "Ada"}))
	same(t, string(must(table.GetJSON(dictdb.Int(1)))), `{"name":"Ada","role":"user","weight":1.50,"id":1}`)
	_, err := table.Insert(map[string]any{"name": 5})
	failure := fails(t, err, dictdb.ErrSchema)
	same(t, fact[string](t, failure, "field")+fact[string](t, failure, "expected")+fact[string](t, failure, "actual"), "namestrint")

	description := must(table.Describe())
	same(t, description.Schema, append(schema, dictdb.Field{Name: "id", Type: dictdb.IntType}))
	same(t, description.Columns, []string{"name", "age", "role", "weight", "id"})
	same(t, fmt.Sprint(description.Name, description.PrimaryKey, description.Count, description.Indexes), "tid1 []")

	_, err = db.CreateTable("u", dictdb.TableOptions{Schema: dictdb.Schema{{Name: "a", Type: dictdb.IntType, Default: "x"}}})
	fails(t, err, dictdb.ErrSchema)
	_, err = db.CreateTable("u", dictdb.TableOptions{Schema: dictdb.Schema{{Name: "a", Type: "integer"}}})
	fails(t, err, dictdb.ErrInvalidArgument)
	if _, err = db.CreateTable("u", dictdb.TableOptions{Schema: dictdb.Schema{{Name: "a", Type: dictdb.IntType, Default: func() {}}}}); err == nil {
		t.Fatal("a default that is no JSON was taken")
	}
	must(db.CreateTable("empty", dictdb.TableOptions{Schema: dictdb.Schema{}}))
	same(t, must(newTable(t, "").Describe()).Schema == nil, true)
}

func TestIndexes(t *testing.T) {
	table := newTable(t, people)
	byAge := dictdb.Index{Fields: []string{"age"}, Kind: dictdb.Sorted}
	byName := dictdb.Index{Fields: []string{"name", "age"}, Kind: dictdb.Hash, Unique: true}
	for _, index := range []dictdb.Index{byAge, byName, byAge} {
		ok(t, table.CreateIndex(ctx, index))
	}
	same(t, must(table.Describe()).Indexes, []dictdb.Index{byAge, byName})
	same(t, must(table.Statistics()).Indexes, int64(2))
	fails(t, table.CreateIndex(ctx, dictdb.Index{Fields: []string{"age"}, Kind: dictdb.Hash}), dictdb.ErrIndexExists)
	fails(t, table.CreateIndex(ctx, dictdb.Index{Fields: []string{"age"}, Kind: "tree"}), dictdb.ErrInvalidArgument)
	fails(t, table.CreateIndex(ctx, dictdb.Index{Fields: []string{"a[x"}, Kind: dictdb.Hash}), dictdb.ErrParse)
	_, err := table.Insert(person{Name: "Ada", Age: 36})
	same(t, fact[[]any](t, fails(t, err, dictdb.ErrDuplicateKey), "value"), []any{"Ada", 36.0})

	plan := must(table.Explain(ctx, dictdb.Where("age > ?1").OrderBy("age"), 18))
	same(t, fmt.Sprintf("%+v", plan),
		"{Access:index Index:[age] Kind:sorted Condition:age > 18 Parts:[] RowsEstimated:2 Filter: Order:index ReadsRecords:true}")
	same(t, must(table.Explain(ctx, dictdb.Matching(dictdb.Or(dictdb.Eq("age", 1), dictdb.Eq("id", 2))))).Access, "union")
	ok(t, table.DropIndex("name", "age"))
	fails(t, table.DropIndex("name", "age"), dictdb.ErrInvalidArgument)
	ok(t, table.DropIndex("age"))
	same(t, must(table.Explain(ctx, dictdb.Where("age > ?1"), 18)).Access, "scan")
}

func TestStatisticsHaveAllMembers(t *testing.T) {
	table := newTable(t, people)
	must(table.UpdateWhere(ctx, "TRUE", "age = age + 1"))
	must(table.DeleteWhere(ctx, "age < 20"))
	snapshot := must(table.Snapshot())
	defer snapshot.Close()
	s := must(table.Statistics())
	same(t, fmt.Sprint(s.Records, s.Inserted, s.Updated, s.Deleted, s.Snapshots), "2 3 3 1 1")
	if s.LiveBytes == 0 || s.Bytes < s.SegmentBytes || s.SegmentBytes == 0 || s.DirectoryBytes == 0 || s.Shapes == 0 {
		t.Fatalf("%+v", s)
	}
}

func TestSnapshots(t *testing.T) {
	table := newTable(t, people)
	snapshot := must(table.Snapshot())
	must(table.DeleteWhere(ctx, "TRUE"))
	same(t, rowsOf(t, snapshot, dictdb.Spec{}.Columns("name")), `[{"name":"Ada"},{"name":"Kurt"},{"name":"Grace"}]`)
	same(t, string(must(snapshot.Copy(ctx))),
		`{"1":{"name":"Ada","age":36,"id":1},"2":{"name":"Kurt","age":17,"id":2},"3":{"name":"Grace","age":85,"id":3}}`)
	_, err := snapshot.Insert(person{})
	fails(t, err, dictdb.ErrUnsupported)

	db := newDB(t)
	live := must(db.CreateTable("t", dictdb.TableOptions{}))
	must(live.Insert(person{Name: "Ada"}))
	whole := must(db.Snapshot())
	ok(t, db.DropTable("t"))
	ok(t, db.Close())
	old := must(whole.Table("t"))
	same(t, must(dictdb.Get[person](old, dictdb.Int(1))).Name, "Ada")
	_, err = whole.CreateTable("u", dictdb.TableOptions{})
	fails(t, err, dictdb.ErrUnsupported)
}

func TestMemoryIsCountedAndLimited(t *testing.T) {
	table := newTable(t, `[{"id":1}]`)
	defer dictdb.SetMemoryLimit(0)
	if dictdb.MemoryUsed() == 0 {
		t.Error("no memory is used")
	}
	same(t, dictdb.SetMemoryLimit(1), uint64(0))
	_, err := table.Insert(json.RawMessage(`{"id":2}`))
	fails(t, err, dictdb.ErrOutOfMemory)
	same(t, dictdb.SetMemoryLimit(0), uint64(1))
	same(t, must(table.Count(ctx, nil)), int64(1))
}
