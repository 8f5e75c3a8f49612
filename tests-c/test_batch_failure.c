/*
 * Tests: batches in which an operation fails: nothing is changed, not a key used up; what the error tells; the batch can be committed when
 * the obstacle is gone; and that a batch does what its operations do one by one, failures included.
 * Does not test: what is refused when it is added (test_batch).
 */
#include "batch.h"

/* -------------------------------------------------------------------------------------------------------------- all or none */

/** Operations that succeed on a new scene, and do not mind what the cases below do. */
static const operation GOOD[] = {
    {INSERT_ONE, A, "{\"mail\":\"new@x\",\"fresh_1\":1}", "", "", 0},
    {INSERT_MANY, S, "[{\"code\":\"n1\",\"grp\":1},{\"code\":\"n2\",\"grp\":1}]", "", "", 0},
    {UPDATE_BY_KEY, A, "4", "{\"fresh_2\":[1,2],\"mail\":\"d2@x\"}", "", 0},
    {DELETE_BY_KEY, S, "4", "", "", 0},
    {UPSERT, A, "{\"id\":4,\"fresh_3\":{\"x\":1}}", "", "", DICTDB_CONFLICT_UPDATE},
    {UPDATE_WHERE, S, "grp = ?1", "note = 'seen'", "[1]", 0},
    {UPSERT, A, "{\"id\":4,\"fresh_3\":2}", "", "", DICTDB_CONFLICT_IGNORE},
    {INSERT_ONE, A, "{\"mail\":\"d@x\",\"fresh_4\":4}", "", "", 0},
};

enum { GOOD_COUNT = sizeof GOOD / sizeof GOOD[0] };

typedef struct {
    operation failing;
    dictdb_status status;
    /** After it, `failing` succeeds. */
    operation removal;
} obstacle;

