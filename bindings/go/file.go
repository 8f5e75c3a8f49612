package dictdb

// #include "bridge.h"
import "C"

import (
	"context"
	"runtime"
)

// A Format is that of a file of a whole database.
type Format string

// The formats.
const (
	// JSONFormat is read and written by DictDB, the Python library, and by every editor. It is the default.
	JSONFormat Format = "json"
	// BinaryFormat has checksums, and is faster to load.
	BinaryFormat Format = "dictdb"
)

func (f Format) json() []byte {
	var members object
	members.string("format", string(f))
	return members.end()
}

// Save saves the database, or snapshot, to a file: all of it at one instant, for which no write waits. The file is replaced as a whole: whenever the
// machine stops, and whatever fails, there is the old file or the new one. A new file is readable for its owner alone.
//
// Errors: [ErrIO] (the detail has operation, path and errno), [ErrInvalidArgument] (the format), [ErrLimit], [ErrCancelled], [ErrTimeout].
func (db *DB) Save(ctx context.Context, path string, format Format) error {
	c, err := db.h.begin(ctx)
	if err != nil {
		return err
	}
	pathText, pathLen := text(path)
	optionsText, optionsLen := textOf(format.json())
	var object C.uintptr_t
	err = c.end(C.dgo_db_save(c.number, pathText, pathLen, optionsText, optionsLen, nil, &object), object)
	runtime.KeepAlive(db)
	return err
}

// SaveJob begins to [DB.Save]. Its result is a [FileFacts].
func (db *DB) SaveJob(path string, format Format) (*Job, error) {
	number, err := db.h.live()
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(db)
	return newJob(func(job, object *C.uintptr_t) C.dictdb_status {
		pathText, pathLen := text(path)
		optionsText, optionsLen := textOf(format.json())
		return C.dgo_db_save(number, pathText, pathLen, optionsText, optionsLen, job, object)
	})
}

func startLoad(path string) func(job, object *C.uintptr_t) C.dictdb_status {
	return func(job, object *C.uintptr_t) C.dictdb_status {
		var none C.uintptr_t
		pathText, pathLen := text(path)
		return C.dgo_db_load(pathText, pathLen, &none, job, object)
	}
}

// Load loads a database from a file that [DB.Save] or DictDB has written; which format it has is seen from the file.
//
// Errors: [ErrIO] (the detail has operation, path and errno), [ErrCorrupt] (path and position), [ErrInvalidJSON] and what else can be wrong with
// tables, records and indexes (path, table, and index, the number of the record from 0); [ErrLimit], [ErrCancelled], [ErrTimeout].
func Load(ctx context.Context, path string) (*DB, error) {
	if err := checkABI(); err != nil {
		return nil, err
	}
	if ctx.Done() == nil {
		pathText, pathLen := text(path)
		var number, object C.uintptr_t
		if err := check(C.dgo_db_load(pathText, pathLen, &number, nil, &object), object); err != nil {
			return nil, err
		}
		return newDB(number), nil
	}
	var db *DB
	err := inJob(ctx, startLoad(path), func(job C.uintptr_t) (err error) {
		db, err = jobDatabase(job)
		return err
	})
	return db, err
}

// LoadJob begins to [Load]. [Job.Database] gives the database; the result is a [FileFacts].
func LoadJob(path string) (*Job, error) {
	if err := checkABI(); err != nil {
		return nil, err
	}
	return newJob(startLoad(path))
}

// CSVImport says how a CSV file is read. The zero value: commas, a header, and types that are seen from the cells.
type CSVImport struct {
	Delimiter  byte   // an ASCII character, neither a quote nor a line break; 0: a comma
	NoHeader   bool   // the first line is a record; columns are named col_0, col_1 and so on
	Schema     Schema // that of the table: cells are read as the types of their fields
	AllStrings bool   // without a schema, all cells are strings; else each column is the first of int, float and str that all its cells are
	PrimaryKey string // name of the key field; empty: id
}

func (o CSVImport) json() ([]byte, error) {
	var members object
	members.csv(o.Delimiter, o.NoHeader)
	if o.Schema != nil {
		if err := members.value("schema", o.Schema); err != nil {
			return nil, err
		}
	}
	if o.AllStrings {
		members.raw("infer_types", []byte("false"))
	}
	members.string("primary_key", o.PrimaryKey)
	return members.end(), nil
}

