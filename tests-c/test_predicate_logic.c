/*
 * Tests: and, or, not: their truth tables, any number of operands, nesting, what happens to operands that are freed.
 * Does not test: handles that are no predicates (test_misuse).
 */
#include "check.h"

typedef dictdb_status (*joiner)(const dictdb_predicate *const *operands, size_t count, dictdb_predicate **predicate, dictdb_error **error);

/** Four records with every pair of values of `a` and `b`. */
static world truth_table(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":0,\"b\":0},{\"a\":0,\"b\":1},{\"a\":1,\"b\":0},{\"a\":1,\"b\":1}]");
    return w;
}

static dictdb_predicate *is_one(const char *field) {
    return where(dictdb_predicate_eq, field, "1");
}

/** Joins predicates and frees them. */
static dictdb_predicate *join(joiner make, dictdb_predicate *first, dictdb_predicate *second) {
    const dictdb_predicate *operands[] = {first, second};
    dictdb_predicate *predicate = NULL;
    dictdb_error *error = NULL;
    if (make(operands, 2, &predicate, &error) != DICTDB_STATUS_OK) {
        fprintf(stderr, "join: %s\n", dictdb_error_message(error));
    }
    dictdb_error_free(error);
    dictdb_predicate_free(first);
    dictdb_predicate_free(second);
    return predicate;
}

static dictdb_predicate *both(dictdb_predicate *first, dictdb_predicate *second) {
    return join(dictdb_predicate_and, first, second);
}

static dictdb_predicate *either(dictdb_predicate *first, dictdb_predicate *second) {
    return join(dictdb_predicate_or, first, second);
}

static dictdb_predicate *not(dictdb_predicate *operand) {
    dictdb_predicate *predicate = NULL;
    dictdb_predicate_not(operand, &predicate, NULL);
    dictdb_predicate_free(operand);
    return predicate;
}

/* ------------------------------------------------------------------------------------------------------------ truth tables */

static void and_matches_where_all_operands_do(void) {
    world w = truth_table();
    CHECK_MATCHES(w, both(is_one("a"), is_one("b")), "4");
    CHECK_MATCHES(w, both(is_one("a"), everything()), "3,4");
    CHECK_MATCHES(w, both(is_one("a"), not(is_one("a"))), "");
    world_close(&w);
}

static void or_matches_where_any_operand_does(void) {
    world w = truth_table();
    CHECK_MATCHES(w, either(is_one("a"), is_one("b")), "2,3,4");
    CHECK_MATCHES(w, either(is_one("a"), is_one("a")), "3,4");
    CHECK_MATCHES(w, either(is_one("a"), not(is_one("a"))), "1,2,3,4");
    world_close(&w);
}

static void not_matches_where_the_operand_does_not(void) {
    world w = truth_table();
    CHECK_MATCHES(w, not(is_one("a")), "1,2");
    CHECK_MATCHES(w, not(not(is_one("a"))), "3,4");
    CHECK_MATCHES(w, not(everything()), "");
    CHECK_MATCHES(w, not(both(is_one("a"), is_one("b"))), "1,2,3");
    CHECK_MATCHES(w, not(either(is_one("a"), is_one("b"))), "1");
    world_close(&w);
}

static void logic_is_two_valued(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"v\":null},{},{\"v\":1},{\"v\":9},{\"v\":\"x\"}]");
    CHECK_MATCHES(w, where(dictdb_predicate_gt, "v", "5"), "4");
    CHECK_MATCHES(w, not(where(dictdb_predicate_gt, "v", "5")), "1,2,3,5");
    CHECK_MATCHES(w, not(where(dictdb_predicate_le, "v", "5")), "1,2,4,5");
    CHECK_MATCHES(w, not(where(dictdb_predicate_contains, "v", "\"x\"")), "1,2,3,4");
    CHECK_MATCHES(w, not(where(dictdb_predicate_is_in, "v", "[1,null]")), "4,5");
    CHECK_MATCHES(w, not(where(dictdb_predicate_eq, "nowhere", "1")), "1,2,3,4,5");
    world_close(&w);
}

static void logic_nests(void) {
    world w = truth_table();
    CHECK_MATCHES(w, either(both(is_one("a"), not(is_one("b"))), both(not(is_one("a")), is_one("b"))), "2,3");
    CHECK_MATCHES(w, both(either(is_one("a"), is_one("b")), not(both(is_one("a"), is_one("b")))), "2,3");
    world_close(&w);
}

/* ---------------------------------------------------------------------------------------------------------------- operands */

static dictdb_predicate *of_count(joiner make, const dictdb_predicate *operand, size_t count) {
    const dictdb_predicate **operands = check_memory((count + 1) * sizeof *operands);
    dictdb_predicate *predicate = NULL;
    for (size_t i = 0; i < count; i++) {
        operands[i] = operand;
    }
    make(operands, count, &predicate, NULL);
    free(operands);
    return predicate;
}

