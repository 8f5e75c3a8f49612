package dictdb

// #include "bridge.h"
import "C"

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"runtime"
	"sync"
	"time"
)

// A Watch is a feed of the changes of a table, or of all tables of a database, in the order in which they happened, from the moment at which it
// was made. Changes are kept in memory up to a limit, whether they were asked for or not; a writer never waits for a reader. Close it.
//
// To keep a copy of a table: first make the watch, then take a snapshot and read it, then apply all changes. Changes carry whole records, so one that
// the snapshot has already does no harm. Who is too slow is told so by [ErrUnavailable]: ask for [Watch.Last], then take a snapshot, then go on after
// that number.
//
// All methods may be called from any goroutine at any time.
type Watch struct {
	h *handle

	// life ends with Close, which wakes those who wait.
	life context.Context
	end  context.CancelFunc

	// The descriptor must not be closed while it is being copied: its number could be another file's.
	descriptor sync.RWMutex

	// The library's descriptor tells of changes that nobody has been given. So who is given some wakes all others who wait.
	mu      sync.Mutex
	given   uint64 // how far anybody has come
	waiting map[*news]struct{}
}

// WatchOptions say what a watch keeps. The zero value has the library's defaults.
type WatchOptions struct {
	MaxChanges int   // changes that are kept at most, up to 16,777,216; 0: 65,536
	MaxBytes   int64 // bytes of them that are kept at most; 0: 64 MiB
	KeysOnly   bool  // leaves out the records
}

func (o WatchOptions) json() []byte {
	var members object
	members.int("max_changes", int64(o.MaxChanges))
	members.int("max_bytes", o.MaxBytes)
	if o.KeysOnly {
		members.raw("records", []byte("false"))
	}
	return members.end()
}

// A Change is one of a record or table. Each can be applied by itself: where one update passes keys on from record to record, these
// are told as deletes and inserts.
type Change struct {
	// Sequence ascends by one from change to change, for all watches of a database alike.
	Sequence uint64 `json:"sequence"`
	// Commit is the sequence number of the first change of the same call or batch.
	Commit uint64 `json:"commit"`
	Table  string `json:"table"`
	// Operation is insert, update, delete, create or drop; the last two are of the table and have neither key nor record.
	Operation string `json:"operation"`
	// Key is the record's key, after the change, and OldKey the one before if the change gave it another one.
	Key    Key `json:"key"`
	OldKey Key `json:"old_key"`
	// Record is the whole record, after the change; a delete has none.
	Record json.RawMessage `json:"record"`
}

func newWatch(number C.uintptr_t) *Watch {
	w := &Watch{waiting: map[*news]struct{}{}}
	w.h = newHandle(w, C.DGO_WATCH, number)
	w.life, w.end = context.WithCancel(context.Background())
	return w
}

// Watch watches the table from now on.
//
// Errors: [ErrInvalidArgument] (an option), [ErrLimit].
func (t *Table) Watch(options WatchOptions) (*Watch, error) {
	number, err := t.h.live()
	if err != nil {
		return nil, err
	}
	optionsText, optionsLen := textOf(options.json())
	var watch, object C.uintptr_t
	status := C.dgo_table_watch(number, optionsText, optionsLen, &watch, &object)
	runtime.KeepAlive(t)
	if err := check(status, object); err != nil {
		return nil, err
	}
	return newWatch(watch), nil
}

// Watch watches all tables from now on, those that are yet to be created included.
//
// Errors: [ErrInvalidArgument] (an option), [ErrUnsupported] (a snapshot), [ErrLimit].
func (db *DB) Watch(options WatchOptions) (*Watch, error) {
	number, err := db.h.live()
	if err != nil {
		return nil, err
	}
	optionsText, optionsLen := textOf(options.json())
	var watch, object C.uintptr_t
	status := C.dgo_db_watch(number, optionsText, optionsLen, &watch, &object)
	runtime.KeepAlive(db)
	if err := check(status, object); err != nil {
		return nil, err
	}
	return newWatch(watch), nil
}

// Close stops watching. Who waits for a change is answered [ErrCancelled].
func (w *Watch) Close() error {
	if w.h == nil {
		return nil
	}
	w.descriptor.Lock()
	w.h.free()
	w.descriptor.Unlock()
	w.end()
	return nil
}

// Poll gets the changes that there are after a sequence number, at most so many (0: all); 0 gives all since the watch was made. What was asked for
// may be asked for again, as long as it is kept. It does not wait.
//
// Errors: [ErrUnavailable] (changes after since are gone: the detail has since, oldest and newest), [ErrInvalidArgument] (a number that no change has
// yet).
func (w *Watch) Poll(since uint64, most int) ([]Change, error) {
	number, err := w.h.live()
	if err != nil {
		return nil, err
	}
	if err := w.checkSince(since); err != nil {
		return nil, err
	}
	b := newBuffer()
	defer b.release()
	var object C.uintptr_t
	var last C.uint64_t
	status := C.dgo_watch_poll(number, C.uint64_t(since), C.uint64_t(max(most, 0)), b.c, &last, &object)
	runtime.KeepAlive(w)
	if err := check(status, object); err != nil {
		return nil, err
	}
	w.give(uint64(last))
	text := b.bytes()
	if len(text) == len("[]") {
		return nil, nil
	}
	var changes []Change
	err = json.Unmarshal(text, &changes)
	return changes, err
}

