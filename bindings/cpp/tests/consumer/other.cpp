#include <dictdb/dictdb.hpp>

std::uint64_t count_adults(const dictdb::table& users);

std::uint64_t count_adults(const dictdb::table& users) {
    return users.count(dictdb::field("age") >= 18);
}
