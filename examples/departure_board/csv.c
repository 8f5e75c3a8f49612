#include "csv.h"

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void read_text(csv_file *file, const char *directory, const char *name) {
    size_t path_size = strlen(directory) + strlen(name) + 2;
    char *path = resized(NULL, path_size, 1);
    snprintf(path, path_size, "%s/%s", directory, name);
    file->path = path;

    FILE *in = fopen(path, "rb");
    if (in == NULL)
        fail("%s: cannot be opened (run from the root of the repository, or name the directory of the CSV files)", path);
    size_t length = 0, capacity = 0, got;
    do {
        if (length + 1 >= capacity) {
            capacity = capacity == 0 ? 65536 : capacity * 2;
            file->text = resized(file->text, capacity, 1);
        }
        got = fread(file->text + length, 1, capacity - length - 1, in);
        length += got;
    } while (got > 0);
    if (ferror(in))
        fail("%s: cannot be read", path);
    fclose(in);
    file->text[length] = '\0';
    if (strlen(file->text) != length)
        fail("%s: not a text file", path);
}

/*
 * Takes the cell that starts at `*at`, moves `*at` behind it, and returns the character that ended it: a comma, a line feed, or 0.
 * Quotes are removed in place, so a cell needs no memory of its own.
 */
static char take_cell(const csv_file *file, size_t line, char **at, const char **cell) {
    char *in = *at, *out = *at;
    *cell = out;
    if (*in == '"') {
        for (in++; *in != '"' || in[1] == '"'; in++) {
            if (*in == '\0')
                fail("%s, row %zu: a quote is not closed", file->path, line);
            if (*in == '"')
                in++; /* a doubled quote stands for one */
            *out++ = *in;
        }
        in++;
    } else {
        while (*in != ',' && *in != '\n' && *in != '\0' && !(*in == '\r' && in[1] == '\n'))
            *out++ = *in++;
    }
    if (*in == '\r' && in[1] == '\n')
        in++;
    char end = *in;
    if (end != ',' && end != '\n' && end != '\0')
        fail("%s, row %zu: text behind a closing quote", file->path, line);
    *at = end == '\0' ? in : in + 1;
    *out = '\0';
    return end;
}

csv_file csv_read(const char *directory, const char *name) {
    csv_file file = {0};
    read_text(&file, directory, name);

    size_t count = 0, capacity = 0, lines = 0;
    for (char *at = file.text; *at != '\0'; lines++) {
        size_t first = count;
        char end;
        do {
            if (count == capacity) {
                capacity = capacity == 0 ? 1024 : capacity * 2;
                file.cells = resized(file.cells, capacity, sizeof *file.cells);
            }
            end = take_cell(&file, lines + 1, &at, &file.cells[count++]);
        } while (end == ',');
        if (lines == 0)
            file.columns = count;
        else if (count - first != file.columns)
            fail("%s, row %zu: %zu cells, the header line has %zu", file.path, lines + 1, count - first, file.columns);
    }
    if (lines == 0)
        fail("%s: has no header line", file.path);
    file.rows = lines - 1;
    return file;
}

size_t csv_column(const csv_file *file, const char *name) {
    for (size_t i = 0; i < file->columns; i++)
        if (strcmp(file->cells[i], name) == 0)
            return i;
    fail("%s: has no column \"%s\"", file->path, name);
}

const char *csv_cell(const csv_file *file, size_t row, size_t column) {
    return file->cells[(row + 1) * file->columns + column];
}

void csv_free(csv_file *file) {
    free((void *)file->path);
    free(file->text);
    free(file->cells);
    *file = (csv_file){0};
}
