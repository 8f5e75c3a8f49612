// SPDX-License-Identifier: Apache-2.0
/// @file
/// `json_reader`: goes through JSON text without building a tree.
#ifndef DICTDB_JSON_READER_HPP
#define DICTDB_JSON_READER_HPP

#include <dictdb/error.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace dictdb {

/// Reads JSON text from its beginning to its end, value by value.
///
/// It is made for text that the library gave: what is no JSON is not always noticed, but never read beyond its end.
/// What does not fit is an `error`: `status::invalid_json`, or `status::type_mismatch` where another type was asked for.
/// The text must live as long as the reader.
class json_reader {
public:
    /// Begins before the first value of a text.
    explicit json_reader(std::string_view text) noexcept
        : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}

    /// The first character of the next value, which tells its kind: `{` `[` `"` `t` `f` `n`, or that of a number; 0 at the
    /// end of the text.
    [[nodiscard]] char peek() noexcept {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t'))
            ++at_;
        return at_ != end_ ? *at_ : '\0';
    }

    /// Passes over the next value, of whatever kind, and gives its text.
    std::string_view skip() {
        const char first = peek();
        const char* const start = at_;
        std::size_t depth = 0;
        if (at_ != end_ && is_delimiter(first))
            fail("expected a value");
        do {
            if (at_ == end_)
                fail_incomplete();
            const char c = *at_;
            if (c == '"') {
                skip_string();
                continue;
            }
            if (c == '{' || c == '[')
                ++depth;
            else if (c == '}' || c == ']')
                --depth;
            ++at_;
        } while (depth != 0);
        if (first != '{' && first != '[' && first != '"')
            while (at_ != end_ && !is_delimiter(*at_))
                ++at_;
        return {start, static_cast<std::size_t>(at_ - start)};
    }

    /// If the next value is null, passes over it.
    bool read_null() {
        if (peek() != 'n')
            return false;
        word("null");
        return true;
    }

    /// Reads true or false.
    bool read_bool() {
        const char c = peek();
        if (c != 't' && c != 'f')
            fail_type("true or false");
        word(c == 't' ? "true" : "false");
        return c == 't';
    }

    /// Reads a number into any arithmetic type but `bool`; one that does not fit there is `status::number_range`.
    template <class Number>
    Number read_number() {
        static_assert(std::is_arithmetic_v<Number> && !std::is_same_v<Number, bool>);
        const char first = peek();
        if (first != '-' && (first < '0' || first > '9'))
            fail_type(std::is_integral_v<Number> ? "an integer" : "a number");
        Number number{};
        const auto [stop, why] = std::from_chars(at_, end_, number);
        if (why == std::errc::result_out_of_range && !(std::is_floating_point_v<Number> && is_next_tiny()))
            fail_range();
        if (why == std::errc::invalid_argument || (stop != end_ && !is_delimiter(*stop)))
            fail_type(std::is_integral_v<Number> ? (std::is_signed_v<Number> ? "an integer" : "an integer that is not negative")
                                                 : "a number");
        at_ = stop;
        return number;
    }

    /// Reads a string and replaces what was in `text` by it.
    void read_string(std::string& text) {
        if (peek() != '"')
            fail_type("a string");
        text.clear();
        ++at_;
        for (;;) {
            const char* const run = at_;
            while (at_ != end_ && *at_ != '"' && *at_ != '\\')
                ++at_;
            text.append(run, at_);
            if (at_ == end_)
                fail_incomplete();
            if (*at_++ == '"')
                return;
            read_escape(text);
        }
    }

    /// Reads a string.
    [[nodiscard]] std::string read_string() {
        std::string text;
        read_string(text);
        return text;
    }

    /// Reads an array: calls `element()` before each of its values, which has to read or skip it.
    template <class Element>
    void read_array(Element&& element) {
        if (peek() != '[')
            fail_type("an array");
        ++at_;
        if (close(']'))
            return;
        do {
            element();
        } while (comma_or(']'));
    }

    /// Reads an object: calls `member(name)` before each of its values, which has to read or skip it.
    template <class Member>
    void read_object(Member&& member) {
        if (peek() != '{')
            fail_type("an object");
        ++at_;
        if (close('}'))
            return;
        std::string unescaped;
        do {
            if (peek() != '"')
                fail("expected the name of a member");
            const char* const start = at_;
            skip_string();
            std::string_view name(start + 1, static_cast<std::size_t>(at_ - start) - 2);
            if (name.find('\\') != std::string_view::npos) {
                json_reader(std::string_view(start, static_cast<std::size_t>(at_ - start))).read_string(unescaped);
                name = unescaped;
            }
            if (peek() != ':')
                fail("expected a colon");
            ++at_;
            member(name);
        } while (comma_or('}'));
    }

    /// Begins or goes on in an array, for those who want a loop of their own: true before a value, which has to be read
    /// or skipped before the next call; false behind the array. `is_first` is true before the first call.
    bool next_element(bool& is_first) {
        if (is_first) {
            is_first = false;
            if (peek() != '[')
                fail_type("an array");
            ++at_;
            return !close(']');
        }
        return comma_or(']');
    }

    /// Makes sure that nothing but white space is left.
    void expect_end() {
        if (peek() != '\0' || at_ != end_)
            fail("expected the end of the text");
    }

    /// Throws `status::type_mismatch`: something else stands here than `expected`.
    [[noreturn]] void fail_type(const char* expected) {
        json_reader rest = *this;
        std::string found;
        try {
            found = rest.peek() == '\0' ? "the end of the text" : std::string(rest.skip().substr(0, 80));
        } catch (const error&) {
            found = "what is no JSON";
        }
        throw error(status::type_mismatch, std::string("expected ") + expected + ", found " + found, position_detail());
    }

