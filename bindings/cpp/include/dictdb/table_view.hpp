// SPDX-License-Identifier: Apache-2.0
/// @file
/// `table_view`: reading, which tables and snapshots have in common; `table_snapshot`.
#ifndef DICTDB_TABLE_VIEW_HPP
#define DICTDB_TABLE_VIEW_HPP

#include <dictdb/buffer.hpp>
#include <dictdb/cancel.hpp>
#include <dictdb/cursor.hpp>
#include <dictdb/facts.hpp>
#include <dictdb/handle.hpp>
#include <dictdb/job.hpp>
#include <dictdb/key.hpp>
#include <dictdb/options.hpp>
#include <dictdb/predicate.hpp>
#include <dictdb/selection.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace dictdb {

class table_snapshot;

/// Asks for all records, where a query is expected.
inline constexpr std::nullptr_t everything = nullptr;

/// Reads of a table or of a snapshot of one. Each is atomic and sees one instant; writers do not wait for it.
///
/// A `query` argument is a `selection`, or the JSON text of a query, or any value that is one as JSON (`to_json`), or
/// `everything`. Any function fails with `table_not_found` if the table was dropped, with `cancelled` and `timeout` if the
/// handle has limits, with `out_of_memory`, `invalid_handle` (closed or moved from) and `forked`; others are told at each.
class table_view : public handle<dictdb_table, dictdb_table_free> {
public:
    /// Reads one record by its key; empty if there is none. No allocation if `into` was used before. Fails with `invalid_key`.
    std::optional<std::string_view> get(const key_view& k, buffer& into) const { return try_get(k, into).value(); }
    result<std::optional<std::string_view>> try_get(const key_view& k, buffer& into) const noexcept {
        if (k.is_integer())
            return detail::fill_if_found(into, [&](dictdb_buffer* text, dictdb_error** why) {
                return dictdb_table_get_int(raw(), k.integer(), text, why);
            });
        return detail::attempt([&] {
            const key_text json(k);
            return detail::fill_if_found(into, [&](dictdb_buffer* text, dictdb_error** why) {
                return dictdb_table_get(raw(), json.data(), json.size(), text, why);
            });
        });
    }
    /// Reads one record as a `Record`: any type that `from_json` reads, or a `buffer` for the text.
    template <class Record = buffer>
    [[nodiscard]] std::optional<Record> get(const key_view& k) const {
        return try_get<Record>(k).value();
    }
    template <class Record = buffer>
    result<std::optional<Record>> try_get(const key_view& k) const noexcept {
        return detail::attempt([&]() -> result<std::optional<Record>> {
            buffer text;
            auto found = try_get(k, text);
            if (!found)
                return std::move(found).error();
            std::optional<Record> record;
            if (*found) {
                if constexpr (std::is_same_v<Record, buffer>)
                    record = std::move(text);
                else
                    from_json(**found, record.emplace());
            }
            return record;
        });
    }

    /// Reads many records by their keys (a range of keys, or a JSON array): a JSON array as long as `keys`, each record in its
    /// key's place, null where there is none. Fails with `invalid_key`, `invalid_json`.
    template <class Keys>
    std::string_view get_many(const Keys& keys, buffer& into) const {
        return try_get_many(keys, into).value();
    }
    template <class Keys>
    result<std::string_view> try_get_many(const Keys& keys, buffer& into) const noexcept {
        return detail::attempt([&] {
            const detail::document<Keys> json(keys);
            return detail::fill(into, [&](dictdb_buffer* text, dictdb_error** why) {
                return dictdb_table_get_many(raw(), json.data(), json.size(), text, why);
            });
        });
    }
    template <class Keys>
    [[nodiscard]] buffer get_many(const Keys& keys) const {
        return try_get_many(keys).value();
    }
    template <class Keys>
    result<buffer> try_get_many(const Keys& keys) const noexcept {
        return detail::into_new([&](buffer& into) { return try_get_many(keys, into); });
    }

    /// Runs a query once and gives its rows. Fails with `parse` (the detail has `position`, `found`, `expected`),
    /// `invalid_argument` (an unknown member, or values that do not go with the parameters), `type_mismatch` and
    /// `number_range` (a sum), `limit`, `invalid_json`.
    template <class Query>
    std::string_view query(const Query& query, const params& values, rows& into) const {
        return try_query(query, values, into).value();
    }
    template <class Query>
    result<std::string_view> try_query(const Query& query, const params& values, rows& into) const noexcept {
        return detail::attempt([&] {
            const detail::document<Query> spec(query);
            return detail::fill_rows(into, [&](dictdb_buffer* text, std::uint64_t* count, dictdb_error** why) {
                return dictdb_table_query(raw(), spec.data(), spec.size(), values.data(), values.size(), text, count, why);
            });
        });
    }
    template <class Query>
    [[nodiscard]] rows query(const Query& query, const params& values = {}) const {
        return try_query(query, values).value();
    }
    template <class Query>
    result<rows> try_query(const Query& query, const params& values = {}) const noexcept {
        return detail::into_new<rows>([&](rows& into) { return try_query(query, values, into); });
    }

