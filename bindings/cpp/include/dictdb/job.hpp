// SPDX-License-Identifier: Apache-2.0
/// @file
/// `job`: long work that goes on in a thread of the library's own.
#ifndef DICTDB_JOB_HPP
#define DICTDB_JOB_HPP

#include <dictdb/buffer.hpp>
#include <dictdb/facts.hpp>
#include <dictdb/handle.hpp>

#include <chrono>
#include <cstdint>
#include <utility>

namespace dictdb {

/// Long work that goes on while the caller does something else. Made by functions whose names end in `_job`. Any number of
/// threads may wait for one. Destroying it does not stop the work: `cancel` does.
class job : public handle<dictdb_job, dictdb_job_free> {
public:
    using handle::handle;

    /// How far a job has come, in records (of `backup_verify_job`, in files).
    struct progress_counts {
        std::uint64_t done = 0;
        std::uint64_t total = 0; ///< Grows while more becomes known; 0 as long as nothing is.
    };

    /// Waits until the work has ended; fails with what the work failed with.
    void wait() const { try_wait().value(); }
    result<void> try_wait() const noexcept {
        auto ended = try_wait_for(std::nullopt);
        if (!ended)
            return std::move(ended).error();
        return {};
    }

    /// Waits until the work has ended or a time is over; says whether it has ended. 0 only looks. Fails with what the work
    /// failed with.
    [[nodiscard]] bool wait_for(time_limit time) const { return try_wait_for(time).value(); }
    result<bool> try_wait_for(time_limit time) const noexcept {
        std::int32_t is_done = 0;
        auto waited = detail::perform(
            [&](dictdb_error** why) { return dictdb_job_wait(raw(), detail::to_milliseconds(time), &is_done, why); });
        if (!waited)
            return std::move(waited).error();
        return is_done != 0;
    }

    /// Waits until the work has ended, and calls `on_progress(progress_counts)` on this thread meanwhile, once in `every`,
    /// and at the end. What it throws comes out of here; the work goes on then.
    template <class OnProgress>
    void wait(OnProgress&& on_progress, std::chrono::milliseconds every = std::chrono::milliseconds(100)) const {
        while (!wait_for(every))
            on_progress(progress());
        on_progress(progress());
    }

    /// How far it has come.
    [[nodiscard]] progress_counts progress() const { return try_progress().value(); }
    result<progress_counts> try_progress() const noexcept {
        return detail::obtain<progress_counts>([&](progress_counts* counts, dictdb_error** why) {
            return dictdb_job_progress(raw(), &counts->done, &counts->total, why);
        });
    }

    /// Stops the work: it ends with `status::cancelled` soon, and leaves all as it was. Does not wait.
    void cancel() { try_cancel().value(); }
    result<void> try_cancel() noexcept {
        return detail::perform([&](dictdb_error** why) { return dictdb_job_cancel(raw(), why); });
    }

    /// The facts of what was done; `unavailable` while it is being done. `Facts` is what the function without `_job` in its
    /// name gives, `buffer` for the JSON text, or any type that `from_json` reads.
    template <class Facts = file_facts>
    [[nodiscard]] Facts facts() const {
        return try_facts<Facts>().value();
    }
    template <class Facts = file_facts>
    result<Facts> try_facts() const noexcept {
        return detail::read_as<Facts>([&](buffer& into) {
            return detail::fill(into, [&](dictdb_buffer* text, dictdb_error** why) { return dictdb_job_result(raw(), text, why); });
        });
    }
};

} // namespace dictdb

#endif