static const obstacle OBSTACLES[] = {
    {{INSERT_ONE, A, "{\"id\":1,\"fresh_5\":5}", "", "", 0}, DICTDB_STATUS_DUPLICATE_KEY, {DELETE_BY_KEY, A, "1", "", "", 0}},
    {{INSERT_MANY, A, "[{\"id\":\"m1\"},{\"id\":1}]", "", "", 0}, DICTDB_STATUS_DUPLICATE_KEY, {DELETE_BY_KEY, A, "1", "", "", 0}},
    {{UPSERT, A, "{\"id\":2}", "", "", DICTDB_CONFLICT_ERROR}, DICTDB_STATUS_DUPLICATE_KEY, {DELETE_BY_KEY, A, "2", "", "", 0}},
    {{UPDATE_BY_KEY, A, "2", "{\"id\":1}", "", 0}, DICTDB_STATUS_DUPLICATE_KEY, {DELETE_BY_KEY, A, "1", "", "", 0}},
    {{UPDATE_WHERE, A, "id = 2", "id = id - 1", "", 0}, DICTDB_STATUS_DUPLICATE_KEY, {DELETE_BY_KEY, A, "1", "", "", 0}},
    {{INSERT_ONE, A, "{\"id\":\"u\",\"mail\":\"a@x\"}", "", "", 0}, DICTDB_STATUS_DUPLICATE_KEY,
     {UPDATE_BY_KEY, A, "1", "{\"mail\":\"moved\"}", "", 0}},
    {{UPDATE_BY_KEY, A, "2", "{\"mail\":\"c@x\"}", "", 0}, DICTDB_STATUS_DUPLICATE_KEY, {DELETE_BY_KEY, A, "3", "", "", 0}},
    {{UPSERT, S, "{\"id\":2,\"code\":\"c3\"}", "", "", DICTDB_CONFLICT_UPDATE}, DICTDB_STATUS_DUPLICATE_KEY, {DELETE_BY_KEY, S, "3", "", "", 0}},
    {{UPDATE_WHERE, A, "id IN (1, 2)", "mail = 'same'", "", 0}, DICTDB_STATUS_DUPLICATE_KEY, {DELETE_BY_KEY, A, "2", "", "", 0}},
    {{UPDATE_BY_KEY, A, "\"nobody\"", "{\"n\":1}", "", 0}, DICTDB_STATUS_RECORD_NOT_FOUND, {INSERT_ONE, A, "{\"id\":\"nobody\"}", "", "", 0}},
    {{UPDATE_COMPILED, A, "n = ?1", "n = n + 1", "[777]", 0}, DICTDB_STATUS_RECORD_NOT_FOUND, {UPDATE_BY_KEY, A, "3", "{\"n\":777}", "", 0}},
    {{UPDATE_WHERE, S, "grp = 777", "grp = 778", "", 0}, DICTDB_STATUS_RECORD_NOT_FOUND, {UPDATE_BY_KEY, S, "3", "{\"grp\":777}", "", 0}},
    {{UPDATE_WHERE, A, "id = 1 AND n >= 100", "n = n - 100", "", 0}, DICTDB_STATUS_RECORD_NOT_FOUND, {UPDATE_BY_KEY, A, "1", "{\"n\":100}", "", 0}},
    {{DELETE_BY_KEY, A, "\"nobody\"", "", "", 0}, DICTDB_STATUS_RECORD_NOT_FOUND, {INSERT_ONE, A, "{\"id\":\"nobody\"}", "", "", 0}},
    {{DELETE_WHERE, A, "n > ?1", "", "[776]", 0}, DICTDB_STATUS_RECORD_NOT_FOUND, {UPDATE_BY_KEY, A, "3", "{\"n\":777}", "", 0}},
    {{UPDATE_WHERE, A, "id = 1", "n = name + 1", "", 0}, DICTDB_STATUS_TYPE_MISMATCH, {UPDATE_BY_KEY, A, "1", "{\"name\":4}", "", 0}},
    {{UPDATE_COMPILED, A, "id IN (2, 1)", "fresh_5 = n / coalesce(odd, 1)", "", 0}, DICTDB_STATUS_TYPE_MISMATCH,
     {UPDATE_BY_KEY, A, "1", "{\"odd\":2}", "", 0}},
    {{UPDATE_WHERE, A, "id = 1", "big = big + 1", "", 0}, DICTDB_STATUS_NUMBER_RANGE, {UPDATE_BY_KEY, A, "1", "{\"big\":0}", "", 0}},
    {{UPDATE_WHERE, A, "id = 1", "id = odd", "", 0}, DICTDB_STATUS_INVALID_KEY, {UPDATE_BY_KEY, A, "1", "{\"odd\":\"even\"}", "", 0}},
    {{UPDATE_WHERE, S, "id = 1", "grp = coalesce(note, 1)", "", 0}, DICTDB_STATUS_SCHEMA, {UPDATE_BY_KEY, S, "1", "{\"note\":null}", "", 0}},
    {{UPSERT, S, "{\"id\":-50,\"grp\":1}", "", "", DICTDB_CONFLICT_UPDATE}, DICTDB_STATUS_SCHEMA,
     {INSERT_ONE, S, "{\"id\":-50,\"code\":\"c50\",\"grp\":0}", "", "", 0}},
};

/** A scene in which the failing operation fails as it should: most do on a new one. */
static scene open_scene_for(const obstacle *o) {
    scene s = open_scene();
    if (o->status == DICTDB_STATUS_TYPE_MISMATCH && o->failing.kind == UPDATE_COMPILED) {
        operation zero = {UPDATE_BY_KEY, A, "1", "{\"odd\":0}", "", 0};
        do_now(&s, &zero);
    }
    return s;
}

/** Adds the good operations with the failing one at a place among them. */
static void add_all(scene *s, const obstacle *o, int place) {
    for (int i = 0; i <= GOOD_COUNT; i++) {
        if (i == place) {
            ADD(*s, o->failing);
        }
        if (i < GOOD_COUNT) {
            ADD(*s, GOOD[i]);
        }
    }
}

