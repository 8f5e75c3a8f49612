// SPDX-License-Identifier: Apache-2.0
/// @file
/// `watch`: a feed of changes.
#ifndef DICTDB_WATCH_HPP
#define DICTDB_WATCH_HPP

#include <dictdb/buffer.hpp>
#include <dictdb/facts.hpp>
#include <dictdb/handle.hpp>
#include <dictdb/options.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace dictdb {

/// The changes of a table, or of all tables of a database, in their order, from the moment at which the watch was made.
///
/// Changes are kept up to a limit; a writer never waits for a reader. Any thread may use it. It does not keep the database
/// alive. `subscription` calls back instead.
class watch : public handle<dictdb_watch, dictdb_watch_free> {
public:
    using handle::handle;

    /// Changes of one poll.
    struct batch {
        std::vector<change> changes;
        std::uint64_t last = 0; ///< What to ask for next: pass it as `since`.
    };

    /// Gets the changes after the sequence number `since` (0: all since the watch was made), at most `max` (0: all); waits
    /// for one at most for `time`, `std::chrono::milliseconds(0)` not to wait. None if the time is over.
    /// Fails with `unavailable` if changes after `since` are gone: then read the tables anew (see `last`); with `cancelled`
    /// if the watch is closed meanwhile.
    [[nodiscard]] batch poll(std::uint64_t since, time_limit time = std::nullopt, std::uint64_t max = 0) const {
        return try_poll(since, time, max).value();
    }
    result<batch> try_poll(std::uint64_t since, time_limit time = std::nullopt, std::uint64_t max = 0) const noexcept {
        return detail::attempt([&]() -> result<batch> {
            buffer text;
            auto last = try_poll(since, time, max, text);
            if (!last)
                return std::move(last).error();
            return batch{text.as<std::vector<change>>(), *last};
        });
    }
    /// The same with the changes as a JSON array in `changes`, which is reused; gives what to ask for next.
    std::uint64_t poll(std::uint64_t since, time_limit time, std::uint64_t max, buffer& changes) const {
        return try_poll(since, time, max, changes).value();
    }
    result<std::uint64_t> try_poll(std::uint64_t since, time_limit time, std::uint64_t max, buffer& changes) const noexcept {
        return detail::obtain<std::uint64_t>([&](std::uint64_t* last, dictdb_error** why) {
            return dictdb_watch_poll(raw(), since, max, detail::to_milliseconds(time), changes.raw(), last, why);
        });
    }

    /// The sequence number of the last change that anybody watched: after it a reader goes on who is about to read the
    /// tables anew. Ask for it first, then take the snapshot.
    [[nodiscard]] std::uint64_t last() const { return try_last().value(); }
    result<std::uint64_t> try_last() const noexcept {
        return detail::obtain<std::uint64_t>(
            [&](std::uint64_t* last, dictdb_error** why) { return dictdb_watch_last(raw(), last, why); });
    }

    /// A file descriptor that is readable while there are changes which no poll has given yet, for event loops. Do not read
    /// or close it: it is closed with the watch. Fails with `io`.
    [[nodiscard]] int file_descriptor() const { return try_file_descriptor().value(); }
    result<std::int32_t> try_file_descriptor() const noexcept {
        return detail::obtain<std::int32_t>([&](std::int32_t* fd, dictdb_error** why) { return dictdb_watch_fd(raw(), fd, why); });
    }
};

} // namespace dictdb

#endif
