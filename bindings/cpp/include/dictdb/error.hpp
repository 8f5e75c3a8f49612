// SPDX-License-Identifier: Apache-2.0
/// @file
/// What went wrong: `failure`, which a `result` holds, and `error`, which is thrown.
#ifndef DICTDB_ERROR_HPP
#define DICTDB_ERROR_HPP

#include <dictdb/status.hpp>

#include <exception>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace dictdb {

class failure;

/// The exception of this library: status, message and detail.
///
/// Copies share what they hold, so that copying does not throw. Immutable: any thread may read it.
class error : public std::exception {
public:
    /// An error that is found on this side of the C interface.
    error(dictdb::status code, std::string message, std::string detail = "{}")
        : state_(std::make_shared<const state>(code, nullptr, std::move(message), std::move(detail))) {}

    /// Takes over what a failure holds, without a copy.
    explicit error(failure&& from);
    /// Copies the texts of a failure.
    explicit error(const failure& from);

    /// Which kind of error it is.
    [[nodiscard]] dictdb::status status() const noexcept { return state_->code; }

    /// What was wrong, where, and what would be right: for people; wording changes.
    [[nodiscard]] const char* what() const noexcept override {
        return state_->object != nullptr ? dictdb_error_message(state_->object) : state_->message.c_str();
    }

    /// The facts, for programs: a JSON object, whose members dictdb.h lists at `dictdb_error_detail`. NUL-terminated;
    /// valid as long as this error or a copy of it. `from_json<T>` reads it.
    [[nodiscard]] std::string_view detail() const noexcept {
        return state_->object != nullptr ? std::string_view(dictdb_error_detail(state_->object)) : state_->detail;
    }

private:
    struct state {
        state(dictdb::status code_, dictdb_error* object_, std::string message_, std::string detail_)
            : code(code_), object(object_), message(std::move(message_)), detail(std::move(detail_)) {}
        state(const state&) = delete;
        state& operator=(const state&) = delete;
        ~state() { dictdb_error_free(object); }

        dictdb::status code;
        dictdb_error* object;
        std::string message;
        std::string detail;
    };
    std::shared_ptr<const state> state_;
};

/// What went wrong in a call that returned a `result`. Move-only; making one allocates nothing.
///
/// It is what the C function answered, or an exception that was caught on this side (of a conversion to JSON, or
/// `std::bad_alloc`): then `raise` throws that very exception.
class [[nodiscard]] failure {
public:
    /// What a C function answered; takes over the error object, which may be NULL.
    failure(dictdb_status code, dictdb_error* object) noexcept
        : code_(static_cast<dictdb::status>(code)), object_(object) {}

    /// The exception that is being handled. Call it in a `catch` block only.
    [[nodiscard]] static failure current() noexcept {
        failure caught(DICTDB_STATUS_INTERNAL, nullptr);
        caught.cause_ = std::current_exception();
        // The texts belong to the exception object, which the exception pointer keeps alive and does not copy.
        try {
            throw;
        } catch (const error& e) {
            caught.describe(e.status(), e.what(), e.detail());
        } catch (const std::bad_alloc&) {
            caught.code_ = dictdb::status::out_of_memory;
        } catch (const std::exception& e) {
            caught.describe(dictdb::status::invalid_argument, e.what(), "{}");
        } catch (...) {
            caught.describe(dictdb::status::invalid_argument, "an exception of an unknown type was thrown", "{}");
        }
        return caught;
    }

    failure(failure&& other) noexcept { take(other); }
    failure& operator=(failure&& other) noexcept {
        if (this != &other) {
            dictdb_error_free(object_);
            take(other);
        }
        return *this;
    }
    failure(const failure&) = delete;
    failure& operator=(const failure&) = delete;
    ~failure() { dictdb_error_free(object_); }

    /// Which kind of failure it is.
    [[nodiscard]] dictdb::status status() const noexcept { return code_; }

    /// What was wrong, where, and what would be right: for people. NUL-terminated, valid as long as this object.
    [[nodiscard]] std::string_view message() const noexcept {
        if (object_ != nullptr)
            return dictdb_error_message(object_);
        return message_.data() != nullptr ? message_ : dictdb::message(code_);
    }

    /// The facts, for programs: a JSON object. NUL-terminated, valid as long as this object.
    [[nodiscard]] std::string_view detail() const noexcept {
        return object_ != nullptr ? std::string_view(dictdb_error_detail(object_)) : detail_;
    }

    /// Throws it: as `error`, or as the exception that it was made of.
    [[noreturn]] void raise() && {
        if (cause_ != nullptr)
            std::rethrow_exception(cause_);
        throw error(std::move(*this));
    }
    /// Throws it and keeps its texts.
    [[noreturn]] void raise() const& {
        if (cause_ != nullptr)
            std::rethrow_exception(cause_);
        throw error(*this);
    }

private:
    friend class error;

    void describe(dictdb::status code, std::string_view message, std::string_view detail) noexcept {
        code_ = code;
        message_ = message;
        detail_ = detail;
    }

    void take(failure& other) noexcept {
        code_ = other.code_;
        object_ = std::exchange(other.object_, nullptr);
        cause_ = std::move(other.cause_);
        message_ = std::exchange(other.message_, {});
        detail_ = std::exchange(other.detail_, "{}");
    }

    dictdb::status code_ = dictdb::status::internal;
    dictdb_error* object_ = nullptr;
    std::exception_ptr cause_;
    std::string_view message_;
    std::string_view detail_ = "{}";
};

inline error::error(failure&& from) {
    if (from.object_ == nullptr) {
        state_ = std::make_shared<const state>(from.status(), nullptr, std::string(from.message()), std::string(from.detail()));
        return;
    }
    const auto taken = std::make_shared<state>(from.status(), nullptr, std::string(), std::string());
    // After the allocation, so that the object stays the failure's if there is no memory.
    taken->object = std::exchange(from.object_, nullptr);
    state_ = taken;
}

inline error::error(const failure& from)
    : error(from.status(), std::string(from.message()), std::string(from.detail())) {}

} // namespace dictdb

#endif
