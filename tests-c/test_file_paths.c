/* What stands at a path decides what may be read and replaced; who may read what is written. */
#define _GNU_SOURCE /* setgroups */
#include "check.h"
#include "file.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/xattr.h>

/* Every function that reads a file, and every function that writes one. */
static dictdb_status read_with(int function, world *w, const char *path, size_t len) {
    dictdb_db *db = NULL;
    switch (function) {
    case 0: return dictdb_db_load(path, len, &db, NULL, &w->err);
    case 1: return dictdb_db_import_csv(w->db, NTS("new"), path, len, NULL, 0, NULL, NULL, &w->err);
    case 2: return dictdb_db_import_jsonl(w->db, NTS("new"), path, len, NULL, 0, NULL, NULL, &w->err);
    default: return DICTDB_STATUS_UNSUPPORTED;
    }
}
enum { READERS = 3 };

static dictdb_status write_with(int function, world *w, const char *path, size_t len) {
    switch (function) {
    case 0: return dictdb_db_save(w->db, path, len, NULL, 0, NULL, &w->err);
    case 1: return dictdb_db_save(w->db, path, len, NTS("{\"format\":\"dictdb\"}"), NULL, &w->err);
    case 2: return dictdb_table_export_csv(w->table, path, len, NULL, 0, NULL, 0, NULL, 0, NULL, &w->err);
    case 3: return dictdb_table_export_jsonl(w->table, path, len, NULL, 0, NULL, 0, NULL, &w->err);
    default: return DICTDB_STATUS_UNSUPPORTED;
    }
}
enum { WRITERS = 4 };

static dictdb_status in_directory(int function, world *w, const char *path, size_t len) {
    dictdb_backup *backup = NULL;
    dictdb_db *db = NULL;
    dictdb_buffer facts = DICTDB_BUFFER_INIT;
    switch (function) {
    case 0: return dictdb_backup_new(w->db, path, len, NULL, 0, NULL, NULL, NULL, &backup, &w->err);
    case 1: return dictdb_backup_restore(path, len, NULL, 0, &db, NULL, NULL, &w->err);
    case 2: return dictdb_backup_verify(path, len, &facts, NULL, &w->err);
    default: return DICTDB_STATUS_UNSUPPORTED;
    }
}
enum { DIRECTORY_FUNCTIONS = 3 };

static void a_path_has_no_nul_is_not_empty_and_is_utf8(void) {
    static const struct {
        const char *path;
        size_t len;
        dictdb_status status;
    } PATHS[] = {
        {"", 0, DICTDB_STATUS_INVALID_ARGUMENT},
        {"data\0.json", 10, DICTDB_STATUS_INVALID_ARGUMENT},
        {"\0", 1, DICTDB_STATUS_INVALID_ARGUMENT},
        {"\xff", 1, DICTDB_STATUS_INVALID_UTF8},
        {NULL, 0, DICTDB_STATUS_INVALID_ARGUMENT},
    };
    world w = world_open(NULL);
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        for (int function = 0; function < READERS; function++)
            CHECK_STATUS(read_with(function, &w, PATHS[i].path, PATHS[i].len), PATHS[i].status, &w.err);
        for (int function = 0; function < WRITERS; function++)
            CHECK_STATUS(write_with(function, &w, PATHS[i].path, PATHS[i].len), PATHS[i].status, &w.err);
        for (int function = 0; function < DIRECTORY_FUNCTIONS; function++)
            CHECK_STATUS(in_directory(function, &w, PATHS[i].path, PATHS[i].len), PATHS[i].status, &w.err);
    }
    world_close(&w);
}

/* Neither is waited for, read nor replaced; by its own name or by a link. */
static void a_pipe_and_a_device_are_refused_at_once(void) {
    folder f = folder_open();
    world w = world_open(NULL);
    struct stat about;
    char pipe[256], to_pipe[256], to_device[256];
    snprintf(pipe, sizeof pipe, "%s/pipe", f.path);
    snprintf(to_pipe, sizeof to_pipe, "%s/to-pipe", f.path);
    snprintf(to_device, sizeof to_device, "%s/to-device", f.path);
    CHECK_INT(mkfifo(pipe, 0600), 0);
    CHECK_INT(symlink("pipe", to_pipe), 0);
    CHECK_INT(symlink("/dev/zero", to_device), 0);
    const char *const PLACES[] = {pipe, to_pipe, to_device, f.path};
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
        /* Rows may be imported from a pipe (test_import). */
        for (int function = 0; function < (i == 3 ? READERS : 1); function++) {
            CHECK_STATUS(read_with(function, &w, NTS(PLACES[i])), DICTDB_STATUS_IO, &w.err);
            CHECK_MEMBER(dictdb_error_detail(w.err), "errno", i == 3 ? "21" : "22");
            CHECK_CONTAINS(dictdb_error_message(w.err), i == 3 ? "it is a directory" : "it is not a regular file");
        }
        /* No writer gets the machine's own device: a library that errs would take it from all. */
        for (int function = 0; function < WRITERS && i != 2; function++) {
            CHECK_STATUS(write_with(function, &w, NTS(PLACES[i])), DICTDB_STATUS_IO, &w.err);
            CHECK_MEMBER(dictdb_error_detail(w.err), "operation", "\"replace\"");
        }
    }
    CHECK_INT(lstat(pipe, &about), 0);
    CHECK(S_ISFIFO(about.st_mode));
    CHECK_INT(folder_each(&f, NULL), 3);
    world_close(&w);
    folder_close(&f);
}

