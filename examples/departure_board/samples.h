/* How long calls took. Each thread keeps its own samples; they are put together when the threads have ended. */
#ifndef SAMPLES_H
#define SAMPLES_H

#include <stddef.h>
#include <stdint.h>

typedef enum { OP_UPDATE, OP_COUNT, OP_SET_BACK, OP_BOARD, OP_NAMES, OP_CENSUS, OP_DELAYS, OP_KINDS } op_kind;

typedef struct {
    uint64_t *ns;
    size_t count, capacity;
} sample_list;

typedef struct {
    sample_list of[OP_KINDS];
} samples;

/* Notes that a call which began at `started` (now_ns) has just ended. */
void samples_add(samples *s, op_kind kind, uint64_t started);

/* Moves the samples of `from` to `into`. */
void samples_move(samples *into, samples *from);

/* Sorts the samples of one kind; then the sample that the share `p` (0 to 1) of all does not exceed, in microseconds. */
void samples_sort(sample_list *list);
double samples_percentile_us(const sample_list *sorted, double p);

void samples_free(samples *s);

#endif
