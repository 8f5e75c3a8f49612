/*
 * Tests: predicates of one field and values: comparisons, is_in, between, is_null, contains of arrays and objects; the key field; sharing.
 * Does not test: strings (test_predicate_text, test_predicate_like), and / or / not (test_predicate_logic), paths (test_predicate_paths),
 * equality of values in depth (test_values_equality).
 */
#include "check.h"

/** One record of every kind in `v`; record 2 has no `v`. */
static world kinds(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"v\":null},{},{\"v\":false},{\"v\":true},{\"v\":-1},{\"v\":5},{\"v\":5.50},{\"v\":\"\"},{\"v\":\"b\"},{\"v\":\"5\"},"
              "{\"v\":[]},{\"v\":[1,\"b\"]},{\"v\":{}},{\"v\":{\"a\":1}}]");
    return w;
}

static dictdb_predicate *between(const char *low, const char *high) {
    dictdb_predicate *predicate = NULL;
    dictdb_predicate_between(NTS("v"), NTS(low), NTS(high), &predicate, NULL);
    return predicate;
}

static dictdb_predicate *null_test(bool null) {
    dictdb_predicate *predicate = NULL;
    if (null) {
        dictdb_predicate_is_null(NTS("v"), &predicate, NULL);
    } else {
        dictdb_predicate_is_not_null(NTS("v"), &predicate, NULL);
    }
    return predicate;
}

#define ALL_KINDS "1,2,3,4,5,6,7,8,9,10,11,12,13,14"

/* ------------------------------------------------------------------------------------------------------------ comparisons */

static void all_matches_every_record(void) {
    world w = kinds();
    CHECK_MATCHES(w, everything(), ALL_KINDS);
    world_close(&w);
}

static void eq_matches_the_value_and_no_other_kind(void) {
    world w = kinds();
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "v", "5"), "6");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "v", "5.5"), "7");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "v", "\"5\""), "10");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "v", "true"), "4");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "v", "false"), "3");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "v", "\"\""), "8");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "v", "[]"), "11");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "v", "[1.0, \"b\"]"), "12");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "v", "{\"a\":1}"), "14");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "v", "1"), "");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "v", "0"), "");
    world_close(&w);
}

static void eq_null_matches_null_and_missing(void) {
    world w = kinds();
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "v", "null"), "1,2");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "nowhere", "null"), ALL_KINDS);
    world_close(&w);
}

static void ne_is_the_exact_opposite_of_eq(void) {
    world w = kinds();
    CHECK_MATCHES(w, where(dictdb_predicate_ne, "v", "5"), "1,2,3,4,5,7,8,9,10,11,12,13,14");
    CHECK_MATCHES(w, where(dictdb_predicate_ne, "v", "null"), "3,4,5,6,7,8,9,10,11,12,13,14");
    CHECK_MATCHES(w, where(dictdb_predicate_ne, "nowhere", "5"), ALL_KINDS);
    CHECK_MATCHES(w, where(dictdb_predicate_ne, "nowhere", "null"), "");
    world_close(&w);
}

static void ranges_of_numbers_match_numbers_only(void) {
    world w = kinds();
    CHECK_MATCHES(w, where(dictdb_predicate_lt, "v", "5"), "5");
    CHECK_MATCHES(w, where(dictdb_predicate_le, "v", "5"), "5,6");
    CHECK_MATCHES(w, where(dictdb_predicate_le, "v", "5.0"), "5,6");
    CHECK_MATCHES(w, where(dictdb_predicate_gt, "v", "5"), "7");
    CHECK_MATCHES(w, where(dictdb_predicate_ge, "v", "5"), "6,7");
    CHECK_MATCHES(w, where(dictdb_predicate_ge, "v", "-1e300"), "5,6,7");
    CHECK_MATCHES(w, where(dictdb_predicate_le, "v", "1e300"), "5,6,7");
    CHECK_MATCHES(w, where(dictdb_predicate_gt, "v", "5.5"), "");
    world_close(&w);
}

