#define _POSIX_C_SOURCE 200809L
#include "board.h"

#include "events.h"
#include "json.h"
#include "support.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const board_airports[3] = {"EWR", "JFK", "LGA"};

/* ---- Reading */

void look_up_names(const dictdb_table *table, size_t count, const char *const keys[], char *const names[], dictdb_buffer *buffer) {
    text wanted = {0};
    text_add(&wanted, "[");
    for (size_t i = 0; i < count; i++) {
        text_add(&wanted, i == 0 ? "" : ",");
        text_add_string(&wanted, keys[i]);
    }
    text_add(&wanted, "]");
    dictdb_error *error = NULL;
    must("read names", dictdb_table_get_many(table, wanted.data, wanted.length, buffer, &error), &error);
    text_free(&wanted);

    /* Each record stands in its key's place, and null where there is none. There, the key has to do as the name. */
    json_rows row = json_read(buffer->data);
    for (size_t i = 0; i < count && json_next(&row); i++)
        if (!json_string(&row, "name", names[i], NAME_SIZE))
            snprintf(names[i], NAME_SIZE, "%s", keys[i]);
}

static void read_departure(const json_rows *row, departure *d) {
    long departs = 0;
    *d = (departure){0};
    if (!json_integer(row, "departs", &departs) || !json_integer(row, "flight", &d->number) ||
        !json_string(row, "carrier", d->carrier, sizeof d->carrier) || !json_string(row, "dest", d->dest, sizeof d->dest) ||
        !json_string(row, "status", d->status, sizeof d->status))
        fail("a flight lacks a field that every flight has");
    json_integer(row, "dep_delay", &d->dep_delay);
    json_integer(row, "arr_delay", &d->arr_delay);
    d->scheduled = minute_of_departs(departs);
}

void board_read(board *b, const database *db, const dictdb_query *which, const char *origin, int from, samples *timings) {
    char params[32];
    snprintf(params, sizeof params, "[\"%s\",%d]", origin, departs_of(from)); /* an airport's code has nothing to escape */
    dictdb_error *error = NULL;
    uint64_t started = now_ns();
    must("read the board", dictdb_query_run(which, db->flights, params, DICTDB_NTS, &b->answer, NULL, &error), &error);
    if (timings != NULL)
        samples_add(timings, OP_BOARD, started);

    b->count = 0;
    for (json_rows row = json_read(b->answer.data); json_next(&row);) {
        if (b->count == BOARD_ROWS_MAX)
            fail("the limit of %d rows was not kept", BOARD_ROWS_MAX);
        read_departure(&row, &b->rows[b->count++]);
    }

    /* The names of airlines and destinations are in tables of their own: two calls for all rows, not two for each. */
    const char *carriers[BOARD_ROWS_MAX], *dests[BOARD_ROWS_MAX];
    char *airlines[BOARD_ROWS_MAX], *destinations[BOARD_ROWS_MAX];
    for (size_t i = 0; i < b->count; i++) {
        carriers[i] = b->rows[i].carrier;
        airlines[i] = b->rows[i].airline;
        dests[i] = b->rows[i].dest;
        destinations[i] = b->rows[i].destination;
    }
    started = now_ns();
    look_up_names(db->airlines, b->count, carriers, airlines, &b->names);
    look_up_names(db->airports, b->count, dests, destinations, &b->names);
    if (timings != NULL)
        samples_add(timings, OP_NAMES, started);
}

void board_free(board *b) {
    dictdb_buffer_free(&b->answer);
    dictdb_buffer_free(&b->names);
}

/* ---- Terminal */

const char *styled(style s) {
    static const char *const codes[] = {"\033[0m", "\033[1m", "\033[2m", "\033[33m", "\033[32m", "\033[31m", "\033[36m"};
    static int colours = -1;
    if (colours < 0) {
        const char *no_color = getenv("NO_COLOR"), *force = getenv("CLICOLOR_FORCE");
        bool forced = force != NULL && *force != '\0' && strcmp(force, "0") != 0;
        colours = (forced || isatty(STDOUT_FILENO)) && (no_color == NULL || *no_color == '\0');
    }
    return colours ? codes[s] : "";
}

/* Prints a text in so many columns: cut off with an ellipsis if it is longer, padded if it is shorter. */
static void print_padded(const char *s, size_t columns) {
    size_t width = 0, last = 0, all = 0; /* width so far; bytes that fit beside an ellipsis; bytes that fit */
    for (size_t i = 0; s[i] != '\0';) {
        do
            i++;
        while (((unsigned char)s[i] & 0xc0) == 0x80); /* the rest of a character in UTF-8 */
        width++;
        if (width < columns)
            last = i;
        if (width <= columns)
            all = i;
    }
    if (width > columns)
        printf("%.*s…", (int)last, s);
    else
        printf("%.*s%*s", (int)all, s, (int)(columns - width), "");
}

/* ---- Drawing */

enum { W_TIME = 5, W_NUMBER = 7, W_AIRLINE = 19, W_DESTINATION = 22, W_STATUS = 15 };

