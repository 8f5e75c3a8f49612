// C++ values to JSON text and back.
#include "support.hpp"

#include <limits>
#include <map>
#include <random>
#include <unordered_map>

namespace geometry {

struct point {
    int x = 0;
    int y = 0;
};
void dictdb_to_json(std::string& out, const point& p) {
    dictdb::to_json(out, std::vector<int>{p.x, p.y});
}
void dictdb_from_json(std::string_view text, point& p) {
    const auto both = dictdb::from_json<std::vector<int>>(text);
    if (both.size() != 2)
        throw dictdb::error(dictdb::status::type_mismatch, "a point has two numbers");
    p = {both[0], both[1]};
}

struct shape {
    std::string name;
    std::vector<point> corners;
    std::optional<double> area;
    std::map<std::string, bool> flags;
};
constexpr auto dictdb_fields(const shape*) {
    return std::make_tuple(dictdb::member("name", &shape::name), dictdb::member("corners", &shape::corners),
                           dictdb::member("area", &shape::area), dictdb::member("flags", &shape::flags));
}

struct size {
    int width = 0;
};
DICTDB_FIELDS(size, width);

struct many {
    int a1, a2, a3, a4, a5, a6, a7, a8, b1, b2, b3, b4, b5, b6, b7, b8;
    int c1, c2, c3, c4, c5, c6, c7, c8, d1, d2, d3, d4, d5, d6, d7, d8;
};
DICTDB_FIELDS(many, a1, a2, a3, a4, a5, a6, a7, a8, b1, b2, b3, b4, b5, b6, b7, b8, c1, c2, c3, c4, c5, c6, c7, c8, d1, d2, d3, d4, d5, d6,
              d7, d8);

} // namespace geometry

using dictdb::from_json;
using dictdb::status;
using dictdb::to_json;