static void ranges_of_strings_match_strings_only(void) {
    world w = kinds();
    CHECK_MATCHES(w, where(dictdb_predicate_lt, "v", "\"b\""), "8,10");
    CHECK_MATCHES(w, where(dictdb_predicate_le, "v", "\"b\""), "8,9,10");
    CHECK_MATCHES(w, where(dictdb_predicate_gt, "v", "\"\""), "9,10");
    CHECK_MATCHES(w, where(dictdb_predicate_ge, "v", "\"\""), "8,9,10");
    CHECK_MATCHES(w, where(dictdb_predicate_gt, "v", "\"b\""), "");
    world_close(&w);
}

static void ranges_of_other_kinds_match_their_own_kind(void) {
    world w = kinds();
    CHECK_MATCHES(w, where(dictdb_predicate_lt, "v", "true"), "3");
    CHECK_MATCHES(w, where(dictdb_predicate_ge, "v", "false"), "3,4");
    CHECK_MATCHES(w, where(dictdb_predicate_gt, "v", "[]"), "12");
    CHECK_MATCHES(w, where(dictdb_predicate_le, "v", "[1,\"c\"]"), "11,12");
    CHECK_MATCHES(w, where(dictdb_predicate_lt, "v", "{\"a\":2}"), "13,14");
    CHECK_MATCHES(w, where(dictdb_predicate_gt, "v", "{}"), "14");
    world_close(&w);
}

static void null_is_in_no_range(void) {
    world w = kinds();
    CHECK_MATCHES(w, where(dictdb_predicate_lt, "v", "null"), "");
    CHECK_MATCHES(w, where(dictdb_predicate_le, "v", "null"), "");
    CHECK_MATCHES(w, where(dictdb_predicate_gt, "v", "null"), "");
    CHECK_MATCHES(w, where(dictdb_predicate_ge, "v", "null"), "");
    CHECK_MATCHES(w, where(dictdb_predicate_ge, "nowhere", "5"), "");
    CHECK_MATCHES(w, where(dictdb_predicate_le, "nowhere", "5"), "");
    CHECK_MATCHES(w, between("null", "null"), "");
    world_close(&w);
}

static void large_integers_are_compared_exactly(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"v\":9007199254740993},{\"v\":9007199254740992},{\"v\":18446744073709551615},{\"v\":-9223372036854775808}]");
    CHECK_MATCHES(w, where(dictdb_predicate_gt, "v", "9007199254740992"), "1,3");
    CHECK_MATCHES(w, where(dictdb_predicate_gt, "v", "9007199254740992.0"), "1,3");
    CHECK_MATCHES(w, where(dictdb_predicate_ge, "v", "18446744073709551615"), "3");
    CHECK_MATCHES(w, where(dictdb_predicate_ge, "v", "18446744073709551616.0"), "");
    CHECK_MATCHES(w, where(dictdb_predicate_gt, "v", "9223372036854775807"), "3");
    CHECK_MATCHES(w, where(dictdb_predicate_le, "v", "-9223372036854775808"), "4");
    CHECK_MATCHES(w, where(dictdb_predicate_lt, "v", "-9223372036854775808.0"), "");
    world_close(&w);
}

/* ----------------------------------------------------------------------------------------------------- is_in, between, null */

static void is_in_matches_any_of_the_values(void) {
    world w = kinds();
    CHECK_MATCHES(w, where(dictdb_predicate_is_in, "v", "[5,\"b\",true]"), "4,6,9");
    CHECK_MATCHES(w, where(dictdb_predicate_is_in, "v", "[5.0,5.5,5]"), "6,7");
    CHECK_MATCHES(w, where(dictdb_predicate_is_in, "v", "[[],{\"a\":1.0}]"), "11,14");
    CHECK_MATCHES(w, where(dictdb_predicate_is_in, "v", "[6,\"c\",[2]]"), "");
    world_close(&w);
}

