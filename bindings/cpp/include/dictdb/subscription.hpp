// SPDX-License-Identifier: Apache-2.0
/// @file
/// `subscription`: calls back for each change.
#ifndef DICTDB_SUBSCRIPTION_HPP
#define DICTDB_SUBSCRIPTION_HPP

#include <dictdb/watch.hpp>

#include <functional>
#include <memory>
#include <thread>
#include <utility>

namespace dictdb {

/// Calls back for each change of a watch, on a thread of its own, in order. Move-only; its end, or `close`, ends that: no
/// call comes afterwards.
class subscription {
public:
    /// Gets a change.
    using on_change = std::function<void(const change&)>;
    /// Gets told that something went wrong: `on_change` has thrown (the change counts as told), or changes were lost because
    /// `on_change` was too slow (`status::unavailable`; the tables should be read anew, and later changes follow).
    using on_failure = std::function<void(const failure&)>;

    /// Begins. What `on_trouble` throws is passed over; it may be empty. Throws `std::system_error` if there is no thread.
    subscription(watch&& source, on_change tell, on_failure on_trouble = nullptr)
        : feed_(std::make_shared<feed>(std::move(source), std::move(tell), std::move(on_trouble))),
          thread_([f = feed_] { f->run(); }) {}

    subscription(subscription&&) noexcept = default;
    subscription& operator=(subscription&& other) noexcept {
        if (this != &other) {
            close();
            feed_ = std::move(other.feed_);
            thread_ = std::move(other.thread_);
        }
        return *this;
    }
    subscription(const subscription&) = delete;
    subscription& operator=(const subscription&) = delete;
    ~subscription() { close(); }

    /// Ends it, and waits for a call that is running; called by that call, it does not wait.
    void close() noexcept {
        if (feed_ == nullptr)
            return;
        feed_->source.close();
        if (thread_.get_id() == std::this_thread::get_id())
            thread_.detach();
        else
            thread_.join();
        feed_ = nullptr;
    }

private:
    struct feed {
        feed(watch&& source_, on_change tell_, on_failure on_trouble_)
            : source(std::move(source_)), tell(std::move(tell_)), on_trouble(std::move(on_trouble_)) {}

        void run() noexcept {
            std::uint64_t since = 0;
            for (;;) {
                auto polled = source.try_poll(since);
                if (polled) {
                    for (const change& c : polled->changes)
                        guarded([&] { tell(c); });
                    since = polled->last;
                    continue;
                }
                if (is_over(polled.status()))
                    return;
                // Before it is told: whoever reads the tables anew then gets every change after that.
                const auto last = source.try_last();
                report(polled.error());
                if (!last)
                    return;
                since = *last;
            }
        }

        /// The watch was closed, or its handle's token or time stops it for good.
        static bool is_over(status code) noexcept {
            return code == status::cancelled || code == status::invalid_handle || code == status::forked || code == status::timeout;
        }

        template <class Call>
        void guarded(Call&& call) noexcept {
            try {
                call();
            } catch (...) {
                report(failure::current());
            }
        }

        void report(const failure& why) noexcept {
            if (!on_trouble)
                return;
            try {
                on_trouble(why);
            } catch (...) {
                // Nobody is left to tell.
            }
        }

        watch source;
        on_change tell;
        on_failure on_trouble;
    };

    std::shared_ptr<feed> feed_;
    std::thread thread_;
};

} // namespace dictdb

#endif
