/*
 * A stress program, to be run under a sanitizer: money moves between the accounts of two tables by batches of several threads, while others
 * watch that none is lost or made: in snapshots, in the feed of changes, and at the end to the last cent.
 *
 *     stress_transfers [SECONDS]
 *
 * Without an argument it runs for STRESS_SECONDS (an environment variable), or else 10 seconds. It ends with a line of figures, and with
 * code 0 if every check held.
 */
#include "check.h"
#include <pthread.h>
#include <time.h>

enum { BANKS = 2, ACCOUNTS = 100, START = 1000, TOTAL = BANKS * ACCOUNTS * START, MOVERS = 4, READERS = 2, HURRIED = 3, THREADS = MOVERS + READERS + 2 + HURRIED };

static const char *const NAMES[BANKS] = {"east", "west"};

typedef int64_t ledger[BANKS][ACCOUNTS];

typedef struct {
    dictdb_db *db;
    dictdb_table *banks[BANKS];
    dictdb_update *take;
    dictdb_update *give;
    dictdb_watch *watch;
    dictdb_cancel *cancel;
    /** Handles to the banks that `cancel` stops. */
    dictdb_table *cancelled[BANKS];
    pthread_barrier_t start;
    struct timespec end;
    /** Movers that have not ended; the others go on while there are some. */
    atomic_int movers;
    atomic_llong transfers;
    atomic_llong refused;
    atomic_llong stopped;
    atomic_llong snapshots;
    atomic_llong checks;
    atomic_llong changes;
    atomic_llong resyncs;
} town;

typedef struct {
    town *t;
    int number;
    uint64_t random;
    /** What this mover's transfers did; of the watcher: the balances that it knows of. */
    ledger balances;
} actor;

static int random_below(actor *a, int bound) {
    a->random ^= a->random << 13;
    a->random ^= a->random >> 7;
    a->random ^= a->random << 17;
    return (int)((a->random >> 11) % (uint64_t)bound);
}

static bool time_is_up(const town *t) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec > t->end.tv_sec || (now.tv_sec == t->end.tv_sec && now.tv_nsec >= t->end.tv_nsec);
}

/* -------------------------------------------------------------------------------------------------------------------- movers */

typedef struct {
    int from_bank;
    int from;
    int to_bank;
    /** `ACCOUNTS` or more: there is no such account. */
    int to;
    int amount;
} transfer;

/** Takes money from one account if it has so much, and gives it to another, by a batch made of functions. */
static dictdb_status move_by_functions(actor *a, const transfer *x, dictdb_table *const banks[BANKS], dictdb_batch *batch, dictdb_error **error) {
    char params[64];
    snprintf(params, sizeof params, "[%d,%d]", x->from, x->amount);
    CHECK_INT(dictdb_batch_update(batch, banks[x->from_bank], a->t->take, NTS(params), NULL), DICTDB_STATUS_OK);
    snprintf(params, sizeof params, "[%d,%d]", x->to, x->amount);
    CHECK_INT(dictdb_batch_update(batch, banks[x->to_bank], a->t->give, NTS(params), NULL), DICTDB_STATUS_OK);
    dictdb_status status = dictdb_batch_commit(batch, NULL, error);
    CHECK_INT(dictdb_batch_clear(batch, NULL), DICTDB_STATUS_OK);
    return status;
}

static dictdb_status move_by_text(actor *a, const transfer *x, dictdb_error **error) {
    char text[400];
    snprintf(text, sizeof text,
             "[{\"update\":\"%s\",\"where\":\"id = ?1 AND balance >= ?2\",\"set\":\"balance = balance - ?2\",\"params\":[%d,%d]},"
             "{\"update\":\"%s\",\"key\":%d,\"set\":\"balance = balance + ?1\",\"params\":[%d]}]",
             NAMES[x->from_bank], x->from, x->amount, NAMES[x->to_bank], x->to, x->amount);
    return dictdb_db_batch(a->t->db, NTS(text), NULL, error);
}

