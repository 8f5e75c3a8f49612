/*
 * Tests: like and ilike: what `%`, `_` and the escape stand for, the limits of a pattern, hostile patterns on long strings.
 * Does not test: how long a match takes; a pattern that blows up would run into the time limit of the whole test.
 */
#include "check.h"

typedef dictdb_status (*like_maker)(const char *field, size_t field_len, const char *pattern, size_t pattern_len, uint32_t escape,
                                    dictdb_predicate **predicate, dictdb_error **error);

static dictdb_predicate *pattern_of(like_maker make, const char *pattern, uint32_t escape) {
    dictdb_predicate *predicate = NULL;
    dictdb_error *error = NULL;
    if (make(NTS("v"), NTS(pattern), escape, &predicate, &error) != DICTDB_STATUS_OK) {
        fprintf(stderr, "%.200s: %s\n", pattern, dictdb_error_message(error));
    }
    dictdb_error_free(error);
    return predicate;
}

/** Whether a stored value, given as JSON text, matches a pattern, given as JSON text. */
static void check_like(const char *file, int line, like_maker make, const char *stored, const char *pattern, uint32_t escape, bool expected) {
    world w = world_open(NULL);
    char record[300];
    snprintf(record, sizeof record, "{\"v\":%s}", stored);
    check_expect(&w.err);
    check_status(file, line, record, dictdb_table_insert(w.table, NTS(record), NULL, &w.err), DICTDB_STATUS_OK, &w.err);
    check_matches(file, line, &w, pattern, pattern_of(make, pattern, escape), expected ? "1" : "");
    world_close(&w);
}

#define LIKE(stored, pattern) check_like(__FILE__, __LINE__, dictdb_predicate_like, "\"" stored "\"", "\"" pattern "\"", 0, true)
#define UNLIKE(stored, pattern) check_like(__FILE__, __LINE__, dictdb_predicate_like, "\"" stored "\"", "\"" pattern "\"", 0, false)
#define LIKE_ESC(stored, pattern, escape) \
    check_like(__FILE__, __LINE__, dictdb_predicate_like, "\"" stored "\"", "\"" pattern "\"", (escape), true)
#define UNLIKE_ESC(stored, pattern, escape) \
    check_like(__FILE__, __LINE__, dictdb_predicate_like, "\"" stored "\"", "\"" pattern "\"", (escape), false)
#define ILIKE(stored, pattern) check_like(__FILE__, __LINE__, dictdb_predicate_ilike, "\"" stored "\"", "\"" pattern "\"", 0, true)
#define UNILIKE(stored, pattern) check_like(__FILE__, __LINE__, dictdb_predicate_ilike, "\"" stored "\"", "\"" pattern "\"", 0, false)

/* ---------------------------------------------------------------------------------------------------------------- patterns */

static void without_wildcards_the_whole_string_must_be_equal(void) {
    LIKE("abc", "abc");
    UNLIKE("abc", "ab");
    UNLIKE("abc", "bc");
    UNLIKE("abc", "abcd");
    UNLIKE("abc", "ABC");
    LIKE("", "");
    UNLIKE("a", "");
}

static void percent_stands_for_any_run(void) {
    LIKE("abc", "%");
    LIKE("", "%");
    LIKE("abc", "%%");
    LIKE("abc", "a%");
    LIKE("abc", "%c");
    LIKE("abc", "%b%");
    LIKE("abc", "a%c");
    LIKE("abc", "abc%");
    LIKE("abc", "%abc");
    LIKE("abc", "%a%b%c%");
    UNLIKE("abc", "b%");
    UNLIKE("abc", "%b");
    UNLIKE("abc", "a%b");
    UNLIKE("abc", "%c%b%");
}

static void pieces_do_not_overlap(void) {
    UNLIKE("aba", "ab%ba");
    LIKE("abba", "ab%ba");
    UNLIKE("a", "a%a");
    LIKE("aa", "a%a");
    UNLIKE("aaa", "aa%aa");
    UNLIKE("ab", "%ab%b");
    LIKE("abab", "%ab%ab%");
    UNLIKE("aba", "%ab%ab%");
    LIKE("mississippi", "m%iss%ip%i");
    UNLIKE("mississippi", "m%issi%issi%issi%");
}