static void of_no_values_nothing_matches(void) {
    world w = kinds();
    CHECK_MATCHES(w, where(dictdb_predicate_is_in, "v", "[]"), "");
    CHECK_MATCHES(w, where(dictdb_predicate_is_in, "nowhere", "[]"), "");
    world_close(&w);
}

static void is_in_with_null_matches_null_and_missing(void) {
    world w = kinds();
    CHECK_MATCHES(w, where(dictdb_predicate_is_in, "v", "[null]"), "1,2");
    CHECK_MATCHES(w, where(dictdb_predicate_is_in, "v", "[null,5]"), "1,2,6");
    CHECK_MATCHES(w, where(dictdb_predicate_is_in, "v", "[5]"), "6");
    world_close(&w);
}

static void is_in_takes_an_array(void) {
    static const char *const VALUES[] = {"5", "\"b\"", "{}", "null", "", "[1", "[1,]"};
    dictdb_error *error = NULL;
    for (size_t i = 0; i < sizeof VALUES / sizeof VALUES[0]; i++) {
        dictdb_predicate *predicate = everything();
        dictdb_predicate *kept = predicate;
        CHECK_STATUS(dictdb_predicate_is_in(NTS("v"), NTS(VALUES[i]), &predicate, &error), DICTDB_STATUS_INVALID_JSON, &error);
        CHECK(predicate == NULL);
        dictdb_predicate_free(kept);
    }
    dictdb_error_free(error);
}

static void is_in_of_ten_thousand_values_finds_each(void) {
    world w = world_open(NULL);
    char *values = check_memory(100000);
    size_t used = 1;
    values[0] = '[';
    for (int i = 0; i < 10000; i++) {
        used += (size_t)snprintf(values + used, 100000 - used, "%s%d", i == 0 ? "" : ",", 2 * i);
    }
    snprintf(values + used, 100000 - used, "]");
    INSERT(w, "[{\"v\":0},{\"v\":1},{\"v\":19998},{\"v\":19999},{\"v\":20000},{\"v\":10000.0},{\"v\":\"4\"},{}]");
    CHECK_MATCHES(w, where(dictdb_predicate_is_in, "v", values), "1,3,6");
    free(values);
    world_close(&w);
}

static void between_includes_both_ends(void) {
    world w = kinds();
    CHECK_MATCHES(w, between("-1", "5"), "5,6");
    CHECK_MATCHES(w, between("5", "5.5"), "6,7");
    CHECK_MATCHES(w, between("5", "5"), "6");
    CHECK_MATCHES(w, between("\"\"", "\"a\""), "8,10");
    CHECK_MATCHES(w, between("5.1", "5.4"), "");
    world_close(&w);
}

static void between_ends_in_the_wrong_order_or_of_two_kinds_match_nothing(void) {
    world w = kinds();
    CHECK_MATCHES(w, between("5", "-1"), "");
    CHECK_MATCHES(w, between("5", "\"b\""), "");
    CHECK_MATCHES(w, between("null", "5"), "");
    CHECK_MATCHES(w, between("-1", "null"), "");
    world_close(&w);
}

static void is_null_matches_null_and_missing(void) {
    world w = kinds();
    CHECK_MATCHES(w, null_test(true), "1,2");
    CHECK_MATCHES(w, null_test(false), "3,4,5,6,7,8,9,10,11,12,13,14");
    world_close(&w);
}

