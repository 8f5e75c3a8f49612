// SPDX-License-Identifier: Apache-2.0
/// @file
/// `field` and `param`: what predicates and update expressions are made of.
#ifndef DICTDB_FIELD_HPP
#define DICTDB_FIELD_HPP

#include <dictdb/json.hpp>
#include <dictdb/result.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace dictdb {

class assignment;
class condition;
class expression;

/// A name in backquotes, for field references in which it would be read as something else: `quoted("a.b")` is one name.
/// For `columns`, `order_by` and indexes, too.
[[nodiscard]] inline std::string quoted(std::string_view name) {
    std::string text = "`";
    for (const char c : name) {
        if (c == '`')
            text += '`';
        text += c;
    }
    text += '`';
    return text;
}

/// A parameter, `?1` to `?65535`, whose value is passed with each run.
class param {
public:
    /// The parameter of a number, from 1.
    explicit param(std::uint16_t number) noexcept : number_(number) {}
    /// As it is written in the query language: `?1`.
    [[nodiscard]] std::string text() const { return "?" + std::to_string(number_); }

private:
    std::uint16_t number_;
};

/// A field of a record, by its path: `field("age")`, `field("address.city")`, `field("tags[0]")`. Names may be anything;
/// one with a dot, a bracket or a backquote is written in backquotes (`quoted`), or reached with `[]`.
///
/// Compared with a value, or with a `param`, it gives a `condition`; computed with, an `expression`; assigned to, an
/// `assignment`. Values are taken as by `to_json`, so whatever they hold they are never read as part of the query.
class field {
public:
    /// The field of a path; `status::parse` if it is none.
    explicit field(std::string_view path) { append_path(path); }
    field(const field&) = default;
    field(field&&) noexcept = default;
    ~field() = default;

    /// A field of this one, by its plain name: no character of it has a meaning.
    [[nodiscard]] field operator[](std::string_view name) const {
        field inner = *this;
        inner.text_ += '.';
        inner.text_ += quoted(name);
        return inner;
    }
    /// An element of this field, from 0.
    [[nodiscard]] field operator[](std::size_t index) const {
        field inner = *this;
        inner.text_ += '[' + std::to_string(index) + ']';
        return inner;
    }

    /// As it is written in the query language.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    /// One of the values: a range, an initializer list, a JSON array, or a parameter whose value is an array.
    template <class Values>
    [[nodiscard]] condition in(const Values& values) const;
    template <class Value>
    [[nodiscard]] condition in(std::initializer_list<Value> values) const;
    /// Between two values, both included.
    template <class Low, class High>
    [[nodiscard]] condition between(const Low& low, const High& high) const;
    /// A string that matches a pattern: `%` stands for any run of characters, `_` for one.
    template <class Text>
    [[nodiscard]] condition like(const Text& pattern) const;
    /// The same, with a character that makes the one after it stand for itself.
    template <class Text>
    [[nodiscard]] condition like(const Text& pattern, std::string_view escape) const;
    /// As `like`, without regard to case.
    template <class Text>
    [[nodiscard]] condition ilike(const Text& pattern) const;
    template <class Text>
    [[nodiscard]] condition ilike(const Text& pattern, std::string_view escape) const;
    /// A string with that beginning.
    template <class Text>
    [[nodiscard]] condition starts_with(const Text& beginning) const;
    /// A string with that ending.
    template <class Text>
    [[nodiscard]] condition ends_with(const Text& ending) const;
    /// A string that has it as a part, an array that has it as an element, an object that has it as a name.
    template <class Value>
    [[nodiscard]] condition contains(const Value& value) const;
    /// As `==`, of strings, without regard to case.
    template <class Text>
    [[nodiscard]] condition iequals(const Text& text) const;
    template <class Text>
    [[nodiscard]] condition istarts_with(const Text& beginning) const;
    template <class Text>
    [[nodiscard]] condition iends_with(const Text& ending) const;
    template <class Text>
    [[nodiscard]] condition icontains(const Text& part) const;
    /// Null or missing.
    [[nodiscard]] condition is_null() const;
    /// There, and not null.
    [[nodiscard]] condition is_not_null() const;

    /// Sets the field in an update: to a value, or to what is computed of the record as it was before.
    template <class Value>
    assignment operator=(const Value& value) const;
    assignment operator=(const field& other) const;
    template <class Value>
    assignment operator+=(const Value& value) const;
    template <class Value>
    assignment operator-=(const Value& value) const;
    template <class Value>
    assignment operator*=(const Value& value) const;
    template <class Value>
    assignment operator/=(const Value& value) const;

private:
    condition test(std::string_view operation, std::string operand) const;

    void append_path(std::string_view path) {
        std::size_t at = 0;
        for (;;) {
            if (!append_name(path, at) || !append_indexes(path, at))
                refuse(path);
            if (at == path.size())
                return;
            if (path[at] != '.')
                refuse(path);
            ++at;
            text_ += '.';
        }
    }

    bool append_name(std::string_view path, std::size_t& at) {
        const std::size_t start = at;
        if (at < path.size() && path[at] == '`') {
            for (++at;; ++at) {
                at = path.find('`', at);
                if (at == std::string_view::npos)
                    return false;
                ++at;
                if (at == path.size() || path[at] != '`')
                    break;
            }
            text_ += path.substr(start, at - start);
            return true;
        }
        at = std::min(path.find_first_of(".[", start), path.size());
        const std::string_view name = path.substr(start, at - start);
        if (name.empty() || name.find_first_of("]`") != std::string_view::npos)
            return false;
        text_ += quoted(name);
        return true;
    }

    bool append_indexes(std::string_view path, std::size_t& at) {
        while (at < path.size() && path[at] == '[') {
            const std::size_t stop = path.find_first_not_of("0123456789", at + 1);
            if (stop == std::string_view::npos || stop == at + 1 || path[stop] != ']')
                return false;
            text_ += path.substr(at, stop + 1 - at);
            at = stop + 1;
        }
        return true;
    }

    /// The library says best what is wrong with a path.
    [[noreturn]] static void refuse(std::string_view path) {
        dictdb_predicate* unused = nullptr;
        dictdb_error* why = nullptr;
        const dictdb_status code = dictdb_predicate_is_null(path.data(), path.size(), &unused, &why);
        dictdb_predicate_free(unused);
        if (code != DICTDB_STATUS_OK)
            failure(code, why).raise();
        throw error(status::parse, "not a field reference: " + std::string(path));
    }

    std::string text_;
};

namespace detail {

template <class T>
inline constexpr bool is_field = std::is_same_v<T, field>;
template <class T>
inline constexpr bool is_param = std::is_same_v<T, param>;

/// What may stand beside a field in a test: a value or a parameter.
template <class T>
inline constexpr bool is_operand = !std::is_same_v<T, field> && !std::is_same_v<T, expression> && !std::is_same_v<T, condition>;

/// What only an update can compute with: with it, operators make expressions.
template <class T>
inline constexpr bool is_term = std::is_same_v<T, field> || std::is_same_v<T, expression> || std::is_same_v<T, param>;

template <class T>
std::string operand_text(const T& operand) {
    if constexpr (is_param<T>)
        return operand.text();
    else
        return to_json(operand);
}

template <class T>
std::string string_operand(const T& operand) {
    static_assert(is_param<T> || is_text<T> || has_dump<T> || std::is_same_v<T, raw_json>, "this test takes text or a parameter");
    return operand_text(operand);
}

} // namespace detail
} // namespace dictdb

#include <dictdb/condition.hpp>
#include <dictdb/expression.hpp>

#endif
