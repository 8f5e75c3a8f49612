// SPDX-License-Identifier: Apache-2.0
/// @file
/// `result<T>`: a value or a failure, for those who do not want exceptions.
#ifndef DICTDB_RESULT_HPP
#define DICTDB_RESULT_HPP

#include <dictdb/error.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace dictdb {

/// What a `try_…` function returns: a value, or a `failure`. Such functions never throw.
///
/// As `std::expected`: `if (auto key = users.try_insert(record)) use(*key); else log(key.error().message());`
/// `*` and `->` of a failure, and `error()` of a value, are undefined, as with `std::expected`.
template <class T>
class [[nodiscard]] result {
    static_assert(std::is_nothrow_move_constructible_v<T>, "a result is moved without exceptions");

public:
    using value_type = T;

    /// A value.
    template <class U = T, class = std::enable_if_t<std::is_constructible_v<T, U&&> && !std::is_same_v<std::decay_t<U>, result> &&
                                                    !std::is_same_v<std::decay_t<U>, failure>>>
    result(U&& value) noexcept(std::is_nothrow_constructible_v<T, U&&>) : value_(std::forward<U>(value)), has_value_(true) {}
    /// A failure.
    result(failure&& why) noexcept : failure_(std::move(why)), has_value_(false) {}

    result(result&& other) noexcept : has_value_(other.has_value_) {
        if (has_value_)
            ::new (static_cast<void*>(std::addressof(value_))) T(std::move(other.value_));
        else
            ::new (static_cast<void*>(std::addressof(failure_))) failure(std::move(other.failure_));
    }
    result& operator=(result&& other) noexcept {
        if (this != &other) {
            this->~result();
            ::new (static_cast<void*>(this)) result(std::move(other));
        }
        return *this;
    }
    result(const result&) = delete;
    result& operator=(const result&) = delete;
    ~result() {
        if (has_value_)
            value_.~T();
        else
            failure_.~failure();
    }

    /// Whether there is a value.
    [[nodiscard]] bool has_value() const noexcept { return has_value_; }
    /// Whether there is a value.
    [[nodiscard]] explicit operator bool() const noexcept { return has_value_; }

    /// The value, which must be there.
    [[nodiscard]] T& operator*() & noexcept { return value_; }
    [[nodiscard]] const T& operator*() const& noexcept { return value_; }
    [[nodiscard]] T&& operator*() && noexcept { return std::move(value_); }
    [[nodiscard]] T* operator->() noexcept { return std::addressof(value_); }
    [[nodiscard]] const T* operator->() const noexcept { return std::addressof(value_); }

    /// The value; throws the failure if there is none.
    T& value() & {
        if (!has_value_)
            std::as_const(failure_).raise();
        return value_;
    }
    const T& value() const& {
        if (!has_value_)
            failure_.raise();
        return value_;
    }
    T value() && {
        if (!has_value_)
            std::move(failure_).raise();
        return std::move(value_);
    }

    /// The value, or another one if there is none.
    template <class U>
    [[nodiscard]] T value_or(U&& other) && {
        return has_value_ ? std::move(value_) : static_cast<T>(std::forward<U>(other));
    }

    /// The failure, which must be there.
    [[nodiscard]] const failure& error() const& noexcept { return failure_; }
    [[nodiscard]] failure&& error() && noexcept { return std::move(failure_); }

    /// What was answered: `status::ok` of a value.
    [[nodiscard]] dictdb::status status() const noexcept { return has_value_ ? dictdb::status::ok : failure_.status(); }

private:
    union {
        T value_;
        failure failure_;
    };
    bool has_value_;
};

/// What a `try_…` function returns that has nothing to give: success, or a failure.
template <>
class [[nodiscard]] result<void> {
public:
    using value_type = void;

    result() noexcept = default;
    result(failure&& why) noexcept : failure_(std::move(why)) {}

    /// Whether it succeeded.
    [[nodiscard]] bool has_value() const noexcept { return !failure_.has_value(); }
    /// Whether it succeeded.
    [[nodiscard]] explicit operator bool() const noexcept { return !failure_.has_value(); }

    /// Throws the failure if there is one.
    void value() const& {
        if (failure_)
            failure_->raise();
    }
    void value() && {
        if (failure_)
            std::move(*failure_).raise();
    }

    /// The failure, which must be there.
    [[nodiscard]] const failure& error() const& noexcept { return *failure_; }
    [[nodiscard]] failure&& error() && noexcept { return std::move(*failure_); }

    /// What was answered.
    [[nodiscard]] dictdb::status status() const noexcept { return failure_ ? failure_->status() : dictdb::status::ok; }

private:
    std::optional<failure> failure_;
};

namespace detail {

/// Runs a body that returns a result; what it throws becomes a failure.
template <class Body>
auto attempt(Body&& body) noexcept -> decltype(body()) {
    try {
        return body();
    } catch (...) {
        return failure::current();
    }
}

/// A result without a value of a C function: `call` gets where the error object goes.
template <class Call>
result<void> perform(Call&& call) noexcept {
    dictdb_error* object = nullptr;
    const dictdb_status code = call(&object);
    if (code != DICTDB_STATUS_OK)
        return failure(code, object);
    return {};
}

/// The number, or another plain value, that a C function writes: `call` gets it and where the error object goes.
template <class T, class Call>
result<T> obtain(Call&& call) noexcept {
    T value{};
    dictdb_error* object = nullptr;
    const dictdb_status code = call(&value, &object);
    if (code != DICTDB_STATUS_OK)
        return failure(code, object);
    return value;
}

/// As `perform`, of functions for which RECORD_NOT_FOUND is an answer like others: false.
template <class Call>
result<bool> perform_if_found(Call&& call) noexcept {
    dictdb_error* object = nullptr;
    const dictdb_status code = call(&object);
    if (code != DICTDB_STATUS_OK && code != DICTDB_STATUS_RECORD_NOT_FOUND)
        return failure(code, object);
    return code == DICTDB_STATUS_OK;
}

/// As `obtain`, of functions that count the records they change: of RECORD_NOT_FOUND, 0.
template <class Call>
result<std::uint64_t> obtain_count(Call&& call) noexcept {
    std::uint64_t count = 0;
    auto found = perform_if_found([&](dictdb_error** why) { return call(&count, why); });
    if (!found)
        return std::move(found).error();
    return count;
}

} // namespace detail
} // namespace dictdb

#endif
