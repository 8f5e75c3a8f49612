// SPDX-License-Identifier: Apache-2.0
/// @file
/// `batch`: writes on any number of tables, done as one.
#ifndef DICTDB_BATCH_HPP
#define DICTDB_BATCH_HPP

#include <dictdb/table.hpp>
#include <dictdb/update.hpp>

#include <cstdint>
#include <utility>
#include <vector>

namespace dictdb {

/// A list of writes, to be done as one: all or none, at one instant, in order; each sees what those before it did.
///
/// Functions that add check what they are given and change nothing else; arguments are as for the functions of `table` of
/// the same name. Of an update or erase that finds no record the whole commit fails, with `record_not_found`: so a
/// predicate can be a condition on which all depends. Any thread may use it.
class batch : public handle<dictdb_batch, dictdb_batch_free> {
public:
    using handle::handle;

    /// An empty batch.
    batch() : batch(try_create().value()) {}
    /// The same, without exceptions.
    static result<batch> try_create() noexcept { return detail::adopt<batch, dictdb_batch>(dictdb_batch_new); }

    /// Adds: insert a record.
    template <class Record>
    batch& insert(table& into, const Record& record) {
        try_insert(into, record).value();
        return *this;
    }
    template <class Record>
    result<void> try_insert(table& into, const Record& record) noexcept {
        return with_document(record, [&](const auto& json, dictdb_error** why) {
            return dictdb_batch_insert(raw(), into.raw(), json.data(), json.size(), why);
        });
    }

    /// Adds: insert many records.
    template <class Records>
    batch& insert_many(table& into, const Records& records) {
        try_insert_many(into, records).value();
        return *this;
    }
    template <class Records>
    result<void> try_insert_many(table& into, const Records& records) noexcept {
        return with_document(records, [&](const auto& json, dictdb_error** why) {
            return dictdb_batch_insert_many(raw(), into.raw(), json.data(), json.size(), why);
        });
    }

    /// Adds: insert a record, or deal with the record that has its key.
    template <class Record>
    batch& upsert(table& into, const Record& record, on_conflict then = on_conflict::update) {
        try_upsert(into, record, then).value();
        return *this;
    }
    template <class Record>
    result<void> try_upsert(table& into, const Record& record, on_conflict then = on_conflict::update) noexcept {
        return with_document(record, [&](const auto& json, dictdb_error** why) {
            return dictdb_batch_upsert(raw(), into.raw(), json.data(), json.size(), static_cast<std::int32_t>(then), why);
        });
    }

    /// Adds: change the record that has a key.
    template <class Changes>
    batch& update(table& in, const key_view& k, const Changes& changes) {
        try_update(in, k, changes).value();
        return *this;
    }
    template <class Changes>
    result<void> try_update(table& in, const key_view& k, const Changes& changes) noexcept {
        return with_document(changes, [&](const auto& json, dictdb_error** why) {
            const key_text key_json(k);
            return dictdb_batch_update_by_key(raw(), in.raw(), key_json.data(), key_json.size(), json.data(), json.size(), why);
        });
    }
    /// Adds: run a compiled update.
    batch& update(table& in, const dictdb::update& compiled, const params& values = {}) {
        try_update(in, compiled, values).value();
        return *this;
    }
    result<void> try_update(table& in, const dictdb::update& compiled, const params& values = {}) noexcept {
        return detail::perform([&](dictdb_error** why) {
            return dictdb_batch_update(raw(), in.raw(), compiled.raw(), values.data(), values.size(), why);
        });
    }
    /// Adds: change the records that match by expressions.
    batch& update_where(table& in, const where& which, const set_clause& set, const params& values = {}) {
        try_update_where(in, which, set, values).value();
        return *this;
    }
    result<void> try_update_where(table& in, const where& which, const set_clause& set, const params& values = {}) noexcept {
        return detail::perform([&](dictdb_error** why) {
            return dictdb_batch_update_where(raw(), in.raw(), which.view().data(), which.view().size(), set.view().data(),
                                             set.view().size(), values.data(), values.size(), why);
        });
    }

    /// Adds: delete the record that has a key.
    batch& erase(table& from, const key_view& k) {
        try_erase(from, k).value();
        return *this;
    }
    result<void> try_erase(table& from, const key_view& k) noexcept {
        return detail::attempt([&] {
            const key_text key_json(k);
            return detail::perform([&](dictdb_error** why) {
                return dictdb_batch_delete_by_key(raw(), from.raw(), key_json.data(), key_json.size(), why);
            });
        });
    }
    /// Adds: delete the records that match.
    batch& erase_where(table& from, const where& which, const params& values = {}) {
        try_erase_where(from, which, values).value();
        return *this;
    }
    result<void> try_erase_where(table& from, const where& which, const params& values = {}) noexcept {
        return detail::perform([&](dictdb_error** why) {
            return dictdb_batch_delete_where(raw(), from.raw(), which.view().data(), which.view().size(), values.data(),
                                             values.size(), why);
        });
    }

    /// Does all that was added. An operation that fails is named by its `operation` in the detail, from 0; then nothing was
    /// changed, and the batch has what it had. After success it is empty and may be used again.
    void commit() { try_commit().value(); }
    result<void> try_commit() noexcept {
        return detail::perform([&](dictdb_error** why) { return dictdb_batch_commit(raw(), nullptr, why); });
    }
    /// The same, and gives what each operation did: `std::vector<batch_result>`, or `buffer` for the JSON text, or any type
    /// that `from_json` reads. Note that a type that does not fit is found out when the commit is done.
    template <class Results>
    [[nodiscard]] Results commit() {
        return try_commit<Results>().value();
    }
    template <class Results>
    result<Results> try_commit() noexcept {
        return detail::read_as<Results>([&](buffer& into) {
            return detail::fill(into, [&](dictdb_buffer* text, dictdb_error** why) { return dictdb_batch_commit(raw(), text, why); });
        });
    }

    /// Gives up all that was added.
    void clear() { try_clear().value(); }
    result<void> try_clear() noexcept {
        return detail::perform([&](dictdb_error** why) { return dictdb_batch_clear(raw(), why); });
    }

private:
    template <class Value, class Call>
    static result<void> with_document(const Value& value, Call&& call) noexcept {
        return detail::attempt([&] {
            const detail::document<Value> json(value);
            dictdb_error* object = nullptr;
            const dictdb_status code = call(json, &object);
            return code == DICTDB_STATUS_OK ? result<void>() : result<void>(failure(code, object));
        });
    }
};

} // namespace dictdb

#endif
