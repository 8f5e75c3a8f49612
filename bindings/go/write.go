package dictdb

// #include "bridge.h"
import "C"

import (
	"context"
	"runtime"
)

// InsertMany inserts records, all or none, and returns their keys in the order of the records: a slice of what [Table.Insert] takes, or a
// [json.RawMessage] that is an array.
//
// Errors: as of [Table.Insert]; the detail has the index of the failing record. [ErrCancelled], [ErrTimeout].
func (t *Table) InsertMany(ctx context.Context, records any) ([]Key, error) {
	c, err := t.h.begin(ctx)
	if err != nil {
		return nil, err
	}
	body, e, err := encode(records)
	if err != nil {
		c.release()
		return nil, err
	}
	b := newBuffer()
	defer b.release()
	bodyText, bodyLen := textOf(body)
	var object C.uintptr_t
	err = c.end(C.dgo_table_insert_many(c.number, bodyText, bodyLen, b.c, &object), object)
	runtime.KeepAlive(t)
	e.done()
	if err != nil {
		return nil, err
	}
	return parseKeys(b.bytes())
}

// UpdateWhere changes the records that match a predicate by assignments, both given as text, all or none, and returns their number. The expressions are
// evaluated inside the atomic operation:
//
//	users.UpdateWhere(ctx, "name = ?1", "visits = coalesce(visits, 0) + ?2", "Ada", 1)
//
// "TRUE" matches all records. [CompileUpdate] compiles an update for many runs.
//
// Errors: [ErrParse] (the detail has parameter, position, found and expected), [ErrRecordNotFound] (none matches), [ErrTypeMismatch] and
// [ErrNumberRange] (the detail has the record's key and the field that was being set), [ErrDuplicateKey], [ErrInvalidKey], [ErrSchema],
// [ErrInvalidArgument] (too few or too many values, or one that does not go where its parameter stands), [ErrLimit], [ErrCancelled], [ErrTimeout].
func (t *Table) UpdateWhere(ctx context.Context, where, set string, args ...any) (int64, error) {
	values, e, err := params(args)
	if err != nil {
		return 0, err
	}
	defer e.done()
	c, err := t.h.begin(ctx)
	if err != nil {
		return 0, err
	}
	whereText, whereLen := text(where)
	setText, setLen := text(set)
	valuesText, valuesLen := textOf(values)
	var object C.uintptr_t
	var count C.uint64_t
	err = c.end(C.dgo_table_update_where(c.number, whereText, whereLen, setText, setLen, valuesText, valuesLen, &count, &object), object)
	runtime.KeepAlive(t)
	return int64(count), err
}

// DeleteWhere deletes the records that match a predicate given as text, all or none, and returns their number. "TRUE" matches all records.
//
// Errors: those of [Parse], [ErrRecordNotFound] (none matches), [ErrInvalidArgument] (too few or too many values, or one that its operator does not
// take), [ErrCancelled], [ErrTimeout].
func (t *Table) DeleteWhere(ctx context.Context, where string, args ...any) (int64, error) {
	values, e, err := params(args)
	if err != nil {
		return 0, err
	}
	defer e.done()
	c, err := t.h.begin(ctx)
	if err != nil {
		return 0, err
	}
	whereText, whereLen := text(where)
	valuesText, valuesLen := textOf(values)
	var object C.uintptr_t
	var count C.uint64_t
	err = c.end(C.dgo_table_delete_where(c.number, whereText, whereLen, valuesText, valuesLen, &count, &object), object)
	runtime.KeepAlive(t)
	return int64(count), err
}

// UpdateMatching sets fields of the records that match, as [Table.Update] does, all or none, and returns their number.
//
// Errors: as of [Table.Update]; [ErrCancelled], [ErrTimeout].
func (t *Table) UpdateMatching(ctx context.Context, predicate *Predicate, changes any) (int64, error) {
	which, err := predicate.live()
	if err != nil {
		return 0, err
	}
	body, e, err := encode(changes)
	if err != nil {
		return 0, err
	}
	defer e.done()
	c, err := t.h.begin(ctx)
	if err != nil {
		return 0, err
	}
	bodyText, bodyLen := textOf(body)
	var object C.uintptr_t
	var count C.uint64_t
	err = c.end(C.dgo_table_update(c.number, which, bodyText, bodyLen, &count, &object), object)
	runtime.KeepAlive(t)
	runtime.KeepAlive(predicate)
	return int64(count), err
}

// DeleteMatching deletes the records that match, all or none, and returns their number.
//
// Errors: [ErrRecordNotFound] (none matches), [ErrCancelled], [ErrTimeout].
func (t *Table) DeleteMatching(ctx context.Context, predicate *Predicate) (int64, error) {
	which, err := predicate.live()
	if err != nil {
		return 0, err
	}
	c, err := t.h.begin(ctx)
	if err != nil {
		return 0, err
	}
	var object C.uintptr_t
	var count C.uint64_t
	err = c.end(C.dgo_table_delete(c.number, which, &count, &object), object)
	runtime.KeepAlive(t)
	runtime.KeepAlive(predicate)
	return int64(count), err
}
