#include "backups.h"

#include "json.h"
#include "report.h"
#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

backups begin_backups(const database *db) {
    /* A full backup first, then what has changed since the file before; after eight of those a full one again. */
    static const char options[] = JSON({"incremental": true, "max_deltas": 8, "interval_ms": 20});
    backups b = {.directory = "/tmp/departure_board-XXXXXX"};
    dictdb_error *error = NULL;
    if (mkdtemp(b.directory) == NULL)
        fail("%s: cannot be made", b.directory);
    must("prepare backups",
         dictdb_backup_new(db->db, b.directory, DICTDB_NTS, options, DICTDB_NTS, NULL, NULL, NULL, &b.backup, &error), &error);
    must("begin backups", dictdb_backup_start(b.backup, &error), &error);
    return b;
}

static void remove_directory(const char *path) {
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        text file = {0};
        text_add_format(&file, "%s/%s", path, entry->d_name);
        if (strncmp(entry->d_name, "dictdb_", strlen("dictdb_")) == 0)
            remove(file.data);
        text_free(&file);
    }
    if (directory != NULL)
        closedir(directory);
    rmdir(path);
}

/* All records of all tables, in their order, as one text. */
static dictdb_buffer all_of(dictdb_db *db) {
    dictdb_buffer all = DICTDB_BUFFER_INIT;
    dictdb_error *error = NULL;
    must("copy a database", dictdb_db_copy(db, &all, &error), &error);
    return all;
}

static long count_of(const dictdb_buffer *object, const char *name) {
    long count = 0;
    json_rows row = json_read_object(object->data);
    if (!json_integer(&row, name, &count))
        fail("there is no %s in %s", name, object->data);
    return count;
}

void end_backups(backups *b, const database *db) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_db *restored = NULL;
    dictdb_error *error = NULL;
    must("end backups", dictdb_backup_stop(b->backup, &error), &error);
    must("make the last backup", dictdb_backup_now(b->backup, NULL, NULL, &error), &error);
    must("count backups", dictdb_backup_statistics(b->backup, &out, &error), &error);
    long fulls = count_of(&out, "full"), deltas = count_of(&out, "delta"), bytes = count_of(&out, "bytes");

    uint64_t started = now_ns();
    must("restore", dictdb_backup_restore(b->directory, DICTDB_NTS, NULL, 0, &restored, NULL, NULL, &error), &error);
    double milliseconds = (double)(now_ns() - started) / 1e6;
    dictdb_buffer there = all_of(db->db), back = all_of(restored);
    if (there.len != back.len || memcmp(there.data, back.data, there.len) != 0)
        fail("what was restored from %s is not what there is", b->directory);

    heading("Backups");
    printf("  while eight rounds were replayed: %ld full ones and %ld of what had changed, %.1f MB\n", fulls, deltas, (double)bytes / 1e6);
    printf("  the newest state, restored in %.0f milliseconds, is what there is: %zu bytes of records, byte by byte\n", milliseconds, back.len);
    dictdb_buffer_free(&out);
    dictdb_buffer_free(&there);
    dictdb_buffer_free(&back);
    dictdb_db_free(restored);
    dictdb_backup_free(b->backup);
    remove_directory(b->directory);
}
