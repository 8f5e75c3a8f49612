// Snapshots, batches, limits, watches: what is about more than one call.
#include "support.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <poll.h>
#include <thread>

using dictdb::field;
using dictdb::object;
using dictdb::status;

TEST_CASE("A snapshot stays as it was, whatever happens") {
    dictdb::database db;
    dictdb::table users = three_users(db);
    const auto one = users.snapshot();
    const auto all = db.snapshot();
    users.erase_where("TRUE");
    CHECK(users.statistics().snapshots >= 1);
    db.drop_table("users");
    users.close();
    CHECK(one.count() == 3);
    CHECK(one.get<user>(1)->name == "Ada");
    CHECK(one.snapshot().count("age > 18") == 2);
    CHECK(one.limited(10s).count() == 3);
    CHECK(all.table_names() == std::vector<std::string>{"users"});
    CHECK(all.table("users").query(dictdb::everything).count() == 3);
    CHECK(all.snapshot().limited(dictdb::cancel_token(), 10s).table("users").count() == 3);
    CHECK(all.copy().view().size() > 50);
    CHECK(status_of([&] { return all.table("none"); }) == status::table_not_found);
    int rows = 0;
    for ([[maybe_unused]] const std::string_view row : one.cursor())
        ++rows;
    CHECK(rows == 3);
}

TEST_CASE("A batch does all or nothing, over several tables") {
    dictdb::database db;
    dictdb::table accounts = db.create_table("accounts");
    dictdb::table log = db.create_table("log");
    accounts.insert_many(R"([{"balance": 100}, {"balance": 0}])");
    const dictdb::update pay(field("id") == dictdb::param(1) && field("balance") >= dictdb::param(2), field("balance") -= dictdb::param(2));

    dictdb::batch batch;
    batch.update(accounts, pay, {1, 60})
        .update_where(accounts, field("id") == 2, field("balance") += 60)
        .insert(log, object("amount", 60))
        .insert_many(log, R"([{"a": 1}, {"a": 2}])")
        .upsert(log, object("id", 1, "seen", true))
        .update(log, 2, object("a", 5))
        .erase(log, 3)
        .erase_where(log, "a = ?1", {5});
    const auto done = batch.commit<std::vector<dictdb::batch_result>>();
    REQUIRE(done.size() == 8);
    CHECK(done[0].count == 1);
    CHECK(done[2].key == dictdb::key(1));
    CHECK(done[3].keys == std::vector<dictdb::key>{2, 3});
    CHECK(done[4].outcome == "updated");
    CHECK(log.query(dictdb::everything).view() == R"([{"amount":60,"id":1,"seen":true}])");

    batch.insert(log, "{}").update(accounts, pay, {1, 60});
    const auto e = error_of([&] { batch.commit(); });
    CHECK(e.status() == status::record_not_found);
    CHECK(e.detail().find("\"operation\":1") != std::string_view::npos);
    CHECK(log.count() == 1);
    batch.clear();
    CHECK(batch.commit<dictdb::buffer>().view() == "[]");

    CHECK(status_of([&] { batch.insert(log, "["); return 0; }) == status::invalid_json);
    CHECK(status_of([&] { batch.update_where(log, "a >", "a = 1"); return 0; }) == status::parse);
    CHECK(status_of([&] { batch.erase(log, ""); return 0; }) == status::invalid_key);
    CHECK(batch.try_upsert(log, "{}", dictdb::on_conflict::ignore).has_value());
    batch.commit();
    CHECK(log.count() == 2);

    dictdb::buffer results;
    CHECK(db.run_batch(R"([{"insert": "log", "record": {}}, {"delete": "log", "where": "TRUE"}])", results) == R"([{"key":5},{"count":3}])");
    db.run_batch(dictdb::array(object("insert", "log", "record", object("x", 1))));
    CHECK(log.count() == 1);
    CHECK(status_of([&] { db.run_batch(R"([{"insert": "none", "record": {}}])"); return 0; }) == status::table_not_found);
    CHECK(status_of([&] { db.run_batch(R"([{"nonsense": "log"}])"); return 0; }) == status::invalid_argument);
}

