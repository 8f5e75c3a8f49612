/*
 * Tests: schemas: what each type takes, required and unknown fields, the key field, nullable, default, bulk calls, updates.
 * Does not test: which schemas a table can be created with (test_db).
 */
#include "check.h"

static void check_takes(const char *file, int line, const char *type, const char *value, dictdb_status expected) {
    char options[100];
    char record[100];
    snprintf(options, sizeof options, "{\"schema\":{\"f\":\"%s\"}}", type);
    snprintf(record, sizeof record, "{\"f\":%s}", value);
    world w = world_open(options);
    check_expect(&w.err);
    check_status(file, line, record, dictdb_table_insert(w.table, NTS(record), NULL, &w.err), expected, &w.err);
    if (expected == DICTDB_STATUS_SCHEMA) {
        char expected_type[20];
        snprintf(expected_type, sizeof expected_type, "\"%s\"", type);
        check_member(file, line, dictdb_error_detail(w.err), "field", "\"f\"");
        check_member(file, line, dictdb_error_detail(w.err), "expected", expected_type);
        CHECK_RECORDS(w, "[]");
    } else {
        snprintf(record, sizeof record, "[{\"f\":%s,\"id\":1}]", value);
        CHECK_RECORDS(w, record);
    }
    world_close(&w);
}

#define CHECK_TAKES(type, value) check_takes(__FILE__, __LINE__, (type), (value), DICTDB_STATUS_OK)
#define CHECK_REFUSES(type, value) check_takes(__FILE__, __LINE__, (type), (value), DICTDB_STATUS_SCHEMA)

/* ------------------------------------------------------------------------------------------------------------------ types */

static void int_takes_integers_only(void) {
    static const char *const YES[] = {"0", "1", "-1", "9223372036854775807", "-9223372036854775808", "18446744073709551615"};
    static const char *const NO[] = {"true", "false", "1.0", "1.5", "1e2", "\"1\"", "[1]", "{}", "null"};
    for (size_t i = 0; i < sizeof YES / sizeof YES[0]; i++) {
        CHECK_TAKES("int", YES[i]);
    }
    for (size_t i = 0; i < sizeof NO / sizeof NO[0]; i++) {
        CHECK_REFUSES("int", NO[i]);
    }
}

static void float_takes_integers_too(void) {
    static const char *const YES[] = {"0", "1", "1.0", "1.50", "-2.5", "1e5", "1E-5", "18446744073709551615", "-0.0"};
    static const char *const NO[] = {"true", "\"1.5\"", "[1.5]", "{}", "null"};
    for (size_t i = 0; i < sizeof YES / sizeof YES[0]; i++) {
        CHECK_TAKES("float", YES[i]);
    }
    for (size_t i = 0; i < sizeof NO / sizeof NO[0]; i++) {
        CHECK_REFUSES("float", NO[i]);
    }
}

static void str_takes_strings_only(void) {
    static const char *const YES[] = {"\"\"", "\"x\"", "\"1\"", "\"null\"", "\"\xc3\xa9\""};
    static const char *const NO[] = {"1", "1.5", "true", "[]", "[\"x\"]", "{}", "null"};
    for (size_t i = 0; i < sizeof YES / sizeof YES[0]; i++) {
        CHECK_TAKES("str", YES[i]);
    }
    for (size_t i = 0; i < sizeof NO / sizeof NO[0]; i++) {
        CHECK_REFUSES("str", NO[i]);
    }
}

static void bool_takes_true_and_false_only(void) {
    static const char *const NO[] = {"0", "1", "\"true\"", "[]", "{}", "null"};
    CHECK_TAKES("bool", "true");
    CHECK_TAKES("bool", "false");
    for (size_t i = 0; i < sizeof NO / sizeof NO[0]; i++) {
        CHECK_REFUSES("bool", NO[i]);
    }
}

