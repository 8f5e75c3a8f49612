/*
 * Tests: the file descriptor of a watch: when it is readable, that it is one and the same, closed with the watch, refused by the system.
 * Does not test: what polls give (test_watch), waiting without a descriptor (test_watch_threads).
 */
#include "check.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

typedef struct {
    world w;
    dictdb_watch *watch;
    int32_t fd;
    uint64_t since;
} scene;

static scene open_scene(void) {
    scene s = {world_open(NULL), NULL, -1, 0};
    CHECK_OK(dictdb_table_watch(s.w.table, NULL, 0, &s.watch, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_watch_fd(s.watch, &s.fd, &s.w.err), &s.w.err);
    CHECK(s.fd >= 0);
    return s;
}

static void close_scene(scene *s) {
    dictdb_watch_free(s->watch);
    world_close(&s->w);
}

/** What poll(2) says of a descriptor: 1 readable, 0 not, -1 anything else. */
static int readable(int32_t fd, int timeout) {
    struct pollfd entry = {fd, POLLIN, 0};
    int ready = poll(&entry, 1, timeout);
    return ready == 0 && entry.revents == 0 ? 0 : ready == 1 && entry.revents == POLLIN ? 1 : -1;
}

static bool is_open(int32_t fd) {
    return fcntl(fd, F_GETFD) != -1 || errno != EBADF;
}

static void write_times(scene *s, int times) {
    for (int i = 0; i < times; i++) {
        CHECK_OK(dictdb_table_insert(s->w.table, NTS("{}"), NULL, &s->w.err), &s->w.err);
    }
}

/** Takes at most `max` changes. */
static void take(scene *s, uint64_t max) {
    CHECK_OK(dictdb_watch_poll(s->watch, s->since, max, 0, &s->w.out, &s->since, &s->w.err), &s->w.err);
}

static void it_is_readable_while_there_are_changes(void) {
    scene s = open_scene();
    CHECK_INT(readable(s.fd, 0), 0);
    for (int round = 0; round < 3; round++) {
        write_times(&s, 1);
        CHECK_INT(readable(s.fd, 0), 1);
        CHECK_INT(readable(s.fd, -1), 1);
        take(&s, 0);
        CHECK_INT(readable(s.fd, 0), 0);
        take(&s, 0);
        CHECK_INT(readable(s.fd, 0), 0);
    }
    close_scene(&s);
}

static void it_stays_readable_until_all_were_given(void) {
    scene s = open_scene();
    write_times(&s, 5);
    for (int i = 0; i < 2; i++) {
        take(&s, 2);
        CHECK_INT(readable(s.fd, 0), 1);
    }
    take(&s, 2);
    CHECK_INT(readable(s.fd, 0), 0);
    close_scene(&s);
}

static void many_changes_are_taken_at_once(void) {
    scene s = open_scene();
    write_times(&s, 3000);
    CHECK_INT(readable(s.fd, 0), 1);
    take(&s, 0);
    CHECK_INT(readable(s.fd, 0), 0);
    CHECK_OK(dictdb_table_delete_where(s.w.table, NTS("TRUE"), NULL, 0, NULL, &s.w.err), &s.w.err);
    CHECK_INT(readable(s.fd, 0), 1);
    take(&s, 2999);
    CHECK_INT(readable(s.fd, 0), 1);
    take(&s, 1);
    CHECK_INT(readable(s.fd, 0), 0);
    close_scene(&s);
}

static void asking_again_does_not_make_it_readable(void) {
    scene s = open_scene();
    write_times(&s, 3);
    take(&s, 0);
    s.since = 0;
    take(&s, 1);
    CHECK_INT(readable(s.fd, 0), 0);
    close_scene(&s);
}

static void what_fails_does_not_make_it_readable(void) {
    scene s = open_scene();
    dictdb_batch *batch = NULL;
    write_times(&s, 1);
    take(&s, 0);
    CHECK_STATUS(dictdb_table_insert(s.w.table, NTS("{\"id\":1}"), NULL, &s.w.err), DICTDB_STATUS_DUPLICATE_KEY, &s.w.err);
    CHECK_STATUS(dictdb_table_delete_by_key(s.w.table, NTS("7"), &s.w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &s.w.err);
    CHECK_OK(dictdb_table_insert_many(s.w.table, NTS("[]"), NULL, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_upsert(s.w.table, NTS("{\"id\":1}"), DICTDB_CONFLICT_IGNORE, NULL, NULL, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_batch_new(&batch, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_batch_insert(batch, s.w.table, NTS("{}"), &s.w.err), &s.w.err);
    CHECK_OK(dictdb_batch_delete_by_key(batch, s.w.table, NTS("7"), &s.w.err), &s.w.err);
    CHECK_INT(dictdb_batch_commit(batch, NULL, NULL), DICTDB_STATUS_RECORD_NOT_FOUND);
    CHECK_INT(readable(s.fd, 0), 0);
    dictdb_batch_free(batch);
    close_scene(&s);
}

static void changes_of_another_table_do_not_make_it_readable(void) {
    scene s = open_scene();
    dictdb_watch *of_db = NULL;
    int32_t fd = -1;
    CHECK_OK(dictdb_db_watch(s.w.db, NULL, 0, &of_db, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_watch_fd(of_db, &fd, &s.w.err), &s.w.err);
    CHECK(fd != s.fd);
    CHECK_OK(dictdb_db_create_table(s.w.db, NTS("u"), NULL, 0, NULL, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_db_batch(s.w.db, NTS("[{\"insert\":\"u\",\"record\":{}}]"), NULL, &s.w.err), &s.w.err);
    CHECK_INT(readable(s.fd, 0), 0);
    CHECK_INT(readable(fd, 0), 1);
    CHECK_OK(dictdb_db_batch(s.w.db, NTS("[{\"insert\":\"u\",\"record\":{}},{\"insert\":\"t\",\"record\":{}}]"), NULL, &s.w.err), &s.w.err);
    CHECK_INT(readable(s.fd, 0), 1);
    dictdb_watch_free(of_db);
    close_scene(&s);
}

static void the_drop_of_the_table_makes_it_readable(void) {
    scene s = open_scene();
    CHECK_OK(dictdb_db_drop_table(s.w.db, NTS("t"), &s.w.err), &s.w.err);
    CHECK_INT(readable(s.fd, 0), 1);
    take(&s, 0);
    CHECK_MEMBER(s.w.out.data + 1, "operation", "\"drop\"");
    CHECK_INT(readable(s.fd, 0), 0);
    close_scene(&s);
}

static void it_is_readable_at_once_if_changes_came_before_it(void) {
    world w = world_open(NULL);
    dictdb_watch *watch = NULL;
    int32_t fd = -1;
    CHECK_OK(dictdb_table_watch(w.table, NULL, 0, &watch, &w.err), &w.err);
    INSERT(w, "[{},{}]");
    CHECK_OK(dictdb_watch_fd(watch, &fd, &w.err), &w.err);
    CHECK_INT(readable(fd, 0), 1);
    CHECK_OK(dictdb_watch_poll(watch, 0, 0, 0, &w.out, NULL, &w.err), &w.err);
    CHECK_INT(readable(fd, 0), 0);
    dictdb_watch_free(watch);
    world_close(&w);
}

static void it_is_not_readable_if_all_were_given_before_it(void) {
    world w = world_open(NULL);
    dictdb_watch *watch = NULL;
    int32_t fd = -1;
    CHECK_OK(dictdb_table_watch(w.table, NULL, 0, &watch, &w.err), &w.err);
    INSERT(w, "[{},{}]");
    CHECK_OK(dictdb_watch_poll(watch, 0, 0, 0, &w.out, NULL, &w.err), &w.err);
    CHECK_OK(dictdb_watch_fd(watch, &fd, &w.err), &w.err);
    CHECK_INT(readable(fd, 0), 0);
    dictdb_watch_free(watch);
    world_close(&w);
}

static void it_is_readable_when_changes_are_gone_and_until_the_rest_was_given(void) {
    world w = world_open(NULL);
    dictdb_watch *watch = NULL;
    int32_t fd = -1;
    CHECK_OK(dictdb_table_watch(w.table, NTS("{\"max_changes\":2}"), &watch, &w.err), &w.err);
    CHECK_OK(dictdb_watch_fd(watch, &fd, &w.err), &w.err);
    INSERT(w, "[{},{}]");
    uint64_t since = 0;
    CHECK_OK(dictdb_watch_poll(watch, 0, 1, 0, &w.out, &since, &w.err), &w.err);
    INSERT(w, "[{},{},{},{}]");
    CHECK_INT(readable(fd, 0), 1);
    CHECK_STATUS(dictdb_watch_poll(watch, since, 0, 0, &w.out, &since, &w.err), DICTDB_STATUS_UNAVAILABLE, &w.err);
    CHECK_INT(readable(fd, 0), 1);
    since = (uint64_t)json_integer(dictdb_error_detail(w.err), "oldest");
    CHECK_OK(dictdb_watch_poll(watch, since, 0, 0, &w.out, &since, &w.err), &w.err);
    CHECK_INT(readable(fd, 0), 0);
    dictdb_watch_free(watch);
    world_close(&w);
}

static void it_is_each_time_the_same(void) {
    scene s = open_scene();
    dictdb_watch *other = NULL;
    int32_t fd = -1;
    for (int i = 0; i < 3; i++) {
        CHECK_OK(dictdb_watch_fd(s.watch, &fd, &s.w.err), &s.w.err);
        CHECK_INT(fd, s.fd);
        write_times(&s, i);
    }
    CHECK_OK(dictdb_table_watch(s.w.table, NULL, 0, &other, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_watch_fd(other, &fd, &s.w.err), &s.w.err);
    CHECK(fd != s.fd);
    dictdb_watch_free(other);
    CHECK(is_open(s.fd));
    close_scene(&s);
}

static void it_is_closed_with_the_watch(void) {
    scene s = open_scene();
    int32_t fd = s.fd;
    write_times(&s, 1);
    CHECK(is_open(fd));
    dictdb_watch_free(s.watch);
    CHECK(!is_open(fd));
    CHECK_STATUS(dictdb_watch_fd(s.watch, &fd, &s.w.err), DICTDB_STATUS_INVALID_HANDLE, &s.w.err);
    CHECK_INT(fd, s.fd);
    write_times(&s, 1);
    close_scene(&s);
}

static void it_is_closed_on_exec(void) {
    scene s = open_scene();
    CHECK((fcntl(s.fd, F_GETFD) & FD_CLOEXEC) != 0);
    close_scene(&s);
}

static int count_open(void) {
    int count = 0;
    for (int32_t fd = 0; fd < 256; fd++) {
        count += is_open(fd) ? 1 : 0;
    }
    return count;
}

static void watches_leave_no_descriptors_open(void) {
    int before = count_open();
    for (int i = 0; i < 300; i++) {
        scene s = open_scene();
        write_times(&s, i % 3);
        close_scene(&s);
    }
    CHECK_INT(count_open(), before);
}

static void without_a_descriptor_none_is_opened(void) {
    int before = count_open();
    scene s = {world_open(NULL), NULL, -1, 0};
    CHECK_OK(dictdb_table_watch(s.w.table, NULL, 0, &s.watch, &s.w.err), &s.w.err);
    write_times(&s, 2);
    take(&s, 0);
    CHECK_INT(count_open(), before);
    close_scene(&s);
}

static void if_the_system_gives_none_the_watch_stays_usable(void) {
    struct rlimit limit;
    struct rlimit none;
    scene s = {world_open(NULL), NULL, 77, 0};
    CHECK_OK(dictdb_table_watch(s.w.table, NULL, 0, &s.watch, &s.w.err), &s.w.err);
    CHECK_INT(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = limit;
    none.rlim_cur = 0;
    CHECK_INT(setrlimit(RLIMIT_NOFILE, &none), 0);
    dictdb_status status = dictdb_watch_fd(s.watch, &s.fd, NULL);
    CHECK_STATUS(dictdb_watch_fd(s.watch, &s.fd, &s.w.err), DICTDB_STATUS_IO, &s.w.err);
    CHECK_INT(setrlimit(RLIMIT_NOFILE, &limit), 0);
    CHECK_INT(status, DICTDB_STATUS_IO);
    CHECK_INT(s.fd, 77);
    write_times(&s, 1);
    take(&s, 0);
    CHECK(s.since > 0);
    CHECK_OK(dictdb_watch_fd(s.watch, &s.fd, &s.w.err), &s.w.err);
    CHECK_INT(readable(s.fd, 0), 0);
    write_times(&s, 1);
    CHECK_INT(readable(s.fd, 0), 1);
    close_scene(&s);
}

/* ---------------------------------------------------------------------------------------------------------------- threads */

enum { WRITERS = 3 };

typedef struct {
    scene s;
    long rounds;
} crowd;

static void *write_rounds(void *argument) {
    crowd *c = argument;
    for (long i = 0; i < c->rounds; i++) {
        CHECK_INT(dictdb_table_insert(c->s.w.table, NTS("{}"), NULL, NULL), DICTDB_STATUS_OK);
    }
    return NULL;
}

/** Waits with poll(2) for each page: if a wake-up were lost, it would wait for ever. */
static void a_loop_around_the_descriptor_misses_nothing(void) {
    crowd c;
    pthread_t threads[WRITERS];
    memset(&c, 0, sizeof c);
    c.s = open_scene();
    c.rounds = check_rounds(3000);
    write_times(&c.s, 1);
    take(&c.s, 0);
    uint64_t end = c.s.since + (uint64_t)(WRITERS * c.rounds);
    for (int i = 0; i < WRITERS; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, write_rounds, &c), 0);
    }
    while (c.s.since < end && atomic_load(&check_failures) == 0) {
        CHECK_INT(readable(c.s.fd, -1), 1);
        take(&c.s, 7);
    }
    CHECK_INT(readable(c.s.fd, 0), 0);
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
    }
    close_scene(&c.s);
}

int main(void) {
    RUN(it_is_readable_while_there_are_changes);
    RUN(it_stays_readable_until_all_were_given);
    RUN(many_changes_are_taken_at_once);
    RUN(asking_again_does_not_make_it_readable);
    RUN(what_fails_does_not_make_it_readable);
    RUN(changes_of_another_table_do_not_make_it_readable);
    RUN(the_drop_of_the_table_makes_it_readable);
    RUN(it_is_readable_at_once_if_changes_came_before_it);
    RUN(it_is_not_readable_if_all_were_given_before_it);
    RUN(it_is_readable_when_changes_are_gone_and_until_the_rest_was_given);
    RUN(it_is_each_time_the_same);
    RUN(it_is_closed_with_the_watch);
    RUN(it_is_closed_on_exec);
    RUN(watches_leave_no_descriptors_open);
    RUN(without_a_descriptor_none_is_opened);
    RUN(if_the_system_gives_none_the_watch_stays_usable);
    RUN(a_loop_around_the_descriptor_misses_nothing);
    return check_finish();
}
