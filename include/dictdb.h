/*
 * dictdb.h: an embedded, in-memory database of JSON records.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A database holds named tables. A table holds records under a primary key. A record is one JSON object. Programs hold
 * handles, pass JSON text in, and get JSON text back in buffers of their own:
 *
 *     #include <dictdb.h>
 *     #include <stdio.h>
 *
 *     int main(void) {
 *         dictdb_db *db = NULL;
 *         dictdb_table *users = NULL;
 *         dictdb_query *adults = NULL;
 *         dictdb_buffer rows = DICTDB_BUFFER_INIT;
 *         dictdb_error *error = NULL;
 *
 *         dictdb_db_new(NULL, 0, &db, NULL);
 *         dictdb_db_create_table(db, "users", DICTDB_NTS, NULL, 0, &users, NULL);
 *         if (dictdb_table_insert(users, "{\"name\": \"Ada\", \"age\": 36}", DICTDB_NTS, NULL, &error) != DICTDB_STATUS_OK) {
 *             fprintf(stderr, "%s\n", dictdb_error_message(error));
 *             dictdb_error_free(error);
 *         }
 *
 *         // In one call, everything as text. The values of ?1, ?2 and so on stand in a JSON array of their own.
 *         dictdb_table_update_where(users, "name = ?1", DICTDB_NTS, "visits = coalesce(visits, 0) + 1", DICTDB_NTS,
 *                                   "[\"Ada\"]", DICTDB_NTS, NULL, NULL);
 *
 *         // Compiled once, to be run many times by any number of threads.
 *         dictdb_query_new(NULL, "{\"where\": \"age >= ?1\", \"order_by\": \"-age\"}", DICTDB_NTS, &adults, NULL);
 *         if (dictdb_query_run(adults, users, "[18]", DICTDB_NTS, &rows, NULL, NULL) == DICTDB_STATUS_OK)
 *             printf("%s\n", rows.data);            // [{"name":"Ada","age":36,"id":1,"visits":1}]
 *
 *         dictdb_buffer_free(&rows);
 *         dictdb_query_free(adults);
 *         dictdb_table_free(users);
 *         dictdb_db_free(db);
 *         return 0;
 *     }
 *
 * Link with `-ldictdb` (pkg-config `dictdb`; CMake `find_package(dictdb)`, target `dictdb::dictdb`).
 *
 * What holds for every function
 * -----------------------------
 * Result. A function that can fail returns a `dictdb_status`; 0 is success. Its results leave through output
 * arguments. On failure nothing was changed, output handles are NULL, output buffers are empty and numbers
 * are untouched.
 *
 * Errors. The last argument, `error`, may be NULL. Otherwise it is set by every call: to NULL on success,
 * else to an error object that the caller reads (`dictdb_error_message`, `dictdb_error_detail`) and frees
 * (`dictdb_error_free`). RECORD_NOT_FOUND (unless of a batch) and FORKED come without an object, so that a miss
 * costs nothing.
 * Read `error` in a statement after the call: C does not say which argument of a call is evaluated first.
 * There is no "last error" kept anywhere: calls may change threads freely.
 *
 * Text. Names, field references and JSON come as a pointer and a length in bytes; the length `DICTDB_NTS`
 * says that the text ends at its first NUL. Text must be UTF-8. It is read during the call only and never
 * kept. Where a text may be NULL the function says so.
 *
 * Buffers. Text comes back in a `dictdb_buffer` that belongs to the caller and is reused from call to call;
 * see there.
 *
 * Handles. `dictdb_db *`, `dictdb_table *`, `dictdb_predicate *`, `dictdb_query *`, `dictdb_update *`,
 * `dictdb_cursor *`, `dictdb_batch *`, `dictdb_cancel *`, `dictdb_watch *` and `dictdb_error *` are handles, not
 * addresses: never dereference them. Each is freed by its `_free` function, which takes NULL, never fails, and
 * may be called in any order and from any thread, also while another thread is in a call with that handle: that
 * call ends as usual (one that waits for changes, with CANCELLED). A handle that is NULL, was freed, is of
 * another type or is not from this library gives INVALID_HANDLE, never undefined behaviour. Where NULL means
 * something (no predicate or query: all records) the function says so; whoever keeps handles in objects must
 * not pass it for one that was freed. `const` marks what a function only reads.
 *
 * Threads. Every function may be called from any thread at any time; handles are shared freely. (A buffer is
 * like a `char` array: one thread at a time.) Each operation is atomic and takes effect at one instant
 * between call and return: nobody sees half of it. Tables are independent of each other. Reads of one table
 * run in parallel; a long read works on a version of the table and holds up no writer. No lock is held when
 * a call returns and none while a callback runs, so no order of calls can deadlock.
 * What must be read as of one instant is read from a snapshot (`dictdb_table_snapshot`, `dictdb_db_snapshot`);
 * what must be written at one instant, to several tables too, is a batch (`dictdb_batch_new`, `dictdb_db_batch`).
 * A cursor (`dictdb_query_cursor`) gives rows a few at a time, a watch (`dictdb_table_watch`) changes in their
 * order; neither holds a lock between calls. `dictdb_table_limited` makes a handle whose calls look at a cancel
 * token and at the clock: one that is stopped ends with CANCELLED or TIMEOUT, and has changed nothing. Functions do
 * not list these two where a handle without limits never gives them, nor UNSUPPORTED, which is what all that would
 * change a snapshot answer.
 *
 * Fork. In a child process made by fork() after the library was used, every fallible function returns FORKED
 * and every `_free` of a handle does nothing. Nothing hangs. exec() as usual.
 *
 * Memory. OUT_OF_MEMORY comes from calls whose need grows with what they are given; nothing was changed. If
 * the allocator fails on a small need of fixed size, or on the copy of a stored string that a predicate must
 * unescape or bring to lower case, the process is aborted, as by any Rust library. `dictdb_memory_limit` answers
 * before it comes to that.
 *
 * What is left to the caller: pointers and lengths of text, buffers and arrays must be right.
 *
 * Records and values
 * ------------------
 * Values are JSON. Integers are exact from -2^63 to 2^64-1; beyond that NUMBER_RANGE. Other numbers are
 * finite IEEE doubles; `1e999` is INVALID_JSON. A number keeps the spelling it came with (`1.50`). Strings
 * are UTF-8; a lone surrogate escape is INVALID_JSON. Of a repeated name in an object the last value counts,
 * in the first one's place. Field order is kept. Values nest at most 128 levels deep, the record being
 * the first (LIMIT). A record's
 * text is at most 256 MiB (LIMIT).
 *
 * Missing fields and null are alike to predicates and ordering; they differ only in what is printed back.
 *
 * Equality: numbers by mathematical value (`1` equals `1.0`; 2^53+1 is not 2^53), arrays by element, objects
 * by key. `true` is not `1`.
 * Order: null < false < true < numbers < strings (by code point) < arrays (by element) < objects (as their
 * lists of name and value, sorted by name).
 *
 * Keys. The primary key is a signed 64-bit integer or a non-empty string; `1` and `"1"` are two keys. A
 * record without it, or with null, gets the next integer: one more than the largest integer key ever stored
 * in the table, from 1. Concurrent inserts never get the same one.
 *
 * Natural order is the order of insertion. A record keeps its place when it is changed, also when its key
 * is.
 *
 * Schema. Every field of the schema is required and no others are allowed; the key field is added as `int`,
 * last, if absent. Types: `int` (not `true`, not `1.0`), `float` (an integer too), `str`, `bool`, `list`
 * (array), `dict` (object). `{"type": T, "nullable": true}` takes null or absence. `"default"` fills an
 * absence, at the record's end; an explicit null is not an absence. In the detail of a SCHEMA error,
 * `expected` is a type, or `no such field`; `actual` is a type, `null` or `missing`.
 *
 * Field references, in predicates, `columns` and `order_by`, are paths: `age`, `address.city`, `tags[0]`. A
 * name that itself has a dot, a bracket or a backquote, or starts with `-` in `order_by`, is written in
 * backquotes, a backquote inside it doubled: `` `a.b` ``. Records and changes use plain names.
 *
 * The query language
 * ------------------
 * What the functions below take as text, beside JSON. White space is ignored and keywords may be written in
 * any case. A text is compiled before anything runs: what is wrong with it is PARSE, with the byte `position`,
 * what was `found` there and what was `expected` in the error's detail.
 *
 * Predicates (`dictdb_predicate_parse`, `"where"` of a query, every argument `where`):
 *
 *     age >= 18 AND (dept = 'IT' OR dept IS NULL) AND NOT address.city IN ('Bern', ?1)
 *
 * A test has a field on one side and a value on the other: `=` `!=` (`<>`) `<` `<=` `>` `>=`;
 * `[NOT] IN (1, 2)`, `IN ?1` (an array); `[NOT] BETWEEN 1 AND 5`; `[NOT] LIKE 'A%'`, `ILIKE`, both with
 * `ESCAPE '!'` behind if need be; `[NOT] STARTS WITH`, `ENDS WITH`, `CONTAINS`; `IEQUALS`, `ISTARTS WITH`,
 * `IENDS WITH`, `ICONTAINS` (without regard to case); `IS [NOT] NULL`. `TRUE` and `FALSE` are predicates, too.
 * `NOT` binds tighter than `AND`, `AND` tighter than `OR`. Each test means what the function of its name
 * means (`dictdb_predicate_between` and so on).
 *
 * Values are as in JSON; a string may stand in single quotes, one inside it doubled. Fields are paths, as
 * above; a name that is a keyword or has other characters than letters, digits, `_` and `$` is in backquotes.
 *
 * Parameters. `?1` to `?65535` stand for values that are passed with each run, in the argument `params`: one
 * JSON array for all of them, `?1` being its first element; NULL is an empty one. It must be exactly as long
 * as the highest parameter that is used (INVALID_ARGUMENT). Passed values are never read as part of a text, so
 * that what users type can do no harm there; and a compiled text can be run again with other values.
 *
 * Updates (`dictdb_update_new`, every argument `set`):
 *
 *     visits = coalesce(visits, 0) + 1, tags = append(tags, ?1), address.city = 'Bern', remove(draft)
 *
 * Operators, the loosest first: `||` (joins strings); `+` `-`; `*` `/`; `-` before a value. Functions:
 * `append(list, x, ...)`, `coalesce(a, b, ...)` (the first that is not null), `min(a, b, ...)` and
 * `max(a, b, ...)` (nulls do not count). Integers are computed exactly, NUMBER_RANGE if the result is none;
 * `/` gives an integer if it comes out even; as soon as one operand is a double the result is one. A missing
 * field is null. Arithmetic on null or on what is no number, `||` on what is no string, `append` to what is
 * neither an array nor null, and a division by zero are TYPE_MISMATCH. All expressions see the record as it
 * was before, whatever the order of the assignments, and all records are changed or none.
 *
 * Queries are JSON objects: see `dictdb_query_new`. Indexes: see `dictdb_table_create_index`.
 */

#ifndef DICTDB_H
#define DICTDB_H

/* Generated from src/ffi by `cargo xtask generate`. Do not edit. */

#include <stddef.h>
#include <stdint.h>

/** Version of this header, as text and in parts. */
#define DICTDB_VERSION "0.1.0"
#define DICTDB_VERSION_MAJOR 0
#define DICTDB_VERSION_MINOR 1
#define DICTDB_VERSION_PATCH 0
/** Version of this header as one number, to compare: `#if DICTDB_VERSION_NUMBER >= DICTDB_VERSION_MAKE(0, 1, 0)`. */
#define DICTDB_VERSION_MAKE(major, minor, patch) ((major) * 1000000 + (minor) * 1000 + (patch))
#define DICTDB_VERSION_NUMBER DICTDB_VERSION_MAKE(DICTDB_VERSION_MAJOR, DICTDB_VERSION_MINOR, DICTDB_VERSION_PATCH)

/** Pass as a length to say that the text ends at its first NUL. */
#define DICTDB_NTS SIZE_MAX

/** An empty `dictdb_buffer`: `dictdb_buffer rows = DICTDB_BUFFER_INIT;` */
#define DICTDB_BUFFER_INIT { NULL, 0, 0 }

/**
 * Version of the binary interface. It changes when a program compiled against an older header would not
 * run.
 */
#define DICTDB_ABI_VERSION 0

/** Success. */
#define DICTDB_STATUS_OK 0

/**
 * No record has that key, or none matches. Comes without an error object, so that a miss costs nothing; but
 * of a batch, it names the operation.
 */
#define DICTDB_STATUS_RECORD_NOT_FOUND 1
/** The database has no table of that name, or the table was dropped. */
#define DICTDB_STATUS_TABLE_NOT_FOUND 2
/** The key is taken, or a value of a unique index is. */
#define DICTDB_STATUS_DUPLICATE_KEY 3
/** The database has a table of that name already. */
#define DICTDB_STATUS_DUPLICATE_TABLE 4
/** A record violates the table's schema. */
#define DICTDB_STATUS_SCHEMA 5
/** A text is not JSON, or not the JSON value that was asked for. */
#define DICTDB_STATUS_INVALID_JSON 6
/** A text is not UTF-8. */
#define DICTDB_STATUS_INVALID_UTF8 7
/** A key is neither a signed 64-bit integer nor a non-empty string. */
#define DICTDB_STATUS_INVALID_KEY 8
/** A required pointer is NULL, an enum has no such value, an option is unknown or of the wrong type. */
#define DICTDB_STATUS_INVALID_ARGUMENT 9
/** A handle is NULL, freed, of another type, or not from this library. */
#define DICTDB_STATUS_INVALID_HANDLE 10

/**
 * An integer lies outside [-2^63, 2^64-1], or an automatic key would, or a number that was computed; a
 * double that was computed is not finite.
 */
#define DICTDB_STATUS_NUMBER_RANGE 11

/**
 * An operation met a value that it is not defined for: arithmetic on what is no number, a division by
 * zero.
 */
#define DICTDB_STATUS_TYPE_MISMATCH 12

/**
 * A field reference, a pattern, or a text of the query language cannot be parsed. The detail says where
 * (`position`), and of the query language what stands there (`found`) and what would be right
 * (`expected`).
 */
