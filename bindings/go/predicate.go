package dictdb

// #include "bridge.h"
import "C"

import "runtime"

// A Predicate says of each record whether it matches. It is compiled once, never changes, and may be used by any number of goroutines and tables at the
// same time.
//
// Predicates are made of text ([Parse]) or of the functions named after the tests ([Eq], [And] and so on), which need no quoting. These return no
// error: what is wrong with a field or value is told by [Predicate.Err], and by the call in which the predicate, or one that is made of it, is used.
//
// A field is a path: age, address.city, tags[0]. A name that itself has a dot, a bracket or a backquote is written in backquotes.
type Predicate struct {
	h   *handle
	err error
}

func newPredicate(number C.uintptr_t, err error) *Predicate {
	p := &Predicate{err: err}
	if err == nil {
		p.h = newHandle(p, C.DGO_PREDICATE, number)
	}
	return p
}

// Err tells what is wrong with the predicate, nil if nothing is.
func (p *Predicate) Err() error { return p.err }

// Close gives the predicate back. What was made of it keeps what it needs. A Predicate that is not closed is closed by the garbage collector.
func (p *Predicate) Close() error {
	p.h.free()
	return nil
}

func (p *Predicate) live() (C.uintptr_t, error) {
	if p == nil {
		return 0, newError(StatusInvalidArgument, "the predicate is nil; All matches every record")
	}
	if p.err != nil {
		return 0, p.err
	}
	return p.h.live()
}

// String returns the predicate as text that [Parse] reads, or what is wrong with it in angle brackets.
func (p *Predicate) String() string {
	printed, err := p.print()
	if err != nil {
		return "<" + err.Error() + ">"
	}
	return printed
}

func (p *Predicate) print() (string, error) {
	number, err := p.live()
	if err != nil {
		return "", err
	}
	b := newBuffer()
	defer b.release()
	var object C.uintptr_t
	status := C.dgo_predicate_print(number, b.c, &object)
	runtime.KeepAlive(p)
	if err := check(status, object); err != nil {
		return "", err
	}
	return string(b.bytes()), nil
}

// Parse makes a predicate of text: age >= 18 AND name LIKE 'A%'. A parameter (?1) may stand wherever a value may: [Predicate.Bind] gives it one, or
// each run of a query that is made of the predicate.
//
// Errors: [ErrParse] (the detail has position, found and expected), [ErrNumberRange], [ErrLimit] (16 MiB of text, 128 levels, 65,536 tests and
// connectives), [ErrInvalidUTF8].
func Parse(where string) (*Predicate, error) {
	whereText, whereLen := text(where)
	var number, object C.uintptr_t
	if err := check(C.dgo_predicate_parse(whereText, whereLen, &number, &object), object); err != nil {
		return nil, err
	}
	return newPredicate(number, nil), nil
}

// Bind makes a predicate with values in place of the parameters: the first for ?1, and so on.
//
// Errors: [ErrInvalidArgument] (too few or too many values, or one that its operator does not take), [ErrInvalidJSON], [ErrNumberRange], [ErrLimit].
func (p *Predicate) Bind(args ...any) (*Predicate, error) {
	number, err := p.live()
	if err != nil {
		return nil, err
	}
	values, e, err := params(args)
	if err != nil {
		return nil, err
	}
	valuesText, valuesLen := textOf(values)
	var bound, object C.uintptr_t
	status := C.dgo_predicate_bind(number, valuesText, valuesLen, &bound, &object)
	runtime.KeepAlive(p)
	e.done()
	if err := check(status, object); err != nil {
		return nil, err
	}
	return newPredicate(bound, nil), nil
}

// All matches every record.
func All() *Predicate {
	var number, object C.uintptr_t
	status := C.dgo_predicate_all(&number, &object)
	return newPredicate(number, check(status, object))
}

func test(which C.int32_t, field string, value any) *Predicate {
	body, e, err := encode(value)
	if err != nil {
		return newPredicate(0, err)
	}
	fieldText, fieldLen := text(field)
	bodyText, bodyLen := textOf(body)
	var number, object C.uintptr_t
	status := C.dgo_predicate_test(which, fieldText, fieldLen, bodyText, bodyLen, &number, &object)
	e.done()
	return newPredicate(number, check(status, object))
}

// Eq matches records whose field equals the value. Null equals null and a missing field; 1 equals 1.0; true is not 1.
func Eq(field string, value any) *Predicate { return test(C.DGO_EQ, field, value) }

// Ne is the exact opposite of [Eq], so a missing field is Ne 5.
func Ne(field string, value any) *Predicate { return test(C.DGO_NE, field, value) }

// Lt matches records whose field is less than the value, and of its kind.
func Lt(field string, value any) *Predicate { return test(C.DGO_LT, field, value) }

// Le matches records whose field is less than or equal to the value, and of its kind.
func Le(field string, value any) *Predicate { return test(C.DGO_LE, field, value) }

