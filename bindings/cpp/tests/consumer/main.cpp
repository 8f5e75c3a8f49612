#include <dictdb/dictdb.hpp>

#include <cstdio>

std::uint64_t count_adults(const dictdb::table& users);

int main() {
    dictdb::database db;
    dictdb::table users = db.create_table("users");
    users.insert_many(R"([{"age": 36}, {"age": 17}])");
    std::printf("%d\n", static_cast<int>(count_adults(users)));
}
