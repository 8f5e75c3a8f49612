package dictdb_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"dictdb"
)

func TestGoroutinesShareAll(t *testing.T) {
	const workers, rounds = 8, 200
	db := newDB(t)
	table := must(db.CreateTable("t", dictdb.TableOptions{}))
	must(table.InsertMany(ctx, json.RawMessage(`[{"n":0,"side":"a"},{"n":0,"side":"b"}]`)))
	both := must(dictdb.Compile(dictdb.Where("side IN ?1").Columns("n")))
	add := dictdb.MustCompileUpdate("side = ?1 OR side = ?2", "n = n + 1")
	inGoroutines(workers, func(worker int) {
		live, cancel := context.WithCancel(ctx)
		defer cancel()
		for i := range rounds {
			// Errors, contexts and plain calls mix, so that what is reused goes through all hands.
			use := ctx
			if i%3 == 0 {
				use = live
			}
			must(add.Run(use, table, "a", "b"))
			rows := must(dictdb.Select[struct{ N int }](use, table, both, []string{"a", "b"}))
			if rows[0].N != rows[1].N {
				t.Errorf("half of a write: %v", rows)
			}
			_, err := table.Insert(json.RawMessage(fmt.Sprintf(`{"id":1,"worker":%d}`, worker)))
			if !errors.Is(err, dictdb.ErrDuplicateKey) {
				t.Error(err)
			}
			key := must(table.Insert(map[string]int{"worker": worker, "i": i}))
			got := must(dictdb.Get[struct{ Worker, I int }](table, key))
			text := must(table.AppendGet(nil, key))
			if want := fmt.Sprintf(`{"i":%d,"worker":%d,`, i, worker); string(text[:len(want)]) != want {
				t.Errorf("%s is not what worker %d inserted", text, worker)
			}
			if got.Worker != worker || got.I != i {
				t.Errorf("%v is not what worker %d inserted", got, worker)
			}
		}
	})
	same(t, rowsOf(t, table, both, []string{"a", "b"}), fmt.Sprintf(`[{"n":%d},{"n":%[1]d}]`, workers*rounds))
	same(t, must(table.Count(ctx, dictdb.Where("worker IS NOT NULL"))), int64(workers*rounds))
}

func TestGoroutinesShareACursor(t *testing.T) {
	table := newTable(t, "")
	must(table.InsertMany(ctx, make([]person, 2000)))
	cursor := must(table.Cursor(ctx, nil))
	seen := make([][]int, 4)
	inGoroutines(len(seen), func(worker int) {
		for i := 0; ; i++ {
			var text json.RawMessage
			var err error
			if i%2 == 0 {
				text, err = cursor.Next()
				text = json.RawMessage("[" + string(text) + "]")
			} else {
				text, _, err = cursor.NextBatch(3, 0)
			}
			if errors.Is(err, dictdb.ErrRecordNotFound) {
				return
			}
			var rows []person
			ok(t, errors.Join(err, json.Unmarshal(text, &rows)))
			for _, row := range rows {
				seen[worker] = append(seen[worker], row.ID)
			}
		}
	})
	count := map[int]int{}
	for _, ids := range seen {
		for _, id := range ids {
			count[id]++
		}
	}
	same(t, len(count), 2000)
	for id, times := range count {
		if times != 1 {
			t.Fatalf("row %d was handed out %d times", id, times)
		}
	}
}

// A row is copied while the cursor, which alone keeps its memory, is closed.
func TestCloseWhileARowIsCopied(t *testing.T) {
	table := newTable(t, "")
	row := `{"text":"` + strings.Repeat("x", 8<<20) + `","id":1}`
	for range 20 {
		must(table.Insert(json.RawMessage(row)))
		cursor := must(table.Cursor(ctx, nil))
		ok(t, table.Delete(dictdb.Int(1)))
		var stepping sync.WaitGroup
		stepping.Add(1)
		got := make(chan string)
		go func() {
			stepping.Done()
			text, err := cursor.Next()
			if err != nil && !errors.Is(err, dictdb.ErrInvalidHandle) {
				t.Error(err)
			}
			got <- string(text)
		}()
		stepping.Wait()
		time.Sleep(100 * time.Microsecond)
		ok(t, cursor.Close())
		if text := <-got; text != row && text != "" {
			t.Fatal("the row is not what it was")
		}
	}
}

func TestTransfers(t *testing.T) {
	db := newDB(t)
	accounts := must(db.CreateTable("accounts", dictdb.TableOptions{}))
	must(accounts.InsertMany(ctx, json.RawMessage(`[{"balance":100},{"balance":100},{"balance":100}]`)))
	inGoroutines(6, func(worker int) {
		for i := range 100 {
			from, to, amount := (worker+i)%3+1, (worker+i+1)%3+1, 7+worker
			_, err := db.Batch(ctx,
				dictdb.Operation{Update: "accounts", Where: "id = ?1 AND balance >= ?2", Set: "balance = balance - ?2", Params: []any{from, amount}},
				dictdb.Operation{Update: "accounts", Where: "id = ?1", Set: "balance = balance + ?2", Params: []any{to, amount}})
			if err != nil && !errors.Is(err, dictdb.ErrRecordNotFound) {
				t.Error(err)
			}
			sum := must(dictdb.First[struct{ Sum, Least int }](ctx, accounts, dictdb.Spec{}.Aggregate("sum", "sum(balance)").Aggregate("least", "min(balance)")))
			if sum.Sum != 300 || sum.Least < 0 {
				t.Errorf("%+v", sum)
			}
		}
	})
}
