/*
 * Tests: queries: every member of a query, parameters, groups and aggregates, counting, deleting, compiled and in one call.
 * Does not test: predicates as text (test_query_text), plans (test_index), wrong handles and pointers (test_misuse).
 */
#include "check.h"

static world staff(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"name\":\"Ada\",\"dept\":\"IT\",\"pay\":900},"
              " {\"name\":\"Bob\",\"dept\":\"HR\",\"pay\":500},"
              " {\"name\":\"Cy\",\"dept\":\"IT\",\"pay\":700.5},"
              " {\"name\":\"Dee\",\"dept\":null,\"pay\":500.0},"
              " {\"name\":\"Eve\",\"dept\":\"HR\",\"pay\":null},"
              " {\"name\":\"Flo\",\"pay\":300,\"at\":{\"city\":\"Bern\"}}]");
    return w;
}

static dictdb_query *compiled(const dictdb_predicate *predicate, const char *spec) {
    dictdb_query *query = NULL;
    dictdb_error *error = NULL;
    CHECK_OK(dictdb_query_new(predicate, NTS(spec), &query, &error), &error);
    dictdb_error_free(error);
    return query;
}

/* ------------------------------------------------------------------------------------------------------------------ members */

static void without_a_spec_all_records_come_whole(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":1},{\"b\":2}]");
    const char *all = "[{\"a\":1,\"id\":1},{\"b\":2,\"id\":2}]";
    CHECK_QUERY(w, NULL, NULL, all);
    CHECK_QUERY(w, "{}", "[]", all);
    CHECK_QUERY(w, "{\"where\":null,\"columns\":null,\"group_by\":null,\"aggregates\":null,\"order_by\":null,\"limit\":null,"
                   "\"offset\":null,\"distinct\":null}", NULL, all);
    world_close(&w);
}

static void where_filters(void) {
    world w = staff();
    CHECK_QUERY(w, "{\"where\":\"dept = 'IT'\",\"columns\":[\"id\"]}", NULL, "[{\"id\":1},{\"id\":3}]");
    CHECK_QUERY(w, "{\"where\":\"FALSE\"}", NULL, "[]");
    world_close(&w);
}

static void columns_project(void) {
    world w = staff();
    CHECK_QUERY(w, "{\"where\":\"id = 6\",\"columns\":[\"name\",\"at.city\",\"none\"]}", NULL,
                "[{\"name\":\"Flo\",\"at.city\":\"Bern\",\"none\":null}]");
    CHECK_QUERY(w, "{\"where\":\"id = 6\",\"columns\":{\"who\":\"name\",\"city\":\"at.city\"}}", NULL, "[{\"who\":\"Flo\",\"city\":\"Bern\"}]");
    world_close(&w);
}

static void order_limit_and_offset(void) {
    world w = staff();
    CHECK_QUERY(w, "{\"order_by\":\"-pay\",\"columns\":[\"id\"],\"limit\":3}", NULL, "[{\"id\":1},{\"id\":3},{\"id\":2}]");
    CHECK_QUERY(w, "{\"order_by\":[\"pay\",\"-id\"],\"columns\":[\"id\"],\"offset\":1,\"limit\":3}", NULL, "[{\"id\":6},{\"id\":4},{\"id\":2}]");
    CHECK_QUERY(w, "{\"columns\":[\"id\"],\"offset\":4,\"limit\":-1}", NULL, "[{\"id\":5},{\"id\":6}]");
    CHECK_QUERY(w, "{\"columns\":[\"id\"],\"limit\":0}", NULL, "[]");
    world_close(&w);
}