// Gt matches records whose field is greater than the value, and of its kind.
func Gt(field string, value any) *Predicate { return test(C.DGO_GT, field, value) }

// Ge matches records whose field is greater than or equal to the value, and of its kind.
func Ge(field string, value any) *Predicate { return test(C.DGO_GE, field, value) }

// In matches records whose field equals one of the values; of none, no record.
func In[V any](field string, values ...V) *Predicate {
	if values == nil {
		values = []V{}
	}
	return test(C.DGO_IN, field, values)
}

// Between matches records whose field lies between two values, both included, and is of their kind.
func Between(field string, low, high any) *Predicate {
	lowBody, lowEncoder, err := encode(low)
	if err != nil {
		return newPredicate(0, err)
	}
	defer lowEncoder.done()
	highBody, highEncoder, err := encode(high)
	if err != nil {
		return newPredicate(0, err)
	}
	defer highEncoder.done()
	fieldText, fieldLen := text(field)
	lowText, lowLen := textOf(lowBody)
	highText, highLen := textOf(highBody)
	var number, object C.uintptr_t
	status := C.dgo_predicate_between(fieldText, fieldLen, lowText, lowLen, highText, highLen, &number, &object)
	return newPredicate(number, check(status, object))
}

func like(ignoresCase C.int32_t, field, pattern string, escape []rune) *Predicate {
	var character C.uint32_t
	if len(escape) > 0 {
		character = C.uint32_t(escape[0])
	}
	if len(escape) > 1 {
		return newPredicate(0, newError(StatusInvalidArgument, "a pattern has at most one escape character"))
	}
	fieldText, fieldLen := text(field)
	patternText, patternLen := textOf(appendString(nil, pattern))
	var number, object C.uintptr_t
	status := C.dgo_predicate_like(ignoresCase, fieldText, fieldLen, patternText, patternLen, character, &number, &object)
	return newPredicate(number, check(status, object))
}

// Like matches records whose field is a string that matches a pattern as a whole: % stands for any run of characters, _ for one. An escape character,
// if one is given, makes the character after it stand for itself.
func Like(field, pattern string, escape ...rune) *Predicate { return like(0, field, pattern, escape) }

// ILike is [Like] without regard to case.
func ILike(field, pattern string, escape ...rune) *Predicate { return like(1, field, pattern, escape) }

// Contains matches records whose field contains the value: a string a substring, an array an element, an object a key.
func Contains(field string, value any) *Predicate { return test(C.DGO_CONTAINS, field, value) }

// StartsWith matches records whose field is a string that starts so.
func StartsWith(field, value string) *Predicate { return test(C.DGO_STARTS_WITH, field, value) }

// EndsWith matches records whose field is a string that ends so.
func EndsWith(field, value string) *Predicate { return test(C.DGO_ENDS_WITH, field, value) }

// IEquals matches records whose field is a string that equals the value, without regard to case.
func IEquals(field, value string) *Predicate { return test(C.DGO_IEQUALS, field, value) }

// IContains matches records whose field is a string that contains the value, without regard to case.
func IContains(field, value string) *Predicate { return test(C.DGO_ICONTAINS, field, value) }

// IStartsWith matches records whose field is a string that starts so, without regard to case.
func IStartsWith(field, value string) *Predicate { return test(C.DGO_ISTARTS_WITH, field, value) }

// IEndsWith matches records whose field is a string that ends so, without regard to case.
func IEndsWith(field, value string) *Predicate { return test(C.DGO_IENDS_WITH, field, value) }

// IsNull matches records whose field is null or missing.
func IsNull(field string) *Predicate { return test(C.DGO_IS_NULL, field, nil) }

// IsNotNull matches records whose field is there and not null.
func IsNotNull(field string) *Predicate { return test(C.DGO_IS_NOT_NULL, field, nil) }

func join(isOr C.int32_t, operands []*Predicate) *Predicate {
	numbers := make([]C.uintptr_t, len(operands)+1)
	for i, operand := range operands {
		number, err := operand.live()
		if err != nil {
			return newPredicate(0, err)
		}
		numbers[i] = number
	}
	var number, object C.uintptr_t
	status := C.dgo_predicate_join(isOr, &numbers[0], C.size_t(len(operands)), &number, &object)
	runtime.KeepAlive(operands)
	return newPredicate(number, check(status, object))
}

// And matches records that all operands match; without operands, every record.
func And(operands ...*Predicate) *Predicate { return join(0, operands) }

// Or matches records that at least one operand matches; without operands, none.
func Or(operands ...*Predicate) *Predicate { return join(1, operands) }

// Not matches records that the operand does not match.
func Not(operand *Predicate) *Predicate {
	number, err := operand.live()
	if err != nil {
		return newPredicate(0, err)
	}
	var made, object C.uintptr_t
	status := C.dgo_predicate_not(number, &made, &object)
	runtime.KeepAlive(operand)
	return newPredicate(made, check(status, object))
}
