/*
 * Tests: predicates of strings: contains, startswith, endswith and the forms that ignore case; characters that JSON escapes.
 * Does not test: like (test_predicate_like).
 */
#include "check.h"

static const struct {
    predicate_maker make;
    const char *name;
} MAKERS[] = {
    {dictdb_predicate_contains, "contains"},     {dictdb_predicate_startswith, "startswith"},   {dictdb_predicate_endswith, "endswith"},
    {dictdb_predicate_iequals, "iequals"},       {dictdb_predicate_icontains, "icontains"},     {dictdb_predicate_istartswith, "istartswith"},
    {dictdb_predicate_iendswith, "iendswith"},
};

enum { MAKER_COUNT = sizeof MAKERS / sizeof MAKERS[0] };

static world strings(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"v\":\"alpha\"},{\"v\":\"ALPHA\"},{\"v\":\"alphabet\"},{\"v\":\"The Alpha\"},{\"v\":\"\"},{\"v\":\"beta\"}]");
    return w;
}

/** A table with one record whose `v` is this JSON text. */
static world one_value(const char *value) {
    world w = world_open(NULL);
    char record[200];
    snprintf(record, sizeof record, "{\"v\":%s}", value);
    CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
    return w;
}

static void check_one(const char *file, int line, predicate_maker make, const char *stored, const char *value, bool expected) {
    world w = one_value(stored);
    check_matches(file, line, &w, stored, where(make, "v", value), expected ? "1" : "");
    world_close(&w);
}

#define CHECK_HOLDS(make, stored, value) check_one(__FILE__, __LINE__, dictdb_predicate_##make, (stored), (value), true)
#define CHECK_HOLDS_NOT(make, stored, value) check_one(__FILE__, __LINE__, dictdb_predicate_##make, (stored), (value), false)

/* ------------------------------------------------------------------------------------------------------- the plain forms */

static void contains_finds_a_substring(void) {
    world w = strings();
    CHECK_MATCHES(w, where(dictdb_predicate_contains, "v", "\"pha\""), "1,3,4");
    CHECK_MATCHES(w, where(dictdb_predicate_contains, "v", "\"alpha\""), "1,3");
    CHECK_MATCHES(w, where(dictdb_predicate_contains, "v", "\" \""), "4");
    CHECK_MATCHES(w, where(dictdb_predicate_contains, "v", "\"gamma\""), "");
    world_close(&w);
}

static void startswith_looks_at_the_start(void) {
    world w = strings();
    CHECK_MATCHES(w, where(dictdb_predicate_startswith, "v", "\"alpha\""), "1,3");
    CHECK_MATCHES(w, where(dictdb_predicate_startswith, "v", "\"lpha\""), "");
    CHECK_MATCHES(w, where(dictdb_predicate_startswith, "v", "\"alphabets\""), "");
    world_close(&w);
}

static void endswith_looks_at_the_end(void) {
    world w = strings();
    CHECK_MATCHES(w, where(dictdb_predicate_endswith, "v", "\"pha\""), "1,4");
    CHECK_MATCHES(w, where(dictdb_predicate_endswith, "v", "\"a\""), "1,4,6");
    CHECK_MATCHES(w, where(dictdb_predicate_endswith, "v", "\"alphabe\""), "");
    world_close(&w);
}

static void the_forms_that_ignore_case_do(void) {
    world w = strings();
    CHECK_MATCHES(w, where(dictdb_predicate_iequals, "v", "\"aLpHa\""), "1,2");
    CHECK_MATCHES(w, where(dictdb_predicate_icontains, "v", "\"ALPHA\""), "1,2,3,4");
    CHECK_MATCHES(w, where(dictdb_predicate_istartswith, "v", "\"Alpha\""), "1,2,3");
    CHECK_MATCHES(w, where(dictdb_predicate_iendswith, "v", "\"PHA\""), "1,2,4");
    CHECK_MATCHES(w, where(dictdb_predicate_iequals, "v", "\"alph\""), "");
    CHECK_MATCHES(w, where(dictdb_predicate_icontains, "v", "\"alphas\""), "");
    world_close(&w);
}

