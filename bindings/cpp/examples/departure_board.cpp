// The departures of New York's airports at two moments of January 2013: departure_board DIRECTORY, that of the CSV files.
#include <dictdb/dictdb.hpp>

#include <cstdio>
#include <exception>
#include <map>

using dictdb::field, dictdb::param, dictdb::selection;

struct departure {
    int departs = 0, flight = 0; // departs: day, hour and minute as decimal digits, 31140
    std::optional<int> dep_delay; // minutes
    std::string carrier, dest, status;
};
constexpr auto dictdb_fields(const departure*) {
    using dictdb::member;
    using d = departure;
    return std::make_tuple(member("departs", &d::departs), member("flight", &d::flight), member("dep_delay", &d::dep_delay),
                           member("carrier", &d::carrier), member("dest", &d::dest), member("status", &d::status));
}

static int digits_of(int minute) { return (minute / 1440 + 1) * 10000 + minute % 1440 / 60 * 100 + minute % 60; }
static int minute_of(int digits) { return (digits / 10000 - 1) * 1440 + digits / 100 % 100 * 60 + digits % 100; }

static std::string padded(std::string text, std::size_t width) {
    if (text.size() > width)
        return text.substr(0, width - 1) + "…";
    return text.append(width - text.size(), ' ');
}

static std::string line(const char* left, const std::string& title, const std::string& clock, const char* right) {
    std::string drawn = left + std::string("─") + title;
    for (std::size_t at = title.size() + clock.size(); at < 76; ++at)
        drawn += "─";
    return drawn + clock + "─" + right;
}

static std::string clock_of(int digits) {
    char text[16];
    std::snprintf(text, sizeof text, "%02d:%02d", digits / 100 % 100, digits % 100);
    return text;
}

static void print_row(const std::string& time, const std::string& flight, const std::string& airline, const std::string& destination,
                      const std::string& status) {
    std::printf("│ %s  %s  %s  %s  %s │\n", padded(time, 5).c_str(), padded(flight, 7).c_str(), padded(airline, 19).c_str(),
                padded(destination, 22).c_str(), padded(status, 15).c_str());
}

static std::string with_delay(const std::string& status, int minutes) {
    char text[32] = "";
    if (minutes != 0 && std::abs(minutes) < 60)
        std::snprintf(text, sizeof text, " %+dm", minutes);
    else if (minutes != 0)
        std::snprintf(text, sizeof text, " %+dh%02d", minutes / 60, std::abs(minutes) % 60);
    return status + text;
}

static std::string status_of(const departure& d, int now) {
    const int late = now - minute_of(d.departs);
    if (d.status == "departed")
        return with_delay("Departed", d.dep_delay.value_or(0));
    return d.status == "cancelled" ? "Cancelled" : late > 0 ? with_delay("Delayed", late) : "On time";
}

/// The name that belongs to a key, as a board has room for it; of a key that is not there, the key.
static std::string name_of(const dictdb::table& table, const std::string& key) {
    const auto record = table.get<std::map<std::string, dictdb::raw_json>>(key);
    std::string name = record ? dictdb::from_json<std::string>(record->at("name").text) : key;
    for (const std::string_view ending : {" Inc.", " Co.", " Corporation", " Intl"})
        if (name.size() > ending.size() && name.substr(name.size() - ending.size()) == ending)
            name.resize(name.size() - ending.size());
    return name;
}

static void run(const std::string& directory) {
    dictdb::database db;
    const auto import = [&](const std::string& name, const char* key) {
        return db.import_csv(name, directory + "/" + name + ".csv", dictdb::object("primary_key", key));
    };
    const dictdb::table airlines = import("airlines", "carrier"), airports = import("airports", "faa");
    dictdb::table flights = import("flights", "id");

    // When a flight left is told by the hour alone: beside a delay, an earlier hour is one of the next day.
    const field left("left"), later("later"), status("status");
    flights.update_where("TRUE", {field("departs") = field("day") * 10000 + field("sched_dep_time"), status = "scheduled",
                                  left = field("day") * 10000 + dictdb::coalesce(field("dep_time"), 0),
                                  later = dictdb::coalesce(field("dep_time"), 0) - field("sched_dep_time")});
    flights.update_where(field("dep_delay") > 0 && later < 0, left += 10000);
    flights.update_where(field("dep_delay") < 0 && later > 0, left -= 10000);
    flights.create_index(R"({"fields": ["origin", "departs"], "kind": "sorted"})");

    const dictdb::update depart(field("dep_time").is_not_null() && left <= param(1), status = "departed");
    const dictdb::update cancel(field("dep_time").is_null() && field("departs") <= param(1), status = "cancelled");
    const dictdb::query board(selection{}
                                  .where(field("origin") == param(1) && (field("departs") >= param(2) || status == "scheduled"))
                                  .order_by("departs")
                                  .limit(8));
    for (const auto& [title, now] : {std::pair("Thursday, 3 January 2013", 2 * 1440 + 700), std::pair("Thursday, 10 January 2013", 9 * 1440 + 390)}) {
        depart.run(flights, {digits_of(now)});
        cancel.run(flights, {digits_of(now + 60)});
        std::printf("%s%s: departures\n", now > 5000 ? "\n" : "", title);
        for (const char* origin : {"EWR", "JFK", "LGA"}) {
            const bool is_first = origin == std::string("EWR");
            const std::string name = " " + std::string(origin) + "  " + name_of(airports, origin) + " ";
            std::puts(line(is_first ? "┌" : "├", name, " " + clock_of(digits_of(now)) + " ", is_first ? "┐" : "┤").c_str());
            if (is_first)
                print_row("Time", "Flight", "Airline", "Destination", "Status");
            for (const departure& d : board.run(flights, {origin, digits_of(now - 20)}).as<std::vector<departure>>())
                print_row(clock_of(d.departs), d.carrier + " " + std::to_string(d.flight), name_of(airlines, d.carrier),
                          name_of(airports, d.dest), status_of(d, now));
        }
        std::puts(line("└", "", "", "┘").c_str());
    }
}

int main(int count, char** arguments) {
    try {
        run(count > 1 ? arguments[1] : "examples/data");
    } catch (const std::exception& e) {
        std::fprintf(stderr, "departure_board: %s\n", e.what());
        return 1;
    }
}
