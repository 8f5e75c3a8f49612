// Queries, rows and cursors.
#include "support.hpp"

#include <atomic>
#include <map>
#include <thread>

using dictdb::field;
using dictdb::param;
using dictdb::selection;
using dictdb::status;

TEST_CASE("A selection describes a query") {
    CHECK(dictdb::to_json(selection{}) == "{}");
    CHECK(dictdb::to_json(selection{"id", "a.b"}.where(field("age") >= param(1)).order_by({"-age", "id"}).limit(10).offset(param(2)).distinct()) ==
          R"({"where":"`age` >= ?1","columns":{"id":"id","a.b":"a.b"},"order_by":["-age","id"],"distinct":true,"limit":10,"offset":"?2"})");
    CHECK(dictdb::to_json(selection{}.where("a = 1 OR b = 2").where(field("c") == 3)) == R"json({"where":"(a = 1 OR b = 2) AND (`c` = 3)"})json");
    CHECK(dictdb::to_json(selection{}.group_by("dept").aggregate("mean", "avg(age)").aggregate("n", "count()")) ==
          R"json({"group_by":["dept"],"aggregates":{"mean":"avg(age)","n":"count()"}})json");
}

TEST_CASE("A query runs in one call, and compiled") {
    dictdb::database db;
    dictdb::table users = three_users(db);
    dictdb::rows rows = users.query(selection{"name"}.where(field("age") >= param(1)).order_by("-age"), {18});
    CHECK(rows.view() == R"([{"name":"Grace"},{"name":"Ada"}])");
    CHECK(rows.count() == 2);
    std::vector<std::string> texts;
    for (const std::string_view row : rows)
        texts.emplace_back(row);
    CHECK(texts == std::vector<std::string>{R"({"name":"Grace"})", R"({"name":"Ada"})"});
    CHECK(rows.as<std::vector<user>>()[1].name == "Ada");

    CHECK(users.query(R"({"limit": 1})", {}, rows).size() > 2);
    CHECK(rows.count() == 1);
    CHECK(users.query(dictdb::everything).count() == 3);
    CHECK(users.query(selection{}.where("FALSE")).empty());
    for ([[maybe_unused]] const std::string_view row : users.query(selection{}.where("FALSE")))
        FAIL("there is no row");

    const dictdb::query adults(selection{"name"}.where("age >= ?1").order_by("name").limit(param(2)));
    CHECK(adults.run(users, {18, 1}).view() == R"([{"name":"Ada"}])");
    CHECK(adults.run(users, {0, 9}, rows) == R"([{"name":"Ada"},{"name":"Grace"},{"name":"Kurt"}])");
    CHECK(adults.count(users, {18, -1}) == 2);
    CHECK(adults.explain(users, {18, 1}).view().find("\"access\":\"scan\"") != std::string_view::npos);
    const auto snapshot = users.snapshot();
    users.erase(1);
    CHECK(adults.count(snapshot, {18, -1}) == 2);
    CHECK(adults.count(users, {18, -1}) == 1);

    const dictdb::query named(dictdb::predicate(field("name") == param(1)), selection{"age"});
    CHECK(named.run(users, {"Grace"}).view() == R"([{"age":85}])");
    const dictdb::query all(dictdb::predicate::all());
    CHECK(all.count(users) == 2);

    const auto sums = users.query(selection{}.aggregate("n", "count()").aggregate("mean", "avg(age)")).as<std::vector<std::map<std::string, double>>>();
    CHECK(sums.at(0).at("mean") == 51.0);

    CHECK(status_of([&] { return adults.run(users, {18}); }) == status::invalid_argument);
    CHECK(adults.try_run(users, {18}, rows).status() == status::invalid_argument);
    CHECK(rows.empty());
    CHECK(rows.begin() == rows.end());
    CHECK(status_of([&] { return dictdb::query("{\"nonsense\": 1}"); }) == status::invalid_argument);
    CHECK(status_of([&] { return dictdb::query(selection{}.where("a ==")); }) == status::parse);
    CHECK(status_of([&] { return users.query(selection{"a["}); }) == status::parse);
    CHECK(status_of([&] { return users.query(selection{}.aggregate("s", "sum(name)")); }) == status::type_mismatch);
}

TEST_CASE("A query erases what it matches") {
    dictdb::database db;
    dictdb::table users = three_users(db);
    const dictdb::query young(selection{}.where("age < ?1"));
    CHECK(young.erase(users, {18}) == 1);
    CHECK(young.erase(users, {18}) == 0);
    CHECK(status_of([&] { return dictdb::query(dictdb::everything).erase(users); }) == status::invalid_argument);
    CHECK(users.count() == 2);
}

