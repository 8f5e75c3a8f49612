package dictdb

// #include "bridge.h"
import "C"

import (
	"context"
	"encoding/json"
	"runtime"
)

// A Query is a compiled [Spec]. It never changes: any number of goroutines may use it at the same time, with any number of tables; the values of its
// parameters come with each call.
type Query struct {
	h    *handle
	spec Spec
}

// Compile compiles a query.
//
// Errors: [ErrParse] (a predicate, field or aggregate: the message says which; position counts in its text), [ErrInvalidArgument] (members that do not
// go together), [ErrNumberRange], [ErrLimit] (4,096 columns, aggregates or sort keys; as of [Parse]), [ErrInvalidJSON], [ErrInvalidUTF8].
func Compile(spec Spec) (*Query, error) {
	from, err := spec.source()
	if err != nil {
		return nil, err
	}
	specText, specLen := textOf(from.spec)
	var number, object C.uintptr_t
	status := C.dgo_query_new(from.c.predicate, specText, specLen, &number, &object)
	runtime.KeepAlive(spec.predicate)
	if err := check(status, object); err != nil {
		return nil, err
	}
	q := &Query{spec: spec}
	q.h = newHandle(q, C.DGO_QUERY, number)
	return q, nil
}

// MustCompile is [Compile] for queries that are part of the program: it panics on an error.
func MustCompile(spec Spec) *Query {
	q, err := Compile(spec)
	if err != nil {
		panic(err)
	}
	return q
}

// Close gives the query back; calls that are using it end as usual. A Query that is not closed is closed by the garbage collector.
func (q *Query) Close() error {
	q.h.free()
	return nil
}

// String returns the query as [Spec.String] does.
func (q *Query) String() string { return q.spec.String() }

func (q *Query) source() (source, error) {
	if q == nil {
		return source{}, newError(StatusInvalidArgument, "the query is nil; a Source that is nil itself asks for all records")
	}
	number, err := q.h.live()
	return source{c: C.dgo_source{query: number}}, err
}

func (q *Query) standalone() ([]byte, error) {
	if _, err := q.source(); err != nil {
		return nil, err
	}
	return q.spec.standalone()
}

// Delete deletes the records that a query matches, all or none, and returns their number. The query has a predicate and nothing else.
//
// Errors: [ErrRecordNotFound] (none matches), [ErrInvalidArgument] (the query has no predicate, or has more; too few or too many values, or one that its
// operator does not take), [ErrLimit], [ErrInvalidJSON], [ErrNumberRange], [ErrCancelled], [ErrTimeout].
func (q *Query) Delete(ctx context.Context, t *Table, args ...any) (int64, error) {
	from, err := q.source()
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
	err = c.end(C.dgo_query_delete(from.c.query, c.number, valuesText, valuesLen, &count, &object), object)
	runtime.KeepAlive(t)
	runtime.KeepAlive(q)
	return int64(count), err
}

// selectInto runs a query into a buffer: one crossing.
func (t *Table) selectInto(ctx context.Context, b *buffer, rows Source, args []any) (int64, error) {
	from, err := sourceOf(rows)
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
	specText, specLen := textOf(from.spec)
	valuesText, valuesLen := textOf(values)
	var object C.uintptr_t
	var count C.uint64_t
	err = c.end(C.dgo_select(from.c, c.number, specText, specLen, valuesText, valuesLen, b.c, &count, &object), object)
	runtime.KeepAlive(t)
	runtime.KeepAlive(rows)
	return int64(count), err
}

// Select reads rows into a slice of T, each as [json.Unmarshal] does, as of one instant. Writers do not wait for it. For very many rows there is
// [Rows].
//
// The args are the values of ?1, ?2 and so on. They are never read as part of a text, so that what users type can do no harm.
//
// Errors: those of [Compile] if rows is a [Spec]; [ErrInvalidArgument] (too few or too many values, or one that does not go where its parameter
// stands), [ErrTypeMismatch] (a sum or average of what is no number), [ErrNumberRange] (a sum), [ErrLimit], [ErrCancelled], [ErrTimeout], and those of
// encoding/json.
func Select[T any](ctx context.Context, t *Table, rows Source, args ...any) ([]T, error) {
	b := newBuffer()
	defer b.release()
	count, err := t.selectInto(ctx, b, rows, args)
	if err != nil {
		return nil, err
	}
	records := make([]T, 0, count)
	if err := json.Unmarshal(b.bytes(), &records); err != nil {
		return nil, err
	}
	return records, nil
}

// SelectJSON reads rows as text, a JSON array, and tells their number.
//
// Errors: as of [Select].
func (t *Table) SelectJSON(ctx context.Context, rows Source, args ...any) (json.RawMessage, int64, error) {
	return t.AppendSelect(ctx, nil, rows, args...)
}

// AppendSelect appends rows to dst, as a JSON array, and tells their number: with room enough in dst, a query allocates next to nothing, however many rows
// there are. On failure it returns dst.
//
// Errors: as of [Select].
func (t *Table) AppendSelect(ctx context.Context, dst []byte, rows Source, args ...any) ([]byte, int64, error) {
	b := newBuffer()
	defer b.release()
	count, err := t.selectInto(ctx, b, rows, args)
	if err != nil {
		return dst, 0, err
	}
	return append(dst, b.bytes()...), count, nil
}

