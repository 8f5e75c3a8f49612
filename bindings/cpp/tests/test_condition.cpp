// Predicates as expressions: what they say, and that values and names stay what they are.
#include "support.hpp"

#include <random>
#include <set>

using dictdb::condition;
using dictdb::field;
using dictdb::param;
using dictdb::predicate;
using dictdb::status;

namespace {

/// What the library prints of a predicate that its own functions made.
template <class Build>
std::string built(Build&& build) {
    dictdb_predicate* raw = nullptr;
    REQUIRE(build(&raw) == DICTDB_STATUS_OK);
    return predicate(raw).print();
}

std::string printed(const condition& c) {
    return predicate(c).print();
}

} // namespace

#define TEXT(text) (text), DICTDB_NTS

TEST_CASE("Each test is that of the library") {
    const field f("a.b");
    CHECK(printed(f == 5) == built([](auto p) { return dictdb_predicate_eq(TEXT("a.b"), TEXT("5"), p, nullptr); }));
    CHECK(printed(f != 5) == built([](auto p) { return dictdb_predicate_ne(TEXT("a.b"), TEXT("5"), p, nullptr); }));
    CHECK(printed(f < 5) == built([](auto p) { return dictdb_predicate_lt(TEXT("a.b"), TEXT("5"), p, nullptr); }));
    CHECK(printed(f <= 5) == built([](auto p) { return dictdb_predicate_le(TEXT("a.b"), TEXT("5"), p, nullptr); }));
    CHECK(printed(f > 5) == built([](auto p) { return dictdb_predicate_gt(TEXT("a.b"), TEXT("5"), p, nullptr); }));
    CHECK(printed(f >= 5) == built([](auto p) { return dictdb_predicate_ge(TEXT("a.b"), TEXT("5"), p, nullptr); }));
    CHECK(printed(5 < f) == printed(f > 5));
    CHECK(printed(5 <= f) == printed(f >= 5));
    CHECK(printed(5 > f) == printed(f < 5));
    CHECK(printed(5 >= f) == printed(f <= 5));
    CHECK(printed("x" == f) == printed(f == "x"));
    CHECK(printed("x" != f) == printed(f != "x"));
    CHECK(printed(f == nullptr) == built([](auto p) { return dictdb_predicate_eq(TEXT("a.b"), TEXT("null"), p, nullptr); }));
    CHECK(printed(f.in({1, 2})) == built([](auto p) { return dictdb_predicate_is_in(TEXT("a.b"), TEXT("[1,2]"), p, nullptr); }));
    CHECK(printed(f.in(std::set<std::string>{"x", "y"})) ==
          built([](auto p) { return dictdb_predicate_is_in(TEXT("a.b"), TEXT("[\"x\",\"y\"]"), p, nullptr); }));
    CHECK(printed(f.between(1, 2.5)) ==
          built([](auto p) { return dictdb_predicate_between(TEXT("a.b"), TEXT("1"), TEXT("2.5"), p, nullptr); }));
    CHECK(printed(f.like("A%_'")) == built([](auto p) { return dictdb_predicate_like(TEXT("a.b"), TEXT("\"A%_'\""), 0, p, nullptr); }));
    CHECK(printed(f.like("50!%", "!")) ==
          built([](auto p) { return dictdb_predicate_like(TEXT("a.b"), TEXT("\"50!%\""), '!', p, nullptr); }));
    CHECK(printed(f.ilike("a%")) == built([](auto p) { return dictdb_predicate_ilike(TEXT("a.b"), TEXT("\"a%\""), 0, p, nullptr); }));
    CHECK(printed(f.ilike("\\%", "\\")) ==
          built([](auto p) { return dictdb_predicate_ilike(TEXT("a.b"), TEXT("\"\\\\%\""), '\\', p, nullptr); }));
    CHECK(printed(f.contains(7)) == built([](auto p) { return dictdb_predicate_contains(TEXT("a.b"), TEXT("7"), p, nullptr); }));
    CHECK(printed(f.starts_with("x")) == built([](auto p) { return dictdb_predicate_startswith(TEXT("a.b"), TEXT("\"x\""), p, nullptr); }));
    CHECK(printed(f.ends_with("x")) == built([](auto p) { return dictdb_predicate_endswith(TEXT("a.b"), TEXT("\"x\""), p, nullptr); }));
    CHECK(printed(f.iequals("x")) == built([](auto p) { return dictdb_predicate_iequals(TEXT("a.b"), TEXT("\"x\""), p, nullptr); }));
    CHECK(printed(f.icontains("x")) == built([](auto p) { return dictdb_predicate_icontains(TEXT("a.b"), TEXT("\"x\""), p, nullptr); }));
    CHECK(printed(f.istarts_with("x")) ==
          built([](auto p) { return dictdb_predicate_istartswith(TEXT("a.b"), TEXT("\"x\""), p, nullptr); }));
    CHECK(printed(f.iends_with("x")) == built([](auto p) { return dictdb_predicate_iendswith(TEXT("a.b"), TEXT("\"x\""), p, nullptr); }));
    CHECK(printed(f.is_null()) == built([](auto p) { return dictdb_predicate_is_null(TEXT("a.b"), p, nullptr); }));
    CHECK(printed(f.is_not_null()) == built([](auto p) { return dictdb_predicate_is_not_null(TEXT("a.b"), p, nullptr); }));
}

