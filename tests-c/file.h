/*
 * file.h: a directory of a test's own, and what lies in it. Include it after check.h.
 */
#ifndef FILE_H
#define FILE_H

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

/** Where the files of a test are; removed with all that is in it by `folder_close`. */
typedef struct {
    char path[128];
    char file[160];
} folder;

static inline folder folder_open(void) {
    folder f;
    const char *base = getenv("TMPDIR");
    if (base == NULL) {
        /* In memory if that can be had: thousands of files are written, most of them to be read once. */
        base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    }
    snprintf(f.path, sizeof f.path, "%s/dictdb-test-XXXXXX", base);
    CHECK(mkdtemp(f.path) != NULL);
    snprintf(f.file, sizeof f.file, "%s/data.json", f.path);
    return f;
}

/** The names in a directory, without `.` and `..`; calls `visit` with each. */
static inline int folder_each(const folder *f, void (*visit)(const char *path)) {
    DIR *directory = opendir(f->path);
    int count = 0;
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        count++;
        if (visit != NULL) {
            char path[512];
            snprintf(path, sizeof path, "%s/%s", f->path, entry->d_name);
            visit(path);
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
    return count;
}

static inline void folder_remove(const char *path) {
    CHECK_INT(remove(path), 0);
}

static inline void folder_close(const folder *f) {
    folder_each(f, folder_remove);
    CHECK_INT(rmdir(f->path), 0);
}

/** All bytes of a file, and a NUL behind them; to be freed. */
static inline char *read_file(const char *path, size_t *len) {
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    if (file == NULL) {
        *len = 0;
        return (char *)calloc(1, 1);
    }
    CHECK_INT(fseek(file, 0, SEEK_END), 0);
    *len = (size_t)ftell(file);
    CHECK_INT(fseek(file, 0, SEEK_SET), 0);
    char *bytes = check_memory(*len + 1);
    CHECK_INT(fread(bytes, 1, *len, file), *len);
    bytes[*len] = '\0';
    fclose(file);
    return bytes;
}

static inline void write_file(const char *path, const char *bytes, size_t len) {
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL);
    if (file != NULL) {
        CHECK_INT(fwrite(bytes, 1, len, file), len);
        CHECK_INT(fclose(file), 0);
    }
}

/** The sum of a field over the tables `east` and `west`. */
static inline int64_t sum_of_both(dictdb_db *db, const char *field) {
    int64_t sum = 0;
    char spec[64];
    snprintf(spec, sizeof spec, "{\"aggregates\":{\"sum\":\"sum(%s)\"}}", field);
    for (int i = 0; i < 2; i++) {
        dictdb_table *table = NULL;
        dictdb_buffer out = DICTDB_BUFFER_INIT;
        CHECK_INT(dictdb_db_get_table(db, NTS(i == 0 ? "east" : "west"), &table, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_query(table, NTS(spec), NULL, 0, &out, NULL, NULL), DICTDB_STATUS_OK);
        sum += out.data == NULL ? 0 : json_integer(out.data + 1, "sum");
        dictdb_buffer_free(&out);
        dictdb_table_free(table);
    }
    return sum;
}

static const char *const FORMATS[] = {"{\"format\":\"json\"}", "{\"format\":\"dictdb\"}"};
enum { FORMAT_JSON, FORMAT_BINARY, FORMAT_COUNT };

#endif
