// SPDX-License-Identifier: Apache-2.0
/// @file
/// `backup`: backups of a database in a directory; `restore_backup` and `verify_backup`.
#ifndef DICTDB_BACKUP_HPP
#define DICTDB_BACKUP_HPP

#include <dictdb/database.hpp>
#include <dictdb/facts.hpp>
#include <dictdb/options.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

namespace dictdb {

/// What a backup failed with, valid during the callback only.
struct backup_failure {
    dictdb::status status;
    std::string_view message; ///< For people.
    std::string_view detail;  ///< A JSON object.
    std::uint64_t failures;   ///< How many backups in a row have failed.
};

/// Gets told that a backup has failed, on the thread that tried. It may call the library, also for this backup, but must not
/// destroy or close it. What it throws is passed over.
using backup_failure_callback = std::function<void(const backup_failure&)>;

/// Makes backups of a database in a directory, which it has for itself. It keeps the database alive. Any thread may use it.
class backup : public handle<dictdb_backup, dictdb_backup_free> {
public:
    using handle::handle;

    /// Makes no backup yet; makes the directory if it is not there. `options`: `backup_options`, or JSON. What the callback
    /// holds is released after its last call, when this object is gone.
    /// Fails with `io`, `invalid_argument`, `invalid_json`, `limit`.
    template <class Options = backup_options>
    backup(const database& of, const path_view& directory, const Options& options = {}, backup_failure_callback on_failure = nullptr)
        : backup(try_create(of, directory, options, std::move(on_failure)).value()) {}
    /// The same, without exceptions.
    template <class Options = backup_options>
    static result<backup> try_create(const database& of, const path_view& directory, const Options& options = {},
                                     backup_failure_callback on_failure = nullptr) noexcept {
        return detail::attempt([&]() -> result<backup> {
            const detail::document<Options> json(options);
            auto held = on_failure ? std::make_unique<backup_failure_callback>(std::move(on_failure)) : nullptr;
            auto made = detail::adopt<backup, dictdb_backup>([&](dictdb_backup** into, dictdb_error** why) {
                return dictdb_backup_new(of.raw(), directory.view().data(), directory.view().size(), json.data(), json.size(),
                                         held != nullptr ? tell : nullptr, held.get(), held != nullptr ? forget : nullptr, into, why);
            });
            if (made)
                held.release(); // NOLINT(bugprone-unused-return-value): the library has it now
            return made;
        });
    }

    /// Begins to make backups in a thread of the library's own: when the interval is over, and when a change was told. Fails
    /// with `io` if there is no thread.
    void start() { try_start().value(); }
    result<void> try_start() noexcept { return do_with(dictdb_backup_start); }

    /// Ends that, and waits for a backup that is being made by that thread.
    void stop() { try_stop().value(); }
    result<void> try_stop() noexcept { return do_with(dictdb_backup_stop); }

    /// Says that something has changed that should be backed up soon. Returns at once.
    void notify_change() { try_notify_change().value(); }
    result<void> try_notify_change() noexcept { return do_with(dictdb_backup_notify_change); }

    /// Makes the backup whose turn it is. Fails with `io`, `cancelled`; the callback is told, too. `Facts`: `backup_facts`, or
    /// `buffer`, or any type that `from_json` reads.
    template <class Facts = backup_facts>
    Facts now() {
        return try_now<Facts>().value();
    }
    template <class Facts = backup_facts>
    result<Facts> try_now() noexcept {
        return make<Facts>(dictdb_backup_now);
    }
    /// Makes a full backup.
    template <class Facts = backup_facts>
    Facts full() {
        return try_full<Facts>().value();
    }
    template <class Facts = backup_facts>
    result<Facts> try_full() noexcept {
        return make<Facts>(dictdb_backup_full);
    }
    /// Makes a delta, or nothing if nothing has changed; a full backup if there is none that it could continue.
    template <class Facts = backup_facts>
    Facts delta() {
        return try_delta<Facts>().value();
    }
    template <class Facts = backup_facts>
    result<Facts> try_delta() noexcept {
        return make<Facts>(dictdb_backup_delta);
    }

    /// The same in threads of the library's own; `facts<backup_facts>()` of the job gives what was made.
    [[nodiscard]] job now_job() { return try_now_job().value(); }
    result<job> try_now_job() noexcept { return begin(dictdb_backup_now); }
    [[nodiscard]] job full_job() { return try_full_job().value(); }
    result<job> try_full_job() noexcept { return begin(dictdb_backup_full); }
    [[nodiscard]] job delta_job() { return try_delta_job().value(); }
    result<job> try_delta_job() noexcept { return begin(dictdb_backup_delta); }

