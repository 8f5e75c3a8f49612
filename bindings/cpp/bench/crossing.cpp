// What the C++ face costs beyond the bare calls, and what a std::unordered_map of structs behind a std::shared_mutex takes:
// crossing [RECORDS [ROUNDS]]. Prints a Markdown table. Each figure is the median of many short rounds, in which the contestants
// take turns, in processor time, so that other programs disturb as little as they can.
#include <dictdb/dictdb.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <time.h>
#include <unordered_map>

namespace {

struct employee {
    std::int64_t id = 0;
    std::string name;
    int age = 0;
    std::string dept;
    std::string email;
    double salary = 0;
    bool active = false;
    std::vector<std::string> tags;
};
DICTDB_FIELDS(employee, id, name, age, dept, email, salary, active, tags);

/// The generator of the benchmarks in C: the same records as theirs.
class generator {
public:
    explicit generator(std::uint64_t seed) : x_(seed) {}
    std::uint64_t below(std::uint64_t limit) {
        x_ = x_ * 6364136223846793005U + 1442695040888963407U;
        return (x_ >> 33) % limit;
    }
    employee next(std::int64_t id) {
        static const char* const depts[] = {"IT", "HR", "Sales", "Engineering", "Marketing", "Finance", "Legal", "Support"};
        static const char* const tags[] = {"alpha", "beta",  "gamma", "delta", "eps", "zeta", "eta", "theta",
                                           "iota",  "kappa", "lam",   "mu",    "nu",  "xi",   "omi", "pi"};
        employee e;
        e.id = id;
        e.name = "User " + std::to_string(id);
        e.age = static_cast<int>(18 + below(60));
        e.dept = depts[below(8)];
        e.email = "user" + std::to_string(id) + "@example.com";
        e.salary = static_cast<double>(3000000 + below(12000001)) / 100;
        e.active = below(2) == 1;
        e.tags.emplace_back(tags[below(16)]);
        e.tags.emplace_back(tags[below(16)]);
        return e;
    }

private:
    std::uint64_t x_;
};

/// What a program without a database has.
class map_of_structs {
public:
    bool insert(const employee& e) {
        const std::unique_lock lock(mutex_);
        return employees_.emplace(e.id, e).second;
    }
    void insert_many(const std::vector<employee>& several) {
        const std::unique_lock lock(mutex_);
        for (const employee& e : several)
            employees_.emplace(e.id, e);
    }
    std::optional<employee> get(std::int64_t id) const {
        const std::shared_lock lock(mutex_);
        const auto found = employees_.find(id);
        return found != employees_.end() ? std::optional<employee>(found->second) : std::nullopt;
    }
    std::vector<employee> between(double low, double high) const {
        const std::shared_lock lock(mutex_);
        std::vector<employee> found;
        for (const auto& [id, e] : employees_)
            if (e.salary >= low && e.salary <= high)
                found.push_back(e);
        return found;
    }

private:
    mutable std::shared_mutex mutex_;
    std::unordered_map<std::int64_t, employee> employees_;
};

std::uint64_t seen = 0; // printed at the end, so that no work can be left out

void must(bool is_true) {
    if (!is_true) {
        std::fprintf(stderr, "crossing: a call did not do what it should\n");
        std::exit(1);
    }
}

double processor_time() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

/// One line of the table: what each contestant does `count` times in a round.
struct line {
    const char* name;
    std::size_t count;
    std::vector<std::function<void(std::size_t)>> contestants;
};

void print(const line& l, std::size_t rounds) {
    std::vector<std::vector<double>> times(l.contestants.size());
    std::size_t done = 0;
    for (std::size_t round = 0; round < rounds; ++round, done += l.count)
        for (std::size_t turn = 0; turn < l.contestants.size(); ++turn) {
            const std::size_t which = (turn + round) % l.contestants.size();
            const double start = processor_time();
            for (std::size_t i = 0; i < l.count; ++i)
                l.contestants[which](done + i);
            times[which].push_back((processor_time() - start) / static_cast<double>(l.count));
        }
    const auto median = [](std::vector<double>& t) {
        std::sort(t.begin(), t.end());
        return t[t.size() / 2];
    };
    const double c = median(times[0]), text = median(times[1]);
    std::printf("| %s | %.0f | %.0f | %+.0f | %.0f | %.0f |\n", l.name, c, text, text - c, median(times[2]), median(times[3]));
}

void run(std::size_t records, std::size_t rounds) {
    dictdb::database db;
    dictdb::table c_table = db.create_table("c"), text_table = db.create_table("text"), struct_table = db.create_table("struct");
    map_of_structs map;
    generator source(42);
    std::vector<employee> all;
    for (std::size_t i = 1; i <= records; ++i)
        all.push_back(source.next(static_cast<std::int64_t>(i)));
    c_table.insert_many(all);
    text_table.insert_many(all);
    struct_table.insert_many(all);
    map.insert_many(all);
    for (dictdb::table* table : {&c_table, &text_table, &struct_table})
        table->create_index(R"({"fields": "salary", "kind": "sorted"})");

    std::vector<std::int64_t> keys;
    generator random(7);
    for (std::size_t i = 0; i < 65536; ++i)
        keys.push_back(static_cast<std::int64_t>(1 + random.below(records)));

    dictdb_buffer raw = DICTDB_BUFFER_INIT;
    dictdb::buffer text;
    std::printf("Nanoseconds of processor time for one call, %zu records, median of %zu rounds.\n\n", records, rounds);
    std::printf("| operation | C | C++, text | difference | C++, structs | unordered_map and shared_mutex |\n|---|---|---|---|---|---|\n");
    print({"point read", 1000,
           {[&](std::size_t i) {
                must(dictdb_table_get_int(c_table.raw(), keys[i % keys.size()], &raw, nullptr) == DICTDB_STATUS_OK);
                seen += raw.len;
            },
            [&](std::size_t i) { seen += text_table.get(keys[i % keys.size()], text).value().size(); },
            [&](std::size_t i) { seen += struct_table.get<employee>(keys[i % keys.size()]).value().name.size(); },
            [&](std::size_t i) { seen += map.get(keys[i % keys.size()]).value().name.size(); }}},
          rounds);

    // What is inserted is made ready before: as text for the first two, as a struct for the others.
    const std::size_t inserts = 100;
    std::vector<employee> fresh;
    std::vector<std::string> fresh_text;
    for (std::size_t i = 0; i < inserts * rounds; ++i) {
        fresh.push_back(source.next(static_cast<std::int64_t>(records + 1 + i)));
        fresh_text.push_back(dictdb::to_json(fresh.back()));
    }
    print({"insert", inserts,
           {[&](std::size_t i) {
                must(dictdb_table_insert(c_table.raw(), fresh_text[i].data(), fresh_text[i].size(), &raw, nullptr) == DICTDB_STATUS_OK);
            },
            [&](std::size_t i) { seen += text_table.insert(fresh_text[i], text).size(); },
            [&](std::size_t i) { seen += struct_table.insert(fresh[i], text).size(); }, [&](std::size_t i) { must(map.insert(fresh[i])); }}},
          rounds);

    std::vector<std::vector<employee>> bulks;
    std::vector<std::string> bulk_texts;
    for (std::size_t i = 0; i < rounds; ++i) {
        bulks.emplace_back();
        for (std::size_t k = 0; k < 1000; ++k)
            bulks.back().push_back(source.next(static_cast<std::int64_t>(records + fresh.size() + 1 + i * 1000 + k)));
        bulk_texts.push_back(dictdb::to_json(bulks.back()));
    }
    print({"insert_many of 1,000", 1,
           {[&](std::size_t i) {
                must(dictdb_table_insert_many(c_table.raw(), bulk_texts[i].data(), bulk_texts[i].size(), nullptr, nullptr) == DICTDB_STATUS_OK);
            },
            [&](std::size_t i) { text_table.insert_many(bulk_texts[i]); }, [&](std::size_t i) { struct_table.insert_many(bulks[i]); },
            [&](std::size_t i) { map.insert_many(bulks[i]); }}},
          rounds);

    // About 1,000 salaries.
    const double low = 90000, high = low + 120e6 / static_cast<double>(records);
    const dictdb::query range(dictdb::selection{}.where("salary BETWEEN ?1 AND ?2"));
    const dictdb::params bounds{low, high};
    const std::string bounds_text(bounds.data(), bounds.size());
    dictdb::rows rows;
    std::uint64_t count = 0;
    print({"select of 1,000 rows", 1,
           {[&](std::size_t) {
                must(dictdb_query_run(range.raw(), c_table.raw(), bounds_text.data(), bounds_text.size(), &raw, &count, nullptr) ==
                     DICTDB_STATUS_OK);
                seen += raw.len;
            },
            [&](std::size_t) { seen += range.run(text_table, bounds, rows).size(); },
            [&](std::size_t) { seen += range.run(struct_table, bounds).as<std::vector<employee>>().size(); },
            [&](std::size_t) { seen += map.between(low, high).size(); }}},
          rounds);
    print({"cursor over 1,000 rows", 1,
           {[&](std::size_t) {
                dictdb_cursor* cursor = nullptr;
                must(dictdb_query_cursor(range.raw(), c_table.raw(), bounds_text.data(), bounds_text.size(), &cursor, nullptr) ==
                     DICTDB_STATUS_OK);
                const char* row = nullptr;
                std::size_t length = 0;
                while (dictdb_cursor_next(cursor, &row, &length, nullptr) == DICTDB_STATUS_OK)
                    seen += length;
                dictdb_cursor_free(cursor);
            },
            [&](std::size_t) {
                for (const std::string_view row : range.cursor(text_table, bounds))
                    seen += row.size();
            },
            [&](std::size_t) {
                for (const employee& e : range.cursor(struct_table, bounds).rows<employee>())
                    seen += e.name.size();
            },
            [&](std::size_t) {
                for (const employee& e : map.between(low, high))
                    seen += e.name.size();
            }}},
          rounds);
    dictdb_buffer_free(&raw);
    std::printf("\nThe map is searched from end to end where the table has an index; its structs are ready, where the table reads text. (%llu)\n",
                static_cast<unsigned long long>(seen));
}

} // namespace

int main(int count, char** arguments) {
    try {
        run(count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 100000, count > 2 ? std::strtoul(arguments[2], nullptr, 10) : 101);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "crossing: %s\n", e.what());
        return 1;
    }
}