static void contains_finds_elements_and_keys(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"v\":[1,\"b\",null]},{\"v\":{\"b\":1,\"1\":2}},{\"v\":\"abc\"},{\"v\":1},{\"v\":null},{},{\"v\":[[1],{\"a\":1}]},{\"v\":[true]}]");
    CHECK_MATCHES(w, where(dictdb_predicate_contains, "v", "\"b\""), "1,2,3");
    CHECK_MATCHES(w, where(dictdb_predicate_contains, "v", "1"), "1");
    CHECK_MATCHES(w, where(dictdb_predicate_contains, "v", "1.0"), "1");
    CHECK_MATCHES(w, where(dictdb_predicate_contains, "v", "\"1\""), "2");
    CHECK_MATCHES(w, where(dictdb_predicate_contains, "v", "null"), "1");
    CHECK_MATCHES(w, where(dictdb_predicate_contains, "v", "true"), "8");
    CHECK_MATCHES(w, where(dictdb_predicate_contains, "v", "[1.0]"), "7");
    CHECK_MATCHES(w, where(dictdb_predicate_contains, "v", "{\"a\":1}"), "7");
    CHECK_MATCHES(w, where(dictdb_predicate_contains, "v", "2"), "");
    world_close(&w);
}

/* --------------------------------------------------------------------------------------------------------- the key field */

static world keyed(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"id\":3,\"a\":1},{\"id\":1,\"a\":1},{\"id\":\"1\",\"a\":2},{\"id\":2,\"a\":2},{\"id\":\"x\",\"a\":1}]");
    return w;
}

static void the_key_is_compared_as_any_field(void) {
    world w = keyed();
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "id", "1"), "1");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "id", "1.0"), "1");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "id", "1e0"), "1");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "id", "\"1\""), "\"1\"");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "id", "\"\\u0078\""), "\"x\"");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "`id`", "3"), "3");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "id", "true"), "");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "id", "1.5"), "");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "id", "null"), "");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "id", "[1]"), "");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "id", "18446744073709551615"), "");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "id", "9"), "");
    CHECK_MATCHES(w, where(dictdb_predicate_ne, "id", "1"), "3,\"1\",2,\"x\"");
    CHECK_MATCHES(w, where(dictdb_predicate_gt, "id", "1"), "3,2");
    world_close(&w);
}

static void keys_come_in_natural_order_and_once(void) {
    world w = keyed();
    CHECK_MATCHES(w, where(dictdb_predicate_is_in, "id", "[1,2,3]"), "3,1,2");
    CHECK_MATCHES(w, where(dictdb_predicate_is_in, "id", "[\"x\",1,1,1.0,7,\"1\",1,null,true]"), "1,\"1\",\"x\"");
    world_close(&w);
}

static void a_key_is_found_under_its_new_value_only(void) {
    world w = keyed();
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("1"), NTS("{\"id\":50}"), &w.err), &w.err);
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "id", "1"), "");
    CHECK_MATCHES(w, where(dictdb_predicate_is_in, "id", "[50,1,3]"), "3,50");
    world_close(&w);
}

static void a_path_into_the_key_finds_nothing(void) {
    world w = keyed();
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "id.x", "1"), "");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "id[0]", "1"), "");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "id[0]", "null"), "3,1,\"1\",2,\"x\"");
    world_close(&w);
}

static void a_key_predicate_updates_and_deletes(void) {
    world w = keyed();
    dictdb_predicate *two = where(dictdb_predicate_is_in, "id", "[\"x\",3,99]");
    uint64_t count = 77;
    CHECK_OK(dictdb_table_update(w.table, two, NTS("{\"a\":9}"), &count, &w.err), &w.err);
    CHECK_INT(count, 2);
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "a", "9"), "3,\"x\"");
    CHECK_OK(dictdb_table_delete(w.table, two, &count, &w.err), &w.err);
    CHECK_INT(count, 2);
    CHECK_SELECT(w, "{\"columns\":[\"id\"]}", "[{\"id\":1},{\"id\":\"1\"},{\"id\":2}]");
    dictdb_predicate_free(two);
    world_close(&w);
}

/* ---------------------------------------------------------------------------------------------------------------- sharing */

