/* Whether the database holds at the end what the file says. */
#ifndef CHECK_H
#define CHECK_H

#include "database.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Compares totals of the database, found by queries, with totals of flights.csv, found without any of the code that filled the
 * database. Prints each. False if one is wrong.
 */
bool check_totals(const database *db, const char *directory);

#endif
