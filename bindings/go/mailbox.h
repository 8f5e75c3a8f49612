/* The side of a mailbox that the library's callbacks are on. */
#ifndef DICTDB_GO_MAILBOX_H
#define DICTDB_GO_MAILBOX_H

#include "bridge.h"

/* Copies a message into the queue, or counts it as lost if the queue is full. Never waits for Go. */
void mailbox_put(dgo_mailbox *mailbox, int32_t code, const char *text, const char *facts, uint64_t number);

/* A dictdb_destructor: no more messages will come. */
void mailbox_close(void *mailbox);

#endif
