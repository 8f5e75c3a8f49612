#include "database.h"

#include "csv.h"
#include "json.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

/* The columns of a table say what its schema is, and how a cell of the file becomes a JSON value. */

typedef struct {
    const char *name;
    const char *type; /* of the schema: "int", "float" or "str" */
    enum { REQUIRED, NULLABLE, UNKNOWN_YET } presence;
} column;

typedef struct {
    const char *name;
    const char *file;
    const char *primary_key;
    const char *extra; /* more of the schema: fields that are not in the file */
    const column *columns;
    size_t column_count;
} table_plan;

#define COLUMNS(array) (array), sizeof(array) / sizeof *(array)

static const column airline_columns[] = {{"carrier", "str", REQUIRED}, {"name", "str", REQUIRED}};

static const column airport_columns[] = {
    {"faa", "str", REQUIRED},   {"name", "str", REQUIRED}, {"lat", "float", REQUIRED}, {"lon", "float", REQUIRED},
    {"alt", "int", REQUIRED},   {"tz", "int", REQUIRED},   {"tzone", "str", REQUIRED},
};

static const column plane_columns[] = {
    {"tailnum", "str", REQUIRED}, {"year", "int", NULLABLE},    {"type", "str", REQUIRED},  {"manufacturer", "str", REQUIRED},
    {"model", "str", REQUIRED},   {"engines", "int", REQUIRED}, {"seats", "int", REQUIRED}, {"engine", "str", REQUIRED},
};

static const column flight_columns[] = {
    {"month", "int", REQUIRED},         {"day", "int", REQUIRED},          {"sched_dep_time", "int", REQUIRED},
    {"dep_time", "int", UNKNOWN_YET},   {"dep_delay", "int", UNKNOWN_YET}, {"sched_arr_time", "int", REQUIRED},
    {"arr_time", "int", UNKNOWN_YET},   {"arr_delay", "int", UNKNOWN_YET}, {"carrier", "str", REQUIRED},
    {"flight", "int", REQUIRED},        {"tailnum", "str", NULLABLE},      {"origin", "str", REQUIRED},
    {"dest", "str", REQUIRED},          {"air_time", "int", UNKNOWN_YET},  {"distance", "int", REQUIRED},
};

static const table_plan airlines_plan = {"airlines", "airlines.csv", "carrier", "", COLUMNS(airline_columns)};
static const table_plan airports_plan = {"airports", "airports.csv", "faa", "", COLUMNS(airport_columns)};
static const table_plan planes_plan = {"planes", "planes.csv", "tailnum", "", COLUMNS(plane_columns)};

/*
 * The flights of the file have no key of their own: records without "id" get 1, 2, 3, ... And each starts as scheduled. `departs` is
 * computed when they are all there: day and time in one number, for a query to compare and an index to sort.
 */
static const table_plan flights_plan = {
    "flights", "flights.csv", "id",
    ",\"departs\":{\"type\":\"int\",\"nullable\":true},\"status\":{\"type\":\"str\",\"default\":\"scheduled\"}",
    COLUMNS(flight_columns),
};

static dictdb_table *create_table(dictdb_db *db, const char *name, const char *options) {
    dictdb_table *table = NULL;
    dictdb_error *error = NULL;
    must("create a table", dictdb_db_create_table(db, name, DICTDB_NTS, options, DICTDB_NTS, &table, &error), &error);
    return table;
}

static dictdb_table *create_planned_table(dictdb_db *db, const table_plan *plan) {
    text options = {0};
    text_add_format(&options, "{\"primary_key\":\"%s\",\"schema\":{", plan->primary_key);
    for (size_t i = 0; i < plan->column_count; i++) {
        const column *c = &plan->columns[i];
        text_add_format(&options, "%s\"%s\":{\"type\":\"%s\",\"nullable\":%s}", i == 0 ? "" : ",", c->name, c->type,
                        c->presence == REQUIRED ? "false" : "true");
    }
    text_add_format(&options, "%s}}", plan->extra);
    dictdb_table *table = create_table(db, plan->name, options.data);
    text_free(&options);
    return table;
}

static void add_record(text *records, const table_plan *plan, const csv_file *file, const size_t *positions, size_t row) {
    const char *comma = "";
    text_add(records, "{");
    for (size_t i = 0; i < plan->column_count; i++) {
        const column *c = &plan->columns[i];
        const char *cell = csv_cell(file, row, positions[i]);
        if (c->presence == UNKNOWN_YET || *cell == '\0')
            continue; /* an absent field; if the schema wants it, insert_many will say so */
        text_add_format(records, "%s\"%s\":", comma, c->name);
        comma = ",";
        if (strcmp(c->type, "str") == 0)
            text_add_string(records, cell);
        else if (is_json_number(cell))
            text_add(records, cell); /* digit by digit: nothing is rounded on the way */
        else
            fail("%s, row %zu: \"%s\" is no number", file->path, row + 2, cell);
    }
    text_add(records, "}");
}