static void the_empty_string_is_in_every_string(void) {
    world w = strings();
    CHECK_MATCHES(w, where(dictdb_predicate_contains, "v", "\"\""), "1,2,3,4,5,6");
    CHECK_MATCHES(w, where(dictdb_predicate_startswith, "v", "\"\""), "1,2,3,4,5,6");
    CHECK_MATCHES(w, where(dictdb_predicate_endswith, "v", "\"\""), "1,2,3,4,5,6");
    CHECK_MATCHES(w, where(dictdb_predicate_icontains, "v", "\"\""), "1,2,3,4,5,6");
    CHECK_MATCHES(w, where(dictdb_predicate_istartswith, "v", "\"\""), "1,2,3,4,5,6");
    CHECK_MATCHES(w, where(dictdb_predicate_iendswith, "v", "\"\""), "1,2,3,4,5,6");
    CHECK_MATCHES(w, where(dictdb_predicate_iequals, "v", "\"\""), "5");
    world_close(&w);
}

static void only_strings_match(void) {
    static const char *const OTHERS[] = {"null", "true", "1", "12.5", "[\"x\"]", "{\"x\":1}", "[]", "{}"};
    static const char *const VALUES[] = {"\"1\"", "\"true\"", "\"null\"", "\"\"", "\"[\"", "\"2\""};
    for (int make = 0; make < MAKER_COUNT; make++) {
        for (size_t other = 0; other < sizeof OTHERS / sizeof OTHERS[0]; other++) {
            world w = one_value(OTHERS[other]);
            for (size_t i = 0; i < sizeof VALUES / sizeof VALUES[0]; i++) {
                check_matches(__FILE__, __LINE__, &w, MAKERS[make].name, where(MAKERS[make].make, "v", VALUES[i]), "");
                check_matches(__FILE__, __LINE__, &w, MAKERS[make].name, where(MAKERS[make].make, "nowhere", VALUES[i]), "");
            }
            world_close(&w);
        }
    }
}

static void the_value_is_a_string(void) {
    static const char *const VALUES[] = {"1", "null", "true", "[]", "[\"a\"]", "{}", "a", "\"a"};
    dictdb_error *error = NULL;
    for (int make = 1; make < MAKER_COUNT; make++) {
        for (size_t i = 0; i < sizeof VALUES / sizeof VALUES[0]; i++) {
            dictdb_predicate *predicate = NULL;
            CHECK_STATUS(MAKERS[make].make(NTS("v"), NTS(VALUES[i]), &predicate, &error), DICTDB_STATUS_INVALID_JSON, &error);
            CHECK(predicate == NULL);
        }
    }
    dictdb_error_free(error);
}

/* --------------------------------------------------------------------------------------------------------- other alphabets */

static void lower_case_is_that_of_unicode(void) {
    CHECK_HOLDS(iequals, "\"\xc3\x89T\xc3\x89\"", "\"\xc3\xa9t\xc3\xa9\"");
    CHECK_HOLDS(iequals, "\"\xc3\xa9t\xc3\xa9\"", "\"\xc3\x89T\xc3\x89\"");
    CHECK_HOLDS(icontains, "\"caf\xc3\xa9 noir\"", "\"F\xc3\x89 N\"");
    CHECK_HOLDS(istartswith, "\"\xc3\x84pfel\"", "\"\xc3\xa4PF\"");
    CHECK_HOLDS(iendswith, "\"\xd0\xbc\xd0\xb8\xd1\x80\"", "\"\xd0\x98\xd0\xa0\"");
    CHECK_HOLDS_NOT(iequals, "\"\xc3\xa9\"", "\"e\"");
    CHECK_HOLDS_NOT(iequals, "\"\xc3\xa9\"", "\"E\xcc\x81\"");
}

