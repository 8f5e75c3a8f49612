// SPDX-License-Identifier: Apache-2.0
/// @file
/// `table`: reading and writing.
#ifndef DICTDB_TABLE_HPP
#define DICTDB_TABLE_HPP

#include <dictdb/expression.hpp>
#include <dictdb/table_view.hpp>
#include <dictdb/watch.hpp>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace dictdb {

/// A handle to a table. Any thread may use it at any time; each call is atomic, and a write that fails has changed nothing.
///
/// A `record`, and `changes`, is JSON text, or any value that is an object as JSON (`to_json`). Writes fail, beside what
/// `table_view` tells, with `duplicate_key`, `invalid_key`, `schema`, `invalid_json`, `number_range`, `limit` and
/// `invalid_utf8`. That there is no record to change or to erase is no failure.
class table : public table_view {
public:
    using table_view::table_view;

    /// Inserts a record and gives its key: without the key field it gets the next integer.
    template <class Record>
    key insert(const Record& record) {
        return try_insert(record).value();
    }
    template <class Record>
    result<key> try_insert(const Record& record) noexcept {
        return detail::read_as<key>([&](buffer& into) { return try_insert(record, into); });
    }
    /// The same with the key as JSON text in `key_json`, which is reused: no allocation.
    template <class Record>
    std::string_view insert(const Record& record, buffer& key_json) {
        return try_insert(record, key_json).value();
    }
    template <class Record>
    result<std::string_view> try_insert(const Record& record, buffer& key_json) noexcept {
        return detail::attempt([&] {
            const detail::document<Record> json(record);
            return detail::fill(key_json, [&](dictdb_buffer* text, dictdb_error** why) {
                return dictdb_table_insert(raw(), json.data(), json.size(), text, why);
            });
        });
    }

    /// Inserts many records, all or none: a range of them, or a JSON array. The detail of an error has the `index`.
    template <class Records>
    void insert_many(const Records& records) {
        try_insert_many(records).value();
    }
    template <class Records>
    result<void> try_insert_many(const Records& records) noexcept {
        return detail::attempt([&] {
            const detail::document<Records> json(records);
            return detail::perform([&](dictdb_error** why) {
                return dictdb_table_insert_many(raw(), json.data(), json.size(), nullptr, why);
            });
        });
    }
    /// The same, and gives the keys as a JSON array in `keys`, in the order of the records.
    template <class Records>
    std::string_view insert_many(const Records& records, buffer& keys) {
        return try_insert_many(records, keys).value();
    }
    template <class Records>
    result<std::string_view> try_insert_many(const Records& records, buffer& keys) noexcept {
        return detail::attempt([&] {
            const detail::document<Records> json(records);
            return detail::fill(keys, [&](dictdb_buffer* text, dictdb_error** why) {
                return dictdb_table_insert_many(raw(), json.data(), json.size(), text, why);
            });
        });
    }

    /// Inserts a record, or deals with the record that has its key, and says what it did. `key_json`, unless it is NULL, gets
    /// the key as JSON text.
    template <class Record>
    upsert_outcome upsert(const Record& record, on_conflict then = on_conflict::update, buffer* key_json = nullptr) {
        return try_upsert(record, then, key_json).value();
    }
    template <class Record>
    result<upsert_outcome> try_upsert(const Record& record, on_conflict then = on_conflict::update,
                                      buffer* key_json = nullptr) noexcept {
        return detail::attempt([&]() -> result<upsert_outcome> {
            const detail::document<Record> json(record);
            auto outcome = detail::obtain<std::int32_t>([&](std::int32_t* done, dictdb_error** why) {
                return dictdb_table_upsert(raw(), json.data(), json.size(), static_cast<std::int32_t>(then), done,
                                           key_json != nullptr ? key_json->raw() : nullptr, why);
            });
            if (!outcome)
                return std::move(outcome).error();
            return static_cast<upsert_outcome>(*outcome);
        });
    }