#define DICTDB_STATUS_PARSE 13
/** A documented limit was exceeded. */
#define DICTDB_STATUS_LIMIT 14
/** An index of another kind, or of other uniqueness, exists on the same fields. */
#define DICTDB_STATUS_INDEX_EXISTS 15
/** The operating system refused something: to open, write or rename a file, a file descriptor. */
#define DICTDB_STATUS_IO 16
/** A file is damaged. The detail says where (`path`, `position`). */
#define DICTDB_STATUS_CORRUPT 17
/** This build or this kind of object does not support the operation: a snapshot cannot be changed. */
#define DICTDB_STATUS_UNSUPPORTED 18
/** The call's cancel token was set, or the watch that it waited for was freed; nothing changed. */
#define DICTDB_STATUS_CANCELLED 19
/** The call took longer than its handle allows; nothing changed. */
#define DICTDB_STATUS_TIMEOUT 20
/** The operation conflicts with another one. Not used by this version. */
#define DICTDB_STATUS_CONFLICT 21
/** The object is not in a state to do that now: a watch no longer has the changes that were asked for. */
#define DICTDB_STATUS_UNAVAILABLE 22
/** Memory could not be had; nothing changed. */
#define DICTDB_STATUS_OUT_OF_MEMORY 23
/** The process was forked, and this is the child. Never comes with an error object. */
#define DICTDB_STATUS_FORKED 24
/** A defect of the library was caught. The table stays usable. Please report it. */
#define DICTDB_STATUS_INTERNAL 25

/** For `dictdb_table_upsert`: merge the given fields into the record that has the key. */
#define DICTDB_CONFLICT_UPDATE 0
/** For `dictdb_table_upsert`: leave the record that has the key as it is. */
#define DICTDB_CONFLICT_IGNORE 1
/** For `dictdb_table_upsert`: fail with `DUPLICATE_KEY`. */
#define DICTDB_CONFLICT_ERROR 2

/** What `dictdb_table_upsert` did: the key was free, the record was inserted. */
#define DICTDB_UPSERT_INSERTED 0
/** What `dictdb_table_upsert` did: the record that had the key was changed. */
#define DICTDB_UPSERT_UPDATED 1
/** What `dictdb_table_upsert` did: nothing, the key was taken. */
#define DICTDB_UPSERT_IGNORED 2

/** For `dictdb_cursor_next_batch`: a JSON array, `[{...},{...}]`. */
#define DICTDB_ROWS_ARRAY 0
/** For `dictdb_cursor_next_batch`: JSON lines: each row followed by a newline. */
#define DICTDB_ROWS_LINES 1

/** No time limit, for `dictdb_table_limited` and `dictdb_db_limited`. */
#define DICTDB_NO_TIMEOUT -1

/** A defect of the library was caught. */
#define DICTDB_LOG_ERROR 1
/** Something that a person should look at. */
#define DICTDB_LOG_WARN 2
/** Rare events: a table or an index was created or dropped, a file was written or read, a backup made. */
#define DICTDB_LOG_INFO 3
/** Frequent events: each write, a segment reclaimed. */
#define DICTDB_LOG_DEBUG 4

/**
 * Backups of a database in a directory.
 *
 * The files are `dictdb_backup_<seconds>_<micros>.json`, the whole database, and `dictdb_delta_<seconds>_<micros>.json`, what has changed
 * since the file before; the time is that of the state that they hold, in UTC since 1970. DictDB has the same names and layouts. Each
 * file is of one instant of the whole database, no write waits for it, and it is there as a whole or not at all, as with
 * `dictdb_db_save`. No change can fall between two deltas: each is the difference to what the file before was written of, and if one
 * cannot be written, the next one has its changes, too.
 *
 * One handle has the directory for itself; others, of other processes too, need directories of their own. Backups of a handle are made
 * one after the other. Made by `dictdb_backup_new`, freed by `dictdb_backup_free`; keeps its database alive. Thread-safe.
 */
typedef struct dictdb_backup dictdb_backup;

/**
 * A list of writes on any number of tables, to be done as one: all or none.
 *
 * Functions that add to the list check what they are given, and change nothing else; `dictdb_batch_commit`
 * does it all at one instant. Operations take effect in the order in which they were added, and each sees
 * what those before it did.
 *
 * Made by `dictdb_batch_new`, freed by `dictdb_batch_free`. Any thread may use it.
 */
typedef struct dictdb_batch dictdb_batch;

/**
 * A token that cancels calls. Any number of threads may use it, for any number of calls.
 *
 * It is given to calls through handles: `dictdb_table_limited` and `dictdb_db_limited` make a handle whose
 * calls look at the token while they run. Made by `dictdb_cancel_new`, freed by `dictdb_cancel_free`.
 */
typedef struct dictdb_cancel dictdb_cancel;

/**
 * The rows of a query on the table as it was when the cursor was made, a few at a time.
 *
 * No lock is held between calls, so a cursor may be kept for as long as one likes: writers do not notice.
 * It keeps a snapshot of the table (or the snapshot that it was made on), whose memory the table's
 * statistics tell (`snapshot_bytes`). It has the limits of the handle that it was made with. Rows without
 * `order_by`, `distinct`, `group_by` and aggregates are found as they are asked for. Of an ordered query
 * the row numbers are found and sorted when the cursor is made, four bytes each; distinct and grouped rows
 * are computed then.
 *
 * Made by `dictdb_query_cursor` and `dictdb_table_cursor`, freed by `dictdb_cursor_free`. Any thread may
 * use it, also several: each row is handed out once. But a row that `dictdb_cursor_next` lends is valid
 * only until the next step.
 */
typedef struct dictdb_cursor dictdb_cursor;

/**
 * A database: a set of named tables in memory.
 *
 * Made by `dictdb_db_new` (by `dictdb_db_snapshot` and `dictdb_db_limited`, too), freed by
 * `dictdb_db_free`. Every function may be called from any thread at any time.
 */
typedef struct dictdb_db dictdb_db;

/**
 * What went wrong in a call: status, message, and the facts as JSON.
 *
 * Made by a failing call whose `error` argument is not NULL; owned by the caller, who frees it with
 * `dictdb_error_free`. Immutable and thread-safe.
 */
typedef struct dictdb_error dictdb_error;

/**
 * Long work that goes on in a thread of the library's own, while the caller does something else.
 *
 * Made by those functions that have an argument `job`; freed by `dictdb_job_free`. Thread-safe: any number of threads
 * may wait for one. Its thread handles no signals, and calls nothing of the caller's but the log and, of a backup, the failure
 * callback.
 */
typedef struct dictdb_job dictdb_job;

/**
 * A predicate: says of each record whether it matches. Immutable: any number of threads may use it at the
 * same time, with any number of tables.
 *
 * Made by the functions below, freed by `dictdb_predicate_free`. Predicates made from others (`and`,
 * `or`, `not`) keep what they need: the operands may be freed in any order. However they are made, of text
 * (`dictdb_predicate_parse`) or by the functions named after the operators, they are the same.
 *
 * A predicate with parameters (`?1`) is for queries and updates, whose runs take `params`. Functions of
 * tables that have no such argument answer `INVALID_ARGUMENT`: see `dictdb_predicate_bind`.
 */
typedef struct dictdb_predicate dictdb_predicate;

/**
 * A compiled query: which records, and which rows are made of them. Immutable: any number of threads may
 * use it at the same time, with any number of tables; the values of its parameters come with each run.
 *
 * Made by `dictdb_query_new`, freed by `dictdb_query_free`.
 */
typedef struct dictdb_query dictdb_query;

/**
 * A handle to a table, or to a snapshot of one. Made by `dictdb_db_create_table`, `dictdb_db_get_table`,
 * `dictdb_table_snapshot` and `dictdb_table_limited`, freed by `dictdb_table_free`.
 *
 * Every function may be called from any thread at any time. Each is atomic: it takes effect at one
 * instant between call and return, wholly or not at all, and holds no lock when it returns.
 */
typedef struct dictdb_table dictdb_table;

/**
 * A compiled update: which records, and what is set in them. Immutable: any number of threads may use it
 * at the same time, with any number of tables; the values of its parameters come with each run.
 *
 * Made by `dictdb_update_new`, freed by `dictdb_update_free`.
 */
typedef struct dictdb_update dictdb_update;

/**
 * A feed of the changes of a table, or of all tables of a database: each record that was inserted, changed
 * or deleted, in the order in which that happened, from the moment at which the watch was made.
 *
 * Changes are kept in memory, up to a limit, whether they were asked for or not; a writer never waits for
 * a reader. A reader who is too slow is told that changes are gone (`UNAVAILABLE`), and should read the
 * tables anew: ask for `dictdb_watch_last`, then take a snapshot, then go on after that number. The same
 * goes for a copy of a table that is to be kept up to date from the start: first make the watch, then take
 * the snapshot, then apply all changes. Changes carry whole records, so applying one that the snapshot has
 * already does no harm: once all up to the snapshot have been applied, the copy is what the table was.
 *
 * Made by `dictdb_table_watch` and `dictdb_db_watch`, freed by `dictdb_watch_free`. Any thread may use it.
 * It does not keep the database alive: when nobody can write any more, no change comes any more.
 */
typedef struct dictdb_watch dictdb_watch;

/**
 * What a fallible function returns: `DICTDB_STATUS_OK`, or one of the codes below.
 *
 * Values are fixed and never reused. A program must accept codes that it does not know.
 */
typedef int32_t dictdb_status;

/**
 * A piece of memory that results are written into. It belongs to the caller and is reused and grown from
 * call to call.
 *
 * Start with `DICTDB_BUFFER_INIT` (all zero), pass the same buffer to as many calls as you like, read
 * `data` and `len` after each, and end with `dictdb_buffer_free`. Set no member yourself.
 *
 * After success `data` holds `len` bytes of UTF-8 text and a NUL that `len` does not count. After failure
 * `len` is 0 and `data` is NULL or `""`. `data` is valid until the next call that gets the buffer.
 *
 * Thread-safety: one thread at a time, like a `char` array. Different buffers are independent.
 */
typedef struct {
    /** The text, or NULL while nothing was written. */
    char *data;
    /** Length of the text in bytes, without the NUL. */
    size_t len;
    /** Bytes allocated at `data`. */
    size_t capacity;
} dictdb_buffer;

/**
 * Gets told that a backup has failed.
 *
 * `context` is the pointer given to `dictdb_backup_new`; `status`, `message` and `detail` (a JSON object) tell what was wrong, as an error
 * object does, and are valid during the call only. `failures`: how many backups in a row have failed.
 *
 * It is called on the thread that tried, with no lock held: it may call the library, also for this handle, but for
 * `dictdb_backup_free`. It must not throw or longjmp.
 */
typedef void (*dictdb_backup_failure_callback)(void *context,
                                               dictdb_status status,
                                               const char *message,
                                               const char *detail,
                                               uint64_t failures);

/** Releases the `context` of a callback: called once, after the last call of the callback has ended. */
typedef void (*dictdb_destructor)(void *context);

/**
 * Gets the library's log messages.
 *
 * `context` is the pointer given to `dictdb_log_set`; `level` one of `DICTDB_LOG_…`; `message` and
 * `fields` (a JSON object) are NUL-terminated and valid during the call only.
 *
 * It is called from any thread that is inside a call into the library, from several at once, and never
 * while the library holds a lock: it may call the library. What happens inside such calls is not logged.
 * It must not throw or longjmp.
 */
typedef void (*dictdb_log_callback)(void *context,
                                    int32_t level,
                                    const char *message,
                                    const char *fields);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Version of the library that is loaded: `"0.1.0"`. Compare with `DICTDB_VERSION`, the header's.
 *
 * Returns a NUL-terminated string that lives as long as the process. Thread-safe.
 */
const char *dictdb_version(void);

/**
 * Version of the binary interface of the library that is loaded. A program works with it if this equals
 * the `DICTDB_ABI_VERSION` that the program was compiled with. Thread-safe.
 */
uint32_t dictdb_abi_version(void);

/**
 * Whether the library that is loaded has a feature: 1 or 0.
 *
 * `name`, `name_len`: one of `"paths"` (fields inside nested values: `address.city`, `tags[0]`), `"log"`,
 * `"query"` (the query language: predicates, queries and updates as text), `"index"`, `"snapshot"`, `"cursor"`,
 * `"batch"`, `"cancel"` (tokens and time limits), `"watch"`, `"file"` (save and load), `"job"`, `"backup"`, `"csv"`, `"jsonl"`, `"memory"`
 * (a limit on it). Any other name, and NULL, gives 0. Thread-safe.
 */
int32_t dictdb_has_feature(const char *name,
                           size_t name_len);

/**
 * The name of a status, for logs: `"RECORD_NOT_FOUND"`; `"UNKNOWN"` for a value that is none.
 *
 * Returns a NUL-terminated string that lives as long as the process. Thread-safe.
 */
const char *dictdb_status_name(dictdb_status status);

/**
 * What a status means, in one line of English, for people.
 *
 * Returns a NUL-terminated string that lives as long as the process. Thread-safe.
 */
const char *dictdb_status_message(dictdb_status status);

/**
 * The status that the failing call returned.
 *
 * `error`: may be NULL, then the result is `DICTDB_STATUS_OK`; `DICTDB_STATUS_INVALID_HANDLE` if it was
 * freed. Thread-safe.
 */
dictdb_status dictdb_error_status(const dictdb_error *error);

/**
 * What was wrong, where, and what would be right: English, for people. Not for programs: wording changes.
 *
 * `error`: may be NULL or freed, then the result is `""`.
 * Returns a NUL-terminated string, valid until `error` is freed. Thread-safe.
 */
const char *dictdb_error_message(const dictdb_error *error);

/**
 * The facts, for programs: a JSON object. Its members, each only where it applies: `parameter` (the
 * argument at fault), `table`, `key` (of the record at fault), `field` (at fault, or being computed),
 * `expected` and `actual` (a schema violation), `expected` and `found` (a text that cannot be parsed),
 * `found` (in place of a key), `fields` and `value` (a unique index, and the value that is taken: an array
 * if the index has several fields), `fields` and `existing` (an index), `index` (position of the failing
 * record in a bulk call, from 0), `position` (byte offset into the text that was passed; inside a JSON
 * text, into the string that is at fault), `placeholder` (the number of a `?1`), `option`, `what` and
 * `limit`, `bytes`, `path` (a file), `line` and `column` (in a text file: the line, and the cell of it, from 1),
 * `operation` (position in a batch, from 0), `timeout_ms`, `since`, `oldest` and
 * `newest` (changes that a watch no longer has). A long value, key or name is told by its beginning: at
 * most 256 characters, and `…` (U+2026) behind them.
 *
 * `error`: may be NULL or freed, then the result is `"{}"`.
 * Returns a NUL-terminated string, valid until `error` is freed. Thread-safe.
 */
