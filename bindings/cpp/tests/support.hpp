// What the tests share.
#ifndef DICTDB_TESTS_SUPPORT_HPP
#define DICTDB_TESTS_SUPPORT_HPP

#include <dictdb/dictdb.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

using namespace std::chrono_literals;

/// A record as a struct.
struct user {
    std::optional<std::int64_t> id;
    std::string name;
    int age = 0;
    std::vector<std::string> tags;
};
DICTDB_FIELDS(user, id, name, age, tags);

/// A directory that is gone with this object.
class scratch_directory {
public:
    scratch_directory() {
        std::string pattern = (std::filesystem::temp_directory_path() / "dictdb-cpp-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr)
            throw std::runtime_error("mkdtemp failed");
        path_ = pattern;
    }
    scratch_directory(const scratch_directory&) = delete;
    scratch_directory& operator=(const scratch_directory&) = delete;
    ~scratch_directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::filesystem::path operator/(const char* name) const { return path_ / name; }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// What a call throws; `status::ok` if it does not.
template <class Call>
dictdb::status status_of(Call&& call) {
    try {
        static_cast<void>(call());
    } catch (const dictdb::error& e) {
        return e.status();
    }
    return dictdb::status::ok;
}

/// The error that a call throws, which it must.
template <class Call>
dictdb::error error_of(Call&& call) {
    try {
        static_cast<void>(call());
    } catch (const dictdb::error& e) {
        return e;
    }
    throw std::logic_error("nothing was thrown");
}

/// A table with three users.
inline dictdb::table three_users(dictdb::database& db) {
    dictdb::table users = db.create_table("users");
    users.insert_many(R"([{"name": "Ada", "age": 36, "tags": ["math"]}, {"name": "Kurt", "age": 17}, {"name": "Grace", "age": 85}])");
    return users;
}

#endif
