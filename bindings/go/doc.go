/*
Package dictdb is libdictdb for Go: an embedded, in-memory database of JSON records.

A [DB] has named tables. A [Table] has records, JSON objects, under a primary key. Records come from structs and maps, and go into them:

	db, err := dictdb.New()
	users, err := db.CreateTable("users", dictdb.TableOptions{})
	key, err := users.Insert(User{Name: "Ada", Age: 36})
	ada, err := dictdb.Get[User](users, key)
	adults, err := dictdb.Select[User](ctx, users, dictdb.Where("age >= ?1").OrderBy("-age"), 18)

The package needs the shared library and its header, which it finds through pkg-config, and nothing else.

# Concurrency

Every function and method may be called from any goroutine at any time. Each call is atomic: it takes effect at one instant between call and return. A
long read works on a version of the table and holds up no writer. No lock is held when a call returns, nor while a callback or the body of a
loop runs, so that no order of calls can deadlock. What must be read as of one instant is read from a snapshot ([Table.Snapshot], [DB.Snapshot]); what must be
written at one instant is a batch ([DB.Batch], [Batch]).

# Contexts

What can take long takes a [context.Context]. When it ends, the library sees it in a word of memory that it looks at while it works; the call ends within
milliseconds, has changed nothing, and returns an error that is both the context's and [ErrCancelled] or [ErrTimeout]. A write that has come to applying its
changes completes, and returns no error. A context that cannot end, such as [context.Background], costs nothing. ([Load], [Restore], [VerifyBackups]
and what a [Backup] makes have no table or database to be told through: with a context that can end they run as a [Job], which it cancels.)

# Errors

Errors are of type [*Error], for [errors.As], and [errors.Is] finds the sentinel of their status:

	if errors.Is(err, dictdb.ErrRecordNotFound) { ... }

What encoding/json has against a value comes as it is. The methods list the errors that are theirs.

# Closing

What has a method Close should be closed, in any order, once or more often. What is not is closed by the garbage collector at some time; snapshots, cursors,
watches and backups keep memory, or work, until then. Use after Close is [ErrInvalidHandle], also if another goroutine closes during a call.

# The crossing

A call into the library is one crossing, whatever it does: a whole query with all its rows is one, as is a bulk insert or a batch. Arguments stay on
the goroutine's stack, and results are written into buffers that are reused. [Table.AppendGet] reads a record with no allocation; [Get] and [Select]
decode straight from the library's buffer. The library never calls Go: log messages and failures of backups are queued for a goroutine.

The language of predicates, updates and queries is described in docs/query-language.md of the library.
*/
package dictdb