const char *dictdb_error_detail(const dictdb_error *error);

/** Frees an error object. NULL and an error that was freed before are ignored. Thread-safe. */
void dictdb_error_free(dictdb_error *error);

/**
 * Frees the memory of a buffer and sets all its members to zero, so it may be used again or freed again.
 *
 * `buffer`: may be NULL.
 */
void dictdb_buffer_free(dictdb_buffer *buffer);

/**
 * Bytes of memory that the library uses in this process, all databases together: records, indexes, snapshots, results in buffers, what
 * threads have at hand. It is what was asked of the allocator, of pieces below 1 KiB an estimate; what the allocator keeps beside that
 * is not counted. While other threads work it is about that many. Thread-safe.
 */
uint64_t dictdb_memory_used(void);

/**
 * Limits the memory that the library uses in this process: from then on, calls that would store something while more is in use
 * give `OUT_OF_MEMORY` with the `limit` in the detail, and have changed nothing; so do calls that need a piece of 64 KiB
 * or more that would exceed it, for a large result, say. What frees memory still works: deleting records, dropping tables, freeing
 * handles; so do reading a little, saving, and backups.
 *
 * The limit is looked at before work is done, not at each allocation: a call may go beyond it by the small pieces that it
 * needs. It is no protection from a machine that itself has less memory.
 *
 * `bytes`: of `dictdb_memory_used` at most; 0 for no limit, which is the default. May be less than what is in use.
 * Returns the limit that was there before, or 0. Thread-safe.
 */
uint64_t dictdb_memory_limit(uint64_t bytes);

/**
 * Makes an empty database.
 *
 * `options`: reserved; pass NULL, or an empty JSON object `{}`.
 * `db`: gets the new handle, to be freed with `dictdb_db_free`; NULL on failure.
 *
 * Status: `INVALID_ARGUMENT` (an unknown option), `INVALID_JSON`, `INVALID_UTF8`, `LIMIT` (16,777,152
 * live handles in the process), `FORKED`.
 */
dictdb_status dictdb_db_new(const char *options,
                            size_t options_len,
                            dictdb_db **db,
                            dictdb_error **error);

/**
 * Frees a database handle. NULL and a handle that was freed before are ignored.
 *
 * Table handles stay valid and keep their tables; a call that is running in another thread ends as usual.
 * The memory of the tables is given back when the last handle to them is freed and the last call has
 * ended. Thread-safe.
 */
void dictdb_db_free(dictdb_db *db);

/**
 * Creates a table.
 *
 * `name`: not empty, at most 1,024 bytes.
 * `options`: NULL, or a JSON object with these members, all optional:
 * `"primary_key"`: name of the key field, `"id"` by default;
 * `"schema"`: null, or an object from field to type: `"int"`, `"str"`, `"float"`, `"bool"`, `"list"`,
 * `"dict"`, or `{"type": "str", "nullable": true, "default": "x"}`. See "Schema" at the top.
 * `table`: may be NULL; gets a handle to the table, to be freed with `dictdb_table_free`; NULL on
 * failure.
 *
 * Status: `DUPLICATE_TABLE`, `INVALID_ARGUMENT` (name, an unknown option or one of a wrong type),
 * `SCHEMA` (a default that is not of its field's type), `INVALID_JSON`, `INVALID_UTF8`, `INVALID_HANDLE`,
 * `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_db_create_table(dictdb_db *db,
                                     const char *name,
                                     size_t name_len,
                                     const char *options,
                                     size_t options_len,
                                     dictdb_table **table,
                                     dictdb_error **error);

/**
 * Gets a handle to a table. Each call makes another handle.
 *
 * `table`: gets the handle, to be freed with `dictdb_table_free`; NULL on failure.
 *
 * Status: `TABLE_NOT_FOUND`, `INVALID_ARGUMENT`, `INVALID_UTF8`, `INVALID_HANDLE`, `LIMIT`, `FORKED`.
 * Thread-safe.
 */
dictdb_status dictdb_db_get_table(const dictdb_db *db,
                                  const char *name,
                                  size_t name_len,
                                  dictdb_table **table,
                                  dictdb_error **error);

/**
 * Drops a table and its records.
 *
 * Handles to it stay valid handles: each call on one answers `TABLE_NOT_FOUND` from then on, also if a
 * new table takes the name. A read that is running in another thread ends as usual.
 *
 * Status: `TABLE_NOT_FOUND`, `INVALID_ARGUMENT`, `INVALID_UTF8`, `INVALID_HANDLE`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_db_drop_table(dictdb_db *db,
                                   const char *name,
                                   size_t name_len,
                                   dictdb_error **error);

/**
 * Lists the tables.
 *
 * `names`: gets a JSON array of table names, in the order in which the tables were created.
 *
 * Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_db_list_tables(const dictdb_db *db,
                                    dictdb_buffer *names,
                                    dictdb_error **error);

/**
 * Frees a table handle. NULL and a handle that was freed before are ignored.
 *
 * The table itself stays in its database; a call that is running in another thread ends as usual.
 * Thread-safe.
 */
void dictdb_table_free(dictdb_table *table);

/**
 * Inserts one record.
 *
 * `record`: a JSON object. Without the key field, or with it null, the record gets the next integer key,
 * as its last field.
 * `key`: may be NULL; gets the record's key as JSON text: `42` or `"abc"`.
 *
 * Status: `DUPLICATE_KEY` (the detail has `key`; if it is a unique index that refuses, `fields` and
 * `value`), `INVALID_KEY`, `SCHEMA`, `INVALID_JSON`, `NUMBER_RANGE`, `LIMIT`, `INVALID_UTF8`,
 * `INVALID_ARGUMENT`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped), `OUT_OF_MEMORY`, `FORKED`.
 * Thread-safe.
 */
dictdb_status dictdb_table_insert(dictdb_table *table,
                                  const char *record,
                                  size_t record_len,
                                  dictdb_buffer *key,
                                  dictdb_error **error);

/**
 * Inserts many records: all, or none.
 *
 * `records`: a JSON array of objects, each as for `dictdb_table_insert`.
 * `keys`: may be NULL; gets a JSON array of the keys, in the order of the records.
 *
 * Status: as for `dictdb_table_insert`; the error's message and detail name the failing record by its
 * `index`. Thread-safe.
 */
dictdb_status dictdb_table_insert_many(dictdb_table *table,
                                       const char *records,
                                       size_t records_len,
                                       dictdb_buffer *keys,
                                       dictdb_error **error);

/**
 * Inserts a record, or deals with the record that has its key.
 *
 * `record`: as for `dictdb_table_insert`.
 * `on_conflict`: one of `DICTDB_CONFLICT_…`. `UPDATE` merges as `dictdb_table_update` does.
 * `outcome`: may be NULL; gets one of `DICTDB_UPSERT_…`; untouched on failure.
 * `key`: may be NULL; gets the record's key as JSON text.
 *
 * Status: as for `dictdb_table_insert`. With `UPDATE`, the schema is checked on the merged record, so a
 * conflict may give fields only in part. A value that a unique index holds of another record is always
 * `DUPLICATE_KEY`: the conflict that `on_conflict` is about is that of the primary key. Thread-safe.
 */
dictdb_status dictdb_table_upsert(dictdb_table *table,
                                  const char *record,
                                  size_t record_len,
                                  int32_t on_conflict,
                                  int32_t *outcome,
                                  dictdb_buffer *key,
                                  dictdb_error **error);

/**
 * Reads one record by its key.
 *
 * `key`: JSON text: `42` or `"abc"`.
 * `record`: gets the record as JSON text.
 *
 * Status: `RECORD_NOT_FOUND`, `INVALID_KEY`, `INVALID_JSON`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
 * `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped), `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_table_get(const dictdb_table *table,
                               const char *key,
                               size_t key_len,
                               dictdb_buffer *record,
                               dictdb_error **error);

/**
 * Reads one record by an integer key: `dictdb_table_get` without the text.
 *
 * `record`: gets the record as JSON text.
 *
 * Status: `RECORD_NOT_FOUND`, `INVALID_ARGUMENT`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped),
 * `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_table_get_int(const dictdb_table *table,
                                   int64_t key,
                                   dictdb_buffer *record,
                                   dictdb_error **error);

/**
 * Reads many records by their keys, as of one instant.
 *
 * `keys`: a JSON array of keys, in which a key may stand more than once.
 * `records`: gets a JSON array as long as `keys`: each record in its key's place, `null` where there is
 * none.
 *
 * Status: as for `dictdb_table_get`, without `RECORD_NOT_FOUND`. Thread-safe.
 */
dictdb_status dictdb_table_get_many(const dictdb_table *table,
                                    const char *keys,
                                    size_t keys_len,
                                    dictdb_buffer *records,
                                    dictdb_error **error);

/**
 * Reads the records that match, as of one instant. Writers do not wait for it.
 *
 * `predicate`: which records; NULL for all. It may have no parameters (see `dictdb_predicate_bind`).
 * `options`: NULL, or a JSON object with these members, all optional:
 * `"columns"`: an array of fields, or an object from alias to field; each row then has these, in this
 * order, null where absent;
 * `"order_by"`: a field, or an array of fields; `-` before a field reverses its order. Ties, and rows
 * without it, keep the natural order;
 * `"distinct"`: true to keep the first of equal rows;
 * `"offset"`: rows to leave out at the start (negative: none); `"limit"`: rows at most (negative or null:
 * all). They apply in the order of a SQL query: match, order, project, make distinct, leave out, limit.
 * `rows`: gets a JSON array of objects.
 * `count`: may be NULL; gets the number of rows; untouched on failure.
 *
 * Status: `INVALID_ARGUMENT` (an unknown option or one of a wrong type), `PARSE` (a field), `LIMIT` (4,096
 * columns or sort keys), `INVALID_JSON`, `INVALID_UTF8`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped),
 * `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_table_select(const dictdb_table *table,
                                  const dictdb_predicate *predicate,
                                  const char *options,
                                  size_t options_len,
                                  dictdb_buffer *rows,
                                  uint64_t *count,
                                  dictdb_error **error);

/**
 * Counts the records that match. Builds no rows; writers do not wait for it.
 *
 * `predicate`: which records; NULL for all.
 * `count`: gets their number, 0 included; untouched on failure.
 *
 * Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped), `FORKED`. Thread-safe.
 */
dictdb_status dictdb_table_count(const dictdb_table *table,
                                 const dictdb_predicate *predicate,
                                 uint64_t *count,
                                 dictdb_error **error);

/**
 * Changes the records that match: all, or none.
 *
 * `predicate`: which records; never NULL, so that a predicate that failed to build changes nothing
 * (`dictdb_predicate_all` matches all).
 * `changes`: a JSON object; each of its fields replaces the record's field of that name as a whole, or is
 * added at the end. Changing the key field gives the record another key; its place in the natural order
 * stays.
 * `count`: may be NULL; gets the number of records changed; untouched on failure.
 *
 * Status: `RECORD_NOT_FOUND` (none matches), `DUPLICATE_KEY` (of unique indexes, too), `INVALID_KEY` (the
 * key field null included), `SCHEMA`, `INVALID_JSON`, `NUMBER_RANGE`, `LIMIT`, `INVALID_UTF8`,
 * `INVALID_ARGUMENT`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped), `OUT_OF_MEMORY`, `FORKED`. The
 * changes themselves are checked first, so `SCHEMA` comes before `RECORD_NOT_FOUND`. Thread-safe.
 */
dictdb_status dictdb_table_update(dictdb_table *table,
                                  const dictdb_predicate *predicate,
                                  const char *changes,
                                  size_t changes_len,
                                  uint64_t *count,
                                  dictdb_error **error);

/**
 * Changes the record that has a key. As `dictdb_table_update`, without a predicate to build.
 *
 * `key`: JSON text: `42` or `"abc"`.
 * `changes`: as for `dictdb_table_update`.
 *
 * Status: as for `dictdb_table_update`. Thread-safe.
 */
dictdb_status dictdb_table_update_by_key(dictdb_table *table,
                                         const char *key,
                                         size_t key_len,
                                         const char *changes,
                                         size_t changes_len,
                                         dictdb_error **error);

/**
 * Deletes the records that match: all, or none.
 *
 * `predicate`: which records; never NULL, so that a predicate that failed to build deletes nothing
 * (`dictdb_predicate_all` matches all).
 * `count`: may be NULL; gets the number of records deleted; untouched on failure.
 *
 * Status: `RECORD_NOT_FOUND` (none matches), `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped),
 * `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_table_delete(dictdb_table *table,
                                  const dictdb_predicate *predicate,
                                  uint64_t *count,
                                  dictdb_error **error);

/**
 * Deletes the record that has a key.
 *
 * `key`: JSON text: `42` or `"abc"`.
 *
 * Status: `RECORD_NOT_FOUND`, `INVALID_KEY`, `INVALID_JSON`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
 * `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped), `FORKED`. Thread-safe.
 */
dictdb_status dictdb_table_delete_by_key(dictdb_table *table,
                                         const char *key,
                                         size_t key_len,
                                         dictdb_error **error);

/**
 * Describes the table.
 *
 * `description`: gets a JSON object: `"name"`, `"primary_key"`, `"count"` (records), `"columns"` (the
 * schema's fields in its order; without a schema the fields of all records, sorted), `"schema"` (as it
 * was given, with the key field; null without), `"indexes"` (an array, in the order in which they were
 * made, of `{"fields": ["dept", "salary"], "kind": "sorted", "unique": false}`).
 *
 * Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped), `OUT_OF_MEMORY`, `FORKED`.
 * Thread-safe.
 */
dictdb_status dictdb_table_describe(const dictdb_table *table,
                                    dictdb_buffer *description,
                                    dictdb_error **error);