func (o *object) csv(delimiter byte, noHeader bool) {
	if delimiter != 0 {
		o.string("delimiter", string(rune(delimiter)))
	}
	if noHeader {
		o.raw("header", []byte("false"))
	}
}

// An importer makes a table of a file; job is nil to do it within the call.
type importer func(db C.uintptr_t, job, object *C.uintptr_t) C.dictdb_status

func (db *DB) importCSV(name, path string, options CSVImport) (importer, error) {
	members, err := options.json()
	return func(number C.uintptr_t, job, object *C.uintptr_t) C.dictdb_status {
		nameText, nameLen := text(name)
		pathText, pathLen := text(path)
		optionsText, optionsLen := textOf(members)
		return C.dgo_db_import_csv(number, nameText, nameLen, pathText, pathLen, optionsText, optionsLen, job, object)
	}, err
}

func (db *DB) importJSONLines(name, path string, options TableOptions) (importer, error) {
	members, err := options.json()
	return func(number C.uintptr_t, job, object *C.uintptr_t) C.dictdb_status {
		nameText, nameLen := text(name)
		pathText, pathLen := text(path)
		optionsText, optionsLen := textOf(members)
		return C.dgo_db_import_jsonl(number, nameText, nameLen, pathText, pathLen, optionsText, optionsLen, job, object)
	}, err
}

func (db *DB) importTable(ctx context.Context, name string, start importer, err error) (*Table, error) {
	if err != nil {
		return nil, err
	}
	c, err := db.h.begin(ctx)
	if err != nil {
		return nil, err
	}
	var object C.uintptr_t
	err = c.end(start(c.number, nil, &object), object)
	runtime.KeepAlive(db)
	if err != nil {
		return nil, err
	}
	// The table that the import itself would give has the limits of the context, which is of this call only.
	return db.Table(name)
}

func (db *DB) importJob(start importer, err error) (*Job, error) {
	if err != nil {
		return nil, err
	}
	number, err := db.h.live()
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(db)
	return newJob(func(job, object *C.uintptr_t) C.dictdb_status { return start(number, job, object) })
}

// ImportCSV makes a table of a CSV file (RFC 4180, in UTF-8). Nobody finds the table before all rows are in it; on failure there is none. An empty cell is
// null, but for a string it is "".
//
// Errors: [ErrDuplicateTable], [ErrIO]. What is wrong with a row is told with path, line (from 1) and column (the number of the cell, from 1):
// [ErrSchema], [ErrDuplicateKey], [ErrInvalidKey], [ErrInvalidUTF8], [ErrCorrupt] (a quote that is not closed, two columns of one name), [ErrLimit].
// [ErrInvalidArgument], [ErrUnsupported] (a snapshot), [ErrCancelled], [ErrTimeout].
func (db *DB) ImportCSV(ctx context.Context, name, path string, options CSVImport) (*Table, error) {
	start, err := db.importCSV(name, path, options)
	return db.importTable(ctx, name, start, err)
}

// ImportCSVJob begins to [DB.ImportCSV]. Its result is a [FileFacts]; [DB.Table] gives the table.
func (db *DB) ImportCSVJob(name, path string, options CSVImport) (*Job, error) {
	return db.importJob(db.importCSV(name, path, options))
}

// ImportJSONLines makes a table of a file that has a JSON object on each line, as [DB.ImportCSV] does.
//
// Errors: [ErrDuplicateTable], [ErrIO]. What is wrong with a record is told with path, line (from 1) and index (the number of the record, from 0):
// [ErrInvalidJSON] and [ErrNumberRange] (position, in bytes from the start of the file), [ErrSchema], [ErrDuplicateKey], [ErrInvalidKey],
// [ErrInvalidUTF8], [ErrLimit]. [ErrInvalidArgument], [ErrUnsupported] (a snapshot), [ErrCancelled], [ErrTimeout].
func (db *DB) ImportJSONLines(ctx context.Context, name, path string, options TableOptions) (*Table, error) {
	start, err := db.importJSONLines(name, path, options)
	return db.importTable(ctx, name, start, err)
}

// ImportJSONLinesJob begins to [DB.ImportJSONLines]. Its result is a [FileFacts]; [DB.Table] gives the table.
func (db *DB) ImportJSONLinesJob(name, path string, options TableOptions) (*Job, error) {
	return db.importJob(db.importJSONLines(name, path, options))
}