TEST_CASE("Threads move money, and none is lost") {
    dictdb::database db;
    dictdb::table accounts = db.create_table("accounts");
    for (int i = 0; i < 4; ++i)
        accounts.insert(object("balance", 100));
    const dictdb::update take("id = ?1 AND balance >= ?2", "balance = balance - ?2"), give("id = ?1", "balance = balance + ?2");
    std::atomic<bool> is_wrong{false}, is_over{false};
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t)
        threads.emplace_back([&, t] {
            dictdb::batch batch;
            for (int i = 0; i < 300; ++i) {
                batch.update(accounts, take, {1 + (i + t) % 4, i % 40}).update(accounts, give, {1 + (i * 3 + t) % 4, i % 40});
                const auto done = batch.try_commit();
                if (!done && done.status() != status::record_not_found)
                    is_wrong = true;
                batch.clear();
            }
        });
    std::thread reader([&] {
        const dictdb::query sum(dictdb::selection{}.aggregate("s", "sum(balance)"));
        dictdb::rows rows;
        while (!is_over)
            if (sum.run(accounts, {}, rows) != "[{\"s\":400}]")
                is_wrong = true;
    });
    for (auto& thread : threads)
        thread.join();
    is_over = true;
    reader.join();
    CHECK(!is_wrong);
}

TEST_CASE("A token and a time stop calls, which then have changed nothing") {
    dictdb::database db;
    dictdb::table numbers = db.create_table("numbers");
    numbers.insert_many(std::vector<dictdb::raw_json>(20000, object("n", 1, "text", "some text to look at")));
    dictdb::cancel_token token;
    dictdb::table limited = numbers.limited(token);
    CHECK(limited.count("text LIKE '%k a%'") == 20000);
    token.set();
    CHECK(*token.flag() != 0);
    CHECK(status_of([&] { return limited.count("text LIKE '%k a%'"); }) == status::cancelled);
    CHECK(status_of([&] { return limited.update_where("TRUE", "n = 2"); }) == status::cancelled);
    CHECK(numbers.count("n = 1") == 20000);
    token.reset();
    CHECK(*token.flag() == 0);
    CHECK(limited.count("text LIKE '%k a%'") == 20000);
    CHECK(status_of([&] { return numbers.limited(0ms).update_where("TRUE", "n = 2"); }) == status::timeout);
    CHECK(numbers.limited(token, 60s).count("n = 1") == 20000);
    CHECK(status_of([&] { return db.limited(0ms).table("numbers").copy(); }) == status::timeout);
    token.set();
    CHECK(status_of([&] { return db.limited(token).table("numbers").copy(); }) == status::cancelled);
    CHECK(status_of([&] {
              for (const std::string_view row : limited.snapshot().cursor())
                  static_cast<void>(row);
              return 0;
          }) == status::cancelled);
    CHECK(numbers.try_limited(nullptr, std::nullopt)->count() == 20000);
}

TEST_CASE("A watch tells changes in order") {
    dictdb::database db;
    dictdb::table users = db.create_table("users");
    const auto watch = users.watch();
    CHECK(watch.poll(0, 0ms).changes.empty());
    users.insert(object("name", "Ada"));
    users.update(1, object("id", "a"));
    users.erase("a");
    auto polled = watch.poll(0);
    REQUIRE(polled.changes.size() == 3);
    CHECK(polled.changes[0].operation == "insert");
    CHECK(polled.changes[0].table == "users");
    CHECK(polled.changes[0].record->text == R"({"name":"Ada","id":1})");
    CHECK(polled.changes[1].old_key == dictdb::key(1));
    CHECK(polled.changes[1].key == dictdb::key("a"));
    CHECK(!polled.changes[2].record);
    CHECK(polled.last == polled.changes[2].sequence);
    CHECK(watch.last() == polled.last);
    CHECK(watch.poll(polled.last, 1ms).last == polled.last);
    dictdb::buffer text;
    CHECK(watch.poll(0, 0ms, 1, text) == polled.changes[0].sequence);
    CHECK(text.as<std::vector<dictdb::change>>().size() == 1);

    pollfd ready{watch.file_descriptor(), POLLIN, 0};
    static_cast<void>(watch.poll(0, 0ms));
    CHECK(poll(&ready, 1, 0) == 0);
    users.insert("{}");
    CHECK(poll(&ready, 1, 0) == 1);

    dictdb::watch_options few;
    few.max_changes = 2;
    few.records = false;
    const auto narrow = db.watch(few);
    db.create_table("other");
    CHECK(narrow.poll(0).changes.at(0).operation == "create");
    CHECK(!narrow.poll(0).changes.at(0).key);
    users.insert_many("[{}, {}, {}]");
    CHECK(status_of([&] { return narrow.poll(1); }) == status::unavailable);
    CHECK(status_of([&] { return users.watch("{\"max_changes\": 0}"); }) == status::invalid_argument);
}

