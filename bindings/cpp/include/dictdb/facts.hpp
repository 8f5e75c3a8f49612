// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the library tells as JSON, as structs. Functions that give them also give the text: `statistics<buffer>()`.
#ifndef DICTDB_FACTS_HPP
#define DICTDB_FACTS_HPP

#include <dictdb/json.hpp>
#include <dictdb/key.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace dictdb {

/// An index of a table, and the options of `table::create_index`.
struct index_definition {
    std::vector<std::string> fields; ///< Its fields, 1 to 16 paths; they are its name.
    std::string kind = "hash";       ///< `"hash"` or `"sorted"`.
    bool unique = false;             ///< Whether no two records may have equal values.
};
constexpr auto dictdb_fields(const index_definition*) {
    return std::make_tuple(member("fields", &index_definition::fields), member("kind", &index_definition::kind), member("unique", &index_definition::unique));
}

/// What a table is: see `dictdb_table_describe`.
struct table_description {
    std::string name;
    std::string primary_key;          ///< Name of the key field.
    std::uint64_t count = 0;          ///< Records.
    std::vector<std::string> columns; ///< The schema's fields; without a schema those of all records, sorted.
    std::optional<raw_json> schema;   ///< As it was given, with the key field; empty without.
    std::vector<index_definition> indexes;       ///< In the order in which they were made.
};
constexpr auto dictdb_fields(const table_description*) {
    using d = table_description;
    return std::make_tuple(member("name", &d::name), member("primary_key", &d::primary_key), member("count", &d::count),
                           member("columns", &d::columns), member("schema", &d::schema), member("indexes", &d::indexes));
}

/// What a table costs and what it did; numbers of records, or bytes where the name says so: see `dictdb_table_statistics`.
/// Snapshots do not have the last five, which are 0 then.
struct table_statistics {
    std::uint64_t records = 0;
    std::uint64_t live_bytes = 0;
    std::uint64_t dead_bytes = 0;
    std::uint64_t segments = 0;
    std::uint64_t segment_bytes = 0;
    std::uint64_t directory_bytes = 0;
    std::uint64_t key_map_bytes = 0;
    std::uint64_t indexes = 0;
    std::uint64_t index_bytes = 0;
    std::uint64_t shapes = 0;
    std::uint64_t bytes = 0;
    std::uint64_t inserted = 0;
    std::uint64_t updated = 0;
    std::uint64_t deleted = 0;
    std::uint64_t segments_reclaimed = 0;
    std::uint64_t columns = 0;
    std::uint64_t column_bytes = 0;
    std::uint64_t lock_waits = 0;
    std::uint64_t snapshots = 0;
    std::uint64_t snapshot_bytes = 0;
};
constexpr auto dictdb_fields(const table_statistics*) {
    using s = table_statistics;
    return std::make_tuple(
        member("records", &s::records), member("live_bytes", &s::live_bytes), member("dead_bytes", &s::dead_bytes),
        member("segments", &s::segments), member("segment_bytes", &s::segment_bytes), member("directory_bytes", &s::directory_bytes),
        member("key_map_bytes", &s::key_map_bytes), member("indexes", &s::indexes), member("index_bytes", &s::index_bytes),
        member("shapes", &s::shapes), member("bytes", &s::bytes), member("inserted", &s::inserted), member("updated", &s::updated),
        member("deleted", &s::deleted), member("segments_reclaimed", &s::segments_reclaimed), member("columns", &s::columns),
        member("column_bytes", &s::column_bytes), member("lock_waits", &s::lock_waits), member("snapshots", &s::snapshots),
        member("snapshot_bytes", &s::snapshot_bytes));
}

/// One change that a watch tells: see `dictdb_watch_poll`.
struct change {
    std::uint64_t sequence = 0;     ///< Ascends by one from change to change.
    std::uint64_t commit = 0;       ///< The sequence number of the first change of the same call or batch.
    std::string table;              ///< Name of the table.
    std::string operation;          ///< `"insert"`, `"update"`, `"delete"`, `"create"` or `"drop"`.
    std::optional<dictdb::key> key; ///< The record's key, after the change; empty of `create` and `drop`.
    std::optional<dictdb::key> old_key; ///< There if the change gave the record another key.
    std::optional<raw_json> record; ///< The whole record, after the change; a delete has none.
};
constexpr auto dictdb_fields(const change*) {
    return std::make_tuple(member("sequence", &change::sequence), member("commit", &change::commit), member("table", &change::table),
                           member("operation", &change::operation), member("key", &change::key),
                           member("old_key", &change::old_key), member("record", &change::record));
}

/// What one operation of a batch did; each has what its kind of operation gives.
struct batch_result {
    std::optional<dictdb::key> key;    ///< Of an insert or upsert.
    std::vector<dictdb::key> keys;     ///< Of an insert of many.
    std::string outcome;               ///< Of an upsert: `"inserted"`, `"updated"` or `"ignored"`.
    std::optional<std::uint64_t> count; ///< Records changed or deleted.
};
constexpr auto dictdb_fields(const batch_result*) {
    using r = batch_result;
    return std::make_tuple(member("key", &r::key), member("keys", &r::keys), member("outcome", &r::outcome), member("count", &r::count));
}

