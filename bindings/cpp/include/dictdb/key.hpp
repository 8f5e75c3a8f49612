// SPDX-License-Identifier: Apache-2.0
/// @file
/// Primary keys: `key` owns one, `key_view` is what functions take.
#ifndef DICTDB_KEY_HPP
#define DICTDB_KEY_HPP

#include <dictdb/json.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace dictdb {

namespace detail {

template <class T>
inline constexpr bool is_key_integer = std::is_integral_v<T> && !std::is_same_v<T, bool> && !is_character<T>;

} // namespace detail

/// The primary key of a record: a signed 64-bit integer or a string. `1` and `"1"` are two keys.
class key {
public:
    /// The integer 0, which is a key like others.
    key() noexcept = default;
    /// An integer of any type that fits in 64 signed bits.
    template <class Integer, std::enable_if_t<detail::is_key_integer<Integer> && (std::is_signed_v<Integer> || sizeof(Integer) < 8), int> = 0>
    key(Integer number) noexcept : value_(std::int64_t{number}) {}
    /// A string.
    key(std::string text) noexcept : value_(std::move(text)) {}

    /// Whether it is an integer.
    [[nodiscard]] bool is_integer() const noexcept { return std::holds_alternative<std::int64_t>(value_); }
    /// The integer; `std::bad_variant_access` if it is a string.
    [[nodiscard]] std::int64_t integer() const { return std::get<std::int64_t>(value_); }
    /// The string; `std::bad_variant_access` if it is an integer.
    [[nodiscard]] const std::string& text() const { return std::get<std::string>(value_); }

    friend bool operator==(const key& a, const key& b) noexcept { return a.value_ == b.value_; }
    friend bool operator!=(const key& a, const key& b) noexcept { return a.value_ != b.value_; }
    /// Integers come before strings.
    friend bool operator<(const key& a, const key& b) noexcept { return a.value_ < b.value_; }
    friend std::ostream& operator<<(std::ostream& out, const key& k) { return out << to_json(k); }

    friend void dictdb_to_json(std::string& out, const key& k) {
        std::visit([&out](const auto& value) { dictdb::to_json(out, value); }, k.value_);
    }
    friend void dictdb_from_json(std::string_view text, key& k) {
        json_reader in(text);
        if (in.peek() == '"')
            in.read_string(k.value_.emplace<std::string>());
        else
            k.value_ = in.read_number<std::int64_t>();
        in.expect_end();
    }

private:
    friend struct std::hash<key>;
    std::variant<std::int64_t, std::string> value_;
};

/// A key as an argument: an integer, or text, which it borrows, or a `key`, or one as JSON in `raw_json`.
class key_view {
public:
    /// Any integer type. One beyond 64 signed bits is `status::invalid_key`.
    template <class Integer, std::enable_if_t<detail::is_key_integer<Integer>, int> = 0>
    constexpr key_view(Integer number) noexcept
        : form_(std::is_unsigned_v<Integer> && static_cast<std::uint64_t>(number) > INT64_MAX ? form::beyond_signed : form::integer),
          integer_(static_cast<std::int64_t>(number)) {}
    /// Text is a string key, not JSON.
    template <class Text, std::enable_if_t<detail::is_text<Text>, int> = 0>
    constexpr key_view(const Text& text) noexcept : form_(form::text), text_(text) {}
    /// A key.
    key_view(const key& k) noexcept : form_(k.is_integer() ? form::integer : form::text) {
        if (k.is_integer())
            integer_ = k.integer();
        else
            text_ = k.text();
    }
    /// A key as JSON text: `42` or `"abc"`.
    key_view(const raw_json& json) noexcept : form_(form::json), text_(json.text) {}

    /// Whether it is an integer that a key can be.
    [[nodiscard]] constexpr bool is_integer() const noexcept { return form_ == form::integer; }
    /// The integer.
    [[nodiscard]] constexpr std::int64_t integer() const noexcept { return integer_; }

private:
    enum class form : unsigned char { integer, beyond_signed, text, json };
    friend class key_text;

    form form_;
    std::int64_t integer_ = 0;
    std::string_view text_;
};

/// The JSON text of a key. Keys of up to 118 bytes without escapes are written in place, without an allocation.
class key_text {
public:
    /// Writes the key; borrows what the view borrows.
    explicit key_text(const key_view& k) {
        switch (k.form_) {
        case key_view::form::integer: set_number(k.integer_); break;
        case key_view::form::beyond_signed: set_number(static_cast<std::uint64_t>(k.integer_)); break;
        case key_view::form::json: view_ = k.text_; break;
        case key_view::form::text: set_string(k.text_); break;
        }
    }
    key_text(const key_text&) = delete;
    key_text& operator=(const key_text&) = delete;

    /// The text.
    [[nodiscard]] const char* data() const noexcept { return view_.data(); }
    /// Its length in bytes.
    [[nodiscard]] std::size_t size() const noexcept { return view_.size(); }

private:
    template <class Number>
    void set_number(Number number) noexcept {
        const auto stop = std::to_chars(inline_, inline_ + sizeof inline_, number).ptr;
        view_ = {inline_, static_cast<std::size_t>(stop - inline_)};
    }

    void set_string(std::string_view text) {
        if (text.size() + 2 <= sizeof inline_ && !needs_escapes(text)) {
            inline_[0] = '"';
            if (!text.empty())
                std::memcpy(inline_ + 1, text.data(), text.size());
            inline_[text.size() + 1] = '"';
            view_ = {inline_, text.size() + 2};
        } else {
            detail::append_string(long_, text);
            view_ = long_;
        }
    }

    static bool needs_escapes(std::string_view text) noexcept {
        bool needs = false;
        for (const char c : text)
            needs |= static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
        return needs;
    }

    char inline_[120];
    std::string long_;
    std::string_view view_;
};

} // namespace dictdb

/// Keys in unordered containers.
template <>
struct std::hash<dictdb::key> {
    std::size_t operator()(const dictdb::key& k) const noexcept {
        return std::hash<std::variant<std::int64_t, std::string>>()(k.value_);
    }
};

#endif
