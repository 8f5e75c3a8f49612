//! The C face as its callers see it: handles by value, texts that end where their memory ends, one buffer for all results.
//!
//! Each call is held against what the header promises of all: an error object exactly when there is one to come, outputs that are
//! empty or whole, no defect that was caught, no memory that is lacking while inputs are small.

use dictdb::ffi::backup::*;
use dictdb::ffi::batch::*;
use dictdb::ffi::buffer::{dictdb_buffer, dictdb_buffer_free};
use dictdb::ffi::cursor::*;
use dictdb::ffi::db::*;
use dictdb::ffi::error::*;
use dictdb::ffi::exchange::*;
use dictdb::ffi::file::*;
use dictdb::ffi::index::*;
use dictdb::ffi::predicate::*;
use dictdb::ffi::predicate_text::*;
use dictdb::ffi::query::*;
use dictdb::ffi::snapshot::*;
use dictdb::ffi::status::*;
use dictdb::ffi::table::*;
use dictdb::ffi::table_text::*;
use dictdb::ffi::update::*;
use dictdb::ffi::watch::*;
use std::cell::RefCell;
use std::ffi::{c_char, CStr};
use std::ops::Deref;
use std::ptr::{null, null_mut};

pub use dictdb::ffi::status::{
    DICTDB_STATUS_CORRUPT as CORRUPT, DICTDB_STATUS_DUPLICATE_KEY as DUPLICATE_KEY,
    DICTDB_STATUS_DUPLICATE_TABLE as DUPLICATE_TABLE, DICTDB_STATUS_INDEX_EXISTS as INDEX_EXISTS,
    DICTDB_STATUS_INVALID_ARGUMENT as INVALID_ARGUMENT,
    DICTDB_STATUS_INVALID_HANDLE as INVALID_HANDLE, DICTDB_STATUS_INVALID_JSON as INVALID_JSON,
    DICTDB_STATUS_INVALID_KEY as INVALID_KEY, DICTDB_STATUS_INVALID_UTF8 as INVALID_UTF8,
    DICTDB_STATUS_LIMIT as LIMIT, DICTDB_STATUS_NUMBER_RANGE as NUMBER_RANGE,
    DICTDB_STATUS_PARSE as PARSE, DICTDB_STATUS_RECORD_NOT_FOUND as RECORD_NOT_FOUND,
    DICTDB_STATUS_SCHEMA as SCHEMA, DICTDB_STATUS_TABLE_NOT_FOUND as TABLE_NOT_FOUND,
    DICTDB_STATUS_TYPE_MISMATCH as TYPE_MISMATCH, DICTDB_STATUS_UNSUPPORTED as UNSUPPORTED,
};

/// What a failing call said.
#[derive(Debug, Clone)]
pub struct Failure {
    pub status: dictdb_status,
    pub message: String,
    pub detail: serde_json::Value,
}

impl Failure {
    /// A number of the detail.
    pub fn number(&self, member: &str) -> Option<u64> {
        self.detail.get(member)?.as_u64()
    }

    pub fn text(&self, member: &str) -> Option<&str> {
        self.detail.get(member)?.as_str()
    }

    /// The same failure; of a text, with a position in it.
    pub fn within(self, text: &[u8]) -> Failure {
        if matches!(self.status, INVALID_JSON | INVALID_UTF8 | PARSE) {
            let position = self.number("position");
            let is_within = position.is_some_and(|position| position <= text.len() as u64);
            assert!(is_within, "no position in the text: {self:?}");
        }
        self
    }
}

pub type Answer<T> = Result<T, Failure>;

/// A text in memory of its own, so that a read behind its end is seen.
struct Exact(Option<Box<[u8]>>);

impl Exact {
    fn new(text: &[u8]) -> Exact {
        Exact(Some(text.into()))
    }

    fn maybe(text: Option<&[u8]>) -> Exact {
        Exact(text.map(Into::into))
    }

    fn ptr(&self) -> *const c_char {
        self.0.as_ref().map_or(null(), |text| text.as_ptr().cast())
    }

    fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |text| text.len())
    }
}

fn owned(text: *const c_char) -> String {
    // SAFETY: the library's own strings end with a NUL.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str().expect("texts are UTF-8").to_owned()
}