/// What was read from a file, or written to one.
struct file_facts {
    std::uint64_t records = 0;     ///< Records, or rows.
    std::uint64_t bytes = 0;       ///< Of the file.
    std::uint64_t duration_us = 0; ///< Microseconds.
};
constexpr auto dictdb_fields(const file_facts*) {
    using f = file_facts;
    return std::make_tuple(member("records", &f::records), member("bytes", &f::bytes), member("duration_us", &f::duration_us));
}

/// A backup that was made.
struct backup_facts {
    std::optional<std::string> file; ///< Its name; empty if nothing has changed since the last one: then none was made.
    std::optional<std::string> type; ///< `"full"` or `"delta"`; empty if none was made.
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;
    std::uint64_t duration_us = 0; ///< Microseconds.
};
constexpr auto dictdb_fields(const backup_facts*) {
    using f = backup_facts;
    return std::make_tuple(member("file", &f::file), member("type", &f::type), member("records", &f::records),
                           member("bytes", &f::bytes), member("duration_us", &f::duration_us));
}

/// What a handle for backups has done: see `dictdb_backup_statistics`.
struct backup_statistics {
    bool is_running = false; ///< Whether it makes backups by itself.
    std::uint64_t full = 0;
    std::uint64_t delta = 0;
    std::uint64_t unchanged = 0; ///< Backups that were not made as nothing had changed.
    std::uint64_t failures = 0;
    std::uint64_t consecutive_failures = 0;
    std::optional<std::uint64_t> deltas_since_full; ///< Empty while a backup is being made.
    std::uint64_t records = 0;                      ///< Of all files, as are the bytes.
    std::uint64_t bytes = 0;
    std::optional<std::string> last_file; ///< What is told of the last file is empty if there is none.
    std::optional<double> last_time;      ///< Seconds since 1970.
    std::optional<std::uint64_t> last_records;
    std::optional<std::uint64_t> last_bytes;
    std::optional<std::uint64_t> last_duration_us; ///< Microseconds.
    std::optional<raw_json> last_error;            ///< What was wrong with the last backup; empty if it was made.
};
constexpr auto dictdb_fields(const backup_statistics*) {
    using s = backup_statistics;
    return std::make_tuple(member("is_running", &s::is_running), member("full", &s::full), member("delta", &s::delta),
                           member("unchanged", &s::unchanged), member("failures", &s::failures),
                           member("consecutive_failures", &s::consecutive_failures),
                           member("deltas_since_full", &s::deltas_since_full), member("records", &s::records),
                           member("bytes", &s::bytes), member("last_file", &s::last_file), member("last_time", &s::last_time),
                           member("last_records", &s::last_records), member("last_bytes", &s::last_bytes),
                           member("last_duration_us", &s::last_duration_us), member("last_error", &s::last_error));
}

/// A file that a restore passed over.
struct skipped_backup {
    std::string file;
    raw_json error; ///< What is wrong with it.
};
constexpr auto dictdb_fields(const skipped_backup*) {
    return std::make_tuple(member("file", &skipped_backup::file), member("error", &skipped_backup::error));
}

/// What a restore has read.
struct restore_facts {
    std::string file;                    ///< The newest file that went in.
    double time = 0;                     ///< Of its state, in seconds since 1970.
    std::vector<std::string> files;      ///< All that went in.
    std::vector<skipped_backup> skipped; ///< What was passed over, if that was allowed.
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;
    std::uint64_t duration_us = 0; ///< Microseconds.
};
constexpr auto dictdb_fields(const restore_facts*) {
    using f = restore_facts;
    return std::make_tuple(member("file", &f::file), member("time", &f::time), member("files", &f::files),
                           member("skipped", &f::skipped), member("records", &f::records), member("bytes", &f::bytes),
                           member("duration_us", &f::duration_us));
}

/// A file that a verification has read.
struct verified_backup {
    std::string file;
    std::string type; ///< `"full"` or `"delta"`.
    double time = 0;  ///< Of its state, in seconds since 1970.
    std::uint64_t bytes = 0;
    std::optional<raw_json> error; ///< What is wrong with it; empty if it is sound.
};
constexpr auto dictdb_fields(const verified_backup*) {
    using v = verified_backup;
    return std::make_tuple(member("file", &v::file), member("type", &v::type), member("time", &v::time), member("bytes", &v::bytes),
                           member("error", &v::error));
}

/// What a verification of a directory has found.
struct verify_facts {
    bool is_sound = false;
    std::optional<std::string> newest; ///< The newest file that could be restored.
    std::vector<verified_backup> files; ///< From the oldest on.
};
constexpr auto dictdb_fields(const verify_facts*) {
    using f = verify_facts;
    return std::make_tuple(member("is_sound", &f::is_sound), member("newest", &f::newest), member("files", &f::files));
}

} // namespace dictdb

#endif
