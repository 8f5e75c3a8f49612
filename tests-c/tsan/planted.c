/*
 * A race, to show that races are seen: two threads let the library write to the same variable of the caller, which no caller may.
 * The racing writes are the library's own, so it is seen only if the library is instrumented, and its reports arrive.
 */
#include "check.h"
#include <pthread.h>

static dictdb_predicate *shared;

static void *write_shared(void *argument) {
    (void)argument;
    CHECK_INT(dictdb_predicate_all(&shared, NULL), DICTDB_STATUS_OK);
    return NULL;
}

static void two_threads_give_the_same_variable(void) {
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, write_shared, NULL), 0);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    dictdb_predicate_free(shared);
}

int main(void) {
    RUN(two_threads_give_the_same_variable);
    return check_finish();
}
