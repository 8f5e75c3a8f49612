// SPDX-License-Identifier: Apache-2.0
/// @file
/// C++ values to JSON text and back: `to_json`, `from_json`, and how types of your own take part.
#ifndef DICTDB_JSON_HPP
#define DICTDB_JSON_HPP

#include <dictdb/fields.hpp>
#include <dictdb/json_reader.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace dictdb {

/// JSON text that stands for itself where a C++ value is expected: `raw_json("[1, 2]")` is an array, `"[1, 2]"` a string.
/// `from_json<raw_json>` gives a value's text.
struct raw_json {
    raw_json() = default;
    /// Holds a text; whether it is JSON is found out by the call that gets it.
    explicit raw_json(std::string text_) : text(std::move(text_)) {}

    std::string text = "null"; ///< The text.
};

namespace detail {

template <class T, class = void>
inline constexpr bool has_dump = false;
template <class T>
inline constexpr bool has_dump<T, std::void_t<decltype(std::string(std::declval<const T&>().dump()))>> = true;

template <class T, class = void>
inline constexpr bool has_parse = false;
template <class T>
inline constexpr bool has_parse<T, std::enable_if_t<std::is_convertible_v<decltype(T::parse(std::declval<std::string_view>())), T>>> = true;

template <class T, class = void>
inline constexpr bool has_fields = false;
template <class T>
inline constexpr bool has_fields<T, std::void_t<decltype(dictdb_fields(static_cast<const T*>(nullptr)))>> = true;

template <class T, class = void>
inline constexpr bool has_to_json = false;
template <class T>
inline constexpr bool has_to_json<T, std::void_t<decltype(dictdb_to_json(std::declval<std::string&>(), std::declval<const T&>()))>> = true;

template <class T, class = void>
inline constexpr bool has_from_json = false;
template <class T>
inline constexpr bool has_from_json<T, std::void_t<decltype(dictdb_from_json(std::declval<std::string_view>(), std::declval<T&>()))>> = true;

template <class T>
inline constexpr bool is_text = std::is_convertible_v<const T&, std::string_view> && !has_dump<T> && !std::is_null_pointer_v<T>;

template <class T>
inline constexpr bool is_character =
    std::is_same_v<T, char> || std::is_same_v<T, wchar_t> || std::is_same_v<T, char16_t> || std::is_same_v<T, char32_t>
#ifdef __cpp_char8_t
    || std::is_same_v<T, char8_t>
#endif
    ;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T, class = void>
inline constexpr bool is_map = false;
template <class T>
inline constexpr bool is_map<T, std::void_t<typename T::mapped_type, decltype(std::declval<T&>()[std::declval<typename T::key_type>()])>> =
    std::is_convertible_v<const typename T::key_type&, std::string_view>;

template <class T, class = void>
inline constexpr bool is_range = false;
template <class T>
inline constexpr bool is_range<T, std::void_t<decltype(std::begin(std::declval<const T&>())), decltype(std::end(std::declval<const T&>()))>> = true;

template <class T, class = void>
inline constexpr bool is_growing = false;
template <class T>
inline constexpr bool is_growing<T, std::void_t<decltype(std::declval<T&>().emplace_back()), decltype(std::declval<T&>().clear())>> = true;

template <class>
inline constexpr bool never = false;

inline void append_string(std::string& out, std::string_view text) {
    static constexpr char hex[] = "0123456789abcdef";
    out += '"';
    const char* run = text.data();
    const char* const end = text.data() + text.size();
    for (const char* at = run; at != end; ++at) {
        const auto c = static_cast<unsigned char>(*at);
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        out.append(run, at);
        run = at + 1;
        out += '\\';
        if (c >= 0x20) {
            out += *at;
        } else {
            out += "u00";
            out += hex[c >> 4];
            out += hex[c & 15];
        }
    }
    out.append(run, end);
    out += '"';
}

template <class Number>
void append_number(std::string& out, Number number) {
    char digits[64];
    if constexpr (std::is_floating_point_v<Number>)
        if (!std::isfinite(number))
            throw error(status::number_range, "JSON has no number for infinity and NaN; store null, or a finite number");
    const auto stop = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out.append(digits, stop);
    // A double stays one: in an update expression 2.0 / 4 and 2 / 4 are not the same.
    if constexpr (std::is_floating_point_v<Number>)
        if (std::string_view(digits, static_cast<std::size_t>(stop - digits)).find_first_of(".e") == std::string_view::npos)
            out += ".0";
}

template <class T>
void append_json(std::string& out, const T& value);

/// A member that is an empty optional is left out, so that a schema's default can take its place.
template <class T>
void append_member(std::string& out, bool& is_first, std::string_view name, const T& value) {
    if constexpr (is_optional<T>)
        if (!value)
            return;
    if (!is_first)
        out += ',';
    is_first = false;
    append_string(out, name);
    out += ':';
    append_json(out, value);
}

template <class T>
void append_json(std::string& out, const T& value) {
    if constexpr (std::is_null_pointer_v<T> || std::is_same_v<T, std::nullopt_t>) {
        out += "null";
    } else if constexpr (std::is_same_v<T, raw_json>) {
        out += value.text;
    } else if constexpr (has_to_json<T>) {
        dictdb_to_json(out, value);
    } else if constexpr (has_dump<T>) {
        out += value.dump();
    } else if constexpr (has_fields<T>) {
        bool is_first = true;
        out += '{';
        std::apply([&](const auto&... field) { (append_member(out, is_first, field.name, value.*field.member), ...); },
                   dictdb_fields(static_cast<const T*>(nullptr)));
        out += '}';
    } else if constexpr (std::is_same_v<T, bool>) {
        out += value ? "true" : "false";
    } else if constexpr (is_text<T>) {
        append_string(out, std::string_view(value));
    } else if constexpr (std::is_arithmetic_v<T> && !is_character<T>) {
        append_number(out, value);
    } else if constexpr (is_optional<T>) {
        if (value)
            append_json(out, *value);
        else
            out += "null";
    } else if constexpr (is_map<T>) {
        bool is_first = true;
        out += '{';
        for (const auto& [name, mapped] : value) {
            if (!is_first)
                out += ',';
            is_first = false;
            append_string(out, std::string_view(name));
            out += ':';
            append_json(out, mapped);
        }
        out += '}';
    } else if constexpr (is_range<T>) {
        bool is_first = true;
        out += '[';
        for (const auto& element : value) {
            if (!is_first)
                out += ',';
            is_first = false;
            append_json(out, element);
        }
        out += ']';
    } else {
        static_assert(never<T>, "this type has no JSON form: give it DICTDB_FIELDS or dictdb_to_json (see dictdb/json.hpp)");
    }
}

/// The text of a document, an argument where JSON is expected: text is taken as it is, anything else is written as JSON.
/// `nullptr` is no text.
template <class T>
class document {
public:
    explicit document(const T& value) {
        if constexpr (is_text<T>)
            text_ = std::string_view(value);
        else if constexpr (std::is_same_v<T, raw_json>)
            text_ = value.text;
        else if constexpr (!std::is_null_pointer_v<T>)
            append_json(text_, value);
    }
    const char* data() const noexcept { return std::is_null_pointer_v<T> ? nullptr : text_.data(); }
    std::size_t size() const noexcept { return text_.size(); }

private:
    std::conditional_t<is_text<T> || std::is_same_v<T, raw_json>, std::string_view, std::string> text_;
};

template <class T>
void read_json(json_reader& in, T& value);

template <class T>
void read_members(json_reader& in, T& value) {
    in.read_object([&](std::string_view name) {
        const auto read = [&](const auto& field) {
            if (field.name != name)
                return false;
            try {
                read_json(in, value.*field.member);
            } catch (const error& e) {
                throw error(e.status(), "member " + std::string(name) + ": " + e.what(), std::string(e.detail()));
            }
            return true;
        };
        const bool is_known = std::apply([&](const auto&... field) { return (read(field) || ...); },
                                         dictdb_fields(static_cast<const T*>(nullptr)));
        if (!is_known)
            in.skip();
    });
}

template <class T>
void read_json(json_reader& in, T& value) {
    if constexpr (std::is_same_v<T, raw_json>) {
        value.text = in.skip();
    } else if constexpr (has_from_json<T>) {
        dictdb_from_json(in.skip(), value);
    } else if constexpr (has_parse<T>) {
        value = T::parse(in.skip());
    } else if constexpr (has_fields<T>) {
        read_members(in, value);
    } else if constexpr (std::is_same_v<T, bool>) {
        value = in.read_bool();
    } else if constexpr (std::is_arithmetic_v<T> && !is_character<T>) {
        value = in.read_number<T>();
    } else if constexpr (std::is_same_v<T, std::string>) {
        in.read_string(value);
    } else if constexpr (is_optional<T>) {
        if (in.read_null())
            value.reset();
        else
            read_json(in, value.emplace());
    } else if constexpr (is_map<T>) {
        value.clear();
        in.read_object([&](std::string_view name) { read_json(in, value[typename T::key_type(name)]); });
    } else if constexpr (is_growing<T>) {
        value.clear();
        in.read_array([&] {
            if constexpr (std::is_same_v<typename T::value_type, bool>)
                value.push_back(in.read_bool());
            else
                read_json(in, value.emplace_back());
        });
    } else {
        static_assert(never<T>, "this type cannot be read from JSON: give it DICTDB_FIELDS or dictdb_from_json (see dictdb/json.hpp)");
    }
}

} // namespace detail

