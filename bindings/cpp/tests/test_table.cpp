// Tables: reading and writing, each function and what it fails with.
#include "support.hpp"

#include <map>

using dictdb::field;
using dictdb::object;
using dictdb::status;

TEST_CASE("Records are inserted as text, as objects and as structs, and give their key") {
    dictdb::database db;
    dictdb::table users = db.create_table("users");
    CHECK(users.insert(R"({"name": "Ada"})") == dictdb::key(1));
    CHECK(users.insert(user{{}, "Kurt", 17, {}}) == dictdb::key(2));
    CHECK(users.insert(object("id", "a\"b", "name", "Grace")) == dictdb::key("a\"b"));
    CHECK(users.insert(std::map<std::string, int>{{"age", 3}}) == dictdb::key(3));
    dictdb::buffer key;
    CHECK(users.insert(object("name", "Emmy"), key) == "4");
    CHECK(users.count() == 5);

    CHECK(status_of([&] { return users.insert(object("id", 1)); }) == status::duplicate_key);
    CHECK(status_of([&] { return users.insert(object("id", 1.5)); }) == status::invalid_key);
    CHECK(status_of([&] { return users.insert("{"); }) == status::invalid_json);
    CHECK(status_of([&] { return users.insert("{\"n\": 99999999999999999999}"); }) == status::number_range);
    CHECK(status_of([&] { return users.insert(object("name", "\xff")); }) == status::invalid_utf8);
    CHECK(status_of([&] { return users.insert(nullptr); }) == status::invalid_argument);
    CHECK(users.count() == 5);
}

TEST_CASE("A record is read by its key") {
    dictdb::database db;
    dictdb::table users = db.create_table("users");
    users.insert_many(std::vector<user>{{7, "Ada", 36, {"math"}}, {8, "Kurt", 17, {}}});
    users.insert(object("id", "x y", "age", 1));
    users.insert(object("id", std::string(500, 'k'), "age", 2));
    users.insert(object("id", "q\"\\\n", "age", 3));

    CHECK(users.get(7)->view() == R"({"id":7,"name":"Ada","age":36,"tags":["math"]})");
    CHECK(users.get<user>(7)->tags == std::vector<std::string>{"math"});
    CHECK(users.get<user>(std::uint8_t{8})->name == "Kurt");
    CHECK(users.get("x y")->view() == R"({"id":"x y","age":1})");
    CHECK(users.get<std::map<std::string, dictdb::raw_json>>(std::string(500, 'k'))->at("age").text == "2");
    CHECK(users.get(dictdb::key("q\"\\\n")));
    CHECK(users.get(dictdb::raw_json("7")));
    CHECK(!users.get("7"));
    CHECK(!users.get(9));
    CHECK(!users.get<user>(-1));
    CHECK(status_of([&] { return users.get(UINT64_MAX); }) == status::invalid_key);
    CHECK(status_of([&] { return users.get(""); }) == status::invalid_key);
    CHECK(status_of([&] { return users.get(dictdb::raw_json("{")); }) == status::invalid_json);

    dictdb::buffer text;
    CHECK(*users.get(8, text) == R"({"id":8,"name":"Kurt","age":17,"tags":[]})");
    CHECK(users.get(99, text) == std::nullopt);
    CHECK(text.view().empty());
    CHECK(users.try_get(9).value() == std::nullopt);
    CHECK(users.try_get("", text).status() == status::invalid_key);
    // A record that is there but does not fit the struct is not a miss.
    CHECK(status_of([&] { return users.get<user>("x y"); }) == status::type_mismatch);
    CHECK(users.try_get<user>("x y").status() == status::type_mismatch);
}

TEST_CASE("String keys of every length and content are what they are") {
    dictdb::database db;
    dictdb::table t = db.create_table("t");
    for (std::size_t length = 1; length < 300; ++length) {
        for (const char last : {'x', '"', '\\', '\x01', ' '}) {
            std::string key(length, 'k');
            key.back() = last;
            CAPTURE(key);
            REQUIRE(t.insert(object("id", key, "n", length)) == dictdb::key(key));
            REQUIRE(t.update(key, object("m", last == 'x')));
            const auto found = t.get<std::map<std::string, dictdb::raw_json>>(key);
            REQUIRE(found);
            REQUIRE(found->at("n").text == std::to_string(length));
            REQUIRE(dictdb::from_json<std::string>(found->at("id").text) == key);
        }
    }
    for (const std::int64_t number : {INT64_MIN, std::int64_t{-1}, std::int64_t{0}, INT64_MAX}) {
        t.insert(object("id", number));
        CHECK(t.update(number, object("n", 1)));
        CHECK(t.get(number));
        CHECK(!t.get(std::to_string(number)));
        CHECK(t.erase(number));
    }
}