/* Inserts all rows of a file, a thousand a call: few calls, and no text larger than it needs to be. `keys` may be NULL. */
static void insert_rows(dictdb_table *table, const table_plan *plan, const csv_file *file, long *keys) {
    enum { BATCH = 1000 };
    size_t positions[JSON_FIELDS_MAX];
    for (size_t i = 0; i < plan->column_count; i++)
        positions[i] = csv_column(file, plan->columns[i].name);

    text records = {0};
    dictdb_buffer given = DICTDB_BUFFER_INIT;
    dictdb_error *error = NULL;
    for (size_t start = 0; start < file->rows; start += BATCH) {
        size_t end = start + BATCH < file->rows ? start + BATCH : file->rows;
        text_clear(&records);
        for (size_t row = start; row < end; row++) {
            text_add(&records, row == start ? "[" : ",\n");
            add_record(&records, plan, file, positions, row);
        }
        text_add(&records, "]");
        must("insert records", dictdb_table_insert_many(table, records.data, records.length, keys ? &given : NULL, &error), &error);
        if (keys != NULL && json_integers(given.data, keys + start, end - start) != end - start)
            fail("insert_many gave another number of keys than it got records");
    }
    dictdb_buffer_free(&given);
    text_free(&records);
}

static dictdb_table *load_table(dictdb_db *db, const table_plan *plan, const char *directory) {
    csv_file file = csv_read(directory, plan->file);
    dictdb_table *table = create_planned_table(db, plan);
    insert_rows(table, plan, &file, NULL);
    csv_free(&file);
    return table;
}

static void create_index(dictdb_table *table, const char *options) {
    dictdb_error *error = NULL;
    must("create an index", dictdb_table_create_index(table, options, DICTDB_NTS, &error), &error);
}

/* An index may be made at any time, of an empty table or of a full one. From then on the table keeps it up to date. */
static dictdb_table *load_flights(dictdb_db *db, const char *directory, long **keys) {
    dictdb_table *flights = create_planned_table(db, &flights_plan);
    create_index(flights, JSON({"fields": "status", "kind": "hash"}));

    csv_file file = csv_read(directory, flights_plan.file);
    *keys = resized(NULL, file.rows, sizeof **keys);
    insert_rows(flights, &flights_plan, &file, *keys);
    csv_free(&file);

    dictdb_error *error = NULL;
    must("compute when flights depart",
         dictdb_table_update_where(flights, "TRUE", DICTDB_NTS, "departs = day * 10000 + sched_dep_time", DICTDB_NTS, NULL, 0, NULL,
                                   &error),
         &error);
    create_index(flights, JSON({"fields": ["origin", "departs"], "kind": "sorted"}));
    return flights;
}

static dictdb_table *make_counters(dictdb_db *db) {
    static const char options[] = JSON({
        "primary_key": "origin",
        "schema": {
            "origin": "str",
            "flights": {"type": "int", "default": 0},
            "departed": {"type": "int", "default": 0},
            "arrived": {"type": "int", "default": 0},
            "minutes": {"type": "int", "default": 0},
            "worst": {"type": "int", "nullable": true}
        }
    });
    static const char records[] = JSON([{"origin": "EWR"}, {"origin": "JFK"}, {"origin": "LGA"}]);
    dictdb_table *counters = create_table(db, "counters", options);
    dictdb_error *error = NULL;
    must("insert counters", dictdb_table_insert_many(counters, records, DICTDB_NTS, NULL, &error), &error);
    return counters;
}

database load_database(const char *directory, long **keys) {
    database db = {0};
    dictdb_error *error = NULL;
    must("make a database", dictdb_db_new(NULL, 0, &db.db, &error), &error);
    db.airlines = load_table(db.db, &airlines_plan, directory);
    db.airports = load_table(db.db, &airports_plan, directory);
    db.planes = load_table(db.db, &planes_plan, directory);
    db.flights = load_flights(db.db, directory, keys);
    db.counters = make_counters(db.db);
    db.queries = compile_queries();
    return db;
}

void free_database(database *db) {
    /* In any order: what is still needed stays. */
    dictdb_db_free(db->db);
    dictdb_table_free(db->airlines);
    dictdb_table_free(db->airports);
    dictdb_table_free(db->planes);
    dictdb_table_free(db->flights);
    dictdb_table_free(db->counters);
    free_queries(&db->queries);
    *db = (database){0};
}
