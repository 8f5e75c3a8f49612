/* Figures, printed. */
#ifndef REPORT_H
#define REPORT_H

#include "database.h"
#include "replay.h"

#include <stddef.h>

void heading(const char *title);

/* A number with commas: 10,452. */
void grouped(char *out, size_t size, long number);

void report_speed(replay_result *result);
void report_memory(const database *db);
void report_carriers(const database *db);

#endif
