// Every handle and error object is freed, once. A program by itself: it steps between the headers and the library to count.
#include "support.hpp"

#include <dlfcn.h>

#include <cstring>
#include <map>

namespace {

std::map<std::string, int> freed; // calls with a handle, by function

template <class Handle>
void forward(const char* name, Handle* handle) {
    if (handle != nullptr)
        ++freed[name];
    using function = void (*)(Handle*);
    void* const address = dlsym(RTLD_NEXT, name);
    function next = nullptr;
    std::memcpy(&next, &address, sizeof next);
    next(handle);
}

} // namespace

#define COUNTED(type)                                                                                                             \
    extern "C" void dictdb_##type##_free(dictdb_##type* handle) {                                                                 \
        forward("dictdb_" #type "_free", handle);                                                                                 \
    }
COUNTED(error)
COUNTED(db)
COUNTED(table)
COUNTED(predicate)
COUNTED(query)
COUNTED(update)
COUNTED(cursor)
COUNTED(batch)
COUNTED(cancel)
COUNTED(watch)
COUNTED(job)
COUNTED(backup)
#undef COUNTED

TEST_CASE("Each object frees its handle once, also when it was moved, assigned to or thrown away") {
    scratch_directory scratch;
    freed.clear();
    {
        dictdb::database db;
        dictdb::table users = db.create_table("users");
        dictdb::table moved = std::move(users);
        users = db.table("users");
        users = std::move(moved);
        const dictdb::predicate all = dictdb::predicate::all(), none = !all;
        const dictdb::query query(all);
        const dictdb::update update(all, "a = 1");
        dictdb::cursor cursor = users.cursor();
        for ([[maybe_unused]] const std::string_view row : users.cursor().rows())
            FAIL("there is no row");
        cursor = query.cursor(users);
        const dictdb::batch batch;
        const dictdb::cancel_token token;
        const dictdb::watch watch = users.watch();
        { const dictdb::subscription subscription(db.watch(), [](const dictdb::change&) {}); }
        db.save_job(scratch / "file").wait();
        dictdb::database::load_job(scratch / "file").wait();
        const dictdb::backup backup(db, scratch / "backups");
        const auto snapshot = db.snapshot();
        const auto of_table = snapshot.table("users");
    }
    freed.erase("dictdb_error_free"); // what the subscription's last poll said
    CHECK(dictdb::to_json(freed) == R"({"dictdb_backup_free":1,"dictdb_batch_free":1,"dictdb_cancel_free":1,"dictdb_cursor_free":3,)"
                                    R"("dictdb_db_free":2,"dictdb_job_free":2,"dictdb_predicate_free":2,"dictdb_query_free":1,)"
                                    R"("dictdb_table_free":3,"dictdb_update_free":1,"dictdb_watch_free":3})");
}

TEST_CASE("Each failure frees its object once, whether it is looked at, moved, thrown or thrown away") {
    dictdb::database db;
    dictdb::table users = db.create_table("users");
    dictdb::buffer text;
    freed.clear();
    static_cast<void>(users.try_insert("{"));
    CHECK(freed["dictdb_error_free"] == 1);
    {
        auto one = users.try_insert("{");
        auto other = std::move(one);
        one = std::move(other);
        other = users.try_insert("{}");
        other = std::move(one);
        CHECK(other.status() == dictdb::status::invalid_json);
    }
    CHECK(freed["dictdb_error_free"] == 2);
    CHECK(status_of([&] { return users.insert("{"); }) == dictdb::status::invalid_json);
    CHECK(freed["dictdb_error_free"] == 3);
    {
        const auto error = error_of([&] { users.insert_many("["); });
        const auto copy = error;
        CHECK(std::string(copy.what()) == error.what());
    }
    CHECK(freed["dictdb_error_free"] == 4);
    {
        auto failed = users.try_count("a >");
        CHECK(status_of([&] { return failed.value(); }) == dictdb::status::parse);
        CHECK(!failed.error().message().empty());
    }
    CHECK(freed["dictdb_error_free"] == 5);
    CHECK(users.get(99, text) == std::nullopt);
    CHECK(!users.erase(99));
    CHECK(users.erase_where("FALSE") == 0);
    CHECK(freed["dictdb_error_free"] == 5);
    CHECK(users.try_query(dictdb::selection{}.where("a >")).status() == dictdb::status::parse);
    CHECK(db.try_table("none").status() == dictdb::status::table_not_found);
    CHECK(status_of([&] { return dictdb::field("a["); }) == dictdb::status::parse);
    CHECK(freed["dictdb_error_free"] == 8);
}
