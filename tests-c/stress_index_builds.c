/*
 * A stress program, to be run under a sanitizer: indexes of a table that is large enough for the library to build them on threads of its
 * own are made and dropped, now and then stopped, while others change and ask the table. Whatever indexes there are, the answers are the same.
 *
 *     stress_index_builds [SECONDS]
 *
 * Without an argument it runs for STRESS_SECONDS (an environment variable), or else 10 seconds. It ends with a line of figures, and with
 * code 0 if every check held.
 */
#include "check.h"
#include <pthread.h>
#include <time.h>

enum { RECORDS = 40000, GROUPS = 8, BUILDERS = 2, STOPPED_BUILDER = BUILDERS, STOPPER, WRITER, READER, THREADS };

/* Each builder has indexes of its own. Strings that begin alike, so that what an index keeps of them does not tell their order. */
static const char *const INDEXES[BUILDERS + 1][2][2] = {
    {{"{\"fields\":\"group\",\"kind\":\"hash\"}", "\"group\""}, {"{\"fields\":\"text\",\"kind\":\"sorted\"}", "\"text\""}},
    {{"{\"fields\":\"own\",\"kind\":\"hash\",\"unique\":true}", "\"own\""}, {"{\"fields\":\"number\",\"kind\":\"sorted\"}", "\"number\""}},
    {{"{\"fields\":[\"group\",\"text\"],\"kind\":\"sorted\"}", "[\"group\",\"text\"]"}, {"{\"fields\":[\"number\",\"own\"],\"kind\":\"hash\"}", "[\"number\",\"own\"]"}},
};

typedef struct {
    dictdb_db *db;
    dictdb_table *table;
    /** A handle to it that `cancel` stops. */
    dictdb_table *stoppable;
    dictdb_cancel *cancel;
    struct timespec end;
    atomic_llong builds;
    atomic_llong stopped;
    atomic_llong updates;
    atomic_llong answers;
} scene;

typedef struct {
    scene *s;
    int number;
} actor;

static bool time_is_up(const scene *s) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec > s->end.tv_sec || (now.tv_sec == s->end.tv_sec && now.tv_nsec >= s->end.tv_nsec);
}

/** What is so whatever the writer does, and whichever indexes there are. */
static void ask(scene *s) {
    static const struct {
        const char *where;
        uint64_t count;
    } answers[] = {{"group = 'group 3'", RECORDS / GROUPS},
                   {"text STARTS WITH 'a long beginning'", RECORDS},
                   {"own = 'own 77'", 1},
                   {"number BETWEEN 0 AND 1000000", RECORDS},
                   {"group = 'group 5' AND text > 'a long beginning'", RECORDS / GROUPS}};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        uint64_t count = 0;
        CHECK_INT(dictdb_table_count_where(s->table, NTS(answers[i].where), NULL, 0, &count, NULL), DICTDB_STATUS_OK);
        CHECK_INT(count, answers[i].count);
        atomic_fetch_add(&s->answers, 1);
    }
}

static void build(actor *a) {
    do {
        for (int i = 0; i < 2; i++) {
            CHECK_INT(dictdb_table_create_index(a->s->table, NTS(INDEXES[a->number][i][0]), NULL), DICTDB_STATUS_OK);
            ask(a->s);
            CHECK_INT(dictdb_table_drop_index(a->s->table, NTS(INDEXES[a->number][i][1]), NULL), DICTDB_STATUS_OK);
            atomic_fetch_add(&a->s->builds, 1);
        }
    } while (!time_is_up(a->s));
}

/** Builds that are stopped now and then: before they began, or on their way. */
static void build_stopped(actor *a) {
    do {
        for (int i = 0; i < 2; i++) {
            dictdb_status status = dictdb_table_create_index(a->s->stoppable, NTS(INDEXES[STOPPED_BUILDER][i][0]), NULL);
            CHECK(status == DICTDB_STATUS_OK || status == DICTDB_STATUS_CANCELLED);
            if (status == DICTDB_STATUS_OK) {
                CHECK_INT(dictdb_table_drop_index(a->s->table, NTS(INDEXES[STOPPED_BUILDER][i][1]), NULL), DICTDB_STATUS_OK);
                atomic_fetch_add(&a->s->builds, 1);
            } else {
                atomic_fetch_add(&a->s->stopped, 1);
            }
        }
    } while (!time_is_up(a->s));
}

