/* The database of the example: its tables, filled from CSV files, and the queries for them. */
#ifndef DATABASE_H
#define DATABASE_H

#include "queries.h"

#include <dictdb.h>

typedef struct {
    dictdb_db *db;
    dictdb_table *airlines; /* by carrier: "UA" */
    dictdb_table *airports; /* by faa: "EWR" */
    dictdb_table *planes;   /* by tailnum: "N14228" */
    dictdb_table *flights;  /* by id: 1, 2, 3, ... */
    dictdb_table *counters; /* by origin: what has happened at each airport of New York, counted event by event */
    queries queries;
} database;

/* Makes the tables, and fills them from the CSV files of a directory. */
database load_database(const char *directory);

/* Makes the flights what is known of them the day before: no actual times, no delays, status "scheduled"; and indexes them. */
void begin_as_scheduled(const database *db);

void free_database(database *db);

#endif
