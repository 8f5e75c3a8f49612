/*
 * Tests: that no handle makes undefined behaviour: every fallible function with every handle that is wrong; that a failed call leaves its
 * outputs as documented and the database as it was; every `_free` with every wrong handle.
 * Does not test: texts, outputs and numbers that are wrong (test_misuse_text), handles freed by another thread during the call
 * (test_misuse_freed).
 */
#include "misuse.h"

enum { BAD_MAX = 200, KINDS = 12 };

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

/** Of a kind no live handle is among the bad ones. */
static bad_handles bad_for(unsigned kind, scene *s) {
    static char object[64];
    const struct {
        /** 0 stands for errors. */
        unsigned kind;
        uintptr_t live;
    } handles[KINDS] = {
        {DB, (uintptr_t)s->w.db},
        {TABLE, (uintptr_t)s->w.table},
        {PREDICATE, (uintptr_t)s->predicate},
        {QUERY, (uintptr_t)s->query},
        {UPDATE, (uintptr_t)s->update},
        {CURSOR, (uintptr_t)s->cursor},
        {BATCH, (uintptr_t)s->batch},
        {CANCEL, (uintptr_t)s->cancel},
        {WATCH, (uintptr_t)s->watch},
        {JOB, (uintptr_t)s->job},
        {BACKUP, (uintptr_t)s->backup},
        {0, (uintptr_t)s->error},
    };
    bad_handles bad = {{NULL}, 0};
    int local = 0;
    add(&bad, 0);
    add(&bad, 1);
    add(&bad, 0x1234);
    add(&bad, (uintptr_t)&local);
    add(&bad, (uintptr_t)object);
    add(&bad, (uintptr_t)&dictdb_version);
    add(&bad, UINTPTR_MAX);
    add(&bad, UINTPTR_MAX / 2);
    add(&bad, UINTPTR_MAX / 2 + 1);
    for (int i = 0; i < KINDS; i++) {
        if (handles[i].kind != kind) {
            add(&bad, handles[i].live);
        }
        for (unsigned bit = 0; bit < 8; bit++) {
            add(&bad, handles[i].live ^ (uintptr_t)1 << (sizeof(uintptr_t) * 8 - 1 - 5 * bit));
        }
    }
    add(&bad, freed_table(&s->w, false));
    add(&bad, freed_table(&s->w, true));
    scene freed = open_scene();
    close_scene(&freed);
    add(&bad, (uintptr_t)freed.w.db);
    add(&bad, (uintptr_t)freed.w.table);
#define ADD_FREED(object) add(&bad, (uintptr_t)freed.object);
    ADD_FREED(predicate)
    ADD_FREED(query)
    ADD_FREED(update)
    ADD_FREED(cursor)
    ADD_FREED(batch)
    ADD_FREED(cancel)
    ADD_FREED(watch)
    ADD_FREED(job)
    ADD_FREED(backup)
    ADD_FREED(error)
#undef ADD_FREED
    CHECK(bad.count < BAD_MAX);
    return bad;
}

static inputs with_handle(const inputs *good, unsigned kind, void *handle) {
    inputs in = *good;
#define REPLACE(its_kind, member) in.member = kind == its_kind ? handle : in.member;
    EACH_HANDLE(REPLACE)
#undef REPLACE
    return in;
}

static void a_wrong_handle_is_refused_by_every_function(void) {
    scene s = open_scene();
    for (int f = 0; f < FUNCTION_COUNT; f++) {
        for (unsigned kind = DB; kind <= CANCEL_OR_NONE; kind *= 2) {
            if ((FUNCTIONS[f].takes & kind) == 0) {
                continue;
            }
            unsigned real = kind == PREDICATE_OR_ALL ? (unsigned)PREDICATE : kind == CANCEL_OR_NONE ? (unsigned)CANCEL : kind;
            bad_handles bad = bad_for(real, &s);
            const inputs good = good_inputs(&FUNCTIONS[f], &s);
            /* The first one is NULL. */
            for (int i = real == kind ? 0 : 1; i < bad.count; i++) {
                inputs in = with_handle(&good, real, bad.handle[i]);
                check_fails(&FUNCTIONS[f], &in, 0, DICTDB_STATUS_INVALID_HANDLE, "\"parameter\"");
            }
        }
    }
    check_untouched(&s);
    close_scene(&s);
}