static void underscore_stands_for_one_character(void) {
    LIKE("abc", "___");
    LIKE("abc", "a_c");
    LIKE("abc", "_bc");
    LIKE("abc", "ab_");
    UNLIKE("abc", "__");
    UNLIKE("abc", "____");
    UNLIKE("", "_");
    LIKE("abc", "_%");
    LIKE("abc", "%_");
    LIKE("abc", "_%_");
    LIKE("ab", "_%_");
    UNLIKE("a", "_%_");
    LIKE("xaybz", "%a_b%");
    UNLIKE("xabz", "%a_b%");
    LIKE("aXbaYb", "%a_b");
    LIKE("aab", "%_ab");
    LIKE("a_b", "a_b");
}

static void underscore_is_one_code_point(void) {
    LIKE("\xc3\xa9", "_");
    LIKE("\xe2\x82\xac", "_");
    LIKE("\xf0\x9f\x98\x80", "_");
    LIKE("\\ud83d\\ude00", "_");
    UNLIKE("\xf0\x9f\x98\x80", "__");
    LIKE("a\xc3\xa9z", "a_z");
    LIKE("e\xcc\x81", "__");
    LIKE("x\xc3\xa9y\xe2\x82\xacz", "%\xc3\xa9_\xe2\x82\xac%");
    LIKE("\xc3\xa9\xc3\xa9", "_%_");
    UNLIKE("\xc3\xa9", "_%_");
    UNLIKE("\xc4\xa9", "%\xc2\xa9");
}

static void line_ends_are_characters(void) {
    LIKE("a\\nb", "a%b");
    LIKE("a\\nb", "a_b");
    UNLIKE("a\\nb", "a__b");
    UNLIKE("a\\n", "a");
    LIKE("a\\n", "a_");
    LIKE("a\\r\\nb", "a__b");
    LIKE("a\\nb", "%\\n%");
    LIKE("a\\nb\\nc", "a%c");
}

static void escaped_characters_are_one_character(void) {
    LIKE("\\\"", "_");
    LIKE("\\\\", "_");
    LIKE("\\u0001", "_");
    LIKE("a\\\"b", "a_b");
    LIKE("say \\\"hi\\\"", "%\\\"hi\\\"");
    UNLIKE("a\\nb", "%n%");
    UNLIKE("\\u0001", "%1");
    UNLIKE("x\\\\ny", "%\\n%");
    UNLIKE("x\\\\n", "%\\n");
    LIKE("x\\\\ny", "x__y");
    LIKE("\\t\\t", "__");
    LIKE("a\\u001fz", "a%z");
    UNILIKE("a\\nb", "%N%");
    ILIKE("A\\nB", "a_b");
}

static void only_strings_match(void) {
    static const char *const OTHERS[] = {"null", "true", "12", "[\"a\"]", "{\"a\":1}"};
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        check_like(__FILE__, __LINE__, dictdb_predicate_like, OTHERS[i], "\"%\"", 0, false);
        check_like(__FILE__, __LINE__, dictdb_predicate_ilike, OTHERS[i], "\"%\"", 0, false);
        check_like(__FILE__, __LINE__, dictdb_predicate_like, OTHERS[i], "\"%1%\"", 0, false);
    }
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":1}]");
    CHECK_MATCHES(w, pattern_of(dictdb_predicate_like, "\"%\"", 0), "");
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------------------------ escape */

static void an_escape_makes_the_next_character_stand_for_itself(void) {
    LIKE_ESC("100%", "100!%", '!');
    UNLIKE_ESC("1000", "100!%", '!');
    LIKE_ESC("a_b", "a!_b", '!');
    UNLIKE_ESC("axb", "a!_b", '!');
    LIKE_ESC("a!b", "a!!b", '!');
    LIKE_ESC("abc", "!a!b!c", '!');
    LIKE_ESC("50% off", "%!%%", '!');
    UNLIKE_ESC("50 off", "%!%%", '!');
    LIKE_ESC("100%", "100\\\\%", '\\');
    LIKE_ESC("a\\\\b", "a\\\\\\\\b", '\\');
    LIKE_ESC("!%", "!!!%", '!');
}

static void an_escape_may_be_any_code_point(void) {
    LIKE_ESC("100%", "100\xc3\xa9%", 0xe9);
    LIKE_ESC("100%", "100\xf0\x9f\x98\x80%", 0x1f600);
    LIKE_ESC("a%", "a%%", '%');
    UNLIKE_ESC("abc", "a%%", '%');
    LIKE_ESC("a_", "a__", '_');
    LIKE_ESC("\xe2\x82\xac", "!\xe2\x82\xac", '!');
}

