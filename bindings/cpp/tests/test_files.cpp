// Files, jobs, backups and the log.
#include "support.hpp"

#include <atomic>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>

using dictdb::object;
using dictdb::status;

namespace {

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

} // namespace

TEST_CASE("A database is saved and loaded, in both formats, at once and as a job") {
    scratch_directory scratch;
    dictdb::database db;
    dictdb::table users = three_users(db);
    for (const auto format : {dictdb::file_format::json, dictdb::file_format::dictdb}) {
        db.save(scratch / "saved", format);
        CHECK(dictdb::database::load(scratch / "saved").copy().view() == db.copy().view());
        CHECK((read_file(scratch / "saved").front() == '{') == (format == dictdb::file_format::json));
        const auto saving = db.save_job((scratch / "job").string(), format);
        saving.wait();
        CHECK(saving.facts().records == 3);
        CHECK(saving.facts().bytes == std::filesystem::file_size(scratch / "job"));
        const auto loading = dictdb::database::load_job(scratch / "job");
        std::vector<std::uint64_t> seen;
        loading.wait([&](const dictdb::job::progress_counts& counts) { seen.push_back(counts.done); }, 1ms);
        CHECK(seen.back() == 3);
        CHECK(loading.progress().done == 3);
        CHECK(loading.wait_for(0ms));
        CHECK(loading.database().table("users").get<user>(3)->name == "Grace");
        CHECK(loading.facts<std::map<std::string, std::uint64_t>>().at("records") == 3);
    }
    const auto snapshot = db.snapshot();
    users.erase_where("TRUE");
    snapshot.save(scratch / "snapshot");
    CHECK(dictdb::database::load(scratch / "snapshot").table("users").count() == 3);

    const auto e = error_of([&] { return dictdb::database::load(scratch / "none"); });
    CHECK(e.status() == status::io);
    CHECK(e.detail().find("\"errno\":2") != std::string_view::npos);
    CHECK(status_of([&] { db.save(scratch / "no/such/place"); }) == status::io);
    std::ofstream(scratch / "bad") << "{\"t\": [";
    CHECK(status_of([&] { return dictdb::database::load(scratch / "bad"); }) != status::ok);
    const auto failing = dictdb::database::load_job(scratch / "none");
    CHECK(status_of([&] { failing.wait(); }) == status::io);
    CHECK(failing.try_wait_for(0ms).status() == status::io);
    CHECK(status_of([&] { return failing.facts(); }) == status::io);
    CHECK(status_of([&] { return failing.database(); }) == status::io);
}

TEST_CASE("A job is cancelled, and leaves no file") {
    scratch_directory scratch;
    dictdb::database db;
    dictdb::table numbers = db.create_table("numbers");
    numbers.insert_many(std::vector<dictdb::raw_json>(50000, object("n", 1, "text", "some text")));
    auto saving = db.save_job(scratch / "saved");
    saving.cancel();
    const auto ended = saving.try_wait();
    if (!ended) {
        CHECK(ended.status() == status::cancelled);
        CHECK(!std::filesystem::exists(scratch / "saved"));
    }
    dictdb::cancel_token token;
    token.set();
    CHECK(status_of([&] { db.limited(token).save(scratch / "limited"); }) == status::cancelled);
    CHECK(!std::filesystem::exists(scratch / "limited"));
    auto abandoned = db.save_job(scratch / "abandoned");
    abandoned.close();
}