static void list_takes_arrays_only(void) {
    static const char *const NO[] = {"1", "\"[]\"", "{}", "true", "null"};
    CHECK_TAKES("list", "[]");
    CHECK_TAKES("list", "[1,\"x\",[null]]");
    for (size_t i = 0; i < sizeof NO / sizeof NO[0]; i++) {
        CHECK_REFUSES("list", NO[i]);
    }
}

static void dict_takes_objects_only(void) {
    static const char *const NO[] = {"1", "\"{}\"", "[]", "[{}]", "true", "null"};
    CHECK_TAKES("dict", "{}");
    CHECK_TAKES("dict", "{\"any\":[1]}");
    for (size_t i = 0; i < sizeof NO / sizeof NO[0]; i++) {
        CHECK_REFUSES("dict", NO[i]);
    }
}

/* ----------------------------------------------------------------------------------------------------------------- fields */

static void check_violates(const char *file, int line, const char *options, const char *record, const char *field) {
    world w = world_open(options);
    char quoted[50];
    snprintf(quoted, sizeof quoted, "\"%s\"", field);
    check_expect(&w.err);
    check_status(file, line, record, dictdb_table_insert(w.table, NTS(record), &w.out, &w.err), DICTDB_STATUS_SCHEMA, &w.err);
    check_member(file, line, dictdb_error_detail(w.err), "field", quoted);
    check_empty(file, line, "key", &w.out);
    CHECK_RECORDS(w, "[]");
    world_close(&w);
}

#define CHECK_VIOLATES(options, record, field) check_violates(__FILE__, __LINE__, (options), (record), (field))

static const char *const TWO = "{\"schema\":{\"name\":\"str\",\"age\":\"int\"}}";

static void every_field_is_required(void) {
    CHECK_VIOLATES(TWO, "{\"name\":\"x\"}", "age");
    CHECK_VIOLATES(TWO, "{\"age\":1}", "name");
}

static void other_fields_are_refused(void) {
    CHECK_VIOLATES(TWO, "{\"name\":\"x\",\"age\":1,\"shoe\":45}", "shoe");
    CHECK_VIOLATES(TWO, "{\"name\":\"x\",\"age\":1,\"Age\":1}", "Age");
    CHECK_VIOLATES(TWO, "{\"name\":\"x\",\"age\":1,\"shoe\":null}", "shoe");
    CHECK_VIOLATES("{\"schema\":{}}", "{\"a\":1}", "a");
}

static void fields_may_come_in_any_order_and_keep_it(void) {
    world w = world_open(TWO);
    INSERT(w, "[{\"age\":1,\"name\":\"x\"},{\"id\":9,\"name\":\"y\",\"age\":2}]");
    CHECK_RECORDS(w, "[{\"age\":1,\"name\":\"x\",\"id\":1},{\"id\":9,\"name\":\"y\",\"age\":2}]");
    world_close(&w);
}

static void an_empty_schema_allows_the_key_alone(void) {
    world w = world_open("{\"schema\":{}}");
    INSERT(w, "[{},{\"id\":7}]");
    CHECK_RECORDS(w, "[{\"id\":1},{\"id\":7}]");
    world_close(&w);
}

static void the_key_field_is_added_as_int(void) {
    CHECK_VIOLATES(TWO, "{\"id\":\"k\",\"name\":\"x\",\"age\":1}", "id");
    CHECK_VIOLATES("{\"primary_key\":\"code\",\"schema\":{\"n\":\"int\"}}", "{\"code\":\"k\",\"n\":1}", "code");
    world w = world_open(TWO);
    CHECK_OK(dictdb_table_describe(w.table, &w.out, &w.err), &w.err);
    CHECK_MEMBER(json_member(w.out.data, "schema"), "id", "\"int\"");
    CHECK_MEMBER(json_member(w.out.data, "schema"), "name", "\"str\"");
    world_close(&w);
}

