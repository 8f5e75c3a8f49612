/*
 * Tests: the status codes: their fixed values, names and messages.
 * Does not test: which call gives which status; each noun's own test does.
 */
#include "check.h"

static const struct {
    dictdb_status status;
    dictdb_status value;
    const char *name;
} STATUSES[] = {
    {DICTDB_STATUS_OK, 0, "OK"},
    {DICTDB_STATUS_RECORD_NOT_FOUND, 1, "RECORD_NOT_FOUND"},
    {DICTDB_STATUS_TABLE_NOT_FOUND, 2, "TABLE_NOT_FOUND"},
    {DICTDB_STATUS_DUPLICATE_KEY, 3, "DUPLICATE_KEY"},
    {DICTDB_STATUS_DUPLICATE_TABLE, 4, "DUPLICATE_TABLE"},
    {DICTDB_STATUS_SCHEMA, 5, "SCHEMA"},
    {DICTDB_STATUS_INVALID_JSON, 6, "INVALID_JSON"},
    {DICTDB_STATUS_INVALID_UTF8, 7, "INVALID_UTF8"},
    {DICTDB_STATUS_INVALID_KEY, 8, "INVALID_KEY"},
    {DICTDB_STATUS_INVALID_ARGUMENT, 9, "INVALID_ARGUMENT"},
    {DICTDB_STATUS_INVALID_HANDLE, 10, "INVALID_HANDLE"},
    {DICTDB_STATUS_NUMBER_RANGE, 11, "NUMBER_RANGE"},
    {DICTDB_STATUS_TYPE_MISMATCH, 12, "TYPE_MISMATCH"},
    {DICTDB_STATUS_PARSE, 13, "PARSE"},
    {DICTDB_STATUS_LIMIT, 14, "LIMIT"},
    {DICTDB_STATUS_INDEX_EXISTS, 15, "INDEX_EXISTS"},
    {DICTDB_STATUS_IO, 16, "IO"},
    {DICTDB_STATUS_CORRUPT, 17, "CORRUPT"},
    {DICTDB_STATUS_UNSUPPORTED, 18, "UNSUPPORTED"},
    {DICTDB_STATUS_CANCELLED, 19, "CANCELLED"},
    {DICTDB_STATUS_TIMEOUT, 20, "TIMEOUT"},
    {DICTDB_STATUS_CONFLICT, 21, "CONFLICT"},
    {DICTDB_STATUS_UNAVAILABLE, 22, "UNAVAILABLE"},
    {DICTDB_STATUS_OUT_OF_MEMORY, 23, "OUT_OF_MEMORY"},
    {DICTDB_STATUS_FORKED, 24, "FORKED"},
    {DICTDB_STATUS_INTERNAL, 25, "INTERNAL"},
};

enum { STATUS_COUNT = sizeof STATUSES / sizeof STATUSES[0] };

static const dictdb_status NO_STATUSES[] = {-1, STATUS_COUNT, 1000, INT32_MAX, INT32_MIN};

enum { NO_STATUS_COUNT = sizeof NO_STATUSES / sizeof NO_STATUSES[0] };

static void a_status_is_a_32_bit_integer(void) {
    CHECK_INT(sizeof(dictdb_status), 4);
}

static void values_are_fixed(void) {
    for (int i = 0; i < STATUS_COUNT; i++) {
        CHECK_INT(STATUSES[i].status, STATUSES[i].value);
    }
}

static void each_status_has_its_name(void) {
    for (int i = 0; i < STATUS_COUNT; i++) {
        CHECK_STRING(dictdb_status_name(STATUSES[i].value), STATUSES[i].name);
    }
}

static void each_status_has_a_message_of_one_line(void) {
    for (int i = 0; i < STATUS_COUNT; i++) {
        const char *message = dictdb_status_message(STATUSES[i].value);
        CHECK(message != NULL && message[0] != '\0');
        CHECK(message != NULL && strpbrk(message, "\r\n") == NULL);
    }
}

static void no_two_statuses_have_the_same_message(void) {
    for (int i = 0; i < STATUS_COUNT; i++) {
        for (int j = i + 1; j < STATUS_COUNT; j++) {
            CHECK(strcmp(dictdb_status_message(i), dictdb_status_message(j)) != 0);
        }
    }
}

static void other_values_are_unknown(void) {
    for (int i = 0; i < NO_STATUS_COUNT; i++) {
        CHECK_STRING(dictdb_status_name(NO_STATUSES[i]), "UNKNOWN");
        CHECK(dictdb_status_message(NO_STATUSES[i]) != NULL);
        CHECK(dictdb_status_message(NO_STATUSES[i])[0] != '\0');
    }
}

static void names_and_messages_live_as_long_as_the_process(void) {
    const char *names[STATUS_COUNT];
    const char *messages[STATUS_COUNT];
    for (int i = 0; i < STATUS_COUNT; i++) {
        names[i] = dictdb_status_name(i);
        messages[i] = dictdb_status_message(i);
    }
    dictdb_db *db = NULL;
    CHECK_INT(dictdb_db_new(NULL, 0, &db, NULL), DICTDB_STATUS_OK);
    dictdb_db_free(db);
    for (int i = 0; i < STATUS_COUNT; i++) {
        CHECK_STRING(names[i], STATUSES[i].name);
        CHECK_STRING(messages[i], dictdb_status_message(i));
    }
}

int main(void) {
    RUN(a_status_is_a_32_bit_integer);
    RUN(values_are_fixed);
    RUN(each_status_has_its_name);
    RUN(each_status_has_a_message_of_one_line);
    RUN(no_two_statuses_have_the_same_message);
    RUN(other_values_are_unknown);
    RUN(names_and_messages_live_as_long_as_the_process);
    return check_finish();
}