// checkSince refuses numbers of the future: they would tell nothing of how far anybody has come.
func (w *Watch) checkSince(since uint64) error {
	w.mu.Lock()
	isKnown := since <= w.given
	w.mu.Unlock()
	if isKnown {
		return nil
	}
	last, err := w.Last()
	if err == nil && since > last {
		return newError(StatusInvalidArgument, fmt.Sprintf("changes after %d were asked for, but %d is the last one", since, last))
	}
	return err
}

// give notes that somebody has got changes up to a number, or does not want them, and wakes those who wait: for them the descriptor may not have
// become readable, or not for long enough to be noticed.
func (w *Watch) give(last uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if last <= w.given {
		return
	}
	w.given = last
	for n := range w.waiting {
		n.wake()
	}
}

// Wait gets changes as [Watch.Poll] does, and waits for the first if there is none. It waits in Go's poller: no thread is taken.
//
// Errors: as of [Watch.Poll]; [ErrCancelled] (also if the watch was closed meanwhile), [ErrTimeout], [ErrIO] (the system gives no descriptor).
func (w *Watch) Wait(ctx context.Context, since uint64, most int) ([]Change, error) {
	if ctx.Err() != nil {
		return nil, stopped(ctx)
	}
	changes, err := w.Poll(since, most)
	if err != nil || changes != nil {
		return changes, err
	}
	news, err := w.newNews(ctx)
	if err != nil {
		return nil, err
	}
	defer news.close()
	return news.wait(since, most)
}

// Changes goes through the changes after a sequence number, as they come, until the context ends or the watch is closed: the last round has the
// error, as of [Watch.Wait].
func (w *Watch) Changes(ctx context.Context, since uint64) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		news, err := w.newNews(ctx)
		if err != nil {
			yield(Change{}, err)
			return
		}
		defer news.close()
		last := since
		for {
			changes, err := news.wait(last, changesAtOnce)
			if err != nil {
				yield(Change{}, err)
				return
			}
			for _, change := range changes {
				last = change.Sequence
				if !yield(change, nil) {
					return
				}
			}
		}
	}
}

const changesAtOnce = 1024

// Last tells the sequence number of the last change of the database that anybody watched: where to go on for who is about to read the tables anew.
func (w *Watch) Last() (uint64, error) {
	number, err := w.h.live()
	if err != nil {
		return 0, err
	}
	var object C.uintptr_t
	var last C.uint64_t
	status := C.dgo_watch_last(number, &last, &object)
	runtime.KeepAlive(w)
	return uint64(last), check(status, object)
}

// news waits for the watch's descriptor, through a copy of its own: so that each who waits has a time limit, and an end, of its own.
type news struct {
	watch *Watch
	ctx   context.Context
	file  *os.File
	stops [2]func() bool
}

func (w *Watch) newNews(ctx context.Context) (*news, error) {
	fd, err := w.copyDescriptor()
	if err != nil {
		return nil, err
	}
	n := &news{watch: w, ctx: ctx, file: os.NewFile(uintptr(fd), "dictdb watch")}
	if err := n.file.SetReadDeadline(time.Time{}); err != nil {
		n.file.Close()
		return nil, newError(StatusIO, "the watch's descriptor cannot be waited for: "+err.Error())
	}
	w.mu.Lock()
	w.waiting[n] = struct{}{}
	w.mu.Unlock()
	n.stops = [2]func() bool{context.AfterFunc(ctx, n.wake), context.AfterFunc(w.life, n.wake)}
	return n, nil
}

// wake ends the waiting, or the next one if there is none now.
func (n *news) wake() { n.file.SetReadDeadline(time.Unix(0, 1)) }

func (w *Watch) copyDescriptor() (C.int32_t, error) {
	w.descriptor.RLock()
	defer w.descriptor.RUnlock()
	number, err := w.h.live()
	if err != nil {
		return -1, err
	}
	var fd C.int32_t
	var object C.uintptr_t
	return fd, check(C.dgo_watch_fd(number, &fd, &object), object)
}

func (n *news) close() {
	for _, stop := range n.stops {
		stop()
	}
	n.watch.mu.Lock()
	delete(n.watch.waiting, n)
	n.watch.mu.Unlock()
	n.file.Close()
}

// wait waits for changes. Whether there are any only a poll tells: it is asked first, and after each waking.
func (n *news) wait(since uint64, most int) (changes []Change, err error) {
	connection, err := n.file.SyscallConn()
	if err != nil {
		return nil, err
	}
	for {
		// What woke the last waiting shows in what follows.
		if err := n.file.SetReadDeadline(time.Time{}); err != nil {
			return nil, err
		}
		switch {
		case n.watch.life.Err() != nil:
			return nil, newError(StatusCancelled, "the watch was closed")
		case n.ctx.Err() != nil:
			return nil, stopped(n.ctx)
		}
		waited := connection.Read(func(uintptr) bool {
			changes, err = n.watch.Poll(since, most)
			return err != nil || changes != nil
		})
		if err != nil || changes != nil {
			return changes, err
		}
		if !errors.Is(waited, os.ErrDeadlineExceeded) {
			return nil, waited
		}
	}
}