static void lower_case_may_change_the_length(void) {
    CHECK_HOLDS(iequals, "\"\xe1\xba\x9e\"", "\"\xc3\x9f\"");
    CHECK_HOLDS(iequals, "\"\xe2\x84\xaa\"", "\"k\"");
    CHECK_HOLDS(iequals, "\"\xc4\xb0\"", "\"i\xcc\x87\"");
    CHECK_HOLDS(iequals, "\"\xc8\xba\"", "\"\xe2\xb1\xa5\"");
    CHECK_HOLDS(icontains, "\"x\xc8\xbay\"", "\"\xe2\xb1\xa5Y\"");
    CHECK_HOLDS_NOT(iequals, "\"SS\"", "\"\xc3\x9f\"");
}

static void sigma_is_sigma(void) {
    CHECK_HOLDS(iequals, "\"\xce\xa3\"", "\"\xcf\x83\"");
    CHECK_HOLDS(iequals, "\"\xcf\x83\"", "\"\xce\xa3\"");
    CHECK_HOLDS(istartswith, "\"\xce\xa3\xce\x91\"", "\"\xcf\x83\"");
    CHECK_HOLDS(icontains, "\"\xce\x91\xce\xa3\xce\x91\"", "\"\xcf\x83\"");
}

static void a_word_in_capitals_equals_itself_in_small_letters(void) {
    CHECK_HOLDS(iequals, "\"\xce\x9f\xce\x94\xce\x9f\xce\xa3\"", "\"\xce\xbf\xce\xb4\xce\xbf\xcf\x82\"");
    CHECK_HOLDS(iequals, "\"\xce\xbf\xce\xb4\xce\xbf\xcf\x82\"", "\"\xce\x9f\xce\x94\xce\x9f\xce\xa3\"");
}

/* ------------------------------------------------------------------------------------------------------- escaped characters */

static void escaped_characters_are_found(void) {
    CHECK_HOLDS(contains, "\"a\\nb\"", "\"\\n\"");
    CHECK_HOLDS(contains, "\"a\\nb\"", "\"\\u000a\"");
    CHECK_HOLDS(contains, "\"say \\\"hi\\\"\"", "\"\\\"hi\"");
    CHECK_HOLDS(contains, "\"a\\\\b\"", "\"\\\\\"");
    CHECK_HOLDS(contains, "\"a\\u0001b\"", "\"\\u0001\"");
    CHECK_HOLDS(startswith, "\"\\\"x\"", "\"\\\"\"");
    CHECK_HOLDS(endswith, "\"x\\\\\"", "\"\\\\\"");
    CHECK_HOLDS(endswith, "\"x\\t\"", "\"\\t\"");
    CHECK_HOLDS(iequals, "\"A\\n\\\"\"", "\"a\\n\\\"\"");
    CHECK_HOLDS(icontains, "\"A\\nB\"", "\"\\nb\"");
    CHECK_HOLDS(contains, "\"a/b\"", "\"\\/\"");
    CHECK_HOLDS(contains, "\"\\u00e9\"", "\"\xc3\xa9\"");
}

static void the_letters_of_an_escape_are_not_found(void) {
    CHECK_HOLDS_NOT(contains, "\"a\\nb\"", "\"n\"");
    CHECK_HOLDS_NOT(contains, "\"a\\nb\"", "\"nb\"");
    CHECK_HOLDS_NOT(contains, "\"a\\nb\"", "\"\\\\\"");
    CHECK_HOLDS_NOT(contains, "\"\\u0001\"", "\"0\"");
    CHECK_HOLDS_NOT(contains, "\"\\u0001\"", "\"u0001\"");
    CHECK_HOLDS_NOT(contains, "\"\\\"\"", "\"\\\\\"");
    CHECK_HOLDS_NOT(startswith, "\"\\n\"", "\"\\\\\"");
    CHECK_HOLDS_NOT(endswith, "\"\\n\"", "\"n\"");
    CHECK_HOLDS_NOT(endswith, "\"\\u0001\"", "\"1\"");
    CHECK_HOLDS_NOT(icontains, "\"a\\nb\"", "\"N\"");
    CHECK_HOLDS_NOT(iendswith, "\"a\\n\"", "\"N\"");
    CHECK_HOLDS_NOT(iendswith, "\"\\u001f\"", "\"F\"");
}