static void of_no_operands_and_matches_all_and_or_none(void) {
    world w = truth_table();
    dictdb_predicate *predicate = NULL;
    CHECK_OK(dictdb_predicate_and(NULL, 0, &predicate, &w.err), &w.err);
    CHECK_MATCHES(w, predicate, "1,2,3,4");
    CHECK_OK(dictdb_predicate_or(NULL, 0, &predicate, &w.err), &w.err);
    CHECK_MATCHES(w, predicate, "");
    CHECK_MATCHES(w, of_count(dictdb_predicate_and, NULL, 0), "1,2,3,4");
    CHECK_MATCHES(w, of_count(dictdb_predicate_or, NULL, 0), "");
    world_close(&w);
}

static void one_operand_stands_for_itself(void) {
    world w = truth_table();
    dictdb_predicate *a = is_one("a");
    CHECK_MATCHES(w, of_count(dictdb_predicate_and, a, 1), "3,4");
    CHECK_MATCHES(w, of_count(dictdb_predicate_or, a, 1), "3,4");
    dictdb_predicate_free(a);
    world_close(&w);
}

static void any_number_of_operands_is_joined(void) {
    world w = world_open(NULL);
    const dictdb_predicate *operands[5];
    dictdb_predicate *made[5];
    dictdb_predicate *predicate = NULL;
    INSERT(w, "[{\"v\":1},{\"v\":2},{\"v\":3},{\"v\":4},{\"v\":5},{\"v\":6}]");
    for (int i = 0; i < 5; i++) {
        char value[16];
        snprintf(value, sizeof value, "%d", i + 1);
        operands[i] = made[i] = where(dictdb_predicate_eq, "v", value);
    }
    CHECK_OK(dictdb_predicate_or(operands, 5, &predicate, &w.err), &w.err);
    CHECK_MATCHES(w, predicate, "1,2,3,4,5");
    CHECK_OK(dictdb_predicate_or(operands, 3, &predicate, &w.err), &w.err);
    CHECK_MATCHES(w, predicate, "1,2,3");
    CHECK_OK(dictdb_predicate_and(operands, 5, &predicate, &w.err), &w.err);
    CHECK_MATCHES(w, predicate, "");
    for (int i = 0; i < 5; i++) {
        dictdb_predicate_free(made[i]);
    }
    world_close(&w);
}

static void there_are_at_most_65535_operands(void) {
    static const joiner JOINERS[] = {dictdb_predicate_and, dictdb_predicate_or};
    world w = truth_table();
    dictdb_predicate *a = is_one("a");
    const dictdb_predicate **operands = check_memory(65537 * sizeof *operands);
    for (size_t i = 0; i < 65537; i++) {
        operands[i] = a;
    }
    for (int i = 0; i < 2; i++) {
        dictdb_predicate *predicate = NULL;
        /* With the node that joins them these are 65,536 nodes. */
        CHECK_OK(JOINERS[i](operands, 65535, &predicate, &w.err), &w.err);
        CHECK_MATCHES(w, predicate, "3,4");
        predicate = a;
        CHECK_STATUS(JOINERS[i](operands, 65536, &predicate, &w.err), DICTDB_STATUS_LIMIT, &w.err);
        CHECK(predicate == NULL);
        predicate = a;
        CHECK_STATUS(JOINERS[i](operands, 65537, &predicate, &w.err), DICTDB_STATUS_LIMIT, &w.err);
        CHECK(predicate == NULL);
    }
    free(operands);
    dictdb_predicate_free(a);
    world_close(&w);
}

static void operands_may_be_freed_before_the_predicate_is_used(void) {
    world w = truth_table();
    dictdb_predicate *a = is_one("a");
    dictdb_predicate *b = is_one("b");
    const dictdb_predicate *operands[] = {a, b};
    dictdb_predicate *all_of = NULL;
    dictdb_predicate *any_of = NULL;
    dictdb_predicate *none_of = NULL;
    CHECK_OK(dictdb_predicate_and(operands, 2, &all_of, &w.err), &w.err);
    CHECK_OK(dictdb_predicate_or(operands, 2, &any_of, &w.err), &w.err);
    CHECK_OK(dictdb_predicate_not(any_of, &none_of, &w.err), &w.err);
    dictdb_predicate_free(b);
    dictdb_predicate_free(a);
    CHECK_MATCHES(w, all_of, "4");
    CHECK_MATCHES(w, any_of, "2,3,4");
    CHECK_MATCHES(w, none_of, "1");
    world_close(&w);
}

static void operands_stay_the_callers(void) {
    world w = truth_table();
    dictdb_predicate *a = is_one("a");
    dictdb_predicate_free(of_count(dictdb_predicate_and, a, 3));
    dictdb_predicate_free(of_count(dictdb_predicate_or, a, 3));
    CHECK_MATCHES(w, a, "3,4");
    world_close(&w);
}

/* ----------------------------------------------------------------------------------------------------------------- nesting */

/** Wraps a leaf `levels` times. */
static dictdb_predicate *wrapped(int levels, bool negate) {
    dictdb_predicate *predicate = is_one("a");
    for (int i = 0; i < levels && predicate != NULL; i++) {
        predicate = negate ? not(predicate) : join(i % 2 == 0 ? dictdb_predicate_and : dictdb_predicate_or, predicate, is_one("b"));
    }
    return predicate;
}

