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