/**
 * Tells what the table costs and what it did.
 *
 * `statistics`: gets a JSON object of integers: `"records"`; `"live_bytes"`, `"dead_bytes"` (stored
 * records, and remains of old ones not yet reclaimed), `"segments"`, `"segment_bytes"` (memory that holds
 * them), `"directory_bytes"`, `"key_map_bytes"`, `"indexes"` (how many), `"index_bytes"`, `"shapes"`
 * (distinct lists of fields); `"bytes"` (these four memories together); `"inserted"`, `"updated"`,
 * `"deleted"` (records, since the table was created), `"segments_reclaimed"`. Snapshots have none of
 * these: `"columns"` (how many fields scans asked for), `"column_bytes"` (memory, beside the others, that
 * keeps the values of these fields as scans read them: half of `"segment_bytes"` or 1 MiB at most),
 * `"lock_waits"` (calls that had to wait for the table's lock),
 * `"snapshots"` (how many snapshots and cursors of the table there are), `"snapshot_bytes"` (memory that
 * is there only for them, which the table itself does not need any more).
 *
 * Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped), `OUT_OF_MEMORY`, `FORKED`.
 * Thread-safe.
 */
dictdb_status dictdb_table_statistics(const dictdb_table *table,
                                      dictdb_buffer *statistics,
                                      dictdb_error **error);

/**
 * Makes an index. It never changes an answer, nor its order: only its speed. Readers and writers of the
 * table go on meanwhile. The same index again does nothing. On a large table up to four threads work on it; those that
 * the library starts for that have ended when this returns, and handle no signals.
 *
 * `options`: a JSON object:
 * `"fields"`: a field, or an array of 1 to 16 different fields. An index is named by this list: a table
 * has at most one for each list;
 * `"kind"`: `"hash"` serves `=`, `IN` and `IS NULL` on all of its fields; `"sorted"` also `<`, `<=`, `>`,
 * `>=`, `BETWEEN`, `STARTS WITH`, `LIKE` with a literal beginning, `order_by`, `min` and `max`, each on
 * its first field or on the one after any number of fields that are held equal;
 * `"unique"`: true if no two records may have equal values; false by default. Records in which one of the
 * fields is null or missing are exempt.
 *
 * Status: `INDEX_EXISTS` (on the same fields, of another kind or uniqueness; the detail has `fields` and
 * `existing`), `DUPLICATE_KEY` (values that are not unique; the detail has `fields` and `value`),
 * `INVALID_ARGUMENT` (a member that is missing, unknown or of a wrong type), `PARSE` (a field), `LIMIT`
 * (64 indexes), `INVALID_JSON`, `INVALID_UTF8`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped),
 * `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_table_create_index(dictdb_table *table,
                                        const char *options,
                                        size_t options_len,
                                        dictdb_error **error);

/**
 * Drops an index.
 *
 * `fields`: those that the index was made with, in the same order: JSON text, a string or an array of
 * strings. One field alone is the same as an array of it.
 *
 * Status: `INVALID_ARGUMENT` (no index is on these fields), `PARSE` (a field), `INVALID_JSON`, `LIMIT`,
 * `INVALID_UTF8`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped), `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_table_drop_index(dictdb_table *table,
                                      const char *fields,
                                      size_t fields_len,
                                      dictdb_error **error);

/**
 * Frees a predicate. NULL and a handle that was freed before are ignored.
 *
 * A call that is using it in another thread ends as usual. Thread-safe.
 */
void dictdb_predicate_free(dictdb_predicate *predicate);

/**
 * Matches every record.
 *
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `INVALID_ARGUMENT`, `LIMIT` (live handles), `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_all(dictdb_predicate **predicate,
                                   dictdb_error **error);

/**
 * The field equals the value: `field = value`. Null equals null and a missing field; `1` equals `1.0`;
 * `true` is not `1`.
 *
 * `field`: a field reference. `value`: any JSON value.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
 * `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_eq(const char *field,
                                  size_t field_len,
                                  const char *value,
                                  size_t value_len,
                                  dictdb_predicate **predicate,
                                  dictdb_error **error);

/**
 * The field does not equal the value: the exact opposite of `dictdb_predicate_eq`, so a missing field is
 * `ne` 5.
 *
 * `field`: a field reference. `value`: any JSON value.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
 * `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_ne(const char *field,
                                  size_t field_len,
                                  const char *value,
                                  size_t value_len,
                                  dictdb_predicate **predicate,
                                  dictdb_error **error);

/**
 * The field is less than the value: `field < value`.
 *
 * `field`: a field reference. `value`: any JSON value. Values of another kind than the field's never
 * match, nor does null.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
 * `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_lt(const char *field,
                                  size_t field_len,
                                  const char *value,
                                  size_t value_len,
                                  dictdb_predicate **predicate,
                                  dictdb_error **error);

/**
 * The field is less than or equal to the value: `field <= value`.
 *
 * `field`: a field reference. `value`: any JSON value. Values of another kind than the field's never
 * match, nor does null.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
 * `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_le(const char *field,
                                  size_t field_len,
                                  const char *value,
                                  size_t value_len,
                                  dictdb_predicate **predicate,
                                  dictdb_error **error);

/**
 * The field is greater than the value: `field > value`.
 *
 * `field`: a field reference. `value`: any JSON value. Values of another kind than the field's never
 * match, nor does null.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
 * `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_gt(const char *field,
                                  size_t field_len,
                                  const char *value,
                                  size_t value_len,
                                  dictdb_predicate **predicate,
                                  dictdb_error **error);

/**
 * The field is greater than or equal to the value: `field >= value`.
 *
 * `field`: a field reference. `value`: any JSON value. Values of another kind than the field's never
 * match, nor does null.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
 * `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_ge(const char *field,
                                  size_t field_len,
                                  const char *value,
                                  size_t value_len,
                                  dictdb_predicate **predicate,
                                  dictdb_error **error);

/**
 * The field equals one of the values.
 *
 * `field`: a field reference. `values`: a JSON array; of an empty one nothing matches.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
 * `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_is_in(const char *field,
                                     size_t field_len,
                                     const char *values,
                                     size_t values_len,
                                     dictdb_predicate **predicate,
                                     dictdb_error **error);

/**
 * The field lies between two values, both included: `low <= field AND field <= high`.
 *
 * `field`: a field reference. `low`, `high`: any JSON values; kinds other than the field's, and null,
 * never match.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
 * `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_between(const char *field,
                                       size_t field_len,
                                       const char *low,
                                       size_t low_len,
                                       const char *high,
                                       size_t high_len,
                                       dictdb_predicate **predicate,
                                       dictdb_error **error);

/**
 * The field is a string that matches a pattern.
 *
 * `field`: a field reference. `pattern`: a JSON string of at most 8,192 bytes: `%` stands for any run of
 * characters, `_` for one code point; the whole string must match, line ends included.
 * `escape`: a code point that makes the character after it stand for itself, such as `'\\'`; 0 for none.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `PARSE` (the field, or a pattern that ends with its escape), `LIMIT`, `INVALID_JSON`,
 * `INVALID_UTF8`, `INVALID_ARGUMENT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_like(const char *field,
                                    size_t field_len,
                                    const char *pattern,
                                    size_t pattern_len,
                                    uint32_t escape,
                                    dictdb_predicate **predicate,
                                    dictdb_error **error);

/**
 * As `dictdb_predicate_like`, with both sides in Unicode lower case.
 *
 * `field`: a field reference. `pattern`: a JSON string of at most 8,192 bytes: `%` stands for any run of
 * characters, `_` for one code point; the whole string must match, line ends included.
 * `escape`: a code point that makes the character after it stand for itself, such as `'\\'`; 0 for none.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `PARSE` (the field, or a pattern that ends with its escape), `LIMIT`, `INVALID_JSON`,
 * `INVALID_UTF8`, `INVALID_ARGUMENT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_ilike(const char *field,
                                     size_t field_len,
                                     const char *pattern,
                                     size_t pattern_len,
                                     uint32_t escape,
                                     dictdb_predicate **predicate,
                                     dictdb_error **error);

/**
 * The field contains the value: a string a substring, an array an element, an object a key.
 *
 * `field`: a field reference. `value`: any JSON value; only arrays can contain one that is no string.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
 * `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_contains(const char *field,
                                        size_t field_len,
                                        const char *value,
                                        size_t value_len,
                                        dictdb_predicate **predicate,
                                        dictdb_error **error);

/**
 * The field is a string that starts with the value.
 *
 * `field`: a field reference. `value`: a JSON string of at most 1 MiB.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
 * `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_startswith(const char *field,
                                          size_t field_len,
                                          const char *value,
                                          size_t value_len,
                                          dictdb_predicate **predicate,
                                          dictdb_error **error);

/**
 * The field is a string that ends with the value.
 *
 * `field`: a field reference. `value`: a JSON string of at most 1 MiB.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
 * `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_endswith(const char *field,
                                        size_t field_len,
                                        const char *value,
                                        size_t value_len,
                                        dictdb_predicate **predicate,
                                        dictdb_error **error);

/**
 * The field is a string that equals the value, both in Unicode lower case.
 *
 * `field`: a field reference. `value`: a JSON string of at most 1 MiB.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
 * `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_iequals(const char *field,
                                       size_t field_len,
                                       const char *value,
                                       size_t value_len,
                                       dictdb_predicate **predicate,
                                       dictdb_error **error);

/**
 * The field is a string that contains the value, both in Unicode lower case.
 *
 * `field`: a field reference. `value`: a JSON string of at most 1 MiB.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
 * `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_icontains(const char *field,
                                         size_t field_len,
                                         const char *value,
                                         size_t value_len,
                                         dictdb_predicate **predicate,
                                         dictdb_error **error);

/**
 * The field is a string that starts with the value, both in Unicode lower case.
 *
 * `field`: a field reference. `value`: a JSON string of at most 1 MiB.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
 * `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_istartswith(const char *field,
                                           size_t field_len,
                                           const char *value,
                                           size_t value_len,
                                           dictdb_predicate **predicate,
                                           dictdb_error **error);

/**
 * The field is a string that ends with the value, both in Unicode lower case.
 *
 * `field`: a field reference. `value`: a JSON string of at most 1 MiB.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
 * `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_iendswith(const char *field,
                                         size_t field_len,
                                         const char *value,
                                         size_t value_len,
                                         dictdb_predicate **predicate,
                                         dictdb_error **error);

/**
 * The field is null or missing.
 *
 * `field`: a field reference.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `PARSE` (the field), `INVALID_UTF8`, `INVALID_ARGUMENT`, `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_is_null(const char *field,
                                       size_t field_len,
                                       dictdb_predicate **predicate,
                                       dictdb_error **error);

/**
 * The field is there and not null.
 *
 * `field`: a field reference.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `PARSE` (the field), `INVALID_UTF8`, `INVALID_ARGUMENT`, `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_is_not_null(const char *field,
                                           size_t field_len,
                                           dictdb_predicate **predicate,
                                           dictdb_error **error);

/**
 * All operands match.
 *
 * `operands`: an array of `count` predicates, which stay the caller's, at most 65,535; may be NULL if
 * `count` is 0. Of no operands every record matches.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `INVALID_HANDLE` (one of the operands), `INVALID_ARGUMENT`, `LIMIT` (nested deeper than 128
 * levels, or more than 65,536 nodes, shared ones counted each time), `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_and(const dictdb_predicate *const *operands,
                                   size_t count,
                                   dictdb_predicate **predicate,
                                   dictdb_error **error);

/**
 * At least one operand matches.
 *
 * `operands`: an array of `count` predicates, which stay the caller's, at most 65,535; may be NULL if
 * `count` is 0. Of no operands no record matches.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `INVALID_HANDLE` (one of the operands), `INVALID_ARGUMENT`, `LIMIT` (nested deeper than 128
 * levels, or more than 65,536 nodes, shared ones counted each time), `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_or(const dictdb_predicate *const *operands,
                                  size_t count,
                                  dictdb_predicate **predicate,
                                  dictdb_error **error);

/**
 * The operand does not match. Logic is two-valued: every record matches either a predicate or its `not`.
 *
 * `operand`: stays the caller's.
 * `predicate`: gets the new handle; NULL on failure.
 *
 * Status: `INVALID_HANDLE`, `INVALID_ARGUMENT`, `LIMIT` (nested deeper than 128 levels, or more than
 * 65,536 nodes), `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_not(const dictdb_predicate *operand,
                                   dictdb_predicate **predicate,
                                   dictdb_error **error);

/**
 * Makes a predicate from text: `age >= 18 AND name LIKE 'A%'`. See "The query language" at the top.
 *
 * `text`: the predicate. Where a value may stand, so may a parameter (`?1`): it gets its value from
 * `dictdb_predicate_bind`, or with each run of a query or update that is made of the predicate.
 * `predicate`: gets the new handle, to be freed with `dictdb_predicate_free`; NULL on failure.
 *
 * Status: `PARSE` (the detail has `position`, `found` and `expected`), `NUMBER_RANGE`, `LIMIT` (16 MiB of
 * text, 128 levels, 65,536 tests and connectives, `?65535`), `INVALID_UTF8`, `INVALID_ARGUMENT`,
 * `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_parse(const char *text,
                                     size_t text_len,
                                     dictdb_predicate **predicate,
                                     dictdb_error **error);

/**
 * Prints a predicate, however it was made, as text that `dictdb_predicate_parse` reads: the predicate
 * made of it matches the same records.
 *
 * `text`: gets the text.
 *
 * Status: `INVALID_HANDLE`, `INVALID_ARGUMENT`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_predicate_print(const dictdb_predicate *predicate,
                                     dictdb_buffer *text,
                                     dictdb_error **error);

/**
 * Makes a predicate with values in place of the parameters of another: for functions that take a
 * predicate and no `params`.
 *
 * `predicate`: stays the caller's.
 * `params`: NULL for none, or a JSON array: the first value is that of `?1`.
 * `bound`: gets the new handle, to be freed with `dictdb_predicate_free`; NULL on failure.
 *
 * Status: `INVALID_ARGUMENT` (too few or too many values, or one that its operator does not take),
 * `INVALID_JSON`, `NUMBER_RANGE`, `LIMIT`, `INVALID_UTF8`, `INVALID_HANDLE`, `OUT_OF_MEMORY`, `FORKED`.
 * Thread-safe.
 */
dictdb_status dictdb_predicate_bind(const dictdb_predicate *predicate,
                                    const char *params,
                                    size_t params_len,
                                    dictdb_predicate **bound,
                                    dictdb_error **error);

