package dictdb

// #include "bridge.h"
import "C"

import (
	"context"
	"encoding/json"
	"runtime"
	"time"
)

// A Table is a table, or a snapshot of one ([Table.Snapshot]).
//
// All methods may be called from any goroutine at any time. Each is atomic: it takes effect at one instant between call and return, wholly or not at
// all. On a table that was dropped all of them answer [ErrTableNotFound], and on a snapshot those that would change it [ErrUnsupported]; the
// methods do not list these two, nor [ErrInvalidHandle], [ErrInvalidUTF8] and [ErrOutOfMemory].
//
// A record is what encoding/json makes a JSON object of, such as a struct or a map; a [json.RawMessage] is taken as it is, without being looked at
// on this side.
type Table struct {
	h *handle
}

func newTable(number C.uintptr_t) *Table {
	t := &Table{}
	t.h = newHandle(t, C.DGO_TABLE, number)
	return t
}

// Close gives the handle back; the table stays in its database. Closing twice is no error. A Table that is not closed is closed by the garbage
// collector at some time.
func (t *Table) Close() error {
	t.h.free()
	return nil
}

// Insert inserts a record and returns its key. Without the key field, or with it null, the record gets the next integer, as its last field.
// (A struct has no key if its key field has the option omitempty, or omitzero, and is zero.)
//
// Errors: [ErrDuplicateKey] (the detail has key; of a unique index also fields and value), [ErrInvalidKey], [ErrSchema], [ErrInvalidJSON],
// [ErrNumberRange], [ErrLimit].
func (t *Table) Insert(record any) (Key, error) {
	number, err := t.h.live()
	if err != nil {
		return Key{}, err
	}
	body, e, err := encode(record)
	if err != nil {
		return Key{}, err
	}
	b := newBuffer()
	defer b.release()
	bodyText, bodyLen := textOf(body)
	var object C.uintptr_t
	status := C.dgo_table_insert(number, bodyText, bodyLen, b.c, &object)
	runtime.KeepAlive(t)
	e.done()
	if err := check(status, object); err != nil {
		return Key{}, err
	}
	return parseKey(b.bytes())
}

// OnConflict says what [Table.Upsert] does with the record that has the key.
type OnConflict int32

// What to do about a key that is taken.
const (
	ConflictUpdate OnConflict = C.DICTDB_CONFLICT_UPDATE // merge the given fields into the record
	ConflictIgnore OnConflict = C.DICTDB_CONFLICT_IGNORE // leave the record as it is
	ConflictError  OnConflict = C.DICTDB_CONFLICT_ERROR  // fail with ErrDuplicateKey
)

// An Outcome is what [Table.Upsert] did.
type Outcome string

// The outcomes.
const (
	Inserted Outcome = "inserted"
	Updated  Outcome = "updated"
	Ignored  Outcome = "ignored"
)

var outcomes = map[C.int32_t]Outcome{C.DICTDB_UPSERT_INSERTED: Inserted, C.DICTDB_UPSERT_UPDATED: Updated, C.DICTDB_UPSERT_IGNORED: Ignored}

// Upsert inserts a record, or deals with the record that has its key. To be merged it may give fields only in part.
//
// Errors: as of [Table.Insert]. A value that a unique index holds of another record is always [ErrDuplicateKey].
func (t *Table) Upsert(record any, conflict OnConflict) (Key, Outcome, error) {
	number, err := t.h.live()
	if err != nil {
		return Key{}, "", err
	}
	body, e, err := encode(record)
	if err != nil {
		return Key{}, "", err
	}
	b := newBuffer()
	defer b.release()
	bodyText, bodyLen := textOf(body)
	var object C.uintptr_t
	var outcome C.int32_t
	status := C.dgo_table_upsert(number, bodyText, bodyLen, C.int32_t(conflict), &outcome, b.c, &object)
	runtime.KeepAlive(t)
	e.done()
	if err := check(status, object); err != nil {
		return Key{}, "", err
	}
	key, err := parseKey(b.bytes())
	return key, outcomes[outcome], err
}