TEST_CASE("Many are inserted and read in one call, all or none") {
    dictdb::database db;
    dictdb::table users = db.create_table("users");
    dictdb::buffer keys;
    CHECK(users.insert_many(std::vector<user>{{{}, "a", 1, {}}, {{}, "b", 2, {}}}, keys) == "[1,2]");
    const auto e = error_of([&] { users.insert_many(R"([{"id": 3}, {"id": 1}])"); });
    CHECK(e.status() == status::duplicate_key);
    CHECK(e.detail().find("\"index\":1") != std::string_view::npos);
    CHECK(users.count() == 2);

    const auto both = users.get_many(std::vector<std::int64_t>{2, 99, 1}).as<std::vector<std::optional<user>>>();
    REQUIRE(both.size() == 3);
    CHECK(both[0]->name == "b");
    CHECK(!both[1]);
    CHECK(both[2]->name == "a");
    CHECK(users.get_many(dictdb::array(1, "x"), keys).find("null") != std::string_view::npos);
    CHECK(users.get_many(std::vector<dictdb::key>{{2}, {std::string("x")}}).as<std::vector<std::optional<user>>>()[0]->age == 2);
    CHECK(status_of([&] { return users.get_many("[true]"); }) == status::invalid_key);
}

TEST_CASE("An upsert says what it did") {
    dictdb::database db;
    dictdb::table users = db.create_table("users");
    dictdb::buffer key;
    CHECK(users.upsert(object("id", 5, "age", 1)) == dictdb::upsert_outcome::inserted);
    CHECK(users.upsert(object("id", 5, "name", "x"), dictdb::on_conflict::update, &key) == dictdb::upsert_outcome::updated);
    CHECK(key.view() == "5");
    CHECK(users.upsert(object("id", 5, "age", 9), dictdb::on_conflict::ignore) == dictdb::upsert_outcome::ignored);
    CHECK(status_of([&] { return users.upsert(object("id", 5), dictdb::on_conflict::error); }) == status::duplicate_key);
    CHECK(status_of([&] { return users.upsert(object("id", 5), static_cast<dictdb::on_conflict>(9)); }) == status::invalid_argument);
    CHECK(users.get(5)->view() == R"({"id":5,"age":1,"name":"x"})");
}

TEST_CASE("Records are changed by key, by predicate and by expressions") {
    dictdb::database db;
    dictdb::table users = three_users(db);
    CHECK(users.update(1, object("age", 37)));
    CHECK(!users.update(99, object("age", 37)));
    CHECK(users.update(dictdb::predicate(field("age") > 30), R"({"old": true})") == 2);
    CHECK(users.update(dictdb::predicate(field("age") > 300), R"({"old": true})") == 0);
    CHECK(users.update_where(field("old") == true, {field("age") += 1, field("tags") = dictdb::append(field("tags"), "x")}) == 2);
    CHECK(users.update_where("name = ?1", "visits = coalesce(visits, 0) + ?2", {"Ada", 2}) == 1);
    CHECK(users.update_where("name = ?1", "visits = 1", {"nobody"}) == 0);
    CHECK(users.get(1)->view() == R"({"name":"Ada","age":38,"tags":["math","x"],"id":1,"old":true,"visits":2})");

    CHECK(status_of([&] { return users.update(1, object("id", nullptr)); }) == status::invalid_key);
    CHECK(status_of([&] { return users.update(1, object("id", 2)); }) == status::duplicate_key);
    CHECK(status_of([&] { return users.update(1, "[]"); }) == status::invalid_json);
    CHECK(status_of([&] { return users.update_where("TRUE", field("name") += 1); }) == status::type_mismatch);
    CHECK(status_of([&] { return users.update_where("age >", field("age") += 1); }) == status::parse);
    CHECK(status_of([&] { return users.update_where("TRUE", "age = "); }) == status::parse);
    CHECK(status_of([&] { return users.update_where("TRUE", {}); }) != status::ok);
}