/* A link is followed to a file that is there; one that leads nowhere, or to itself, is an error, and stays. */
static void a_link_that_leads_nowhere_is_an_error(void) {
    folder f = folder_open();
    world w = world_open(NULL);
    char nowhere[256], loop[256];
    snprintf(nowhere, sizeof nowhere, "%s/nowhere", f.path);
    snprintf(loop, sizeof loop, "%s/loop", f.path);
    CHECK_INT(symlink("missing", nowhere), 0);
    CHECK_INT(symlink("loop", loop), 0);
    for (int function = 0; function < WRITERS; function++) {
        CHECK_STATUS(write_with(function, &w, NTS(nowhere)), DICTDB_STATUS_IO, &w.err);
        CHECK_MEMBER(dictdb_error_detail(w.err), "errno", "2");
        CHECK_STATUS(write_with(function, &w, NTS(loop)), DICTDB_STATUS_IO, &w.err);
        CHECK_MEMBER(dictdb_error_detail(w.err), "errno", "40");
    }
    for (int function = 0; function < READERS; function++)
        CHECK_STATUS(read_with(function, &w, NTS(nowhere)), DICTDB_STATUS_IO, &w.err);
    CHECK_INT(folder_each(&f, NULL), 2);
    world_close(&w);
    folder_close(&f);
}

static mode_t mode_of(const char *path) {
    struct stat about;
    CHECK_INT(stat(path, &about), 0);
    return about.st_mode & 07777;
}

static void a_new_file_is_for_its_owner_alone_whatever_the_umask(void) {
    folder f = folder_open();
    world w = world_open(NULL);
    mode_t before = umask(0);
    for (int function = 0; function < WRITERS; function++) {
        CHECK_OK(write_with(function, &w, NTS(f.file)), &w.err);
        CHECK_INT(mode_of(f.file), 0600);
        CHECK_INT(unlink(f.file), 0);
    }
    char directory[256];
    dictdb_backup *backup = NULL;
    snprintf(directory, sizeof directory, "%s/backups", f.path);
    CHECK_OK(dictdb_backup_new(w.db, NTS(directory), NULL, 0, NULL, NULL, NULL, &backup, &w.err), &w.err);
    CHECK_INT(mode_of(directory), 0700);
    umask(before);
    dictdb_backup_free(backup);
    CHECK_INT(rmdir(directory), 0);
    world_close(&w);
    folder_close(&f);
}

static void a_file_keeps_permissions_but_no_special_bits(void) {
    folder f = folder_open();
    world w = world_open(NULL);
    for (int function = 0; function < WRITERS; function++) {
        write_file(f.file, "old", 3);
        CHECK_INT(chmod(f.file, 06755), 0);
        CHECK_OK(write_with(function, &w, NTS(f.file)), &w.err);
        CHECK_INT(mode_of(f.file), 0755);
    }
    world_close(&w);
    folder_close(&f);
}

/* Which only the superuser can try: files of others. */
static void nobody_reads_the_new_file_who_could_not_read_the_old_one(void) {
    enum { OWNER = 12345, GROUP = 54321, OTHER = 1 };
    if (geteuid() != 0) {
        printf("not the superuser: owners and groups were not tried\n");
        return;
    }
    folder f = folder_open();
    world w = world_open(NULL);
    struct stat about;
    write_file(f.file, "old", 3);
    CHECK_INT(chown(f.file, OWNER, GROUP), 0);
    CHECK_INT(chmod(f.file, 0640), 0);
    CHECK_OK(write_with(0, &w, NTS(f.file)), &w.err);
    CHECK_INT(stat(f.file, &about), 0);
    CHECK_INT(about.st_uid, OWNER);
    CHECK_INT(about.st_gid, GROUP);
    CHECK_INT(about.st_mode & 07777, 0640);

    /* As the owner, who is not in the group and so cannot keep it. */
    CHECK_INT(chmod(f.path, 0777), 0);
    CHECK_INT(setgroups(0, NULL), 0);
    CHECK_INT(setegid(OTHER), 0);
    CHECK_INT(seteuid(OWNER), 0);
    CHECK_OK(write_with(0, &w, NTS(f.file)), &w.err);
    CHECK_INT(seteuid(0), 0);
    CHECK_INT(setegid(0), 0);
    CHECK_INT(stat(f.file, &about), 0);
    CHECK_INT(about.st_gid, OTHER);
    CHECK_INT(about.st_mode & 07777, 0600);
    world_close(&w);
    folder_close(&f);
}