static void move_once(actor *a, dictdb_batch *batch) {
    town *t = a->t;
    transfer x = {random_below(a, BANKS), random_below(a, ACCOUNTS), random_below(a, BANKS), random_below(a, ACCOUNTS), 1 + random_below(a, 700)};
    bool stoppable = a->number == 0;
    dictdb_error *error = NULL;
    if (x.from_bank == x.to_bank && x.from == x.to) {
        return;
    }
    if (random_below(a, 10) == 0) {
        x.to += ACCOUNTS;
    }
    dictdb_status status = a->number == 1 ? move_by_text(a, &x, &error)
                                          : move_by_functions(a, &x, stoppable ? t->cancelled : t->banks, batch, &error);
    if (status == DICTDB_STATUS_OK) {
        CHECK(x.to < ACCOUNTS);
        a->balances[x.from_bank][x.from] -= x.amount;
        a->balances[x.to_bank][x.to % ACCOUNTS] += x.amount;
        atomic_fetch_add(&t->transfers, 1);
    } else if (status == DICTDB_STATUS_CANCELLED || status == DICTDB_STATUS_TIMEOUT) {
        CHECK(stoppable);
        atomic_fetch_add(&t->stopped, 1);
    } else {
        CHECK_INT(status, DICTDB_STATUS_RECORD_NOT_FOUND);
        int64_t operation = json_integer(dictdb_error_detail(error), "operation");
        CHECK(operation == 0 || (operation == 1 && x.to >= ACCOUNTS));
        atomic_fetch_add(&t->refused, 1);
    }
    dictdb_error_free(error);
}

static void move_money(actor *a) {
    dictdb_batch *batch = NULL;
    CHECK_INT(dictdb_batch_new(&batch, NULL), DICTDB_STATUS_OK);
    while (!time_is_up(a->t)) {
        for (int i = 0; i < 50; i++) {
            move_once(a, batch);
        }
    }
    dictdb_batch_free(batch);
    atomic_fetch_sub(&a->t->movers, 1);
}

/* ------------------------------------------------------------------------------------------------------------------- readers */

/** Adds up the balances in a text of records, none of which is negative; counts them. */
static int64_t sum_of_text(const char *text, size_t len, int *count) {
    static const char NAME[] = "\"balance\":";
    int64_t sum = 0;
    for (const char *at = text; at < text + len; at++) {
        if (*at == '"' && (size_t)(text + len - at) > strlen(NAME) && memcmp(at, NAME, strlen(NAME)) == 0) {
            int64_t balance = strtoll(at + strlen(NAME), NULL, 10);
            CHECK(balance >= 0);
            sum += balance;
            ++*count;
        }
    }
    return sum;
}

static int64_t sum_by_query(const dictdb_table *table, dictdb_buffer *out) {
    static const char *const SPEC = "{\"aggregates\":{\"n\":\"count()\",\"sum\":\"sum(balance)\",\"min\":\"min(balance)\"}}";
    CHECK_INT(dictdb_table_query(table, NTS(SPEC), NULL, 0, out, NULL, NULL), DICTDB_STATUS_OK);
    const char *row = out->data == NULL ? "" : out->data + 1;
    CHECK_INT(json_integer(row, "n"), ACCOUNTS);
    CHECK(json_integer(row, "min") >= 0);
    return json_integer(row, "sum");
}

static int64_t sum_by_cursor(const dictdb_table *table, bool row_by_row, dictdb_buffer *out) {
    dictdb_cursor *cursor = NULL;
    int64_t sum = 0;
    int count = 0;
    const char *spec = row_by_row ? NULL : "{\"order_by\":\"-balance\",\"columns\":[\"balance\"]}";
    CHECK_INT(dictdb_table_cursor(table, NTS(spec), NULL, 0, &cursor, NULL), DICTDB_STATUS_OK);
    if (row_by_row) {
        const char *row = NULL;
        size_t len = 0;
        while (dictdb_cursor_next(cursor, &row, &len, NULL) == DICTDB_STATUS_OK) {
            sum += sum_of_text(row, len, &count);
        }
    } else {
        while (dictdb_cursor_next_batch(cursor, 7, 0, DICTDB_ROWS_LINES, out, NULL, NULL) == DICTDB_STATUS_OK) {
            sum += sum_of_text(out->data, out->len, &count);
        }
    }
    CHECK_INT(count, ACCOUNTS);
    dictdb_cursor_free(cursor);
    return sum;
}