static void a_handle_that_may_be_null_may_be_null(void) {
    for (int f = 0; f < FUNCTION_COUNT; f++) {
        for (unsigned kind = PREDICATE_OR_ALL; kind <= CANCEL_OR_NONE; kind *= 2) {
            if ((FUNCTIONS[f].takes & kind) != 0) {
                scene s = open_scene();
                const inputs good = good_inputs(&FUNCTIONS[f], &s);
                inputs in = with_handle(&good, kind == PREDICATE_OR_ALL ? PREDICATE : CANCEL, NULL);
                check_works(&FUNCTIONS[f], &in, 0);
                close_scene(&s);
            }
        }
    }
}

static void a_wrong_operand_is_refused_wherever_it_stands(void) {
    scene s = open_scene();
    bad_handles bad = bad_for(PREDICATE, &s);
    for (int i = 0; i < bad.count; i++) {
        for (int place = 0; place < 3; place++) {
            const dictdb_predicate *operands[] = {s.predicate, s.predicate, s.predicate};
            dictdb_predicate *made = s.predicate;
            operands[place] = bad.handle[i];
            CHECK_STATUS(dictdb_predicate_and(operands, 3, &made, &s.w.err), DICTDB_STATUS_INVALID_HANDLE, &s.w.err);
            CHECK(made == NULL);
            CHECK_STATUS(dictdb_predicate_or(operands, 3, &made, &s.w.err), DICTDB_STATUS_INVALID_HANDLE, &s.w.err);
            CHECK(made == NULL);
        }
    }
    close_scene(&s);
}

static void freeing_a_wrong_handle_frees_nothing(void) {
    scene s = open_scene();
    for (unsigned kind = DB; kind <= BACKUP; kind *= 2) {
        bad_handles bad = bad_for(kind, &s);
        for (int i = 0; i < bad.count; i++) {
#define FREE_BAD(its_kind, member)                     \
    if (kind == its_kind) {                            \
        dictdb_##member##_free(bad.handle[i]);         \
    }
            EACH_HANDLE(FREE_BAD)
#undef FREE_BAD
        }
        check_unchanged(&s);
    }
    bad_handles bad = bad_for(0, &s);
    for (int i = 0; i < bad.count; i++) {
        dictdb_error_free(bad.handle[i]);
    }
    check_untouched(&s);
    CHECK_OK(dictdb_update_run(s.update, s.w.table, NULL, 0, NULL, &s.w.err), &s.w.err);
    close_scene(&s);
}

static void a_wrong_error_handle_tells_nothing(void) {
    scene s = open_scene();
    bad_handles bad = bad_for(0, &s);
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
    CHECK(dictdb_cancel_flag(s.cancel) != NULL);
    close_scene(&s);
}

static void a_handle_may_be_freed_twice(void) {
    scene s = open_scene();
    for (int i = 0; i < 3; i++) {
        free_objects(&s);
        dictdb_table_free(s.w.table);
        dictdb_db_free(s.w.db);
    }
    for (int f = 0; f < FUNCTION_COUNT; f++) {
        if (FUNCTIONS[f].takes != 0) {
            inputs in = good_inputs(&FUNCTIONS[f], &s);
            check_fails(&FUNCTIONS[f], &in, 0, DICTDB_STATUS_INVALID_HANDLE, "\"parameter\"");
        }
    }
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
    for (int f = 0; f < FUNCTION_COUNT; f++) {
        const inputs good = good_inputs(&FUNCTIONS[f], &s);
        for (int i = 0; i < KEPT; i++) {
            const inputs stale = good_inputs(&FUNCTIONS[f], &old[i]);
#define CHECK_STALE(kind, member)                                                                              \
    if ((FUNCTIONS[f].takes & kind) != 0) {                                                                    \
        inputs in = with_handle(&good, kind, stale.member);                                                    \
        check_fails(&FUNCTIONS[f], &in, 0, DICTDB_STATUS_INVALID_HANDLE, "\"parameter\"");                     \
    }
            EACH_HANDLE(CHECK_STALE)
#undef CHECK_STALE
        }
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
