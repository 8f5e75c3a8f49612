// SPDX-License-Identifier: Apache-2.0
/// @file
/// `query`: a compiled query.
#ifndef DICTDB_QUERY_HPP
#define DICTDB_QUERY_HPP

#include <dictdb/table.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace dictdb {

/// Which records, and which rows are made of them; compiled once. Immutable: any number of threads may use it at the same time,
/// with any number of tables; the values of its parameters come with each run.
///
/// Runs fail with `invalid_argument` if there are too few or too many values or one does not go where its parameter stands,
/// with `type_mismatch` and `number_range` (a sum), and as any function of the table does.
class query : public handle<dictdb_query, dictdb_query_free> {
public:
    using handle::handle;

    /// Compiles a `selection`, or the JSON text of a query, or any value that is one as JSON; `everything` gives all records.
    /// Fails with `parse`, `invalid_argument`, `number_range`, `limit`, `invalid_json`, `invalid_utf8`.
    template <class Spec, class = std::enable_if_t<!std::is_same_v<Spec, query> && !std::is_same_v<Spec, predicate>>>
    explicit query(const Spec& spec) : query(try_compile(spec).value()) {}
    /// Compiles a query of the records that a predicate matches, too.
    template <class Spec = std::nullptr_t>
    explicit query(const predicate& which, const Spec& spec = {}) : query(try_compile(which, spec).value()) {}
    /// The same, without exceptions.
    template <class Spec>
    static result<query> try_compile(const Spec& spec) noexcept {
        return compile(nullptr, spec);
    }
    template <class Spec>
    static result<query> try_compile(const predicate& which, const Spec& spec) noexcept {
        return compile(which.raw(), spec);
    }

    /// Runs it on a table, as of one instant, and gives its rows.
    [[nodiscard]] rows run(const table_view& on, const params& values = {}) const { return try_run(on, values).value(); }
    result<rows> try_run(const table_view& on, const params& values = {}) const noexcept {
        return detail::into_new<rows>([&](rows& into) { return try_run(on, values, into); });
    }
    /// The same with the rows in `into`, which is reused.
    std::string_view run(const table_view& on, const params& values, rows& into) const { return try_run(on, values, into).value(); }
    result<std::string_view> try_run(const table_view& on, const params& values, rows& into) const noexcept {
        return detail::fill_rows(into, [&](dictdb_buffer* text, std::uint64_t* count, dictdb_error** why) {
            return dictdb_query_run(raw(), on.raw(), values.data(), values.size(), text, count, why);
        });
    }

    /// Opens a cursor over the rows, on the table as it is at this instant. The query is not needed any more afterwards.
    [[nodiscard]] dictdb::cursor cursor(const table_view& on, const params& values = {}) const {
        return try_cursor(on, values).value();
    }
    result<dictdb::cursor> try_cursor(const table_view& on, const params& values = {}) const noexcept {
        return detail::adopt<dictdb::cursor, dictdb_cursor>([&](dictdb_cursor** made, dictdb_error** why) {
            return dictdb_query_cursor(raw(), on.raw(), values.data(), values.size(), made, why);
        });
    }

    /// Counts the rows, offset and limit included, without building them.
    [[nodiscard]] std::uint64_t count(const table_view& on, const params& values = {}) const { return try_count(on, values).value(); }
    result<std::uint64_t> try_count(const table_view& on, const params& values = {}) const noexcept {
        return detail::obtain<std::uint64_t>([&](std::uint64_t* count, dictdb_error** why) {
            return dictdb_query_count(raw(), on.raw(), values.data(), values.size(), count, why);
        });
    }

    /// Deletes the records that it matches, and gives their number. Fails with `invalid_argument` if the query has no
    /// predicate, or has anything else.
    std::uint64_t erase(table& on, const params& values = {}) const { return try_erase(on, values).value(); }
    result<std::uint64_t> try_erase(table& on, const params& values = {}) const noexcept {
        return detail::obtain_count([&](std::uint64_t* count, dictdb_error** why) {
            return dictdb_query_delete(raw(), on.raw(), values.data(), values.size(), count, why);
        });
    }

    /// Tells how it would run now: a JSON object, see `dictdb_query_explain`.
    [[nodiscard]] buffer explain(const table_view& on, const params& values = {}) const { return try_explain(on, values).value(); }
    result<buffer> try_explain(const table_view& on, const params& values = {}) const noexcept {
        return detail::into_new([&](buffer& into) {
            return detail::fill(into, [&](dictdb_buffer* text, dictdb_error** why) {
                return dictdb_query_explain(raw(), on.raw(), values.data(), values.size(), text, why);
            });
        });
    }

private:
    template <class Spec>
    static result<query> compile(const dictdb_predicate* which, const Spec& spec) noexcept {
        return detail::attempt([&] {
            const detail::document<Spec> json(spec);
            return detail::adopt<query, dictdb_query>([&](dictdb_query** made, dictdb_error** why) {
                return dictdb_query_new(which, json.data(), json.size(), made, why);
            });
        });
    }
};

} // namespace dictdb

#endif