private:
    static bool is_delimiter(char c) noexcept {
        return c == ',' || c == ']' || c == '}' || c == ':' || c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    std::string position_detail() const { return "{\"position\":" + std::to_string(at_ - begin_) + "}"; }

    [[noreturn]] void fail(const char* what) const {
        throw error(status::invalid_json, std::string("not JSON: ") + what + ", at byte " + std::to_string(at_ - begin_),
                    position_detail());
    }
    [[noreturn]] void fail_incomplete() const { fail("the text ends too early"); }
    [[noreturn]] void fail_range() {
        const std::string number(json_reader(*this).skip().substr(0, 80));
        throw error(status::number_range, "the number " + number + " does not fit in the C++ type that it is read into",
                    position_detail());
    }

    /// Whether a number that no double can hold is none because it is too close to zero.
    bool is_next_tiny() const {
        const std::string_view number = json_reader(*this).skip();
        const std::size_t exponent = number.find_first_of("eE");
        if (exponent != std::string_view::npos)
            return number.substr(exponent + 1, 1) == "-";
        return number.substr(number[0] == '-' ? 1 : 0, 2) == "0.";
    }

    void word(std::string_view expected) {
        if (static_cast<std::size_t>(end_ - at_) < expected.size() || std::string_view(at_, expected.size()) != expected)
            fail("expected true, false or null");
        at_ += expected.size();
    }

    bool close(char bracket) noexcept {
        if (peek() != bracket)
            return false;
        ++at_;
        return true;
    }

    bool comma_or(char bracket) {
        const char c = peek();
        if (c != ',' && c != bracket)
            fail("expected a comma or a closing bracket");
        ++at_;
        return c == ',';
    }

    void skip_string() {
        ++at_;
        while (at_ != end_ && *at_ != '"')
            at_ += *at_ == '\\' && end_ - at_ > 1 ? 2 : 1;
        if (at_ == end_)
            fail_incomplete();
        ++at_;
    }

    std::uint32_t read_hex() {
        std::uint32_t unit = 0;
        if (end_ - at_ < 4)
            fail_incomplete();
        const auto [stop, why] = std::from_chars(at_, at_ + 4, unit, 16);
        if (why != std::errc() || stop != at_ + 4)
            fail("expected four hexadecimal digits");
        at_ = stop;
        return unit;
    }

    void read_escape(std::string& text) {
        if (at_ == end_)
            fail_incomplete();
        switch (*at_++) {
        case '"': text += '"'; break;
        case '\\': text += '\\'; break;
        case '/': text += '/'; break;
        case 'b': text += '\b'; break;
        case 'f': text += '\f'; break;
        case 'n': text += '\n'; break;
        case 'r': text += '\r'; break;
        case 't': text += '\t'; break;
        case 'u': {
            std::uint32_t point = read_hex();
            if (point >= 0xD800 && point < 0xDC00) {
                if (end_ - at_ < 6 || at_[0] != '\\' || at_[1] != 'u')
                    fail("half of a surrogate pair");
                at_ += 2;
                const std::uint32_t low = read_hex();
                if (low < 0xDC00 || low > 0xDFFF)
                    fail("half of a surrogate pair");
                point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
            } else if (point >= 0xDC00 && point <= 0xDFFF) {
                fail("half of a surrogate pair");
            }
            append_utf8(text, point);
            break;
        }
        default: fail("no such escape");
        }
    }

    static void append_utf8(std::string& text, std::uint32_t point) {
        const auto byte = [&text](std::uint32_t value) { text += static_cast<char>(static_cast<unsigned char>(value)); };
        if (point < 0x80) {
            byte(point);
        } else if (point < 0x800) {
            byte(0xC0 | (point >> 6));
            byte(0x80 | (point & 0x3F));
        } else if (point < 0x10000) {
            byte(0xE0 | (point >> 12));
            byte(0x80 | ((point >> 6) & 0x3F));
            byte(0x80 | (point & 0x3F));
        } else {
            byte(0xF0 | (point >> 18));
            byte(0x80 | ((point >> 12) & 0x3F));
            byte(0x80 | ((point >> 6) & 0x3F));
            byte(0x80 | (point & 0x3F));
        }
    }

    const char* begin_;
    const char* at_;
    const char* end_;
};

} // namespace dictdb

#endif