fn call(run: impl FnOnce(*mut *mut dictdb_error) -> dictdb_status) -> Answer<()> {
    // Each call must set it.
    let unset = std::ptr::dangling_mut::<dictdb_error>();
    let mut error = unset;
    let status = run(&mut error);
    assert_ne!(error, unset, "the error was not set");
    if status == DICTDB_STATUS_OK {
        assert!(error.is_null(), "success with an error object");
        return Ok(());
    }
    let failure = match error.is_null() {
        true => {
            assert_eq!(
                status, RECORD_NOT_FOUND,
                "a failure without an error object"
            );
            Failure {
                status,
                message: String::new(),
                detail: serde_json::Value::Null,
            }
        }
        false => {
            assert_eq!(dictdb_error_status(error), status, "two statuses");
            let detail = owned(dictdb_error_detail(error));
            Failure {
                status,
                message: owned(dictdb_error_message(error)),
                detail: serde_json::from_str(&detail).expect("a detail is JSON"),
            }
        }
    };
    dictdb_error_free(error);
    let is_foul = matches!(
        status,
        DICTDB_STATUS_INTERNAL
            | DICTDB_STATUS_OUT_OF_MEMORY
            | DICTDB_STATUS_FORKED
            | DICTDB_STATUS_CANCELLED
            | DICTDB_STATUS_TIMEOUT
    );
    assert!(!is_foul, "{failure:?}");
    Err(failure)
}

struct Buffer(dictdb_buffer);

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: the library alone wrote it.
        unsafe { dictdb_buffer_free(&mut self.0) }
    }
}

thread_local! {
    /// Reused from call to call, as callers are told to.
    static BUFFER: RefCell<Buffer> = const {
        RefCell::new(Buffer(dictdb_buffer { data: null_mut(), len: 0, capacity: 0 }))
    };
}

fn text(
    run: impl FnOnce(*mut dictdb_buffer, *mut *mut dictdb_error) -> dictdb_status,
) -> Answer<String> {
    BUFFER.with_borrow_mut(|buffer| {
        let buffer = &mut buffer.0;
        let done = call(|error| run(buffer, error));
        if done.is_err() {
            // SAFETY: NULL or a text of the library's.
            let is_empty = buffer.data.is_null() || unsafe { *buffer.data } == 0;
            assert!(buffer.len == 0 && is_empty, "a failure with a result");
            return done.map(|()| String::new());
        }
        assert!(!buffer.data.is_null() && buffer.capacity > buffer.len);
        // SAFETY: the library says that so many bytes and a NUL are there.
        let bytes = unsafe { std::slice::from_raw_parts(buffer.data.cast::<u8>(), buffer.len + 1) };
        let (text, end) = bytes.split_at(buffer.len);
        assert_eq!(end, [0], "no NUL behind a result");
        Ok(std::str::from_utf8(text)
            .expect("a result is UTF-8")
            .to_owned())
    })
}

/// A number that a failing call must not touch.
const UNTOUCHED: u64 = 0x5555_aaaa_1234_5678;

fn number(run: impl FnOnce(*mut u64, *mut *mut dictdb_error) -> dictdb_status) -> Answer<u64> {
    let mut number = UNTOUCHED;
    let done = call(|error| run(&mut number, error));
    assert_eq!(
        number == UNTOUCHED,
        done.is_err(),
        "a number is set if there is one"
    );
    done.map(|()| number)
}

/// Rows, and how many there are.
fn rows(
    run: impl FnOnce(*mut dictdb_buffer, *mut u64, *mut *mut dictdb_error) -> dictdb_status,
) -> Answer<(String, u64)> {
    let mut count = UNTOUCHED;
    let text = text(|out, error| run(out, &mut count, error));
    assert_eq!(
        count == UNTOUCHED,
        text.is_err(),
        "a number is set if there is one"
    );
    text.map(|text| (text, count))
}

/// What a handle's type has: how it is freed, and its 64 bits.
pub trait Handle: Copy {
    fn free(self);
    fn bits(self) -> usize;
    /// A handle of these bits, whatever they are.
    fn of_bits(bits: usize) -> Self;
}

/// Frees its handle.
pub struct Own<H: Handle>(H);

impl<H: Handle> Drop for Own<H> {
    fn drop(&mut self) {
        self.0.free();
    }
}

impl<H: Handle> Deref for Own<H> {
    type Target = H;

    fn deref(&self) -> &H {
        &self.0
    }
}

