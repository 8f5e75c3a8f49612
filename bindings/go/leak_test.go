//go:build !race

// The race detector has memory of its own for all that is used.

package dictdb_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"dictdb"
)

// resident is how much memory the process has, C's included, in bytes.
func resident(t *testing.T) int64 {
	// What the collector finds in its first round is freed by cleanups that run beside it.
	runtime.GC()
	time.Sleep(5 * time.Millisecond)
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/statm")
	ok(t, err)
	var size, pages int64
	must(fmt.Sscan(string(text), &size, &pages))
	return pages * int64(os.Getpagesize())
}

// leaks fails if so many uses make the process grow by more than so many bytes, each time.
func leaks(t *testing.T, times int, most int64, use func()) {
	t.Helper()
	var grown []int64
	for before := resident(t); len(grown) < 4; {
		for range times {
			use()
		}
		after := resident(t)
		grown = append(grown, after-before)
		before = after
		if len(grown) > 1 && grown[len(grown)-1] <= most { // the first time there is much to warm up
			return
		}
	}
	t.Errorf("%d uses have made the process grow by %d bytes", times, grown)
}

// What is made over and over, and closed, must not make the process grow.
func TestNothingLeaks(t *testing.T) {
	table := newTable(t, people)
	closed := func(object interface{ Close() error }) { ok(t, object.Close()) }
	failing := func(_ any, err error) {
		if err == nil {
			t.Fatal("no error")
		}
	}
	for name, use := range map[string]func(){
		"errors":     func() { failing(table.Insert(json.RawMessage(`{"id":1}`))) },
		"misses":     func() { failing(table.GetJSON(dictdb.Int(99))) },
		"tables":     func() { closed(must(table.Limited(nil, 1))) },
		"snapshots":  func() { closed(must(table.Snapshot())) },
		"predicates": func() { closed(dictdb.Eq("name", "Ada")) },
		"queries":    func() { closed(must(dictdb.Compile(dictdb.Where("age > ?1")))) },
		"matching":   func() { must(table.Count(ctx, dictdb.Matching(everyone).Where("age > ?1"), 1)) },
		"updates":    func() { closed(dictdb.MustCompileUpdate("TRUE", "a = 1")) },
		"batches": func() {
			batch := must(dictdb.NewBatch())
			ok(t, batch.Delete(table, dictdb.Int(1)))
			closed(batch)
		},
		"tokens": func() { closed(must(dictdb.NewCancel())) },
		"cursors": func() {
			live, cancel := context.WithCancel(ctx)
			cursor := must(table.Cursor(live, nil))
			must(cursor.Next())
			closed(cursor)
			cancel()
		},
		"contexts of handles": func() {
			live, cancel := context.WithCancel(ctx)
			snapshot := must(table.Snapshot())
			must(snapshot.Count(live, nil))
			closed(snapshot)
			cancel()
		},
		"watches": func() {
			watch := must(table.Watch(dictdb.WatchOptions{}))
			ended, cancel := context.WithCancel(ctx)
			cancel()
			for change, err := range watch.Changes(ended, 0) {
				failing(change, err)
			}
			closed(watch)
		},
	} {
		t.Run(name, func(t *testing.T) {
			leaks(t, 15_000, 3<<19, use)
		})
	}
}

var everyone = dictdb.All()

// A job that was closed while it ran leaves nothing, nor does the database that it made.
func TestClosedJobsLeaveNothing(t *testing.T) {
	db, _ := big(t)
	path := filepath.Join(t.TempDir(), "file")
	ok(t, db.Save(ctx, path, dictdb.BinaryFormat))
	leaks(t, 4, 10<<20, func() {
		job := must(dictdb.LoadJob(path))
		ok(t, job.Close())
		<-job.Done()
	})
}