/**
 * Compiles a query.
 *
 * `predicate`: which records, besides those that the member `"where"` says; NULL for all. It stays the
 * caller's, and may be freed at once.
 * `spec`: NULL, or a JSON object with these members, all optional:
 * `"where"`: a predicate as text;
 * `"columns"`: an array of fields, or an object from alias to field; each row then has these, in this
 * order, null where absent;
 * `"group_by"`: a field, or an array of fields: one row for each list of equal values, with these fields
 * first. Does not go with `"columns"`;
 * `"aggregates"`: an object from alias to aggregate, or an array of aggregates: `count()`,
 * `count(field)`, `count_distinct(field)`, `sum(field)`, `avg(field)`, `min(field)`, `max(field)`, all of
 * which leave out nulls. Without `"group_by"` of all records together: one row. Does not go with
 * `"columns"`;
 * `"order_by"`: a field, or an array of fields (of groups: columns of the result); `-` before one
 * reverses its order. Ties keep the natural order, groups that of their first records;
 * `"distinct"`: true to keep the first of equal rows;
 * `"offset"`: rows to leave out at the start; `"limit"`: rows at most (negative or null: all). Both may be
 * parameters: `"?1"`. All apply in the order of a SQL query: where, group, order, project, make distinct,
 * leave out, limit.
 * `query`: gets the new handle, to be freed with `dictdb_query_free`; NULL on failure.
 *
 * Status: `INVALID_ARGUMENT` (an unknown member or one of a wrong type), `PARSE` (a predicate, field or
 * aggregate: the message says which; `position` is that in its text), `NUMBER_RANGE`, `LIMIT` (4,096
 * columns, aggregates or sort keys; as for `dictdb_predicate_parse`), `INVALID_JSON`, `INVALID_UTF8`,
 * `INVALID_HANDLE`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_query_new(const dictdb_predicate *predicate,
                               const char *spec,
                               size_t spec_len,
                               dictdb_query **query,
                               dictdb_error **error);

/**
 * Frees a query. NULL and a handle that was freed before are ignored.
 *
 * A call that is using it in another thread ends as usual. Thread-safe.
 */
void dictdb_query_free(dictdb_query *query);

/**
 * Runs a query on a table, as of one instant. Writers do not wait for it.
 *
 * `params`: NULL for none, or a JSON array: the first value is that of `?1`.
 * `rows`: gets a JSON array of objects.
 * `count`: may be NULL; gets the number of rows; untouched on failure.
 *
 * Status: `INVALID_ARGUMENT` (too few or too many values, or one that does not go where its parameter
 * stands), `TYPE_MISMATCH` (a sum or average of what is no number), `NUMBER_RANGE` (a sum), `LIMIT`,
 * `INVALID_JSON` (`params`), `INVALID_UTF8`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped),
 * `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_query_run(const dictdb_query *query,
                               const dictdb_table *table,
                               const char *params,
                               size_t params_len,
                               dictdb_buffer *rows,
                               uint64_t *count,
                               dictdb_error **error);

/**
 * Counts the rows that a query gives, offset and limit included, without building them.
 *
 * `params`: as for `dictdb_query_run`.
 * `count`: gets the number of rows, 0 included; untouched on failure.
 *
 * Status: as for `dictdb_query_run`, but values that are not looked at, such as those of a sum, are not
 * checked. Thread-safe.
 */
dictdb_status dictdb_query_count(const dictdb_query *query,
                                 const dictdb_table *table,
                                 const char *params,
                                 size_t params_len,
                                 uint64_t *count,
                                 dictdb_error **error);

/**
 * Deletes the records that a query matches: all, or none.
 *
 * `query`: has a predicate, from either argument of `dictdb_query_new`, and no other member: one without
 * a predicate deletes nothing (the predicate `TRUE` matches all).
 * `params`: as for `dictdb_query_run`.
 * `count`: may be NULL; gets the number of records deleted; untouched on failure.
 *
 * Status: `RECORD_NOT_FOUND` (none matches), `INVALID_ARGUMENT` (the query has no predicate, or has
 * another member; too few or too many values, or one that its operator does not take), `LIMIT`,
 * `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped),
 * `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_query_delete(const dictdb_query *query,
                                  dictdb_table *table,
                                  const char *params,
                                  size_t params_len,
                                  uint64_t *count,
                                  dictdb_error **error);

/**
 * Tells how a query would run on a table now. Runs nothing.
 *
 * `params`: as for `dictdb_query_run`.
 * `plan`: gets a JSON object: `"access"`: `"scan"`, `"primary_key"`, `"index"`, `"union"` or
 * `"intersection"` (of its `"parts"`), `"nothing"` (no record can match), `"all"` (the answer is a
 * count that the table knows); `"index"` and `"kind"` (the index: its fields and its kind);
 * `"condition"` (the part of the predicate that the access answers, or null); `"rows_estimated"`
 * (records it finds); `"filter"` (the part of the predicate that is then tested on each record, or
 * null); `"order"`: `"natural"`, `"index"` (walked in order), `"top"` (only the best are kept),
 * `"sort"`; `"reads_records"` (false if the answer comes from the index or the table's count alone).
 * More members may be added.
 *
 * Status: as for `dictdb_query_run`. Thread-safe.
 */
dictdb_status dictdb_query_explain(const dictdb_query *query,
                                   const dictdb_table *table,
                                   const char *params,
                                   size_t params_len,
                                   dictdb_buffer *plan,
                                   dictdb_error **error);

/**
 * Compiles an update.
 *
 * `predicate`, `where`: which records: a handle, which stays the caller's and may be freed at once, or a
 * predicate as text. One of them may be NULL; of both, both must match. An update without either is
 * refused (the predicate `TRUE` matches all).
 * `set`: assignments as text: `visits = coalesce(visits, 0) + 1, address.city = ?1, remove(draft)`. See
 * "The query language" at the top.
 * `update`: gets the new handle, to be freed with `dictdb_update_free`; NULL on failure.
 *
 * Status: `PARSE` (the detail has `parameter`, `position`, `found` and `expected`), `NUMBER_RANGE`,
 * `LIMIT` (as for `dictdb_predicate_parse`; 4,096 assignments), `INVALID_UTF8`, `INVALID_ARGUMENT`,
 * `INVALID_HANDLE`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_update_new(const dictdb_predicate *predicate,
                                const char *where,
                                size_t where_len,
                                const char *set,
                                size_t set_len,
                                dictdb_update **update,
                                dictdb_error **error);

/**
 * Frees an update. NULL and a handle that was freed before are ignored.
 *
 * A call that is using it in another thread ends as usual. Thread-safe.
 */
void dictdb_update_free(dictdb_update *update);

/**
 * Runs an update on a table: changes the records that match, all or none. The expressions are evaluated
 * inside the atomic operation, so that no other write comes between reading a value and setting it.
 *
 * `params`: NULL for none, or a JSON array: the first value is that of `?1`.
 * `count`: may be NULL; gets the number of records changed; untouched on failure.
 *
 * Status: `RECORD_NOT_FOUND` (none matches), `TYPE_MISMATCH` and `NUMBER_RANGE` (the detail has the
 * record's `key` and the `field` that was being set), `DUPLICATE_KEY` (the primary key's, or a unique
 * index's), `INVALID_KEY`, `SCHEMA`, `INVALID_ARGUMENT` (too few or too many values, or one that does not
 * go where its parameter stands), `LIMIT`, `INVALID_JSON` (`params`), `INVALID_UTF8`, `INVALID_HANDLE`,
 * `TABLE_NOT_FOUND` (dropped), `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_update_run(const dictdb_update *update,
                                dictdb_table *table,
                                const char *params,
                                size_t params_len,
                                uint64_t *count,
                                dictdb_error **error);

/**
 * Tells how an update would find its records on a table now. Changes nothing.
 *
 * `params`: as for `dictdb_update_run`.
 * `plan`: gets a JSON object as from `dictdb_query_explain`.
 *
 * Status: `INVALID_ARGUMENT`, `LIMIT`, `INVALID_JSON` (`params`), `INVALID_UTF8`, `INVALID_HANDLE`,
 * `TABLE_NOT_FOUND` (dropped), `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_update_explain(const dictdb_update *update,
                                    const dictdb_table *table,
                                    const char *params,
                                    size_t params_len,
                                    dictdb_buffer *plan,
                                    dictdb_error **error);

/**
 * Runs a query once: `dictdb_query_new` and `dictdb_query_run` in one call.
 *
 * `spec`: NULL for all records, or a JSON object as for `dictdb_query_new`.
 * `params`: NULL for none, or a JSON array: the first value is that of `?1`.
 * `rows`: gets a JSON array of objects.
 * `count`: may be NULL; gets the number of rows; untouched on failure.
 *
 * Status: as for `dictdb_query_new` and `dictdb_query_run`; the detail has `parameter` if the fault is in
 * one of the texts. Thread-safe.
 */
dictdb_status dictdb_table_query(const dictdb_table *table,
                                 const char *spec,
                                 size_t spec_len,
                                 const char *params,
                                 size_t params_len,
                                 dictdb_buffer *rows,
                                 uint64_t *count,
                                 dictdb_error **error);

/**
 * Tells how a query would run now: `dictdb_query_new` and `dictdb_query_explain` in one call.
 *
 * `spec`, `params`: as for `dictdb_table_query`.
 * `plan`: gets a JSON object: see `dictdb_query_explain`.
 *
 * Status: as for `dictdb_table_query`. Thread-safe.
 */
dictdb_status dictdb_table_explain(const dictdb_table *table,
                                   const char *spec,
                                   size_t spec_len,
                                   const char *params,
                                   size_t params_len,
                                   dictdb_buffer *plan,
                                   dictdb_error **error);

/**
 * Counts the records that match a predicate given as text.
 *
 * `where`: a predicate as for `dictdb_predicate_parse`; NULL for all records.
 * `params`: as for `dictdb_table_query`.
 * `count`: gets their number, 0 included; untouched on failure.
 *
 * Status: as for `dictdb_predicate_parse` and `dictdb_query_run`; the detail has `parameter` if the fault
 * is in one of the texts. Thread-safe.
 */
dictdb_status dictdb_table_count_where(const dictdb_table *table,
                                       const char *where,
                                       size_t where_len,
                                       const char *params,
                                       size_t params_len,
                                       uint64_t *count,
                                       dictdb_error **error);

/**
 * Changes the records that match a predicate given as text, by assignments given as text: all, or none.
 * `dictdb_update_new` and `dictdb_update_run` in one call.
 *
 * `where`: a predicate as for `dictdb_predicate_parse`; never NULL (`TRUE` matches all).
 * `set`: assignments as for `dictdb_update_new`.
 * `params`: NULL for none, or a JSON array: the first value is that of `?1`, in either text.
 * `count`: may be NULL; gets the number of records changed; untouched on failure.
 *
 * Status: as for `dictdb_update_new` and `dictdb_update_run`; the detail has `parameter` if the fault is
 * in one of the texts. Thread-safe.
 */
dictdb_status dictdb_table_update_where(dictdb_table *table,
                                        const char *where,
                                        size_t where_len,
                                        const char *set,
                                        size_t set_len,
                                        const char *params,
                                        size_t params_len,
                                        uint64_t *count,
                                        dictdb_error **error);

/**
 * Deletes the records that match a predicate given as text: all, or none.
 *
 * `where`: a predicate as for `dictdb_predicate_parse`; never NULL (`TRUE` matches all).
 * `params`: as for `dictdb_table_query`.
 * `count`: may be NULL; gets the number of records deleted; untouched on failure.
 *
 * Status: as for `dictdb_predicate_parse` and `dictdb_query_delete`; the detail has `parameter` if the
 * fault is in one of the texts. Thread-safe.
 */
dictdb_status dictdb_table_delete_where(dictdb_table *table,
                                        const char *where,
                                        size_t where_len,
                                        const char *params,
                                        size_t params_len,
                                        uint64_t *count,
                                        dictdb_error **error);

/**
 * Takes a snapshot of a table: a handle to the table as it is at this instant.
 *
 * It takes microseconds, whatever the size of the table: nothing is copied. Every function that only reads a
 * table takes the snapshot as its table, and gives what it would have given at that instant, whatever
 * happens to the table and its database afterwards: writes, indexes made or dropped, the table dropped, all
 * their handles freed. Functions that change a table answer `UNSUPPORTED`. Any number of threads may read a
 * snapshot, without a lock.
 *
 * What a snapshot costs is the memory of what the table would have let go since. The table's statistics tell
 * it: `snapshots` and `snapshot_bytes`.
 *
 * `table`: a table; a snapshot gives another handle to itself. Limits (`dictdb_table_limited`) of the
 * handle are those of the new one, too.
 * `snapshot`: gets the handle, to be freed with `dictdb_table_free`; NULL on failure.
 *
 * Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped), `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_table_snapshot(const dictdb_table *table,
                                    dictdb_table **snapshot,
                                    dictdb_error **error);

/**
 * Takes a snapshot of a whole database: a handle to all its tables as they are at one and the same instant.
 *
 * No write is in it in part, not even a batch over several tables. It takes some microseconds for each table,
 * whatever their sizes. It waits for a write that is being applied to one of the tables at the instant; no
 * write waits for it. Afterwards all is as for `dictdb_table_snapshot`: `dictdb_db_get_table` gives snapshots
 * of the tables, `dictdb_db_list_tables` lists those that there were, and creating or dropping tables is
 * `UNSUPPORTED`.
 *
 * `snapshot`: gets the handle, to be freed with `dictdb_db_free`; NULL on failure. It has the limits of `db`.
 *
 * Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `LIMIT`, `CANCELLED`, `TIMEOUT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_db_snapshot(const dictdb_db *db,
                                 dictdb_db **snapshot,
                                 dictdb_error **error);

/**
 * Copies all records of a table, or of a snapshot of one, as of one instant.
 *
 * `records`: gets a JSON object with each record under its key, in natural order: `{"1": {...}, "ab": {...}}`.
 * An integer key becomes its digits; if a table has the integer `1` and the string `"1"`, the name stands
 * twice, and the records' own key fields tell which is which.
 *
 * Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped), `CANCELLED`, `TIMEOUT`,
 * `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_table_copy(const dictdb_table *table,
                                dictdb_buffer *records,
                                dictdb_error **error);

/**
 * Copies all records of a database, or of a snapshot of one, as of one and the same instant.
 *
 * `tables`: gets a JSON object: for each table's name, in the order in which they were created, an object
 * as from `dictdb_table_copy`.
 *
 * Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `CANCELLED`, `TIMEOUT`, `OUT_OF_MEMORY`, `FORKED`.
 * Thread-safe.
 */
