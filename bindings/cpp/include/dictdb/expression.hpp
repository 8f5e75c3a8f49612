// SPDX-License-Identifier: Apache-2.0
/// @file
/// `expression` and `assignment`: updates as expressions in C++: `field("visits") = coalesce(field("visits"), 0) + 1`.
#ifndef DICTDB_EXPRESSION_HPP
#define DICTDB_EXPRESSION_HPP

#include <dictdb/field.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace dictdb {

/// A value that an update computes of each record, as it was before the update: a text of the query language, put together
/// by `+` `-` `*` `/` and the functions below.
///
/// Integers are computed exactly. Arithmetic on null is `status::type_mismatch`: say `coalesce(field("visits"), 0) + 1`.
class expression {
public:
    /// How tightly an expression holds together, from the loosest on.
    enum class level : unsigned char { concatenation, sum, product, negation, primary };

    /// An expression of the query language, and the loosest operator in it.
    expression(std::string text, level l) : text_(std::move(text)), level_(l) {}

    /// As it is written in the query language.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    /// What `T` is as a part of an expression.
    template <class T>
    [[nodiscard]] static expression of(const T& part) {
        if constexpr (std::is_same_v<T, expression>)
            return part;
        else if constexpr (detail::is_field<T>)
            return {part.text(), level::primary};
        else
            return {detail::operand_text(part), level::primary};
    }

    /// `a`, an operator and `b`, with parentheses where `b` would be read otherwise.
    [[nodiscard]] static expression joined(const expression& a, std::string_view operation, level l, const expression& b) {
        return {a.inside(a.level_ < l) + std::string(operation) + b.inside(b.level_ <= l), l};
    }

    friend expression operator-(const expression& a) { return {"-" + a.inside(a.level_ < level::primary), level::negation}; }

private:
    std::string inside(bool in_parentheses) const { return in_parentheses ? '(' + text_ + ')' : text_; }

    std::string text_;
    level level_;
};

/// What an update does with one field. Made by assigning to a `field`, or by `remove`.
class assignment {
public:
    /// An assignment of the query language.
    explicit assignment(std::string text) : text_(std::move(text)) {}
    /// As it is written in the query language.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
};

/// Takes a field out of its record, object or array. Of what is not there it does nothing.
[[nodiscard]] inline assignment remove(const field& f) {
    return assignment("remove(" + f.text() + ")");
}

/// What an update sets, as an argument: text of the query language, one `assignment`, or several in braces.
class set_clause {
public:
    /// Assignments as text; borrows it.
    template <class Text, std::enable_if_t<detail::is_text<Text>, int> = 0>
    set_clause(const Text& text) noexcept : text_(text) {}
    /// One assignment; borrows its text.
    set_clause(const assignment& one) noexcept : text_(one.text()) {}
    /// Several.
    set_clause(std::initializer_list<assignment> several) {
        for (const assignment& one : several) {
            if (!joined_.empty())
                joined_ += ", ";
            joined_ += one.text();
        }
    }

    /// The text; valid as long as this object and what it was made of.
    [[nodiscard]] std::string_view view() const noexcept { return joined_.empty() ? text_ : std::string_view(joined_); }

private:
    std::string_view text_;
    std::string joined_;
};

namespace detail {

template <class A, class B>
using if_computable = std::enable_if_t<(is_term<A> || is_term<B>) && !std::is_same_v<A, condition> && !std::is_same_v<B, condition>, int>;

template <class... Parts>
expression function(std::string_view name, const Parts&... parts) {
    static_assert(sizeof...(Parts) > 0, "it takes at least one value");
    std::string text(name);
    char before = '(';
    ((text += before, text += expression::of(parts).text(), before = ','), ...);
    return {text + ')', expression::level::primary};
}

} // namespace detail

/// Minus a field.
[[nodiscard]] inline expression operator-(const field& f) {
    return -expression::of(f);
}
/// The sum of two numbers.
template <class A, class B, detail::if_computable<A, B> = 0>
expression operator+(const A& a, const B& b) {
    return expression::joined(expression::of(a), " + ", expression::level::sum, expression::of(b));
}
/// The difference of two numbers.
template <class A, class B, detail::if_computable<A, B> = 0>
expression operator-(const A& a, const B& b) {
    return expression::joined(expression::of(a), " - ", expression::level::sum, expression::of(b));
}
/// The product of two numbers.
template <class A, class B, detail::if_computable<A, B> = 0>
expression operator*(const A& a, const B& b) {
    return expression::joined(expression::of(a), " * ", expression::level::product, expression::of(b));
}
/// The quotient of two numbers: an integer if both are and it comes out even.
template <class A, class B, detail::if_computable<A, B> = 0>
expression operator/(const A& a, const B& b) {
    return expression::joined(expression::of(a), " / ", expression::level::product, expression::of(b));
}
/// Strings, joined.
template <class A, class B, class... Rest>
[[nodiscard]] expression concat(const A& a, const B& b, const Rest&... rest) {
    const auto both =
        expression::joined(expression::of(a), " || ", expression::level::concatenation, expression::of(b));
    if constexpr (sizeof...(Rest) == 0)
        return both;
    else
        return concat(both, rest...);
}
/// An array with elements added at its end; a missing or null one counts as empty.
template <class List, class... Elements>
[[nodiscard]] expression append(const List& list, const Elements&... elements) {
    return detail::function("append", list, elements...);
}
/// The first that is not null.
template <class... Values>
[[nodiscard]] expression coalesce(const Values&... values) {
    return detail::function("coalesce", values...);
}
/// The least; nulls do not count.
template <class... Values>
[[nodiscard]] expression min_of(const Values&... values) {
    return detail::function("min", values...);
}
/// The greatest; nulls do not count.
template <class... Values>
[[nodiscard]] expression max_of(const Values&... values) {
    return detail::function("max", values...);
}

template <class Value>
assignment field::operator=(const Value& value) const {
    return assignment(text_ + " = " + expression::of(value).text());
}
inline assignment field::operator=(const field& other) const {
    return assignment(text_ + " = " + other.text_);
}
template <class Value>
assignment field::operator+=(const Value& value) const {
    return *this = *this + value;
}
template <class Value>
assignment field::operator-=(const Value& value) const {
    return *this = *this - value;
}
template <class Value>
assignment field::operator*=(const Value& value) const {
    return *this = *this * value;
}
template <class Value>
assignment field::operator/=(const Value& value) const {
    return *this = *this / value;
}

} // namespace dictdb

#endif
