/* Shared by the bridge's own files: handles from numbers, and back. */
#ifndef DICTDB_GO_BRIDGE_INTERNAL_H
#define DICTDB_GO_BRIDGE_INTERNAL_H

#include "bridge.h"

#define DB(number) ((dictdb_db *)(number))
#define TABLE(number) ((dictdb_table *)(number))
#define PREDICATE(number) ((dictdb_predicate *)(number))
#define QUERY(number) ((dictdb_query *)(number))
#define UPDATE(number) ((dictdb_update *)(number))
#define CURSOR(number) ((dictdb_cursor *)(number))
#define BATCH(number) ((dictdb_batch *)(number))
#define CANCEL(number) ((dictdb_cancel *)(number))
#define WATCH(number) ((dictdb_watch *)(number))
#define JOB(number) ((dictdb_job *)(number))
#define BACKUP(number) ((dictdb_backup *)(number))

/* The body of a function: a call whose last argument is `&failure`. */
#define CALL(call)                                                                                                                        \
    dictdb_error *failure = NULL;                                                                                                         \
    dictdb_status status = (call);                                                                                                        \
    *error = (uintptr_t)failure;                                                                                                          \
    return status

/* The same for a call that makes a handle of a type, at `&made`. */
#define MAKE(type, call)                                                                                                                  \
    dictdb_##type *made = NULL;                                                                                                           \
    dictdb_error *failure = NULL;                                                                                                         \
    dictdb_status status = (call);                                                                                                        \
    *out = (uintptr_t)made;                                                                                                               \
    *error = (uintptr_t)failure;                                                                                                          \
    return status

/* The same for a call that may make a job, at `to`. */
#define WITH_JOB(call)                                                                                                                    \
    dictdb_job *made_job = NULL;                                                                                                          \
    dictdb_job **to = job == NULL ? NULL : &made_job;                                                                                     \
    dictdb_error *failure = NULL;                                                                                                         \
    dictdb_status status = (call);                                                                                                        \
    if (job != NULL)                                                                                                                      \
        *job = (uintptr_t)made_job;                                                                                                       \
    *error = (uintptr_t)failure;                                                                                                          \
    return status

#endif