/** The total is what it was at the beginning, and no balance is negative, in a snapshot of the database. */
static void check_database(actor *a, const dictdb_db *db, dictdb_buffer *out) {
    int64_t total = 0;
    for (int bank = 0; bank < BANKS; bank++) {
        dictdb_table *table = NULL;
        CHECK_INT(dictdb_db_get_table(db, NTS(NAMES[bank]), &table, NULL), DICTDB_STATUS_OK);
        int64_t sum = sum_by_query(table, out);
        if (random_below(a, 4) == 0) {
            CHECK_INT(sum_by_cursor(table, random_below(a, 2) == 0, out), sum);
            atomic_fetch_add(&a->t->checks, 1);
        }
        total += sum;
        dictdb_table_free(table);
    }
    CHECK_INT(total, TOTAL);
    if (random_below(a, 8) == 0) {
        int count = 0;
        CHECK_INT(dictdb_db_copy(db, out, NULL), DICTDB_STATUS_OK);
        CHECK_INT(sum_of_text(out->data, out->len, &count), TOTAL);
        CHECK_INT(count, BANKS * ACCOUNTS);
        atomic_fetch_add(&a->t->checks, 1);
    }
    atomic_fetch_add(&a->t->checks, 1);
}

/** A snapshot of a table, and a cursor over it, stay as they are. */
static void check_table(actor *a, dictdb_buffer *out) {
    dictdb_table *snapshot = NULL;
    CHECK_INT(dictdb_table_snapshot(a->t->banks[random_below(a, BANKS)], &snapshot, NULL), DICTDB_STATUS_OK);
    int64_t sum = sum_by_query(snapshot, out);
    CHECK_INT(sum_by_cursor(snapshot, true, out), sum);
    CHECK_INT(sum_by_cursor(snapshot, false, out), sum);
    CHECK_INT(sum_by_query(snapshot, out), sum);
    dictdb_table_free(snapshot);
    atomic_fetch_add(&a->t->checks, 3);
}

static void read_totals(actor *a) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    do {
        dictdb_db *snapshot = NULL;
        uint64_t count = 77;
        CHECK_INT(dictdb_db_snapshot(a->t->db, &snapshot, NULL), DICTDB_STATUS_OK);
        check_database(a, snapshot, &out);
        dictdb_db_free(snapshot);
        /* Without a snapshot, a copy of the database is as of one instant, too. */
        int accounts = 0;
        CHECK_INT(dictdb_db_copy(a->t->db, &out, NULL), DICTDB_STATUS_OK);
        CHECK_INT(sum_of_text(out.data, out.len, &accounts), TOTAL);
        check_table(a, &out);
        CHECK_INT(dictdb_table_count_where(a->t->banks[random_below(a, BANKS)], NTS("balance < 0"), NULL, 0, &count, NULL), DICTDB_STATUS_OK);
        CHECK_INT(count, 0);
        atomic_fetch_add(&a->t->snapshots, 2);
        atomic_fetch_add(&a->t->checks, 2);
    } while (atomic_load(&a->t->movers) > 0);
    dictdb_buffer_free(&out);
}

/* ------------------------------------------------------------------------------------------------------------------- watcher */

typedef struct {
    uint64_t since;
    /** The commit that the last change belongs to. */
    int64_t commit;
    int64_t total;
    /** Whether all changes that the known balances have in them were given: then the total is right after each commit. */
    bool level;
} reading;

/** Applies one change to the balances that the watcher knows of. */
static void apply_change(actor *a, reading *r, const char *change) {
    const char *name = json_member(change, "table");
    int bank = name != NULL && strncmp(name, "\"west\"", 6) == 0 ? 1 : 0;
    int64_t account = json_integer(change, "key");
    int64_t balance = json_integer(json_member(change, "record"), "balance");
    int64_t commit = json_integer(change, "commit");
    if (commit != r->commit) {
        CHECK(!r->level || r->total == TOTAL);
        CHECK_INT(commit, json_integer(change, "sequence"));
        atomic_fetch_add(&a->t->checks, 1);
        r->commit = commit;
    }
    CHECK_MEMBER(change, "operation", "\"update\"");
    CHECK(balance >= 0);
    CHECK(account >= 0 && account < ACCOUNTS);
    if (account >= 0 && account < ACCOUNTS) {
        r->total += balance - a->balances[bank][account];
        a->balances[bank][account] = balance;
    }
    atomic_fetch_add(&a->t->changes, 1);
}

static void read_balances(const dictdb_db *db, ledger balances) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    for (int bank = 0; bank < BANKS; bank++) {
        dictdb_table *table = NULL;
        CHECK_INT(dictdb_db_get_table(db, NTS(NAMES[bank]), &table, NULL), DICTDB_STATUS_OK);
        for (int account = 0; account < ACCOUNTS; account++) {
            CHECK_INT(dictdb_table_get_int(table, account, &out, NULL), DICTDB_STATUS_OK);
            balances[bank][account] = json_integer(out.data, "balance");
        }
        dictdb_table_free(table);
    }
    dictdb_buffer_free(&out);
}