/** Does the same, one at a time, and gives what would be the results of the batch; to be freed. */
static char *do_all(scene *s, const obstacle *o, int place) {
    char *results = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&results, &size);
    fputc('[', stream);
    for (int i = 0; i <= GOOD_COUNT; i++) {
        if (i == place) {
            CHECK_OK(do_alone(s->tables[o->failing.table], &o->failing, stream, i == 0 ? "" : ",", &s->err), &s->err);
        }
        if (i < GOOD_COUNT) {
            CHECK_OK(do_alone(s->tables[GOOD[i].table], &GOOD[i], stream, i == 0 && place > 0 ? "" : ",", &s->err), &s->err);
        }
    }
    fputc(']', stream);
    fclose(stream);
    return results;
}

static const int PLACES[] = {0, GOOD_COUNT / 2, GOOD_COUNT};

static void if_one_operation_fails_nothing_is_changed(void) {
    for (size_t i = 0; i < sizeof OBSTACLES / sizeof OBSTACLES[0]; i++) {
        for (size_t j = 0; j < sizeof PLACES / sizeof PLACES[0]; j++) {
            scene s = open_scene_for(&OBSTACLES[i]);
            int failures = atomic_load(&check_failures);
            char *before = all_that_can_be_seen(&s);
            int64_t shapes = statistic(&s, A, "shapes");
            add_all(&s, &OBSTACLES[i], PLACES[j]);
            for (int again = 0; again < 2; again++) {
                CHECK_REFUSED(s, OBSTACLES[i].status, PLACES[j]);
                char *after = all_that_can_be_seen(&s);
                CHECK_SAME(after, before, "what can be seen after a failed batch");
                CHECK_INT(statistic(&s, A, "shapes"), shapes);
                free(after);
            }
            check_next_keys(&s, "5", "5");
            if (atomic_load(&check_failures) != failures) {
                fprintf(stderr, "    in obstacle %zu at place %d\n", i, PLACES[j]);
            }
            free(before);
            close_scene(&s);
        }
    }
}

static void a_failed_batch_can_be_committed_when_the_obstacle_is_gone(void) {
    for (size_t i = 0; i < sizeof OBSTACLES / sizeof OBSTACLES[0]; i++) {
        for (size_t j = 0; j < sizeof PLACES / sizeof PLACES[0]; j++) {
            scene s = open_scene_for(&OBSTACLES[i]);
            scene alone = open_scene_for(&OBSTACLES[i]);
            int failures = atomic_load(&check_failures);
            add_all(&s, &OBSTACLES[i], PLACES[j]);
            CHECK_REFUSED(s, OBSTACLES[i].status, PLACES[j]);
            do_now(&s, &OBSTACLES[i].removal);
            do_now(&alone, &OBSTACLES[i].removal);
            char *results = do_all(&alone, &OBSTACLES[i], PLACES[j]);
            COMMIT(s, results);
            char *by_batch = all_that_can_be_seen(&s);
            char *one_by_one = all_that_can_be_seen(&alone);
            CHECK_SAME(by_batch, one_by_one, "what can be seen after the batch");
            COMMIT(s, "[]");
            if (atomic_load(&check_failures) != failures) {
                fprintf(stderr, "    in obstacle %zu at place %d\n", i, PLACES[j]);
            }
            free(results);
            free(by_batch);
            free(one_by_one);
            close_scene(&s);
            close_scene(&alone);
        }
    }
}

static void if_a_table_was_dropped_nothing_is_changed(void) {
    for (size_t j = 0; j < sizeof PLACES / sizeof PLACES[0]; j++) {
        scene s = open_scene();
        dictdb_table *doomed = NULL;
        char *before = all_that_can_be_seen(&s);
        CHECK_OK(dictdb_db_create_table(s.db, NTS("doomed"), NULL, 0, &doomed, &s.err), &s.err);
        for (int i = 0; i <= GOOD_COUNT; i++) {
            if (i == PLACES[j]) {
                CHECK_OK(dictdb_batch_insert(s.batch, doomed, NTS("{}"), &s.err), &s.err);
            }
            if (i < GOOD_COUNT) {
                ADD(s, GOOD[i]);
            }
        }
        CHECK_OK(dictdb_batch_insert(s.batch, doomed, NTS("{}"), &s.err), &s.err);
        CHECK_OK(dictdb_db_drop_table(s.db, NTS("doomed"), &s.err), &s.err);
        CHECK_REFUSED(s, DICTDB_STATUS_TABLE_NOT_FOUND, PLACES[j]);
        /* A new table of that name is another table. */
        CHECK_OK(dictdb_db_create_table(s.db, NTS("doomed"), NULL, 0, NULL, &s.err), &s.err);
        CHECK_REFUSED(s, DICTDB_STATUS_TABLE_NOT_FOUND, PLACES[j]);
        CHECK_OK(dictdb_batch_clear(s.batch, &s.err), &s.err);
        COMMIT(s, "[]");
        char *after = all_that_can_be_seen(&s);
        CHECK_SAME(after, before, "what can be seen after the batch");
        check_next_keys(&s, "5", "5");
        free(before);
        free(after);
        dictdb_table_free(doomed);
        close_scene(&s);
    }
}

