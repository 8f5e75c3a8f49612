/* A reader for CSV files as RFC 4180 describes them: quoted cells, doubled quotes, LF or CRLF. */
#ifndef CSV_H
#define CSV_H

#include <stddef.h>

typedef struct {
    const char *path;
    char *text;         /* the file; the cells point into it */
    const char **cells; /* row by row, the header line first */
    size_t columns;
    size_t rows; /* without the header line */
} csv_file;

/* Reads a whole file. Ends the program if it cannot be read or is not CSV. */
csv_file csv_read(const char *directory, const char *name);

/* The position of the column with this name in the header line. Ends the program if there is none. */
size_t csv_column(const csv_file *file, const char *name);

/* A cell of a row; the first row after the header line is 0. An empty cell is "". */
const char *csv_cell(const csv_file *file, size_t row, size_t column);

void csv_free(csv_file *file);

#endif