// First reads the first row into a T.
//
// Errors: [ErrRecordNotFound] (there is none), and as of [Select].
func First[T any](ctx context.Context, t *Table, rows Source, args ...any) (T, error) {
	var row T
	cursor, err := t.Cursor(ctx, rows, args...)
	if err != nil {
		return row, err
	}
	defer cursor.Close()
	text, err := cursor.Next()
	if err != nil {
		return row, err
	}
	err = json.Unmarshal(text, &row)
	return row, err
}

// GetMany reads records by their keys, as of one instant: each in its key's place, nil where there is none.
//
// Errors: [ErrInvalidKey], [ErrCancelled], [ErrTimeout], and those of encoding/json.
func GetMany[T any](ctx context.Context, t *Table, keys []Key) ([]*T, error) {
	b := newBuffer()
	defer b.release()
	if err := t.getMany(ctx, b, keys); err != nil {
		return nil, err
	}
	records := make([]*T, 0, len(keys))
	if err := json.Unmarshal(b.bytes(), &records); err != nil {
		return nil, err
	}
	return records, nil
}

func (t *Table) getMany(ctx context.Context, b *buffer, keys []Key) error {
	c, err := t.h.begin(ctx)
	if err != nil {
		return err
	}
	e := newEncoder()
	defer e.release()
	separator := byte('[')
	for _, key := range keys {
		e.out.WriteByte(separator)
		e.out.Write(key.append(e.out.AvailableBuffer()))
		separator = ','
	}
	if len(keys) == 0 {
		e.out.WriteByte('[')
	}
	e.out.WriteByte(']')
	keysText, keysLen := textOf(e.out.Bytes())
	var object C.uintptr_t
	err = c.end(C.dgo_table_get_many(c.number, keysText, keysLen, b.c, &object), object)
	runtime.KeepAlive(t)
	return err
}

// Count counts the rows that a query gives, without building them. Values that are not looked at, such as those of a sum, are not checked.
//
// Errors: as of [Select].
func (t *Table) Count(ctx context.Context, rows Source, args ...any) (int64, error) {
	from, err := sourceOf(rows)
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
	specText, specLen := textOf(from.spec)
	valuesText, valuesLen := textOf(values)
	var object C.uintptr_t
	var count C.uint64_t
	if where, ok := onlyWhere(rows); ok {
		whereText, whereLen := text(where)
		err = c.end(C.dgo_count_where(c.number, whereText, whereLen, valuesText, valuesLen, &count, &object), object)
	} else {
		err = c.end(C.dgo_count(from.c, c.number, specText, specLen, valuesText, valuesLen, &count, &object), object)
	}
	runtime.KeepAlive(t)
	runtime.KeepAlive(rows)
	return int64(count), err
}

// onlyWhere tells that a query is a predicate as text and nothing else.
func onlyWhere(rows Source) (string, bool) {
	s, ok := rows.(Spec)
	ok = ok && s.where != "" && s.predicate == nil && s.columns == nil && s.groupBy == nil && s.aggregates == nil && s.orderBy == nil &&
		s.limit == nil && s.offset == nil && !s.distinct && s.whole == nil
	return s.where, ok
}

// A Plan tells how a query would run.
type Plan struct {
	// Access is how records are found: scan, primary_key, index, union or intersection (of Parts), nothing (no record can match), or all (the answer is
	// a count that the table knows).
	Access string `json:"access"`
	// Index has the fields of the index, and Kind its kind, if Access is index.
	Index []string  `json:"index"`
	Kind  IndexKind `json:"kind"`
	// Condition is the part of the predicate that the access answers; empty if there is none.
	Condition string `json:"condition"`
	// Parts are those of a union or an intersection.
	Parts []Plan `json:"parts"`
	// RowsEstimated is how many records the access finds.
	RowsEstimated int64 `json:"rows_estimated"`
	// Filter is the part of the predicate that is then tested on each record; empty if there is none.
	Filter string `json:"filter"`
	// Order is natural, index (walked in order), top (only the best are kept) or sort.
	Order string `json:"order"`
	// ReadsRecords is false if the answer comes from an index or the table's count alone.
	ReadsRecords bool `json:"reads_records"`
}

// Explain tells how a query would run now. It runs nothing.
//
// Errors: as of [Select].
func (t *Table) Explain(ctx context.Context, rows Source, args ...any) (Plan, error) {
	var plan Plan
	from, err := sourceOf(rows)
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
	specText, specLen := textOf(from.spec)
	valuesText, valuesLen := textOf(values)
	var object C.uintptr_t
	err = c.end(C.dgo_explain(from.c, c.number, specText, specLen, valuesText, valuesLen, b.c, &object), object)
	runtime.KeepAlive(t)
	runtime.KeepAlive(rows)
	if err != nil {
		return plan, err
	}
	err = json.Unmarshal(b.bytes(), &plan)
	return plan, err
}
