/* How the library finds the records of the queries: by an index, or by reading all. */
#ifndef PLANS_H
#define PLANS_H

#include "database.h"

/* Prints the plan of each query as it would run now. Ends the program if one does not use the index that is there for it. */
void report_plans(const database *db, int now);

#endif