TEST_CASE("Records are selected by a compiled predicate") {
    dictdb::database db;
    const dictdb::table users = three_users(db);
    const dictdb::predicate adult(field("age") >= 18);
    CHECK(users.select(adult).count() == 2);
    CHECK(users.select(adult, selection{"name"}.order_by("name").limit(1)).view() == R"([{"name":"Ada"}])");
    dictdb::rows rows;
    CHECK(users.select(adult, R"({"columns": {"who": "name"}, "offset": 1})", rows) == R"([{"who":"Grace"}])");
    CHECK(rows.count() == 1);
    CHECK(status_of([&] { return users.select(adult, "{\"x\": 1}"); }) == status::invalid_argument);
}

TEST_CASE("A compiled update runs with values") {
    dictdb::database db;
    dictdb::table users = three_users(db);
    const dictdb::update birthday(field("name") == param(1), field("age") += param(2));
    CHECK(birthday.run(users, {"Ada", 1}) == 1);
    CHECK(birthday.run(users, {"Nobody", 1}) == 0);
    CHECK(users.get<user>(1)->age == 37);
    CHECK(birthday.explain(users, {"Ada", 1}).view().find("access") != std::string_view::npos);
    const dictdb::update flags(dictdb::predicate(field("age") > 50), {field("old") = true, dictdb::remove(field("tags"))});
    CHECK(flags.run(users) == 1);
    CHECK(status_of([&] { return birthday.run(users, {"Ada"}); }) == status::invalid_argument);
    CHECK(status_of([&] { return birthday.run(users, {"Ada", "x"}); }) == status::type_mismatch);
    CHECK(dictdb::update::try_compile("TRUE", "age = = 1").status() == status::parse);
}

TEST_CASE("A cursor gives rows in batches, lent, and as structs") {
    dictdb::database db;
    dictdb::table numbers = db.create_table("numbers");
    std::vector<dictdb::raw_json> records;
    for (int i = 0; i < 2500; ++i)
        records.push_back(dictdb::object("n", i, "text", std::string(static_cast<std::size_t>(i % 100), 'x') + "\n"));
    numbers.insert_many(records);

    for (const dictdb::batch_size size : {dictdb::batch_size{1, 0}, dictdb::batch_size{7, 0}, dictdb::batch_size{0, 1}, dictdb::batch_size{0, 1000}, dictdb::batch_size{}}) {
        int next = 0;
        auto cursor = numbers.cursor();
        for (const auto& members : cursor.rows<std::map<std::string, dictdb::raw_json>>(size)) {
            REQUIRE(members.at("n").text == std::to_string(next));
            ++next;
        }
        CHECK(next == 2500);
    }

    int count = 0;
    for (const std::string_view row : numbers.cursor(selection{"n"}.where("n >= ?1").order_by("-n"), {2000})) {
        CHECK(row == "{\"n\":" + std::to_string(2499 - count) + "}");
        ++count;
    }
    CHECK(count == 500);

    auto lent = numbers.cursor(selection{"n"});
    CHECK(lent.next() == "{\"n\":0}");
    numbers.erase_where("TRUE");
    CHECK(lent.next() == "{\"n\":1}");
    dictdb::rows batch;
    CHECK(lent.next_batch(batch, {3, 0}) == R"([{"n":2},{"n":3},{"n":4}])");
    CHECK(batch.count() == 3);
    CHECK(lent.next_batch(batch, {2, 0}, dictdb::rows_form::lines) == "{\"n\":5}\n{\"n\":6}\n");
    CHECK(lent.next_batch(batch));
    while (lent.next_batch(batch)) {
    }
    CHECK(batch.count() == 0);
    CHECK(lent.next() == std::nullopt);
    CHECK(numbers.cursor().begin() == numbers.cursor().end());
    CHECK(status_of([&] { return numbers.cursor(selection{"n["}); }) == status::parse);
}

TEST_CASE("A range made of a temporary cursor owns it, and iterators move") {
    dictdb::database db;
    const dictdb::table users = three_users(db);
    auto range = users.cursor(selection{"id"}).rows<std::map<std::string, int>>();
    auto at = range.begin();
    auto moved = std::move(at);
    int sum = 0;
    for (; moved != range.end(); ++moved)
        sum += moved->at("id");
    CHECK(sum == 6);
    CHECK(status_of([&] {
              for (const int row : users.cursor().rows<int>())
                  static_cast<void>(row);
              return 0;
          }) == status::type_mismatch);
}

TEST_CASE("Threads share a cursor, and each row is handed out once") {
    dictdb::database db;
    dictdb::table numbers = db.create_table("numbers");
    std::vector<dictdb::raw_json> records(5000, dictdb::object("n", 1));
    numbers.insert_many(records);
    auto cursor = numbers.cursor();
    std::atomic<std::uint64_t> rows{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            dictdb::rows own;
            while (cursor.next_batch(own, {10, 0}))
                rows += own.count();
        });
    for (auto& thread : threads)
        thread.join();
    CHECK(rows == 5000);
}
