// nlohmann::json, of which the headers know nothing, works with them.
#include "support.hpp"

#include <nlohmann/json.hpp>

using nlohmann::json;

namespace shop {

struct article {
    std::string name;
    double price = 0;
};
// Mapped by the other library; two lines make it known to this one.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(article, name, price)
void dictdb_to_json(std::string& out, const article& a) {
    out += json(a).dump();
}
void dictdb_from_json(std::string_view text, article& a) {
    a = json::parse(text).get<article>();
}

} // namespace shop

TEST_CASE("JSON values go in and come out") {
    dictdb::database db;
    dictdb::table t = db.create_table("t", json{{"primary_key", "name"}});
    const json record = {{"name", "pen\n\"1\""}, {"price", 1.5}, {"tags", {"a", nullptr, 3}}};
    CHECK(t.insert(record) == dictdb::key("pen\n\"1\""));
    CHECK(t.get<json>("pen\n\"1\"") == record);
    CHECK(t.get<json>("none") == std::nullopt);
    t.insert_many(json::array({{{"name", "b"}, {"price", 2}}, {{"name", "c"}}}));
    CHECK(t.update("b", json{{"price", 3}}));
    CHECK(t.query(dictdb::selection{}.where("price >= ?1"), {json(2)}).as<json>() == json::parse(R"([{"name":"b","price":3}])"));
    CHECK(t.query(json{{"where", "name = ?1"}, {"columns", {"price"}}}, {json("b")}).as<json>().at(0).at("price") == 3);
    CHECK(t.count(dictdb::field("tags") == json{"a", nullptr, 3}) == 1);
    CHECK(t.count(dictdb::field("name") == json("b")) == 1);
    CHECK(t.update_where("name = 'c'", dictdb::field("extra") = json{{"x", {1, 2}}}) == 1);
    CHECK(t.get<json>("c")->at("extra").at("x").at(1) == 2);
    for (const json& row : t.cursor(json{{"columns", {"name"}}}).rows<json>())
        CHECK(row.contains("name"));
    CHECK(t.statistics<json>().at("records") == 3);
    CHECK_THROWS_AS(t.insert(json{{"name", "\xff"}}), json::type_error);
    CHECK(t.try_insert(json{{"name", "\xff"}}).status() == dictdb::status::invalid_argument);
    const auto e = error_of([&] { t.insert(record); });
    CHECK(dictdb::from_json<json>(e.detail()).at("key") == "pen\n\"1\"");
}

TEST_CASE("Types that nlohmann::json maps are mapped") {
    dictdb::database db;
    dictdb::table t = db.create_table("t");
    t.insert_many(std::vector<shop::article>{{"pen", 1.5}, {"ink", 4}});
    CHECK(t.get<shop::article>(2)->name == "ink");
    CHECK(t.query(dictdb::selection{}.order_by("price")).as<std::vector<shop::article>>().at(0).price == 1.5);
}