// get reads a record into a buffer: one crossing.
func (t *Table) get(key Key, b *buffer) error {
	number, err := t.h.live()
	if err != nil {
		return err
	}
	var object C.uintptr_t
	var status C.dictdb_status
	if n, ok := key.Int(); ok {
		status = C.dgo_table_get_int(number, C.int64_t(n), b.c, &object)
	} else {
		var room [64]byte
		keyText, keyLen := textOf(key.append(room[:0]))
		status = C.dgo_table_get(number, keyText, keyLen, b.c, &object)
	}
	runtime.KeepAlive(t)
	return check(status, object)
}

// GetJSON reads a record as text. [Get] reads it into a struct.
//
// Errors: [ErrRecordNotFound], [ErrInvalidKey].
func (t *Table) GetJSON(key Key) (json.RawMessage, error) { return t.AppendGet(nil, key) }

// AppendGet appends a record to dst, as text, and returns what came of it: with room enough in dst, a read allocates nothing. On failure it
// returns dst.
//
// Errors: as of [Table.GetJSON].
func (t *Table) AppendGet(dst []byte, key Key) ([]byte, error) {
	b := newBuffer()
	defer b.release()
	if err := t.get(key, b); err != nil {
		return dst, err
	}
	return append(dst, b.bytes()...), nil
}

// Get reads a record into a T, as [json.Unmarshal] does.
//
// Errors: [ErrRecordNotFound], [ErrInvalidKey], and those of encoding/json.
func Get[T any](t *Table, key Key) (T, error) {
	var record T
	b := newBuffer()
	defer b.release()
	if err := t.get(key, b); err != nil {
		return record, err
	}
	err := json.Unmarshal(b.bytes(), &record)
	return record, err
}

// Update sets fields of the record that has the key: each of the changes, an object, replaces the field of its name or is added. Changing the
// key field gives the record another key.
//
// Errors: [ErrRecordNotFound], [ErrDuplicateKey], [ErrInvalidKey], [ErrSchema], [ErrInvalidJSON], [ErrNumberRange], [ErrLimit].
func (t *Table) Update(key Key, changes any) error {
	number, err := t.h.live()
	if err != nil {
		return err
	}
	body, e, err := encode(changes)
	if err != nil {
		return err
	}
	var room [64]byte
	keyText, keyLen := textOf(key.append(room[:0]))
	bodyText, bodyLen := textOf(body)
	var object C.uintptr_t
	status := C.dgo_table_update_by_key(number, keyText, keyLen, bodyText, bodyLen, &object)
	runtime.KeepAlive(t)
	e.done()
	return check(status, object)
}

// Delete deletes the record that has the key.
//
// Errors: [ErrRecordNotFound], [ErrInvalidKey].
func (t *Table) Delete(key Key) error {
	number, err := t.h.live()
	if err != nil {
		return err
	}
	var room [64]byte
	keyText, keyLen := textOf(key.append(room[:0]))
	var object C.uintptr_t
	status := C.dgo_table_delete_by_key(number, keyText, keyLen, &object)
	runtime.KeepAlive(t)
	return check(status, object)
}

// Describe tells what the table is like.
func (t *Table) Describe() (Description, error) {
	var description Description
	err := t.read(&description, func(number C.uintptr_t, b *buffer, object *C.uintptr_t) C.dictdb_status {
		return C.dgo_table_describe(number, b.c, object)
	})
	return description, err
}

// Statistics tell what the table costs and what it did.
func (t *Table) Statistics() (Statistics, error) {
	var statistics Statistics
	err := t.read(&statistics, func(number C.uintptr_t, b *buffer, object *C.uintptr_t) C.dictdb_status {
		return C.dgo_table_statistics(number, b.c, object)
	})
	return statistics, err
}

