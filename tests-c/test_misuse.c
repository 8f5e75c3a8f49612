/*
 * Tests: that no argument makes undefined behaviour: every fallible function with every handle, text, output and number that is wrong;
 * that a failed call leaves its outputs as documented and the database as it was; every `_free` with every wrong handle.
 * Does not test: handles freed by another thread during the call (test_misuse_freed), JSON that is wrong (test_values).
 * A new function belongs into FUNCTIONS.
 */
#include "check.h"

/** What a function is called with. */
typedef struct {
    dictdb_db *db;
    dictdb_table *table;
    dictdb_predicate *predicate;
    dictdb_query *query;
    dictdb_update *update;
    const char *text[3];
    size_t len[3];
} inputs;

/** Where its results go; the outputs in `without` are passed as NULL. */
typedef struct {
    dictdb_db *db;
    dictdb_table *table;
    dictdb_predicate *predicate;
    dictdb_query *query;
    dictdb_update *update;
    dictdb_buffer buffer;
    uint64_t count;
    int32_t outcome;
    unsigned without;
} outputs;

enum { DB = 1, TABLE = 2, PREDICATE = 4, QUERY = 8, UPDATE = 16, PREDICATE_OR_ALL = 32, BUFFER = 64, COUNT = 128, OUTCOME = 256 };

#define OUT(bit, member) ((o->without & (unsigned)(bit)) != 0 ? NULL : &o->member)
#define TEXT(i) in->text[i], in->len[i]

typedef struct function {
    const char *name;
    dictdb_status (*call)(const struct function *self, const inputs *in, outputs *o, dictdb_error **error);
    /** Handles that it takes. */
    unsigned takes;
    /** Outputs that must be there, and that may be. */
    unsigned required;
    unsigned optional;
    /** Its texts: parameter (with `?` before it: may be NULL) and a good value. */
    const char *parameter[3];
    const char *good[3];
    predicate_maker maker;
} function;

#define CALL(name) static dictdb_status name(const function *self, const inputs *in, outputs *o, dictdb_error **error)
#define UNUSED (void)self, (void)in, (void)o

CALL(db_new) { UNUSED; return dictdb_db_new(TEXT(0), OUT(DB, db), error); }
CALL(create_table) { UNUSED; return dictdb_db_create_table(in->db, TEXT(0), TEXT(1), OUT(TABLE, table), error); }
CALL(get_table) { UNUSED; return dictdb_db_get_table(in->db, TEXT(0), OUT(TABLE, table), error); }
CALL(drop_table) { UNUSED; return dictdb_db_drop_table(in->db, TEXT(0), error); }
CALL(list_tables) { UNUSED; return dictdb_db_list_tables(in->db, OUT(BUFFER, buffer), error); }
CALL(insert) { UNUSED; return dictdb_table_insert(in->table, TEXT(0), OUT(BUFFER, buffer), error); }
CALL(insert_many) { UNUSED; return dictdb_table_insert_many(in->table, TEXT(0), OUT(BUFFER, buffer), error); }
CALL(upsert) {
    UNUSED;
    return dictdb_table_upsert(in->table, TEXT(0), DICTDB_CONFLICT_UPDATE, OUT(OUTCOME, outcome), OUT(BUFFER, buffer), error);
}
CALL(get) { UNUSED; return dictdb_table_get(in->table, TEXT(0), OUT(BUFFER, buffer), error); }
CALL(get_int) { UNUSED; return dictdb_table_get_int(in->table, 1, OUT(BUFFER, buffer), error); }
CALL(get_many) { UNUSED; return dictdb_table_get_many(in->table, TEXT(0), OUT(BUFFER, buffer), error); }
CALL(select_rows) {
    UNUSED;
    return dictdb_table_select(in->table, in->predicate, TEXT(0), OUT(BUFFER, buffer), OUT(COUNT, count), error);
}
CALL(count_rows) { UNUSED; return dictdb_table_count(in->table, in->predicate, OUT(COUNT, count), error); }
CALL(update) { UNUSED; return dictdb_table_update(in->table, in->predicate, TEXT(0), OUT(COUNT, count), error); }
CALL(update_by_key) { UNUSED; return dictdb_table_update_by_key(in->table, TEXT(0), TEXT(1), error); }
CALL(delete_rows) { UNUSED; return dictdb_table_delete(in->table, in->predicate, OUT(COUNT, count), error); }
CALL(delete_by_key) { UNUSED; return dictdb_table_delete_by_key(in->table, TEXT(0), error); }
CALL(describe) { UNUSED; return dictdb_table_describe(in->table, OUT(BUFFER, buffer), error); }
CALL(statistics) { UNUSED; return dictdb_table_statistics(in->table, OUT(BUFFER, buffer), error); }
CALL(all) { UNUSED; return dictdb_predicate_all(OUT(PREDICATE, predicate), error); }
CALL(make) { return self->maker(TEXT(0), TEXT(1), OUT(PREDICATE, predicate), error); }
CALL(between) { UNUSED; return dictdb_predicate_between(TEXT(0), TEXT(1), TEXT(2), OUT(PREDICATE, predicate), error); }
CALL(like) { UNUSED; return dictdb_predicate_like(TEXT(0), TEXT(1), 0, OUT(PREDICATE, predicate), error); }
CALL(ilike) { UNUSED; return dictdb_predicate_ilike(TEXT(0), TEXT(1), 0, OUT(PREDICATE, predicate), error); }
CALL(is_null) { UNUSED; return dictdb_predicate_is_null(TEXT(0), OUT(PREDICATE, predicate), error); }
CALL(is_not_null) { UNUSED; return dictdb_predicate_is_not_null(TEXT(0), OUT(PREDICATE, predicate), error); }
CALL(and_one) { UNUSED; return dictdb_predicate_and((const dictdb_predicate *const[]){in->predicate}, 1, OUT(PREDICATE, predicate), error); }
CALL(or_one) { UNUSED; return dictdb_predicate_or((const dictdb_predicate *const[]){in->predicate}, 1, OUT(PREDICATE, predicate), error); }
CALL(not) { UNUSED; return dictdb_predicate_not(in->predicate, OUT(PREDICATE, predicate), error); }

