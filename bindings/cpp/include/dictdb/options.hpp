// SPDX-License-Identifier: Apache-2.0
/// @file
/// Options of rare calls, as structs. Where one is taken, JSON text or any value that is such JSON is taken, too.
#ifndef DICTDB_OPTIONS_HPP
#define DICTDB_OPTIONS_HPP

#include <dictdb/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

namespace dictdb {

/// Of `database::create_table` and `database::import_jsonl`.
struct table_options {
    std::optional<std::string> primary_key; ///< Name of the key field; `"id"` by default.
    /// An object from field to type: `object("name", "str", "age", object("type", "int", "nullable", true))`. Without it the
    /// table takes any fields. dictdb.h says under "Schema" what there is.
    std::optional<raw_json> schema;
};
constexpr auto dictdb_fields(const table_options*) {
    return std::make_tuple(member("primary_key", &table_options::primary_key), member("schema", &table_options::schema));
}

/// Of `table_view::export_csv`.
struct csv_format {
    std::string delimiter = ","; ///< One ASCII character, neither a quote nor a line break.
    bool header = true;          ///< Whether the first line names the columns.
};
constexpr auto dictdb_fields(const csv_format*) {
    return std::make_tuple(member("delimiter", &csv_format::delimiter), member("header", &csv_format::header));
}

/// Of `database::import_csv`.
struct csv_import_options {
    std::string delimiter = ",";    ///< One ASCII character, neither a quote nor a line break.
    bool header = true;             ///< Whether the first line names the columns; else they are `col_0`, `col_1` and so on.
    std::optional<raw_json> schema; ///< As of `table_options`; cells are read as the types of their fields.
    bool infer_types = true;        ///< Without a schema: whether a column is int or float if all its cells are; else all are strings.
    std::optional<std::string> primary_key; ///< Name of the key field; `"id"` by default.
};
constexpr auto dictdb_fields(const csv_import_options*) {
    using o = csv_import_options;
    return std::make_tuple(member("delimiter", &o::delimiter), member("header", &o::header), member("schema", &o::schema),
                           member("infer_types", &o::infer_types), member("primary_key", &o::primary_key));
}

/// Of `table::watch`, `database::watch` and what is made of them. When there is more than the limits, the oldest changes go.
struct watch_options {
    std::uint64_t max_changes = 65536;          ///< Changes that are kept at most, 1 to 16,777,216.
    std::uint64_t max_bytes = 64 * 1024 * 1024; ///< Bytes of them that are kept at most.
    bool records = true;                        ///< Whether a change tells the record, or only its key.
};
constexpr auto dictdb_fields(const watch_options*) {
    using o = watch_options;
    return std::make_tuple(member("max_changes", &o::max_changes), member("max_bytes", &o::max_bytes), member("records", &o::records));
}

/// How a database is written to a file. Which it is, is seen from the file when it is read.
enum class file_format : unsigned char {
    json,   ///< The Python library DictDB reads and writes it, and every editor.
    dictdb, ///< Has checksums, and is faster to load.
};
inline void dictdb_to_json(std::string& out, file_format format) {
    out += format == file_format::json ? "\"json\"" : "\"dictdb\"";
}

/// Of a `backup`.
struct backup_options {
    std::uint64_t interval_ms = 300000; ///< Between backups after `start`; 0: only when a change is told.
    std::uint64_t min_interval_ms = 5000; ///< Between the last backup and one that is made because of `notify_change`.
    bool incremental = false;           ///< Whether backups are deltas, if something has changed, or full ones.
    std::uint64_t max_deltas = 10;      ///< Deltas before the next full backup.
    std::optional<std::uint64_t> keep;  ///< How many full backups are kept, with their deltas; empty: all.
    file_format format = file_format::json; ///< Of full backups.
};
constexpr auto dictdb_fields(const backup_options*) {
    using o = backup_options;
    return std::make_tuple(member("interval_ms", &o::interval_ms), member("min_interval_ms", &o::min_interval_ms),
                           member("incremental", &o::incremental), member("max_deltas", &o::max_deltas), member("keep", &o::keep),
                           member("format", &o::format));
}

/// Of `restore_backup`.
struct restore_options {
    std::optional<double> until; ///< Seconds since 1970: no later state; empty: the newest one.
    bool partial = false; ///< If files are missing or damaged: the newest state that can be had, in place of a failure.
};
constexpr auto dictdb_fields(const restore_options*) {
    return std::make_tuple(member("until", &restore_options::until), member("partial", &restore_options::partial));
}

} // namespace dictdb

#endif