func (t *Table) read(value any, call func(C.uintptr_t, *buffer, *C.uintptr_t) C.dictdb_status) error {
	number, err := t.h.live()
	if err != nil {
		return err
	}
	b := newBuffer()
	defer b.release()
	var object C.uintptr_t
	status := call(number, b, &object)
	runtime.KeepAlive(t)
	if err := check(status, object); err != nil {
		return err
	}
	return json.Unmarshal(b.bytes(), value)
}

// CreateIndex makes an index. Readers and writers go on meanwhile. The same index again does nothing.
//
// Errors: [ErrIndexExists] (on the same fields, of another kind or uniqueness), [ErrDuplicateKey] (values that are not unique; the detail has fields
// and value), [ErrInvalidArgument] (the kind, the fields), [ErrParse] (a field), [ErrLimit] (64 indexes).
func (t *Table) CreateIndex(ctx context.Context, index Index) error {
	c, err := t.h.begin(ctx)
	if err != nil {
		return err
	}
	body, e, err := encode(index)
	if err != nil {
		c.release()
		return err
	}
	bodyText, bodyLen := textOf(body)
	var object C.uintptr_t
	err = c.end(C.dgo_table_create_index(c.number, bodyText, bodyLen, &object), object)
	runtime.KeepAlive(t)
	e.done()
	return err
}

// DropIndex drops the index on these fields, in this order.
//
// Errors: [ErrInvalidArgument] (there is no such index), [ErrParse] (a field).
func (t *Table) DropIndex(fields ...string) error {
	number, err := t.h.live()
	if err != nil {
		return err
	}
	list := []byte{'['}
	for i, field := range fields {
		if i > 0 {
			list = append(list, ',')
		}
		list = appendString(list, field)
	}
	listText, listLen := textOf(append(list, ']'))
	var object C.uintptr_t
	status := C.dgo_table_drop_index(number, listText, listLen, &object)
	runtime.KeepAlive(t)
	return check(status, object)
}

// Snapshot takes the table as it is at this instant, in microseconds and without a copy. All that reads a table reads the snapshot, whatever
// happens to the table meanwhile. It keeps in memory what the table would let go meanwhile ([Statistics].SnapshotBytes): close it.
func (t *Table) Snapshot() (*Table, error) {
	number, err := t.h.live()
	if err != nil {
		return nil, err
	}
	var snapshot, object C.uintptr_t
	status := C.dgo_table_snapshot(number, &snapshot, &object)
	runtime.KeepAlive(t)
	if err := check(status, object); err != nil {
		return nil, err
	}
	return newTable(snapshot), nil
}

// Copy copies all records, as of one instant: a JSON object with each record under its key, in natural order. An integer key becomes its digits.
func (t *Table) Copy(ctx context.Context) (json.RawMessage, error) {
	c, err := t.h.begin(ctx)
	if err != nil {
		return nil, err
	}
	b := newBuffer()
	defer b.release()
	var object C.uintptr_t
	err = c.end(C.dgo_table_copy(c.number, b.c, &object), object)
	runtime.KeepAlive(t)
	if err != nil {
		return nil, err
	}
	return append(json.RawMessage(nil), b.bytes()...), nil
}

// Limited makes another handle to the same table, or snapshot, whose calls can be stopped: by a token, which may be nil, and by the time that
// each call may take ([NoTimeout] for any). Stopped calls answer [ErrCancelled] or [ErrTimeout] and have changed nothing; calls that take no time
// to speak of, such as reading one record, may ignore limits. Limits add up, also with those of a context.
func (t *Table) Limited(cancel *Cancel, timeout time.Duration) (*Table, error) {
	number, err := t.h.live()
	if err != nil {
		return nil, err
	}
	token, err := cancel.number()
	if err != nil {
		return nil, err
	}
	var limited, object C.uintptr_t
	status := C.dgo_table_limited(number, token, milliseconds(timeout), &limited, &object)
	runtime.KeepAlive(t)
	runtime.KeepAlive(cancel)
	if err := check(status, object); err != nil {
		return nil, err
	}
	return newTable(limited), nil
}
