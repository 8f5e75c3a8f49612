// SPDX-License-Identifier: Apache-2.0
/// @file
/// `update`: a compiled update.
#ifndef DICTDB_UPDATE_HPP
#define DICTDB_UPDATE_HPP

#include <dictdb/table.hpp>

#include <cstdint>
#include <utility>

namespace dictdb {

/// Which records, and what is set in them; compiled once. Immutable: any number of threads may use it at the same time, with
/// any number of tables; the values of its parameters come with each run.
class update : public handle<dictdb_update, dictdb_update_free> {
public:
    using handle::handle;

    /// Compiles an update of the records that match: `update{field("id") == param(1), field("visits") += 1}`.
    /// Fails with `parse` (the detail has `parameter`, `position`, `found`, `expected`), `number_range`, `limit`.
    update(const where& which, const set_clause& set) : update(try_compile(which, set).value()) {}
    /// Compiles an update of the records that a predicate matches.
    update(const predicate& which, const set_clause& set) : update(try_compile(which, set).value()) {}
    /// The same, without exceptions.
    static result<update> try_compile(const where& which, const set_clause& set) noexcept {
        return compile(nullptr, which.view(), set);
    }
    static result<update> try_compile(const predicate& which, const set_clause& set) noexcept {
        return compile(which.raw(), {}, set);
    }

    /// Runs it: changes the records that match, all or none, and gives their number.
    /// Fails with `type_mismatch`, `number_range`, `duplicate_key`, `invalid_key`, `schema`, `limit`, `invalid_argument` (too few
    /// or too many values), and as any function of the table does.
    std::uint64_t run(table& on, const params& values = {}) const { return try_run(on, values).value(); }
    result<std::uint64_t> try_run(table& on, const params& values = {}) const noexcept {
        return detail::obtain_count([&](std::uint64_t* count, dictdb_error** why) {
            return dictdb_update_run(raw(), on.raw(), values.data(), values.size(), count, why);
        });
    }

    /// Tells how it would find its records now: a JSON object, see `dictdb_query_explain`.
    [[nodiscard]] buffer explain(const table_view& on, const params& values = {}) const { return try_explain(on, values).value(); }
    result<buffer> try_explain(const table_view& on, const params& values = {}) const noexcept {
        return detail::into_new([&](buffer& into) {
            return detail::fill(into, [&](dictdb_buffer* text, dictdb_error** why) {
                return dictdb_update_explain(raw(), on.raw(), values.data(), values.size(), text, why);
            });
        });
    }

private:
    static result<update> compile(const dictdb_predicate* which, std::string_view text, const set_clause& set) noexcept {
        return detail::adopt<update, dictdb_update>([&](dictdb_update** made, dictdb_error** why) {
            return dictdb_update_new(which, text.data(), text.size(), set.view().data(), set.view().size(), made, why);
        });
    }
};

} // namespace dictdb

#endif
