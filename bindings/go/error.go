package dictdb

// #include "bridge.h"
import "C"

import (
	"context"
	"encoding/json"
	"errors"
)

// An Error is what every failing call of this package returns, for [errors.As]. (Values that encoding/json cannot encode or decode are
// the exception: its errors come as they are.)
//
// [errors.Is] finds the sentinel of its status, and the context's error if a context ended the call.
type Error struct {
	// Status says what kind of error it is.
	Status Status
	// Message says what was wrong, where, and what would be right: for people. Its wording may change.
	Message string
	// Detail has the facts, for programs: a JSON object. See [Error.Fact].
	Detail json.RawMessage

	cause error
}

// Error returns the message.
func (e *Error) Error() string { return "dictdb: " + e.Message }

// Unwrap returns the status and, if a context ended the call, the context's error and cause.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Status}
	}
	return []error{e.Status, e.cause}
}

// Fact decodes a member of the detail into value, as [json.Unmarshal] does, and reports whether it is there and fits.
//
// Members are, where they apply: parameter, table, key, field, expected, actual, found, fields, value, existing, index (of a record in a
// bulk call, from 0), position (a byte offset), placeholder, option, what, limit, bytes, path, line, column, operation (in a batch,
// from 0; of IO: what was refused), errno, missing, timeout_ms, since, oldest and newest.
func (e *Error) Fact(name string, value any) bool {
	var facts map[string]json.RawMessage
	if json.Unmarshal(e.Detail, &facts) != nil {
		return false
	}
	fact, ok := facts[name]
	return ok && json.Unmarshal(fact, value) == nil
}

// A miss is frequent and has no facts: all misses are one object, and cost nothing.
var recordNotFound = &Error{Status: StatusRecordNotFound, Message: "no such record", Detail: json.RawMessage("{}")}

// check makes an error of how a call ended: nil on success. It frees the error object.
func check(status C.dictdb_status, object C.uintptr_t) error {
	if status == C.DICTDB_STATUS_OK {
		return nil
	}
	return failure(status, object)
}

func failure(status C.dictdb_status, object C.uintptr_t) error {
	if object == 0 {
		if status == C.DICTDB_STATUS_RECORD_NOT_FOUND {
			return recordNotFound
		}
		return newError(Status(status), Status(status).meaning())
	}
	var f C.dgo_failure
	C.dgo_error_read(object, &f)
	err := &Error{
		Status:  Status(status),
		Message: C.GoString(f.message),
		Detail:  json.RawMessage(C.GoString(f.detail)),
	}
	C.dgo_error_free(object)
	return err
}

func newError(status Status, message string) *Error {
	return &Error{Status: status, Message: message, Detail: json.RawMessage("{}")}
}

// stopped makes the error of a call that a context ended.
func stopped(ctx context.Context) error {
	err := newError(StatusCancelled, "the call was ended: "+ctx.Err().Error())
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err.Status = StatusTimeout
	}
	err.cause = ctx.Err()
	if cause := context.Cause(ctx); cause != ctx.Err() {
		err.cause = errors.Join(ctx.Err(), cause)
	}
	return err
}

// outOfMemory is told where the bridge itself could not have memory or descriptors.
func outOfMemory(what string) error {
	return newError(StatusOutOfMemory, "no memory for "+what)
}