    /// Gives the records that a compiled predicate matches. `options` is a `selection` without where, groups and aggregates, or
    /// such JSON. Fails with `invalid_argument`, `parse`, `limit`, `invalid_json`.
    template <class Options = std::nullptr_t>
    [[nodiscard]] rows select(const predicate& which, const Options& options = {}) const {
        return try_select(which, options).value();
    }
    template <class Options = std::nullptr_t>
    result<rows> try_select(const predicate& which, const Options& options = {}) const noexcept {
        return detail::into_new<rows>([&](rows& into) { return try_select(which, options, into); });
    }
    template <class Options>
    std::string_view select(const predicate& which, const Options& options, rows& into) const {
        return try_select(which, options, into).value();
    }
    template <class Options>
    result<std::string_view> try_select(const predicate& which, const Options& options, rows& into) const noexcept {
        return detail::attempt([&] {
            const detail::document<Options> json(options);
            return detail::fill_rows(into, [&](dictdb_buffer* text, std::uint64_t* count, dictdb_error** why) {
                return dictdb_table_select(raw(), which.raw(), json.data(), json.size(), text, count, why);
            });
        });
    }

    /// Opens a cursor over the rows of a query, on the table as it is at this instant. Fails as `query`.
    template <class Query = std::nullptr_t>
    [[nodiscard]] dictdb::cursor cursor(const Query& query = {}, const params& values = {}) const {
        return try_cursor(query, values).value();
    }
    template <class Query = std::nullptr_t>
    result<dictdb::cursor> try_cursor(const Query& query = {}, const params& values = {}) const noexcept {
        return detail::attempt([&] {
            const detail::document<Query> spec(query);
            return detail::adopt<dictdb::cursor, dictdb_cursor>([&](dictdb_cursor** made, dictdb_error** why) {
                return dictdb_table_cursor(raw(), spec.data(), spec.size(), values.data(), values.size(), made, why);
            });
        });
    }

    /// Counts all records.
    [[nodiscard]] std::uint64_t count() const { return try_count().value(); }
    result<std::uint64_t> try_count() const noexcept {
        return detail::obtain<std::uint64_t>(
            [&](std::uint64_t* count, dictdb_error** why) { return dictdb_table_count(raw(), nullptr, count, why); });
    }
    /// Counts the records that match. Fails with `parse`, `invalid_argument` (the parameters), `limit`.
    [[nodiscard]] std::uint64_t count(const where& which, const params& values = {}) const {
        return try_count(which, values).value();
    }
    result<std::uint64_t> try_count(const where& which, const params& values = {}) const noexcept {
        return detail::obtain<std::uint64_t>([&](std::uint64_t* count, dictdb_error** why) {
            return dictdb_table_count_where(raw(), which.view().data(), which.view().size(), values.data(), values.size(), count, why);
        });
    }
    [[nodiscard]] std::uint64_t count(const predicate& which) const { return try_count(which).value(); }
    result<std::uint64_t> try_count(const predicate& which) const noexcept {
        return detail::obtain<std::uint64_t>(
            [&](std::uint64_t* count, dictdb_error** why) { return dictdb_table_count(raw(), which.raw(), count, why); });
    }

    /// Tells how a query would run now: a JSON object, see `dictdb_query_explain`. Fails as `query`.
    template <class Query>
    [[nodiscard]] buffer explain(const Query& query, const params& values = {}) const {
        return try_explain(query, values).value();
    }
    template <class Query>
    result<buffer> try_explain(const Query& query, const params& values = {}) const noexcept {
        return detail::attempt([&] {
            const detail::document<Query> spec(query);
            return detail::into_new([&](buffer& into) {
                return detail::fill(into, [&](dictdb_buffer* text, dictdb_error** why) {
                    return dictdb_table_explain(raw(), spec.data(), spec.size(), values.data(), values.size(), text, why);
                });
            });
        });
    }

    /// Describes the table: `table_description`, or `buffer` for the JSON text, or any type that `from_json` reads.
    template <class Description = table_description>
    [[nodiscard]] Description describe() const {
        return try_describe<Description>().value();
    }
    template <class Description = table_description>
    result<Description> try_describe() const noexcept {
        return read<Description>(dictdb_table_describe);
    }

    /// Tells what the table costs and what it did: `table_statistics`, or `buffer`, or any type that `from_json` reads.
    template <class Statistics = table_statistics>
    [[nodiscard]] Statistics statistics() const {
        return try_statistics<Statistics>().value();
    }
    template <class Statistics = table_statistics>
    result<Statistics> try_statistics() const noexcept {
        return read<Statistics>(dictdb_table_statistics);
    }

    /// Copies all records, as of one instant: a JSON object with each record under its key, in natural order.
    [[nodiscard]] buffer copy() const { return try_copy().value(); }
    result<buffer> try_copy() const noexcept { return read<buffer>(dictdb_table_copy); }

    /// Takes a snapshot: the table as it is at this instant, whatever happens to it afterwards. Takes microseconds.
    [[nodiscard]] table_snapshot snapshot() const;
    result<table_snapshot> try_snapshot() const noexcept;

