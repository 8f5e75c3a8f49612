package dictdb_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"testing"

	"dictdb"
)

// resident is how much memory the process has, C's included, in bytes.
func resident(t *testing.T) int64 {
	runtime.GC()
	runtime.GC()
	text, err := os.ReadFile("/proc/self/statm")
	ok(t, err)
	var size, pages int64
	must(fmt.Sscan(string(text), &size, &pages))
	return pages * int64(os.Getpagesize())
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
			const times, most = 40_000, 4 << 20
			for range times / 4 {
				use()
			}
			before := resident(t)
			for range times {
				use()
			}
			if grown := resident(t) - before; grown > most {
				t.Errorf("%d uses have made the process grow by %d bytes", times, grown)
			}
		})
	}
}

var everyone = dictdb.All()