TEST_CASE("A poll that waits ends when the watch is closed") {
    dictdb::database db;
    auto watch = db.watch();
    std::thread closing([&] {
        std::this_thread::sleep_for(20ms);
        watch.close();
    });
    CHECK(watch.try_poll(0).status() == status::cancelled);
    closing.join();
}

namespace {

/// What callbacks leave, to be waited for.
class journal {
public:
    void add(std::string entry) {
        const std::lock_guard lock(mutex_);
        entries_.push_back(std::move(entry));
        changed_.notify_all();
    }
    std::vector<std::string> wait(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 10s, [&] { return entries_.size() >= count; });
        return entries_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> entries_;
};

} // namespace

TEST_CASE("A subscription calls back for each change, and ends with its object") {
    dictdb::database db;
    dictdb::table users = db.create_table("users");
    journal told, troubles;
    const auto held = std::make_shared<int>(0);
    {
        dictdb::subscription subscription(
            users.watch(),
            [&, held](const dictdb::change& c) {
                if (c.key == dictdb::key(2))
                    throw std::runtime_error("not this one");
                told.add(c.operation + " " + dictdb::to_json(*c.key));
            },
            [&](const dictdb::failure& why) {
                troubles.add(std::string(why.message()));
                throw 1;
            });
        users.insert_many("[{}, {}, {}]");
        users.erase(1);
        CHECK(told.wait(3) == std::vector<std::string>{"insert 1", "insert 3", "delete 1"});
        CHECK(troubles.wait(1) == std::vector<std::string>{"not this one"});
        dictdb::subscription moved = std::move(subscription);
        users.insert("{}");
        CHECK(told.wait(4).back() == "insert 4");
        CHECK(held.use_count() > 1);
    }
    CHECK(held.use_count() == 1);
    users.insert("{}");
    CHECK(told.wait(4).size() == 4);
}

TEST_CASE("A subscription that is too slow is told, and goes on") {
    dictdb::database db;
    dictdb::table users = db.create_table("users");
    dictdb::watch_options few;
    few.max_changes = 4;
    journal troubles;
    std::atomic<std::int64_t> last_key{0};
    std::mutex gate;
    std::unique_lock closed(gate);
    dictdb::subscription subscription(
        users.watch(few),
        [&](const dictdb::change& c) {
            const std::lock_guard wait(gate);
            last_key = c.key->integer();
        },
        [&](const dictdb::failure& why) {
            // What changes while that is told is told, too.
            users.insert("{}");
            troubles.add(std::string(dictdb::name(why.status())));
        });
    for (int i = 0; i < 20; ++i)
        users.insert("{}");
    closed.unlock();
    CHECK(troubles.wait(1).at(0) == "UNAVAILABLE");
    const auto table_has = [&](int count) {
        for (int i = 0; i < 10000 && last_key < count; ++i)
            std::this_thread::sleep_for(1ms);
        return last_key == count;
    };
    CHECK(table_has(21));
    users.insert("{}");
    CHECK(table_has(22));
}

TEST_CASE("A subscription can be closed by its own callback") {
    dictdb::database db;
    dictdb::table users = db.create_table("users");
    std::optional<dictdb::subscription> subscription;
    journal told;
    std::mutex is_made;
    {
        const std::lock_guard making(is_made);
        subscription.emplace(users.watch(), [&](const dictdb::change&) {
            const std::lock_guard made(is_made);
            subscription->close();
            told.add("once");
        });
    }
    users.insert_many("[{}]");
    CHECK(told.wait(1).size() == 1);
}