    /// Writes the rows of a query to a CSV file, which is replaced as a whole. Fails with `io`, and as `query`.
    template <class Query = std::nullptr_t, class Format = csv_format>
    void export_csv(const path_view& path, const Query& query = {}, const params& values = {}, const Format& format = {}) const {
        try_export_csv(path, query, values, format).value();
    }
    template <class Query = std::nullptr_t, class Format = csv_format>
    result<void> try_export_csv(const path_view& path, const Query& query = {}, const params& values = {},
                                const Format& format = {}) const noexcept {
        return write_csv<void>(path, query, values, format);
    }
    /// The same in a thread of the library's own.
    template <class Query = std::nullptr_t, class Format = csv_format>
    [[nodiscard]] job export_csv_job(const path_view& path, const Query& query = {}, const params& values = {},
                                     const Format& format = {}) const {
        return try_export_csv_job(path, query, values, format).value();
    }
    template <class Query = std::nullptr_t, class Format = csv_format>
    result<job> try_export_csv_job(const path_view& path, const Query& query = {}, const params& values = {},
                                   const Format& format = {}) const noexcept {
        return write_csv<job>(path, query, values, format);
    }

    /// Writes the rows of a query to a file of JSON Lines, which is replaced as a whole. Fails as `export_csv`.
    template <class Query = std::nullptr_t>
    void export_jsonl(const path_view& path, const Query& query = {}, const params& values = {}) const {
        try_export_jsonl(path, query, values).value();
    }
    template <class Query = std::nullptr_t>
    result<void> try_export_jsonl(const path_view& path, const Query& query = {}, const params& values = {}) const noexcept {
        return write_jsonl<void>(path, query, values);
    }
    /// The same in a thread of the library's own.
    template <class Query = std::nullptr_t>
    [[nodiscard]] job export_jsonl_job(const path_view& path, const Query& query = {}, const params& values = {}) const {
        return try_export_jsonl_job(path, query, values).value();
    }
    template <class Query = std::nullptr_t>
    result<job> try_export_jsonl_job(const path_view& path, const Query& query = {}, const params& values = {}) const noexcept {
        return write_jsonl<job>(path, query, values);
    }

protected:
    using handle::handle;
    table_view(table_view&&) noexcept = default;
    table_view& operator=(table_view&&) noexcept = default;
    ~table_view() = default;

    /// A table's or a snapshot's handle with limits.
    template <class Class>
    result<Class> limit(const cancel_token* token, time_limit time) const noexcept {
        return detail::adopt<Class, dictdb_table>([&](dictdb_table** made, dictdb_error** why) {
            return dictdb_table_limited(raw(), token != nullptr ? token->raw() : nullptr, detail::to_milliseconds(time), made, why);
        });
    }

private:
    template <class Facts, class Function>
    result<Facts> read(Function function) const noexcept {
        return detail::read_as<Facts>([&](buffer& into) {
            return detail::fill(into, [&](dictdb_buffer* text, dictdb_error** why) { return function(raw(), text, why); });
        });
    }

    template <class Outcome, class Query, class Format>
    result<Outcome> write_csv(const path_view& path, const Query& query, const params& values, const Format& format) const noexcept {
        return detail::attempt([&] {
            const detail::document<Query> spec(query);
            const detail::document<Format> options(format);
            return detail::work<Outcome>([&](dictdb_job** made, dictdb_error** why) {
                return dictdb_table_export_csv(raw(), path.view().data(), path.view().size(), spec.data(), spec.size(), values.data(),
                                               values.size(), options.data(), options.size(), made, why);
            });
        });
    }

    template <class Outcome, class Query>
    result<Outcome> write_jsonl(const path_view& path, const Query& query, const params& values) const noexcept {
        return detail::attempt([&] {
            const detail::document<Query> spec(query);
            return detail::work<Outcome>([&](dictdb_job** made, dictdb_error** why) {
                return dictdb_table_export_jsonl(raw(), path.view().data(), path.view().size(), spec.data(), spec.size(),
                                                 values.data(), values.size(), made, why);
            });
        });
    }
};

/// A table as it was at one instant. It outlives its table and database; what it costs, the table's statistics tell.
class table_snapshot : public table_view {
public:
    using table_view::table_view;

    /// Another handle to the snapshot, whose calls end when the token is set, or when one takes longer than `time`.
    [[nodiscard]] table_snapshot limited(const cancel_token& token, time_limit time = std::nullopt) const {
        return try_limited(&token, time).value();
    }
    [[nodiscard]] table_snapshot limited(std::chrono::milliseconds time) const { return try_limited(nullptr, time).value(); }
    result<table_snapshot> try_limited(const cancel_token* token, time_limit time) const noexcept {
        return limit<table_snapshot>(token, time);
    }
};

inline table_snapshot table_view::snapshot() const {
    return try_snapshot().value();
}
inline result<table_snapshot> table_view::try_snapshot() const noexcept {
    return detail::adopt<table_snapshot, dictdb_table>(
        [&](dictdb_table** made, dictdb_error** why) { return dictdb_table_snapshot(raw(), made, why); });
}

} // namespace dictdb

#endif
