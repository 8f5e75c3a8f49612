/* Questions about the whole table of flights, answered by reading it and adding up. */
#ifndef ANALYSIS_H
#define ANALYSIS_H

#include "database.h"
#include "samples.h"

#include <stddef.h>

typedef enum { SCHEDULED, DEPARTED, LANDED, DIVERTED, CANCELLED, STATUSES } flight_status;

extern const char *const status_names[STATUSES];

/* Flights by status. */
typedef struct {
    size_t of[STATUSES];
    size_t all;
    size_t torn; /* flights whose fields contradict each other, as half of an update would look; never any */
} census;

typedef struct {
    char carrier[8];
    size_t flights; /* that departed */
    double mean;    /* minutes of delay at departure */
} carrier_delay;

enum { CARRIERS_MAX = 32 };

typedef struct {
    size_t flights; /* of all carriers */
    size_t count;
    carrier_delay list[CARRIERS_MAX]; /* the latest first */
} carrier_delays;

/* Both read the table with one call, so the answer is true of one instant. `buffer` is reused; `timings` may be NULL. */
census take_census(const database *db, dictdb_buffer *buffer, samples *timings);
carrier_delays mean_delays(const database *db, dictdb_buffer *buffer, samples *timings);

#endif
