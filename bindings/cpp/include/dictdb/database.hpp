// SPDX-License-Identifier: Apache-2.0
/// @file
/// `database` and `database_snapshot`, and `database_view`, what they have in common: reading; `load_job`.
#ifndef DICTDB_DATABASE_HPP
#define DICTDB_DATABASE_HPP

#include <dictdb/job.hpp>
#include <dictdb/options.hpp>
#include <dictdb/table.hpp>
#include <dictdb/watch.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dictdb {

class database_snapshot;
class load_job;

/// Reads of a database or of a snapshot of one. Any function fails with `cancelled` and `timeout` if the handle has limits,
/// with `out_of_memory`, `invalid_handle` (closed or moved from) and `forked`; others are told at each.
class database_view : public handle<dictdb_db, dictdb_db_free> {
public:
    /// The names of the tables, in the order in which they were created.
    [[nodiscard]] std::vector<std::string> table_names() const { return try_table_names().value(); }
    result<std::vector<std::string>> try_table_names() const noexcept {
        return detail::read_as<std::vector<std::string>>([&](buffer& into) {
            return detail::fill(into, [&](dictdb_buffer* text, dictdb_error** why) { return dictdb_db_list_tables(raw(), text, why); });
        });
    }

    /// Takes a snapshot: all tables as they are at one and the same instant. Takes microseconds for each.
    [[nodiscard]] database_snapshot snapshot() const;
    result<database_snapshot> try_snapshot() const noexcept;

    /// Copies all records, as of one instant: a JSON object, for each table an object with each record under its key.
    [[nodiscard]] buffer copy() const { return try_copy().value(); }
    result<buffer> try_copy() const noexcept {
        return detail::into_new([&](buffer& into) {
            return detail::fill(into, [&](dictdb_buffer* text, dictdb_error** why) { return dictdb_db_copy(raw(), text, why); });
        });
    }

    /// Saves the database, as it is at this instant, to a file, which is replaced as a whole. Fails with `io`: then the old
    /// file is there.
    void save(const path_view& path, file_format format = file_format::json) const { try_save(path, format).value(); }
    result<void> try_save(const path_view& path, file_format format = file_format::json) const noexcept {
        return write<void>(path, format);
    }
    /// The same in a thread of the library's own.
    [[nodiscard]] job save_job(const path_view& path, file_format format = file_format::json) const {
        return try_save_job(path, format).value();
    }
    result<job> try_save_job(const path_view& path, file_format format = file_format::json) const noexcept {
        return write<job>(path, format);
    }

protected:
    using handle::handle;
    database_view(database_view&&) noexcept = default;
    database_view& operator=(database_view&&) noexcept = default;
    ~database_view() = default;

    /// A database's or a snapshot's handle with limits.
    template <class Class>
    result<Class> limit(const cancel_token* token, time_limit time) const noexcept {
        return detail::adopt<Class, dictdb_db>([&](dictdb_db** made, dictdb_error** why) {
            return dictdb_db_limited(raw(), token != nullptr ? token->raw() : nullptr, detail::to_milliseconds(time), made, why);
        });
    }
    /// A table, or a snapshot of one.
    template <class Class>
    result<Class> find(std::string_view name) const noexcept {
        return detail::adopt<Class, dictdb_table>([&](dictdb_table** made, dictdb_error** why) {
            return dictdb_db_get_table(raw(), name.data(), name.size(), made, why);
        });
    }

private:
    template <class Outcome>
    result<Outcome> write(const path_view& path, file_format format) const noexcept {
        return detail::attempt([&] {
            const std::string options = object("format", format).text;
            return detail::work<Outcome>([&](dictdb_job** made, dictdb_error** why) {
                return dictdb_db_save(raw(), path.view().data(), path.view().size(), options.data(), options.size(), made, why);
            });
        });
    }
};

/// All tables of a database as they were at one instant. It outlives its database.
class database_snapshot : public database_view {
public:
    using database_view::database_view;

    /// A table as it was. Fails with `table_not_found`.
    [[nodiscard]] table_snapshot table(std::string_view name) const { return try_table(name).value(); }
    result<table_snapshot> try_table(std::string_view name) const noexcept { return find<table_snapshot>(name); }

    /// Another handle to the snapshot, whose calls, and those of the tables got from it, end when the token is set, or when
    /// one takes longer than `time`.
    [[nodiscard]] database_snapshot limited(const cancel_token& token, time_limit time = std::nullopt) const {
        return try_limited(&token, time).value();
    }
    [[nodiscard]] database_snapshot limited(std::chrono::milliseconds time) const { return try_limited(nullptr, time).value(); }
    result<database_snapshot> try_limited(const cancel_token* token, time_limit time) const noexcept {
        return limit<database_snapshot>(token, time);
    }
};