static void the_key_field_may_be_declared_a_string(void) {
    const char *options = "{\"schema\":{\"id\":\"str\",\"n\":\"int\"}}";
    world w = world_open(options);
    INSERT(w, "[{\"id\":\"k\",\"n\":1}]");
    CHECK_RECORDS(w, "[{\"id\":\"k\",\"n\":1}]");
    world_close(&w);
    CHECK_VIOLATES(options, "{\"id\":1,\"n\":1}", "id");
    CHECK_VIOLATES(options, "{\"n\":1}", "id");
}

static void field_names_are_plain(void) {
    world w = world_open("{\"schema\":{\"a.b\":\"int\",\"l[0]\":\"str\"}}");
    INSERT(w, "[{\"a.b\":1,\"l[0]\":\"x\"}]");
    CHECK_RECORDS(w, "[{\"a.b\":1,\"l[0]\":\"x\",\"id\":1}]");
    world_close(&w);
    CHECK_VIOLATES("{\"schema\":{\"a.b\":\"int\"}}", "{\"a\":{\"b\":1}}", "a");
}

/* ---------------------------------------------------------------------------------------------------- nullable and default */

static void nullable_takes_null_and_absence(void) {
    const char *options = "{\"schema\":{\"n\":{\"type\":\"int\",\"nullable\":true}}}";
    world w = world_open(options);
    INSERT(w, "[{\"n\":1},{\"n\":null},{}]");
    CHECK_SELECT(w, "{\"columns\":[\"n\",\"id\"]}", "[{\"n\":1,\"id\":1},{\"n\":null,\"id\":2},{\"n\":null,\"id\":3}]");
    world_close(&w);
    CHECK_VIOLATES(options, "{\"n\":\"1\"}", "n");
    CHECK_VIOLATES(options, "{\"n\":1,\"m\":null}", "m");
}

static void what_is_not_nullable_takes_neither(void) {
    const char *options = "{\"schema\":{\"n\":{\"type\":\"int\",\"nullable\":false},\"m\":{\"type\":\"int\"}}}";
    CHECK_VIOLATES(options, "{\"n\":null,\"m\":1}", "n");
    CHECK_VIOLATES(options, "{\"m\":1}", "n");
    CHECK_VIOLATES(options, "{\"n\":1}", "m");
}

static void a_default_fills_an_absence(void) {
    world w = world_open("{\"schema\":{\"s\":{\"type\":\"str\",\"default\":\"x\"},\"l\":{\"type\":\"list\",\"default\":[1, 2]}}}");
    INSERT(w, "[{},{\"s\":\"y\"},{\"l\":[],\"s\":\"z\"}]");
    CHECK_SELECT(w, "{\"columns\":[\"s\",\"l\",\"id\"]}",
                 "[{\"s\":\"x\",\"l\":[1,2],\"id\":1},{\"s\":\"y\",\"l\":[1,2],\"id\":2},{\"s\":\"z\",\"l\":[],\"id\":3}]");
    world_close(&w);
}

static void a_default_keeps_its_spelling(void) {
    world w = world_open("{\"schema\":{\"f\":{\"type\":\"float\",\"default\":1.50}}}");
    INSERT(w, "[{}]");
    CHECK_SELECT(w, "{\"columns\":[\"f\"]}", "[{\"f\":1.50}]");
    world_close(&w);
}

static void a_default_is_found_by_predicates(void) {
    world w = world_open("{\"schema\":{\"n\":{\"type\":\"int\",\"default\":5}}}");
    INSERT(w, "[{},{\"n\":6}]");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "n", "5"), "1");
    world_close(&w);
}

static void a_default_does_not_undo_what_was_stored(void) {
    world w = world_open("{\"schema\":{\"n\":{\"type\":\"int\",\"default\":5},\"m\":{\"type\":\"int\",\"default\":0}}}");
    INSERT(w, "[{\"id\":1,\"n\":9,\"m\":1}]");
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("1"), NTS("{\"m\":2}"), &w.err), &w.err);
    CHECK_RECORDS(w, "[{\"id\":1,\"n\":9,\"m\":2}]");
    CHECK_OK(dictdb_table_upsert(w.table, NTS("{\"id\":1,\"m\":3}"), DICTDB_CONFLICT_UPDATE, NULL, NULL, &w.err), &w.err);
    CHECK_RECORDS(w, "[{\"id\":1,\"n\":9,\"m\":3}]");
    world_close(&w);
}

