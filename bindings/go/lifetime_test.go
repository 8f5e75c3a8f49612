package dictdb_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"path/filepath"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"dictdb"
)

// everything makes one object of each kind that is closed, and says how each is used.
func everything(t testing.TB) (objects []io.Closer, uses []func() error) {
	db := must(dictdb.New())
	table := must(db.CreateTable("t", dictdb.TableOptions{}))
	must(table.InsertMany(ctx, make([]person, 100)))
	predicate := dictdb.Eq("name", "Ada")
	query := must(dictdb.Compile(dictdb.Matching(predicate)))
	update := dictdb.MustCompileUpdate("TRUE", "age = 1")
	live, cancel := context.WithCancel(ctx)
	t.Cleanup(cancel)
	cursor := must(table.Cursor(live, nil))
	batch := must(dictdb.NewBatch())
	token := must(dictdb.NewCancel())
	watch := must(table.Watch(dictdb.WatchOptions{}))
	dir := t.TempDir()
	job := must(db.SaveJob(filepath.Join(dir, "file"), ""))
	<-job.Done()
	backup := must(db.Backup(filepath.Join(dir, "backups"), dictdb.BackupOptions{}))
	snapshot := must(table.Snapshot())
	first := func(_ any, err error) error { return err }
	objects = []io.Closer{db, table, predicate, query, update, cursor, batch, token, watch, job, backup, snapshot}
	uses = []func() error{
		func() error { return first(db.Tables()) },
		func() error { return first(table.Count(live, nil)) },
		func() error { return first(snapshot.Count(ctx, dictdb.Matching(predicate))) },
		func() error { return first(snapshot.Explain(ctx, query)) },
		func() error { return first(update.Explain(ctx, snapshot)) },
		func() error { return first(cursor.Next()) },
		func() error { return batch.Clear() },
		func() error { return token.Reset() },
		func() error { return first(watch.Poll(0, 0)) },
		func() error { return job.Cancel() },
		func() error { return first(backup.Statistics()) },
		func() error { return first(snapshot.Describe()) },
	}
	return objects, uses
}

func TestUseAfterCloseInAnyOrder(t *testing.T) {
	for seed := range int64(20) {
		objects, uses := everything(t)
		isClosed := make([]bool, len(objects))
		snapshot := len(objects) - 1
		for _, next := range rand.New(rand.NewSource(seed)).Perm(len(objects)) {
			for range 2 {
				ok(t, objects[next].Close())
			}
			isClosed[next] = true
			for i, use := range uses {
				err := use()
				isUsedOnSnapshot := i == 2 || i == 3 || i == 4
				if wants := isClosed[i] || (isUsedOnSnapshot && isClosed[snapshot]); wants {
					fails(t, err, dictdb.ErrInvalidHandle)
				} else {
					ok(t, err)
				}
			}
		}
	}
}

// What was closed while many use it answers that it was closed, or ends as usual.
func TestCloseBesideCalls(t *testing.T) {
	for range 20 {
		objects, uses := everything(t)
		inGoroutines(2*len(uses), func(i int) {
			if i < len(uses) {
				for range 20 {
					// A watch that is closed while it is asked for changes tells that it was.
					allowed := []error{nil, dictdb.ErrInvalidHandle, dictdb.ErrRecordNotFound, dictdb.ErrCancelled}
					if err := uses[i](); !slices.ContainsFunc(allowed, func(one error) bool { return errors.Is(err, one) }) {
						t.Error(err)
					}
				}
				return
			}
			runtime.Gosched()
			ok(t, objects[i-len(uses)].Close())
		})
	}
}