/* A list that lets one user read: the permissions of a group are the mask then, and no group had them. */
static void what_an_access_list_gave_is_given_to_no_group(void) {
    static const unsigned char LIST[] = {
        2, 0, 0, 0,                                /* version */
        1, 0, 6, 0, 255, 255, 255, 255,            /* owner: read and write */
        2, 0, 4, 0, 0x39, 0x30, 0, 0,              /* user 12345: read */
        4, 0, 0, 0, 255, 255, 255, 255,            /* group: nothing */
        16, 0, 6, 0, 255, 255, 255, 255,           /* mask: read and write */
        32, 0, 0, 0, 255, 255, 255, 255,           /* others: nothing */
    };
    folder f = folder_open();
    world w = world_open(NULL);
    write_file(f.file, "old", 3);
    if (setxattr(f.file, "system.posix_acl_access", LIST, sizeof LIST, 0) == 0) {
        CHECK_INT(mode_of(f.file), 0660);
        CHECK_OK(write_with(0, &w, NTS(f.file)), &w.err);
        CHECK_INT(mode_of(f.file), 0600);
    } else {
        printf("no access lists in %s: not tried\n", f.path);
    }
    world_close(&w);
    folder_close(&f);
}

static void a_name_may_be_as_long_as_the_system_lets_it(void) {
    folder f = folder_open();
    world w = world_open(NULL);
    char longest[512], longer[512];
    snprintf(longest, sizeof longest, "%s/%0255d", f.path, 1);
    snprintf(longer, sizeof longer, "%s/%0256d", f.path, 1);
    for (int function = 0; function < WRITERS; function++) {
        CHECK_OK(write_with(function, &w, NTS(longest)), &w.err);
        CHECK_STATUS(write_with(function, &w, NTS(longer)), DICTDB_STATUS_IO, &w.err);
        CHECK_MEMBER(dictdb_error_detail(w.err), "errno", "36");
    }
    CHECK_INT(folder_each(&f, NULL), 1);
    world_close(&w);
    folder_close(&f);
}

/* A directory that vanishes: an error; and as soon as it is there again, backups go on. */
static void a_directory_that_vanishes_is_an_error_and_no_more(void) {
    folder f = folder_open();
    world w = world_open(NULL);
    dictdb_backup *backup = NULL;
    char directory[256], away[256];
    snprintf(directory, sizeof directory, "%s/backups", f.path);
    snprintf(away, sizeof away, "%s/away", f.path);
    CHECK_OK(dictdb_backup_new(w.db, NTS(directory), NULL, 0, NULL, NULL, NULL, &backup, &w.err), &w.err);
    INSERT(w, "[{\"v\":1}]");
    CHECK_OK(dictdb_backup_now(backup, NULL, NULL, &w.err), &w.err);
    CHECK_INT(rename(directory, away), 0);
    INSERT(w, "[{\"v\":2}]");
    for (int i = 0; i < 2; i++) {
        CHECK_STATUS(dictdb_backup_now(backup, NULL, NULL, &w.err), DICTDB_STATUS_IO, &w.err);
        CHECK_MEMBER(dictdb_error_detail(w.err), "errno", "2");
    }
    CHECK_STATUS(dictdb_backup_restore(NTS(directory), NULL, 0, NULL, NULL, NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_INT(rename(away, directory), 0);
    CHECK_OK(dictdb_backup_now(backup, NULL, NULL, &w.err), &w.err);
    dictdb_db *db = NULL;
    dictdb_table *table = NULL;
    uint64_t count = 0;
    CHECK_OK(dictdb_backup_restore(NTS(directory), NULL, 0, &db, NULL, NULL, &w.err), &w.err);
    CHECK_OK(dictdb_db_get_table(db, NTS("t"), &table, &w.err), &w.err);
    CHECK_OK(dictdb_table_count(table, NULL, &count, &w.err), &w.err);
    CHECK_INT((int64_t)count, 2);
    dictdb_table_free(table);
    dictdb_db_free(db);
    dictdb_backup_free(backup);
    CHECK_INT(rename(directory, f.file), 0);
    CHECK_INT(folder_each(&f, NULL), 1);
    folder inner = {{0}, {0}};
    memcpy(inner.path, f.file, sizeof inner.path);
    CHECK_INT(folder_each(&inner, folder_remove), 2);
    world_close(&w);
    folder_close(&f);
}

int main(void) {
    RUN(a_path_has_no_nul_is_not_empty_and_is_utf8);
    RUN(a_pipe_and_a_device_are_refused_at_once);
    RUN(a_link_that_leads_nowhere_is_an_error);
    RUN(a_new_file_is_for_its_owner_alone_whatever_the_umask);
    RUN(a_file_keeps_permissions_but_no_special_bits);
    RUN(nobody_reads_the_new_file_who_could_not_read_the_old_one);
    RUN(what_an_access_list_gave_is_given_to_no_group);
    RUN(a_name_may_be_as_long_as_the_system_lets_it);
    RUN(a_directory_that_vanishes_is_an_error_and_no_more);
    return check_finish();
}