/** Changes were lost: reads all balances anew, and goes on after the newest change that there was before. */
static void resync(actor *a, reading *r, uint64_t newest) {
    dictdb_db *snapshot = NULL;
    r->since = newest;
    r->level = false;
    CHECK_INT(dictdb_db_snapshot(a->t->db, &snapshot, NULL), DICTDB_STATUS_OK);
    read_balances(snapshot, a->balances);
    dictdb_db_free(snapshot);
    r->total = TOTAL;
    atomic_fetch_add(&a->t->resyncs, 1);
}

static void rebuild_balances(actor *a) {
    dictdb_buffer changes = DICTDB_BUFFER_INIT;
    reading r = {0, 0, TOTAL, true};
    bool moving = true;
    bool more = true;
    for (int bank = 0; bank < BANKS; bank++) {
        for (int account = 0; account < ACCOUNTS; account++) {
            a->balances[bank][account] = START;
        }
    }
    while (moving || more) {
        dictdb_error *error = NULL;
        uint64_t last = r.since;
        /* Looked at before the poll: so the last poll comes after the last transfer. */
        moving = atomic_load(&a->t->movers) > 0;
        dictdb_status status = dictdb_watch_poll(a->t->watch, r.since, 2000, moving ? 50 : 0, &changes, &last, &error);
        if (status == DICTDB_STATUS_UNAVAILABLE) {
            resync(a, &r, (uint64_t)json_integer(dictdb_error_detail(error), "newest"));
            dictdb_error_free(error);
            more = true;
            continue;
        }
        CHECK_INT(status, DICTDB_STATUS_OK);
        const char *at = changes.data == NULL ? "" : changes.data + 1;
        more = *at == '{';
        r.level = r.level || !more;
        for (; *at == '{'; at += *at == ',' ? 1 : 0) {
            apply_change(a, &r, at);
            /* Numbers ascend by one; that of the first change is whatever it is. */
            r.since = r.since == 0 ? (uint64_t)json_integer(at, "sequence") : r.since + 1;
            CHECK_INT(json_integer(at, "sequence"), r.since);
            at = json_end(at);
        }
        CHECK_INT(last, r.since);
    }
    CHECK_INT(r.total, TOTAL);
    dictdb_buffer_free(&changes);
}

/* ------------------------------------------------------------------------------------------------------------------- stopper */

/** Takes snapshots of the database in less time than there often is: those that are given up must not harm those of others. */
static void hurry(const actor *a) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_db *hurried = NULL;
    CHECK_INT(dictdb_db_limited(a->t->db, NULL, 1, &hurried, NULL), DICTDB_STATUS_OK);
    do {
        dictdb_status status = dictdb_db_copy(hurried, &out, NULL);
        CHECK(status == DICTDB_STATUS_OK || status == DICTDB_STATUS_TIMEOUT);
    } while (atomic_load(&a->t->movers) > 0);
    dictdb_db_free(hurried);
    dictdb_buffer_free(&out);
}

/** Stops the calls of the first mover now and then, and some of its own. */
static void stop_some(actor *a) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    do {
        dictdb_db *hurried = NULL;
        CHECK_INT(dictdb_db_limited(a->t->db, a->t->cancel, random_below(a, 2), &hurried, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_cancel_set(a->t->cancel, NULL), DICTDB_STATUS_OK);
        dictdb_status status = dictdb_db_batch(hurried, NTS("[{\"update\":\"east\",\"where\":\"TRUE\",\"set\":\"balance = balance + 1\"}]"), NULL, NULL);
        CHECK(status == DICTDB_STATUS_CANCELLED || status == DICTDB_STATUS_TIMEOUT);
        CHECK_INT(dictdb_cancel_reset(a->t->cancel, NULL), DICTDB_STATUS_OK);
        dictdb_db_free(hurried);
        /* Leaves the movers some time without a stop. */
        for (int i = 0; i < 20; i++) {
            (void)sum_by_query(a->t->banks[i % BANKS], &out);
        }
    } while (atomic_load(&a->t->movers) > 0);
    dictdb_buffer_free(&out);
}

/* ---------------------------------------------------------------------------------------------------------------------- town */

static void *act(void *argument) {
    actor *a = argument;
    pthread_barrier_wait(&a->t->start);
    if (a->number < MOVERS) {
        move_money(a);
    } else if (a->number < MOVERS + READERS) {
        read_totals(a);
    } else if (a->number == MOVERS + READERS) {
        rebuild_balances(a);
    } else if (a->number == MOVERS + READERS + 1) {
        stop_some(a);
    } else {
        hurry(a);
    }
    return NULL;
}