func TestZeroValuesAreErrors(t *testing.T) {
	_, err := new(dictdb.DB).Tables()
	fails(t, err, dictdb.ErrInvalidHandle)
	_, err = new(dictdb.Table).Insert(person{})
	fails(t, err, dictdb.ErrInvalidHandle)
	_, err = newTable(t, "").Count(ctx, new(dictdb.Query))
	fails(t, err, dictdb.ErrInvalidHandle)
	fails(t, dictdb.And(new(dictdb.Predicate)).Err(), dictdb.ErrInvalidHandle)
	_, err = new(dictdb.Cursor).Next()
	fails(t, err, dictdb.ErrInvalidHandle)
	_, err = new(dictdb.Watch).Wait(ctx, 0, 0)
	fails(t, err, dictdb.ErrInvalidHandle)
	fails(t, new(dictdb.Job).Cancel(), dictdb.ErrInvalidHandle)
	_, err = new(dictdb.Batch).Commit(ctx)
	fails(t, err, dictdb.ErrInvalidHandle)
	for _, zero := range []io.Closer{
		new(dictdb.DB), new(dictdb.Table), new(dictdb.Query), new(dictdb.Update), new(dictdb.Cursor), new(dictdb.Batch), new(dictdb.Cancel),
		new(dictdb.Watch), new(dictdb.Job), new(dictdb.Backup),
	} {
		ok(t, zero.Close())
	}
	ok(t, new(dictdb.Predicate).Close())
}

// A slowValue takes so long to encode that the collector comes in between, and frees what it may.
type slowValue int

func (v slowValue) MarshalJSON() ([]byte, error) {
	for range 3 {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	return []byte(fmt.Sprint(int(v))), nil
}

// What is given to a call, and used by nobody else, lives as long as the call.
func TestArgumentsLiveAsLongAsTheCall(t *testing.T) {
	table := newTable(t, people)
	query := func() *dictdb.Query { return must(dictdb.Compile(dictdb.Where("age = ?1"))) }
	update := func() *dictdb.Update { return dictdb.MustCompileUpdate("age = ?1", "n = 1") }
	same(t, len(must(dictdb.Select[person](ctx, table, query(), slowValue(36)))), 1)
	same(t, len(must(dictdb.Select[person](ctx, table, dictdb.Matching(dictdb.Ge("age", 18)).Where("age = ?1"), slowValue(36)))), 1)
	same(t, must(table.Count(ctx, query(), slowValue(36))), int64(1))
	must(table.Explain(ctx, query(), slowValue(36)))
	must(must(table.Cursor(ctx, query(), slowValue(36))).Next())
	must(update().Run(ctx, table, slowValue(36)))
	must(update().Explain(ctx, table, slowValue(36)))
	batch := must(dictdb.NewBatch())
	ok(t, batch.Run(must(table.Limited(nil, -1)), update(), slowValue(36)))
	must(batch.Commit(ctx))
	must(table.UpdateMatching(ctx, dictdb.Eq("age", 36), map[string]any{"n": slowValue(2)}))
	same(t, must(query().Delete(ctx, table, slowValue(36))), int64(1))
}

// The collector runs all the time while objects are used and dropped: none may be freed under a call, and all are freed at some time.
func TestCollector(t *testing.T) {
	table := newTable(t, people)
	var stop atomic.Bool
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for !stop.Load() {
			runtime.GC()
		}
	}()
	inGoroutines(4, func(worker int) {
		for i := range 100 {
			live, cancel := context.WithCancel(ctx)
			snapshot := must(table.Snapshot())
			same(t, must(must(snapshot.Limited(must(dictdb.NewCancel()), time.Hour)).Count(live, dictdb.Matching(
				dictdb.And(dictdb.Ge("age", 17), dictdb.Not(dictdb.Eq("name", fmt.Sprint(worker, i))))))), int64(3))
			same(t, len(must(dictdb.Select[person](ctx, must(table.Snapshot()), must(dictdb.Compile(dictdb.Where("age > ?1"))), 20))), 2)
			cursor := must(table.Cursor(live, must(dictdb.Compile(dictdb.Spec{}))))
			must(cursor.Next())
			must(cursor.Next())
			batch := must(dictdb.NewBatch())
			ok(t, batch.Run(must(table.Limited(nil, -1)), dictdb.MustCompileUpdate("id = ?1", "hits = coalesce(hits, 0) + 1"), 1))
			must(batch.Commit(live))
			cancel()
		}
	})
	same(t, rowsOf(t, table, dictdb.Where("id = 1").Columns("hits")), `[{"hits":400}]`)
	stop.Store(true)
	<-ended
	for range 200 {
		runtime.GC()
		if must(table.Statistics()).Snapshots == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("%d snapshots were not freed", must(table.Statistics()).Snapshots)
}
