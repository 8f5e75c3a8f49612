// SPDX-License-Identifier: Apache-2.0
/// @file
/// `cursor`: the rows of a query, a few at a time.
#ifndef DICTDB_CURSOR_HPP
#define DICTDB_CURSOR_HPP

#include <dictdb/buffer.hpp>
#include <dictdb/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

namespace dictdb {

/// How many rows a batch takes.
struct batch_size {
    std::uint64_t rows = 0;                    ///< Rows at most; 0: as many as the bytes let through.
    std::size_t bytes = std::size_t{64} << 10; ///< Bytes of text at most, but one row is always taken; 0 for 1 MiB.
};

template <class Row>
class row_iterator;
template <class Row, class Source>
class row_range;

/// The end of the rows of a cursor.
struct row_sentinel {};

/// The rows of a query on a table as it was when the cursor was made. It holds no lock, so it may be kept for as long as one
/// likes; it keeps a snapshot.
///
/// `for (std::string_view row : cursor)` and `for (const user& u : cursor.rows<user>())` take rows in batches, one call for
/// many; `next` lends one row without a copy. Any thread may call; each row is handed out once.
class cursor : public handle<dictdb_cursor, dictdb_cursor_free> {
public:
    using handle::handle;

    /// The rows that are left, as texts that are valid until the next step of the iterator. Going on throws what
    /// `next_batch` throws.
    [[nodiscard]] row_iterator<std::string_view> begin();
    [[nodiscard]] row_sentinel end() const noexcept { return {}; }

    /// The rows that are left, each as a `Row`: any type that `from_json` reads. The range borrows the cursor; made of a
    /// temporary one, it owns it.
    template <class Row = std::string_view>
    [[nodiscard]] row_range<Row, cursor&> rows(batch_size size = {}) & {
        return {*this, size};
    }
    template <class Row = std::string_view>
    [[nodiscard]] row_range<Row, cursor> rows(batch_size size = {}) && {
        return {std::move(*this), size};
    }

    /// Lends the next row; empty at the end. It is valid until the next step of the cursor, by whatever function, or until
    /// it is closed, and ends without a NUL. Fails with `cancelled`, `timeout` (the next call goes on), `out_of_memory`.
    std::optional<std::string_view> next() { return try_next().value(); }
    result<std::optional<std::string_view>> try_next() noexcept {
        const char* row = nullptr;
        std::size_t length = 0;
        dictdb_error* object = nullptr;
        const dictdb_status code = dictdb_cursor_next(raw(), &row, &length, &object);
        if (code == DICTDB_STATUS_OK)
            return std::optional<std::string_view>(std::in_place, row, length);
        if (code == DICTDB_STATUS_RECORD_NOT_FOUND)
            return std::optional<std::string_view>();
        return failure(code, object);
    }

    /// Takes the next rows into `into`, as many as fit, and gives their text; empty at the end. Fails as `next`.
    std::optional<std::string_view> next_batch(dictdb::rows& into, batch_size size = {}, rows_form form = rows_form::array) {
        return try_next_batch(into, size, form).value();
    }
    result<std::optional<std::string_view>> try_next_batch(dictdb::rows& into, batch_size size = {},
                                                           rows_form form = rows_form::array) noexcept {
        *into.raw_count() = 0;
        return detail::fill_if_found(into, [&](dictdb_buffer* text, dictdb_error** why) {
            return dictdb_cursor_next_batch(raw(), size.rows, size.bytes, static_cast<std::int32_t>(form), text, into.raw_count(), why);
        });
    }
};

/// Goes through the rows of a cursor, and owns the batch that it is in. Move-only.
template <class Row>
class row_iterator {
public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = Row;
    using difference_type = std::ptrdiff_t;

    /// Takes the first batch.
    row_iterator(cursor& source, batch_size size) : source_(&source), size_(size) { advance(); }

    /// The row, valid until the next step.
    const Row& operator*() const noexcept { return row_; }
    const Row* operator->() const noexcept { return &row_; }
    row_iterator& operator++() {
        advance();
        return *this;
    }
    void operator++(int) { advance(); }
    friend bool operator==(const row_iterator& at, row_sentinel) noexcept { return at.is_over_; }
    friend bool operator!=(const row_iterator& at, row_sentinel) noexcept { return !at.is_over_; }

private:
    void advance() {
        // Stored rows have no line breaks of their own, so the next one is where the row ends.
        if (rest_.empty() && !refill()) {
            is_over_ = true;
            return;
        }
        const std::size_t length = rest_.find('\n');
        const std::string_view text = rest_.substr(0, length);
        rest_.remove_prefix(length + 1);
        if constexpr (std::is_same_v<Row, std::string_view>) {
            row_ = text;
        } else {
            row_ = Row{};
            from_json(text, row_);
        }
    }

    bool refill() {
        const auto more = source_->next_batch(batch_, size_, rows_form::lines);
        rest_ = more.value_or(std::string_view());
        return more.has_value();
    }

    cursor* source_;
    batch_size size_;
    rows batch_;
    std::string_view rest_;
    Row row_{};
    bool is_over_ = false;
};

/// The rows that are left of a cursor, to go through once; made by `cursor::rows`.
template <class Row, class Source>
class row_range {
public:
    row_range(Source&& source, batch_size size) noexcept : source_(std::forward<Source>(source)), size_(size) {}

    [[nodiscard]] row_iterator<Row> begin() { return {source_, size_}; }
    [[nodiscard]] row_sentinel end() const noexcept { return {}; }

private:
    Source source_;
    batch_size size_;
};

inline row_iterator<std::string_view> cursor::begin() {
    return {*this, batch_size()};
}

} // namespace dictdb

#endif