/* A line of the frame, with a title in it on either side; they may be "". */
static void draw_line(const char *left, const char *right, const char *title, const char *clock) {
    /* a blank on either side of all columns, two between them */
    int width = 1 + W_TIME + 2 + W_NUMBER + 2 + W_AIRLINE + 2 + W_DESTINATION + 2 + W_STATUS + 1;
    printf("%s%s─%s%s%s%s%s", styled(DIM), left, styled(PLAIN), styled(BOLD), title, styled(PLAIN), styled(DIM));
    for (int i = 2 + (int)strlen(title) + (int)strlen(clock); i < width; i++)
        fputs("─", stdout);
    printf("%s%s%s%s%s─%s%s\n", styled(PLAIN), styled(BOLD), clock, styled(PLAIN), styled(DIM), right, styled(PLAIN));
}

static void draw_row(style how, const char *const columns[5], style last) {
    static const size_t widths[5] = {W_TIME, W_NUMBER, W_AIRLINE, W_DESTINATION, W_STATUS};
    printf("%s│%s", styled(DIM), styled(PLAIN));
    for (int i = 0; i < 5; i++) {
        printf("%s%s", i == 0 ? " " : "  ", styled(i == 4 ? last : how));
        print_padded(columns[i], widths[i]);
        printf("%s", styled(PLAIN));
    }
    printf(" %s│%s\n", styled(DIM), styled(PLAIN));
}

/* Names as a board has room for them: without "Inc.", "Co.", "Corporation" of airlines, and "Intl" of airports. */
static void shorten(char *name) {
    static const char *const endings[] = {" Inc.", " Co.", " Corporation", " Intl"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t length = strlen(name), ending = strlen(endings[i]);
        if (length > ending && strcmp(name + length - ending, endings[i]) == 0)
            name[length - ending] = '\0';
    }
}

/* Appends " +12m", " -3m", " +1h05"; nothing if there is no delay. */
static void add_delay(char *out, size_t size, long minutes) {
    size_t length = strlen(out);
    if (minutes == 0)
        return;
    if (labs(minutes) < HOUR)
        snprintf(out + length, size - length, " %+ldm", minutes);
    else
        snprintf(out + length, size - length, " %+ldh%02ld", minutes / HOUR, labs(minutes) % HOUR);
}

/* What the board says of a flight, and in which colour. */
static style describe(const departure *d, int now, char *out, size_t size) {
    if (strcmp(d->status, "scheduled") == 0) {
        bool late = d->scheduled < now;
        snprintf(out, size, late ? "Delayed" : "On time");
        if (late)
            add_delay(out, size, now - d->scheduled);
        return late ? RED : PLAIN;
    }
    snprintf(out, size, "%c%s", d->status[0] - 'a' + 'A', d->status + 1);
    long delay = strcmp(d->status, "landed") == 0 ? d->arr_delay : d->dep_delay;
    if (strcmp(d->status, "departed") == 0 || strcmp(d->status, "landed") == 0)
        add_delay(out, size, delay);
    else
        return RED;
    return delay > 15 ? YELLOW : GREEN;
}

static void draw_board(const database *db, board *b, const char *origin, int from, int now) {
    enum { ROWS = 8 };
    board_read(b, db, db->queries.on_display, origin, from, NULL);

    for (size_t i = 0; i < b->count && i < ROWS; i++) {
        departure *d = &b->rows[i];
        char time[8], number[32], status[32];
        snprintf(time, sizeof time, "%02d:%02d", d->scheduled / HOUR % 24, d->scheduled % HOUR);
        snprintf(number, sizeof number, "%s %ld", d->carrier, d->number);
        style colour = describe(d, now, status, sizeof status);
        shorten(d->airline);
        shorten(d->destination);
        draw_row(YELLOW, (const char *[]){time, number, d->airline, d->destination, status}, colour);
    }
    if (b->count == 0)
        draw_row(DIM, (const char *[]){"", "", "No departures", "", ""}, DIM);
}

void draw_boards(const database *db, const char *title, int from, int now) {
    static const char *const weekdays[] = {"Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Monday"};
    printf("\n%s%s, %d January 2013: %s%s\n", styled(BOLD), weekdays[now / DAY % 7], now / DAY + 1, title, styled(PLAIN));
    board b = {0};
    for (size_t i = 0; i < sizeof board_airports / sizeof *board_airports; i++) {
        const char *origin = board_airports[i];
        char airport[NAME_SIZE], *name = airport, label[NAME_SIZE + 16], clock[16];
        look_up_names(db->airports, 1, &origin, &name, &b.names);
        shorten(airport);
        snprintf(label, sizeof label, " %s  %s ", origin, airport);
        snprintf(clock, sizeof clock, " %02d:%02d ", now / HOUR % 24, now % HOUR);
        draw_line(i == 0 ? "┌" : "├", i == 0 ? "┐" : "┤", label, clock);
        if (i == 0)
            draw_row(CYAN, (const char *[]){"Time", "Flight", "Airline", "Destination", "Status"}, CYAN);
        draw_board(db, &b, origin, from, now);
    }
    draw_line("└", "┘", "", "");
    board_free(&b);
}