TEST_CASE("Conditions are joined as they are nested") {
    const condition a = field("a") == 1, b = field("b") == 2, c = field("c") == 3;
    CHECK(printed(a && (b || c)) == predicate("a = 1 AND (b = 2 OR c = 3)").print());
    CHECK(printed((a && b) || c) == predicate("a = 1 AND b = 2 OR c = 3").print());
    CHECK(printed(!(a && b)) == predicate("NOT (a = 1 AND b = 2)").print());
    CHECK(printed(!a && b) == predicate("(NOT a = 1) AND b = 2").print());
    CHECK(printed(!(a || b) && !!c) == predicate("(NOT (a = 1 OR b = 2)) AND NOT NOT c = 3").print());
    CHECK(printed(condition("a = 1 OR b = 2") && c) == predicate("(a = 1 OR b = 2) AND c = 3").print());
    CHECK(printed(field("a").between(1, 2) && b) == predicate("a BETWEEN 1 AND 2 AND b = 2").print());
    CHECK((a && b && c).text() == "`a` = 1 AND `b` = 2 AND `c` = 3");
}

TEST_CASE("Any name and any text can be a field and a value") {
    dictdb::database db;
    dictdb::table table = db.create_table("t");
    std::mt19937_64 random(11);
    static const char* const pieces[] = {"a", "`", ".", "[", "]", "0", " ", "'", "\"", "\\", "?1", "-", "OR", "=", "\xc3\xa9", "\n", "NULL", "--"};
    const auto text = [&](std::size_t least) {
        std::string made;
        for (std::size_t length = least + random() % 5; length > 0; --length)
            made += pieces[random() % std::size(pieces)];
        return made;
    };
    for (int round = 0; round < 1000; ++round) {
        const std::string name = text(1), inner = text(1), value = text(0);
        CAPTURE(name);
        CAPTURE(inner);
        CAPTURE(value);
        table.erase_where("TRUE");
        table.insert(dictdb::object("id", 1, "id" + name, value, "o", dictdb::object("_" + inner, dictdb::array(value))));
        const field whole(dictdb::quoted("id" + name));
        CHECK(table.count(whole == value && whole.is_not_null()) == 1);
        CHECK(table.count(whole != value) == 0);
        CHECK(table.count(whole.in({value})) == 1);
        CHECK(table.count(whole.starts_with(value)) == 1);
        const field nested = field("o")["_" + inner][0];
        CHECK(table.count(nested == value) == 1);
        CHECK(table.update_where(nested == value, nested = "changed") == 1);
        CHECK(table.count(nested == "changed") == 1);
    }
}

TEST_CASE("A path means what it means to the library, and what is no path is refused as there") {
    std::mt19937_64 random(13);
    static const char* const pieces[] = {"a", "b", "`", ".", "[", "]", "0", "12", " ", "-", "\"", "or", "\xc3\xa9"};
    int accepted = 0;
    for (int round = 0; round < 20000; ++round) {
        std::string path;
        for (std::size_t length = random() % 7; length > 0; --length)
            path += pieces[random() % std::size(pieces)];
        CAPTURE(path);
        dictdb_predicate* raw = nullptr;
        const dictdb_status code = dictdb_predicate_is_null(path.data(), path.size(), &raw, nullptr);
        if (code == DICTDB_STATUS_OK) {
            ++accepted;
            CHECK(predicate(raw).print() == printed(field(path).is_null()));
        } else {
            CHECK(static_cast<std::int32_t>(status_of([&] { return field(path); })) == code);
        }
    }
    CHECK(accepted > 1000);
}

TEST_CASE("Parameters get their values with each run") {
    dictdb::database db;
    dictdb::table users = three_users(db);
    CHECK(users.count(field("age") >= param(1) && field("name").in(param(2)), {18, std::vector<std::string>{"Ada", "Kurt"}}) == 1);
    const predicate open(field("name").like(param(1)));
    CHECK(users.count(open.bind({"%r%"})) == 2);
    CHECK(status_of([&] { return users.count(open); }) == status::invalid_argument);
    CHECK(status_of([&] { return open.bind({}); }) == status::invalid_argument);
    CHECK(status_of([&] { return open.bind({"a", "b"}); }) == status::invalid_argument);
    CHECK(status_of([&] { return open.bind({7}); }) == status::invalid_argument);
    CHECK(users.count("name = ?1", dictdb::params::json("[\"Ada\"]")) == 1);
}

TEST_CASE("Compiled predicates are joined, and need their parts no more") {
    dictdb::database db;
    dictdb::table users = three_users(db);
    std::optional<predicate> adult(field("age") >= 18), named(field("name") == "Ada");
    const predicate both = *adult && *named, either = *adult || *named, neither = !*adult;
    adult.reset();
    named.reset();
    CHECK(users.count(both) == 1);
    CHECK(users.count(either) == 2);
    CHECK(users.count(neither) == 1);
    CHECK(users.count(predicate::all()) == 3);
    CHECK(users.count(predicate::all_of({})) == 3);
    CHECK(users.count(predicate::any_of({})) == 0);
    const predicate all = predicate::all();
    CHECK(users.count(predicate::all_of({both, either, all})) == 1);
}

TEST_CASE("A text that cannot be parsed says where") {
    const auto e = error_of([] { return predicate("age >"); });
    CHECK(e.status() == status::parse);
    CHECK(e.detail().find("\"position\"") != std::string_view::npos);
    CHECK(e.detail().find("\"expected\"") != std::string_view::npos);
    const auto failed = predicate::try_parse("age > 99999999999999999999999");
    REQUIRE(!failed);
    CHECK(failed.status() == status::number_range);
    CHECK(status_of([] { return predicate(std::string_view("\xff = 1")); }) == status::invalid_utf8);
}
