/* Questions about the whole table of flights. Each is one query, so its answer is true of one instant. */
#ifndef ANALYSIS_H
#define ANALYSIS_H

#include "database.h"
#include "samples.h"

#include <stddef.h>

typedef enum { SCHEDULED, DEPARTED, LANDED, DIVERTED, CANCELLED, STATUSES } flight_status;

extern const char *const status_names[STATUSES];

/* Flights by status. */
typedef struct {
    long of[STATUSES];
    long all;
} census;

typedef struct {
    char carrier[8];
    long flights; /* that departed */
    double mean;  /* minutes of delay at departure */
} carrier_delay;

enum { CARRIERS_MAX = 32 };

typedef struct {
    long flights; /* of all carriers */
    size_t count;
    carrier_delay list[CARRIERS_MAX]; /* the latest first */
} carrier_delays;

/* `buffer` is reused; `timings` may be NULL. */
census take_census(const database *db, dictdb_buffer *buffer, samples *timings);
carrier_delays mean_delays(const database *db, dictdb_buffer *buffer, samples *timings);

/* How many flights have fields that contradict each other. */
uint64_t count_torn(const database *db);

#endif
