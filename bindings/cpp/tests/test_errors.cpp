// Errors, results, handles that are closed, and conversions that throw.
#include "support.hpp"

#include <memory>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <type_traits>
#include <unistd.h>

using dictdb::field;
using dictdb::object;
using dictdb::result;
using dictdb::status;

namespace {

/// A value whose conversion to JSON throws something of its own.
struct refusing {
    std::string dump() const { throw std::domain_error("it has no JSON form today"); }
};

struct out_of_memory {
    std::string dump() const { throw std::bad_alloc(); }
};

struct throwing_an_int {
    std::string dump() const { throw 7; }
};

} // namespace

TEST_CASE("Every status has the name and the message of the library") {
    CHECK(dictdb::name(status::record_not_found) == "RECORD_NOT_FOUND");
    CHECK(dictdb::name(status::internal) == "INTERNAL");
    CHECK(dictdb::name(static_cast<status>(999)) == "UNKNOWN");
    CHECK(!dictdb::message(status::io).empty());
    std::ostringstream out;
    out << status::parse;
    CHECK(out.str() == "PARSE");
}

TEST_CASE("The library that is loaded is the one that the header describes") {
    CHECK(dictdb::is_abi_compatible());
    CHECK(dictdb::library_version() == DICTDB_VERSION);
    for (const char* feature : {"paths", "log", "query", "index", "snapshot", "cursor", "batch", "cancel", "watch", "file", "job", "backup", "csv", "jsonl", "memory"})
        CHECK(dictdb::has_feature(feature));
    CHECK(!dictdb::has_feature("nonsense"));
}

TEST_CASE("Memory is counted and limited") {
    dictdb::database db;
    auto table = db.create_table("t");
    table.insert(R"({"id":1})");
    CHECK(dictdb::memory_used() > 0);
    CHECK(dictdb::limit_memory(1) == 0);
    auto refused = table.try_insert(R"({"id":2})");
    CHECK(dictdb::limit_memory(0) == 1);
    REQUIRE(!refused);
    CHECK(refused.error().status() == status::out_of_memory);
    CHECK(table.count() == 1);
    table.insert(R"({"id":2})");
}

TEST_CASE("An error has status, message and detail, and copies share them") {
    dictdb::database db;
    dictdb::table users = three_users(db);
    std::unique_ptr<dictdb::error> copy;
    try {
        users.insert(object("id", 1));
        FAIL("the key is taken");
    } catch (const dictdb::error& e) {
        copy = std::make_unique<dictdb::error>(e);
        CHECK(copy->what() == e.what());
    }
    CHECK(copy->status() == status::duplicate_key);
    CHECK(std::string(copy->what()) == "key 1 is taken");
    CHECK(copy->detail().find("\"key\":1") != std::string_view::npos);
    static_assert(std::is_nothrow_copy_constructible_v<dictdb::error>);
    static_assert(std::is_base_of_v<std::exception, dictdb::error>);
}

TEST_CASE("A result holds a value or a failure, and is moved") {
    dictdb::database db;
    dictdb::table users = three_users(db);
    auto made = users.try_insert("{}");
    REQUIRE(made);
    CHECK(*made == dictdb::key(4));
    CHECK(made->integer() == 4);
    CHECK(made.status() == status::ok);
    CHECK(made.value() == dictdb::key(4));

    auto failed = users.try_insert(object("id", 4));
    REQUIRE(!failed);
    CHECK(failed.status() == status::duplicate_key);
    CHECK(failed.error().message() == "key 4 is taken");
    auto moved = std::move(failed);
    CHECK(moved.error().message() == "key 4 is taken");
    // Of an lvalue the failure can be thrown again and again.
    for (int i = 0; i < 2; ++i)
        CHECK(std::string(error_of([&] { return moved.value(); }).what()) == "key 4 is taken");
    CHECK(std::move(moved).value_or(dictdb::key(-1)) == dictdb::key(-1));

    auto assigned = users.try_insert("{}");
    assigned = users.try_insert("{");
    CHECK(assigned.status() == status::invalid_json);
    assigned = users.try_insert("{}");
    CHECK(*assigned == dictdb::key(6));
    CHECK(std::string(error_of([&] { users.try_insert_many("[1]").value(); }).what()) != "");
    CHECK(users.try_insert_many("[]").has_value());
    static_assert(!std::is_copy_constructible_v<result<int>> && std::is_nothrow_move_constructible_v<result<std::string>>);
}

