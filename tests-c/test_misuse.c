/*
 * Tests: that no handle makes undefined behaviour: every function with every handle that is wrong; that a failed call leaves its outputs as
 * documented and the database as it was; every `_free` with every wrong handle.
 * Does not test: texts, outputs and numbers that are wrong (test_misuse_text), handles freed by another thread during the call
 * (test_misuse_freed), several wrong arguments at once (test_misuse_random).
 */
#include "misuse.h"

enum { BAD_MAX = 200 };

/** Handles that are wrong for every function; with those of other kinds, for the parameter that is left out. */
typedef struct {
    void *handle[BAD_MAX];
    int count;
} bad_handles;

static void add(bad_handles *bad, uintptr_t handle) {
    if (bad->count < BAD_MAX) {
        bad->handle[bad->count++] = (void *)handle;
    }
}

static uintptr_t freed_table(world *w, bool reused) {
    dictdb_table *table = NULL;
    dictdb_db_get_table(w->db, NTS("t"), &table, NULL);
    dictdb_table_free(table);
    if (reused) {
        dictdb_predicate_free(everything());
        dictdb_table *next = NULL;
        dictdb_db_get_table(w->db, NTS("t"), &next, NULL);
        dictdb_table_free(next);
    }
    return (uintptr_t)table;
}

/** Of a kind no live handle is among the bad ones. The first of them is NULL. */
static bad_handles bad_for(int kind, scene *s) {
    static char object[64];
    bad_handles bad = {{NULL}, 0};
    int local = 0;
    add(&bad, 0);
    add(&bad, 1);
    add(&bad, 0x1234);
    add(&bad, (uintptr_t)&local);
    add(&bad, (uintptr_t)object);
    add(&bad, (uintptr_t)object + 1);
    add(&bad, (uintptr_t)&dictdb_version);
    add(&bad, UINTPTR_MAX);
    add(&bad, UINTPTR_MAX / 2);
    add(&bad, UINTPTR_MAX / 2 + 1);
    for (int i = 0; i < HANDLE_KINDS; i++) {
        const uintptr_t live = (uintptr_t)s->handle[i];
        if (i != kind) {
            add(&bad, live);
        }
        for (unsigned bit = 0; bit < 8; bit++) {
            add(&bad, live ^ (uintptr_t)1 << (sizeof(uintptr_t) * 8 - 1 - 5 * bit));
        }
    }
    add(&bad, freed_table(&s->w, false));
    add(&bad, freed_table(&s->w, true));
    scene freed = open_scene();
    close_scene(&freed);
    for (int i = 0; i < HANDLE_KINDS; i++) {
        add(&bad, (uintptr_t)freed.handle[i]);
    }
    CHECK(bad.count < BAD_MAX);
    return bad;
}

static bool offers_job(const export_function *f) {
    return place_of(f, GIVES_HANDLE, JOB) >= 0;
}

static void a_wrong_handle_is_refused_by_every_function(void) {
    scene s = open_scene();
    bad_handles bad[HANDLE_KINDS];
    for (int kind = 0; kind < HANDLE_KINDS; kind++) {
        bad[kind] = bad_for(kind, &s);
    }
    long calls = 0;
    for (int at = 0; at < EXPORT_COUNT; at++) {
        const export_function *f = &EXPORTS[at];
        for (int i = 0; can_fail(f) && i < f->count; i++) {
            if (f->parameters[i].kind != TAKES_HANDLE) {
                continue;
            }
            const bad_handles *of_kind = &bad[f->parameters[i].of];
            for (int b = may_be_null(f, i) ? 1 : 0; b < of_kind->count; b++) {
                for (int as_job = 0; as_job < (offers_job(f) ? 2 : 1); as_job++) {
                    arguments in;
                    good_arguments(&in, f, &s, as_job == 1);
                    in.a[i].pointer = of_kind->handle[b];
                    check_fails(f, &in, DICTDB_STATUS_INVALID_HANDLE, i);
                    calls++;
                }
            }
        }
    }
    printf("      %ld calls with a wrong handle\n", calls);
    check_figure("misuse.calls", calls);
    CHECK(calls > 10000);
    check_untouched(&s);
    close_scene(&s);
}

static void a_handle_that_may_be_null_may_be_null(void) {
    int seen = 0;
    for (int at = 0; at < EXPORT_COUNT; at++) {
        const export_function *f = &EXPORTS[at];
        for (int i = 0; i < f->count; i++) {
            if (f->parameters[i].kind == TAKES_HANDLE && may_be_null(f, i)) {
                scene s = open_scene();
                arguments in;
                good_arguments(&in, f, &s, false);
                in.a[i].pointer = NULL;
                check_works(f, &in);
                close_scene(&s);
                seen++;
            }
        }
    }
    CHECK_INT(seen, 6);
}

static void a_wrong_operand_is_refused_wherever_it_stands(void) {
    scene s = open_scene();
    bad_handles bad = bad_for(PREDICATE, &s);
    for (int at = 0; at < EXPORT_COUNT; at++) {
        const export_function *f = &EXPORTS[at];
        for (int i = 0; i < f->count; i++) {
            if (f->parameters[i].kind != TAKES_HANDLES) {
                continue;
            }
            CHECK_INT(f->parameters[i].of, PREDICATE);
            for (int b = 0; b < bad.count; b++) {
                for (int where_it_stands = 0; where_it_stands < 3; where_it_stands++) {
                    const void *operands[] = {s.handle[PREDICATE], s.handle[PREDICATE], s.handle[PREDICATE]};
                    arguments in;
                    good_arguments(&in, f, &s, false);
                    operands[where_it_stands] = bad.handle[b];
                    in.a[i].pointer = operands;
                    in.a[i + 1].number = 3;
                    check_fails(f, &in, DICTDB_STATUS_INVALID_HANDLE, i);
                }
            }
        }
    }
    check_untouched(&s);
    close_scene(&s);
}

