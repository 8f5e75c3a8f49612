/* What the database holds at the end. */
#ifndef CHECK_H
#define CHECK_H

#include "database.h"

/* Prints totals of the flights. scripts/check-demo compares them with the files. */
void report_totals(const database *db);

/*
 * Prints the counters, to which four threads have added, event by event. They must be what the flights say themselves: an addition
 * that was lost, or done twice, ends the program.
 */
void report_counters(const database *db);

#endif
