#include "database.h"

#include "json.h"
#include "support.h"

/* The cells of a file become what the schema says: an empty one is null, of a string it is "". */

static const char airline_options[] = JSON({"primary_key": "carrier", "schema": {"carrier": "str", "name": "str"}});

static const char airport_options[] = JSON({
    "primary_key": "faa",
    "schema": {"faa": "str", "name": "str", "lat": "float", "lon": "float", "alt": "int", "tz": "int", "tzone": "str"}
});

static const char plane_options[] = JSON({
    "primary_key": "tailnum",
    "schema": {
        "tailnum": "str",
        "year": {"type": "int", "nullable": true},
        "type": "str",
        "manufacturer": "str",
        "model": "str",
        "engines": "int",
        "seats": "int",
        "engine": "str"
    }
});

/*
 * The flights of the file have no key of their own: the first gets 1, the next 2, and so on. `departs` and `status` are not in the file
 * either; they get what they are by default.
 */
static const char flight_options[] = JSON({
    "schema": {
        "month": "int",
        "day": "int",
        "sched_dep_time": "int",
        "dep_time": {"type": "int", "nullable": true},
        "dep_delay": {"type": "int", "nullable": true},
        "sched_arr_time": "int",
        "arr_time": {"type": "int", "nullable": true},
        "arr_delay": {"type": "int", "nullable": true},
        "carrier": "str",
        "flight": "int",
        "tailnum": {"type": "str", "nullable": true},
        "origin": "str",
        "dest": "str",
        "air_time": {"type": "int", "nullable": true},
        "distance": "int",
        "departs": {"type": "int", "nullable": true},
        "status": {"type": "str", "default": "scheduled"}
    }
});

static dictdb_table *import(dictdb_db *db, const char *name, const char *directory, const char *options) {
    text path = {0};
    dictdb_table *table = NULL;
    dictdb_error *error = NULL;
    text_add_format(&path, "%s/%s.csv", directory, name);
    must("import a file (run from the root of the repository, or name the directory of the CSV files)",
         dictdb_db_import_csv(db, name, DICTDB_NTS, path.data, path.length, options, DICTDB_NTS, &table, NULL, &error), &error);
    text_free(&path);
    return table;
}

static void create_index(dictdb_table *table, const char *options) {
    dictdb_error *error = NULL;
    must("create an index", dictdb_table_create_index(table, options, DICTDB_NTS, &error), &error);
}

void begin_as_scheduled(const database *db) {
    dictdb_error *error = NULL;
    static const char changes[] =
        "dep_time = NULL, dep_delay = NULL, arr_time = NULL, arr_delay = NULL, air_time = NULL, departs = day * 10000 + sched_dep_time";
    must("forget what happened", dictdb_table_update_where(db->flights, "TRUE", DICTDB_NTS, changes, DICTDB_NTS, NULL, 0, NULL, &error),
         &error);
    /* That has no plane yet; there is always one, or the call would say that it has found nothing. */
    must("mark what is unknown",
         dictdb_table_update_where(db->flights, "tailnum = \"\"", DICTDB_NTS, "tailnum = NULL", DICTDB_NTS, NULL, 0, NULL, &error), &error);
    /* An index may be made at any time, of an empty table or of a full one. From then on the table keeps it up to date. */
    create_index(db->flights, JSON({"fields": "status", "kind": "hash"}));
    create_index(db->flights, JSON({"fields": ["origin", "departs"], "kind": "sorted"}));
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
    dictdb_table *counters = NULL;
    dictdb_error *error = NULL;
    must("create a table", dictdb_db_create_table(db, "counters", DICTDB_NTS, options, DICTDB_NTS, &counters, &error), &error);
    must("insert counters", dictdb_table_insert_many(counters, records, DICTDB_NTS, NULL, &error), &error);
    return counters;
}

database load_database(const char *directory) {
    database db = {0};
    dictdb_error *error = NULL;
    must("make a database", dictdb_db_new(NULL, 0, &db.db, &error), &error);
    db.airlines = import(db.db, "airlines", directory, airline_options);
    db.airports = import(db.db, "airports", directory, airport_options);
    db.planes = import(db.db, "planes", directory, plane_options);
    db.flights = import(db.db, "flights", directory, flight_options);
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