static void open_town(town *t, long seconds) {
    memset(t, 0, sizeof *t);
    CHECK_INT(dictdb_db_new(NULL, 0, &t->db, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_cancel_new(&t->cancel, NULL), DICTDB_STATUS_OK);
    for (int bank = 0; bank < BANKS; bank++) {
        CHECK_INT(dictdb_db_create_table(t->db, NTS(NAMES[bank]), NULL, 0, &t->banks[bank], NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_create_index(t->banks[bank], NTS("{\"fields\":\"balance\",\"kind\":\"sorted\"}"), NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_limited(t->banks[bank], t->cancel, 1000, &t->cancelled[bank], NULL), DICTDB_STATUS_OK);
        for (int account = 0; account < ACCOUNTS; account++) {
            char record[64];
            snprintf(record, sizeof record, "{\"id\":%d,\"balance\":%d}", account, START);
            CHECK_INT(dictdb_table_insert(t->banks[bank], NTS(record), NULL, NULL), DICTDB_STATUS_OK);
        }
    }
    CHECK_INT(dictdb_update_new(NULL, NTS("id = ?1 AND balance >= ?2"), NTS("balance = balance - ?2"), &t->take, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_update_new(NULL, NTS("id = ?1"), NTS("balance = balance + ?2"), &t->give, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_watch(t->db, NTS("{\"max_changes\":10000}"), &t->watch, NULL), DICTDB_STATUS_OK);
    atomic_store(&t->movers, MOVERS);
    CHECK_INT(pthread_barrier_init(&t->start, NULL, THREADS), 0);
    clock_gettime(CLOCK_MONOTONIC, &t->end);
    t->end.tv_sec += seconds;
}

static void close_town(town *t) {
    pthread_barrier_destroy(&t->start);
    dictdb_watch_free(t->watch);
    dictdb_update_free(t->take);
    dictdb_update_free(t->give);
    for (int bank = 0; bank < BANKS; bank++) {
        dictdb_table_free(t->cancelled[bank]);
        dictdb_table_free(t->banks[bank]);
    }
    dictdb_cancel_free(t->cancel);
    dictdb_db_free(t->db);
}

static long seconds_to_run(int argc, char **argv) {
    const char *text = argc > 1 ? argv[1] : getenv("STRESS_SECONDS");
    long seconds = text == NULL ? 10 : strtol(text, NULL, 10);
    return seconds > 0 ? seconds : 1;
}

int main(int argc, char **argv) {
    static actor actors[THREADS];
    pthread_t threads[THREADS];
    town t;
    ledger balances;
    open_town(&t, seconds_to_run(argc, argv));
    for (int i = 0; i < THREADS; i++) {
        actors[i].t = &t;
        actors[i].number = i;
        actors[i].random = 0x9e3779b97f4a7c15 * (uint64_t)(i + 1);
        CHECK_INT(pthread_create(&threads[i], NULL, act, &actors[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    read_balances(t.db, balances);
    int64_t total = 0;
    for (int bank = 0; bank < BANKS; bank++) {
        for (int account = 0; account < ACCOUNTS; account++) {
            int64_t expected = START;
            for (int i = 0; i < MOVERS; i++) {
                expected += actors[i].balances[bank][account];
            }
            CHECK_INT(balances[bank][account], expected);
            CHECK_INT(actors[MOVERS + READERS].balances[bank][account], expected);
            CHECK(expected >= 0);
            total += expected;
        }
    }
    CHECK_INT(total, TOTAL);
    CHECK(atomic_load(&t.transfers) > 0);
    CHECK(atomic_load(&t.resyncs) > 0 || atomic_load(&t.changes) == 2 * atomic_load(&t.transfers));
    int failures = atomic_load(&check_failures);
    printf("%s: %lld transfers, %lld refused, %lld stopped, %lld snapshots, %lld checks, %lld changes watched, %lld resyncs, %d checks failed\n",
           failures == 0 ? "ok" : "FAIL", atomic_load(&t.transfers), atomic_load(&t.refused), atomic_load(&t.stopped), atomic_load(&t.snapshots),
           atomic_load(&t.checks), atomic_load(&t.changes), atomic_load(&t.resyncs), failures);
    close_town(&t);
    return failures == 0 ? 0 : 1;
}
