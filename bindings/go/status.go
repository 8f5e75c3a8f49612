package dictdb

// #include "bridge.h"
import "C"

// A Status says how a call of the library ended. As an error it is the sentinel of all errors with this status:
//
//	errors.Is(err, dictdb.ErrDuplicateKey)
//
// Values are fixed and never reused; a newer library may give some that have no name here.
type Status int32

// The statuses.
const (
	StatusOK              Status = C.DICTDB_STATUS_OK
	StatusRecordNotFound  Status = C.DICTDB_STATUS_RECORD_NOT_FOUND
	StatusTableNotFound   Status = C.DICTDB_STATUS_TABLE_NOT_FOUND
	StatusDuplicateKey    Status = C.DICTDB_STATUS_DUPLICATE_KEY
	StatusDuplicateTable  Status = C.DICTDB_STATUS_DUPLICATE_TABLE
	StatusSchema          Status = C.DICTDB_STATUS_SCHEMA
	StatusInvalidJSON     Status = C.DICTDB_STATUS_INVALID_JSON
	StatusInvalidUTF8     Status = C.DICTDB_STATUS_INVALID_UTF8
	StatusInvalidKey      Status = C.DICTDB_STATUS_INVALID_KEY
	StatusInvalidArgument Status = C.DICTDB_STATUS_INVALID_ARGUMENT
	StatusInvalidHandle   Status = C.DICTDB_STATUS_INVALID_HANDLE
	StatusNumberRange     Status = C.DICTDB_STATUS_NUMBER_RANGE
	StatusTypeMismatch    Status = C.DICTDB_STATUS_TYPE_MISMATCH
	StatusParse           Status = C.DICTDB_STATUS_PARSE
	StatusLimit           Status = C.DICTDB_STATUS_LIMIT
	StatusIndexExists     Status = C.DICTDB_STATUS_INDEX_EXISTS
	StatusIO              Status = C.DICTDB_STATUS_IO
	StatusCorrupt         Status = C.DICTDB_STATUS_CORRUPT
	StatusUnsupported     Status = C.DICTDB_STATUS_UNSUPPORTED
	StatusCancelled       Status = C.DICTDB_STATUS_CANCELLED
	StatusTimeout         Status = C.DICTDB_STATUS_TIMEOUT
	StatusConflict        Status = C.DICTDB_STATUS_CONFLICT
	StatusUnavailable     Status = C.DICTDB_STATUS_UNAVAILABLE
	StatusOutOfMemory     Status = C.DICTDB_STATUS_OUT_OF_MEMORY
	StatusForked          Status = C.DICTDB_STATUS_FORKED
	StatusInternal        Status = C.DICTDB_STATUS_INTERNAL
)

// The errors that a call can end with, for [errors.Is].
var (
	// ErrRecordNotFound: no record has that key, or none matches. Comes without a message of its own, so that a miss costs nothing.
	ErrRecordNotFound error = StatusRecordNotFound
	// ErrTableNotFound: the database has no table of that name, or the table was dropped.
	ErrTableNotFound error = StatusTableNotFound
	// ErrDuplicateKey: the key is taken, or a value of a unique index is.
	ErrDuplicateKey error = StatusDuplicateKey
	// ErrDuplicateTable: the database has a table of that name already.
	ErrDuplicateTable error = StatusDuplicateTable
	// ErrSchema: a record violates the table's schema.
	ErrSchema error = StatusSchema
	// ErrInvalidJSON: a text is not JSON, or not the JSON value that was asked for.
	ErrInvalidJSON error = StatusInvalidJSON
	// ErrInvalidUTF8: a text is not UTF-8.
	ErrInvalidUTF8 error = StatusInvalidUTF8
	// ErrInvalidKey: a key is neither a signed 64-bit integer nor a non-empty string.
	ErrInvalidKey error = StatusInvalidKey
	// ErrInvalidArgument: an argument is missing, unknown or of the wrong type.
	ErrInvalidArgument error = StatusInvalidArgument
	// ErrInvalidHandle: a [DB], [Table], [Query] or the like is used that was closed.
	ErrInvalidHandle error = StatusInvalidHandle
	// ErrNumberRange: an integer lies outside [-2^63, 2^64-1], or a number that was computed is none.
	ErrNumberRange error = StatusNumberRange
	// ErrTypeMismatch: an operation met a value that it is not defined for.
	ErrTypeMismatch error = StatusTypeMismatch
	// ErrParse: a text of the query language cannot be parsed. The detail has position, found and expected.
	ErrParse error = StatusParse
	// ErrLimit: a documented limit was exceeded.
	ErrLimit error = StatusLimit
	// ErrIndexExists: an index of another kind, or of other uniqueness, exists on the same fields.
	ErrIndexExists error = StatusIndexExists
	// ErrIO: the operating system refused something. The detail has operation, path and errno.
	ErrIO error = StatusIO
	// ErrCorrupt: a file is damaged. The detail has path and position.
	ErrCorrupt error = StatusCorrupt
	// ErrUnsupported: this build or this kind of object does not support the operation: a snapshot cannot be changed.
	ErrUnsupported error = StatusUnsupported
	// ErrCancelled: the call's context was cancelled, its [Cancel] was set, or the [Watch] that it waited for was closed.
	ErrCancelled error = StatusCancelled
	// ErrTimeout: the call's context passed its deadline, or the call took longer than its handle allows.
	ErrTimeout error = StatusTimeout
	// ErrConflict: the operation conflicts with another one. Not used by version 0.1 of the library.
	ErrConflict error = StatusConflict
	// ErrUnavailable: the object is not in a state to do that now: a watch no longer has the changes that were asked for.
	ErrUnavailable error = StatusUnavailable
	// ErrOutOfMemory: memory could not be had; nothing changed.
	ErrOutOfMemory error = StatusOutOfMemory
	// ErrForked: the process was forked, and this is the child.
	ErrForked error = StatusForked
	// ErrInternal: a defect of the library was caught. Please report it.
	ErrInternal error = StatusInternal
)

// String returns the status's name, such as RECORD_NOT_FOUND, or UNKNOWN.
func (s Status) String() string { return C.GoString(C.dictdb_status_name(C.dictdb_status(s))) }

// Error returns what the status means, in one line of English.
func (s Status) Error() string { return "dictdb: " + s.meaning() }

func (s Status) meaning() string { return C.GoString(C.dictdb_status_message(C.dictdb_status(s))) }
