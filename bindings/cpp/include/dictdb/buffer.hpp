// SPDX-License-Identifier: Apache-2.0
/// @file
/// `buffer` and `rows`: memory that results are written into, reused from call to call.
#ifndef DICTDB_BUFFER_HPP
#define DICTDB_BUFFER_HPP

#include <dictdb/json.hpp>
#include <dictdb/result.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace dictdb {

/// Text that the library has written: JSON, unless a function says otherwise.
///
/// Functions that take a `buffer&` write into it and grow it as need be; used again, it costs no allocation. Views of it are
/// valid until it is written to the next time, moved or destroyed. Move-only. One thread at a time.
class buffer {
public:
    buffer() noexcept = default;
    buffer(buffer&& other) noexcept : raw_(std::exchange(other.raw_, dictdb_buffer{})) {}
    buffer& operator=(buffer&& other) noexcept {
        std::swap(raw_, other.raw_);
        return *this;
    }
    buffer(const buffer&) = delete;
    buffer& operator=(const buffer&) = delete;
    ~buffer() { dictdb_buffer_free(&raw_); }

    /// The text. `view().data()` ends with a NUL that does not count, unless nothing was written yet.
    [[nodiscard]] std::string_view view() const noexcept {
        return raw_.data != nullptr ? std::string_view(raw_.data, raw_.len) : std::string_view("", 0);
    }
    /// The text.
    operator std::string_view() const noexcept { return view(); }
    /// A copy of the text.
    [[nodiscard]] std::string str() const { return std::string(view()); }
    /// Length in bytes.
    [[nodiscard]] std::size_t size() const noexcept { return raw_.len; }

    /// The text read as a C++ value: see `from_json`.
    template <class T>
    [[nodiscard]] T as() const {
        return from_json<T>(view());
    }

    /// Gives the memory back; the buffer is empty and can be used again.
    void release() noexcept { dictdb_buffer_free(&raw_); }

    /// For calls of dictdb.h.
    [[nodiscard]] dictdb_buffer* raw() noexcept { return &raw_; }

private:
    dictdb_buffer raw_{};
};

/// Writes the text.
inline std::ostream& operator<<(std::ostream& out, const buffer& text) {
    return out << text.view();
}

/// A JSON array of rows and their number. A range of the rows' texts: `for (std::string_view row : rows)`.
class rows : public buffer {
public:
    /// The end of the range.
    struct sentinel {};

    /// Goes through the rows; reads the text as it goes.
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = std::string_view;
        using difference_type = std::ptrdiff_t;
        using pointer = const std::string_view*;
        using reference = const std::string_view&;

        explicit iterator(std::string_view text) : in_(text), is_at_row_(!text.empty()) {
            if (is_at_row_)
                advance();
        }
        /// The row's JSON text, valid as long as the `rows`.
        reference operator*() const noexcept { return row_; }
        pointer operator->() const noexcept { return &row_; }
        iterator& operator++() {
            advance();
            return *this;
        }
        void operator++(int) { advance(); }
        friend bool operator==(const iterator& at, sentinel) noexcept { return !at.is_at_row_; }
        friend bool operator!=(const iterator& at, sentinel) noexcept { return at.is_at_row_; }

    private:
        void advance() {
            is_at_row_ = in_.next_element(is_first_);
            if (is_at_row_)
                row_ = in_.skip();
        }

        json_reader in_;
        std::string_view row_;
        bool is_first_ = true;
        bool is_at_row_;
    };

    /// How many rows there are.
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    /// Whether there is none.
    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
    [[nodiscard]] iterator begin() const { return iterator(view()); }
    [[nodiscard]] sentinel end() const noexcept { return {}; }

    /// For calls of dictdb.h: where the number of rows goes.
    [[nodiscard]] std::uint64_t* raw_count() noexcept { return &count_; }

private:
    std::uint64_t count_ = 0;
};

namespace detail {

/// The text that a C function writes into `into`: `call` gets the buffer and where the error object goes.
template <class Call>
result<std::string_view> fill(buffer& into, Call&& call) noexcept {
    dictdb_error* object = nullptr;
    const dictdb_status code = call(into.raw(), &object);
    if (code != DICTDB_STATUS_OK)
        return failure(code, object);
    return into.view();
}

/// As `fill`, of functions for which RECORD_NOT_FOUND is an answer like others.
template <class Call>
result<std::optional<std::string_view>> fill_if_found(buffer& into, Call&& call) noexcept {
    dictdb_error* object = nullptr;
    const dictdb_status code = call(into.raw(), &object);
    if (code == DICTDB_STATUS_OK)
        return std::optional<std::string_view>(into.view());
    if (code == DICTDB_STATUS_RECORD_NOT_FOUND)
        return std::optional<std::string_view>();
    return failure(code, object);
}

/// As `fill`, with the number of rows, which is 0 after a failure.
template <class Call>
result<std::string_view> fill_rows(rows& into, Call&& call) noexcept {
    *into.raw_count() = 0;
    return fill(into, [&](dictdb_buffer* text, dictdb_error** why) { return call(text, into.raw_count(), why); });
}

/// What `write(into)` writes, in a `Text` of its own.
template <class Text = buffer, class Write>
result<Text> into_new(Write&& write) noexcept {
    Text text;
    auto written = write(text);
    if (!written)
        return std::move(written).error();
    return text;
}

/// What `write(into)` writes, read as a `T`; `buffer` stands for the text itself.
template <class T, class Write>
result<T> read_as(Write&& write) noexcept {
    if constexpr (std::is_same_v<T, buffer>) {
        return into_new(write);
    } else {
        return attempt([&]() -> result<T> {
            auto text = into_new(write);
            if (!text)
                return std::move(text).error();
            return from_json<T>(*text);
        });
    }
}

} // namespace detail
} // namespace dictdb

#endif
