// Random operations, each done to a table and to a naive model of it, with answers compared after each.
#include "support.hpp"

#include <algorithm>
#include <map>
#include <random>

using dictdb::field;
using dictdb::key;
using dictdb::param;
using dictdb::status;

namespace {

struct item {
    std::optional<key> id;
    std::optional<std::int64_t> n;
    std::string text;
};
DICTDB_FIELDS(item, id, n, text);
bool operator==(const item& a, const item& b) {
    return a.id == b.id && a.n == b.n && a.text == b.text;
}
std::ostream& operator<<(std::ostream& out, const item& i) {
    return out << dictdb::to_json(i);
}

/// What a table is, without any wit: a list of records in natural order.
class model {
public:
    std::optional<key> insert(item i) {
        if (!i.id) {
            i.id = key(largest_ + 1);
        } else if (find(*i.id) != items_.end()) {
            return std::nullopt;
        }
        note(*i.id);
        items_.push_back(i);
        return i.id;
    }
    const item* get(const key& k) {
        const auto at = find(k);
        return at != items_.end() ? &*at : nullptr;
    }
    dictdb::upsert_outcome upsert(const item& i, dictdb::on_conflict then) {
        const auto at = i.id ? find(*i.id) : items_.end();
        if (at == items_.end()) {
            insert(i);
            return dictdb::upsert_outcome::inserted;
        }
        if (then == dictdb::on_conflict::ignore)
            return dictdb::upsert_outcome::ignored;
        at->n = i.n ? i.n : at->n;
        at->text = i.text;
        return dictdb::upsert_outcome::updated;
    }
    template <class Matches>
    std::uint64_t erase(Matches&& matches) {
        const auto before = items_.size();
        items_.erase(std::remove_if(items_.begin(), items_.end(), matches), items_.end());
        return before - items_.size();
    }
    template <class Matches, class Change>
    std::uint64_t change(Matches&& matches, Change&& change) {
        std::uint64_t count = 0;
        for (item& i : items_)
            if (matches(i)) {
                change(i);
                ++count;
            }
        return count;
    }
    const std::vector<item>& items() const { return items_; }

private:
    std::vector<item>::iterator find(const key& k) {
        return std::find_if(items_.begin(), items_.end(), [&](const item& i) { return i.id == k; });
    }
    void note(const key& k) {
        if (k.is_integer())
            largest_ = std::max(largest_, k.integer());
    }

    std::vector<item> items_;
    std::int64_t largest_ = 0;
};

class run {
public:
    explicit run(std::uint64_t seed) : random_(seed), table_(db_.create_table("t")) {
        if (seed % 2 == 0) {
            table_.create_index(R"({"fields": "n", "kind": "sorted"})");
            table_.create_index(R"({"fields": "text", "kind": "hash"})");
        }
    }

    void step() {
        switch (below(12)) {
        case 0:
        case 1:
        case 2: insert(); break;
        case 3: insert_many(); break;
        case 4: upsert(); break;
        case 5: erase(); break;
        case 6: erase_where(); break;
        case 7: update(); break;
        case 8: update_where(); break;
        case 9: batch(); break;
        default: query(); break;
        }
        check();
    }

private:
    std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
    std::int64_t number() { return static_cast<std::int64_t>(below(40)) - 10; }
    std::string text() {
        static const char* const texts[] = {"", "a", "ab", "A\"b", "\\", "x\ny", "\xc3\xa9", "%", "a_b", "'; --"};
        return texts[below(std::size(texts))];
    }
    key any_key() {
        if (below(3) == 0)
            return key("k" + text());
        return key(number());
    }
    item any_item() {
        item i;
        if (below(2) == 0)
            i.id = any_key();
        if (below(4) != 0)
            i.n = number();
        i.text = text();
        return i;
    }

