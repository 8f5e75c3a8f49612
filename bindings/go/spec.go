package dictdb

// #include "bridge.h"
import "C"

import (
	"encoding/json"
	"strconv"
)

// A Spec is a query in the making: which records, and which rows are made of them. The zero Spec asks for all records. Methods return another Spec
// and leave theirs as it is, so that one can be the beginning of several:
//
//	dictdb.Where("age >= ?1").OrderBy("-age", "name").Limit(10)
//
// What a Spec asks for is done in the order of SQL: where, group, order, project, make distinct, leave out, limit. It is compiled, and checked, when
// it is used: with each call, or once by [Compile].
type Spec struct {
	predicate  *Predicate
	where      string
	columns    []column
	groupBy    []string
	aggregates []column
	orderBy    []string
	limit      json.RawMessage
	offset     json.RawMessage
	distinct   bool
	whole      json.RawMessage
}

type column struct{ alias, field string }

// Where begins with the records that match a predicate given as text, in which ?1, ?2 and so on stand for values that come with each call.
func Where(predicate string) Spec { return Spec{where: predicate} }

// Matching begins with the records that match a predicate.
func Matching(predicate *Predicate) Spec { return Spec{}.Matching(predicate) }

// SpecJSON takes a whole query as the library has it: a JSON object with the members where, columns, group_by, aggregates, order_by, limit, offset and
// distinct. Of the methods only [Spec.Matching] goes with it.
func SpecJSON(spec json.RawMessage) Spec { return Spec{whole: spec} }

// Where says which records, besides those of [Spec.Matching]; in place of what was said before.
func (s Spec) Where(predicate string) Spec {
	s.where = predicate
	return s
}

// Matching says which records, besides those of [Spec.Where]; in place of what was said before. A predicate that is nil is an error of the call.
func (s Spec) Matching(predicate *Predicate) Spec {
	if predicate == nil {
		_, err := predicate.live()
		predicate = newPredicate(0, err)
	}
	s.predicate = predicate
	return s
}

// Columns adds fields, under their own names: rows have columns in place of the whole record, null where the record has no such field.
func (s Spec) Columns(fields ...string) Spec {
	s.columns = s.columns[:len(s.columns):len(s.columns)]
	for _, field := range fields {
		s.columns = append(s.columns, column{field, field})
	}
	return s
}

// As adds a field to the columns, under another name.
func (s Spec) As(alias, field string) Spec {
	s.columns = append(s.columns[:len(s.columns):len(s.columns)], column{alias, field})
	return s
}

// GroupBy adds fields to group by: one row for each list of equal values, with these fields first. It does not go with columns.
func (s Spec) GroupBy(fields ...string) Spec {
	s.groupBy = append(s.groupBy[:len(s.groupBy):len(s.groupBy)], fields...)
	return s
}

// Aggregate adds a column to the groups, or to the one row of all records if nothing is grouped by: count(), count(field), count_distinct(field),
// sum(field), avg(field), min(field) or max(field), all of which leave out nulls.
func (s Spec) Aggregate(alias, aggregate string) Spec {
	s.aggregates = append(s.aggregates[:len(s.aggregates):len(s.aggregates)], column{alias, aggregate})
	return s
}

// OrderBy adds fields to order by, of groups columns; a - before one reverses its order. Ties keep the natural order.
func (s Spec) OrderBy(fields ...string) Spec {
	s.orderBy = append(s.orderBy[:len(s.orderBy):len(s.orderBy)], fields...)
	return s
}

// Limit says how many rows at most; negative: all.
func (s Spec) Limit(rows int) Spec {
	s.limit = strconv.AppendInt(nil, int64(rows), 10)
	return s
}

// LimitParam takes the limit from a parameter: 2 for ?2.
func (s Spec) LimitParam(number int) Spec {
	s.limit = appendString(nil, "?"+strconv.Itoa(number))
	return s
}

// Offset says how many rows to leave out at the start; negative: none.
func (s Spec) Offset(rows int) Spec {
	s.offset = strconv.AppendInt(nil, int64(rows), 10)
	return s
}

