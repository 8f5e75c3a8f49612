#include "samples.h"

#include "support.h"

#include <stdlib.h>

static void append(sample_list *list, uint64_t ns) {
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 4096 : list->capacity * 2;
        list->ns = resized(list->ns, list->capacity, sizeof *list->ns);
    }
    list->ns[list->count++] = ns;
}

void samples_add(samples *s, op_kind kind, uint64_t started) {
    append(&s->of[kind], now_ns() - started);
}

void samples_move(samples *into, samples *from) {
    for (int kind = 0; kind < OP_KINDS; kind++)
        for (size_t i = 0; i < from->of[kind].count; i++)
            append(&into->of[kind], from->of[kind].ns[i]);
    samples_free(from);
}

static int by_value(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

void samples_sort(sample_list *list) {
    if (list->count > 0)
        qsort(list->ns, list->count, sizeof *list->ns, by_value);
}

double samples_percentile_us(const sample_list *sorted, double p) {
    if (sorted->count == 0)
        return 0;
    size_t rank = (size_t)(p * (double)sorted->count);
    return (double)sorted->ns[rank < sorted->count ? rank : sorted->count - 1] / 1000;
}

void samples_free(samples *s) {
    for (int kind = 0; kind < OP_KINDS; kind++) {
        free(s->of[kind].ns);
        s->of[kind] = (sample_list){0};
    }
}