TEST_CASE("A miss has a message without an object") {
    dictdb::database db;
    const auto missing = db.try_table("t");
    CHECK(missing.status() == status::table_not_found);
    CHECK(missing.error().detail().find("\"table\":\"t\"") != std::string_view::npos);
    dictdb_error* object = nullptr;
    const dictdb_status code = dictdb_db_get_table(db.raw(), "t", 1, nullptr, &object);
    CHECK(code == dictdb_error_status(object));
    CHECK(dictdb::failure(code, object).status() == static_cast<status>(code));
    const dictdb::failure bare(DICTDB_STATUS_RECORD_NOT_FOUND, nullptr);
    CHECK(bare.message() == dictdb::message(status::record_not_found));
    CHECK(bare.detail() == "{}");
}

TEST_CASE("What a conversion throws comes out as it is, and is a failure of try_ functions") {
    dictdb::database db;
    dictdb::table users = three_users(db);
    CHECK_THROWS_AS(users.insert(refusing()), std::domain_error);
    CHECK_THROWS_AS(users.insert(out_of_memory()), std::bad_alloc);
    CHECK_THROWS_AS(users.insert(throwing_an_int()), int);
    const auto failed = users.try_insert(refusing());
    CHECK(failed.status() == status::invalid_argument);
    CHECK(failed.error().message() == "it has no JSON form today");
    CHECK_THROWS_AS(failed.value(), std::domain_error);
    CHECK(users.try_insert(out_of_memory()).status() == status::out_of_memory);
    CHECK(users.try_insert(throwing_an_int()).status() == status::invalid_argument);
    CHECK(users.try_insert(std::numeric_limits<double>::infinity()).status() == status::number_range);
    CHECK(users.count() == 3);
    static_assert(noexcept(users.try_insert(7)));
    static_assert(noexcept(users.try_get(1)));
    static_assert(noexcept(users.try_query("")));
}

TEST_CASE("Nothing can be copied by accident, and bases cannot be sliced") {
    static_assert(!std::is_copy_constructible_v<dictdb::database> && std::is_nothrow_move_constructible_v<dictdb::database>);
    static_assert(!std::is_copy_constructible_v<dictdb::table> && std::is_nothrow_move_assignable_v<dictdb::table>);
    static_assert(!std::is_copy_constructible_v<dictdb::buffer> && std::is_nothrow_move_constructible_v<dictdb::rows>);
    static_assert(!std::is_constructible_v<dictdb::table_view, dictdb::table> && !std::is_destructible_v<dictdb::table_view>);
    static_assert(!std::is_convertible_v<dictdb::table_snapshot, dictdb::table>);
    static_assert(!std::is_constructible_v<dictdb::key_view, bool> && !std::is_constructible_v<dictdb::key_view, double> &&
                  !std::is_constructible_v<dictdb::key_view, std::nullptr_t>);
}