/* -------------------------------------------------------------------------------------------- many, update, upsert */

static void many_are_checked_all_or_none(void) {
    world w = world_open(TWO);
    const char *records = "[{\"name\":\"a\",\"age\":1},{\"name\":\"b\",\"age\":1.0},{\"name\":3,\"age\":1}]";
    CHECK_STATUS(dictdb_table_insert_many(w.table, NTS(records), &w.out, &w.err), DICTDB_STATUS_SCHEMA, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "index", "1");
    CHECK_MEMBER(dictdb_error_detail(w.err), "field", "\"age\"");
    CHECK_MEMBER(dictdb_error_detail(w.err), "expected", "\"int\"");
    CHECK_MEMBER(dictdb_error_detail(w.err), "actual", "\"float\"");
    CHECK_RECORDS(w, "[]");
    world_close(&w);
}

static void a_single_records_error_has_no_index(void) {
    world w = world_open(TWO);
    CHECK_STATUS(dictdb_table_insert(w.table, NTS("{\"name\":1,\"age\":1}"), NULL, &w.err), DICTDB_STATUS_SCHEMA, &w.err);
    CHECK(json_member(dictdb_error_detail(w.err), "index") == NULL);
    world_close(&w);
}

static void the_actual_type_is_told(void) {
    static const struct {
        const char *value;
        const char *type;
    } CASES[] = {{"true", "\"bool\""}, {"1.5", "\"float\""}, {"\"x\"", "\"str\""}, {"[]", "\"list\""}, {"{}", "\"dict\""}, {"null", "\"null\""}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        world w = world_open("{\"schema\":{\"f\":\"int\"}}");
        char record[50];
        snprintf(record, sizeof record, "{\"f\":%s}", CASES[i].value);
        CHECK_STATUS(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), DICTDB_STATUS_SCHEMA, &w.err);
        CHECK_MEMBER(dictdb_error_detail(w.err), "actual", CASES[i].type);
        world_close(&w);
    }
}

static void an_update_is_checked_before_anything_changes(void) {
    static const char *const CHANGES[] = {"{\"age\":\"old\"}", "{\"age\":null}", "{\"shoe\":45}", "{\"name\":\"z\",\"age\":1.0}"};
    world w = world_open(TWO);
    dictdb_predicate *all = everything();
    INSERT(w, "[{\"name\":\"x\",\"age\":1},{\"name\":\"y\",\"age\":2}]");
    for (size_t i = 0; i < sizeof CHANGES / sizeof CHANGES[0]; i++) {
        uint64_t count = 77;
        CHECK_STATUS(dictdb_table_update(w.table, all, NTS(CHANGES[i]), &count, &w.err), DICTDB_STATUS_SCHEMA, &w.err);
        CHECK_INT(count, 77);
        CHECK_STATUS(dictdb_table_update_by_key(w.table, NTS("2"), NTS(CHANGES[i]), &w.err), DICTDB_STATUS_SCHEMA, &w.err);
    }
    CHECK_RECORDS(w, "[{\"name\":\"x\",\"age\":1,\"id\":1},{\"name\":\"y\",\"age\":2,\"id\":2}]");
    dictdb_predicate_free(all);
    world_close(&w);
}

