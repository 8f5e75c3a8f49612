// SPDX-License-Identifier: Apache-2.0
/// @file
/// The owner of a C handle, of which all classes are made, and what their functions take as arguments.
#ifndef DICTDB_HANDLE_HPP
#define DICTDB_HANDLE_HPP

#include <dictdb/json.hpp>
#include <dictdb/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace dictdb {

/// How long a call may take or wait: milliseconds, or `std::nullopt` for as long as it takes. Negative counts as none.
using time_limit = std::optional<std::chrono::milliseconds>;

/// Owns a handle of dictdb.h. Move-only.
///
/// A handle that was closed, or moved from, is no danger: calls with it fail with `status::invalid_handle`.
template <class Raw, void (*Free)(Raw*)>
class handle {
public:
    /// Takes over a handle.
    explicit handle(Raw* raw) noexcept : raw_(raw) {}
    handle(handle&& other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
    handle& operator=(handle&& other) noexcept {
        if (this != &other) {
            Free(raw_);
            raw_ = std::exchange(other.raw_, nullptr);
        }
        return *this;
    }
    handle(const handle&) = delete;
    handle& operator=(const handle&) = delete;

    /// Frees the handle before the destructor does. May be called more than once, and while other threads are in calls with
    /// it, which end as usual: the library knows a handle that was freed.
    void close() noexcept { Free(raw_); }

    /// For calls of dictdb.h; stays owned.
    [[nodiscard]] Raw* raw() const noexcept { return raw_; }

protected:
    ~handle() { Free(raw_); }

private:
    Raw* raw_;
};

/// The values of the parameters `?1`, `?2` and so on: `{18, "Ada"}`. Each is taken as by `to_json`.
class params {
public:
    /// No parameters.
    params() noexcept = default;
    /// One value for each parameter.
    template <class First, class... Rest,
              class = std::enable_if_t<(sizeof...(Rest) > 0) || !std::is_same_v<std::decay_t<First>, params>>>
    params(const First& first, const Rest&... rest) : text_(array(first, rest...).text) {}
    /// The values as a JSON array.
    [[nodiscard]] static params json(std::string array_text) {
        params made;
        made.text_ = std::move(array_text);
        return made;
    }

    /// The JSON array; NULL if there are no parameters.
    [[nodiscard]] const char* data() const noexcept { return text_.empty() ? nullptr : text_.data(); }
    /// Its length in bytes.
    [[nodiscard]] std::size_t size() const noexcept { return text_.size(); }

private:
    std::string text_;
};

namespace detail {

template <class T, class = void>
inline constexpr bool has_native_text = false;
template <class T>
inline constexpr bool has_native_text<T, std::void_t<decltype(std::declval<const T&>().native())>> =
    std::is_convertible_v<decltype(std::declval<const T&>().native()), std::string_view>;

} // namespace detail

/// The name of a file or directory, as an argument: any text, or `std::filesystem::path`.
class path_view {
public:
    /// Borrows the text of `path`.
    template <class Path, class = std::enable_if_t<detail::is_text<Path> || detail::has_native_text<Path>>>
    path_view(const Path& path) noexcept : text_(text_of(path)) {}

    /// The text.
    [[nodiscard]] std::string_view view() const noexcept { return text_; }

private:
    template <class Path>
    static std::string_view text_of(const Path& path) noexcept {
        if constexpr (detail::is_text<Path>)
            return path;
        else
            return path.native();
    }
    std::string_view text_;
};

namespace detail {

/// The handle that a C function makes, as a `Class`: `call` gets where it goes and where the error object goes.
template <class Class, class Raw, class Call>
result<Class> adopt(Call&& call) noexcept {
    Raw* raw = nullptr;
    dictdb_error* object = nullptr;
    const dictdb_status code = call(&raw, &object);
    if (code != DICTDB_STATUS_OK)
        return failure(code, object);
    return Class(raw);
}

/// Work that a C function does within its call, if `Outcome` is `void`, or as a job: `call` gets where the job's handle goes,
/// which may be NULL, and where the error object goes.
template <class Outcome, class Call>
result<Outcome> work(Call&& call) noexcept {
    if constexpr (std::is_void_v<Outcome>)
        return perform([&](dictdb_error** why) { return call(static_cast<dictdb_job**>(nullptr), why); });
    else
        return adopt<Outcome, dictdb_job>(call);
}

inline std::int64_t to_milliseconds(const time_limit& limit) noexcept {
    return limit ? limit->count() : std::int64_t{DICTDB_NO_TIMEOUT};
}

} // namespace detail
} // namespace dictdb

#endif