TEST_CASE("C++ values become JSON") {
    CHECK(to_json(nullptr) == "null");
    CHECK(to_json(true) == "true");
    CHECK(to_json(std::vector<bool>{true, false}) == "[true,false]");
    CHECK(to_json(-7) == "-7");
    CHECK(to_json(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
    CHECK(to_json(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
    CHECK(to_json(1.5) == "1.5");
    CHECK(to_json(2.0) == "2.0");
    CHECK(to_json(1e300) == "1e+300");
    CHECK(to_json(0.1F) == "0.1");
    CHECK(to_json("text") == "\"text\"");
    CHECK(to_json(std::string_view("a\0b", 3)) == "\"a\\u0000b\"");
    CHECK(to_json("\"\\\n\x1f/\xc3\xa9") == "\"\\\"\\\\\\u000a\\u001f/\xc3\xa9\"");
    CHECK(to_json(std::optional<int>()) == "null");
    CHECK(to_json(std::optional<int>(3)) == "3");
    CHECK(to_json(std::map<std::string, std::vector<int>>{{"a", {1, 2}}, {"b", {}}}) == R"({"a":[1,2],"b":[]})");
    CHECK(to_json(dictdb::raw_json("{ }")) == "{ }");
    CHECK(to_json(dictdb::object()) == "{}");
    CHECK(to_json(dictdb::object("a", 1, "b", dictdb::array(nullptr, "x", dictdb::object("c", 2.5)))) == R"({"a":1,"b":[null,"x",{"c":2.5}]})");
    CHECK(to_json(dictdb::array()) == "[]");
}

TEST_CASE("Infinity and NaN are no JSON") {
    CHECK(status_of([] { return to_json(std::numeric_limits<double>::infinity()); }) == status::number_range);
    CHECK(status_of([] { return to_json(std::numeric_limits<float>::quiet_NaN()); }) == status::number_range);
}

TEST_CASE("Structs are mapped member by member, and by functions of their own") {
    const geometry::shape triangle{"tri", {{0, 0}, {4, 0}, {0, 3}}, {}, {{"right", true}}};
    const std::string text = to_json(triangle);
    CHECK(text == R"({"name":"tri","corners":[[0,0],[4,0],[0,3]],"flags":{"right":true}})");

    const auto back = from_json<geometry::shape>(text);
    CHECK(back.name == "tri");
    REQUIRE(back.corners.size() == 3);
    CHECK(back.corners[1].x == 4);
    CHECK(!back.area);
    CHECK(back.flags.at("right"));

    const auto sparse = from_json<geometry::shape>(R"( { "unknown" : [ {"deep": "]}"} , 2 ] , "area" : 6 , "name":"\u00e9\ud83d\ude00" } )");
    CHECK(sparse.name == "\xc3\xa9\xf0\x9f\x98\x80");
    CHECK(sparse.area == 6.0);
    CHECK(sparse.corners.empty());
}

TEST_CASE("DICTDB_FIELDS names one member, and as many as 32") {
    CHECK(to_json(geometry::size{7}) == R"({"width":7})");
    CHECK(from_json<geometry::size>(R"({"width":8})").width == 8);

    constexpr auto fields = dictdb_fields(static_cast<const geometry::many*>(nullptr));
    static_assert(std::tuple_size_v<std::remove_const_t<decltype(fields)>> == 32);
    geometry::many value{};
    int number = 0;
    std::string expected = "{";
    std::apply([&](const auto&... field) { ((value.*field.member = ++number), ...); }, fields);
    const auto expect = [&](const auto& field) { expected += "\"" + std::string(field.name) + "\":" + to_json(value.*field.member) + ","; };
    std::apply([&](const auto&... field) { (expect(field), ...); }, fields);
    expected.back() = '}';
    CHECK(to_json(value) == expected);
    CHECK(value.a1 == 1);
    CHECK(value.d8 == 32);
    CHECK(to_json(from_json<geometry::many>(expected)) == expected);
}

TEST_CASE("What does not fit says where and why") {
    const auto e = error_of([] { return from_json<std::vector<user>>(R"([{"name": "Ada"}, {"name": 7}])"); });
    CHECK(e.status() == status::type_mismatch);
    CHECK(std::string(e.what()) == "member name: expected a string, found 7");
    CHECK(e.detail() == "{\"position\":27}");
    CHECK(status_of([] { return from_json<int>("\"7\""); }) == status::type_mismatch);
    CHECK(status_of([] { return from_json<int>("7.5"); }) == status::type_mismatch);
    CHECK(status_of([] { return from_json<unsigned>("-1"); }) == status::type_mismatch);
    CHECK(status_of([] { return from_json<std::uint8_t>("256"); }) == status::number_range);
    CHECK(status_of([] { return from_json<bool>("1"); }) == status::type_mismatch);
    CHECK(status_of([] { return from_json<std::string>("null"); }) == status::type_mismatch);
    CHECK(status_of([] { return from_json<std::vector<int>>("{}"); }) == status::type_mismatch);
    CHECK(status_of([] { return from_json<user>("[]"); }) == status::type_mismatch);
    CHECK(status_of([] { return from_json<int>("1 2"); }) == status::invalid_json);
    CHECK(status_of([] { return from_json<geometry::point>("[1]"); }) == status::type_mismatch);
    CHECK(from_json<double>("1e-400") == 0.0);
    CHECK(status_of([] { return from_json<double>("1e400"); }) == status::number_range);
    CHECK(from_json<std::int64_t>("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
    CHECK(from_json<dictdb::raw_json>(" [1, 2] ").text == "[1, 2]");
    CHECK(from_json<std::optional<int>>("null") == std::nullopt);
    CHECK(from_json<std::unordered_map<std::string, int>>(R"({"a\n": 1})").at("a\n") == 1);
}

TEST_CASE("Broken text is an error and never read beyond its end") {
    for (const char* text : {"", " ", "{", "[", "[1", "[1,", "[1,]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{a:1}", "{1:1}", "\"",
                             "\"\\", "\"\\u", "\"\\u12", "\"\\x\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "nul", "]", ",", "-", "tru"}) {
        CAPTURE(text);
        // A copy of exact size, so that the address sanitizer sees a step too far.
        const std::vector<char> exact(text, text + std::char_traits<char>::length(text));
        const std::string_view view(exact.data(), exact.size());
        CHECK(status_of([&] { return from_json<user>(view); }) != status::ok);
        CHECK(status_of([&] { return from_json<std::string>(view); }) != status::ok);
        CHECK(status_of([&] { return from_json<bool>(view); }) != status::ok);
        CHECK(status_of([&] { return from_json<double>(view); }) != status::ok);
        CHECK(status_of([&] { return from_json<std::vector<int>>(view); }) != status::ok);
    }
}

TEST_CASE("What is written reads back, and is what the library reads") {
    dictdb::database db;
    dictdb::table table = db.create_table("t");
    std::mt19937_64 random(7);
    dictdb::buffer text;
    for (int round = 0; round < 500; ++round) {
        std::string name;
        for (std::size_t length = random() % 12; length > 0; --length) {
            static const char* const pieces[] = {"a", "\"", "\\", "\n", "\t", "\x01", "\xc3\xa9", "\xf0\x9f\x98\x80", "/", "\x7f", "%", "'"};
            name += pieces[random() % std::size(pieces)];
        }
        double number = 0;
        do {
            const std::uint64_t bits = random();
            std::memcpy(&number, &bits, sizeof number);
        } while (!std::isfinite(number));
        const auto integer = static_cast<std::int64_t>(random());
        CAPTURE(name);
        CAPTURE(number);
        const auto key = table.insert(dictdb::object("name", name, "number", number, "integer", integer));
        REQUIRE(table.get(key, text));
        struct record {
            std::string name;
            double number = 0;
            std::int64_t integer = 0;
        };
        record read;
        dictdb::json_reader in(text);
        in.read_object([&](std::string_view member) {
            if (member == "name")
                in.read_string(read.name);
            else if (member == "number")
                read.number = in.read_number<double>();
            else if (member == "integer")
                read.integer = in.read_number<std::int64_t>();
            else
                in.skip();
        });
        CHECK(read.name == name);
        CHECK(read.number == number);
        CHECK(read.integer == integer);
        CHECK(table.count(dictdb::field("name") == name && dictdb::field("integer") == integer && dictdb::field("number") == number) == 1);
    }
}