dictdb_status dictdb_db_copy(const dictdb_db *db,
                             dictdb_buffer *tables,
                             dictdb_error **error);

/**
 * Opens a cursor over the rows of a query on a table or snapshot, as it is at this instant.
 *
 * `query`: stays the caller's, and may be freed at once.
 * `params`: NULL for none, or a JSON array: the first value is that of `?1`.
 * `cursor`: gets the new handle, to be freed with `dictdb_cursor_free`; NULL on failure.
 *
 * Status: as for `dictdb_query_run`, and `LIMIT` (handles). Thread-safe.
 */
dictdb_status dictdb_query_cursor(const dictdb_query *query,
                                  const dictdb_table *table,
                                  const char *params,
                                  size_t params_len,
                                  dictdb_cursor **cursor,
                                  dictdb_error **error);

/**
 * Opens a cursor, everything as text: `dictdb_query_new` and `dictdb_query_cursor` in one.
 *
 * `spec`: a query, as for `dictdb_query_new`; NULL for all records.
 *
 * Status: as for `dictdb_query_new` and `dictdb_query_cursor`. Thread-safe.
 */
dictdb_status dictdb_table_cursor(const dictdb_table *table,
                                  const char *spec,
                                  size_t spec_len,
                                  const char *params,
                                  size_t params_len,
                                  dictdb_cursor **cursor,
                                  dictdb_error **error);

/**
 * Frees a cursor, at any moment and from any thread. NULL and a handle that was freed before are ignored.
 *
 * A call that is using it in another thread ends as usual. Rows that it lent are not valid any more.
 * Thread-safe.
 */
void dictdb_cursor_free(dictdb_cursor *cursor);

/**
 * Lends the next row.
 *
 * `row`: gets the address of the row's JSON text, which is not NUL-terminated and must not be written to;
 * NULL on failure and at the end. It is valid until the next step of the cursor (`dictdb_cursor_next` or
 * `dictdb_cursor_next_batch`) or its freeing, whatever writers do meanwhile. Whole records are not copied:
 * the text is the stored record itself. A step by another thread takes the row back, so a cursor that is shared
 * is better read in batches.
 * `row_len`: gets the length in bytes; 0 on failure and at the end.
 *
 * Status: `RECORD_NOT_FOUND` (no more rows: the loop `while (dictdb_cursor_next(...) == DICTDB_STATUS_OK)`
 * ends), `INVALID_ARGUMENT`, `INVALID_HANDLE`, `CANCELLED`, `TIMEOUT` (then the next call goes on where
 * this one stopped), `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_cursor_next(dictdb_cursor *cursor,
                                 const char **row,
                                 size_t *row_len,
                                 dictdb_error **error);

/**
 * Takes the next rows, as many as fit, in one call. They may be fewer than fit, if the call is stopped
 * when it has some: only `RECORD_NOT_FOUND` says that there are no more.
 *
 * `max_rows`: rows at most; 0 for as many as `max_bytes` lets through.
 * `max_bytes`: bytes of text at most, but one row is always taken; 0 for 1 MiB.
 * `form`: `DICTDB_ROWS_ARRAY` or `DICTDB_ROWS_LINES`. No row has a line break in it.
 * `rows`: gets the text.
 * `count`: may be NULL; gets the number of rows; untouched on failure and at the end.
 *
 * Status: `RECORD_NOT_FOUND` (no more rows), `INVALID_ARGUMENT`, `INVALID_HANDLE`, `CANCELLED`, `TIMEOUT`
 * (no row was taken), `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_cursor_next_batch(dictdb_cursor *cursor,
                                       uint64_t max_rows,
                                       size_t max_bytes,
                                       int32_t form,
                                       dictdb_buffer *rows,
                                       uint64_t *count,
                                       dictdb_error **error);

/**
 * Makes an empty batch.
 *
 * `batch`: gets the new handle, to be freed with `dictdb_batch_free`; NULL on failure.
 *
 * Status: `INVALID_ARGUMENT`, `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_batch_new(dictdb_batch **batch,
                               dictdb_error **error);

/**
 * Frees a batch; operations that were not committed are given up. NULL and a handle that was freed before
 * are ignored.
 *
 * A call that is using it in another thread ends as usual. Thread-safe.
 */
void dictdb_batch_free(dictdb_batch *batch);

/**
 * Adds: insert one record. As `dictdb_table_insert`.
 *
 * Result: `{"key": 7}`.
 *
 * Status: `INVALID_KEY`, `SCHEMA`, `INVALID_JSON`, `NUMBER_RANGE`, `LIMIT` (1,000,000 operations),
 * `INVALID_UTF8`, `INVALID_ARGUMENT`, `INVALID_HANDLE`, `UNSUPPORTED` (a snapshot), `OUT_OF_MEMORY`,
 * `FORKED`. That a table was dropped is found out by the commit. Thread-safe.
 */
dictdb_status dictdb_batch_insert(dictdb_batch *batch,
                                  dictdb_table *table,
                                  const char *record,
                                  size_t record_len,
                                  dictdb_error **error);

/**
 * Adds: insert many records. As `dictdb_table_insert_many`.
 *
 * Result: `{"keys": [7, 8]}`.
 *
 * Status: as for `dictdb_batch_insert`; the error names the record by its `index`. Thread-safe.
 */
dictdb_status dictdb_batch_insert_many(dictdb_batch *batch,
                                       dictdb_table *table,
                                       const char *records,
                                       size_t records_len,
                                       dictdb_error **error);

/**
 * Adds: insert a record, or deal with the record that has its key. As `dictdb_table_upsert`.
 *
 * `on_conflict`: one of `DICTDB_CONFLICT_…`.
 *
 * Result: `{"key": 7, "outcome": "updated"}`; the outcome is `"inserted"`, `"updated"` or `"ignored"`.
 *
 * Status: as for `dictdb_batch_insert`. Thread-safe.
 */
dictdb_status dictdb_batch_upsert(dictdb_batch *batch,
                                  dictdb_table *table,
                                  const char *record,
                                  size_t record_len,
                                  int32_t on_conflict,
                                  dictdb_error **error);

/**
 * Adds: change the record that has a key. As `dictdb_table_update_by_key`.
 *
 * `key`: JSON text: `42` or `"abc"`.
 * `changes`: a JSON object, as for `dictdb_table_update`.
 *
 * Result: `{"count": 1}`.
 *
 * Status: as for `dictdb_batch_insert`. Thread-safe.
 */
dictdb_status dictdb_batch_update_by_key(dictdb_batch *batch,
                                         dictdb_table *table,
                                         const char *key,
                                         size_t key_len,
                                         const char *changes,
                                         size_t changes_len,
                                         dictdb_error **error);

/**
 * Adds: run a compiled update. As `dictdb_update_run`.
 *
 * `update`: stays the caller's, and may be freed at once.
 * `params`: NULL for none, or a JSON array: the first value is that of `?1`.
 *
 * Result: `{"count": 3}`.
 *
 * Status: `INVALID_JSON`, `INVALID_UTF8`, `INVALID_ARGUMENT`, `INVALID_HANDLE`, `LIMIT`, `UNSUPPORTED` (a
 * snapshot), `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_batch_update(dictdb_batch *batch,
                                  dictdb_table *table,
                                  const dictdb_update *update,
                                  const char *params,
                                  size_t params_len,
                                  dictdb_error **error);

/**
 * Adds: change the records that match by expressions, everything as text. As `dictdb_table_update_where`.
 *
 * Result: `{"count": 3}`.
 *
 * Status: as for `dictdb_batch_update`, and `PARSE`. Thread-safe.
 */
dictdb_status dictdb_batch_update_where(dictdb_batch *batch,
                                        dictdb_table *table,
                                        const char *where,
                                        size_t where_len,
                                        const char *set,
                                        size_t set_len,
                                        const char *params,
                                        size_t params_len,
                                        dictdb_error **error);

/**
 * Adds: delete the record that has a key. As `dictdb_table_delete_by_key`.
 *
 * Result: `{"count": 1}`.
 *
 * Status: as for `dictdb_batch_insert`. Thread-safe.
 */
dictdb_status dictdb_batch_delete_by_key(dictdb_batch *batch,
                                         dictdb_table *table,
                                         const char *key,
                                         size_t key_len,
                                         dictdb_error **error);

/**
 * Adds: delete the records that match. As `dictdb_table_delete_where`.
 *
 * Result: `{"count": 3}`.
 *
 * Status: as for `dictdb_batch_update_where`. Thread-safe.
 */
dictdb_status dictdb_batch_delete_where(dictdb_batch *batch,
                                        dictdb_table *table,
                                        const char *where,
                                        size_t where_len,
                                        const char *params,
                                        size_t params_len,
                                        dictdb_error **error);

/**
 * Does all that was added, as one: at one instant, in order, all or none.
 *
 * Of several commits of the same batch at the same time, one comes after the other.
 *
 * The locks of the tables are taken in one order that is the same for all batches, so that batches never
 * wait for each other in a circle. What takes long, searching and parsing, was or is done before.
 *
 * An update or delete that finds no record fails the batch with `RECORD_NOT_FOUND`: so a predicate can be
 * a condition on which all depends (`id = 1 AND balance >= 100`). An operation that fails is named by its
 * `operation` in the detail, counted from 0, and the error comes with an object also if it is
 * RECORD_NOT_FOUND. Then nothing was changed, and the batch has what it had. After success it is empty,
 * and may be used again.
 *
 * Limits (`dictdb_table_limited`) of all handles that were used to add operations apply to the commit.
 *
 * `results`: may be NULL; gets a JSON array with the result of each operation, in order.
 *
 * Status: those of the operations, `TABLE_NOT_FOUND` (dropped), `CANCELLED`, `TIMEOUT`, `INVALID_HANDLE`,
 * `OUT_OF_MEMORY`, `FORKED`. An empty batch is OK. Thread-safe.
 */
dictdb_status dictdb_batch_commit(dictdb_batch *batch,
                                  dictdb_buffer *results,
                                  dictdb_error **error);

/**
 * Gives up all that was added.
 *
 * Status: `INVALID_HANDLE`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_batch_clear(dictdb_batch *batch,
                                 dictdb_error **error);

/**
 * Does a batch that is given as one JSON text: `dictdb_batch_new`, an addition for each element and
 * `dictdb_batch_commit` in one call.
 *
 * `operations`: a JSON array of objects, at most 1,000,000. Each has one member that says what is done and
 * to which table, and others:
 * `{"insert": "t", "record": {...}}`;
 * `{"insert_many": "t", "records": [{...}, {...}]}`;
 * `{"upsert": "t", "record": {...}, "on_conflict": "update"}`, or `"ignore"`, or `"error"`; `"update"` by
 * default;
 * `{"update": "t", "key": 7, "changes": {...}}`;
 * `{"update": "t", "key": 7, "set": "visits = visits + ?1", "params": [1]}`;
 * `{"update": "t", "where": "age < ?1", "set": "minor = true", "params": [18]}`, or with `"changes"` in
 * place of `"set"`;
 * `{"delete": "t", "key": 7}`; `{"delete": "t", "where": "age < ?1", "params": [18]}`.
 * `"params"` may be left out if there are none.
 * `results`: may be NULL; gets a JSON array with the result of each operation, in order, as told for the
 * functions that add them.
 *
 * Status: as for `dictdb_batch_commit`, and `UNSUPPORTED` (a snapshot), `INVALID_ARGUMENT` (a member that
 * is missing, unknown or of a wrong type), `TABLE_NOT_FOUND`, `PARSE`, `INVALID_JSON`, `NUMBER_RANGE`,
 * `INVALID_UTF8`, `LIMIT`. A text that is not JSON, or has a number out of range, has the `position` in
 * its detail; any other error has the `operation`, and the `option` (the member at fault) or what the
 * function that adds such an operation tells; a `position` then counts from the beginning of the string
 * that is at fault. Records in the text may nest two levels less than others. Thread-safe.
 */
dictdb_status dictdb_db_batch(dictdb_db *db,
                              const char *operations,
                              size_t operations_len,
                              dictdb_buffer *results,
                              dictdb_error **error);

/**
 * Makes a token that is not set.
 *
 * `cancel`: gets the new handle, to be freed with `dictdb_cancel_free`; NULL on failure.
 *
 * Status: `INVALID_ARGUMENT`, `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_cancel_new(dictdb_cancel **cancel,
                                dictdb_error **error);

/**
 * Frees a token. NULL and a handle that was freed before are ignored.
 *
 * Handles made with it, and calls that are running, keep what they need of it: for them it stays as it is,
 * set or not. Thread-safe.
 */
void dictdb_cancel_free(dictdb_cancel *cancel);

/**
 * Sets a token: calls that are running with it end with `CANCELLED` soon, usually within milliseconds, and
 * so do those that begin later and can take long, until the token is reset. Calls that take no time may
 * ignore it.
 *
 * A cancelled call has changed nothing. A write that has come to applying its changes completes.
 *
 * Status: `INVALID_HANDLE`, `FORKED`. Thread-safe; may also be called from a signal handler's thread, but not
 * from the handler itself: that may write the flag.
 */
dictdb_status dictdb_cancel_set(dictdb_cancel *cancel,
                                dictdb_error **error);

/**
 * Takes the setting of a token back, so that it can be used again.
 *
 * Status: `INVALID_HANDLE`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_cancel_reset(dictdb_cancel *cancel,
                                  dictdb_error **error);

/**
 * The memory of a token: 0 while it is not set, anything else when it is. For programs to which a call is dear
 * or not possible: writing 1 there, atomically (relaxed order will do), is what `dictdb_cancel_set` does, and
 * writing 0 is what `dictdb_cancel_reset` does. May be done by a signal handler.
 *
 * Returns an address that is valid until the token is freed (and as long as a handle made with it lives); NULL
 * if `cancel` is not a live token, and in a forked child. Thread-safe.
 */
int32_t *dictdb_cancel_flag(const dictdb_cancel *cancel);