static void without_an_escape_a_backslash_is_a_character(void) {
    LIKE("a\\\\b", "a\\\\b");
    LIKE("a\\\\xyz", "a\\\\%");
    LIKE("a\\\\", "a\\\\");
}

static void a_pattern_that_ends_with_its_escape_is_refused(void) {
    static const char *const PATTERNS[] = {"\"abc!\"", "\"!\"", "\"%!\"", "\"!!!\""};
    dictdb_error *error = NULL;
    for (size_t i = 0; i < sizeof PATTERNS / sizeof PATTERNS[0]; i++) {
        dictdb_predicate *predicate = NULL;
        CHECK_STATUS(dictdb_predicate_like(NTS("v"), NTS(PATTERNS[i]), '!', &predicate, &error), DICTDB_STATUS_PARSE, &error);
        CHECK(json_member(dictdb_error_detail(error), "position") != NULL);
        CHECK_STATUS(dictdb_predicate_ilike(NTS("v"), NTS(PATTERNS[i]), '!', &predicate, &error), DICTDB_STATUS_PARSE, &error);
        CHECK(predicate == NULL);
    }
    dictdb_error_free(error);
}

static void what_is_no_code_point_is_no_escape(void) {
    static const uint32_t ESCAPES[] = {0xd800, 0xdfff, 0x110000, UINT32_MAX};
    dictdb_error *error = NULL;
    for (size_t i = 0; i < sizeof ESCAPES / sizeof ESCAPES[0]; i++) {
        dictdb_predicate *predicate = NULL;
        CHECK_STATUS(dictdb_predicate_like(NTS("v"), NTS("\"a\""), ESCAPES[i], &predicate, &error), DICTDB_STATUS_INVALID_ARGUMENT, &error);
        CHECK_MEMBER(dictdb_error_detail(error), "parameter", "\"escape\"");
        CHECK_STATUS(dictdb_predicate_ilike(NTS("v"), NTS("\"a\""), ESCAPES[i], &predicate, &error), DICTDB_STATUS_INVALID_ARGUMENT, &error);
        CHECK(predicate == NULL);
    }
    dictdb_error_free(error);
}

static void a_pattern_is_a_string(void) {
    static const char *const PATTERNS[] = {"1", "null", "[\"a\"]", "{}", "a%", "\"a", ""};
    dictdb_error *error = NULL;
    for (size_t i = 0; i < sizeof PATTERNS / sizeof PATTERNS[0]; i++) {
        dictdb_predicate *predicate = NULL;
        CHECK_STATUS(dictdb_predicate_like(NTS("v"), NTS(PATTERNS[i]), 0, &predicate, &error), DICTDB_STATUS_INVALID_JSON, &error);
        CHECK_STATUS(dictdb_predicate_ilike(NTS("v"), NTS(PATTERNS[i]), 0, &predicate, &error), DICTDB_STATUS_INVALID_JSON, &error);
        CHECK(predicate == NULL);
    }
    dictdb_error_free(error);
}

/* ------------------------------------------------------------------------------------------------------------------- ilike */

static void ilike_compares_in_lower_case(void) {
    ILIKE("ABC", "abc");
    ILIKE("abc", "A%C");
    ILIKE("ABC", "_B_");
    ILIKE("\xc3\x89T\xc3\x89", "\xc3\xa9%\xc3\xa9");
    ILIKE("\xc3\xa9t\xc3\xa9", "%T\xc3\x89");
    ILIKE("x\xce\xa3y", "%\xcf\x83%");
    UNILIKE("ABC", "abd");
    UNILIKE("\xc3\xa9", "e");
}

static void ilike_knows_its_escape_by_the_case_it_was_given_in(void) {
    check_like(__FILE__, __LINE__, dictdb_predicate_ilike, "\"A%\"", "\"aX%\"", 'X', true);
    check_like(__FILE__, __LINE__, dictdb_predicate_ilike, "\"Ab\"", "\"aX%\"", 'X', false);
    check_like(__FILE__, __LINE__, dictdb_predicate_ilike, "\"AXb\"", "\"ax%\"", 'X', true);
}

/* --------------------------------------------------------------------------------------------------- limits, hostile patterns */