static void half_an_escape_is_not_found(void) {
    /* Stored are a backslash and an `n`, a backslash and a quote: no line feed and no lone quote. */
    CHECK_HOLDS_NOT(contains, "\"x\\\\ny\"", "\"\\n\"");
    CHECK_HOLDS_NOT(endswith, "\"x\\\\n\"", "\"\\n\"");
    CHECK_HOLDS_NOT(icontains, "\"x\\\\ny\"", "\"\\n\"");
    CHECK_HOLDS_NOT(iendswith, "\"x\\\\n\"", "\"\\n\"");
    CHECK_HOLDS_NOT(contains, "\"x\\\\u0001\"", "\"\\u0001\"");
    CHECK_HOLDS(contains, "\"x\\\\ny\"", "\"\\\\n\"");
    CHECK_HOLDS(contains, "\"x\\\\\\ny\"", "\"\\n\"");
    CHECK_HOLDS(contains, "\"x\\\\ny\\n\"", "\"\\n\"");
    CHECK_HOLDS(endswith, "\"\\\\\\\\n\\n\"", "\"\\n\"");
    CHECK_HOLDS(endswith, "\"\\\\\\\"\"", "\"\\\"\"");
}

static void half_a_character_is_not_found(void) {
    /* U+0129 and U+00A9 share their last byte; so do many others. */
    CHECK_HOLDS_NOT(contains, "\"\xc4\xa9\"", "\"\xc2\xa9\"");
    CHECK_HOLDS_NOT(endswith, "\"\xc4\xa9\"", "\"\xc2\xa9\"");
    CHECK_HOLDS(contains, "\"\xc4\xa9\xc2\xa9\"", "\"\xc2\xa9\"");
}

static void keys_of_objects_are_found_by_character(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"v\":{\"a\\nb\":1}},{\"v\":{\"x\":{\"inner\":1}}},{\"v\":{\"\\u0065\":\"value\"}}]");
    CHECK_MATCHES(w, where(dictdb_predicate_contains, "v", "\"a\\u000ab\""), "1");
    CHECK_MATCHES(w, where(dictdb_predicate_contains, "v", "\"inner\""), "");
    CHECK_MATCHES(w, where(dictdb_predicate_contains, "v", "\"e\""), "3");
    CHECK_MATCHES(w, where(dictdb_predicate_contains, "v", "\"value\""), "");
    CHECK_MATCHES(w, where(dictdb_predicate_contains, "v", "\"a\""), "");
    world_close(&w);
}

int main(void) {
    RUN(contains_finds_a_substring);
    RUN(startswith_looks_at_the_start);
    RUN(endswith_looks_at_the_end);
    RUN(the_forms_that_ignore_case_do);
    RUN(the_empty_string_is_in_every_string);
    RUN(only_strings_match);
    RUN(the_value_is_a_string);
    RUN(lower_case_is_that_of_unicode);
    RUN(lower_case_may_change_the_length);
    RUN(sigma_is_sigma);
    RUN(a_word_in_capitals_equals_itself_in_small_letters);
    RUN(escaped_characters_are_found);
    RUN(the_letters_of_an_escape_are_not_found);
    RUN(half_an_escape_is_not_found);
    RUN(half_a_character_is_not_found);
    RUN(keys_of_objects_are_found_by_character);
    return check_finish();
}