static void the_error_tells_the_operation_and_what_it_met(void) {
    scene s = open_scene();
    ADDED(s, insert, S, NTS("{\"code\":\"ok\",\"grp\":0}"));
    ADDED(s, insert_many, A, NTS("[{\"x\":1},{\"x\":2,\"mail\":\"b@x\"}]"));
    CHECK_REFUSED(s, DICTDB_STATUS_DUPLICATE_KEY, 1);
    CHECK_MEMBER(dictdb_error_detail(s.err), "index", "1");
    CHECK_MEMBER(dictdb_error_detail(s.err), "fields", "[\"mail\"]");
    CHECK_MEMBER(dictdb_error_detail(s.err), "value", "\"b@x\"");
    CHECK_OK(dictdb_batch_clear(s.batch, &s.err), &s.err);
    ADDED(s, insert, A, NTS("{\"id\":3}"));
    CHECK_REFUSED(s, DICTDB_STATUS_DUPLICATE_KEY, 0);
    CHECK_MEMBER(dictdb_error_detail(s.err), "key", "3");
    CHECK_OK(dictdb_batch_clear(s.batch, &s.err), &s.err);
    ADDED(s, update_where, A, NTS("id = 1"), NTS("n = name * 2"), NULL, 0);
    CHECK_REFUSED(s, DICTDB_STATUS_TYPE_MISMATCH, 0);
    CHECK_MEMBER(dictdb_error_detail(s.err), "key", "1");
    CHECK_MEMBER(dictdb_error_detail(s.err), "field", "\"n\"");
    close_scene(&s);
}

static void of_several_failing_operations_the_first_is_told(void) {
    scene s = open_scene();
    ADDED(s, insert, S, NTS("{\"code\":\"ok\",\"grp\":0}"));
    ADDED(s, delete_by_key, S, NTS("99"));
    ADDED(s, insert, A, NTS("{\"id\":1}"));
    CHECK_REFUSED(s, DICTDB_STATUS_RECORD_NOT_FOUND, 1);
    close_scene(&s);
}

static void conflicts_between_operations_of_one_batch_are_refused(void) {
    scene s = open_scene();
    ADDED(s, insert, A, NTS("{\"mail\":\"z\"}"));
    ADDED(s, insert, A, NTS("{\"mail\":\"z\"}"));
    CHECK_REFUSED(s, DICTDB_STATUS_DUPLICATE_KEY, 1);
    CHECK_OK(dictdb_batch_clear(s.batch, &s.err), &s.err);
    ADDED(s, insert, A, NTS("{}"));
    ADDED(s, insert, A, NTS("{\"id\":5}"));
    CHECK_REFUSED(s, DICTDB_STATUS_DUPLICATE_KEY, 1);
    CHECK_OK(dictdb_batch_clear(s.batch, &s.err), &s.err);
    ADDED(s, update_by_key, A, NTS("1"), NTS("{\"id\":\"one\"}"));
    ADDED(s, update_by_key, A, NTS("2"), NTS("{\"id\":\"one\"}"));
    CHECK_REFUSED(s, DICTDB_STATUS_DUPLICATE_KEY, 1);
    CHECK_TABLE(s, A, RECORDS_OF_A);
    close_scene(&s);
}

/* -------------------------------------------------------------------------------------------------------- against one by one */

