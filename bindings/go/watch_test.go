package dictdb_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"dictdb"
)

func TestChanges(t *testing.T) {
	db := newDB(t)
	table := must(db.CreateTable("t", dictdb.TableOptions{}))
	watch := must(db.Watch(dictdb.WatchOptions{}))
	same(t, len(must(watch.Poll(0, 0))), 0)
	must(table.InsertMany(ctx, []person{{Name: "Ada"}, {Name: "Kurt"}}))
	ok(t, table.Update(dictdb.Int(2), map[string]any{"id": "kurt"}))
	ok(t, table.Delete(dictdb.Int(1)))
	must(db.CreateTable("u", dictdb.TableOptions{}))
	ok(t, db.DropTable("u"))
	changes := must(watch.Poll(0, 0))
	first := changes[0].Sequence
	told := ""
	for _, c := range changes {
		told += fmt.Sprintf("%d %d %s %s %v %v %s\n", c.Sequence-first, c.Commit-first, c.Table, c.Operation, c.Key, c.OldKey, string(c.Record))
	}
	same(t, told, `0 0 t insert 1  {"name":"Ada","id":1}
1 0 t insert 2  {"name":"Kurt","id":2}
2 2 t update kurt 2 {"name":"Kurt","id":"kurt"}
3 3 t delete 1  
4 4 u create   
5 5 u drop   
`)
	same(t, must(watch.Last()), first+5)
	same(t, must(watch.Poll(first, 2)), changes[1:3])
	same(t, must(watch.Wait(ctx, first, 2)), changes[1:3])
	same(t, len(must(watch.Poll(first+5, 0))), 0)
	_, err := watch.Poll(first+6, 0)
	fails(t, err, dictdb.ErrInvalidArgument)
}

func TestWatchesThatKeepLittle(t *testing.T) {
	table := newTable(t, "")
	watch := must(table.Watch(dictdb.WatchOptions{MaxChanges: 2, MaxBytes: 1000, KeysOnly: true}))
	defer watch.Close()
	for range 5 {
		must(table.Insert(person{}))
	}
	_, err := watch.Poll(0, 0)
	newest := fact[uint64](t, fails(t, err, dictdb.ErrUnavailable), "newest")
	same(t, newest, must(watch.Last()))
	_, err = watch.Wait(ctx, 1, 0)
	fails(t, err, dictdb.ErrUnavailable)
	changes := must(watch.Poll(newest-1, 0))
	same(t, fmt.Sprint(len(changes), changes[0].Key, len(changes[0].Record)), "1 5 0")
	for _, err := range watch.Changes(ctx, 1) {
		fails(t, err, dictdb.ErrUnavailable)
	}
	_, err = table.Watch(dictdb.WatchOptions{MaxChanges: -1})
	fails(t, err, dictdb.ErrInvalidArgument)
	_, err = must(table.Snapshot()).Watch(dictdb.WatchOptions{})
	fails(t, err, dictdb.ErrUnsupported)
}

// Many wait at the same time, with positions of their own; each gets all changes in order.
func TestManyWait(t *testing.T) {
	const readers, inserts = 20, 300
	table := newTable(t, "")
	watch := must(table.Watch(dictdb.WatchOptions{}))
	limited, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var waiting, done sync.WaitGroup
	waiting.Add(readers)
	done.Add(readers)
	for range readers {
		go func() {
			defer done.Done()
			waiting.Done()
			next := int64(1)
			for change, err := range watch.Changes(limited, 0) {
				if err != nil {
					t.Error(err)
					return
				}
				if key, _ := change.Key.Int(); key != next {
					t.Errorf("got key %d, want %d", key, next)
					return
				}
				if next++; next > inserts {
					return
				}
			}
		}()
	}
	waiting.Wait()
	for i := range inserts {
		must(table.Insert(person{}))
		if i%50 == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	done.Wait()
}

func TestWaitingEnds(t *testing.T) {
	table := newTable(t, "")
	watch := must(table.Watch(dictdb.WatchOptions{}))
	limited, cancel := context.WithTimeout(ctx, 5*time.Millisecond)
	defer cancel()
	_, err := watch.Wait(limited, 0, 0)
	fails(t, err, dictdb.ErrTimeout)
	for _, err := range watch.Changes(limited, 0) {
		fails(t, err, dictdb.ErrTimeout)
	}

	ended := make(chan error)
	for range 2 {
		go func() {
			_, err := watch.Wait(ctx, 0, 0)
			ended <- err
		}()
	}
	time.Sleep(5 * time.Millisecond)
	ok(t, watch.Close())
	for range 2 {
		err := <-ended
		if st := err.(*dictdb.Error).Status; st != dictdb.StatusCancelled && st != dictdb.StatusInvalidHandle {
			t.Fatal(err)
		}
	}
	_, err = watch.Poll(0, 0)
	fails(t, err, dictdb.ErrInvalidHandle)
	_, err = watch.Wait(ctx, 0, 0)
	fails(t, err, dictdb.ErrInvalidHandle)
	for _, err := range watch.Changes(ctx, 0) {
		fails(t, err, dictdb.ErrInvalidHandle)
	}
}