macro_rules! handle {
    ($name:ident, $raw:ty, $free:ident) => {
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct $name(*mut $raw);

        impl Handle for $name {
            fn free(self) {
                $free(self.0);
            }

            fn bits(self) -> usize {
                self.0 as usize
            }

            fn of_bits(bits: usize) -> $name {
                $name(bits as *mut $raw)
            }
        }

        impl $name {
            /// What a call made; NULL if it failed.
            fn made(
                run: impl FnOnce(*mut *mut $raw, *mut *mut dictdb_error) -> dictdb_status,
            ) -> Answer<Own<$name>> {
                let mut handle = std::ptr::dangling_mut::<$raw>();
                let done = call(|error| run(&mut handle, error));
                assert_eq!(done.is_err(), handle.is_null(), "a failure makes no handle");
                done.map(|()| Own($name(handle)))
            }
        }
    };
}

handle!(Db, dictdb_db, dictdb_db_free);
handle!(Table, dictdb_table, dictdb_table_free);
handle!(Predicate, dictdb_predicate, dictdb_predicate_free);
handle!(Query, dictdb_query, dictdb_query_free);
handle!(Update, dictdb_update, dictdb_update_free);
handle!(Cursor, dictdb_cursor, dictdb_cursor_free);
handle!(Batch, dictdb_batch, dictdb_batch_free);
handle!(Backup, dictdb_backup, dictdb_backup_free);
handle!(Watch, dictdb_watch, dictdb_watch_free);

/// How `upsert` deals with a key that is taken.
pub use dictdb::ffi::table::{
    DICTDB_CONFLICT_ERROR as CONFLICT_ERROR, DICTDB_CONFLICT_IGNORE as CONFLICT_IGNORE,
    DICTDB_CONFLICT_UPDATE as CONFLICT_UPDATE,
};

// SAFETY of all calls below: `Exact` keeps texts readable for their lengths, outputs are those of `text`, `number` and `made`,
// and handles may be anything.

impl Db {
    pub fn new() -> Own<Db> {
        Db::made(|db, error| unsafe { dictdb_db_new(null(), 0, db, error) })
            .expect("a database is made")
    }

    pub fn create_table(self, name: &[u8], options: Option<&[u8]>) -> Answer<Own<Table>> {
        let (name, options) = (Exact::new(name), Exact::maybe(options));
        Table::made(|table, error| unsafe {
            dictdb_db_create_table(
                self.0,
                name.ptr(),
                name.len(),
                options.ptr(),
                options.len(),
                table,
                error,
            )
        })
    }

    pub fn get_table(self, name: &[u8]) -> Answer<Own<Table>> {
        let name = Exact::new(name);
        Table::made(|table, error| unsafe {
            dictdb_db_get_table(self.0, name.ptr(), name.len(), table, error)
        })
    }

    pub fn drop_table(self, name: &[u8]) -> Answer<()> {
        let name = Exact::new(name);
        call(|error| unsafe { dictdb_db_drop_table(self.0, name.ptr(), name.len(), error) })
    }

    pub fn list_tables(self) -> Answer<String> {
        text(|out, error| unsafe { dictdb_db_list_tables(self.0, out, error) })
    }

    pub fn snapshot(self) -> Answer<Own<Db>> {
        Db::made(|db, error| unsafe { dictdb_db_snapshot(self.0, db, error) })
    }

    pub fn copy(self) -> Answer<String> {
        text(|out, error| unsafe { dictdb_db_copy(self.0, out, error) })
    }

    pub fn watch(self) -> Answer<Own<Watch>> {
        Watch::made(|watch, error| unsafe { dictdb_db_watch(self.0, null(), 0, watch, error) })
    }

    pub fn batch(self, operations: &[u8]) -> Answer<String> {
        let operations = Exact::new(operations);
        text(|out, error| unsafe {
            dictdb_db_batch(self.0, operations.ptr(), operations.len(), out, error)
        })
    }

    pub fn save(self, path: &[u8], options: &[u8]) -> Answer<()> {
        let (path, options) = (Exact::new(path), Exact::new(options));
        call(|error| unsafe {
            dictdb_db_save(
                self.0,
                path.ptr(),
                path.len(),
                options.ptr(),
                options.len(),
                null_mut(),
                error,
            )
        })
    }

    pub fn load(path: &[u8]) -> Answer<Own<Db>> {
        let path = Exact::new(path);
        Db::made(|db, error| unsafe {
            dictdb_db_load(path.ptr(), path.len(), db, null_mut(), error)
        })
    }