/**
 * Makes another handle to a table or snapshot, whose calls can be stopped.
 *
 * Each call through the new handle looks at the token while it runs, and at the clock, and ends with
 * `CANCELLED` or `TIMEOUT` when it should; then it has changed nothing. That holds for all that can take
 * long: queries, counts, copies, cursors' steps, bulk inserts, updates and deletes, making an index,
 * waiting for the table's lock, and batches in which the handle is used. Limits add up: a handle made of a
 * limited one is stopped by either token, and has the shorter of both times. What is made through the handle
 * (snapshots, cursors, watches, the tables of a database) has its limits, too. Calls that take no time to
 * speak of may ignore them.
 *
 * `cancel`: a token, which stays the caller's; may be NULL.
 * `timeout_ms`: milliseconds that each call may take, from its beginning; 0 lets only calls pass that take
 * no time; `DICTDB_NO_TIMEOUT` (or any negative number) sets no limit.
 * `limited`: gets the handle, to be freed with `dictdb_table_free`; NULL on failure.
 *
 * Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_table_limited(const dictdb_table *table,
                                   const dictdb_cancel *cancel,
                                   int64_t timeout_ms,
                                   dictdb_table **limited,
                                   dictdb_error **error);

/**
 * Makes another handle to a database or snapshot, whose calls can be stopped, and those of all tables got
 * from it. As `dictdb_table_limited`.
 *
 * `limited`: gets the handle, to be freed with `dictdb_db_free`; NULL on failure.
 *
 * Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_db_limited(const dictdb_db *db,
                                const dictdb_cancel *cancel,
                                int64_t timeout_ms,
                                dictdb_db **limited,
                                dictdb_error **error);

/**
 * Watches a table from now on: the watch gets the changes of all calls that begin from now on, whole, and
 * nothing of those that are under way. Limits (`dictdb_table_limited`) of the handle apply to its polls.
 *
 * `options`: NULL, or a JSON object with these members, all optional:
 * `"max_changes"`: changes that are kept at most, 1 to 16,777,216; 65,536 by default;
 * `"max_bytes"`: bytes of them that are kept at most, at least 1; 67,108,864 (64 MiB) by default;
 * `"records"`: false to leave out the records, so that a change tells only the key; true by default.
 * When there are more, or no memory for them, the oldest ones go.
 * `watch`: gets the new handle, to be freed with `dictdb_watch_free`; NULL on failure.
 *
 * Status: `INVALID_ARGUMENT` (an unknown option or one of a wrong type), `INVALID_JSON`, `INVALID_UTF8`,
 * `INVALID_HANDLE`, `UNSUPPORTED` (a snapshot), `TABLE_NOT_FOUND` (dropped), `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_table_watch(const dictdb_table *table,
                                 const char *options,
                                 size_t options_len,
                                 dictdb_watch **watch,
                                 dictdb_error **error);

/**
 * Watches all tables of a database from now on, those that are yet to be created included. As
 * `dictdb_table_watch`.
 */
dictdb_status dictdb_db_watch(const dictdb_db *db,
                              const char *options,
                              size_t options_len,
                              dictdb_watch **watch,
                              dictdb_error **error);

/**
 * Stops watching and frees the handle. NULL and a handle that was freed before are ignored.
 *
 * A `dictdb_watch_poll` that is waiting in another thread ends with `CANCELLED`. The file descriptor of
 * the watch is closed with it, and its number may be another file's soon: take it out of an event loop
 * first. Thread-safe.
 */
void dictdb_watch_free(dictdb_watch *watch);

/**
 * Gets changes, in order.
 *
 * `since`: gives those with a greater sequence number; 0 gives all since the watch was made. Pass the
 * `last` of the poll before. What was asked for is not taken away: it may be asked for again, as long as
 * it is kept.
 * `max`: changes at most; 0 for all.
 * `timeout_ms`: milliseconds to wait if there is none; 0 not to wait; `DICTDB_NO_TIMEOUT` (or any negative
 * number) to wait for ever. No lock is held meanwhile.
 * `changes`: gets a JSON array of objects, `[]` if there are none:
 * `{"sequence": 8, "commit": 8, "table": "users", "operation": "update", "key": 1, "record": {...}}`.
 * `"sequence"` ascends by one from change to change, for all watches of a database alike (a watch of one
 * table lacks those of others; changes that nobody watches are not counted, so a number means nothing to a
 * watch that is made later); `"commit"` is the sequence number of the first change of the same call or
 * batch; `"operation"` is `"insert"`,
 * `"update"`, `"delete"`, `"create"` or `"drop"` (of the table; these have neither key nor record);
 * `"key"` is the record's key, after the change; `"old_key"` is there if the change gave it another one;
 * `"record"` is the whole record, after the change; a delete has none. Keys that one update passes on from
 * record to record are told to be deleted first, and the records that had them to be inserted, so that each
 * change can be applied by itself.
 * `last`: may be NULL; gets the sequence number of the last change in `changes`, or `since` if there is
 * none; untouched on failure.
 *
 * Status: `UNAVAILABLE` (changes after `since` are gone: the detail has `since`, `oldest`, after which
 * they are kept, and `newest`, the last one), `CANCELLED` (the watch was freed meanwhile, or the token of
 * the handle that it was made with was set), `TIMEOUT` (the time of that handle was over sooner than
 * `timeout_ms`), `INVALID_ARGUMENT`, `INVALID_HANDLE`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_watch_poll(const dictdb_watch *watch,
                                uint64_t since,
                                uint64_t max,
                                int64_t timeout_ms,
                                dictdb_buffer *changes,
                                uint64_t *last,
                                dictdb_error **error);

/**
 * Gets the sequence number of the last change of the database that anybody watched: the number after which
 * a reader goes on who is about to read the tables anew.
 *
 * `last`: gets the number; untouched on failure.
 *
 * Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_watch_last(const dictdb_watch *watch,
                                uint64_t *last,
                                dictdb_error **error);

/**
 * Gets a file descriptor that is readable while there are changes which no poll has given yet: for `poll`,
 * `epoll` and the event loops made of them. Do not read it or close it: `dictdb_watch_poll` makes it
 * unreadable when it has given all, and the watch closes it when it is freed. It is closed on exec.
 * It is for one who polls: a poll by another makes it unreadable for both. Whoever watches apart makes a watch of
 * their own.
 *
 * `fd`: gets the descriptor, each time the same; untouched on failure.
 *
 * Status: `IO` (the system gives none), `INVALID_ARGUMENT`, `INVALID_HANDLE`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_watch_fd(const dictdb_watch *watch,
                              int32_t *fd,
                              dictdb_error **error);

/**
 * Waits until a job has ended, or a time is over.
 *
 * `timeout_ms`: milliseconds; 0 only looks; `DICTDB_NO_TIMEOUT` (or any negative number) waits as long as it takes.
 * `is_done`: gets 1 if the job has ended, 0 if the time was over before; untouched on failure of the wait, 1 on failure of
 * the job.
 *
 * Status: that of the job's work, once it has ended, as the function that made it tells; before, `OK`. The error object
 * is that of the work, too. And `INVALID_ARGUMENT`, `INVALID_HANDLE`, `FORKED` of the wait itself. May be called again.
 */
dictdb_status dictdb_job_wait(const dictdb_job *job,
                              int64_t timeout_ms,
                              int32_t *is_done,
                              dictdb_error **error);

/**
 * How far a job has come.
 *
 * `done`, `total`: get counts of records; `total` grows while more becomes known, and is 0 as long as nothing is. Each may be
 * NULL.
 *
 * Status: `INVALID_HANDLE`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_job_progress(const dictdb_job *job,
                                  uint64_t *done,
                                  uint64_t *total,
                                  dictdb_error **error);

/**
 * Stops a job: its work ends with `CANCELLED` soon, and leaves all as it was before, with no file half written. Work that
 * is being completed completes. Does not wait: `dictdb_job_wait` does.
 *
 * Status: `INVALID_HANDLE`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_job_cancel(dictdb_job *job,
                                dictdb_error **error);

/**
 * The facts of what a job has done.
 *
 * `facts`: gets a JSON object; the function that made the job tells its members. Its status is `UNAVAILABLE` while the
 * job runs, and that of the job's work if it has failed.
 *
 * Status: as said, and `INVALID_ARGUMENT`, `INVALID_HANDLE`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_job_result(const dictdb_job *job,
                                dictdb_buffer *facts,
                                dictdb_error **error);

/**
 * The database that a job has loaded.
 *
 * `db`: gets a handle to it, to be freed with `dictdb_db_free`; NULL on failure. Each call gives a handle of its own to the
 * same database.
 *
 * Status: `UNAVAILABLE` while the job runs, the status of the job's work if it has failed, `UNSUPPORTED` if it makes no
 * database; `INVALID_ARGUMENT`, `INVALID_HANDLE`, `LIMIT`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_job_database(const dictdb_job *job,
                                  dictdb_db **db,
                                  dictdb_error **error);

/**
 * Frees a job's handle. A job that runs is not stopped by that: it goes on without it; a database that it makes is freed.
 * NULL and a handle that was freed before are ignored. Thread-safe.
 */
void dictdb_job_free(dictdb_job *job);

/**
 * Saves a database, or a snapshot of one, to a file.
 *
 * What is saved is the whole database at one instant, the one at which the call was made; no write waits for it. The file is
 * replaced as a whole: whenever the machine stops, and whatever fails, there is the old file or the new one. It is
 * readable for its owner alone, or for whom the file was that it replaces. If `path` is a symbolic link, the file that it
 * leads to is replaced. It costs the memory that a snapshot costs, and no copy of the records.
 *
 * `db`: its limits (`dictdb_db_limited`) stop the work.
 * `path`: where; relative to the working directory of the process.
 * `options`: NULL, or a JSON object: `"format"`: `"json"` (the default; DictDB reads it, too) or `"dictdb"`, which has
 * checksums, and is faster to load.
 * `job`: NULL to do it within this call. Otherwise it is done in a thread of the library's own, and `job` gets a handle to
 * that, to be freed with `dictdb_job_free`; NULL on failure. Its result has `records`, `bytes` (of the file) and
 * `duration_us`, and it can fail as this function can.
 *
 * Status: `IO` (the detail has `operation`, `path`, `errno`; the old file is there, unless the operation is to bring the
 * directory to the disk: then either may be), `INVALID_ARGUMENT`, `INVALID_JSON`, `INVALID_UTF8`, `INVALID_HANDLE`, `LIMIT`,
 * `CANCELLED`, `TIMEOUT`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_db_save(const dictdb_db *db,
                             const char *path,
                             size_t path_len,
                             const char *options,
                             size_t options_len,
                             dictdb_job **job,
                             dictdb_error **error);

/**
 * Loads a database from a file that `dictdb_db_save` or DictDB has written; which format it has is seen from the file.
 *
 * `path`: which file.
 * `db`: gets a handle to a new database with all that is in the file, to be freed with `dictdb_db_free`; NULL on failure:
 * there is never a part of one. May be NULL if there is a `job`, and stays NULL then.
 * `job`: NULL to do it within this call. Otherwise it is done in a thread of the library's own, and `job` gets a handle to
 * that, to be freed with `dictdb_job_free`; NULL on failure. `dictdb_job_database` gives the database; the result has
 * `records`, `bytes` (of the file) and `duration_us`, and it can fail as this function can.
 *
 * Status: `IO` (the detail has `operation`, `path`, `errno`), `CORRUPT` (`path`, `position`), `INVALID_JSON` and what else can
 * be wrong with tables, records and indexes (`path`, `table`, and `index`, the number of the record from 0): `DUPLICATE_KEY`,
 * `SCHEMA`, `INVALID_KEY` and so on; `INVALID_ARGUMENT`, `INVALID_UTF8`, `LIMIT`, `CANCELLED`, `OUT_OF_MEMORY`, `FORKED`.
 * Thread-safe.
 */
dictdb_status dictdb_db_load(const char *path,
                             size_t path_len,
                             dictdb_db **db,
                             dictdb_job **job,
                             dictdb_error **error);

/**
 * Makes a handle for backups of a database. It makes none yet.
 *
 * `db`: its limits (`dictdb_db_limited`) stop each backup.
 * `directory`: where; it is made if it is not there, for its owner alone.
 * `options`: NULL, or a JSON object: `"interval_ms"` (between backups that are made after `dictdb_backup_start`; 300,000 by default; 0:
 * only when a change is told), `"min_interval_ms"` (between the last backup and one that is made because of
 * `dictdb_backup_notify_change`; 5,000 by default), `"incremental"` (false by default: backups are full ones; true: deltas, if
 * something has changed), `"max_deltas"` (deltas before the next full backup; 10 by default), `"keep"` (how many full backups are
 * kept, with the deltas that continue them, when a full one was made; null, the default: all; files of earlier runs count),
 * `"format"` (of full backups, as for `dictdb_db_save`; `"json"` by default).
 * `on_failure`: may be NULL.
 * `context`: passed to it; may be NULL.
 * `destructor`: may be NULL; called with `context` when the handle was freed and the last call of the callback has ended. On failure it
 * is not called: the context is still the caller's.
 * `backup`: gets the handle; NULL on failure.
 *
 * With deltas the handle keeps a snapshot of what the last file was written of: the old form of what has changed since stays in memory.
 *
 * Status: `IO` (the directory cannot be made or read), `UNSUPPORTED` (a snapshot), `INVALID_ARGUMENT`, `INVALID_JSON`,
 * `INVALID_UTF8`, `INVALID_HANDLE`, `LIMIT`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_backup_new(const dictdb_db *db,
                                const char *directory,
                                size_t directory_len,
                                const char *options,
                                size_t options_len,
                                dictdb_backup_failure_callback on_failure,
                                void *context,
                                dictdb_destructor destructor,
                                dictdb_backup **backup,
                                dictdb_error **error);

/**
 * Begins to make backups in a thread of the library's own: when the interval is over, and when a change was told. What could not be made
 * is tried again after a second, or after the minimum interval if that is longer. Does nothing if it was begun before.
 *
 * Status: `IO` (no thread could be started), `INVALID_HANDLE`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_backup_start(dictdb_backup *backup,
                                  dictdb_error **error);

/**
 * Ends that, and waits for a backup that is being made by that thread. Changes that were told and are not backed up yet are not: call
 * `dictdb_backup_now` for them. Can be started again, also while this call waits, which then returns. Called from the failure
 * callback it does not wait.
 *
 * Status: `INVALID_HANDLE`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_backup_stop(dictdb_backup *backup,
                                 dictdb_error **error);

/**
 * Says that something has changed that should be backed up soon. Returns at once: the thread that `dictdb_backup_start` started makes
 * the backup when the last one is as old as the minimum interval. Many calls make one backup. Before the start it is remembered.
 *
 * Status: `INVALID_HANDLE`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_backup_notify_change(dictdb_backup *backup,
                                          dictdb_error **error);

/**
 * Makes the backup whose turn it is: if the handle is incremental, a delta, or a full one if there is none yet or there are as many
 * deltas as there may be; else a full one.
 *
 * `facts`: gets a JSON object: `"file"` (its name; null if nothing has changed since the last one, then no delta is written),
 * `"type"` (`"full"` or `"delta"`; null if there is no file), `"records"`, `"bytes"`, `"duration_us"`. May be NULL, and stays empty if there is a `job`: that has
 * them as its result.
 * `job`: NULL to do it within this call, else as for `dictdb_db_save`.
 *
 * Status: `IO` (the detail has `operation`, `path`, `errno`), `INVALID_HANDLE`, `CANCELLED`, `OUT_OF_MEMORY`, `FORKED`. A failure
 * is told to the callback, too. Thread-safe.
 */