TEST_CASE("Tables go to CSV and JSON Lines and come back") {
    scratch_directory scratch;
    dictdb::database db;
    dictdb::table users = three_users(db);
    users.export_csv(scratch / "users.csv", dictdb::selection{"id", "name", "age"}.where("age > ?1"), {18});
    CHECK(read_file(scratch / "users.csv") == "id,name,age\r\n1,Ada,36\r\n3,Grace,85\r\n");
    dictdb::csv_format semicolons;
    semicolons.delimiter = ";";
    semicolons.header = false;
    users.export_csv(scratch / "semicolons.csv", dictdb::selection{"name", "age"}, {}, semicolons);
    CHECK(read_file(scratch / "semicolons.csv") == "Ada;36\r\nKurt;17\r\nGrace;85\r\n");
    users.export_jsonl(scratch / "users.jsonl");
    CHECK(read_file(scratch / "users.jsonl").substr(0, 42) == "{\"name\":\"Ada\",\"age\":36,\"tags\":[\"math\"],\"id");
    users.snapshot().export_jsonl_job(scratch / "one.jsonl", dictdb::selection{"name"}.where("id = ?1"), {2}).wait();
    CHECK(read_file(scratch / "one.jsonl") == "{\"name\":\"Kurt\"}\n");
    const auto exporting = users.export_csv_job(scratch / "job.csv", dictdb::everything);
    exporting.wait();
    CHECK(exporting.facts().records == 3);

    CHECK(db.import_csv("csv", scratch / "users.csv").get(1)->view() == R"({"id":1,"name":"Ada","age":36})");
    dictdb::csv_import_options options;
    options.delimiter = ";";
    options.header = false;
    options.infer_types = false;
    options.primary_key = "col_0";
    CHECK(db.import_csv("bare", scratch / "semicolons.csv", options).get("Kurt")->view() == R"({"col_0":"Kurt","col_1":"17"})");
    dictdb::csv_import_options typed;
    typed.schema = object("id", "int", "name", "str", "age", "float");
    CHECK(db.import_csv("typed", scratch / "users.csv", typed).describe().columns.size() == 3);
    CHECK(db.import_jsonl("lines", scratch / "users.jsonl").copy().view() == users.copy().view());
    db.import_csv_job("csv2", scratch / "users.csv").wait();
    db.import_jsonl_job("lines2", scratch / "users.jsonl", R"({"primary_key": "name"})").wait();
    CHECK(db.table("lines2").get("Ada"));

    CHECK(status_of([&] { return db.import_csv("csv", scratch / "users.csv"); }) == status::duplicate_table);
    std::ofstream(scratch / "bad.csv") << "id,n\n1,2\n1,3\n";
    const auto e = error_of([&] { return db.import_csv("bad", scratch / "bad.csv"); });
    CHECK(e.status() == status::duplicate_key);
    CHECK(e.detail().find("\"line\":3") != std::string_view::npos);
    CHECK(status_of([&] { db.import_jsonl_job("none", scratch / "none").wait(); }) == status::io);
    CHECK(status_of([&] { users.export_csv(scratch / "x", dictdb::selection{}.where("a >")); }) == status::parse);
}

TEST_CASE("Backups are made, verified and restored") {
    scratch_directory scratch;
    dictdb::database db;
    dictdb::table users = three_users(db);
    dictdb::backup_options options;
    options.incremental = true;
    options.keep = 2;
    dictdb::backup backup(db, scratch / "backups", options);
    const auto full = backup.now();
    CHECK(full.type == "full");
    CHECK(full.records == 3);
    CHECK(!backup.delta().file);
    users.insert(object("name", "Emmy"));
    CHECK(backup.now().type == "delta");
    users.erase(1);
    const auto job = backup.delta_job();
    job.wait();
    CHECK(job.facts<dictdb::backup_facts>().type == "delta");

    const auto restored = dictdb::restore_backup(scratch / "backups");
    CHECK(restored.facts.files.size() == 3);
    CHECK(restored.facts.skipped.empty());
    CHECK(restored.database.copy().view() == db.copy().view());
    const auto restoring = dictdb::restore_backup_job(scratch / "backups");
    restoring.wait();
    CHECK(restoring.database().table("users").count() == 3);
    CHECK(restoring.facts<dictdb::restore_facts>().files.size() == 3);

    const auto sound = dictdb::verify_backup(scratch / "backups");
    CHECK(sound.is_sound);
    CHECK(sound.files.size() == 3);
    CHECK(sound.newest == restored.facts.file);

    const auto numbers = backup.statistics();
    CHECK(numbers.full == 1);
    CHECK(numbers.delta == 2);
    CHECK(numbers.unchanged == 1);
    CHECK(numbers.deltas_since_full == 2);
    CHECK(!numbers.last_error);
    CHECK(!numbers.is_running);

    // Without its first delta the second cannot be restored; the full one can.
    std::filesystem::remove(scratch / "backups" / sound.files.at(1).file);
    CHECK(status_of([&] { return dictdb::restore_backup(scratch / "backups"); }) == status::corrupt);
    dictdb::restore_options partial;
    partial.partial = true;
    const auto older = dictdb::restore_backup(scratch / "backups", partial);
    CHECK(older.facts.skipped.size() == 1);
    CHECK(older.database.table("users").count() == 3);
    const auto verifying = dictdb::verify_backup_job(scratch / "backups");
    verifying.wait();
    const auto damaged = verifying.facts<dictdb::verify_facts>();
    CHECK(!damaged.is_sound);
    CHECK(damaged.files.back().error);
    partial.until = 1000000000.5;
    CHECK(status_of([&] { return dictdb::restore_backup(scratch / "backups", partial); }) == status::unavailable);
    CHECK(backup.full_job().try_wait().has_value());
    CHECK(backup.now_job().try_wait().has_value());
    CHECK(backup.full<dictdb::buffer>().view().find("\"type\":\"full\"") != std::string_view::npos);

    CHECK(status_of([&] { return dictdb::backup(db, "/proc/none"); }) == status::io);
    CHECK(status_of([&] { return dictdb::backup(db, scratch.path(), "{\"nonsense\": 1}"); }) == status::invalid_argument);
    CHECK(status_of([&] { return dictdb::verify_backup(scratch / "none"); }) == status::io);
}

