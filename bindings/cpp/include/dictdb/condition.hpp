// SPDX-License-Identifier: Apache-2.0
/// @file
/// `condition`: a predicate as an expression in C++: `field("age") >= 18 && field("name").like("A%")`.
#ifndef DICTDB_CONDITION_HPP
#define DICTDB_CONDITION_HPP

#include <dictdb/field.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace dictdb {

/// Which records: a text of the query language, put together by operators.
///
/// `&&`, `||` and `!` join conditions; they are not evaluated here, so both sides always count. Logic is two-valued, as the
/// library's: `field("age") != 5` holds where `age` is missing.
class condition {
public:
    /// A predicate in the query language, to be joined with others.
    explicit condition(std::string_view text) : text_(text), kind_(kind::disjunction) {}
    /// One test in the query language: it needs no parentheses.
    [[nodiscard]] static condition test(std::string text) { return {std::move(text), kind::test}; }

    /// As it is written in the query language.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    friend condition operator&&(const condition& a, const condition& b) {
        return {a.inside(kind::conjunction) + " AND " + b.inside(kind::conjunction), kind::conjunction};
    }
    friend condition operator||(const condition& a, const condition& b) {
        return {a.inside(kind::disjunction) + " OR " + b.inside(kind::disjunction), kind::disjunction};
    }
    friend condition operator!(const condition& a) { return {"NOT " + a.inside(kind::test), kind::test}; }

private:
    /// From the one that binds tightest on.
    enum class kind : unsigned char { test, conjunction, disjunction };

    condition(std::string text, kind k) : text_(std::move(text)), kind_(k) {}

    std::string inside(kind outer) const { return kind_ > outer ? '(' + text_ + ')' : text_; }

    std::string text_;
    kind kind_;
};

/// Which records, as an argument: text of the query language, or a `condition`. It borrows the text.
class where {
public:
    /// A predicate as text; `TRUE` matches all records.
    template <class Text, std::enable_if_t<detail::is_text<Text>, int> = 0>
    where(const Text& text) noexcept : text_(text) {}
    /// A condition.
    where(const condition& c) noexcept : text_(c.text()) {}

    /// The text.
    [[nodiscard]] std::string_view view() const noexcept { return text_; }

private:
    std::string_view text_;
};

inline condition field::test(std::string_view operation, std::string operand) const {
    return condition::test(text_ + ' ' + std::string(operation) + operand);
}

template <class Values>
condition field::in(const Values& values) const {
    return test("IN ", detail::operand_text(values));
}
template <class Value>
condition field::in(std::initializer_list<Value> values) const {
    return test("IN ", to_json(values));
}
template <class Low, class High>
condition field::between(const Low& low, const High& high) const {
    return test("BETWEEN ", detail::operand_text(low) + " AND " + detail::operand_text(high));
}
template <class Text>
condition field::like(const Text& pattern) const {
    return test("LIKE ", detail::string_operand(pattern));
}
template <class Text>
condition field::like(const Text& pattern, std::string_view escape) const {
    return test("LIKE ", detail::string_operand(pattern) + " ESCAPE " + to_json(escape));
}
template <class Text>
condition field::ilike(const Text& pattern) const {
    return test("ILIKE ", detail::string_operand(pattern));
}
template <class Text>
condition field::ilike(const Text& pattern, std::string_view escape) const {
    return test("ILIKE ", detail::string_operand(pattern) + " ESCAPE " + to_json(escape));
}
template <class Text>
condition field::starts_with(const Text& beginning) const {
    return test("STARTS WITH ", detail::string_operand(beginning));
}
template <class Text>
condition field::ends_with(const Text& ending) const {
    return test("ENDS WITH ", detail::string_operand(ending));
}
template <class Value>
condition field::contains(const Value& value) const {
    return test("CONTAINS ", detail::operand_text(value));
}
template <class Text>
condition field::iequals(const Text& text) const {
    return test("IEQUALS ", detail::string_operand(text));
}
template <class Text>
condition field::istarts_with(const Text& beginning) const {
    return test("ISTARTS WITH ", detail::string_operand(beginning));
}
template <class Text>
condition field::iends_with(const Text& ending) const {
    return test("IENDS WITH ", detail::string_operand(ending));
}
template <class Text>
condition field::icontains(const Text& part) const {
    return test("ICONTAINS ", detail::string_operand(part));
}
inline condition field::is_null() const {
    return test("IS NULL", {});
}
inline condition field::is_not_null() const {
    return test("IS NOT NULL", {});
}

namespace detail {

/// Exactly one side is a field: the language has no test of two fields.
template <class A, class B>
using if_comparable = std::enable_if_t<(is_field<A> && is_operand<B>) || (is_operand<A> && is_field<B>), int>;

template <class T>
std::string side_text(const T& side) {
    if constexpr (is_field<T>)
        return side.text();
    else
        return operand_text(side);
}

template <class A, class B>
condition comparison(const A& a, std::string_view operation, const B& b) {
    return condition::test(side_text(a) + std::string(operation) + side_text(b));
}

} // namespace detail

/// Equal; `nullptr` also to a missing field. Numbers by their value, `true` is not `1`.
template <class A, class B, detail::if_comparable<A, B> = 0>
condition operator==(const A& a, const B& b) {
    return detail::comparison(a, " = ", b);
}
/// The exact opposite of `==`.
template <class A, class B, detail::if_comparable<A, B> = 0>
condition operator!=(const A& a, const B& b) {
    return detail::comparison(a, " != ", b);
}
/// Values of another kind than the field's never match, nor does null.
template <class A, class B, detail::if_comparable<A, B> = 0>
condition operator<(const A& a, const B& b) {
    return detail::comparison(a, " < ", b);
}
/// As `<`, or equal.
template <class A, class B, detail::if_comparable<A, B> = 0>
condition operator<=(const A& a, const B& b) {
    return detail::comparison(a, " <= ", b);
}
/// As `<`, the other way round.
template <class A, class B, detail::if_comparable<A, B> = 0>
condition operator>(const A& a, const B& b) {
    return detail::comparison(a, " > ", b);
}
/// As `>`, or equal.
template <class A, class B, detail::if_comparable<A, B> = 0>
condition operator>=(const A& a, const B& b) {
    return detail::comparison(a, " >= ", b);
}

} // namespace dictdb

#endif
