/*
 * Writes the records of the workload to standard output, a line each, for peers that are not written in C.
 *
 *     datafile RECORDS
 */
#define _GNU_SOURCE
#include "workload.h"

int main(int argc, char **argv) {
    uint64_t records = argc > 1 ? strtoull(argv[1], NULL, 10) : 0, random = 42;
    struct sums sums = {0, 0, 0};
    char text[LONGEST + 1];
    for (uint64_t i = 1; i <= records; i++) {
        size_t length = write_record(text, i, &random, &sums);
        text[length++] = '\n';
        fwrite(text, 1, length, stdout);
    }
    verify(records, &sums);
    return fflush(stdout) != 0;
}