CALL(create_index) { UNUSED; return dictdb_table_create_index(in->table, TEXT(0), error); }
CALL(drop_index) { UNUSED; return dictdb_table_drop_index(in->table, TEXT(0), error); }
CALL(parse) { UNUSED; return dictdb_predicate_parse(TEXT(0), OUT(PREDICATE, predicate), error); }
CALL(print) { UNUSED; return dictdb_predicate_print(in->predicate, OUT(BUFFER, buffer), error); }
CALL(bind_params) { UNUSED; return dictdb_predicate_bind(in->predicate, TEXT(0), OUT(PREDICATE, predicate), error); }
CALL(query_new) { UNUSED; return dictdb_query_new(in->predicate, TEXT(0), OUT(QUERY, query), error); }
CALL(query_run) {
    UNUSED;
    return dictdb_query_run(in->query, in->table, TEXT(0), OUT(BUFFER, buffer), OUT(COUNT, count), error);
}
CALL(query_count) { UNUSED; return dictdb_query_count(in->query, in->table, TEXT(0), OUT(COUNT, count), error); }
CALL(query_delete) { UNUSED; return dictdb_query_delete(in->query, in->table, TEXT(0), OUT(COUNT, count), error); }
CALL(query_explain) { UNUSED; return dictdb_query_explain(in->query, in->table, TEXT(0), OUT(BUFFER, buffer), error); }
CALL(update_new) { UNUSED; return dictdb_update_new(in->predicate, TEXT(0), TEXT(1), OUT(UPDATE, update), error); }
CALL(update_run) { UNUSED; return dictdb_update_run(in->update, in->table, TEXT(0), OUT(COUNT, count), error); }
CALL(update_explain) { UNUSED; return dictdb_update_explain(in->update, in->table, TEXT(0), OUT(BUFFER, buffer), error); }
CALL(table_query) { UNUSED; return dictdb_table_query(in->table, TEXT(0), TEXT(1), OUT(BUFFER, buffer), OUT(COUNT, count), error); }
CALL(table_explain) { UNUSED; return dictdb_table_explain(in->table, TEXT(0), TEXT(1), OUT(BUFFER, buffer), error); }
CALL(count_where) { UNUSED; return dictdb_table_count_where(in->table, TEXT(0), TEXT(1), OUT(COUNT, count), error); }
CALL(update_where) { UNUSED; return dictdb_table_update_where(in->table, TEXT(0), TEXT(1), TEXT(2), OUT(COUNT, count), error); }
CALL(delete_where) { UNUSED; return dictdb_table_delete_where(in->table, TEXT(0), TEXT(1), OUT(COUNT, count), error); }