/// Appends a C++ value as JSON text.
///
/// Known are: `nullptr`; `bool`; integers and floating-point numbers; text (anything that converts to `std::string_view`);
/// `std::optional` (empty is null); ranges (arrays) and maps from text (objects) of known types; `raw_json`; every type with
/// a member function `dump()` that gives text, such as `nlohmann::json`; structs with one of these beside them, in their
/// own namespace:
///
///     DICTDB_FIELDS(user, id, name);                                     // both ways, member by member
///     void dictdb_to_json(std::string& out, const user& value);          // appends one JSON value
///     void dictdb_from_json(std::string_view text, user& value);         // reads one
///
/// A member that is an empty `std::optional` is left out. Infinity and NaN are `status::number_range`. Text must be UTF-8,
/// which the library checks.
template <class T>
void to_json(std::string& out, const T& value) {
    detail::append_json(out, value);
}

/// A C++ value as JSON text.
template <class T>
[[nodiscard]] std::string to_json(const T& value) {
    std::string out;
    detail::append_json(out, value);
    return out;
}

/// Reads JSON text into a C++ value: the types that `to_json` knows, with `parse(std::string_view)`, static, in the place
/// of `dump()`, and containers that grow.
///
/// Members that the struct does not have are passed over; those that the text does not have stay as they are. What does
/// not fit is an `error`: `status::type_mismatch`, `status::number_range` or `status::invalid_json`; then `value` is valid,
/// but may have been changed in part.
template <class T>
void from_json(std::string_view text, T& value) {
    json_reader in(text);
    detail::read_json(in, value);
    in.expect_end();
}

