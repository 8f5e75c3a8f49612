package dictdb

// #include "bridge.h"
import "C"

import (
	"context"
	"encoding/json"
	"runtime"
	"sync"
)

// A Result tells what one operation of a batch did: what is not of the operation's kind is zero.
type Result struct {
	Key     Key     `json:"key"`     // of an insert or upsert
	Keys    []Key   `json:"keys"`    // of an insert of many
	Outcome Outcome `json:"outcome"` // of an upsert
	Count   int64   `json:"count"`   // records that an update or a delete was about
}

// An Operation is one of [DB.Batch]. One of the first five members names the table, and thereby says what is done.
type Operation struct {
	Insert     string `json:"insert,omitempty"`      // with Record
	InsertMany string `json:"insert_many,omitempty"` // with Records
	Upsert     string `json:"upsert,omitempty"`      // with Record and OnConflict
	Update     string `json:"update,omitempty"`      // with Key or Where, and Changes or Set
	Delete     string `json:"delete,omitempty"`      // with Key or Where

	Record     any    `json:"record,omitempty"`
	Records    any    `json:"records,omitempty"`
	OnConflict string `json:"on_conflict,omitempty"` // update (if empty), ignore or error
	Key        Key    `json:"key,omitzero"`
	Where      string `json:"where,omitempty"`
	Changes    any    `json:"changes,omitempty"`
	Set        string `json:"set,omitempty"`
	Params     []any  `json:"params,omitempty"` // of Where and Set
}

// Batch does several writes, on any number of tables, as one: at one instant, in order, all or none, in one crossing. Each operation sees what those
// before it did. An update or delete that finds no record fails all, so that a predicate can be a condition on which all depends:
//
//	db.Batch(ctx,
//		dictdb.Operation{Update: "accounts", Where: "id = 1 AND balance >= ?1", Set: "balance = balance - ?1", Params: []any{80}},
//		dictdb.Operation{Update: "accounts", Where: "id = 2", Set: "balance = balance + ?1", Params: []any{80}})
//
// Errors: those of the operations; the detail has operation, the one at fault, counted from 0. [ErrTableNotFound], [ErrInvalidArgument] (a member that is
// missing or does not go with others; the detail has option), [ErrLimit] (1,000,000 operations), [ErrCancelled], [ErrTimeout].
func (db *DB) Batch(ctx context.Context, operations ...Operation) ([]Result, error) {
	if operations == nil {
		operations = []Operation{}
	}
	return db.batch(ctx, operations)
}

// BatchJSON is [DB.Batch] with the operations as the library has them: a JSON array.
func (db *DB) BatchJSON(ctx context.Context, operations json.RawMessage) ([]Result, error) {
	return db.batch(ctx, operations)
}

func (db *DB) batch(ctx context.Context, operations any) ([]Result, error) {
	body, e, err := encode(operations)
	if err != nil {
		return nil, err
	}
	defer e.done()
	c, err := db.h.begin(ctx)
	if err != nil {
		return nil, err
	}
	b := newBuffer()
	defer b.release()
	bodyText, bodyLen := textOf(body)
	var object C.uintptr_t
	err = c.end(C.dgo_db_batch(c.number, bodyText, bodyLen, b.c, &object), object)
	runtime.KeepAlive(db)
	if err != nil {
		return nil, err
	}
	var results []Result
	err = json.Unmarshal(b.bytes(), &results)
	return results, err
}

// A Batch is a list of writes that is made step by step, to be done as one. Unlike [DB.Batch] it checks each operation when it is added, takes compiled
// updates, and tables of several databases.
//
// All methods may be called from any goroutine at any time; of several commits one comes after the other.
type Batch struct {
	h     *handle
	limit *limit // a token only: operations are added through handles that are limited by it

	commits sync.Mutex // the token is one commit's at a time
}

// NewBatch makes an empty batch.
func NewBatch() (*Batch, error) {
	limit := &limit{kind: C.DGO_TABLE}
	if err := limit.makeToken(); err != nil {
		return nil, err
	}
	var number, object C.uintptr_t
	if err := check(C.dgo_batch_new(&number, &object), object); err != nil {
		limit.close()
		return nil, err
	}
	b := &Batch{limit: limit}
	b.h = newHandle(b, C.DGO_BATCH, number)
	b.h.limits.give(limit)
	return b, nil
}

// Close gives up what was added and not committed.
func (b *Batch) Close() error {
	b.h.free()
	return nil
}

// add adds an operation to a table.
func (b *Batch) add(t *Table, call func(batch, token, table C.uintptr_t, object *C.uintptr_t) C.dictdb_status) error {
	batch, err := b.h.live()
	if err != nil {
		return err
	}
	table, err := t.h.live()
	if err != nil {
		return err
	}
	var object C.uintptr_t
	status := call(batch, b.limit.token, table, &object)
	runtime.KeepAlive(b)
	runtime.KeepAlive(t)
	return check(status, object)
}

// Insert adds: insert one record. Its [Result] has the key.
//
// Errors: as of [Table.Insert], but for what only the commit can find out; [ErrLimit] (1,000,000 operations), [ErrUnsupported] (a snapshot).
func (b *Batch) Insert(t *Table, record any) error {
	body, e, err := encode(record)
	if err != nil {
		return err
	}
	defer e.done()
	bodyText, bodyLen := textOf(body)
	return b.add(t, func(batch, token, table C.uintptr_t, object *C.uintptr_t) C.dictdb_status {
		return C.dgo_batch_insert(batch, token, table, bodyText, bodyLen, object)
	})
}