static void distinct_keeps_the_first_of_equal_rows(void) {
    world w = staff();
    CHECK_QUERY(w, "{\"columns\":[\"dept\"],\"distinct\":true}", NULL, "[{\"dept\":\"IT\"},{\"dept\":\"HR\"},{\"dept\":null}]");
    CHECK_QUERY(w, "{\"columns\":[\"pay\"],\"where\":\"pay < 600\",\"distinct\":true}", NULL, "[{\"pay\":500},{\"pay\":300}]");
    CHECK_QUERY(w, "{\"columns\":[\"dept\"],\"distinct\":true,\"offset\":1,\"limit\":1}", NULL, "[{\"dept\":\"HR\"}]");
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------------- groups, aggregates */

static void aggregates_of_all_records_are_one_row(void) {
    world w = staff();
    CHECK_QUERY(w, "{\"aggregates\":[\"count(*)\",\"count(dept)\",\"count_distinct(dept)\",\"sum(pay)\",\"avg(pay)\",\"min(pay)\","
                   "\"max(name)\"],\"where\":\"pay < 800\"}", NULL,
                "[{\"count(*)\":4,\"count(dept)\":2,\"count_distinct(dept)\":2,\"sum(pay)\":2000.5,\"avg(pay)\":500.125,\"min(pay)\":300,"
                "\"max(name)\":\"Flo\"}]");
    world_close(&w);
}

static void aggregates_have_aliases(void) {
    world w = staff();
    CHECK_QUERY(w, "{\"aggregates\":{\"n\":\"count()\",\"paid\":\"count(pay)\",\"depts\":\"count_distinct(dept)\",\"all\":\"sum(pay)\","
                   "\"mean\":\"avg(pay)\",\"low\":\"min(pay)\",\"last\":\"max(name)\",\"city\":\"min(at.city)\"}}", NULL,
                "[{\"n\":6,\"paid\":5,\"depts\":2,\"all\":2900.5,\"mean\":580.1,\"low\":300,\"last\":\"Flo\",\"city\":\"Bern\"}]");
    CHECK_QUERY(w, "{\"where\":\"FALSE\",\"aggregates\":{\"n\":\"count()\",\"s\":\"sum(pay)\",\"a\":\"avg(pay)\",\"m\":\"max(pay)\"}}", NULL,
                "[{\"n\":0,\"s\":null,\"a\":null,\"m\":null}]");
    world_close(&w);
}

static void groups_come_in_the_order_of_their_first_records(void) {
    world w = staff();
    CHECK_QUERY(w, "{\"group_by\":\"dept\",\"aggregates\":{\"n\":\"count()\",\"pay\":\"sum(pay)\"}}", NULL,
                "[{\"dept\":\"IT\",\"n\":2,\"pay\":1600.5},{\"dept\":\"HR\",\"n\":2,\"pay\":500},{\"dept\":null,\"n\":2,\"pay\":800.0}]");
    CHECK_QUERY(w, "{\"group_by\":[\"pay\"],\"where\":\"pay <= 500\"}", NULL, "[{\"pay\":500},{\"pay\":300}]");
    CHECK_QUERY(w, "{\"group_by\":\"dept\",\"aggregates\":{\"n\":\"count()\"},\"where\":\"FALSE\"}", NULL, "[]");
    world_close(&w);
}

static void groups_are_ordered_by_their_columns(void) {
    world w = staff();
    CHECK_QUERY(w, "{\"group_by\":\"dept\",\"aggregates\":{\"m\":\"max(pay)\"},\"order_by\":[\"-m\"],\"limit\":2}", NULL,
                "[{\"dept\":\"IT\",\"m\":900},{\"dept\":\"HR\",\"m\":500}]");
    CHECK_QUERY(w, "{\"group_by\":[\"dept\",\"pay\"],\"where\":\"dept = 'HR'\",\"order_by\":[\"-dept\",\"pay\"],\"offset\":1}", NULL,
                "[{\"dept\":\"HR\",\"pay\":500}]");
    world_close(&w);
}

static void sums_need_numbers_in_range(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":18446744073709551615,\"b\":\"x\"},{\"a\":1}]");
    CHECK_STATUS(dictdb_table_query(w.table, NTS("{\"aggregates\":[\"sum(a)\"]}"), NULL, 0, &w.out, NULL, &w.err), DICTDB_STATUS_NUMBER_RANGE,
                 &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "field", "\"a\"");
    CHECK_STATUS(dictdb_table_query(w.table, NTS("{\"aggregates\":[\"sum(b)\"]}"), NULL, 0, &w.out, NULL, &w.err),
                 DICTDB_STATUS_TYPE_MISMATCH, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "field", "\"b\"");
    CHECK_MEMBER(dictdb_error_detail(w.err), "key", "1");
    CHECK_EMPTY(w.out);
    world_close(&w);
}

/* --------------------------------------------------------------------------------------------------------------- parameters */