TEST_CASE("Use after close, and of what was moved from, is an error, and closing twice is fine") {
    dictdb::database db;
    dictdb::table users = three_users(db);
    dictdb::table moved = std::move(users);
    CHECK(status_of([&] { return users.count(); }) == status::invalid_handle);
    CHECK(moved.count() == 3);
    moved.close();
    moved.close();
    CHECK(status_of([&] { return moved.count(); }) == status::invalid_handle);
    CHECK(status_of([&] { return moved.get(1); }) == status::invalid_handle);
    CHECK(status_of([&] { return moved.insert("{}"); }) == status::invalid_handle);
    moved = db.table("users");
    CHECK(moved.count() == 3);
    users = std::move(moved);
    CHECK(users.count() == 3);

    auto closed = [](auto object) {
        object.close();
        return object;
    };
    const auto predicate = closed(dictdb::predicate("TRUE"));
    CHECK(status_of([&] { return users.count(predicate); }) == status::invalid_handle);
    CHECK(status_of([&] { return predicate.print(); }) == status::invalid_handle);
    CHECK(status_of([&] { return predicate && predicate; }) == status::invalid_handle);
    CHECK(status_of([&] { return closed(dictdb::query("{}")).run(users); }) == status::invalid_handle);
    CHECK(status_of([&] { return closed(dictdb::update("TRUE", "a = 1")).run(users); }) == status::invalid_handle);
    CHECK(status_of([&] { return closed(users.cursor()).next(); }) == status::invalid_handle);
    CHECK(status_of([&] { return closed(users.snapshot()).count(); }) == status::invalid_handle);
    CHECK(status_of([&] { closed(dictdb::batch()).commit(); return 0; }) == status::invalid_handle);
    CHECK(status_of([&] { closed(dictdb::cancel_token()).set(); return 0; }) == status::invalid_handle);
    CHECK(closed(dictdb::cancel_token()).flag() == nullptr);
    CHECK(status_of([&] { return users.limited(closed(dictdb::cancel_token())); }) == status::invalid_handle);
    CHECK(status_of([&] { return closed(users.watch()).poll(0); }) == status::invalid_handle);
    CHECK(status_of([&] { return closed(db.snapshot()).table_names(); }) == status::invalid_handle);
    scratch_directory scratch;
    CHECK(status_of([&] { closed(db.save_job(scratch / "f")).wait(); return 0; }) == status::invalid_handle);
    CHECK(status_of([&] { return closed(dictdb::backup(db, scratch.path())).statistics(); }) == status::invalid_handle);
    const dictdb::query by_predicate(dictdb::predicate("TRUE"));
    CHECK(by_predicate.count(users) == 3);
    db.close();
    CHECK(status_of([&] { return db.table_names(); }) == status::invalid_handle);
    CHECK(users.count() == 3);
}

TEST_CASE("Objects go in any order") {
    auto db = std::make_unique<dictdb::database>();
    auto users = std::make_unique<dictdb::table>(three_users(*db));
    auto query = std::make_unique<dictdb::query>(dictdb::everything);
    auto cursor = std::make_unique<dictdb::cursor>(query->cursor(*users));
    auto batch = std::make_unique<dictdb::batch>();
    batch->insert(*users, "{}");
    auto token = std::make_unique<dictdb::cancel_token>();
    auto limited = std::make_unique<dictdb::table>(users->limited(*token));
    auto snapshot = std::make_unique<dictdb::database_snapshot>(db->snapshot());
    db.reset();
    query.reset();
    token.reset();
    users.reset();
    CHECK(cursor->next());
    batch->commit();
    CHECK(limited->count() == 4);
    CHECK(snapshot->table("users").count() == 3);
    snapshot.reset();
    limited.reset();
    batch.reset();
    CHECK(cursor->next());
}

TEST_CASE("Closing while other threads are in calls is no danger") {
    for (int round = 0; round < 50; ++round) {
        dictdb::database db;
        dictdb::table users = three_users(db);
        std::vector<std::thread> threads;
        for (int i = 0; i < 3; ++i)
            threads.emplace_back([&] {
                dictdb::buffer text;
                for (;;) {
                    const auto found = users.try_get(1, text);
                    if (!found) {
                        CHECK(found.status() == status::invalid_handle);
                        return;
                    }
                }
            });
        users.close();
        for (auto& thread : threads)
            thread.join();
    }
}

TEST_CASE("In a forked child every call fails, and nothing hangs") {
    dictdb::database db;
    const dictdb::table users = three_users(db);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const auto counted = users.try_count();
        const bool is_right = counted.status() == status::forked && !counted.error().message().empty() && counted.error().detail() == "{}";
        _exit(is_right ? 0 : 1);
    }
    int outcome = 0;
    REQUIRE(waitpid(child, &outcome, 0) == child);
    CHECK(outcome == 0);
}