    void insert() {
        const item i = any_item();
        const auto expected = model_.insert(i);
        const auto made = table_.try_insert(i);
        REQUIRE(made.has_value() == expected.has_value());
        if (expected)
            REQUIRE(*made == *expected);
        else
            REQUIRE(made.status() == status::duplicate_key);
    }
    void insert_many() {
        std::vector<item> several(below(4));
        for (item& i : several)
            i = any_item();
        model trial = model_;
        std::vector<key> keys;
        bool is_possible = true;
        for (const item& i : several) {
            const auto k = trial.insert(i);
            is_possible = is_possible && k;
            if (k)
                keys.push_back(*k);
        }
        dictdb::buffer made;
        REQUIRE(table_.try_insert_many(several, made).has_value() == is_possible);
        if (!is_possible)
            return;
        REQUIRE(made.as<std::vector<key>>() == keys);
        model_ = trial;
    }
    void upsert() {
        const item i = any_item();
        const auto then = below(2) == 0 ? dictdb::on_conflict::update : dictdb::on_conflict::ignore;
        REQUIRE(table_.upsert(i, then) == model_.upsert(i, then));
    }
    void erase() {
        const key k = any_key();
        REQUIRE(table_.erase(k) == (model_.erase([&](const item& i) { return i.id == k; }) == 1));
    }
    void erase_where() {
        const std::int64_t low = number();
        const std::string t = text();
        const auto expected = model_.erase([&](const item& i) { return i.n && *i.n >= low && i.text == t; });
        const auto condition = field("n") >= param(1) && field("text") == t;
        if (below(2) == 0)
            REQUIRE(table_.erase_where(condition, {low}) == expected);
        else
            REQUIRE(table_.erase(dictdb::predicate(condition).bind({low})) == expected);
    }
    void update() {
        const key k = any_key();
        const std::int64_t n = number();
        REQUIRE(table_.update(k, dictdb::object("n", n)) == (model_.change([&](const item& i) { return i.id == k; }, [&](item& i) { i.n = n; }) == 1));
    }
    void update_where() {
        const std::string beginning = text();
        const std::int64_t step = number();
        const auto expected = model_.change([&](const item& i) { return i.text.compare(0, beginning.size(), beginning) == 0 || !i.n; },
                                            [&](item& i) {
                                                i.n = i.n.value_or(0) * 2 - step;
                                                *i.n %= 1000;
                                            });
        // The model keeps numbers small by a remainder, which expressions do not have: so the table is given what it made.
        const auto matches = field("text").starts_with(beginning) || field("n").is_null();
        REQUIRE(table_.update_where(matches, {field("n") = dictdb::coalesce(field("n"), 0) * 2 - step}) == expected);
        for (const item& i : model_.items())
            if (i.n && table_.get<item>(*i.id)->n != i.n) {
                REQUIRE(*table_.get<item>(*i.id)->n % 1000 == *i.n);
                table_.update(*i.id, dictdb::object("n", *i.n));
            }
    }
    void batch() {
        dictdb::batch batch;
        model trial = model_;
        bool is_possible = true;
        for (std::uint64_t operations = below(4); operations > 0; --operations) {
            const item i = any_item();
            const key k = any_key();
            switch (below(3)) {
            case 0:
                batch.insert(table_, i);
                is_possible = is_possible && trial.insert(i);
                break;
            case 1:
                batch.erase(table_, k);
                is_possible = is_possible && trial.erase([&](const item& other) { return other.id == k; }) == 1;
                break;
            default:
                batch.upsert(table_, i);
                trial.upsert(i, dictdb::on_conflict::update);
            }
        }
        REQUIRE(batch.try_commit().has_value() == is_possible);
        if (is_possible)
            model_ = trial;
    }
    void query() {
        const std::int64_t low = number();
        std::vector<item> expected;
        for (const item& i : model_.items())
            if (!(i.n && *i.n < low))
                expected.push_back(i);
        std::stable_sort(expected.begin(), expected.end(), [](const item& a, const item& b) { return a.n > b.n; });
        const auto limit = below(8), offset = below(3);
        expected.erase(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(offset, expected.size())));
        expected.resize(std::min<std::size_t>(limit, expected.size()));
        const auto spec = dictdb::selection{}.where(!(field("n") < low)).order_by("-n").limit(param(1)).offset(param(2));
        const auto rows = table_.query(spec, {limit, offset});
        REQUIRE(rows.as<std::vector<item>>() == expected);
        REQUIRE(rows.count() == expected.size());
    }
    void check() {
        REQUIRE(table_.count() == model_.items().size());
        std::size_t at = 0;
        for (const item& i : table_.cursor().rows<item>({below(5), 0}))
            REQUIRE(i == model_.items().at(at++));
        REQUIRE(at == model_.items().size());
        const key k = any_key();
        const auto found = table_.get<item>(k);
        const item* const expected = model_.get(k);
        REQUIRE(found.has_value() == (expected != nullptr));
        if (found)
            REQUIRE(*found == *expected);
    }

    std::mt19937_64 random_;
    dictdb::database db_;
    dictdb::table table_;
    model model_;
};

} // namespace

TEST_CASE("A table does what a naive model does") {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        CAPTURE(seed);
        run random_run(seed);
        for (int step = 0; step < 150; ++step) {
            CAPTURE(step);
            random_run.step();
        }
    }
}