// InsertMany adds: insert many records. Its [Result] has the keys.
//
// Errors: as of [Batch.Insert]; the detail has the index of the record.
func (b *Batch) InsertMany(t *Table, records any) error {
	body, e, err := encode(records)
	if err != nil {
		return err
	}
	defer e.done()
	bodyText, bodyLen := textOf(body)
	return b.add(t, func(batch, token, table C.uintptr_t, object *C.uintptr_t) C.dictdb_status {
		return C.dgo_batch_insert_many(batch, token, table, bodyText, bodyLen, object)
	})
}

// Upsert adds: insert a record, or deal with the record that has its key. Its [Result] has the key and the outcome.
//
// Errors: as of [Batch.Insert].
func (b *Batch) Upsert(t *Table, record any, conflict OnConflict) error {
	body, e, err := encode(record)
	if err != nil {
		return err
	}
	defer e.done()
	bodyText, bodyLen := textOf(body)
	return b.add(t, func(batch, token, table C.uintptr_t, object *C.uintptr_t) C.dictdb_status {
		return C.dgo_batch_upsert(batch, token, table, bodyText, bodyLen, C.int32_t(conflict), object)
	})
}

// Update adds: set fields of the record that has the key. Its [Result] has the count.
//
// Errors: as of [Batch.Insert].
func (b *Batch) Update(t *Table, key Key, changes any) error {
	body, e, err := encode(changes)
	if err != nil {
		return err
	}
	defer e.done()
	keyText, keyLen := textOf(key.append(nil))
	bodyText, bodyLen := textOf(body)
	return b.add(t, func(batch, token, table C.uintptr_t, object *C.uintptr_t) C.dictdb_status {
		return C.dgo_batch_update_by_key(batch, token, table, keyText, keyLen, bodyText, bodyLen, object)
	})
}

// Run adds: run a compiled update. Its [Result] has the count.
//
// Errors: [ErrInvalidArgument] (too few or too many values), [ErrLimit], [ErrUnsupported] (a snapshot).
func (b *Batch) Run(t *Table, update *Update, args ...any) error {
	number, err := update.h.live()
	if err != nil {
		return err
	}
	values, e, err := params(args)
	if err != nil {
		return err
	}
	defer e.done()
	valuesText, valuesLen := textOf(values)
	err = b.add(t, func(batch, token, table C.uintptr_t, object *C.uintptr_t) C.dictdb_status {
		return C.dgo_batch_update(batch, token, table, number, valuesText, valuesLen, object)
	})
	runtime.KeepAlive(update)
	return err
}

// UpdateWhere adds: change the records that match by expressions, as [Table.UpdateWhere] does. Its [Result] has the count.
//
// Errors: as of [Batch.Run], and [ErrParse].
func (b *Batch) UpdateWhere(t *Table, where, set string, args ...any) error {
	values, e, err := params(args)
	if err != nil {
		return err
	}
	defer e.done()
	whereText, whereLen := text(where)
	setText, setLen := text(set)
	valuesText, valuesLen := textOf(values)
	return b.add(t, func(batch, token, table C.uintptr_t, object *C.uintptr_t) C.dictdb_status {
		return C.dgo_batch_update_where(batch, token, table, whereText, whereLen, setText, setLen, valuesText, valuesLen, object)
	})
}

// Delete adds: delete the record that has the key. Its [Result] has the count.
//
// Errors: as of [Batch.Insert].
func (b *Batch) Delete(t *Table, key Key) error {
	keyText, keyLen := textOf(key.append(nil))
	return b.add(t, func(batch, token, table C.uintptr_t, object *C.uintptr_t) C.dictdb_status {
		return C.dgo_batch_delete_by_key(batch, token, table, keyText, keyLen, object)
	})
}

// DeleteWhere adds: delete the records that match. Its [Result] has the count.
//
// Errors: as of [Batch.UpdateWhere].
func (b *Batch) DeleteWhere(t *Table, where string, args ...any) error {
	values, e, err := params(args)
	if err != nil {
		return err
	}
	defer e.done()
	whereText, whereLen := text(where)
	valuesText, valuesLen := textOf(values)
	return b.add(t, func(batch, token, table C.uintptr_t, object *C.uintptr_t) C.dictdb_status {
		return C.dgo_batch_delete_where(batch, token, table, whereText, whereLen, valuesText, valuesLen, object)
	})
}

// Commit does all that was added, as one, and returns the result of each operation, in order. An update or delete that finds no record fails it. After a
// failure nothing was changed, and the batch has what it had; after success it is empty, and may be used again.
//
// Errors: those of the operations; the detail has operation, the one at fault, counted from 0. [ErrTableNotFound] (dropped), [ErrCancelled], [ErrTimeout].
func (b *Batch) Commit(ctx context.Context) ([]Result, error) {
	number, err := b.h.live()
	if err != nil {
		return nil, err
	}
	b.commits.Lock()
	defer b.commits.Unlock()
	c := call{ctx: ctx}
	if ctx.Done() != nil {
		if ctx.Err() != nil {
			return nil, stopped(ctx)
		}
		stop := b.limit.arm(ctx)
		defer b.limit.disarm(stop)
	}
	out := newBuffer()
	defer out.release()
	var object C.uintptr_t
	status := C.dgo_batch_commit(number, out.c, &object)
	runtime.KeepAlive(b)
	if err := c.outcome(status, object); err != nil {
		return nil, err
	}
	var results []Result
	err = json.Unmarshal(out.bytes(), &results)
	return results, err
}

// Clear gives up all that was added.
func (b *Batch) Clear() error {
	number, err := b.h.live()
	if err != nil {
		return err
	}
	var object C.uintptr_t
	status := C.dgo_batch_clear(number, &object)
	runtime.KeepAlive(b)
	return check(status, object)
}