TEST_CASE("Backups are made by themselves, and failures are told") {
    scratch_directory scratch;
    dictdb::database db;
    dictdb::table users = three_users(db);
    dictdb::backup_options options;
    options.interval_ms = 0;
    options.min_interval_ms = 0;
    std::atomic<int> failures{0};
    const auto held = std::make_shared<int>(0);
    {
        dictdb::backup backup(db, scratch / "backups", options, [&, held](const dictdb::backup_failure& why) {
            if (why.status == status::io && !why.message.empty() && why.detail.front() == '{' && why.failures > 0)
                ++failures;
            throw std::runtime_error("it must not get into the library");
        });
        backup.start();
        CHECK(backup.statistics().is_running);
        backup.notify_change();
        for (int i = 0; i < 2000 && backup.statistics().full == 0; ++i)
            std::this_thread::sleep_for(1ms);
        CHECK(backup.statistics().full > 0);
        backup.stop();
        CHECK(failures == 0);
        std::filesystem::remove_all(scratch / "backups");
        std::ofstream(scratch / "backups") << "a file in its place";
        CHECK(status_of([&] { return backup.full(); }) == status::io);
        CHECK(failures == 1);
        CHECK(backup.statistics().last_error);
        CHECK(held.use_count() > 1);
    }
    for (int i = 0; i < 1000 && held.use_count() > 1; ++i)
        std::this_thread::sleep_for(1ms);
    CHECK(held.use_count() == 1);
}

TEST_CASE("The log comes to a callback until it is replaced") {
    const auto held = std::make_shared<int>(0);
    std::mutex mutex;
    std::vector<std::string> messages;
    dictdb::set_log(dictdb::log_level::info, [&, held](dictdb::log_level level, std::string_view message, std::string_view fields) {
        const std::lock_guard lock(mutex);
        CHECK(level <= dictdb::log_level::info);
        CHECK(fields.front() == '{');
        messages.emplace_back(message);
        throw 1;
    });
    dictdb::database db;
    db.create_table("logged");
    {
        const std::lock_guard lock(mutex);
        CHECK(messages.size() == 1);
    }
    CHECK(held.use_count() > 1);
    CHECK(status_of([] { dictdb::set_log(static_cast<dictdb::log_level>(99), [](auto...) {}); return 0; }) == status::invalid_argument);
    CHECK(dictdb::try_set_log(dictdb::log_level::info, [held](auto...) {}, 0).status() == status::invalid_argument);
    dictdb::clear_log();
    CHECK(held.use_count() == 1);
    db.create_table("not_logged");
    CHECK(messages.size() == 1);
}
