/*
 * Mailboxes: how the library's callbacks reach Go without calling it. A callback copies its message into a queue and writes a byte into a
 * pipe if the queue was empty; a goroutine that waits for the pipe, in Go's poller and not in a thread, takes the whole queue.
 */
#define _GNU_SOURCE
#include "mailbox.h"
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct dgo_mailbox {
    pthread_mutex_t lock;
    dgo_message *first;
    dgo_message **end;
    size_t bytes;
    size_t max_bytes;
    uint64_t lost;
    int is_closed;
    int read_end;
    int write_end;
};

static _Thread_local int32_t thread_is_mute;

dgo_mailbox *dgo_mailbox_new(size_t max_bytes) {
    int ends[2];
    dgo_mailbox *mailbox = calloc(1, sizeof *mailbox);
    if (mailbox == NULL)
        return NULL;
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        free(mailbox);
        return NULL;
    }
    pthread_mutex_init(&mailbox->lock, NULL);
    mailbox->end = &mailbox->first;
    mailbox->max_bytes = max_bytes;
    mailbox->read_end = ends[0];
    mailbox->write_end = ends[1];
    return mailbox;
}

int dgo_mailbox_fd(const dgo_mailbox *mailbox) { return mailbox->read_end; }

/* One byte at most is in the pipe for each taking of the queue, so the pipe is never full. */
static void wake(dgo_mailbox *mailbox) {
    while (write(mailbox->write_end, "", 1) < 0)
        ;
}

void mailbox_put(dgo_mailbox *mailbox, int32_t code, const char *text, const char *facts, uint64_t number) {
    struct timespec now;
    size_t text_len = strlen(text), facts_len = strlen(facts);
    size_t bytes = sizeof(dgo_message) + text_len + facts_len;
    dgo_message *message = malloc(bytes);
    char *copy = (char *)(message + 1);
    if (message != NULL) {
        clock_gettime(CLOCK_REALTIME, &now);
        memcpy(copy, text, text_len);
        memcpy(copy + text_len, facts, facts_len);
        *message = (dgo_message){.time_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec,
                                 .code = code,
                                 .number = number,
                                 .text = copy,
                                 .text_len = text_len,
                                 .facts = copy + text_len,
                                 .facts_len = facts_len};
    }
    pthread_mutex_lock(&mailbox->lock);
    if (message == NULL || mailbox->bytes + bytes > mailbox->max_bytes) {
        mailbox->lost++;
        free(message);
    } else {
        int was_empty = mailbox->first == NULL;
        *mailbox->end = message;
        mailbox->end = &message->next;
        mailbox->bytes += bytes;
        if (was_empty)
            wake(mailbox);
    }
    pthread_mutex_unlock(&mailbox->lock);
}

void mailbox_close(void *context) {
    dgo_mailbox *mailbox = context;
    pthread_mutex_lock(&mailbox->lock);
    mailbox->is_closed = 1;
    wake(mailbox);
    pthread_mutex_unlock(&mailbox->lock);
}

dgo_message *dgo_mailbox_take(dgo_mailbox *mailbox, uint64_t *lost, int32_t *is_closed) {
    pthread_mutex_lock(&mailbox->lock);
    dgo_message *messages = mailbox->first;
    mailbox->first = NULL;
    mailbox->end = &mailbox->first;
    mailbox->bytes = 0;
    *lost = mailbox->lost;
    mailbox->lost = 0;
    *is_closed = mailbox->is_closed;
    pthread_mutex_unlock(&mailbox->lock);
    return messages;
}

void dgo_messages_free(dgo_message *messages) {
    while (messages != NULL) {
        dgo_message *next = messages->next;
        free(messages);
        messages = next;
    }
}

void dgo_mailbox_delete(dgo_mailbox *mailbox) {
    dgo_messages_free(mailbox->first);
    close(mailbox->write_end);
    pthread_mutex_destroy(&mailbox->lock);
    free(mailbox);
}

void dgo_log_mute_thread(int32_t is_mute) { thread_is_mute = is_mute; }

int32_t dgo_log_is_mute(void) { return thread_is_mute; }

static void log_message(void *mailbox, int32_t level, const char *message, const char *fields) {
    if (!thread_is_mute)
        mailbox_put(mailbox, level, message, fields, 0);
}

dictdb_status dgo_log_set(int32_t level, uint32_t sample, dgo_mailbox *mailbox, uintptr_t *error) {
    dictdb_error *failure = NULL;
    dictdb_status status = mailbox == NULL ? dictdb_log_set(level, sample, NULL, NULL, NULL, &failure)
                                           : dictdb_log_set(level, sample, log_message, mailbox, mailbox_close, &failure);
    *error = (uintptr_t)failure;
    return status;
}