    pub fn import_csv(self, name: &[u8], path: &[u8], options: &[u8]) -> Answer<Own<Table>> {
        let (name, path, options) = (Exact::new(name), Exact::new(path), Exact::new(options));
        Table::made(|table, error| unsafe {
            dictdb_db_import_csv(
                self.0,
                name.ptr(),
                name.len(),
                path.ptr(),
                path.len(),
                options.ptr(),
                options.len(),
                table,
                null_mut(),
                error,
            )
        })
    }

    pub fn import_jsonl(self, name: &[u8], path: &[u8], options: &[u8]) -> Answer<Own<Table>> {
        let (name, path, options) = (Exact::new(name), Exact::new(path), Exact::new(options));
        Table::made(|table, error| unsafe {
            dictdb_db_import_jsonl(
                self.0,
                name.ptr(),
                name.len(),
                path.ptr(),
                path.len(),
                options.ptr(),
                options.len(),
                table,
                null_mut(),
                error,
            )
        })
    }

    pub fn backup(self, directory: &[u8], options: &[u8]) -> Answer<Own<Backup>> {
        let (directory, options) = (Exact::new(directory), Exact::new(options));
        Backup::made(|backup, error| unsafe {
            dictdb_backup_new(
                self.0,
                directory.ptr(),
                directory.len(),
                options.ptr(),
                options.len(),
                None,
                null_mut(),
                None,
                backup,
                error,
            )
        })
    }

    pub fn restore(directory: &[u8], options: &[u8]) -> Answer<Own<Db>> {
        let (directory, options) = (Exact::new(directory), Exact::new(options));
        Db::made(|db, error| unsafe {
            dictdb_backup_restore(
                directory.ptr(),
                directory.len(),
                options.ptr(),
                options.len(),
                db,
                null_mut(),
                null_mut(),
                error,
            )
        })
    }

    pub fn verify(directory: &[u8]) -> Answer<String> {
        let directory = Exact::new(directory);
        text(|out, error| unsafe {
            dictdb_backup_verify(directory.ptr(), directory.len(), out, null_mut(), error)
        })
    }
}

impl Backup {
    pub fn full(self) -> Answer<String> {
        text(|out, error| unsafe { dictdb_backup_now(self.0, out, null_mut(), error) })
    }

    pub fn delta(self) -> Answer<String> {
        text(|out, error| unsafe { dictdb_backup_delta(self.0, out, null_mut(), error) })
    }
}

impl Table {
    pub fn insert(self, record: &[u8]) -> Answer<String> {
        let record = Exact::new(record);
        text(|key, error| unsafe {
            dictdb_table_insert(self.0, record.ptr(), record.len(), key, error)
        })
    }

    pub fn insert_many(self, records: &[u8]) -> Answer<String> {
        let records = Exact::new(records);
        text(|keys, error| unsafe {
            dictdb_table_insert_many(self.0, records.ptr(), records.len(), keys, error)
        })
    }

    /// What was done, and the key.
    pub fn upsert(self, record: &[u8], on_conflict: i32) -> Answer<(i32, String)> {
        let record = Exact::new(record);
        let mut outcome = -1;
        let key = text(|key, error| unsafe {
            dictdb_table_upsert(
                self.0,
                record.ptr(),
                record.len(),
                on_conflict,
                &mut outcome,
                key,
                error,
            )
        });
        assert_eq!(
            outcome == -1,
            key.is_err(),
            "an outcome is set if there is one"
        );
        Ok((outcome, key?))
    }

    pub fn get(self, key: &[u8]) -> Answer<String> {
        let key = Exact::new(key);
        text(|record, error| unsafe {
            dictdb_table_get(self.0, key.ptr(), key.len(), record, error)
        })
    }

    pub fn get_many(self, keys: &[u8]) -> Answer<String> {
        let keys = Exact::new(keys);
        text(|records, error| unsafe {
            dictdb_table_get_many(self.0, keys.ptr(), keys.len(), records, error)
        })
    }

    pub fn select(self, predicate: Option<Predicate>, options: &[u8]) -> Answer<(String, u64)> {
        let options = Exact::new(options);
        let predicate = predicate.map_or(null(), |predicate| predicate.0.cast_const());
        rows(|out, count, error| unsafe {
            dictdb_table_select(
                self.0,
                predicate,
                options.ptr(),
                options.len(),
                out,
                count,
                error,
            )
        })
    }