static void a_pattern_has_at_most_8192_bytes(void) {
    world w = world_open(NULL);
    char *text = check_memory(9000);
    dictdb_predicate *predicate = NULL;
    text[0] = '"';
    memset(text + 1, 'a', 8193);
    memcpy(text + 1 + 8192, "\"", 2);
    char *record = check_memory(9000);
    snprintf(record, 9000, "{\"v\":%s}", text);
    CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
    CHECK_MATCHES(w, pattern_of(dictdb_predicate_like, text, 0), "1");
    CHECK_MATCHES(w, pattern_of(dictdb_predicate_ilike, text, 0), "1");
    memcpy(text + 1 + 8192, "a\"", 3);
    CHECK_STATUS(dictdb_predicate_like(NTS("v"), NTS(text), 0, &predicate, &w.err), DICTDB_STATUS_LIMIT, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "limit", "8192");
    CHECK_STATUS(dictdb_predicate_ilike(NTS("v"), NTS(text), 0, &predicate, &w.err), DICTDB_STATUS_LIMIT, &w.err);
    CHECK(predicate == NULL);
    free(text);
    free(record);
    world_close(&w);
}

/** A table whose one record has a string of `len` times `a` and then `last`. */
static world long_string(size_t len, const char *last) {
    world w = world_open(NULL);
    char *record = check_memory(len + 100);
    memcpy(record, "{\"v\":\"", 6);
    memset(record + 6, 'a', len);
    snprintf(record + 6 + len, 90, "%s\"}", last);
    CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
    free(record);
    return w;
}

static void check_long(const char *pattern, bool without_b, bool with_b) {
    static const like_maker MAKERS[] = {dictdb_predicate_like, dictdb_predicate_ilike};
    world a = long_string(1000000, "");
    world b = long_string(1000000, "b");
    for (int i = 0; i < 2; i++) {
        check_matches(__FILE__, __LINE__, &a, pattern, pattern_of(MAKERS[i], pattern, 0), without_b ? "1" : "");
        check_matches(__FILE__, __LINE__, &b, pattern, pattern_of(MAKERS[i], pattern, 0), with_b ? "1" : "");
    }
    world_close(&a);
    world_close(&b);
}

static void a_hostile_pattern_on_a_megabyte_ends(void) {
    check_long("\"%a%a%a%b\"", false, true);
    check_long("\"%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%c\"", false, false);
    check_long("\"%aab%a%\"", false, false);
    check_long("\"%_a_a%b\"", false, true);
}

static void a_hostile_pattern_of_8192_bytes_ends(void) {
    char *pattern = check_memory(8200);
    pattern[0] = '"';
    for (int i = 0; i < 4096; i++) {
        memcpy(pattern + 1 + 2 * i, "%a", 2);
    }
    memcpy(pattern + 1 + 8190, "%b\"", 4);
    check_long(pattern, false, true);
    for (int i = 0; i < 1000; i++) {
        memcpy(pattern + 1 + 2 * i, "a_", 2);
    }
    pattern[1] = '%';
    memcpy(pattern + 1 + 2000, "c%\"", 4);
    check_long(pattern, false, false);
    memset(pattern + 1, '_', 8192);
    pattern[1] = '%';
    memcpy(pattern + 1 + 8191, "b\"", 3);
    check_long(pattern, false, true);
    free(pattern);
}

int main(void) {
    RUN(without_wildcards_the_whole_string_must_be_equal);
    RUN(percent_stands_for_any_run);
    RUN(pieces_do_not_overlap);
    RUN(underscore_stands_for_one_character);
    RUN(underscore_is_one_code_point);
    RUN(line_ends_are_characters);
    RUN(escaped_characters_are_one_character);
    RUN(only_strings_match);
    RUN(an_escape_makes_the_next_character_stand_for_itself);
    RUN(an_escape_may_be_any_code_point);
    RUN(without_an_escape_a_backslash_is_a_character);
    RUN(a_pattern_that_ends_with_its_escape_is_refused);
    RUN(what_is_no_code_point_is_no_escape);
    RUN(a_pattern_is_a_string);
    RUN(ilike_compares_in_lower_case);
    RUN(ilike_knows_its_escape_by_the_case_it_was_given_in);
    RUN(a_pattern_has_at_most_8192_bytes);
    RUN(a_hostile_pattern_on_a_megabyte_ends);
    RUN(a_hostile_pattern_of_8192_bytes_ends);
    return check_finish();
}