inline database_snapshot database_view::snapshot() const {
    return try_snapshot().value();
}
inline result<database_snapshot> database_view::try_snapshot() const noexcept {
    return detail::adopt<database_snapshot, dictdb_db>(
        [&](dictdb_db** made, dictdb_error** why) { return dictdb_db_snapshot(raw(), made, why); });
}

/// A set of named tables in memory. Any thread may use it at any time. Table handles stay valid without it.
class database : public database_view {
public:
    using database_view::database_view;

    /// An empty database.
    database() : database(try_create().value()) {}
    /// The same, without exceptions.
    static result<database> try_create() noexcept {
        return detail::adopt<database, dictdb_db>([](dictdb_db** made, dictdb_error** why) { return dictdb_db_new(nullptr, 0, made, why); });
    }

    /// Loads a database from a file that `save` or the Python library DictDB has written. Fails with `io`, `corrupt`, and with
    /// what else can be wrong with tables and records; the detail says where.
    [[nodiscard]] static database load(const path_view& path) { return try_load(path).value(); }
    static result<database> try_load(const path_view& path) noexcept {
        return detail::adopt<database, dictdb_db>([&](dictdb_db** made, dictdb_error** why) {
            return dictdb_db_load(path.view().data(), path.view().size(), made, nullptr, why);
        });
    }
    /// The same in a thread of the library's own.
    [[nodiscard]] static dictdb::load_job load_job(const path_view& path);
    static result<dictdb::load_job> try_load_job(const path_view& path) noexcept;

    /// Creates a table. `options`: `table_options`, or JSON. Fails with `duplicate_table`, `invalid_argument` (an empty name, an
    /// unknown option), `schema` (a default that is not of its type).
    template <class Options = table_options>
    dictdb::table create_table(std::string_view name, const Options& options = {}) {
        return try_create_table(name, options).value();
    }
    template <class Options = table_options>
    result<dictdb::table> try_create_table(std::string_view name, const Options& options = {}) noexcept {
        return detail::attempt([&] {
            const detail::document<Options> json(options);
            return detail::adopt<dictdb::table, dictdb_table>([&](dictdb_table** made, dictdb_error** why) {
                return dictdb_db_create_table(raw(), name.data(), name.size(), json.data(), json.size(), made, why);
            });
        });
    }

    /// A table by its name. Fails with `table_not_found`.
    [[nodiscard]] dictdb::table table(std::string_view name) const { return try_table(name).value(); }
    result<dictdb::table> try_table(std::string_view name) const noexcept { return find<dictdb::table>(name); }

    /// Drops a table and its records. Calls on its handles fail with `table_not_found` from then on. Fails so, too, if there
    /// is none.
    void drop_table(std::string_view name) { try_drop_table(name).value(); }
    result<void> try_drop_table(std::string_view name) noexcept {
        return detail::perform([&](dictdb_error** why) { return dictdb_db_drop_table(raw(), name.data(), name.size(), why); });
    }

    /// Does writes that are given as one JSON array, all or none: see `dictdb_db_batch` for what it holds. An operation that
    /// fails is named by its `operation` in the detail.
    template <class Operations>
    void run_batch(const Operations& operations) {
        try_run_batch(operations).value();
    }
    template <class Operations>
    result<void> try_run_batch(const Operations& operations) noexcept {
        return detail::attempt([&] {
            const detail::document<Operations> json(operations);
            return detail::perform([&](dictdb_error** why) { return dictdb_db_batch(raw(), json.data(), json.size(), nullptr, why); });
        });
    }
    /// The same, and gives what each operation did, as text in `results`; `results.as<std::vector<batch_result>>()` reads it.
    template <class Operations>
    std::string_view run_batch(const Operations& operations, buffer& results) {
        return try_run_batch(operations, results).value();
    }
    template <class Operations>
    result<std::string_view> try_run_batch(const Operations& operations, buffer& results) noexcept {
        return detail::attempt([&] {
            const detail::document<Operations> json(operations);
            return detail::fill(results, [&](dictdb_buffer* text, dictdb_error** why) {
                return dictdb_db_batch(raw(), json.data(), json.size(), text, why);
            });
        });
    }

    /// Watches all tables from now on, those that are yet to be created included. Fails with `invalid_argument`, `limit`.
    template <class Options = watch_options>
    [[nodiscard]] dictdb::watch watch(const Options& options = {}) const {
        return try_watch(options).value();
    }
    template <class Options = watch_options>
    result<dictdb::watch> try_watch(const Options& options = {}) const noexcept {
        return detail::attempt([&] {
            const detail::document<Options> json(options);
            return detail::adopt<dictdb::watch, dictdb_watch>(
                [&](dictdb_watch** made, dictdb_error** why) { return dictdb_db_watch(raw(), json.data(), json.size(), made, why); });
        });
    }