static void change(actor *a) {
    for (int64_t i = 0; i == 0 || !time_is_up(a->s); i++) {
        char key[24];
        char text[96];
        snprintf(key, sizeof key, "%lld", (long long)(1 + i * 31 % RECORDS));
        snprintf(text, sizeof text, "{\"text\":\"a long beginning %lld\",\"number\":%lld}", (long long)(i * 7919 % 1000), (long long)(i % 1000));
        CHECK_INT(dictdb_table_update_by_key(a->s->table, NTS(key), NTS(text), NULL), DICTDB_STATUS_OK);
        atomic_fetch_add(&a->s->updates, 1);
    }
}

/** Lets builds run for a time that is another one each time, and stops whatever there is then. */
static void stop(actor *a) {
    for (long i = 0; i == 0 || !time_is_up(a->s); i++) {
        const struct timespec run = {0, i * 7 % 40 * 1000 * 1000};
        const struct timespec stopped = {0, 2 * 1000 * 1000};
        nanosleep(&run, NULL);
        CHECK_INT(dictdb_cancel_set(a->s->cancel, NULL), DICTDB_STATUS_OK);
        nanosleep(&stopped, NULL);
        CHECK_INT(dictdb_cancel_reset(a->s->cancel, NULL), DICTDB_STATUS_OK);
    }
}

static void read_on(actor *a) {
    do {
        ask(a->s);
    } while (!time_is_up(a->s));
}

static void *act(void *argument) {
    actor *a = argument;
    if (a->number < BUILDERS) {
        build(a);
    } else if (a->number == STOPPED_BUILDER) {
        build_stopped(a);
    } else if (a->number == STOPPER) {
        stop(a);
    } else if (a->number == WRITER) {
        change(a);
    } else {
        read_on(a);
    }
    return NULL;
}

static void fill(scene *s) {
    char *text = check_memory((size_t)RECORDS * 120 + 2);
    size_t len = 0;
    text[len++] = '[';
    for (int i = 1; i <= RECORDS; i++) {
        len += (size_t)sprintf(text + len, "{\"id\":%d,\"group\":\"group %d\",\"text\":\"a long beginning %d\",\"own\":\"own %d\",\"number\":%d},", i,
                               i % GROUPS, i % 1000, i, i * 17 % 5000);
    }
    text[len - 1] = ']';
    CHECK_INT(dictdb_table_insert_many(s->table, text, len, NULL, NULL), DICTDB_STATUS_OK);
    free(text);
}

static long seconds_to_run(int argc, char **argv) {
    const char *text = argc > 1 ? argv[1] : getenv("STRESS_SECONDS");
    long seconds = text == NULL ? 10 : strtol(text, NULL, 10);
    return seconds > 0 ? seconds : 1;
}

int main(int argc, char **argv) {
    actor actors[THREADS];
    pthread_t threads[THREADS];
    scene s;
    memset(&s, 0, sizeof s);
    CHECK_INT(dictdb_db_new(NULL, 0, &s.db, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_create_table(s.db, NTS("t"), NULL, 0, &s.table, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_cancel_new(&s.cancel, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_limited(s.table, s.cancel, -1, &s.stoppable, NULL), DICTDB_STATUS_OK);
    fill(&s);
    clock_gettime(CLOCK_MONOTONIC, &s.end);
    s.end.tv_sec += seconds_to_run(argc, argv);
    for (int i = 0; i < THREADS; i++) {
        actors[i] = (actor){&s, i};
        CHECK_INT(pthread_create(&threads[i], NULL, act, &actors[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    ask(&s);
    dictdb_table_free(s.stoppable);
    dictdb_table_free(s.table);
    dictdb_cancel_free(s.cancel);
    dictdb_db_free(s.db);
    CHECK(atomic_load(&s.builds) > 0 && atomic_load(&s.stopped) > 0 && atomic_load(&s.updates) > 0);
    int failures = atomic_load(&check_failures);
    printf("%s: %lld builds, %lld stopped, %lld updates, %lld answers, %d checks failed\n", failures == 0 ? "ok" : "FAIL",
           atomic_load(&s.builds), atomic_load(&s.stopped), atomic_load(&s.updates), atomic_load(&s.answers), failures);
    return failures == 0 ? 0 : 1;
}
