// SPDX-License-Identifier: Apache-2.0
/// @file
/// `predicate`: a compiled predicate.
#ifndef DICTDB_PREDICATE_HPP
#define DICTDB_PREDICATE_HPP

#include <dictdb/buffer.hpp>
#include <dictdb/condition.hpp>
#include <dictdb/handle.hpp>

#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

namespace dictdb {

/// Says of each record whether it matches; compiled once. Immutable: any number of threads may use it at the same time, with
/// any number of tables.
///
/// One with parameters is for queries and updates; for functions that take a predicate and no values, `bind` makes one
/// without.
class predicate : public handle<dictdb_predicate, dictdb_predicate_free> {
public:
    using handle::handle;

    /// Compiles a text of the query language or a `condition`.
    /// Fails with `parse` (the detail has `position`, `found`, `expected`), `number_range`, `limit`, `invalid_utf8`.
    explicit predicate(const where& text) : predicate(try_parse(text).value()) {}
    /// The same, without exceptions.
    static result<predicate> try_parse(const where& text) noexcept {
        return detail::adopt<predicate, dictdb_predicate>([&](dictdb_predicate** made, dictdb_error** why) {
            return dictdb_predicate_parse(text.view().data(), text.view().size(), made, why);
        });
    }

    /// Matches every record.
    [[nodiscard]] static predicate all() { return try_all().value(); }
    static result<predicate> try_all() noexcept {
        return detail::adopt<predicate, dictdb_predicate>(dictdb_predicate_all);
    }

    /// The predicate with values in place of its parameters. Fails with `invalid_argument` if there are too few or too many.
    [[nodiscard]] predicate bind(const params& values) const { return try_bind(values).value(); }
    result<predicate> try_bind(const params& values) const noexcept {
        return detail::adopt<predicate, dictdb_predicate>([&](dictdb_predicate** made, dictdb_error** why) {
            return dictdb_predicate_bind(raw(), values.data(), values.size(), made, why);
        });
    }

    /// The predicate as text of the query language.
    [[nodiscard]] std::string print() const { return try_print().value().str(); }
    result<buffer> try_print() const noexcept {
        return detail::into_new([&](buffer& into) {
            return detail::fill(into, [&](dictdb_buffer* text, dictdb_error** why) { return dictdb_predicate_print(raw(), text, why); });
        });
    }

    /// All operands match; of none, every record does. They may be closed in any order.
    [[nodiscard]] static predicate all_of(const std::vector<std::reference_wrapper<const predicate>>& operands) {
        return try_all_of(operands).value();
    }
    static result<predicate> try_all_of(const std::vector<std::reference_wrapper<const predicate>>& operands) noexcept {
        return join(dictdb_predicate_and, operands);
    }
    /// At least one operand matches; of none, no record does.
    [[nodiscard]] static predicate any_of(const std::vector<std::reference_wrapper<const predicate>>& operands) {
        return try_any_of(operands).value();
    }
    static result<predicate> try_any_of(const std::vector<std::reference_wrapper<const predicate>>& operands) noexcept {
        return join(dictdb_predicate_or, operands);
    }
    /// The operand does not match.
    result<predicate> try_negate() const noexcept {
        return detail::adopt<predicate, dictdb_predicate>(
            [&](dictdb_predicate** made, dictdb_error** why) { return dictdb_predicate_not(raw(), made, why); });
    }

    /// Both match. The operands are not needed any more afterwards; so with `||` and `!`.
    friend predicate operator&&(const predicate& a, const predicate& b) { return all_of({a, b}); }
    friend predicate operator||(const predicate& a, const predicate& b) { return any_of({a, b}); }
    friend predicate operator!(const predicate& a) { return a.try_negate().value(); }

private:
    template <class Function>
    static result<predicate> join(Function function, const std::vector<std::reference_wrapper<const predicate>>& operands) noexcept {
        return detail::attempt([&]() -> result<predicate> {
            std::vector<const dictdb_predicate*> raws;
            raws.reserve(operands.size());
            for (const predicate& operand : operands)
                raws.push_back(operand.raw());
            return detail::adopt<predicate, dictdb_predicate>([&](dictdb_predicate** made, dictdb_error** why) {
                return function(raws.data(), raws.size(), made, why);
            });
        });
    }
};

} // namespace dictdb

#endif
