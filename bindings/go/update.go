package dictdb

// #include "bridge.h"
import "C"

import (
	"context"
	"encoding/json"
	"runtime"
)

// An Update is a compiled update: which records, and what is set in them. It never changes: any number of goroutines may use it at the same time, with
// any number of tables; the values of its parameters come with each run.
type Update struct {
	h *handle
}

// CompileUpdate compiles an update of the records that match a predicate given as text; "TRUE" matches all.
//
// Errors: [ErrParse] (the detail has parameter, position, found and expected), [ErrNumberRange], [ErrLimit] (as of [Parse]; 4,096 assignments),
// [ErrInvalidUTF8].
func CompileUpdate(where, set string) (*Update, error) {
	whereText, whereLen := text(where)
	setText, setLen := text(set)
	var number, object C.uintptr_t
	if err := check(C.dgo_update_new(0, whereText, whereLen, setText, setLen, &number, &object), object); err != nil {
		return nil, err
	}
	return newUpdate(number), nil
}

// MustCompileUpdate is [CompileUpdate] for updates that are part of the program: it panics on an error.
func MustCompileUpdate(where, set string) *Update {
	u, err := CompileUpdate(where, set)
	if err != nil {
		panic(err)
	}
	return u
}

// CompileUpdateMatching compiles an update of the records that match a predicate. Its parameters and those of the assignments are numbered
// together.
//
// Errors: as of [CompileUpdate].
func CompileUpdateMatching(predicate *Predicate, set string) (*Update, error) {
	which, err := predicate.live()
	if err != nil {
		return nil, err
	}
	setText, setLen := text(set)
	var number, object C.uintptr_t
	status := C.dgo_update_new(which, nil, 0, setText, setLen, &number, &object)
	runtime.KeepAlive(predicate)
	if err := check(status, object); err != nil {
		return nil, err
	}
	return newUpdate(number), nil
}

func newUpdate(number C.uintptr_t) *Update {
	u := &Update{}
	u.h = newHandle(u, C.DGO_UPDATE, number)
	return u
}

// Close gives the update back; calls that are using it end as usual. An Update that is not closed is closed by the garbage collector.
func (u *Update) Close() error {
	u.h.free()
	return nil
}

// Run changes the records that match, all or none, and returns their number. See [Table.UpdateWhere].
func (u *Update) Run(ctx context.Context, t *Table, args ...any) (int64, error) {
	number, err := u.h.live()
	if err != nil {
		return 0, err
	}
	values, e, err := params(args)
	if err != nil {
		return 0, err
	}
	defer e.done()
	c, err := t.h.begin(ctx)
	if err != nil {
		return 0, err
	}
	valuesText, valuesLen := textOf(values)
	var object C.uintptr_t
	var count C.uint64_t
	err = c.end(C.dgo_update_run(number, c.number, valuesText, valuesLen, &count, &object), object)
	runtime.KeepAlive(t)
	runtime.KeepAlive(u)
	return int64(count), err
}

// Explain tells how the update would find its records now. It changes nothing.
func (u *Update) Explain(ctx context.Context, t *Table, args ...any) (Plan, error) {
	var plan Plan
	number, err := u.h.live()
	if err != nil {
		return plan, err
	}
	values, e, err := params(args)
	if err != nil {
		return plan, err
	}
	defer e.done()
	c, err := t.h.begin(ctx)
	if err != nil {
		return plan, err
	}
	b := newBuffer()
	defer b.release()
	valuesText, valuesLen := textOf(values)
	var object C.uintptr_t
	err = c.end(C.dgo_update_explain(number, c.number, valuesText, valuesLen, b.c, &object), object)
	runtime.KeepAlive(t)
	runtime.KeepAlive(u)
	if err != nil {
		return plan, err
	}
	err = json.Unmarshal(b.bytes(), &plan)
	return plan, err
}