static void a_violation_is_told_before_a_missing_record(void) {
    world w = world_open(TWO);
    dictdb_predicate *none = where(dictdb_predicate_eq, "age", "99");
    CHECK_STATUS(dictdb_table_update(w.table, none, NTS("{\"age\":\"old\"}"), NULL, &w.err), DICTDB_STATUS_SCHEMA, &w.err);
    CHECK_STATUS(dictdb_table_update(w.table, none, NTS("{\"shoe\":1}"), NULL, &w.err), DICTDB_STATUS_SCHEMA, &w.err);
    CHECK_STATUS(dictdb_table_update_by_key(w.table, NTS("99"), NTS("{\"age\":true}"), &w.err), DICTDB_STATUS_SCHEMA, &w.err);
    CHECK_STATUS(dictdb_table_update(w.table, none, NTS("{\"age\":5}"), NULL, &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    dictdb_predicate_free(none);
    world_close(&w);
}

static void an_update_may_give_fields_in_part(void) {
    world w = world_open(TWO);
    INSERT(w, "[{\"name\":\"x\",\"age\":1}]");
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("1"), NTS("{\"age\":2}"), &w.err), &w.err);
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("1"), NTS("{\"id\":5}"), &w.err), &w.err);
    CHECK_STATUS(dictdb_table_update_by_key(w.table, NTS("5"), NTS("{\"id\":\"k\"}"), &w.err), DICTDB_STATUS_SCHEMA, &w.err);
    CHECK_RECORDS(w, "[{\"name\":\"x\",\"age\":2,\"id\":5}]");
    world_close(&w);
}

static void an_upsert_may_give_fields_in_part_where_the_key_is_taken(void) {
    world w = world_open(TWO);
    int32_t outcome = 77;
    INSERT(w, "[{\"name\":\"x\",\"age\":1}]");
    CHECK_OK(dictdb_table_upsert(w.table, NTS("{\"id\":1,\"age\":2}"), DICTDB_CONFLICT_UPDATE, &outcome, NULL, &w.err), &w.err);
    CHECK_INT(outcome, DICTDB_UPSERT_UPDATED);
    CHECK_STATUS(dictdb_table_upsert(w.table, NTS("{\"id\":2,\"age\":2}"), DICTDB_CONFLICT_UPDATE, NULL, NULL, &w.err), DICTDB_STATUS_SCHEMA,
                 &w.err);
    CHECK_STATUS(dictdb_table_upsert(w.table, NTS("{\"id\":1,\"age\":\"old\"}"), DICTDB_CONFLICT_UPDATE, NULL, NULL, &w.err),
                 DICTDB_STATUS_SCHEMA, &w.err);
    CHECK_STATUS(dictdb_table_upsert(w.table, NTS("{\"id\":1,\"shoe\":1}"), DICTDB_CONFLICT_UPDATE, NULL, NULL, &w.err), DICTDB_STATUS_SCHEMA,
                 &w.err);
    CHECK_RECORDS(w, "[{\"name\":\"x\",\"age\":2,\"id\":1}]");
    world_close(&w);
}

int main(void) {
    RUN(int_takes_integers_only);
    RUN(float_takes_integers_too);
    RUN(str_takes_strings_only);
    RUN(bool_takes_true_and_false_only);
    RUN(list_takes_arrays_only);
    RUN(dict_takes_objects_only);
    RUN(every_field_is_required);
    RUN(other_fields_are_refused);
    RUN(fields_may_come_in_any_order_and_keep_it);
    RUN(an_empty_schema_allows_the_key_alone);
    RUN(the_key_field_is_added_as_int);
    RUN(the_key_field_may_be_declared_a_string);
    RUN(field_names_are_plain);
    RUN(nullable_takes_null_and_absence);
    RUN(what_is_not_nullable_takes_neither);
    RUN(a_default_fills_an_absence);
    RUN(a_default_keeps_its_spelling);
    RUN(a_default_is_found_by_predicates);
    RUN(a_default_does_not_undo_what_was_stored);
    RUN(many_are_checked_all_or_none);
    RUN(a_single_records_error_has_no_index);
    RUN(the_actual_type_is_told);
    RUN(an_update_is_checked_before_anything_changes);
    RUN(a_violation_is_told_before_a_missing_record);
    RUN(an_update_may_give_fields_in_part);
    RUN(an_upsert_may_give_fields_in_part_where_the_key_is_taken);
    return check_finish();
}