TEST_CASE("Records are erased by key, by predicate and by text") {
    dictdb::database db;
    dictdb::table users = three_users(db);
    CHECK(users.erase(1));
    CHECK(!users.erase(1));
    CHECK(!users.erase("1"));
    CHECK(users.erase_where("age < ?1", {18}) == 1);
    CHECK(users.erase_where("age < ?1", {18}) == 0);
    CHECK(users.erase(dictdb::predicate(field("name") == "Ada")) == 0);
    CHECK(users.erase(dictdb::predicate::all()) == 1);
    CHECK(users.count() == 0);
    // No text must never mean all.
    users.insert("{}");
    CHECK(status_of([&] { return users.erase_where(""); }) != status::ok);
    CHECK(status_of([&] { return users.erase_where(std::string_view()); }) != status::ok);
    CHECK(users.count() == 1);
}

TEST_CASE("Update expressions say what they say in text") {
    dictdb::database db;
    dictdb::table t = db.create_table("t");
    const auto computed = [&](const dictdb::assignment& set) {
        t.erase(1);
        t.insert(R"({"id": 1, "a": 10, "b": 4, "s": "x", "list": [1], "n": null, "o": {"p": 2}})");
        t.update_where("id = 1", set);
        const auto record = t.get<std::map<std::string, dictdb::raw_json>>(1);
        return record->count("r") != 0 ? record->at("r").text : std::string("missing");
    };
    const field a("a"), b("b"), r("r"), s("s");
    CHECK(computed(r = a + b) == "14");
    CHECK(computed(r = a - (b - 1)) == "7");
    CHECK(computed(r = (a - b) - 1) == "5");
    CHECK(computed(r = a - b - 1) == "5");
    CHECK(computed(r = a * (b + 1)) == "50");
    CHECK(computed(r = a / (b / 2)) == "5");
    CHECK(computed(r = a / b) == "2.5");
    CHECK(computed(r = a * b / 2) == "20");
    CHECK(computed(r = -a) == "-10");
    CHECK(computed(r = -(a + b)) == "-14");
    CHECK(computed(r = - -(a - -5)) == "15");
    CHECK(computed(r = -(-dictdb::expression::of(-5))) == "-5");
    CHECK(computed(r = 1 - a) == "-9");
    CHECK(computed(r = 2.0 * a) == "20.0");
    CHECK(computed(r = dictdb::concat(s, "y", "'\"z")) == R"("xy'\"z")");
    CHECK(computed(r = dictdb::append(field("list"), 2, "three", nullptr)) == R"([1,2,"three",null])");
    CHECK(computed(r = dictdb::coalesce(field("n"), field("missing"), 5)) == "5");
    CHECK(computed(r = dictdb::min_of(a, b, 7)) == "4");
    CHECK(computed(r = dictdb::max_of(a, b, 7)) == "10");
    CHECK(computed(r = dictdb::coalesce(field("n"), 1) + dictdb::max_of(a, 2) * 2) == "21");
    CHECK(computed(r = a) == "10");
    CHECK(computed(r = field("o")["p"]) == "2");
    CHECK(computed(r = nullptr) == "null");
    CHECK(computed(r = dictdb::object("x", dictdb::array(1))) == R"({"x":[1]})");
    CHECK(computed(r = std::vector<std::string>{"a"}) == R"(["a"])");
    CHECK(computed(dictdb::remove(a)) == "missing");
    CHECK(!t.get<std::map<std::string, dictdb::raw_json>>(1)->count("a"));

    t.upsert(R"({"id": 2, "n": 10})");
    const field n("n");
    CHECK(t.update_where("id = 2", {n -= 4}) == 1);
    CHECK(t.update_where("id = 2", n *= 3) == 1);
    CHECK(t.update_where("id = 2", n /= 2) == 1);
    CHECK(t.update_where("id = 2", {n += dictdb::param(1), dictdb::remove(field("gone"))}, {0.5}) == 1);
    CHECK(t.get(2)->view() == R"({"id":2,"n":9.5})");
}

TEST_CASE("A schema is kept") {
    dictdb::database db;
    dictdb::table_options options;
    options.primary_key = "name";
    options.schema = object("name", "str", "age", object("type", "int", "nullable", true), "dept", object("type", "str", "default", "IT"));
    dictdb::table staff = db.create_table("staff", options);
    CHECK(staff.insert(object("name", "Ada")) == dictdb::key("Ada"));
    CHECK(staff.get("Ada")->view().find("\"dept\":\"IT\"") != std::string_view::npos);
    const auto e = error_of([&] { staff.insert(object("name", "Kurt", "age", "17")); });
    CHECK(e.status() == status::schema);
    CHECK(e.detail().find("\"field\":\"age\"") != std::string_view::npos);
    CHECK(e.detail().find("\"expected\":\"int\"") != std::string_view::npos);
    options.schema = object("a", object("type", "int", "default", "x"));
    CHECK(status_of([&] { return db.create_table("t", options); }) == status::schema);
    CHECK(status_of([&] { return db.create_table("t", R"({"nonsense": 1})"); }) == status::invalid_argument);

    const auto about = staff.describe();
    CHECK(about.name == "staff");
    CHECK(about.primary_key == "name");
    CHECK(about.count == 1);
    CHECK(about.columns == std::vector<std::string>{"name", "age", "dept"});
    CHECK(about.schema);
    CHECK(staff.describe<dictdb::buffer>().view().front() == '{');
}

TEST_CASE("Indexes are made, described, used and dropped") {
    dictdb::database db;
    dictdb::table users = three_users(db);
    dictdb::index_definition by_age;
    by_age.fields = {"age"};
    by_age.kind = "sorted";
    users.create_index(by_age);
    users.create_index(by_age);
    users.create_index(R"({"fields": ["name", "age"], "kind": "hash", "unique": true})");
    by_age.kind = "hash";
    CHECK(status_of([&] { users.create_index(by_age); }) == status::index_exists);
    by_age.fields = {"a["};
    CHECK(status_of([&] { users.create_index(by_age); }) == status::parse);

    const auto indexes = users.describe().indexes;
    REQUIRE(indexes.size() == 2);
    CHECK(indexes[0].kind == "sorted");
    CHECK(indexes[1].fields == std::vector<std::string>{"name", "age"});
    CHECK(indexes[1].unique);
    CHECK(users.explain(dictdb::selection().where(field("age") > 18)).view().find("\"access\":\"index\"") != std::string_view::npos);
    CHECK(status_of([&] { return users.insert(object("name", "Ada", "age", 36)); }) == status::duplicate_key);

    users.drop_index("age");
    users.drop_index({"name", "age"});
    CHECK(users.describe().indexes.empty());
    CHECK(status_of([&] { users.drop_index("age"); }) == status::invalid_argument);

    users.insert(object("name", "Ada"));
    CHECK(status_of([&] { users.create_index(R"({"fields": "name", "kind": "hash", "unique": true})"); }) == status::duplicate_key);
}

TEST_CASE("Statistics and copies") {
    dictdb::database db;
    dictdb::table users = three_users(db);
    users.erase(2);
    const auto numbers = users.statistics();
    CHECK(numbers.records == 2);
    CHECK(numbers.inserted == 3);
    CHECK(numbers.deleted == 1);
    CHECK(numbers.bytes > 0);
    // Every number that the library tells has its place in the struct.
    for (const auto& number : users.statistics<std::map<std::string, std::uint64_t>>()) {
        CAPTURE(number.first);
        const bool is_known = std::apply([&](const auto&... f) { return ((f.name == number.first) || ...); },
                                         dictdb_fields(static_cast<const dictdb::table_statistics*>(nullptr)));
        CHECK(is_known);
    }
    CHECK(users.copy().as<std::map<std::string, user>>().at("3").name == "Grace");
    CHECK(db.copy().as<std::map<std::string, std::map<std::string, user>>>().at("users").size() == 2);
}

TEST_CASE("Tables come and go") {
    dictdb::database db;
    dictdb::table one = db.create_table("one");
    db.create_table("t\"wo", R"({"primary_key": "k"})");
    CHECK(db.table_names() == std::vector<std::string>{"one", "t\"wo"});
    CHECK(db.table("t\"wo").insert("{}") == dictdb::key(1));
    CHECK(status_of([&] { return db.create_table("one"); }) == status::duplicate_table);
    CHECK(status_of([&] { return db.create_table(""); }) == status::invalid_argument);
    CHECK(status_of([&] { return db.table("three"); }) == status::table_not_found);
    CHECK(status_of([&] { return db.create_table("\xff"); }) == status::invalid_utf8);
    db.drop_table("one");
    CHECK(status_of([&] { db.drop_table("one"); }) == status::table_not_found);
    CHECK(status_of([&] { return one.count(); }) == status::table_not_found);
    CHECK(status_of([&] { return one.get(1); }) == status::table_not_found);
}