    /// Changes the record that has a key: each field of `changes` replaces the record's field of that name, or is added.
    /// Says whether there was one.
    template <class Changes>
    bool update(const key_view& k, const Changes& changes) {
        return try_update(k, changes).value();
    }
    template <class Changes>
    result<bool> try_update(const key_view& k, const Changes& changes) noexcept {
        return detail::attempt([&] {
            const key_text key_json(k);
            const detail::document<Changes> json(changes);
            return detail::perform_if_found([&](dictdb_error** why) {
                return dictdb_table_update_by_key(raw(), key_json.data(), key_json.size(), json.data(), json.size(), why);
            });
        });
    }
    /// Changes the records that a predicate matches, all or none, and gives their number.
    template <class Changes>
    std::uint64_t update(const predicate& which, const Changes& changes) {
        return try_update(which, changes).value();
    }
    template <class Changes>
    result<std::uint64_t> try_update(const predicate& which, const Changes& changes) noexcept {
        return detail::attempt([&] {
            const detail::document<Changes> json(changes);
            return detail::obtain_count([&](std::uint64_t* count, dictdb_error** why) {
                return dictdb_table_update(raw(), which.raw(), json.data(), json.size(), count, why);
            });
        });
    }
    /// Changes the records that match by expressions, all or none, and gives their number:
    /// `users.update_where(field("age") >= 18, {field("visits") += 1, remove(field("draft"))})`.
    /// Fails, too, with `parse`, `type_mismatch` (arithmetic on what is no number), `invalid_argument` (the parameters).
    std::uint64_t update_where(const where& which, const set_clause& set, const params& values = {}) {
        return try_update_where(which, set, values).value();
    }
    result<std::uint64_t> try_update_where(const where& which, const set_clause& set, const params& values = {}) noexcept {
        return detail::obtain_count([&](std::uint64_t* count, dictdb_error** why) {
            return dictdb_table_update_where(raw(), which.view().data(), which.view().size(), set.view().data(), set.view().size(),
                                             values.data(), values.size(), count, why);
        });
    }

    /// Deletes the record that has a key. Says whether there was one: a miss costs nothing.
    bool erase(const key_view& k) { return try_erase(k).value(); }
    result<bool> try_erase(const key_view& k) noexcept {
        return detail::attempt([&] {
            const key_text key_json(k);
            return detail::perform_if_found(
                [&](dictdb_error** why) { return dictdb_table_delete_by_key(raw(), key_json.data(), key_json.size(), why); });
        });
    }
    /// Deletes the records that a predicate matches, and gives their number.
    std::uint64_t erase(const predicate& which) { return try_erase(which).value(); }
    result<std::uint64_t> try_erase(const predicate& which) noexcept {
        return detail::obtain_count(
            [&](std::uint64_t* count, dictdb_error** why) { return dictdb_table_delete(raw(), which.raw(), count, why); });
    }
    /// Deletes the records that match, and gives their number. Fails, too, with `parse`, `invalid_argument` (the parameters).
    std::uint64_t erase_where(const where& which, const params& values = {}) { return try_erase_where(which, values).value(); }
    result<std::uint64_t> try_erase_where(const where& which, const params& values = {}) noexcept {
        return detail::obtain_count([&](std::uint64_t* count, dictdb_error** why) {
            return dictdb_table_delete_where(raw(), which.view().data(), which.view().size(), values.data(), values.size(), count, why);
        });
    }

    /// Makes an index, `index_definition` or such JSON; the same again does nothing. Fails with `index_exists`,
    /// `duplicate_key` (values that are not unique), `parse`, `invalid_argument`, `limit`.
    template <class Options = index_definition>
    void create_index(const Options& options) {
        try_create_index(options).value();
    }
    template <class Options = index_definition>
    result<void> try_create_index(const Options& options) noexcept {
        return detail::attempt([&] {
            const detail::document<Options> json(options);
            return detail::perform([&](dictdb_error** why) { return dictdb_table_create_index(raw(), json.data(), json.size(), why); });
        });
    }
    /// Drops the index on these fields, in the order in which it was made with. Fails with `invalid_argument` if there is none.
    void drop_index(std::initializer_list<std::string_view> fields) { try_drop_index(fields).value(); }
    void drop_index(std::string_view field) { try_drop_index({field}).value(); }
    result<void> try_drop_index(std::initializer_list<std::string_view> fields) noexcept {
        return detail::attempt([&] {
            const std::string json = to_json(fields);
            return detail::perform([&](dictdb_error** why) { return dictdb_table_drop_index(raw(), json.data(), json.size(), why); });
        });
    }

    /// Watches the table from now on. Fails with `invalid_argument`, `limit`.
    template <class Options = watch_options>
    [[nodiscard]] dictdb::watch watch(const Options& options = {}) const {
        return try_watch(options).value();
    }
    template <class Options = watch_options>
    result<dictdb::watch> try_watch(const Options& options = {}) const noexcept {
        return detail::attempt([&] {
            const detail::document<Options> json(options);
            return detail::adopt<dictdb::watch, dictdb_watch>([&](dictdb_watch** made, dictdb_error** why) {
                return dictdb_table_watch(raw(), json.data(), json.size(), made, why);
            });
        });
    }

    /// Another handle to the table, whose calls end with `cancelled` when the token is set, with `timeout` when one takes
    /// longer than `time`; then they have changed nothing. Limits add up.
    [[nodiscard]] table limited(const cancel_token& token, time_limit time = std::nullopt) const {
        return try_limited(&token, time).value();
    }
    [[nodiscard]] table limited(std::chrono::milliseconds time) const { return try_limited(nullptr, time).value(); }
    result<table> try_limited(const cancel_token* token, time_limit time) const noexcept { return limit<table>(token, time); }
};

} // namespace dictdb

#endif
