package dictdb

// #include "bridge.h"
import "C"

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"time"
)

// A DB is a database: a set of named tables in memory, or a snapshot of one ([DB.Snapshot]).
//
// All methods may be called from any goroutine at any time.
type DB struct {
	h *handle
}

func newDB(number C.uintptr_t) *DB {
	db := &DB{}
	db.h = newHandle(db, C.DGO_DB, number)
	return db
}

// New makes an empty database.
//
// Errors: [ErrLimit] (16,777,152 live handles in the process), [ErrUnsupported] (the library that is loaded is not the one that the program was
// compiled with).
func New() (*DB, error) {
	if err := checkABI(); err != nil {
		return nil, err
	}
	var number, object C.uintptr_t
	if err := check(C.dgo_db_new(&number, &object), object); err != nil {
		return nil, err
	}
	return newDB(number), nil
}

// Close gives the handle back. Tables that were got from the database stay usable; their memory is given back when the last of them is closed.
// Closing twice is no error. A DB that is not closed is closed by the garbage collector at some time.
func (db *DB) Close() error {
	db.h.free()
	return nil
}

// TableOptions say what a new table is like. The zero value asks for the key field "id" and no schema.
type TableOptions struct {
	// PrimaryKey is the name of the key field; "id" if empty.
	PrimaryKey string
	// Schema has the fields that records must have; nil for any.
	Schema Schema
}

func (o TableOptions) json() ([]byte, error) {
	var members object
	members.string("primary_key", o.PrimaryKey)
	if o.Schema != nil {
		if err := members.value("schema", o.Schema); err != nil {
			return nil, err
		}
	}
	return members.end(), nil
}

// CreateTable makes a table. The name is not empty and has at most 1,024 bytes.
//
// Errors: [ErrDuplicateTable], [ErrInvalidArgument] (the name), [ErrSchema] (a default that is not of its field's type), [ErrInvalidUTF8],
// [ErrLimit], [ErrUnsupported] (a snapshot).
func (db *DB) CreateTable(name string, options TableOptions) (*Table, error) {
	number, err := db.h.live()
	if err != nil {
		return nil, err
	}
	members, err := options.json()
	if err != nil {
		return nil, err
	}
	nameText, nameLen := text(name)
	optionsText, optionsLen := textOf(members)
	var table, object C.uintptr_t
	status := C.dgo_db_create_table(number, nameText, nameLen, optionsText, optionsLen, &table, &object)
	runtime.KeepAlive(db)
	if err := check(status, object); err != nil {
		return nil, err
	}
	return newTable(table), nil
}

// Table gets a table. Each call makes a handle of its own.
//
// Errors: [ErrTableNotFound], [ErrInvalidArgument], [ErrInvalidUTF8], [ErrLimit].
func (db *DB) Table(name string) (*Table, error) {
	number, err := db.h.live()
	if err != nil {
		return nil, err
	}
	nameText, nameLen := text(name)
	var table, object C.uintptr_t
	status := C.dgo_db_get_table(number, nameText, nameLen, &table, &object)
	runtime.KeepAlive(db)
	if err := check(status, object); err != nil {
		return nil, err
	}
	return newTable(table), nil
}

// DropTable drops a table and its records. Calls on it answer [ErrTableNotFound] from then on; reads that run end as usual.
//
// Errors: [ErrTableNotFound], [ErrInvalidArgument], [ErrInvalidUTF8], [ErrUnsupported] (a snapshot).
func (db *DB) DropTable(name string) error {
	number, err := db.h.live()
	if err != nil {
		return err
	}
	nameText, nameLen := text(name)
	var object C.uintptr_t
	status := C.dgo_db_drop_table(number, nameText, nameLen, &object)
	runtime.KeepAlive(db)
	return check(status, object)
}

// Tables lists the tables' names, in the order in which they were created.
func (db *DB) Tables() ([]string, error) {
	number, err := db.h.live()
	if err != nil {
		return nil, err
	}
	b := newBuffer()
	defer b.release()
	var object C.uintptr_t
	status := C.dgo_db_list_tables(number, b.c, &object)
	runtime.KeepAlive(db)
	if err := check(status, object); err != nil {
		return nil, err
	}
	var names []string
	err = json.Unmarshal(b.bytes(), &names)
	return names, err
}