static void freeing_a_wrong_handle_frees_nothing(void) {
    scene s = open_scene();
    for (int at = 0; at < EXPORT_COUNT; at++) {
        const export_function *f = &EXPORTS[at];
        if (f->returns != RETURNS_NOTHING || f->parameters[0].kind != TAKES_HANDLE) {
            continue;
        }
        bad_handles bad = bad_for(f->parameters[0].of, &s);
        for (int i = 0; i < bad.count; i++) {
            f->call(&(argument){.pointer = bad.handle[i]});
        }
        check_unchanged(&s);
    }
    check_untouched(&s);
    CHECK_OK(dictdb_update_run(s.handle[UPDATE], s.w.table, NULL, 0, NULL, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_job_result(s.handle[JOB], &s.w.out, &s.w.err), &s.w.err);
    close_scene(&s);
}

static void a_wrong_error_handle_tells_nothing(void) {
    scene s = open_scene();
    bad_handles bad = bad_for(ERROR, &s);
    for (int i = 1; i < bad.count; i++) {
        CHECK_INT(dictdb_error_status(bad.handle[i]), DICTDB_STATUS_INVALID_HANDLE);
        CHECK_STRING(dictdb_error_message(bad.handle[i]), "");
        CHECK_STRING(dictdb_error_detail(bad.handle[i]), "{}");
    }
    close_scene(&s);
}

static void a_wrong_token_has_no_flag(void) {
    scene s = open_scene();
    bad_handles bad = bad_for(CANCEL, &s);
    for (int i = 0; i < bad.count; i++) {
        CHECK(dictdb_cancel_flag(bad.handle[i]) == NULL);
    }
    CHECK(dictdb_cancel_flag(s.handle[CANCEL]) != NULL);
    close_scene(&s);
}

/** Calls all functions with the handles of a scene that was freed, in place of those of `s` that are of the same kinds, one at a time. */
static void check_stale(const scene *s, const scene *stale) {
    for (int at = 0; at < EXPORT_COUNT; at++) {
        const export_function *f = &EXPORTS[at];
        for (int i = 0; can_fail(f) && i < f->count; i++) {
            if (f->parameters[i].kind == TAKES_HANDLE) {
                arguments in;
                good_arguments(&in, f, s, false);
                in.a[i].pointer = stale->handle[f->parameters[i].of];
                check_fails(f, &in, DICTDB_STATUS_INVALID_HANDLE, i);
            }
        }
    }
}

static void a_handle_may_be_freed_twice(void) {
    scene s = open_scene();
    scene freed = open_scene();
    for (int i = 0; i < 3; i++) {
        for (int kind = 0; kind < HANDLE_KINDS; kind++) {
            free_handle(kind, freed.handle[kind]);
        }
    }
    check_stale(&s, &freed);
    close_scene(&freed);
    check_untouched(&s);
    close_scene(&s);
}

static void a_freed_handle_stays_wrong_while_its_memory_is_used_again(void) {
    enum { KEPT = 200 };
    scene s = open_scene();
    dictdb_table *old[KEPT];
    for (int i = 0; i < KEPT; i++) {
        CHECK_OK(dictdb_db_get_table(s.w.db, NTS("t"), &old[i], &s.w.err), &s.w.err);
        dictdb_table_free(old[i]);
    }
    for (int i = 0; i < KEPT; i++) {
        for (int j = i + 1; j < KEPT; j++) {
            CHECK(old[i] != old[j]);
        }
        CHECK_STATUS(dictdb_table_get_int(old[i], 1, &s.w.out, &s.w.err), DICTDB_STATUS_INVALID_HANDLE, &s.w.err);
        dictdb_table_free(old[i]);
    }
    check_unchanged(&s);
    close_scene(&s);
}

/** Handles of all kinds, made and freed one after the other, use the same memory: none of the old ones is taken for a new one. */
static void a_freed_handle_stays_wrong_while_its_memory_is_that_of_another_kind(void) {
    enum { KEPT = 20 };
    scene s = open_scene();
    scene old[KEPT];
    for (int i = 0; i < KEPT; i++) {
        old[i] = open_scene();
        close_scene(&old[i]);
    }
    for (int i = 0; i < KEPT; i++) {
        check_stale(&s, &old[i]);
    }
    check_untouched(&s);
    close_scene(&s);
}

int main(void) {
    RUN(a_wrong_handle_is_refused_by_every_function);
    RUN(a_handle_that_may_be_null_may_be_null);
    RUN(a_wrong_operand_is_refused_wherever_it_stands);
    RUN(freeing_a_wrong_handle_frees_nothing);
    RUN(a_wrong_error_handle_tells_nothing);
    RUN(a_wrong_token_has_no_flag);
    RUN(a_handle_may_be_freed_twice);
    RUN(a_freed_handle_stays_wrong_while_its_memory_is_used_again);
    RUN(a_freed_handle_stays_wrong_while_its_memory_is_that_of_another_kind);
    return check_finish();
}
