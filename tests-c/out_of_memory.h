/*
 * out_of_memory.h: cases that run in a child with a limit on its address space. The children are forked before this process uses the
 * library. Include it in place of check.h.
 */
#ifndef OUT_OF_MEMORY_H
#define OUT_OF_MEMORY_H

#include "check.h"
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MEBI = 1024 * 1024, HEADROOM = 12 * MEBI, LARGE = 64 * MEBI };

/** From now on no more than `HEADROOM` bytes of address space can be had. */
static inline void limit_memory(void) {
    unsigned long pages = 0;
    struct rlimit limit;
#ifdef __GLIBC__
    /* So that large pieces go back to the system when they are freed, and are not had again under the limit. */
    CHECK_INT(mallopt(M_MMAP_THRESHOLD, 128 * 1024), 1);
    malloc_trim(0);
#endif
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file != NULL && fscanf(file, "%lu", &pages) == 1);
    if (file != NULL) {
        fclose(file);
    }
    CHECK_INT(getrlimit(RLIMIT_AS, &limit), 0);
    limit.rlim_cur = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + HEADROOM;
    CHECK_INT(setrlimit(RLIMIT_AS, &limit), 0);
}

static inline void lift_limit(void) {
    struct rlimit limit;
    CHECK_INT(getrlimit(RLIMIT_AS, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    CHECK_INT(setrlimit(RLIMIT_AS, &limit), 0);
}

/** `before`, `len` times `x`, `after`. */
static inline char *text_of(const char *before, size_t len, const char *after) {
    char *text = check_memory(strlen(before) + len + strlen(after) + 1);
    memcpy(text, before, strlen(before));
    memset(text + strlen(before), 'x', len);
    memcpy(text + strlen(before) + len, after, strlen(after) + 1);
    return text;
}

static inline world two_records(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":1},{\"a\":2}]");
    return w;
}

static inline void check_unchanged_and_usable(world *w) {
    lift_limit();
    CHECK_RECORDS(*w, "[{\"a\":1,\"id\":1},{\"a\":2,\"id\":2}]");
    CHECK_OK(dictdb_table_insert(w->table, NTS("{}"), &w->out, &w->err), &w->err);
    CHECK_TEXT(w->out, "3");
}

/* Under the limit a call fails with OUT_OF_MEMORY; the error object tells how much was asked for. */
#define CHECK_NO_MEMORY(call, error)                                            \
    do {                                                                        \
        CHECK_STATUS(call, DICTDB_STATUS_OUT_OF_MEMORY, error);                 \
        CHECK(json_integer(dictdb_error_detail(*(error)), "bytes") > 0);        \
    } while (0)

/** 64 records of 1 MiB each. */
static inline world a_full_table(void) {
    world w = world_open(NULL);
    char *record = text_of("{\"s\":\"", MEBI, "\"}");
    for (int i = 0; i < 64; i++) {
        CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
    }
    free(record);
    return w;
}

static inline void run_in_child(const char *name, void (*body)(void)) {
    int status = -1;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
#ifdef __GLIBC__
        /* Address space that malloc has set aside for a thread is kept when that has ended, and would be had again under the limit. */
        CHECK_INT(mallopt(M_ARENA_MAX, 1), 1);
#endif
        body();
        _exit(atomic_load(&check_failures) == 0 ? 0 : 1);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    if (WIFSIGNALED(status)) {
        fprintf(stderr, "%s: the process was killed by signal %d\n", name, WTERMSIG(status));
    }
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/** The test of a case. */
#define CASE(body)                               \
    static void body##_may_run_out(void) {       \
        run_in_child(#body, body);               \
    }

#endif