#define MAKER(name, value) \
    { "predicate_" #name, make, 0, PREDICATE, 0, {"field", "value", NULL}, {"a", value, NULL}, dictdb_predicate_##name }

static const function FUNCTIONS[] = {
    {"db_new", db_new, 0, DB, 0, {"?options", NULL, NULL}, {"{}", NULL, NULL}, NULL},
    {"db_create_table", create_table, DB, 0, TABLE, {"name", "?options", NULL}, {"new", "{}", NULL}, NULL},
    {"db_get_table", get_table, DB, TABLE, 0, {"name", NULL, NULL}, {"t", NULL, NULL}, NULL},
    {"db_drop_table", drop_table, DB, 0, 0, {"name", NULL, NULL}, {"t", NULL, NULL}, NULL},
    {"db_list_tables", list_tables, DB, BUFFER, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"table_insert", insert, TABLE, 0, BUFFER, {"record", NULL, NULL}, {"{}", NULL, NULL}, NULL},
    {"table_insert_many", insert_many, TABLE, 0, BUFFER, {"records", NULL, NULL}, {"[{}]", NULL, NULL}, NULL},
    {"table_upsert", upsert, TABLE, 0, BUFFER | OUTCOME, {"record", NULL, NULL}, {"{\"id\":1}", NULL, NULL}, NULL},
    {"table_get", get, TABLE, BUFFER, 0, {"key", NULL, NULL}, {"1", NULL, NULL}, NULL},
    {"table_get_int", get_int, TABLE, BUFFER, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"table_get_many", get_many, TABLE, BUFFER, 0, {"keys", NULL, NULL}, {"[1]", NULL, NULL}, NULL},
    {"table_select", select_rows, TABLE | PREDICATE_OR_ALL, BUFFER, COUNT, {"?options", NULL, NULL}, {"{}", NULL, NULL}, NULL},
    {"table_count", count_rows, TABLE | PREDICATE_OR_ALL, COUNT, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"table_update", update, TABLE | PREDICATE, 0, COUNT, {"changes", NULL, NULL}, {"{\"a\":9}", NULL, NULL}, NULL},
    {"table_update_by_key", update_by_key, TABLE, 0, 0, {"key", "changes", NULL}, {"1", "{\"a\":9}", NULL}, NULL},
    {"table_delete", delete_rows, TABLE | PREDICATE, 0, COUNT, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"table_delete_by_key", delete_by_key, TABLE, 0, 0, {"key", NULL, NULL}, {"1", NULL, NULL}, NULL},
    {"table_describe", describe, TABLE, BUFFER, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"table_statistics", statistics, TABLE, BUFFER, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"predicate_all", all, 0, PREDICATE, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    MAKER(eq, "1"),
    MAKER(ne, "1"),
    MAKER(lt, "1"),
    MAKER(le, "1"),
    MAKER(gt, "1"),
    MAKER(ge, "1"),
    MAKER(contains, "1"),
    MAKER(startswith, "\"x\""),
    MAKER(endswith, "\"x\""),
    MAKER(iequals, "\"x\""),
    MAKER(icontains, "\"x\""),
    MAKER(istartswith, "\"x\""),
    MAKER(iendswith, "\"x\""),
    {"predicate_is_in", make, 0, PREDICATE, 0, {"field", "values", NULL}, {"a", "[1]", NULL}, dictdb_predicate_is_in},
    {"predicate_between", between, 0, PREDICATE, 0, {"field", "low", "high"}, {"a", "1", "2"}, NULL},
    {"predicate_like", like, 0, PREDICATE, 0, {"field", "pattern", NULL}, {"a", "\"x%\"", NULL}, NULL},
    {"predicate_ilike", ilike, 0, PREDICATE, 0, {"field", "pattern", NULL}, {"a", "\"x%\"", NULL}, NULL},
    {"predicate_is_null", is_null, 0, PREDICATE, 0, {"field", NULL, NULL}, {"a", NULL, NULL}, NULL},
    {"predicate_is_not_null", is_not_null, 0, PREDICATE, 0, {"field", NULL, NULL}, {"a", NULL, NULL}, NULL},
    {"predicate_and", and_one, PREDICATE, PREDICATE, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"predicate_or", or_one, PREDICATE, PREDICATE, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"predicate_not", not, PREDICATE, PREDICATE, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"table_create_index", create_index, TABLE, 0, 0, {"options", NULL, NULL}, {"{\"fields\":\"b\",\"kind\":\"hash\"}", NULL, NULL}, NULL},
    {"table_drop_index", drop_index, TABLE, 0, 0, {"fields", NULL, NULL}, {"\"a\"", NULL, NULL}, NULL},
    {"predicate_parse", parse, 0, PREDICATE, 0, {"text", NULL, NULL}, {"a = 1", NULL, NULL}, NULL},
    {"predicate_print", print, PREDICATE, BUFFER, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"predicate_bind", bind_params, PREDICATE, PREDICATE, 0, {"?params", NULL, NULL}, {"[]", NULL, NULL}, NULL},
    {"query_new", query_new, PREDICATE_OR_ALL, QUERY, 0, {"?spec", NULL, NULL}, {"{}", NULL, NULL}, NULL},
    {"query_run", query_run, QUERY | TABLE, BUFFER, COUNT, {"?params", NULL, NULL}, {"[]", NULL, NULL}, NULL},
    {"query_count", query_count, QUERY | TABLE, COUNT, 0, {"?params", NULL, NULL}, {"[]", NULL, NULL}, NULL},
    {"query_delete", query_delete, QUERY | TABLE, 0, COUNT, {"?params", NULL, NULL}, {"[]", NULL, NULL}, NULL},
    {"query_explain", query_explain, QUERY | TABLE, BUFFER, 0, {"?params", NULL, NULL}, {"[]", NULL, NULL}, NULL},
    {"update_new", update_new, PREDICATE_OR_ALL, UPDATE, 0, {"?where", "set", NULL}, {"a = 1", "a = 2", NULL}, NULL},
    {"update_run", update_run, UPDATE | TABLE, 0, COUNT, {"?params", NULL, NULL}, {"[]", NULL, NULL}, NULL},
    {"update_explain", update_explain, UPDATE | TABLE, BUFFER, 0, {"?params", NULL, NULL}, {"[]", NULL, NULL}, NULL},
    {"table_query", table_query, TABLE, BUFFER, COUNT, {"?spec", "?params", NULL}, {"{}", "[]", NULL}, NULL},
    {"table_explain", table_explain, TABLE, BUFFER, 0, {"?spec", "?params", NULL}, {"{}", "[]", NULL}, NULL},
    {"table_count_where", count_where, TABLE, COUNT, 0, {"?where", "?params", NULL}, {"a = 1", "[]", NULL}, NULL},
    {"table_update_where", update_where, TABLE, 0, COUNT, {"where", "set", "?params"}, {"a = 1", "a = 3", "[]"}, NULL},
    {"table_delete_where", delete_where, TABLE, 0, COUNT, {"where", "?params", NULL}, {"a = 1", "[]", NULL}, NULL},
};

enum { FUNCTION_COUNT = sizeof FUNCTIONS / sizeof FUNCTIONS[0] };

static const char *const RECORDS = "[{\"a\":1,\"id\":1},{\"a\":2,\"id\":2}]";

/** A table of two records, and a handle of each kind. */
typedef struct {
    world w;
    dictdb_predicate *predicate;
    dictdb_query *query;
    dictdb_update *update;
    dictdb_error *error;
} scene;

static scene open_scene(void) {
    scene s = {world_open(NULL), everything(), NULL, NULL, NULL};
    INSERT(s.w, "[{\"a\":1},{\"a\":2}]");
    CHECK_OK(dictdb_table_create_index(s.w.table, NTS("{\"fields\":\"a\",\"kind\":\"sorted\"}"), &s.w.err), &s.w.err);
    CHECK_OK(dictdb_query_new(s.predicate, NULL, 0, &s.query, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_update_new(s.predicate, NULL, 0, NTS("a = 9"), &s.update, &s.w.err), &s.w.err);
    dictdb_db_new(NULL, 0, NULL, &s.error);
    return s;
}

static void close_scene(scene *s) {
    dictdb_predicate_free(s->predicate);
    dictdb_query_free(s->query);
    dictdb_update_free(s->update);
    dictdb_error_free(s->error);
    world_close(&s->w);
}

static bool may_be_null(const char *parameter) {
    return parameter[0] == '?';
}

static inputs good_inputs(const function *f, const scene *s) {
    inputs in = {s->w.db, s->w.table, s->predicate, s->query, s->update, {NULL, NULL, NULL}, {0, 0, 0}};
    for (int i = 0; i < 3; i++) {
        in.text[i] = f->good[i];
        in.len[i] = DICTDB_NTS;
    }
    return in;
}

/* What stands in the outputs before a call, to see what the call wrote. */
#define OLD_HANDLE(type) ((type *)(uintptr_t)0x7e57)

static outputs old_outputs(unsigned without) {
    outputs o = {OLD_HANDLE(dictdb_db),    OLD_HANDLE(dictdb_table), OLD_HANDLE(dictdb_predicate), OLD_HANDLE(dictdb_query),
                 OLD_HANDLE(dictdb_update), DICTDB_BUFFER_INIT,       77, 77, without};
    world filler = {NULL, NULL, DICTDB_BUFFER_INIT, NULL};
    dictdb_db_new(NULL, 0, &filler.db, NULL);
    dictdb_db_list_tables(filler.db, &o.buffer, NULL);
    world_close(&filler);
    return o;
}

/** Calls a function that must fail; checks status, error object and outputs. */
static void check_fails(const function *f, const inputs *in, unsigned without, dictdb_status expected, const char *parameter) {
    for (int with_error = 0; with_error < 2; with_error++) {
        outputs o = old_outputs(without);
        dictdb_error *error = NULL;
        dictdb_error **place = with_error == 1 ? &error : NULL;
        unsigned has = (f->required | f->optional) & ~without;
        int failures = atomic_load(&check_failures);
        check_expect(place);
        check_status(__FILE__, __LINE__, f->name, f->call(f, in, &o, place), expected, place);
        CHECK(o.db == ((has & DB) != 0 ? NULL : OLD_HANDLE(dictdb_db)));
        CHECK(o.table == ((has & TABLE) != 0 ? NULL : OLD_HANDLE(dictdb_table)));
        CHECK(o.predicate == ((has & PREDICATE) != 0 ? NULL : OLD_HANDLE(dictdb_predicate)));
        CHECK(o.query == ((has & QUERY) != 0 ? NULL : OLD_HANDLE(dictdb_query)));
        CHECK(o.update == ((has & UPDATE) != 0 ? NULL : OLD_HANDLE(dictdb_update)));
        CHECK_INT(o.count, 77);
        CHECK_INT(o.outcome, 77);
        if ((has & BUFFER) != 0) {
            CHECK_EMPTY(o.buffer);
        } else {
            CHECK_TEXT(o.buffer, "[]");
        }
        if (with_error == 1 && parameter != NULL) {
            CHECK_CONTAINS(dictdb_error_detail(error), parameter);
        }
        if (atomic_load(&check_failures) != failures) {
            fprintf(stderr, "    in %s, parameter %s\n", f->name, parameter == NULL ? "?" : parameter);
        }
        dictdb_buffer_free(&o.buffer);
        dictdb_error_free(error);
    }
}

static void check_unchanged(scene *s) {
    world *w = &s->w;
    CHECK_RECORDS(*w, RECORDS);
    CHECK_OK(dictdb_db_list_tables(w->db, &w->out, &w->err), &w->err);
    CHECK_TEXT(w->out, "[\"t\"]");
    CHECK_OK(dictdb_table_statistics(w->table, &w->out, &w->err), &w->err);
    CHECK_INT(json_integer(w->out.data, "inserted"), 2);
    CHECK_INT(json_integer(w->out.data, "updated"), 0);
    CHECK_INT(json_integer(w->out.data, "deleted"), 0);
    CHECK_INT(json_integer(w->out.data, "indexes"), 1);
}

/** Calls a function that must succeed, and frees what it made. */
static void check_works(const function *f, const inputs *in, unsigned without) {
    outputs o = old_outputs(without);
    dictdb_error *error = NULL;
    unsigned has = (f->required | f->optional) & ~without;
    check_expect(&error);
    check_status(__FILE__, __LINE__, f->name, f->call(f, in, &o, &error), DICTDB_STATUS_OK, &error);
    if ((has & DB) != 0) {
        CHECK(o.db != NULL && o.db != OLD_HANDLE(dictdb_db));
        dictdb_db_free(o.db);
    }
    if ((has & TABLE) != 0) {
        CHECK(o.table != NULL && o.table != OLD_HANDLE(dictdb_table));
        dictdb_table_free(o.table);
    }
    if ((has & PREDICATE) != 0) {
        CHECK(o.predicate != NULL && o.predicate != OLD_HANDLE(dictdb_predicate));
        dictdb_predicate_free(o.predicate);
    }
    if ((has & QUERY) != 0) {
        CHECK(o.query != NULL && o.query != OLD_HANDLE(dictdb_query));
        dictdb_query_free(o.query);
    }
    if ((has & UPDATE) != 0) {
        CHECK(o.update != NULL && o.update != OLD_HANDLE(dictdb_update));
        dictdb_update_free(o.update);
    }
    dictdb_buffer_free(&o.buffer);
    dictdb_error_free(error);
}

/* ---------------------------------------------------------------------------------------------------------- wrong handles */

enum { BAD_MAX = 96, KINDS = 6 };

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

static uintptr_t freed_predicate(void) {
    dictdb_predicate *predicate = everything();
    dictdb_predicate_free(predicate);
    return (uintptr_t)predicate;
}

static uintptr_t freed_db(void) {
    dictdb_db *db = NULL;
    dictdb_db_new(NULL, 0, &db, NULL);
    dictdb_db_free(db);
    return (uintptr_t)db;
}

static uintptr_t freed_query(void) {
    dictdb_query *query = NULL;
    dictdb_query_new(NULL, NULL, 0, &query, NULL);
    dictdb_query_free(query);
    return (uintptr_t)query;
}

static uintptr_t freed_update(void) {
    dictdb_update *update = NULL;
    dictdb_update_new(NULL, NTS("TRUE"), NTS("a = 1"), &update, NULL);
    dictdb_update_free(update);
    return (uintptr_t)update;
}

/** The kinds of handles; 0 stands for errors. */
static const unsigned KIND[KINDS] = {DB, TABLE, PREDICATE, QUERY, UPDATE, 0};

/** Of a kind no live handle is among the bad ones. */
static bad_handles bad_for(unsigned kind, scene *s) {
    static char object[64];
    const uintptr_t live[KINDS] = {(uintptr_t)s->w.db,  (uintptr_t)s->w.table, (uintptr_t)s->predicate,
                                   (uintptr_t)s->query, (uintptr_t)s->update,  (uintptr_t)s->error};
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
        if (KIND[i] != kind) {
            add(&bad, live[i]);
        }
        for (unsigned bit = 0; bit < 8; bit++) {
            add(&bad, live[i] ^ (uintptr_t)1 << (sizeof(uintptr_t) * 8 - 1 - 5 * bit));
        }
    }
    add(&bad, freed_table(&s->w, false));
    add(&bad, freed_table(&s->w, true));
    add(&bad, freed_predicate());
    add(&bad, freed_db());
    add(&bad, freed_query());
    add(&bad, freed_update());
    CHECK(bad.count < BAD_MAX);
    return bad;
}

static void a_wrong_handle_is_refused_by_every_function(void) {
    scene s = open_scene();
    for (int f = 0; f < FUNCTION_COUNT; f++) {
        for (unsigned kind = DB; kind <= PREDICATE_OR_ALL; kind *= 2) {
            if ((FUNCTIONS[f].takes & kind) == 0) {
                continue;
            }
            unsigned real = kind == PREDICATE_OR_ALL ? (unsigned)PREDICATE : kind;
            bad_handles bad = bad_for(real, &s);
            for (int i = kind == PREDICATE_OR_ALL ? 1 : 0; i < bad.count; i++) {
                inputs in = good_inputs(&FUNCTIONS[f], &s);
                in.db = real == DB ? bad.handle[i] : in.db;
                in.table = real == TABLE ? bad.handle[i] : in.table;
                in.predicate = real == PREDICATE ? bad.handle[i] : in.predicate;
                in.query = real == QUERY ? bad.handle[i] : in.query;
                in.update = real == UPDATE ? bad.handle[i] : in.update;
                check_fails(&FUNCTIONS[f], &in, 0, DICTDB_STATUS_INVALID_HANDLE, "\"parameter\"");
            }
        }
    }
    check_unchanged(&s);
    close_scene(&s);
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
    for (int kind = 0; kind < KINDS; kind++) {
        bad_handles bad = bad_for(KIND[kind], &s);
        for (int i = 0; i < bad.count; i++) {
            switch (KIND[kind]) {
            case DB:
                dictdb_db_free(bad.handle[i]);
                break;
            case TABLE:
                dictdb_table_free(bad.handle[i]);
                break;
            case PREDICATE:
                dictdb_predicate_free(bad.handle[i]);
                break;
            case QUERY:
                dictdb_query_free(bad.handle[i]);
                break;
            case UPDATE:
                dictdb_update_free(bad.handle[i]);
                break;
            default:
                dictdb_error_free(bad.handle[i]);
            }
        }
        check_unchanged(&s);
        CHECK_INT(dictdb_error_status(s.error), DICTDB_STATUS_INVALID_ARGUMENT);
        uint64_t count = 0;
        CHECK_OK(dictdb_table_count(s.w.table, s.predicate, &count, &s.w.err), &s.w.err);
        CHECK_INT(count, 2);
        CHECK_OK(dictdb_query_count(s.query, s.w.table, NULL, 0, &count, &s.w.err), &s.w.err);
        CHECK_INT(count, 2);
    }
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

static void a_handle_may_be_freed_twice(void) {
    scene s = open_scene();
    for (int i = 0; i < 3; i++) {
        dictdb_error_free(s.error);
        dictdb_predicate_free(s.predicate);
        dictdb_query_free(s.query);
        dictdb_update_free(s.update);
        dictdb_table_free(s.w.table);
        dictdb_db_free(s.w.db);
    }
    CHECK_STATUS(dictdb_table_count(s.w.table, NULL, &(uint64_t){0}, &s.w.err), DICTDB_STATUS_INVALID_HANDLE, &s.w.err);
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

/* ----------------------------------------------------------------------------------------------- wrong texts and outputs */

static void every_function_works_when_nothing_is_wrong(void) {
    for (int f = 0; f < FUNCTION_COUNT; f++) {
        for (int with_optional = 0; with_optional < 2; with_optional++) {
            scene s = open_scene();
            inputs in = good_inputs(&FUNCTIONS[f], &s);
            check_works(&FUNCTIONS[f], &in, with_optional == 1 ? 0 : FUNCTIONS[f].optional);
            close_scene(&s);
        }
    }
}

static void a_text_of_a_given_length_needs_no_nul(void) {
    for (int f = 0; f < FUNCTION_COUNT; f++) {
        scene s = open_scene();
        inputs in = good_inputs(&FUNCTIONS[f], &s);
        char *copy[3] = {NULL, NULL, NULL};
        for (int i = 0; i < 3; i++) {
            if (in.text[i] != NULL) {
                in.len[i] = strlen(in.text[i]);
                copy[i] = check_memory(in.len[i]);
                memcpy(copy[i], in.text[i], in.len[i]);
                in.text[i] = copy[i];
            }
        }
        check_works(&FUNCTIONS[f], &in, 0);
        for (int i = 0; i < 3; i++) {
            free(copy[i]);
        }
        close_scene(&s);
    }
}

static void a_wrong_text_is_refused_by_every_function(void) {
    static const char INVALID[] = "\xff\xfe";
    static const size_t HUGE_LENGTHS[] = {(size_t)-2, SIZE_MAX / 2 + 1, SIZE_MAX / 2 + 2};
    static const size_t NULL_LENGTHS[] = {DICTDB_NTS, 0, 5};
    scene s = open_scene();
    for (int f = 0; f < FUNCTION_COUNT; f++) {
        for (int i = 0; i < 3 && FUNCTIONS[f].parameter[i] != NULL; i++) {
            const bool optional = may_be_null(FUNCTIONS[f].parameter[i]);
            const inputs good = good_inputs(&FUNCTIONS[f], &s);
            char parameter[40];
            snprintf(parameter, sizeof parameter, "\"parameter\":\"%s\"", FUNCTIONS[f].parameter[i] + (optional ? 1 : 0));
            for (int j = 0; j < 3; j++) {
                inputs in = good;
                in.len[i] = HUGE_LENGTHS[j];
                check_fails(&FUNCTIONS[f], &in, 0, DICTDB_STATUS_INVALID_ARGUMENT, parameter);
                in.text[i] = NULL;
                in.len[i] = NULL_LENGTHS[j];
                if (!optional) {
                    check_fails(&FUNCTIONS[f], &in, 0, DICTDB_STATUS_INVALID_ARGUMENT, parameter);
                }
                in.text[i] = INVALID;
                in.len[i] = j == 0 ? DICTDB_NTS : (size_t)j;
                check_fails(&FUNCTIONS[f], &in, 0, DICTDB_STATUS_INVALID_UTF8, parameter);
            }
        }
    }
    check_unchanged(&s);
    close_scene(&s);
}

static void a_missing_output_is_refused_by_every_function(void) {
    scene s = open_scene();
    for (int f = 0; f < FUNCTION_COUNT; f++) {
        for (unsigned output = DB; output <= OUTCOME; output *= 2) {
            if ((FUNCTIONS[f].required & output) != 0) {
                inputs in = good_inputs(&FUNCTIONS[f], &s);
                check_fails(&FUNCTIONS[f], &in, output, DICTDB_STATUS_INVALID_ARGUMENT, "\"parameter\"");
            }
        }
    }
    check_unchanged(&s);
    close_scene(&s);
}

static void operands_may_be_null_only_if_there_are_none(void) {
    dictdb_predicate *predicate = OLD_HANDLE(dictdb_predicate);
    dictdb_error *error = NULL;
    CHECK_STATUS(dictdb_predicate_and(NULL, 1, &predicate, &error), DICTDB_STATUS_INVALID_ARGUMENT, &error);
    CHECK(predicate == NULL);
    CHECK_STATUS(dictdb_predicate_or(NULL, SIZE_MAX, &predicate, &error), DICTDB_STATUS_INVALID_ARGUMENT, &error);
    CHECK(predicate == NULL);
    dictdb_error_free(error);
}

static void a_wrong_number_is_refused(void) {
    static const int32_t MODES[] = {-1, 3, INT32_MIN, INT32_MAX};
    static const int32_t LEVELS[] = {0, -1, 5, INT32_MIN, INT32_MAX};
    scene s = open_scene();
    for (int i = 0; i < 4; i++) {
        int32_t outcome = 77;
        CHECK_STATUS(dictdb_table_upsert(s.w.table, NTS("{\"id\":1}"), MODES[i], &outcome, &s.w.out, &s.w.err), DICTDB_STATUS_INVALID_ARGUMENT,
                     &s.w.err);
        CHECK_INT(outcome, 77);
        CHECK_EMPTY(s.w.out);
    }
    for (int i = 0; i < 5; i++) {
        CHECK_STATUS(dictdb_log_set(LEVELS[i], 1, NULL, NULL, NULL, &s.w.err), DICTDB_STATUS_INVALID_ARGUMENT, &s.w.err);
    }
    CHECK_STATUS(dictdb_log_set(DICTDB_LOG_INFO, 0, NULL, NULL, NULL, &s.w.err), DICTDB_STATUS_INVALID_ARGUMENT, &s.w.err);
    check_unchanged(&s);
    close_scene(&s);
}

int main(void) {
    RUN(every_function_works_when_nothing_is_wrong);
    RUN(a_text_of_a_given_length_needs_no_nul);
    RUN(a_wrong_handle_is_refused_by_every_function);
    RUN(a_wrong_operand_is_refused_wherever_it_stands);
    RUN(freeing_a_wrong_handle_frees_nothing);
    RUN(a_wrong_error_handle_tells_nothing);
    RUN(a_handle_may_be_freed_twice);
    RUN(a_freed_handle_stays_wrong_while_its_memory_is_used_again);
    RUN(a_wrong_text_is_refused_by_every_function);
    RUN(a_missing_output_is_refused_by_every_function);
    RUN(operands_may_be_null_only_if_there_are_none);
    RUN(a_wrong_number_is_refused);
    return check_finish();
}