// OffsetParam takes the offset from a parameter: 2 for ?2.
func (s Spec) OffsetParam(number int) Spec {
	s.offset = appendString(nil, "?"+strconv.Itoa(number))
	return s
}

// Distinct keeps the first of equal rows.
func (s Spec) Distinct() Spec {
	s.distinct = true
	return s
}

// String returns the query as JSON; what a [Predicate] says is not in it.
func (s Spec) String() string {
	if spec := s.json(); spec != nil {
		return string(spec)
	}
	return "{}"
}

// json is nil for a query without members.
func (s Spec) json() []byte {
	if s.whole != nil {
		return s.whole
	}
	var members object
	members.string("where", s.where)
	members.columns("columns", s.columns)
	members.list("group_by", s.groupBy)
	members.columns("aggregates", s.aggregates)
	members.list("order_by", s.orderBy)
	members.raw("offset", s.offset)
	members.raw("limit", s.limit)
	members.bool("distinct", s.distinct)
	return members.end()
}

// standalone is json with what the predicate says, too: for calls that take no predicate.
func (s Spec) standalone() ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if s.predicate == nil {
		return s.json(), nil
	}
	where, err := s.predicate.print()
	if err != nil {
		return nil, err
	}
	if s.whole == nil {
		if s.where != "" {
			where = "(" + s.where + ") AND (" + where + ")"
		}
		return s.Where(where).json(), nil
	}
	var members object
	if err := eachMember(s.whole, func(name string, value json.RawMessage) error {
		if name != "where" {
			members.raw(name, value)
			return nil
		}
		var own string
		err := json.Unmarshal(value, &own)
		where = "(" + own + ") AND (" + where + ")"
		return err
	}); err != nil {
		return nil, newError(StatusInvalidJSON, "the query is not a JSON object: "+err.Error())
	}
	members.string("where", where)
	return members.end(), nil
}

// check refuses members beside a whole query.
func (s Spec) check() error {
	whole := s.whole
	s.whole = nil
	if whole != nil && s.json() != nil {
		return newError(StatusInvalidArgument, "a query given as JSON has all its members there; only Matching goes with it, not "+s.String())
	}
	return nil
}

// isSimple tells that the query has no members but those of dictdb_table_select.
func (s Spec) isSimple() bool {
	isNumber := func(value json.RawMessage) bool { return len(value) == 0 || value[0] != '"' }
	return s.whole == nil && s.where == "" && s.groupBy == nil && s.aggregates == nil && isNumber(s.limit) && isNumber(s.offset)
}

func (o *object) raw(name string, value []byte) {
	if value != nil {
		o.name(name)
		o.text = append(o.text, value...)
	}
}

func (o *object) list(name string, values []string) {
	if len(values) == 0 {
		return
	}
	o.name(name)
	separator := byte('[')
	for _, value := range values {
		o.text = appendString(append(o.text, separator), value)
		separator = ','
	}
	o.text = append(o.text, ']')
}

func (o *object) columns(name string, columns []column) {
	if len(columns) == 0 {
		return
	}
	o.name(name)
	separator := byte('{')
	for _, column := range columns {
		o.text = appendString(append(o.text, separator), column.alias)
		o.text = appendString(append(o.text, ':'), column.field)
		separator = ','
	}
	o.text = append(o.text, '}')
}

// A Source says which rows a call is about: a [Spec], a [*Query], or nil for all records.
type Source interface {
	source() (source, error)
	standalone() ([]byte, error)
}

// A source is what the bridge takes. Whoever has one keeps the Source itself alive until the call has ended.
type source struct {
	c    C.dgo_source
	spec []byte
}

func (s Spec) source() (source, error) {
	if err := s.check(); err != nil {
		return source{}, err
	}
	from := source{spec: s.json()}
	if s.predicate != nil {
		number, err := s.predicate.live()
		if err != nil {
			return source{}, err
		}
		from.c.predicate = number
		if s.isSimple() {
			from.c.is_simple = 1
		}
	}
	return from, nil
}

func sourceOf(s Source) (source, error) {
	if s == nil {
		return source{}, nil
	}
	return s.source()
}

func standaloneOf(s Source) ([]byte, error) {
	if s == nil {
		return nil, nil
	}
	return s.standalone()
}