static void predicates_nest_128_levels_deep(void) {
    world w = truth_table();
    CHECK_MATCHES(w, wrapped(127, true), "1,2");
    CHECK_MATCHES(w, wrapped(126, true), "3,4");
    CHECK_MATCHES(w, wrapped(127, false), "2,4");
    CHECK_MATCHES(w, wrapped(126, false), "2,4");
    world_close(&w);
}

static void predicates_do_not_nest_129_levels_deep(void) {
    world w = truth_table();
    for (int negate = 0; negate < 2; negate++) {
        dictdb_predicate *deepest = wrapped(127, negate == 1);
        const dictdb_predicate *operands[] = {deepest, deepest};
        dictdb_predicate *predicate = NULL;
        CHECK_STATUS(dictdb_predicate_not(deepest, &predicate, &w.err), DICTDB_STATUS_LIMIT, &w.err);
        CHECK_MEMBER(dictdb_error_detail(w.err), "limit", "128");
        CHECK_STATUS(dictdb_predicate_and(operands, 2, &predicate, &w.err), DICTDB_STATUS_LIMIT, &w.err);
        CHECK_STATUS(dictdb_predicate_or(operands, 2, &predicate, &w.err), DICTDB_STATUS_LIMIT, &w.err);
        CHECK(predicate == NULL);
        dictdb_predicate_free(deepest);
    }
    world_close(&w);
}

static void a_shared_operand_counts_each_time(void) {
    world w = truth_table();
    dictdb_predicate *leaf = is_one("a");
    dictdb_predicate *hundred = of_count(dictdb_predicate_and, leaf, 100);
    dictdb_predicate *ten_thousand = of_count(dictdb_predicate_or, hundred, 100);
    const dictdb_predicate *operands[] = {ten_thousand, ten_thousand, ten_thousand, ten_thousand, ten_thousand, ten_thousand, ten_thousand};
    dictdb_predicate *predicate = NULL;
    CHECK_OK(dictdb_predicate_and(operands, 6, &predicate, &w.err), &w.err);
    CHECK_MATCHES(w, predicate, "3,4");
    CHECK_STATUS(dictdb_predicate_and(operands, 7, &predicate, &w.err), DICTDB_STATUS_LIMIT, &w.err);
    CHECK(predicate == NULL);
    CHECK_MATCHES(w, ten_thousand, "3,4");
    dictdb_predicate_free(leaf);
    dictdb_predicate_free(hundred);
    world_close(&w);
}

/* -------------------------------------------------------------------------------------------------------- with the key field */

static void a_key_in_an_and_is_one_condition_of_several(void) {
    world w = truth_table();
    CHECK_MATCHES(w, both(where(dictdb_predicate_eq, "id", "3"), is_one("a")), "3");
    CHECK_MATCHES(w, both(is_one("a"), where(dictdb_predicate_eq, "id", "3")), "3");
    CHECK_MATCHES(w, both(where(dictdb_predicate_eq, "id", "1"), is_one("a")), "");
    CHECK_MATCHES(w, both(where(dictdb_predicate_is_in, "id", "[4,3,1,9]"), is_one("a")), "3,4");
    CHECK_MATCHES(w, both(where(dictdb_predicate_eq, "id", "3"), where(dictdb_predicate_eq, "id", "4")), "");
    CHECK_MATCHES(w, both(where(dictdb_predicate_is_in, "id", "[1,2,3]"), where(dictdb_predicate_is_in, "id", "[2,3,4]")), "2,3");
    world_close(&w);
}

static void a_key_in_an_or_or_a_not_leaves_the_others_in(void) {
    world w = truth_table();
    CHECK_MATCHES(w, either(where(dictdb_predicate_eq, "id", "1"), is_one("b")), "1,2,4");
    CHECK_MATCHES(w, either(where(dictdb_predicate_eq, "id", "4"), where(dictdb_predicate_eq, "id", "2")), "2,4");
    CHECK_MATCHES(w, not(where(dictdb_predicate_eq, "id", "2")), "1,3,4");
    CHECK_MATCHES(w, both(not(where(dictdb_predicate_eq, "id", "4")), is_one("b")), "2");
    world_close(&w);
}

int main(void) {
    RUN(and_matches_where_all_operands_do);
    RUN(or_matches_where_any_operand_does);
    RUN(not_matches_where_the_operand_does_not);
    RUN(logic_is_two_valued);
    RUN(logic_nests);
    RUN(of_no_operands_and_matches_all_and_or_none);
    RUN(one_operand_stands_for_itself);
    RUN(any_number_of_operands_is_joined);
    RUN(there_are_at_most_65535_operands);
    RUN(operands_may_be_freed_before_the_predicate_is_used);
    RUN(operands_stay_the_callers);
    RUN(predicates_nest_128_levels_deep);
    RUN(predicates_do_not_nest_129_levels_deep);
    RUN(a_shared_operand_counts_each_time);
    RUN(a_key_in_an_and_is_one_condition_of_several);
    RUN(a_key_in_an_or_or_a_not_leaves_the_others_in);
    return check_finish();
}
