// SPDX-License-Identifier: Apache-2.0
/// @file
/// The library's log messages.
#ifndef DICTDB_LOG_HPP
#define DICTDB_LOG_HPP

#include <dictdb/result.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

namespace dictdb {

/// Gets a log message: its level, text for people, and facts as a JSON object. The texts are valid during the call only.
///
/// It is called from any thread that is inside a call into the library, from several at once; it may call the library. What it
/// throws is passed over: nothing may come out of it, as the library is between it and the caller.
using log_callback = std::function<void(log_level, std::string_view message, std::string_view fields)>;

/// Sends log messages up to a level to `callback` from now on, in place of the one before; one for the whole process. Of debug
/// messages one in `debug_sample` is sent. What the callback holds is released when it was replaced and its last call has ended.
/// Fails with `invalid_argument` (no such level, or a sample of 0).
inline result<void> try_set_log(log_level level, log_callback callback, std::uint32_t debug_sample = 1) noexcept {
    return detail::attempt([&]() -> result<void> {
        auto held = std::make_unique<log_callback>(std::move(callback));
        const dictdb_log_callback call = [](void* context, std::int32_t level_of, const char* message, const char* fields) {
            try {
                (*static_cast<log_callback*>(context))(static_cast<log_level>(level_of), message, fields);
            } catch (...) {
                // The library is between here and whoever could catch it.
            }
        };
        auto set = detail::perform([&](dictdb_error** why) {
            return dictdb_log_set(static_cast<std::int32_t>(level), debug_sample, call, held.get(),
                                  [](void* context) { delete static_cast<log_callback*>(context); }, why);
        });
        if (set)
            held.release(); // NOLINT(bugprone-unused-return-value): the library has it now
        return set;
    });
}
inline void set_log(log_level level, log_callback callback, std::uint32_t debug_sample = 1) {
    try_set_log(level, std::move(callback), debug_sample).value();
}

/// Sends nothing any more.
inline result<void> try_clear_log() noexcept {
    return detail::perform([](dictdb_error** why) { return dictdb_log_set(DICTDB_LOG_ERROR, 1, nullptr, nullptr, nullptr, why); });
}
inline void clear_log() {
    try_clear_log().value();
}

} // namespace dictdb

#endif