// CSVExport says how a CSV file is written. The zero value: commas, and a header.
type CSVExport struct {
	Delimiter byte // an ASCII character, neither a quote nor a line break; 0: a comma
	NoHeader  bool // leaves out the line with the columns' names
}

func (o CSVExport) json() []byte {
	var members object
	members.csv(o.Delimiter, o.NoHeader)
	return members.end()
}

// An exporter writes rows of a table to a file; job is nil to do it within the call.
type exporter func(table C.uintptr_t, job, object *C.uintptr_t) C.dictdb_status

// export prepares what both kinds of files have: the query and its parameters, as texts.
func export(rows Source, args []any, write func(table C.uintptr_t, spec, values []byte, job, object *C.uintptr_t) C.dictdb_status) (exporter, error) {
	spec, err := standaloneOf(rows)
	if err != nil {
		return nil, err
	}
	values, e, err := params(args)
	if err != nil {
		return nil, err
	}
	values = append([]byte(nil), values...)
	e.done()
	return func(table C.uintptr_t, job, object *C.uintptr_t) C.dictdb_status {
		return write(table, spec, values, job, object)
	}, nil
}

func exportCSV(path string, rows Source, options CSVExport, args []any) (exporter, error) {
	return export(rows, args, func(table C.uintptr_t, spec, values []byte, job, object *C.uintptr_t) C.dictdb_status {
		pathText, pathLen := text(path)
		specText, specLen := textOf(spec)
		valuesText, valuesLen := textOf(values)
		optionsText, optionsLen := textOf(options.json())
		return C.dgo_table_export_csv(table, pathText, pathLen, specText, specLen, valuesText, valuesLen, optionsText, optionsLen, job, object)
	})
}

func exportJSONLines(path string, rows Source, args []any) (exporter, error) {
	return export(rows, args, func(table C.uintptr_t, spec, values []byte, job, object *C.uintptr_t) C.dictdb_status {
		pathText, pathLen := text(path)
		specText, specLen := textOf(spec)
		valuesText, valuesLen := textOf(values)
		return C.dgo_table_export_jsonl(table, pathText, pathLen, specText, specLen, valuesText, valuesLen, job, object)
	})
}

func (t *Table) export(ctx context.Context, start exporter, err error) error {
	if err != nil {
		return err
	}
	c, err := t.h.begin(ctx)
	if err != nil {
		return err
	}
	var object C.uintptr_t
	err = c.end(start(c.number, nil, &object), object)
	runtime.KeepAlive(t)
	return err
}

func (t *Table) exportJob(start exporter, err error) (*Job, error) {
	if err != nil {
		return nil, err
	}
	number, err := t.h.live()
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(t)
	return newJob(func(job, object *C.uintptr_t) C.dictdb_status { return start(number, job, object) })
}

// ExportCSV writes rows, those of one instant, to a CSV file (RFC 4180), which is replaced as a whole, as by [DB.Save]. Null and a missing field are an
// empty cell, arrays and objects are JSON. Without columns in the query the columns are the schema's fields; without a schema, all fields that the rows
// have, in the order in which they first appear.
//
// Errors: [ErrIO] (the detail has operation, path and errno), as of [Select], [ErrInvalidArgument] (options, too), [ErrLimit] (4,096 columns).
func (t *Table) ExportCSV(ctx context.Context, path string, rows Source, options CSVExport, args ...any) error {
	start, err := exportCSV(path, rows, options, args)
	return t.export(ctx, start, err)
}

// ExportCSVJob begins to [Table.ExportCSV]. Its result is a [FileFacts].
func (t *Table) ExportCSVJob(path string, rows Source, options CSVExport, args ...any) (*Job, error) {
	return t.exportJob(exportCSV(path, rows, options, args))
}

// ExportJSONLines writes rows to a file of JSON Lines, each row as an object on a line of its own: nothing is lost.
//
// Errors: as of [Table.ExportCSV].
func (t *Table) ExportJSONLines(ctx context.Context, path string, rows Source, args ...any) error {
	start, err := exportJSONLines(path, rows, args)
	return t.export(ctx, start, err)
}

// ExportJSONLinesJob begins to [Table.ExportJSONLines]. Its result is a [FileFacts].
func (t *Table) ExportJSONLinesJob(path string, rows Source, args ...any) (*Job, error) {
	return t.exportJob(exportJSONLines(path, rows, args))
}