    pub fn count(self, predicate: Option<Predicate>) -> Answer<u64> {
        let predicate = predicate.map_or(null(), |predicate| predicate.0.cast_const());
        number(|count, error| unsafe { dictdb_table_count(self.0, predicate, count, error) })
    }

    pub fn update(self, predicate: Predicate, changes: &[u8]) -> Answer<u64> {
        let changes = Exact::new(changes);
        number(|count, error| unsafe {
            dictdb_table_update(
                self.0,
                predicate.0,
                changes.ptr(),
                changes.len(),
                count,
                error,
            )
        })
    }

    pub fn update_by_key(self, key: &[u8], changes: &[u8]) -> Answer<()> {
        let (key, changes) = (Exact::new(key), Exact::new(changes));
        call(|error| unsafe {
            dictdb_table_update_by_key(
                self.0,
                key.ptr(),
                key.len(),
                changes.ptr(),
                changes.len(),
                error,
            )
        })
    }

    pub fn delete(self, predicate: Predicate) -> Answer<u64> {
        number(|count, error| unsafe { dictdb_table_delete(self.0, predicate.0, count, error) })
    }

    pub fn delete_by_key(self, key: &[u8]) -> Answer<()> {
        let key = Exact::new(key);
        call(|error| unsafe { dictdb_table_delete_by_key(self.0, key.ptr(), key.len(), error) })
    }

    pub fn describe(self) -> Answer<String> {
        text(|out, error| unsafe { dictdb_table_describe(self.0, out, error) })
    }

    pub fn statistics(self) -> Answer<String> {
        text(|out, error| unsafe { dictdb_table_statistics(self.0, out, error) })
    }

    pub fn create_index(self, options: &[u8]) -> Answer<()> {
        let options = Exact::new(options);
        call(|error| unsafe {
            dictdb_table_create_index(self.0, options.ptr(), options.len(), error)
        })
    }

    pub fn drop_index(self, fields: &[u8]) -> Answer<()> {
        let fields = Exact::new(fields);
        call(|error| unsafe { dictdb_table_drop_index(self.0, fields.ptr(), fields.len(), error) })
    }

    pub fn query(self, spec: &[u8], params: Option<&[u8]>) -> Answer<(String, u64)> {
        let (spec, params) = (Exact::new(spec), Exact::maybe(params));
        rows(|out, count, error| unsafe {
            dictdb_table_query(
                self.0,
                spec.ptr(),
                spec.len(),
                params.ptr(),
                params.len(),
                out,
                count,
                error,
            )
        })
    }

    pub fn count_where(self, text: &[u8], params: Option<&[u8]>) -> Answer<u64> {
        let (text, params) = (Exact::new(text), Exact::maybe(params));
        number(|count, error| unsafe {
            dictdb_table_count_where(
                self.0,
                text.ptr(),
                text.len(),
                params.ptr(),
                params.len(),
                count,
                error,
            )
        })
    }

    pub fn update_where(self, text: &[u8], set: &[u8], params: Option<&[u8]>) -> Answer<u64> {
        let (text, set, params) = (Exact::new(text), Exact::new(set), Exact::maybe(params));
        number(|count, error| unsafe {
            dictdb_table_update_where(
                self.0,
                text.ptr(),
                text.len(),
                set.ptr(),
                set.len(),
                params.ptr(),
                params.len(),
                count,
                error,
            )
        })
    }

    pub fn delete_where(self, text: &[u8], params: Option<&[u8]>) -> Answer<u64> {
        let (text, params) = (Exact::new(text), Exact::maybe(params));
        number(|count, error| unsafe {
            dictdb_table_delete_where(
                self.0,
                text.ptr(),
                text.len(),
                params.ptr(),
                params.len(),
                count,
                error,
            )
        })
    }

    pub fn snapshot(self) -> Answer<Own<Table>> {
        Table::made(|table, error| unsafe { dictdb_table_snapshot(self.0, table, error) })
    }

    pub fn copy(self) -> Answer<String> {
        text(|out, error| unsafe { dictdb_table_copy(self.0, out, error) })
    }

    pub fn cursor(self, spec: &[u8], params: Option<&[u8]>) -> Answer<Own<Cursor>> {
        let (spec, params) = (Exact::new(spec), Exact::maybe(params));
        Cursor::made(|cursor, error| unsafe {
            dictdb_table_cursor(
                self.0,
                spec.ptr(),
                spec.len(),
                params.ptr(),
                params.len(),
                cursor,
                error,
            )
        })
    }