    /// What was done: `backup_statistics`, or `buffer`, or any type that `from_json` reads.
    template <class Statistics = backup_statistics>
    [[nodiscard]] Statistics statistics() const {
        return try_statistics<Statistics>().value();
    }
    template <class Statistics = backup_statistics>
    result<Statistics> try_statistics() const noexcept {
        return detail::read_as<Statistics>([&](buffer& into) {
            return detail::fill(into, [&](dictdb_buffer* text, dictdb_error** why) { return dictdb_backup_statistics(raw(), text, why); });
        });
    }

private:
    static void tell(void* context, dictdb_status code, const char* message, const char* facts, std::uint64_t failures) noexcept {
        try {
            (*static_cast<backup_failure_callback*>(context))({static_cast<dictdb::status>(code), message, facts, failures});
        } catch (...) {
            // The library is between here and whoever could catch it.
        }
    }
    static void forget(void* context) noexcept { delete static_cast<backup_failure_callback*>(context); }

    template <class Function>
    result<void> do_with(Function function) noexcept {
        return detail::perform([&](dictdb_error** why) { return function(raw(), why); });
    }
    template <class Facts, class Function>
    result<Facts> make(Function function) noexcept {
        return detail::read_as<Facts>([&](buffer& into) {
            return detail::fill(into, [&](dictdb_buffer* text, dictdb_error** why) { return function(raw(), text, nullptr, why); });
        });
    }
    template <class Function>
    result<job> begin(Function function) noexcept {
        return detail::adopt<job, dictdb_job>([&](dictdb_job** made, dictdb_error** why) { return function(raw(), nullptr, made, why); });
    }
};

/// A database that was restored, and what was read for it.
struct restored_backup {
    dictdb::database database;
    restore_facts facts;
};

/// Restores a database from the backups of a directory: from a full one and the deltas that continue it, up to the newest.
/// `options`: `restore_options`, or JSON. Fails with `unavailable` (no backup, or none so old), `corrupt` (a file is missing or
/// damaged: the detail has `path`), and as `database::load`.
template <class Options = restore_options>
result<restored_backup> try_restore_backup(const path_view& directory, const Options& options = {}) noexcept {
    return detail::attempt([&]() -> result<restored_backup> {
        const detail::document<Options> json(options);
        buffer facts;
        auto made = detail::adopt<database, dictdb_db>([&](dictdb_db** into, dictdb_error** why) {
            return dictdb_backup_restore(directory.view().data(), directory.view().size(), json.data(), json.size(), into, facts.raw(),
                                         nullptr, why);
        });
        if (!made)
            return std::move(made).error();
        return restored_backup{std::move(*made), facts.as<restore_facts>()};
    });
}
template <class Options = restore_options>
[[nodiscard]] restored_backup restore_backup(const path_view& directory, const Options& options = {}) {
    return try_restore_backup(directory, options).value();
}

/// The same in a thread of the library's own; `facts<restore_facts>()` of the job tells what was read.
template <class Options = restore_options>
result<load_job> try_restore_backup_job(const path_view& directory, const Options& options = {}) noexcept {
    return detail::attempt([&] {
        const detail::document<Options> json(options);
        return detail::adopt<load_job, dictdb_job>([&](dictdb_job** made, dictdb_error** why) {
            return dictdb_backup_restore(directory.view().data(), directory.view().size(), json.data(), json.size(), nullptr, nullptr,
                                         made, why);
        });
    });
}
template <class Options = restore_options>
[[nodiscard]] load_job restore_backup_job(const path_view& directory, const Options& options = {}) {
    return try_restore_backup_job(directory, options).value();
}

/// Looks at the backups of a directory without loading them; damage is told by the facts, and is no failure. `Facts`:
/// `verify_facts`, or `buffer`, or any type that `from_json` reads. Fails with `io`, `invalid_utf8`.
template <class Facts = verify_facts>
result<Facts> try_verify_backup(const path_view& directory) noexcept {
    return detail::read_as<Facts>([&](buffer& into) {
        return detail::fill(into, [&](dictdb_buffer* text, dictdb_error** why) {
            return dictdb_backup_verify(directory.view().data(), directory.view().size(), text, nullptr, why);
        });
    });
}
template <class Facts = verify_facts>
[[nodiscard]] Facts verify_backup(const path_view& directory) {
    return try_verify_backup<Facts>(directory).value();
}

/// The same in a thread of the library's own; `facts<verify_facts>()` of the job tells what was found.
inline result<job> try_verify_backup_job(const path_view& directory) noexcept {
    return detail::adopt<job, dictdb_job>([&](dictdb_job** made, dictdb_error** why) {
        return dictdb_backup_verify(directory.view().data(), directory.view().size(), nullptr, made, why);
    });
}
[[nodiscard]] inline job verify_backup_job(const path_view& directory) {
    return try_verify_backup_job(directory).value();
}

} // namespace dictdb

#endif