static void parameters_are_passed_with_each_run(void) {
    world w = staff();
    dictdb_query *query = compiled(NULL, "{\"where\":\"dept = ?1 AND pay > ?2\",\"columns\":[\"id\"]}");
    uint64_t count = 77;
    CHECK_OK(dictdb_query_run(query, w.table, NTS("[\"IT\", 800]"), &w.out, &count, &w.err), &w.err);
    CHECK_TEXT(w.out, "[{\"id\":1}]");
    CHECK_INT(count, 1);
    CHECK_OK(dictdb_query_run(query, w.table, NTS("[\"IT\", 0]"), &w.out, &count, &w.err), &w.err);
    CHECK_TEXT(w.out, "[{\"id\":1},{\"id\":3}]");
    CHECK_INT(count, 2);
    CHECK_OK(dictdb_query_run(query, w.table, NTS("[null, 0]"), &w.out, NULL, &w.err), &w.err);
    CHECK_TEXT(w.out, "[{\"id\":4},{\"id\":6}]");
    dictdb_query_free(query);
    world_close(&w);
}

static void limit_and_offset_may_be_parameters(void) {
    world w = staff();
    dictdb_query *query = compiled(NULL, "{\"where\":\"pay >= ?1\",\"order_by\":\"name\",\"columns\":[\"id\"],\"limit\":\"?2\",\"offset\":\"?3\"}");
    CHECK_OK(dictdb_query_run(query, w.table, NTS("[300, 2, 1]"), &w.out, NULL, &w.err), &w.err);
    CHECK_TEXT(w.out, "[{\"id\":2},{\"id\":3}]");
    CHECK_OK(dictdb_query_run(query, w.table, NTS("[300, null, 3]"), &w.out, NULL, &w.err), &w.err);
    CHECK_TEXT(w.out, "[{\"id\":4},{\"id\":6}]");
    CHECK_OK(dictdb_query_run(query, w.table, NTS("[700, -1, -5]"), &w.out, NULL, &w.err), &w.err);
    CHECK_TEXT(w.out, "[{\"id\":1},{\"id\":3}]");
    CHECK_STATUS(dictdb_query_run(query, w.table, NTS("[300, \"2\", 1]"), &w.out, NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "placeholder", "2");
    CHECK_STATUS(dictdb_query_run(query, w.table, NTS("[300, 2]"), &w.out, NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_EMPTY(w.out);
    dictdb_query_free(query);
    world_close(&w);
}

static void as_many_values_as_parameters_must_be_passed(void) {
    static const char *const WRONG[] = {NULL, "[]", "[1,2]"};
    world w = staff();
    dictdb_query *query = compiled(NULL, "{\"where\":\"pay = ?1\"}");
    dictdb_update *update = NULL;
    uint64_t count = 77;
    CHECK_OK(dictdb_update_new(NULL, NTS("pay = ?1"), NTS("pay = 0"), &update, &w.err), &w.err);
    for (int i = 0; i < 3; i++) {
        CHECK_STATUS(dictdb_query_run(query, w.table, NTS(WRONG[i]), &w.out, &count, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
        CHECK_STATUS(dictdb_query_count(query, w.table, NTS(WRONG[i]), &count, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
        CHECK_STATUS(dictdb_query_delete(query, w.table, NTS(WRONG[i]), &count, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
        CHECK_STATUS(dictdb_query_explain(query, w.table, NTS(WRONG[i]), &w.out, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
        CHECK_STATUS(dictdb_update_run(update, w.table, NTS(WRONG[i]), &count, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    }
    CHECK_STATUS(dictdb_query_run(query, w.table, NTS("7"), &w.out, &count, &w.err), DICTDB_STATUS_INVALID_JSON, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "parameter", "\"params\"");
    CHECK_INT(count, 77);
    CHECK_OK(dictdb_table_count(w.table, NULL, &count, &w.err), &w.err);
    CHECK_INT(count, 6);
    dictdb_update_free(update);
    dictdb_query_free(query);
    world_close(&w);
}

/* ----------------------------------------------------------------------------------------------------------------- compiled */

static void a_predicate_and_where_must_both_match(void) {
    world w = staff();
    dictdb_predicate *predicate = parsed("pay >= ?1");
    dictdb_query *query = compiled(predicate, "{\"where\":\"dept = ?2\",\"columns\":[\"name\"]}");
    dictdb_predicate_free(predicate);
    CHECK_OK(dictdb_query_run(query, w.table, NTS("[800, \"IT\"]"), &w.out, NULL, &w.err), &w.err);
    CHECK_TEXT(w.out, "[{\"name\":\"Ada\"}]");
    dictdb_query_free(query);

    predicate = where(dictdb_predicate_eq, "dept", "\"HR\"");
    query = compiled(predicate, NULL);
    dictdb_predicate_free(predicate);
    uint64_t count = 0;
    CHECK_OK(dictdb_query_count(query, w.table, NULL, 0, &count, &w.err), &w.err);
    CHECK_INT(count, 2);
    dictdb_query_free(query);
    world_close(&w);
}

static void a_query_serves_many_tables(void) {
    world w = staff();
    world other = world_open("{\"primary_key\":\"name\"}");
    INSERT(other, "[{\"name\":\"Zoe\",\"pay\":1}]");
    dictdb_query *query = compiled(NULL, "{\"order_by\":\"pay\",\"limit\":1,\"columns\":[\"name\"],\"where\":\"pay IS NOT NULL\"}");
    CHECK_OK(dictdb_query_run(query, w.table, NULL, 0, &w.out, NULL, &w.err), &w.err);
    CHECK_TEXT(w.out, "[{\"name\":\"Flo\"}]");
    CHECK_OK(dictdb_query_run(query, other.table, NULL, 0, &w.out, NULL, &w.err), &w.err);
    CHECK_TEXT(w.out, "[{\"name\":\"Zoe\"}]");
    CHECK_OK(dictdb_db_drop_table(other.db, NTS("t"), &w.err), &w.err);
    CHECK_STATUS(dictdb_query_run(query, other.table, NULL, 0, &w.out, NULL, &w.err), DICTDB_STATUS_TABLE_NOT_FOUND, &w.err);
    dictdb_query_free(query);
    world_close(&other);
    world_close(&w);
}

static void counting_gives_the_number_of_rows(void) {
    static const char *const SPECS[] = {
        NULL,
        "{\"where\":\"pay > 400\"}",
        "{\"where\":\"pay > 400\",\"limit\":2}",
        "{\"where\":\"pay > 400\",\"offset\":3}",
        "{\"offset\":100}",
        "{\"columns\":[\"dept\"],\"distinct\":true}",
        "{\"group_by\":\"dept\"}",
        "{\"group_by\":\"dept\",\"limit\":1,\"offset\":1}",
        "{\"aggregates\":[\"sum(pay)\"]}",
        "{\"aggregates\":[\"count()\"],\"where\":\"FALSE\"}",
        "{\"where\":\"id IN (1, 2, 99)\",\"order_by\":\"-name\"}",
    };
    world w = staff();
    for (size_t i = 0; i < sizeof SPECS / sizeof SPECS[0]; i++) {
        dictdb_query *query = compiled(NULL, SPECS[i]);
        uint64_t rows = 77;
        uint64_t counted = 78;
        CHECK_OK(dictdb_query_run(query, w.table, NULL, 0, &w.out, &rows, &w.err), &w.err);
        CHECK_OK(dictdb_query_count(query, w.table, NULL, 0, &counted, &w.err), &w.err);
        CHECK_INT(counted, rows);
        dictdb_query_free(query);
    }
    uint64_t count = 77;
    CHECK_OK(dictdb_table_count_where(w.table, NTS("pay > ?1"), NTS("[400]"), &count, &w.err), &w.err);
    CHECK_INT(count, 4);
    CHECK_OK(dictdb_table_count_where(w.table, NULL, 0, NULL, 0, &count, &w.err), &w.err);
    CHECK_INT(count, 6);
    CHECK_OK(dictdb_table_count_where(w.table, NTS("FALSE"), NULL, 0, &count, &w.err), &w.err);
    CHECK_INT(count, 0);
    world_close(&w);
}

static void deleting_by_a_query(void) {
    world w = staff();
    dictdb_query *query = compiled(NULL, "{\"where\":\"dept = ?1\"}");
    uint64_t count = 77;
    CHECK_OK(dictdb_query_delete(query, w.table, NTS("[\"IT\"]"), &count, &w.err), &w.err);
    CHECK_INT(count, 2);
    count = 77;
    CHECK_STATUS(dictdb_query_delete(query, w.table, NTS("[\"IT\"]"), &count, &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    CHECK_INT(count, 77);
    CHECK_OK(dictdb_query_delete(query, w.table, NTS("[\"HR\"]"), NULL, &w.err), &w.err);
    CHECK_QUERY(w, "{\"columns\":[\"id\"]}", NULL, "[{\"id\":4},{\"id\":6}]");
    CHECK_OK(dictdb_table_delete_where(w.table, NTS("name = ?1"), NTS("[\"Dee\"]"), &count, &w.err), &w.err);
    CHECK_INT(count, 1);
    CHECK_STATUS(dictdb_table_delete_where(w.table, NTS("name = 'Dee'"), NULL, 0, &count, &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    CHECK_OK(dictdb_table_delete_where(w.table, NTS("TRUE"), NULL, 0, NULL, &w.err), &w.err);
    CHECK_RECORDS(w, "[]");
    dictdb_query_free(query);
    world_close(&w);
}

static void only_a_predicate_says_what_to_delete(void) {
    static const char *const SPECS[] = {
        NULL, "{}", "{\"where\":\"TRUE\",\"limit\":1}", "{\"where\":\"TRUE\",\"offset\":1}", "{\"where\":\"TRUE\",\"order_by\":\"id\"}",
        "{\"where\":\"TRUE\",\"columns\":[\"id\"]}", "{\"where\":\"TRUE\",\"distinct\":true}", "{\"where\":\"TRUE\",\"group_by\":\"dept\"}",
        "{\"where\":\"TRUE\",\"aggregates\":[\"count()\"]}",
    };
    world w = staff();
    uint64_t count = 77;
    for (size_t i = 0; i < sizeof SPECS / sizeof SPECS[0]; i++) {
        dictdb_query *query = compiled(NULL, SPECS[i]);
        CHECK_STATUS(dictdb_query_delete(query, w.table, NULL, 0, &count, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
        dictdb_query_free(query);
    }
    CHECK_INT(count, 77);
    CHECK_OK(dictdb_table_count(w.table, NULL, &count, &w.err), &w.err);
    CHECK_INT(count, 6);
    dictdb_predicate *all = everything();
    dictdb_query *query = compiled(all, NULL);
    dictdb_predicate_free(all);
    CHECK_OK(dictdb_query_delete(query, w.table, NULL, 0, &count, &w.err), &w.err);
    CHECK_INT(count, 6);
    dictdb_query_free(query);
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------------------------- errors */

static void check_spec_fails(const char *spec, dictdb_status status, const char *option) {
    world w = world_open(NULL);
    dictdb_query *query = (dictdb_query *)(uintptr_t)0x7e57;
    CHECK_STATUS(dictdb_query_new(NULL, NTS(spec), &query, &w.err), status, &w.err);
    CHECK(query == NULL);
    if (option != NULL) {
        CHECK_MEMBER(dictdb_error_detail(w.err), "option", option);
    }
    CHECK_STATUS(dictdb_table_query(w.table, NTS(spec), NULL, 0, &w.out, NULL, &w.err), status, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "parameter", "\"spec\"");
    CHECK_STATUS(dictdb_table_explain(w.table, NTS(spec), NULL, 0, &w.out, &w.err), status, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "parameter", "\"spec\"");
    world_close(&w);
}

static void a_wrong_spec_is_refused(void) {
    const dictdb_status argument = DICTDB_STATUS_INVALID_ARGUMENT;
    check_spec_fails("[]", DICTDB_STATUS_INVALID_JSON, NULL);
    check_spec_fails("{", DICTDB_STATUS_INVALID_JSON, NULL);
    check_spec_fails("{\"were\":\"a = 1\"}", argument, "\"were\"");
    check_spec_fails("{\"where\":1}", argument, "\"where\"");
    check_spec_fails("{\"columns\":1}", argument, "\"columns\"");
    check_spec_fails("{\"group_by\":1}", argument, "\"group_by\"");
    check_spec_fails("{\"aggregates\":1}", argument, "\"aggregates\"");
    check_spec_fails("{\"order_by\":1}", argument, "\"order_by\"");
    check_spec_fails("{\"limit\":\"3\"}", argument, "\"limit\"");
    check_spec_fails("{\"offset\":1.5}", argument, "\"offset\"");
    check_spec_fails("{\"distinct\":1}", argument, "\"distinct\"");
    check_spec_fails("{\"group_by\":\"a\",\"columns\":[\"a\"]}", argument, "\"columns\"");
    check_spec_fails("{\"group_by\":\"a\",\"order_by\":\"b\"}", argument, "\"order_by\"");
    check_spec_fails("{\"where\":\"a =\"}", DICTDB_STATUS_PARSE, NULL);
    check_spec_fails("{\"columns\":[\"a..b\"]}", DICTDB_STATUS_PARSE, NULL);
    check_spec_fails("{\"aggregates\":[\"median(a)\"]}", DICTDB_STATUS_PARSE, NULL);
    check_spec_fails("{\"where\":\"a = 18446744073709551616\"}", DICTDB_STATUS_NUMBER_RANGE, NULL);
}

static void a_position_in_where_is_that_in_its_text(void) {
    dictdb_query *query = NULL;
    dictdb_error *error = NULL;
    CHECK_STATUS(dictdb_query_new(NULL, NTS("{\"limit\":1,\"where\":\"a = 1 AND\\tb ~ 2\"}"), &query, &error), DICTDB_STATUS_PARSE, &error);
    CHECK_MEMBER(dictdb_error_detail(error), "position", "12");
    CHECK_MEMBER(dictdb_error_detail(error), "found", "\"~\"");
    CHECK_CONTAINS(dictdb_error_message(error), "where");
    dictdb_error_free(error);
}

static void a_text_of_several_that_is_wrong_is_named(void) {
    world w = world_open(NULL);
    uint64_t count = 77;
    CHECK_STATUS(dictdb_table_count_where(w.table, NTS("a ="), NULL, 0, &count, &w.err), DICTDB_STATUS_PARSE, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "parameter", "\"where\"");
    CHECK_CONTAINS(dictdb_error_message(w.err), "where");
    CHECK_STATUS(dictdb_table_delete_where(w.table, NTS("a ="), NULL, 0, &count, &w.err), DICTDB_STATUS_PARSE, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "parameter", "\"where\"");
    CHECK_STATUS(dictdb_table_update_where(w.table, NTS("a = 1"), NTS("a ="), NULL, 0, &count, &w.err), DICTDB_STATUS_PARSE, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "parameter", "\"set\"");
    CHECK_MEMBER(dictdb_error_detail(w.err), "position", "3");
    CHECK_STATUS(dictdb_table_update_where(w.table, NTS("a = "), NTS("a = 1"), NULL, 0, &count, &w.err), DICTDB_STATUS_PARSE, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "parameter", "\"where\"");
    CHECK_STATUS(dictdb_table_update_where(w.table, NTS("a = 1"), NTS("a = 1"), NTS("[1,]"), &count, &w.err), DICTDB_STATUS_INVALID_JSON,
                 &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "parameter", "\"params\"");
    CHECK_INT(count, 77);
    world_close(&w);
}

int main(void) {
    RUN(without_a_spec_all_records_come_whole);
    RUN(where_filters);
    RUN(columns_project);
    RUN(order_limit_and_offset);
    RUN(distinct_keeps_the_first_of_equal_rows);
    RUN(aggregates_of_all_records_are_one_row);
    RUN(aggregates_have_aliases);
    RUN(groups_come_in_the_order_of_their_first_records);
    RUN(groups_are_ordered_by_their_columns);
    RUN(sums_need_numbers_in_range);
    RUN(parameters_are_passed_with_each_run);
    RUN(limit_and_offset_may_be_parameters);
    RUN(as_many_values_as_parameters_must_be_passed);
    RUN(a_predicate_and_where_must_both_match);
    RUN(a_query_serves_many_tables);
    RUN(counting_gives_the_number_of_rows);
    RUN(deleting_by_a_query);
    RUN(only_a_predicate_says_what_to_delete);
    RUN(a_wrong_spec_is_refused);
    RUN(a_position_in_where_is_that_in_its_text);
    RUN(a_text_of_several_that_is_wrong_is_named);
    return check_finish();
}