// Snapshot takes the whole database as it is at this instant, in microseconds and without a copy: [DB.Table] of it gives snapshots of the
// tables. Whatever would change it answers [ErrUnsupported]. It keeps in memory what the tables would let go meanwhile: close it.
func (db *DB) Snapshot() (*DB, error) {
	number, err := db.h.live()
	if err != nil {
		return nil, err
	}
	var snapshot, object C.uintptr_t
	status := C.dgo_db_snapshot(number, &snapshot, &object)
	runtime.KeepAlive(db)
	if err := check(status, object); err != nil {
		return nil, err
	}
	return newDB(snapshot), nil
}

// Copy copies all records of all tables, as of one instant: a JSON object that has for each table's name an object as of [Table.Copy].
func (db *DB) Copy(ctx context.Context) (json.RawMessage, error) {
	c, err := db.h.begin(ctx)
	if err != nil {
		return nil, err
	}
	b := newBuffer()
	defer b.release()
	var object C.uintptr_t
	err = c.end(C.dgo_db_copy(c.number, b.c, &object), object)
	runtime.KeepAlive(db)
	if err != nil {
		return nil, err
	}
	return append(json.RawMessage(nil), b.bytes()...), nil
}

// NoTimeout sets no time limit, for [DB.Limited] and [Table.Limited]. So does any negative duration.
const NoTimeout time.Duration = -1

// milliseconds are what the library counts in. What is not a whole number of them is made longer: 0 would let only calls pass that take no time.
func milliseconds(d time.Duration) C.int64_t {
	if d < 0 {
		return C.DICTDB_NO_TIMEOUT
	}
	return C.int64_t((d + time.Millisecond - 1) / time.Millisecond)
}

// Limited makes another handle to the same database, or snapshot, whose calls can be stopped, and those of all tables got from it: by a
// token, which may be nil, and by the time that each call may take ([NoTimeout] for any). Stopped calls answer [ErrCancelled] or [ErrTimeout]
// and have changed nothing. Limits add up, also with those of a context.
func (db *DB) Limited(cancel *Cancel, timeout time.Duration) (*DB, error) {
	number, err := db.h.live()
	if err != nil {
		return nil, err
	}
	token, err := cancel.number()
	if err != nil {
		return nil, err
	}
	var limited, object C.uintptr_t
	status := C.dgo_db_limited(number, token, milliseconds(timeout), &limited, &object)
	runtime.KeepAlive(db)
	runtime.KeepAlive(cancel)
	if err := check(status, object); err != nil {
		return nil, err
	}
	return newDB(limited), nil
}

// Version tells the version of the library that is loaded: "0.1.0".
func Version() string { return C.GoString(C.dictdb_version()) }

// HasFeature reports whether the library that is loaded has a feature: paths, log, query, index, snapshot, cursor, batch, cancel, watch, file,
// job, backup, csv, jsonl or memory.
func HasFeature(name string) bool {
	nameText, nameLen := text(name)
	return C.dictdb_has_feature(nameText, nameLen) != 0
}

// MemoryUsed tells how many bytes of memory the library uses in this process, all databases together. Go's runtime does not know of them.
func MemoryUsed() uint64 { return uint64(C.dictdb_memory_used()) }

// SetMemoryLimit limits that memory; 0 is no limit. What would store something beyond it gives ErrOutOfMemory and has changed nothing; what
// frees memory works: dictdb.h tells it in full. It returns the limit that there was before, or 0.
func SetMemoryLimit(bytes uint64) uint64 { return uint64(C.dictdb_memory_limit(C.uint64_t(bytes))) }

func checkABI() error {
	if loaded := C.dictdb_abi_version(); loaded != C.DICTDB_ABI_VERSION {
		return newError(StatusUnsupported, fmt.Sprintf("the library that is loaded, %s, has version %d of the binary interface; "+
			"this program was compiled for version %d", Version(), loaded, C.DICTDB_ABI_VERSION))
	}
	return nil
}
