package dictdb

// #include "bridge.h"
import "C"

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"runtime"
	"sync"
	"unsafe"
)

// A Cursor gives the rows of a query, on the table as it was when the cursor was made, a few at a time. It holds no lock between calls and keeps a
// snapshot of the table meanwhile: close it. [Rows] does all that in a loop.
//
// All methods may be called from any goroutine at any time; each row is handed out once.
type Cursor struct {
	state *cursorState
}

// What outlives the Cursor until its cleanup.
type cursorState struct {
	h    *handle
	call call // whose limit the cursor has until it is closed
	once sync.Once

	// A row that the library lends is valid until the cursor's next step or end: both wait while one is being copied.
	lent sync.Mutex
}

func (s *cursorState) close() {
	s.once.Do(func() {
		s.lent.Lock()
		defer s.lent.Unlock()
		s.h.free()
		s.call.release()
	})
}

// Cursor opens a cursor over the rows of a query, as of this instant. The context is that of all steps.
//
// Errors: as of [Select].
func (t *Table) Cursor(ctx context.Context, rows Source, args ...any) (*Cursor, error) {
	from, err := sourceOf(rows)
	if err != nil {
		return nil, err
	}
	values, e, err := params(args)
	if err != nil {
		return nil, err
	}
	defer e.done()
	c, err := t.h.begin(ctx)
	if err != nil {
		return nil, err
	}
	specText, specLen := textOf(from.spec)
	valuesText, valuesLen := textOf(values)
	var number, object C.uintptr_t
	status := C.dgo_cursor_open(from.c, c.number, specText, specLen, valuesText, valuesLen, &number, &object)
	runtime.KeepAlive(t)
	runtime.KeepAlive(rows)
	if err := c.outcome(status, object); err != nil {
		c.release()
		return nil, err
	}
	cursor := &Cursor{state: &cursorState{h: &handle{kind: C.DGO_CURSOR}, call: c}}
	cursor.state.h.number.Store(uintptr(number))
	runtime.AddCleanup(cursor, (*cursorState).close, cursor.state)
	return cursor, nil
}

// Close ends the cursor. A step that runs in another goroutine ends as usual.
func (c *Cursor) Close() error {
	if c.state != nil {
		c.state.close()
	}
	return nil
}

// begin begins a step; on success the caller unlocks the cursor after it.
func (c *Cursor) begin() (C.uintptr_t, error) {
	if c.state == nil {
		return 0, (*handle)(nil).closed()
	}
	c.state.lent.Lock()
	number, err := c.state.h.live()
	if err != nil {
		c.state.lent.Unlock()
	}
	return number, err
}

// Next takes the next row, as text of its own. [Cursor.NextBatch] takes many in one crossing.
//
// Errors: [ErrRecordNotFound] (there are no more), [ErrCancelled] and [ErrTimeout] (the next call goes on where this one stopped).
func (c *Cursor) Next() (json.RawMessage, error) {
	number, err := c.begin()
	if err != nil {
		return nil, err
	}
	defer c.state.lent.Unlock()
	var row *C.char
	var length C.size_t
	var object C.uintptr_t
	status := C.dgo_cursor_next(number, &row, &length, &object)
	if err := c.state.call.outcome(status, object); err != nil {
		runtime.KeepAlive(c)
		return nil, err
	}
	copied := append(json.RawMessage(nil), unsafe.Slice((*byte)(unsafe.Pointer(row)), int(length))...)
	runtime.KeepAlive(c)
	return copied, nil
}

// NextBatch takes the next rows, as a JSON array: at most maxRows (0: any number) and maxBytes (0: 1 MiB), but always one. It also tells how many
// they are; fewer than fit do not mean that there are no more.
//
// Errors: [ErrRecordNotFound] (there are no more), [ErrCancelled] and [ErrTimeout] (no row was taken).
func (c *Cursor) NextBatch(maxRows, maxBytes int) (json.RawMessage, int64, error) {
	if maxRows < 0 || maxBytes < 0 {
		return nil, 0, newError(StatusInvalidArgument, "a batch of a negative number of rows or bytes was asked for")
	}
	b := newBuffer()
	defer b.release()
	count, err := c.batch(maxRows, maxBytes, C.DICTDB_ROWS_ARRAY, b)
	if err != nil {
		return nil, 0, err
	}
	return append(json.RawMessage(nil), b.bytes()...), count, nil
}

func (c *Cursor) batch(maxRows, maxBytes int, form C.int32_t, b *buffer) (int64, error) {
	number, err := c.begin()
	if err != nil {
		return 0, err
	}
	defer c.state.lent.Unlock()
	var object C.uintptr_t
	var count C.uint64_t
	status := C.dgo_cursor_next_batch(number, C.uint64_t(maxRows), C.size_t(maxBytes), form, b.c, &count, &object)
	err = c.state.call.outcome(status, object)
	runtime.KeepAlive(c)
	return int64(count), err
}

// Rows goes through the rows of a query, each read into a T as [json.Unmarshal] does, on the table as it was when the loop began:
//
//	for user, err := range dictdb.Rows[User](ctx, users, dictdb.Where("age >= ?1"), 18) {
//		if err != nil {
//			return err
//		}
//		...
//	}
//
// Rows come from the library in batches that grow, so that a loop that ends early costs little and one that goes on has few crossings. No lock is held
// while the loop's body runs: it may write to the table. After an error the loop ends. It may be run again, and then reads the table anew.
//
// Errors: as of [Select].
func Rows[T any](ctx context.Context, t *Table, rows Source, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		err := t.eachRow(ctx, rows, args, func(text []byte) (bool, error) {
			var row T
			if err := json.Unmarshal(text, &row); err != nil {
				return false, err
			}
			return yield(row, nil), nil
		})
		if err != nil {
			yield(none, err)
		}
	}
}

// The first batch has so many rows; each further one has four times as many, up to the library's own limit of bytes.
const firstBatch = 32

// eachRow lends the text of each row until visit returns false or an error.
func (t *Table) eachRow(ctx context.Context, rows Source, args []any, visit func([]byte) (bool, error)) error {
	cursor, err := t.Cursor(ctx, rows, args...)
	if err != nil {
		return err
	}
	defer cursor.Close()
	b := newBuffer()
	defer b.release()
	for size := firstBatch; ; size *= 4 {
		if size > 1<<20 {
			size = 0
		}
		if _, err := cursor.batch(size, 0, C.DICTDB_ROWS_LINES, b); err != nil {
			if err == error(recordNotFound) {
				return nil
			}
			return err
		}
		for lines := b.bytes(); len(lines) > 0; {
			end := bytes.IndexByte(lines, '\n')
			more, err := visit(lines[:end])
			if err != nil || !more {
				return err
			}
			lines = lines[end+1:]
		}
	}
}