static uint64_t random_state;

static int random_below(int bound) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (int)((random_state >> 11) % (uint64_t)bound);
}

static void random_record(int table, char *text, size_t size) {
    char key[32] = "";
    if (random_below(2) == 0) {
        snprintf(key, sizeof key, random_below(4) == 0 && table == A ? "\"id\":\"k%d\"," : "\"id\":%d,", random_below(15));
    }
    if (table == S) {
        /* Without `grp` it violates the schema, unless it is merged into a record. */
        snprintf(text, size, random_below(10) == 0 ? "{%s\"code\":\"c%d\"}" : "{%s\"code\":\"c%d\",\"grp\":%d}", key, random_below(40),
                 random_below(4));
    } else {
        snprintf(text, size, "{%s\"mail\":\"m%d\",\"n\":%d,\"f%d\":%d}", key, random_below(40), random_below(50), random_below(6), random_below(3));
    }
}

static operation random_operation(void) {
    static const char *const SETS_OF_A[] = {"n = n + 1",       "n = coalesce(n, 0) + 1", "id = id + 1",
                                            "mail = ?1 || ''", "remove(f1), f2 = n",     "id = ?1"};
    static const char *const SETS_OF_S[] = {"grp = grp + 1", "note = code", "id = id + 1", "code = ?1 || ''", "remove(note)", "grp = ?1"};
    operation op = {(operation_kind)random_below(DELETE_WHERE + 1), random_below(TABLES), "", "", "", random_below(3)};
    char record[100];
    int set = random_below(6);
    switch (op.kind) {
    case INSERT_ONE:
    case UPSERT:
        random_record(op.table, op.first, sizeof op.first);
        break;
    case INSERT_MANY:
        random_record(op.table, record, sizeof record);
        snprintf(op.first, sizeof op.first, "[%.80s,", record);
        random_record(op.table, record, sizeof record);
        strncat(op.first, record, sizeof op.first - strlen(op.first) - 2);
        strcat(op.first, "]");
        break;
    case UPDATE_BY_KEY:
        snprintf(op.first, sizeof op.first, "%d", random_below(15));
        if (random_below(4) == 0) {
            snprintf(op.second, sizeof op.second, "{\"id\":%d}", random_below(20));
        } else {
            random_record(op.table, op.second, sizeof op.second);
        }
        break;
    case UPDATE_COMPILED:
    case UPDATE_WHERE:
        snprintf(op.first, sizeof op.first, op.table == A ? "n < %d" : "grp = %d", random_below(op.table == A ? 50 : 4));
        snprintf(op.second, sizeof op.second, "%s", (op.table == A ? SETS_OF_A : SETS_OF_S)[set]);
        if (strchr(op.second, '?') != NULL) {
            snprintf(op.params, sizeof op.params, random_below(3) == 0 ? "[%d]" : "[\"c%d\"]", random_below(40));
        }
        break;
    case DELETE_BY_KEY:
        snprintf(op.first, sizeof op.first, "%d", random_below(15));
        break;
    case DELETE_WHERE:
        snprintf(op.first, sizeof op.first, op.table == A ? "n = %d" : "grp = ?1", random_below(50));
        if (op.table == S) {
            snprintf(op.params, sizeof op.params, "[%d]", random_below(4));
        }
        break;
    }
    return op;
}

enum { OPERATIONS_AT_MOST = 12 };

/**
 * Each round makes a batch of random operations that succeed when done alone, one after another: it must do what they did. Each one that
 * fails alone is tried at the end of the batch so far, which must fail likewise.
 */
