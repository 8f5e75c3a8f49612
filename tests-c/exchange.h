/*
 * exchange.h: what the tests of CSV and JSON Lines share: a database, and a directory with a file. Include it after check.h and file.h.
 */
#ifndef EXCHANGE_H
#define EXCHANGE_H

typedef struct {
    world w;
    folder f;
} desk;

static inline desk desk_open(const char *table_options) {
    desk d = {world_open(table_options), folder_open()};
    return d;
}

static inline void desk_close(desk *d) {
    folder_close(&d->f);
    world_close(&d->w);
}

typedef dictdb_status (*importer)(dictdb_db *db, const char *name, size_t name_len, const char *path, size_t path_len, const char *options,
                                  size_t options_len, dictdb_table **table, dictdb_job **job, dictdb_error **error);

/** A file with this text gives these records, in natural order. The table goes again. */
static inline void check_imported(const char *file, int line, desk *d, importer import, const char *text, size_t len, const char *options,
                                  const char *expected) {
    dictdb_table *table = NULL;
    write_file(d->f.file, text, len);
    check_expect(&d->w.err);
    check_status(file, line, text, import(d->w.db, NTS("new"), NTS(d->f.file), NTS(options), &table, NULL, &d->w.err), DICTDB_STATUS_OK,
                 &d->w.err);
    if (table == NULL) {
        return;
    }
    CHECK_OK(dictdb_table_select(table, NULL, NULL, 0, &d->w.out, NULL, &d->w.err), &d->w.err);
    check_string(file, line, text, d->w.out.data, expected);
    dictdb_table_free(table);
    CHECK_OK(dictdb_db_drop_table(d->w.db, NTS("new"), &d->w.err), &d->w.err);
}

/** What an import refuses: a text with a NUL only at its end, its options, and the detail's members. */
typedef struct {
    const char *text;
    const char *options;
    dictdb_status status;
    const char *detail[5][2];
} refusal;

/** A file is refused as told, and no table is left. */
static inline void check_refused(const char *file, int line, desk *d, importer import, const refusal *r) {
    dictdb_table *table = d->w.table;
    write_file(d->f.file, r->text, strlen(r->text));
    check_expect(&d->w.err);
    check_status(file, line, r->text, import(d->w.db, NTS("new"), NTS(d->f.file), NTS(r->options), &table, NULL, &d->w.err), r->status,
                 &d->w.err);
    check_true(file, line, table == NULL, "there is no handle");
    for (size_t i = 0; i < 5 && r->detail[i][0] != NULL; i++) {
        check_member(file, line, dictdb_error_detail(d->w.err), r->detail[i][0], r->detail[i][1]);
    }
    CHECK_OK(dictdb_db_list_tables(d->w.db, &d->w.out, &d->w.err), &d->w.err);
    check_string(file, line, r->text, d->w.out.data, "[\"t\"]");
}

/** The file is exactly this text. */
static inline void check_file(const char *file, int line, const desk *d, const char *expected) {
    size_t len = 0;
    char *text = read_file(d->f.file, &len);
    check_string(file, line, "the file", text, expected);
    check_integer(file, line, "its length", (int64_t)len, (int64_t)strlen(expected));
    free(text);
}

#define CHECK_FILE(d, expected) check_file(__FILE__, __LINE__, &(d), (expected))

#endif
