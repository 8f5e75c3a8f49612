// SPDX-License-Identifier: Apache-2.0
/// @file
/// The codes of dictdb.h as C++ enumerations, and what the loaded library tells of itself.
#ifndef DICTDB_STATUS_HPP
#define DICTDB_STATUS_HPP

#include <dictdb.h>

#include <cstdint>
#include <ostream>
#include <string_view>

namespace dictdb {

/// What a call answers. Values are those of `DICTDB_STATUS_…` in dictdb.h, which says what each means; a program
/// must accept values that it does not know.
enum class status : std::int32_t {
    ok = DICTDB_STATUS_OK,
    record_not_found = DICTDB_STATUS_RECORD_NOT_FOUND,
    table_not_found = DICTDB_STATUS_TABLE_NOT_FOUND,
    duplicate_key = DICTDB_STATUS_DUPLICATE_KEY,
    duplicate_table = DICTDB_STATUS_DUPLICATE_TABLE,
    schema = DICTDB_STATUS_SCHEMA,
    invalid_json = DICTDB_STATUS_INVALID_JSON,
    invalid_utf8 = DICTDB_STATUS_INVALID_UTF8,
    invalid_key = DICTDB_STATUS_INVALID_KEY,
    invalid_argument = DICTDB_STATUS_INVALID_ARGUMENT,
    invalid_handle = DICTDB_STATUS_INVALID_HANDLE,
    number_range = DICTDB_STATUS_NUMBER_RANGE,
    type_mismatch = DICTDB_STATUS_TYPE_MISMATCH,
    parse = DICTDB_STATUS_PARSE,
    limit = DICTDB_STATUS_LIMIT,
    index_exists = DICTDB_STATUS_INDEX_EXISTS,
    io = DICTDB_STATUS_IO,
    corrupt = DICTDB_STATUS_CORRUPT,
    unsupported = DICTDB_STATUS_UNSUPPORTED,
    cancelled = DICTDB_STATUS_CANCELLED,
    timeout = DICTDB_STATUS_TIMEOUT,
    conflict = DICTDB_STATUS_CONFLICT,
    unavailable = DICTDB_STATUS_UNAVAILABLE,
    out_of_memory = DICTDB_STATUS_OUT_OF_MEMORY,
    forked = DICTDB_STATUS_FORKED,
    internal = DICTDB_STATUS_INTERNAL,
};

/// What `table::upsert` does with a record whose key is taken.
enum class on_conflict : std::int32_t {
    update = DICTDB_CONFLICT_UPDATE, ///< Merge the given fields into the record that has the key.
    ignore = DICTDB_CONFLICT_IGNORE, ///< Leave the record that has the key as it is.
    error = DICTDB_CONFLICT_ERROR,   ///< Fail with `status::duplicate_key`.
};

/// What `table::upsert` did.
enum class upsert_outcome : std::int32_t {
    inserted = DICTDB_UPSERT_INSERTED, ///< The key was free.
    updated = DICTDB_UPSERT_UPDATED,   ///< The record that had the key was changed.
    ignored = DICTDB_UPSERT_IGNORED,   ///< The key was taken; nothing was done.
};

/// How `cursor::next_batch` writes rows.
enum class rows_form : std::int32_t {
    array = DICTDB_ROWS_ARRAY, ///< A JSON array.
    lines = DICTDB_ROWS_LINES, ///< Each row followed by a newline.
};

/// How much is logged: messages up to the level, errors being the first.
enum class log_level : std::int32_t {
    error = DICTDB_LOG_ERROR, ///< A defect of the library was caught.
    warn = DICTDB_LOG_WARN,   ///< Something that a person should look at.
    info = DICTDB_LOG_INFO,   ///< Rare events: tables and indexes come and go, files are written and read.
    debug = DICTDB_LOG_DEBUG, ///< Frequent events: each write.
};

/// The name of a status, as in `"RECORD_NOT_FOUND"`; `"UNKNOWN"` of a value that is none. Lives as long as the process.
[[nodiscard]] inline std::string_view name(status code) noexcept {
    return dictdb_status_name(static_cast<dictdb_status>(code));
}

/// What a status means, in one line of English. Lives as long as the process.
[[nodiscard]] inline std::string_view message(status code) noexcept {
    return dictdb_status_message(static_cast<dictdb_status>(code));
}

/// Writes the name of a status.
inline std::ostream& operator<<(std::ostream& out, status code) {
    return out << name(code);
}

/// Version of the library that is loaded: `"0.1.0"`. Compare with `DICTDB_VERSION`, the header's.
[[nodiscard]] inline std::string_view library_version() noexcept {
    return dictdb_version();
}

/// Whether the library that is loaded has the binary interface that this program was compiled for.
[[nodiscard]] inline bool is_abi_compatible() noexcept {
    return dictdb_abi_version() == DICTDB_ABI_VERSION;
}

/// Whether the library that is loaded has a feature, such as `"watch"`: dictdb.h lists them.
[[nodiscard]] inline bool has_feature(std::string_view feature) noexcept {
    return dictdb_has_feature(feature.data(), feature.size()) != 0;
}

/// Bytes of memory that the library uses in this process, all databases together.
[[nodiscard]] inline std::uint64_t memory_used() noexcept {
    return dictdb_memory_used();
}

/// Limits that memory; 0 is no limit. What would store something beyond it is `status::out_of_memory`, and has changed nothing; what
/// frees memory works: dictdb.h tells it in full. Returns the limit that there was before, or 0.
inline std::uint64_t limit_memory(std::uint64_t bytes) noexcept {
    return dictdb_memory_limit(bytes);
}

} // namespace dictdb

#endif