static void a_batch_does_what_its_operations_do_one_by_one(void) {
    scene s = open_scene();
    scene alone = open_scene();
    long failed = 0;
    long done = 0;
    random_state = 0x9e3779b97f4a7c15;
    for (long round = 0; round < check_rounds(150) && atomic_load(&check_failures) == 0; round++) {
        operation good[OPERATIONS_AT_MOST];
        int count = 0;
        int wanted = 1 + random_below(OPERATIONS_AT_MOST);
        char *results = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&results, &size);
        char *before = all_that_can_be_seen(&s);
        fputc('[', stream);
        while (count < wanted) {
            operation op = random_operation();
            dictdb_error *error = NULL;
            dictdb_status added = add(s.batch, s.tables[op.table], &op, &error);
            dictdb_error_free(error);
            if (added != DICTDB_STATUS_OK) {
                CHECK_INT(do_alone(alone.tables[op.table], &op, NULL, "", NULL), added);
                continue;
            }
            dictdb_status status = do_alone(alone.tables[op.table], &op, stream, count == 0 ? "" : ",", NULL);
            if (status == DICTDB_STATUS_OK) {
                good[count++] = op;
                continue;
            }
            failed++;
            CHECK_REFUSED(s, status, count);
            char *after = all_that_can_be_seen(&s);
            CHECK_SAME(after, before, "what can be seen after a failed batch");
            free(after);
            CHECK_OK(dictdb_batch_clear(s.batch, &s.err), &s.err);
            for (int i = 0; i < count; i++) {
                ADD(s, good[i]);
            }
        }
        fputc(']', stream);
        fclose(stream);
        done += count;
        COMMIT(s, results);
        char *by_batch = all_that_can_be_seen(&s);
        char *one_by_one = all_that_can_be_seen(&alone);
        CHECK_SAME(by_batch, one_by_one, "what can be seen after the batch");
        if (atomic_load(&check_failures) != 0) {
            fprintf(stderr, "    in round %ld, of %d operations\n", round, count);
        }
        free(before);
        free(results);
        free(by_batch);
        free(one_by_one);
    }
    CHECK(failed > 0 && done > 0);
    close_scene(&alone);
    close_scene(&s);
}

static void failing_batches_use_nothing_up(void) {
    scene s = open_scene();
    int64_t shapes = statistic(&s, A, "shapes");
    long rounds = check_rounds(2000);
    char record[2200];
    for (long i = 0; i < rounds; i++) {
        for (int j = 0; j < 3; j++) {
            snprintf(record, sizeof record, "{\"never_%ld_%d\":1,\"pad\":\"%02000d\"}", i, j, j);
            ADDED(s, insert, A, NTS(record));
        }
        snprintf(record, sizeof record, "{\"never_%ld\":1}", i);
        ADDED(s, update_by_key, A, NTS("2"), NTS(record));
        ADDED(s, delete_by_key, S, NTS("99"));
        CHECK_REFUSED(s, DICTDB_STATUS_RECORD_NOT_FOUND, 4);
        CHECK_OK(dictdb_batch_clear(s.batch, &s.err), &s.err);
    }
    CHECK_INT(statistic(&s, A, "shapes"), shapes);
    CHECK_INT(statistic(&s, A, "inserted"), 4);
    CHECK(statistic(&s, A, "segment_bytes") < INT64_C(4) << 20);
    for (int i = 0; i < 100; i++) {
        snprintf(record, sizeof record, "{\"at_last_%d\":1}", i);
        CHECK_OK(dictdb_table_insert(s.tables[A], NTS(record), NULL, &s.err), &s.err);
        CHECK_INT(statistic(&s, A, "shapes"), shapes + 1 + i);
        CHECK_OK(dictdb_table_describe(s.tables[A], &s.out, &s.err), &s.err);
        snprintf(record, sizeof record, "\"at_last_%d\"", i);
        CHECK_CONTAINS(json_member(s.out.data, "columns"), record);
    }
    CHECK(strstr(json_member(s.out.data, "columns"), "never") == NULL);
    check_next_keys(&s, "105", "5");
    close_scene(&s);
}

int main(void) {
    RUN(if_one_operation_fails_nothing_is_changed);
    RUN(a_failed_batch_can_be_committed_when_the_obstacle_is_gone);
    RUN(if_a_table_was_dropped_nothing_is_changed);
    RUN(the_error_tells_the_operation_and_what_it_met);
    RUN(of_several_failing_operations_the_first_is_told);
    RUN(conflicts_between_operations_of_one_batch_are_refused);
    RUN(a_batch_does_what_its_operations_do_one_by_one);
    RUN(failing_batches_use_nothing_up);
    return check_finish();
}