    /// Another handle to the database, whose calls, and those of the tables got from it, end with `cancelled` when the token
    /// is set, with `timeout` when one takes longer than `time`; then they have changed nothing. Limits add up.
    [[nodiscard]] database limited(const cancel_token& token, time_limit time = std::nullopt) const {
        return try_limited(&token, time).value();
    }
    [[nodiscard]] database limited(std::chrono::milliseconds time) const { return try_limited(nullptr, time).value(); }
    result<database> try_limited(const cancel_token* token, time_limit time) const noexcept { return limit<database>(token, time); }

    /// Makes a table of a CSV file, all of it or nothing. `options`: `csv_import_options`, or JSON. Fails with
    /// `duplicate_table`, `io`, `schema`, `duplicate_key`, `invalid_key`, `corrupt` and others: the detail has `line` and
    /// `column`.
    template <class Options = csv_import_options>
    dictdb::table import_csv(std::string_view name, const path_view& path, const Options& options = {}) {
        return try_import_csv(name, path, options).value();
    }
    template <class Options = csv_import_options>
    result<dictdb::table> try_import_csv(std::string_view name, const path_view& path, const Options& options = {}) noexcept {
        return import<dictdb::table>(dictdb_db_import_csv, name, path, options);
    }
    /// The same in a thread of the library's own; `table` gives the table when it is done.
    template <class Options = csv_import_options>
    [[nodiscard]] job import_csv_job(std::string_view name, const path_view& path, const Options& options = {}) {
        return try_import_csv_job(name, path, options).value();
    }
    template <class Options = csv_import_options>
    result<job> try_import_csv_job(std::string_view name, const path_view& path, const Options& options = {}) noexcept {
        return import<job>(dictdb_db_import_csv, name, path, options);
    }

    /// Makes a table of a file of JSON Lines, all of it or nothing. `options`: `table_options`, or JSON. Fails as `import_csv`.
    template <class Options = table_options>
    dictdb::table import_jsonl(std::string_view name, const path_view& path, const Options& options = {}) {
        return try_import_jsonl(name, path, options).value();
    }
    template <class Options = table_options>
    result<dictdb::table> try_import_jsonl(std::string_view name, const path_view& path, const Options& options = {}) noexcept {
        return import<dictdb::table>(dictdb_db_import_jsonl, name, path, options);
    }
    /// The same in a thread of the library's own; `table` gives the table when it is done.
    template <class Options = table_options>
    [[nodiscard]] job import_jsonl_job(std::string_view name, const path_view& path, const Options& options = {}) {
        return try_import_jsonl_job(name, path, options).value();
    }
    template <class Options = table_options>
    result<job> try_import_jsonl_job(std::string_view name, const path_view& path, const Options& options = {}) noexcept {
        return import<job>(dictdb_db_import_jsonl, name, path, options);
    }

private:
    template <class Outcome, class Function, class Options>
    result<Outcome> import(Function function, std::string_view name, const path_view& path, const Options& options) noexcept {
        return detail::attempt([&] {
            const detail::document<Options> json(options);
            const auto call = [&](dictdb_table** table_made, dictdb_job** job_made, dictdb_error** why) {
                return function(raw(), name.data(), name.size(), path.view().data(), path.view().size(), json.data(), json.size(),
                                table_made, job_made, why);
            };
            if constexpr (std::is_same_v<Outcome, job>)
                return detail::adopt<job, dictdb_job>([&](dictdb_job** made, dictdb_error** why) { return call(nullptr, made, why); });
            else
                return detail::adopt<Outcome, dictdb_table>(
                    [&](dictdb_table** made, dictdb_error** why) { return call(made, nullptr, why); });
        });
    }
};

/// A job that makes a database: one that loads or restores it.
class load_job : public job {
public:
    using job::job;

    /// The database; each call gives another handle to the same. Fails with `unavailable` while the work is being done, and
    /// with what the work failed with.
    [[nodiscard]] dictdb::database database() const { return try_database().value(); }
    result<dictdb::database> try_database() const noexcept {
        return detail::adopt<dictdb::database, dictdb_db>(
            [&](dictdb_db** made, dictdb_error** why) { return dictdb_job_database(raw(), made, why); });
    }
};

inline load_job database::load_job(const path_view& path) {
    return try_load_job(path).value();
}
inline result<load_job> database::try_load_job(const path_view& path) noexcept {
    return detail::adopt<dictdb::load_job, dictdb_job>([&](dictdb_job** made, dictdb_error** why) {
        return dictdb_db_load(path.view().data(), path.view().size(), nullptr, made, why);
    });
}

} // namespace dictdb

#endif
