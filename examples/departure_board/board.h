/* The departure board: reading it from the database, and drawing it. */
#ifndef BOARD_H
#define BOARD_H

#include "database.h"
#include "samples.h"

#include <stddef.h>

enum { BOARD_ROWS_MAX = 10, NAME_SIZE = 64 };

extern const char *const board_airports[3]; /* "EWR", "JFK", "LGA" */

typedef struct {
    int scheduled; /* minute of simulated time */
    char carrier[8];
    char airline[NAME_SIZE];
    long number;
    char dest[8];
    char destination[NAME_SIZE];
    char status[16];
    long dep_delay, arr_delay; /* minutes; 0 while not known */
} departure;

typedef struct {
    size_t count;
    departure rows[BOARD_ROWS_MAX];
    /* Reused from one reading to the next, so that a board that is read all day long allocates next to nothing. */
    dictdb_buffer answer;
    dictdb_buffer names;
} board;

/* Reads what one of the two queries for boards finds, from a minute on. Takes the time of the calls if `timings` is not NULL. */
void board_read(board *b, const database *db, const dictdb_query *which, const char *origin, int from, samples *timings);

void board_free(board *b);

/* Reads the field "name" of records by their keys. Where a record is missing, the key has to do as the name. */
void look_up_names(const dictdb_table *table, size_t count, const char *const keys[], char *const names[], dictdb_buffer *buffer);

/* Draws what the three airports show at `now`: the flights scheduled from `from` on. */
void draw_boards(const database *db, const char *title, int from, int now);

/* ---- Terminal */

typedef enum { PLAIN, BOLD, DIM, YELLOW, GREEN, RED, CYAN } style;

/*
 * The escape sequence that begins a style; PLAIN ends them all. "" if NO_COLOR is set, or if standard output is no terminal and
 * CLICOLOR_FORCE is not set.
 */
const char *styled(style s);

#endif
