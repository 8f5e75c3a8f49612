// What calls in a loop must not do: allocate on this side, or throw for a record that is not there.
#include "support.hpp"

#include <new>

namespace {

std::size_t allocations = 0;

template <class Call>
std::size_t allocations_of(Call&& call) {
    call(); // buffers grow to their size
    const std::size_t before = allocations;
    for (int i = 0; i < 100; ++i)
        call();
    return allocations - before;
}

} // namespace

void* operator new(std::size_t size) {
    ++allocations;
    if (void* const memory = std::malloc(size))
        return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

TEST_CASE("Calls in a loop allocate nothing here") {
    dictdb::database db;
    dictdb::table users = three_users(db);
    users.insert(dictdb::object("id", "a key that is longer than what a std::string holds in place"));
    dictdb::buffer text;
    dictdb::rows rows;
    std::size_t found = 0;
    CHECK(allocations_of([&] { found += users.get(1, text).has_value(); }) == 0);
    CHECK(allocations_of([&] { found += users.get("a key that is longer than what a std::string holds in place", text).has_value(); }) == 0);
    CHECK(found == 202);
    CHECK(allocations_of([&] { found += users.get(99, text).has_value(); }) == 0);
    CHECK(allocations_of([&] { found += users.get("none", text).has_value(); }) == 0);
    CHECK(allocations_of([&] { found += users.erase(99); }) == 0);
    CHECK(found == 202);
    CHECK(allocations_of([&] { static_cast<void>(users.insert("{\"a\": 1}", text)); }) == 0);
    CHECK(allocations_of([&] { static_cast<void>(users.update(1, "{\"age\": 37}")); }) == 0);
    CHECK(allocations_of([&] { static_cast<void>(users.get_many("[1, 2]", text)); }) == 0);
    CHECK(allocations_of([&] { static_cast<void>(users.count("age > 18")); }) == 0);

    const dictdb::query adults(dictdb::selection{}.where("age >= ?1"));
    const dictdb::params eighteen{18};
    CHECK(allocations_of([&] { static_cast<void>(adults.run(users, eighteen, rows)); }) == 0);
    CHECK(rows.count() == 2);
    CHECK(allocations_of([&] {
              for (const std::string_view row : rows)
                  found += row.size();
          }) == 0);
    CHECK(allocations_of([&] { found += adults.count(users, eighteen); }) == 0);
    CHECK(allocations_of([&] {
              auto cursor = adults.cursor(users, eighteen);
              while (const auto row = cursor.next())
                  found += row->size();
          }) == 0);
    CHECK(allocations_of([&] { found += users.try_insert("{", text).has_value(); }) == 0);

    const std::size_t capacity = text.raw()->capacity;
    char* const place = text.raw()->data;
    for (int i = 0; i < 100; ++i)
        static_cast<void>(users.get(1, text));
    CHECK(text.raw()->capacity == capacity);
    CHECK(text.raw()->data == place);
}