dictdb_status dictdb_backup_now(dictdb_backup *backup,
                                dictdb_buffer *facts,
                                dictdb_job **job,
                                dictdb_error **error);

/** Makes a full backup. As `dictdb_backup_now`. */
dictdb_status dictdb_backup_full(dictdb_backup *backup,
                                 dictdb_buffer *facts,
                                 dictdb_job **job,
                                 dictdb_error **error);

/**
 * Makes a delta, or nothing if nothing has changed; a full backup if the handle has not made one that it could continue. As
 * `dictdb_backup_now`.
 */
dictdb_status dictdb_backup_delta(dictdb_backup *backup,
                                  dictdb_buffer *facts,
                                  dictdb_job **job,
                                  dictdb_error **error);

/**
 * What a handle has done.
 *
 * `statistics`: gets a JSON object: `"is_running"` (whether it makes backups by itself), `"full"`, `"delta"`, `"unchanged"` (how many
 * were made, and how many were not as nothing had changed), `"failures"`, `"consecutive_failures"`, `"deltas_since_full"`
 * (null while a backup is being made), `"records"`, `"bytes"` (of all files); of the last file `"last_file"`, `"last_time"`
 * (seconds since 1970), `"last_records"`, `"last_bytes"`, `"last_duration_us"`, null if there is none; `"last_error"`: what
 * was wrong with the last backup, null if it was made.
 *
 * Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_backup_statistics(const dictdb_backup *backup,
                                       dictdb_buffer *statistics,
                                       dictdb_error **error);

/**
 * Frees the handle. Backups that it makes by itself end as with `dictdb_backup_stop`; a call that another thread is in, and a job, end as
 * usual. NULL and a handle that was freed before are ignored. Thread-safe.
 */
void dictdb_backup_free(dictdb_backup *backup);

/**
 * Restores a database from the backups of a directory: from a full one and the deltas that continue it, up to the newest.
 *
 * `options`: NULL, or a JSON object: `"until"` (seconds since 1970, with up to six digits behind the point: no later state; null,
 * the default: the newest one), `"partial"` (true: if files are missing or damaged, the newest state that can be had; false, the
 * default: then it fails).
 * `db`: gets a handle to a new database with all that there was, indexes too, to be freed with `dictdb_db_free`; NULL on failure. May be
 * NULL if there is a `job`, and stays NULL then.
 * `facts`: gets a JSON object: `"file"` (the newest file that went in), `"time"` (of its state), `"files"` (all that went in),
 * `"skipped"` (with `"partial"`: an array of objects, `"file"` and `"error"`; empty if nothing was passed over), `"records"` (that were
 * read), `"bytes"`, `"duration_us"`. May be NULL, and stays empty if there is a `job`: that has them as its result.
 * `job`: NULL to do it within this call, else as for `dictdb_db_load`.
 *
 * Status: `UNAVAILABLE` (the directory has no backup, or none so old), `CORRUPT` (a file is missing: the detail has `path`, the
 * delta, and `missing`, the file that it continues; or a file is damaged), and all that `dictdb_db_load` tells. Thread-safe.
 */
dictdb_status dictdb_backup_restore(const char *directory,
                                    size_t directory_len,
                                    const char *options,
                                    size_t options_len,
                                    dictdb_db **db,
                                    dictdb_buffer *facts,
                                    dictdb_job **job,
                                    dictdb_error **error);

/**
 * Looks at the backups of a directory without loading them. Each file is read to its end: a JSON file must be JSON with tables, a
 * binary file's checksums must fit, and a delta must continue a file that is there and sound. What records hold is not looked at.
 *
 * `facts`: gets a JSON object: `"is_sound"`, `"newest"` (the newest file that could be restored; null if there is none) and
 * `"files"`, from the oldest on: objects with `"file"`, `"type"`, `"time"`, `"bytes"` and `"error"` (null if there is none). May be NULL
 * if there is a `job`, and stays empty then: the job has them as its result.
 * `job`: NULL to do it within this call, else as for `dictdb_db_save`; its progress counts files.
 *
 * Status: `IO` (the directory cannot be read), `INVALID_ARGUMENT`, `INVALID_UTF8`, `CANCELLED`, `OUT_OF_MEMORY`, `FORKED`; damage is
 * told by `facts`, and is no failure. Thread-safe.
 */
dictdb_status dictdb_backup_verify(const char *directory,
                                   size_t directory_len,
                                   dictdb_buffer *facts,
                                   dictdb_job **job,
                                   dictdb_error **error);

/**
 * Makes a table of a CSV file (RFC 4180, in UTF-8; a byte order mark is passed over).
 *
 * The table is made as a whole: nobody finds it, nor does its name appear in lists and snapshots, before all rows are in it; on
 * failure there is none. A watch of the database that was there when the table got its name is told then of its creation and of all
 * its records, as one commit; of more than a watch keeps, the last ones. The file is read twice unless there is a schema or
 * `"infer_types"` is false; it must not change meanwhile, nor be a pipe. Never more than a few megabytes of it, or the longest line, are
 * in memory, beside the table.
 *
 * Each line is a record: cells may be in quotes, and have delimiters, line breaks and doubled quotes then. Lines end with LF, CR LF or
 * CR; lines without anything are passed over. Rows with too few cells have empty ones, what a row has too many is cut. An
 * empty cell is null, but for a string it is `""`.
 *
 * `name`: of the new table; not empty, at most 1,024 bytes.
 * `path`: which file; relative to the working directory of the process.
 * `options`: NULL, or a JSON object with these members, all optional:
 * `"delimiter"`: one ASCII character, neither a quote nor a line break; `","` by default;
 * `"header"`: true (the default) if the first line names the columns, false if they are to be named `col_0`, `col_1` and so on;
 * `"schema"`: that of the table, as for `dictdb_db_create_table`; cells are read as the types of their fields: `int`
 * (decimal digits, maybe with a sign), `float` (maybe with an exponent; it keeps its spelling), `bool` (`true`, `1`, `yes`, `false`,
 * `0`, `no` in any case), `str` (as it is), `list` and `dict` (JSON). A null that the field does not take is left out if the field
 * has a default;
 * `"infer_types"`: without a schema, true (the default) to give each column the first of the types int, float and str that all its
 * cells are, empty ones left aside (integers beyond [-2^63, 2^64-1] are strings); false to take all cells as strings;
 * `"primary_key"`: name of the key field, `"id"` by default. Without such a column, and where its cell is null, records get the
 * next integers.
 * `table`: may be NULL; gets a handle to the table, to be freed with `dictdb_table_free`; NULL on failure, and if there is a `job`.
 * `job`: NULL to do it within this call. Otherwise it is done in a thread of the library's own, and `job` gets a handle to
 * that, to be freed with `dictdb_job_free`; NULL on failure. Its result has `records`, `bytes` (of the file) and
 * `duration_us`, and it can fail as this function can.
 *
 * Status: `DUPLICATE_TABLE` (the name is taken, when the call begins or when the table is complete), `IO` (`operation`, `path`,
 * `errno`). What is wrong with a row is told with `path`, `line` (from 1; of a row of several lines, the first) and `column` (the
 * number of the cell from 1, if it is about one): `SCHEMA` (a cell that is not of its type: `field`, `expected`, `actual`; a
 * column that the schema does not know; a field that is missing), `DUPLICATE_KEY`, `INVALID_KEY`, `INVALID_UTF8`, `CORRUPT` (a
 * quote that is not closed, two columns of one name), `LIMIT`; those of a record with `index`, its number from 0. And
 * `INVALID_ARGUMENT`, `INVALID_JSON` (options), `INVALID_HANDLE`, `UNSUPPORTED` (`db` is a snapshot), `CANCELLED`, `TIMEOUT`,
 * `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_db_import_csv(dictdb_db *db,
                                   const char *name,
                                   size_t name_len,
                                   const char *path,
                                   size_t path_len,
                                   const char *options,
                                   size_t options_len,
                                   dictdb_table **table,
                                   dictdb_job **job,
                                   dictdb_error **error);

/**
 * Makes a table of a file of JSON Lines: a JSON object on each line, in UTF-8. Empty lines and a byte order mark are passed over.
 *
 * The table is made as a whole, as by `dictdb_db_import_csv`. Never more than a few megabytes of the file, or the longest line, are in
 * memory, beside the table.
 *
 * `name`: of the new table; not empty, at most 1,024 bytes.
 * `path`: which file; relative to the working directory of the process.
 * `options`: NULL, or a JSON object as for `dictdb_db_create_table`.
 * `table`, `job`: as for `dictdb_db_import_csv`.
 *
 * Status: `DUPLICATE_TABLE` and `IO` as for `dictdb_db_import_csv`. What is wrong with a record is told with `path`, `line` (from 1)
 * and `index` (the number of the record from 0): `INVALID_JSON` and `NUMBER_RANGE` (`position`, in bytes from the start of the file),
 * `SCHEMA`, `DUPLICATE_KEY`, `INVALID_KEY`, `INVALID_UTF8`, `LIMIT`. And `INVALID_ARGUMENT`, `INVALID_HANDLE`, `UNSUPPORTED` (`db` is a
 * snapshot), `CANCELLED`, `TIMEOUT`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_db_import_jsonl(dictdb_db *db,
                                     const char *name,
                                     size_t name_len,
                                     const char *path,
                                     size_t path_len,
                                     const char *options,
                                     size_t options_len,
                                     dictdb_table **table,
                                     dictdb_job **job,
                                     dictdb_error **error);

/**
 * Writes rows of a table, or of a snapshot of one, to a CSV file (RFC 4180: UTF-8, lines end with CR LF).
 *
 * The rows are those of one instant, the one at which the call was made; no write waits for it. The file is replaced as
 * a whole, as by `dictdb_db_save`.
 *
 * Null and a missing field are an empty cell; a string is written as it is (`""` is an empty cell, too), a number as it is printed,
 * `true` and `false` so, arrays and objects as JSON. Cells with a delimiter, a quote or a line break are in quotes. With the
 * table's schema, `dictdb_db_import_csv` makes of it a table that has the same records, but for nulls in fields of type `str`.
 *
 * `path`: where; relative to the working directory of the process.
 * `spec`: NULL for all records, or a JSON object as for `dictdb_query_new`: which rows, in which order, with which
 * columns. Without `"columns"` the columns are the fields of the table's schema in their order; without a schema, all fields that
 * the rows have, in the order in which they first appear (then the rows are gone through twice).
 * `params`: NULL for none, or a JSON array: the first value is that of `?1`.
 * `options`: NULL, or a JSON object with these members, both optional:
 * `"delimiter"`: one ASCII character, neither a quote nor a line break; `","` by default;
 * `"header"`: false to leave out the line with the columns' names; true by default.
 * `job`: NULL to do it within this call. Otherwise it is done in a thread of the library's own, and `job` gets a handle to
 * that, to be freed with `dictdb_job_free`; NULL on failure. Its result has `records` (rows), `bytes` (of the file) and
 * `duration_us`, and it can fail as this function can.
 *
 * Status: `IO` (as for `dictdb_db_save`), as for `dictdb_query_new` and `dictdb_query_run`, `LIMIT` (4,096 columns),
 * `INVALID_ARGUMENT` (options, too), `CANCELLED`, `TIMEOUT`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
 */
dictdb_status dictdb_table_export_csv(const dictdb_table *table,
                                      const char *path,
                                      size_t path_len,
                                      const char *spec,
                                      size_t spec_len,
                                      const char *params,
                                      size_t params_len,
                                      const char *options,
                                      size_t options_len,
                                      dictdb_job **job,
                                      dictdb_error **error);

/**
 * Writes rows of a table, or of a snapshot of one, to a file of JSON Lines: each row as a JSON object on a line of its own.
 *
 * As `dictdb_table_export_csv`, but that rows are whole: nothing is lost, and `dictdb_db_import_jsonl` makes of it a table that
 * has the same records.
 *
 * `path`, `spec`, `params`, `job`: as for `dictdb_table_export_csv`.
 *
 * Status: as for `dictdb_table_export_csv`. Thread-safe.
 */
dictdb_status dictdb_table_export_jsonl(const dictdb_table *table,
                                        const char *path,
                                        size_t path_len,
                                        const char *spec,
                                        size_t spec_len,
                                        const char *params,
                                        size_t params_len,
                                        dictdb_job **job,
                                        dictdb_error **error);

/**
 * Sends log messages to a callback from now on, in place of the one before. One for the whole process.
 *
 * `level`: messages up to this level are sent; one of `DICTDB_LOG_…`.
 * `debug_sample`: of debug messages, one in so many is sent; 1 sends all.
 * `callback`: may be NULL, then nothing is sent any more and `context` and `destructor` are not used.
 * `context`: passed to the callback; may be NULL. The library never looks into it.
 * `destructor`: may be NULL; called with `context` when the callback was replaced and its last call has
 * ended. On failure it is not called: the context is still the caller's.
 *
 * Threads of the library (of jobs and backups) call it, too. A language whose runtime ends before the process does sets
 * NULL first and waits for the destructor.
 *
 * Status: `INVALID_ARGUMENT` (no such level, or a sample of 0), `FORKED`. Thread-safe; may be called from
 * the callback.
 */
dictdb_status dictdb_log_set(int32_t level,
                             uint32_t debug_sample,
                             dictdb_log_callback callback,
                             void *context,
                             dictdb_destructor destructor,
                             dictdb_error **error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* DICTDB_H */