    pub fn export_jsonl(self, path: &[u8]) -> Answer<()> {
        let path = Exact::new(path);
        call(|error| unsafe {
            dictdb_table_export_jsonl(
                self.0,
                path.ptr(),
                path.len(),
                null(),
                0,
                null(),
                0,
                null_mut(),
                error,
            )
        })
    }

    pub fn export_csv(self, path: &[u8]) -> Answer<()> {
        let path = Exact::new(path);
        call(|error| unsafe {
            dictdb_table_export_csv(
                self.0,
                path.ptr(),
                path.len(),
                null(),
                0,
                null(),
                0,
                null(),
                0,
                null_mut(),
                error,
            )
        })
    }
}

impl Predicate {
    pub fn parse(text: &[u8]) -> Answer<Own<Predicate>> {
        let text = Exact::new(text);
        Predicate::made(|made, error| unsafe {
            dictdb_predicate_parse(text.ptr(), text.len(), made, error)
        })
    }

    pub fn print(self) -> Answer<String> {
        text(|out, error| unsafe { dictdb_predicate_print(self.0, out, error) })
    }

    pub fn bind(self, params: Option<&[u8]>) -> Answer<Own<Predicate>> {
        let params = Exact::maybe(params);
        Predicate::made(|made, error| unsafe {
            dictdb_predicate_bind(self.0, params.ptr(), params.len(), made, error)
        })
    }

    pub fn negated(self) -> Answer<Own<Predicate>> {
        Predicate::made(|made, error| unsafe { dictdb_predicate_not(self.0, made, error) })
    }
}

impl Query {
    pub fn new(predicate: Option<Predicate>, spec: Option<&[u8]>) -> Answer<Own<Query>> {
        let spec = Exact::maybe(spec);
        let predicate = predicate.map_or(null(), |predicate| predicate.0.cast_const());
        Query::made(|query, error| unsafe {
            dictdb_query_new(predicate, spec.ptr(), spec.len(), query, error)
        })
    }

    pub fn run(self, table: Table, params: Option<&[u8]>) -> Answer<(String, u64)> {
        let params = Exact::maybe(params);
        rows(|out, count, error| unsafe {
            dictdb_query_run(
                self.0,
                table.0,
                params.ptr(),
                params.len(),
                out,
                count,
                error,
            )
        })
    }

    pub fn count(self, table: Table, params: Option<&[u8]>) -> Answer<u64> {
        let params = Exact::maybe(params);
        number(|count, error| unsafe {
            dictdb_query_count(self.0, table.0, params.ptr(), params.len(), count, error)
        })
    }

    pub fn delete(self, table: Table, params: Option<&[u8]>) -> Answer<u64> {
        let params = Exact::maybe(params);
        number(|count, error| unsafe {
            dictdb_query_delete(self.0, table.0, params.ptr(), params.len(), count, error)
        })
    }

    pub fn explain(self, table: Table, params: Option<&[u8]>) -> Answer<String> {
        let params = Exact::maybe(params);
        text(|out, error| unsafe {
            dictdb_query_explain(self.0, table.0, params.ptr(), params.len(), out, error)
        })
    }

    pub fn cursor(self, table: Table, params: Option<&[u8]>) -> Answer<Own<Cursor>> {
        let params = Exact::maybe(params);
        Cursor::made(|cursor, error| unsafe {
            dictdb_query_cursor(self.0, table.0, params.ptr(), params.len(), cursor, error)
        })
    }
}

impl Update {
    pub fn new(
        predicate: Option<Predicate>,
        text: Option<&[u8]>,
        set: &[u8],
    ) -> Answer<Own<Update>> {
        let (text, set) = (Exact::maybe(text), Exact::new(set));
        let predicate = predicate.map_or(null(), |predicate| predicate.0.cast_const());
        Update::made(|update, error| unsafe {
            dictdb_update_new(
                predicate,
                text.ptr(),
                text.len(),
                set.ptr(),
                set.len(),
                update,
                error,
            )
        })
    }

    pub fn run(self, table: Table, params: Option<&[u8]>) -> Answer<u64> {
        let params = Exact::maybe(params);
        number(|count, error| unsafe {
            dictdb_update_run(self.0, table.0, params.ptr(), params.len(), count, error)
        })
    }
}