/// Reads JSON text as a C++ value.
template <class T>
[[nodiscard]] T from_json(std::string_view text) {
    T value{};
    from_json(text, value);
    return value;
}

/// A JSON object, of names and values by turns: `object("name", "Ada", "age", 36)`.
template <class... Parts>
[[nodiscard]] raw_json object(const Parts&... parts) {
    static_assert(sizeof...(Parts) % 2 == 0, "names and values by turns");
    std::string text = "{";
    std::size_t index = 0;
    const auto append = [&](const auto& part) {
        if (index != 0)
            text += index % 2 == 0 ? ',' : ':';
        if constexpr (detail::is_text<std::decay_t<decltype(part)>>)
            detail::append_string(text, part);
        else
            detail::append_json(text, part);
        ++index;
    };
    (append(parts), ...);
    text += '}';
    return raw_json(std::move(text));
}

/// A JSON array: `array(1, "two", nullptr)`.
template <class... Values>
[[nodiscard]] raw_json array(const Values&... values) {
    std::string text = "[";
    [[maybe_unused]] bool is_first = true;
    const auto append = [&](const auto& value) {
        if (!is_first)
            text += ',';
        is_first = false;
        detail::append_json(text, value);
    };
    (append(values), ...);
    text += ']';
    return raw_json(std::move(text));
}

} // namespace dictdb

#endif
