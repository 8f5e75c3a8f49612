// The departures of New York's airports at two moments of January 2013: departure_board DIRECTORY, that of the CSV files.
#include <dictdb/dictdb.hpp>

#include <array>
#include <cstdio>
#include <exception>
#include <regex>

using dictdb::field, dictdb::object, dictdb::param;

struct departure {
    int id = 0, day = 0, sched_dep_time = 0, flight = 0, departs = 0; // departs: the minute of the month
    std::optional<int> dep_delay;                                     // minutes, if it has left
    std::string carrier, dest, status;
};
DICTDB_FIELDS(departure, id, day, sched_dep_time, flight, departs, dep_delay, carrier, dest, status);

struct named { std::string name; };
DICTDB_FIELDS(named, name);

static constexpr int minute_of(int day, int time) { return (day - 1) * 1440 + time / 100 * 60 + time % 100; }

template <class... Numbers>
static std::string format(const char* form, Numbers... numbers) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), form, numbers...);
    return text.data();
}

static std::string clock_of(int minute) { return format("%02d:%02d", minute / 60 % 24, minute % 60); }

static std::string delay(int minutes) {
    const int size = std::abs(minutes);
    return size == 0 ? "" : size < 60 ? format(" %+dm", minutes) : format(" %+dh%02d", minutes / 60, size % 60);
}

static std::string status_of(const departure& d, int now) {
    if (d.status != "scheduled")
        return d.status == "cancelled" ? "Cancelled" : "Departed" + delay(*d.dep_delay);
    return d.departs < now ? "Delayed" + delay(now - d.departs) : "On time";
}

/// The name that belongs to a key, as a board has room for it; of a key that is not there, the key.
static std::string name_of(const dictdb::table& table, const std::string& key) {
    const auto found = table.get<named>(key);
    return found ? std::regex_replace(found->name, std::regex("( Inc\\.| Co\\.| Corporation| Intl)+$"), "") : key;
}

static void print_row(const std::array<std::string, 5>& columns) {
    constexpr std::array<std::size_t, 5> widths = {5, 7, 19, 22, 15};
    std::string row = "│";
    for (std::size_t i = 0; i < widths.size(); ++i) {
        const std::string text = columns[i] + std::string(widths[i], ' ');
        row += " " + (columns[i].size() > widths[i] ? text.substr(0, widths[i] - 1) + "…" : text.substr(0, widths[i])) + " ";
    }
    std::puts((row + "│").c_str());
}

static void print_line(const std::string& left, const std::string& title, const std::string& clock, const std::string& right) {
    std::string bar;
    for (std::size_t at = title.size() + clock.size(); at < 76; ++at)
        bar += "─";
    std::puts((left + "─" + title + bar + clock + "─" + right).c_str());
}

int main(int count, char** arguments) try {
    const std::string directory = count > 1 ? arguments[1] : "examples/data";
    dictdb::database db;
    const auto import = [&](const std::string& name, const char* key) {
        return db.import_csv(name, directory + "/" + name + ".csv", object("primary_key", key));
    };
    dictdb::table airlines = import("airlines", "carrier"), airports = import("airports", "faa"), flights = import("flights", "id");
    for (const departure& d : flights.cursor(dictdb::selection{}).rows<departure>())
        flights.update(d.id, object("departs", minute_of(d.day, d.sched_dep_time), "status", "scheduled"));
    flights.update_where(field("dep_delay").is_not_null(), {field("leaves") = field("departs") + field("dep_delay")});
    flights.create_index(R"({"fields": ["origin", "departs"], "kind": "sorted"})");

    const field departs("departs"), leaves("leaves"), status("status");
    const auto shown = field("origin") == param(1) && (departs >= param(2) || status == "scheduled");
    const dictdb::query board(dictdb::selection{}.where(shown).order_by("departs").limit(8));
    for (const int now : {minute_of(3, 1140), minute_of(10, 630)}) {
        flights.update_where(leaves <= now, {status = "departed"});
        flights.update_where(leaves.is_null() && departs <= now + 60, {status = "cancelled"});
        std::printf("%sThursday, %d January 2013: departures\n", now > 5000 ? "\n" : "", now / 1440 + 1);
        for (const std::string origin : {"EWR", "JFK", "LGA"}) {
            const bool is_first = origin == "EWR";
            const std::string title = " " + origin + "  " + name_of(airports, origin) + " ";
            print_line(is_first ? "┌" : "├", title, " " + clock_of(now) + " ", is_first ? "┐" : "┤");
            if (is_first)
                print_row({"Time", "Flight", "Airline", "Destination", "Status"});
            for (const departure& d : board.run(flights, {origin, now - 20}).as<std::vector<departure>>())
                print_row({clock_of(d.departs), d.carrier + " " + std::to_string(d.flight), name_of(airlines, d.carrier),
                           name_of(airports, d.dest), status_of(d, now)});
        }
        print_line("└", "", "", "┘");
    }
} catch (const std::exception& e) {
    std::fprintf(stderr, "departure_board: %s\n", e.what());
    return 1;
}