impl Cursor {
    /// The row that is lent, copied.
    pub fn next(self) -> Answer<String> {
        let (mut row, mut len) = (std::ptr::dangling(), 1);
        let done = call(|error| unsafe { dictdb_cursor_next(self.0, &mut row, &mut len, error) });
        assert_eq!(
            done.is_err(),
            row.is_null() && len == 0,
            "a row is lent if there is one"
        );
        done?;
        // SAFETY: the library lends so many bytes.
        let row = unsafe { std::slice::from_raw_parts(row.cast::<u8>(), len) };
        Ok(std::str::from_utf8(row).expect("a row is UTF-8").to_owned())
    }

    pub fn next_batch(self, max_rows: u64, max_bytes: usize, form: i32) -> Answer<(String, u64)> {
        rows(|out, count, error| unsafe {
            dictdb_cursor_next_batch(self.0, max_rows, max_bytes, form, out, count, error)
        })
    }
}

impl Batch {
    pub fn new() -> Own<Batch> {
        Batch::made(|batch, error| unsafe { dictdb_batch_new(batch, error) })
            .expect("a batch is made")
    }

    pub fn insert(self, table: Table, record: &[u8]) -> Answer<()> {
        let record = Exact::new(record);
        call(|error| unsafe {
            dictdb_batch_insert(self.0, table.0, record.ptr(), record.len(), error)
        })
    }

    pub fn insert_many(self, table: Table, records: &[u8]) -> Answer<()> {
        let records = Exact::new(records);
        call(|error| unsafe {
            dictdb_batch_insert_many(self.0, table.0, records.ptr(), records.len(), error)
        })
    }

    pub fn upsert(self, table: Table, record: &[u8], on_conflict: i32) -> Answer<()> {
        let record = Exact::new(record);
        call(|error| unsafe {
            dictdb_batch_upsert(
                self.0,
                table.0,
                record.ptr(),
                record.len(),
                on_conflict,
                error,
            )
        })
    }

    pub fn update_by_key(self, table: Table, key: &[u8], changes: &[u8]) -> Answer<()> {
        let (key, changes) = (Exact::new(key), Exact::new(changes));
        call(|error| unsafe {
            dictdb_batch_update_by_key(
                self.0,
                table.0,
                key.ptr(),
                key.len(),
                changes.ptr(),
                changes.len(),
                error,
            )
        })
    }

    pub fn update(self, table: Table, update: Update, params: Option<&[u8]>) -> Answer<()> {
        let params = Exact::maybe(params);
        call(|error| unsafe {
            dictdb_batch_update(self.0, table.0, update.0, params.ptr(), params.len(), error)
        })
    }

    pub fn update_where(
        self,
        table: Table,
        text: &[u8],
        set: &[u8],
        params: Option<&[u8]>,
    ) -> Answer<()> {
        let (text, set, params) = (Exact::new(text), Exact::new(set), Exact::maybe(params));
        call(|error| unsafe {
            dictdb_batch_update_where(
                self.0,
                table.0,
                text.ptr(),
                text.len(),
                set.ptr(),
                set.len(),
                params.ptr(),
                params.len(),
                error,
            )
        })
    }

    pub fn delete_by_key(self, table: Table, key: &[u8]) -> Answer<()> {
        let key = Exact::new(key);
        call(|error| unsafe {
            dictdb_batch_delete_by_key(self.0, table.0, key.ptr(), key.len(), error)
        })
    }

    pub fn delete_where(self, table: Table, text: &[u8], params: Option<&[u8]>) -> Answer<()> {
        let (text, params) = (Exact::new(text), Exact::maybe(params));
        call(|error| unsafe {
            dictdb_batch_delete_where(
                self.0,
                table.0,
                text.ptr(),
                text.len(),
                params.ptr(),
                params.len(),
                error,
            )
        })
    }

    pub fn commit(self) -> Answer<String> {
        text(|out, error| unsafe { dictdb_batch_commit(self.0, out, error) })
    }

    pub fn clear(self) -> Answer<()> {
        call(|error| unsafe { dictdb_batch_clear(self.0, error) })
    }
}

impl Watch {
    /// The changes after a number, and the number of the last.
    pub fn poll(self, since: u64) -> Answer<(String, u64)> {
        rows(|out, last, error| unsafe { dictdb_watch_poll(self.0, since, 0, 0, out, last, error) })
    }
}