static void one_predicate_serves_several_tables(void) {
    world one = world_open(NULL);
    world two = world_open("{\"primary_key\":\"v\"}");
    dictdb_predicate *adult = where(dictdb_predicate_ge, "v", "18");
    uint64_t count = 77;
    INSERT(one, "[{\"a\":1,\"v\":17},{\"v\":18},{\"v\":\"19\"}]");
    INSERT(two, "[{\"v\":20,\"id\":1},{\"b\":0,\"v\":3},{\"v\":100}]");
    for (int i = 0; i < 3; i++) {
        CHECK_OK(dictdb_table_count(one.table, adult, &count, &one.err), &one.err);
        CHECK_INT(count, 1);
        CHECK_OK(dictdb_table_count(two.table, adult, &count, &two.err), &two.err);
        CHECK_INT(count, 2);
    }
    world_close(&one);
    CHECK_OK(dictdb_table_delete(two.table, adult, &count, &two.err), &two.err);
    CHECK_RECORDS(two, "[{\"b\":0,\"v\":3}]");
    dictdb_predicate_free(adult);
    world_close(&two);
}

static void a_predicate_sees_fields_wherever_they_stand(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"v\":1,\"a\":0},{\"a\":0,\"v\":1},{\"b\":{\"v\":1}},{\"a\":{\"x\":[1,2]},\"b\":\"long enough\",\"v\":1},{\"v\":\"1\",\"w\":1}]");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "v", "1"), "1,2,4");
    INSERT(w, "[{\"c\":0,\"d\":0,\"v\":1}]");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "v", "1"), "1,2,4,6");
    world_close(&w);
}

static void a_predicate_does_not_keep_the_texts_it_was_made_of(void) {
    world w = kinds();
    char field[] = "v";
    char value[] = "\"b\"";
    dictdb_predicate *predicate = where(dictdb_predicate_eq, field, value);
    memset(field, 'x', 1);
    memset(value, 'x', 3);
    CHECK_MATCHES(w, predicate, "9");
    world_close(&w);
}

static void a_freed_predicate_is_refused(void) {
    world w = kinds();
    dictdb_predicate *predicate = everything();
    dictdb_predicate_free(predicate);
    dictdb_predicate_free(predicate);
    CHECK_STATUS(dictdb_table_select(w.table, predicate, NULL, 0, &w.out, NULL, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    CHECK_STATUS(dictdb_table_delete(w.table, predicate, NULL, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    world_close(&w);
}

int main(void) {
    RUN(all_matches_every_record);
    RUN(eq_matches_the_value_and_no_other_kind);
    RUN(eq_null_matches_null_and_missing);
    RUN(ne_is_the_exact_opposite_of_eq);
    RUN(ranges_of_numbers_match_numbers_only);
    RUN(ranges_of_strings_match_strings_only);
    RUN(ranges_of_other_kinds_match_their_own_kind);
    RUN(null_is_in_no_range);
    RUN(large_integers_are_compared_exactly);
    RUN(is_in_matches_any_of_the_values);
    RUN(of_no_values_nothing_matches);
    RUN(is_in_with_null_matches_null_and_missing);
    RUN(is_in_takes_an_array);
    RUN(is_in_of_ten_thousand_values_finds_each);
    RUN(between_includes_both_ends);
    RUN(between_ends_in_the_wrong_order_or_of_two_kinds_match_nothing);
    RUN(is_null_matches_null_and_missing);
    RUN(contains_finds_elements_and_keys);
    RUN(the_key_is_compared_as_any_field);
    RUN(keys_come_in_natural_order_and_once);
    RUN(a_key_is_found_under_its_new_value_only);
    RUN(a_path_into_the_key_finds_nothing);
    RUN(a_key_predicate_updates_and_deletes);
    RUN(one_predicate_serves_several_tables);
    RUN(a_predicate_sees_fields_wherever_they_stand);
    RUN(a_predicate_does_not_keep_the_texts_it_was_made_of);
    RUN(a_freed_predicate_is_refused);
    return check_finish();
}
