/* Predicates, queries, cursors, updates. */
#include "bridge_internal.h"

dictdb_status dgo_predicate_all(uintptr_t *out, uintptr_t *error) { MAKE(predicate, dictdb_predicate_all(&made, &failure)); }

typedef dictdb_status test_function(const char *, size_t, const char *, size_t, dictdb_predicate **, dictdb_error **);
typedef dictdb_status null_function(const char *, size_t, dictdb_predicate **, dictdb_error **);

dictdb_status dgo_predicate_test(int32_t test, const char *field, size_t field_len, const char *value, size_t value_len, uintptr_t *out,
                                 uintptr_t *error) {
    static test_function *const tests[] = {
        [DGO_EQ] = dictdb_predicate_eq,
        [DGO_NE] = dictdb_predicate_ne,
        [DGO_LT] = dictdb_predicate_lt,
        [DGO_LE] = dictdb_predicate_le,
        [DGO_GT] = dictdb_predicate_gt,
        [DGO_GE] = dictdb_predicate_ge,
        [DGO_IN] = dictdb_predicate_is_in,
        [DGO_CONTAINS] = dictdb_predicate_contains,
        [DGO_STARTS_WITH] = dictdb_predicate_startswith,
        [DGO_ENDS_WITH] = dictdb_predicate_endswith,
        [DGO_IEQUALS] = dictdb_predicate_iequals,
        [DGO_ICONTAINS] = dictdb_predicate_icontains,
        [DGO_ISTARTS_WITH] = dictdb_predicate_istartswith,
        [DGO_IENDS_WITH] = dictdb_predicate_iendswith,
    };
    if (test == DGO_IS_NULL || test == DGO_IS_NOT_NULL) {
        null_function *is = test == DGO_IS_NULL ? dictdb_predicate_is_null : dictdb_predicate_is_not_null;
        MAKE(predicate, is(field, field_len, &made, &failure));
    }
    MAKE(predicate, tests[test](field, field_len, value, value_len, &made, &failure));
}

dictdb_status dgo_predicate_between(const char *field, size_t field_len, const char *low, size_t low_len, const char *high,
                                    size_t high_len, uintptr_t *out, uintptr_t *error) {
    MAKE(predicate, dictdb_predicate_between(field, field_len, low, low_len, high, high_len, &made, &failure));
}

dictdb_status dgo_predicate_like(int32_t ignores_case, const char *field, size_t field_len, const char *pattern, size_t pattern_len,
                                 uint32_t escape, uintptr_t *out, uintptr_t *error) {
    if (ignores_case) {
        MAKE(predicate, dictdb_predicate_ilike(field, field_len, pattern, pattern_len, escape, &made, &failure));
    }
    MAKE(predicate, dictdb_predicate_like(field, field_len, pattern, pattern_len, escape, &made, &failure));
}

dictdb_status dgo_predicate_join(int32_t is_or, const uintptr_t *operands, size_t count, uintptr_t *out, uintptr_t *error) {
    /* Numbers and handles have the same size, but to C they are different types: so they are copied. */
    const dictdb_predicate **handles = calloc(count + 1, sizeof *handles);
    dictdb_predicate *made = NULL;
    dictdb_error *failure = NULL;
    dictdb_status status = DICTDB_STATUS_OUT_OF_MEMORY;
    if (handles != NULL) {
        for (size_t i = 0; i < count; i++)
            handles[i] = PREDICATE(operands[i]);
        status = is_or ? dictdb_predicate_or(handles, count, &made, &failure) : dictdb_predicate_and(handles, count, &made, &failure);
        free(handles);
    }
    *out = (uintptr_t)made;
    *error = (uintptr_t)failure;
    return status;
}

dictdb_status dgo_predicate_not(uintptr_t operand, uintptr_t *out, uintptr_t *error) {
    MAKE(predicate, dictdb_predicate_not(PREDICATE(operand), &made, &failure));
}

dictdb_status dgo_predicate_parse(const char *text, size_t text_len, uintptr_t *out, uintptr_t *error) {
    MAKE(predicate, dictdb_predicate_parse(text, text_len, &made, &failure));
}

dictdb_status dgo_predicate_print(uintptr_t predicate, dictdb_buffer *text, uintptr_t *error) {
    CALL(dictdb_predicate_print(PREDICATE(predicate), text, &failure));
}

dictdb_status dgo_predicate_bind(uintptr_t predicate, const char *params, size_t params_len, uintptr_t *out, uintptr_t *error) {
    MAKE(predicate, dictdb_predicate_bind(PREDICATE(predicate), params, params_len, &made, &failure));
}

dictdb_status dgo_query_new(uintptr_t predicate, const char *spec, size_t spec_len, uintptr_t *out, uintptr_t *error) {
    MAKE(query, dictdb_query_new(PREDICATE(predicate), spec, spec_len, &made, &failure));
}

/* A query for one call: the source's own, or one that is compiled now and freed afterwards. */
typedef struct {
    dictdb_query *query;
    dictdb_query *own;
} compiled;

static dictdb_status compile(dgo_source source, const char *spec, size_t spec_len, compiled *c, dictdb_error **failure) {
    c->query = QUERY(source.query);
    c->own = NULL;
    if (source.query != 0)
        return DICTDB_STATUS_OK;
    dictdb_status status = dictdb_query_new(PREDICATE(source.predicate), spec, spec_len, &c->own, failure);
    c->query = c->own;
    return status;
}

/* The body of a function that needs a compiled query, `c.query`. */
#define COMPILED(call)                                                                                                                    \
    compiled c;                                                                                                                           \
    dictdb_error *failure = NULL;                                                                                                         \
    dictdb_status status = compile(source, spec, spec_len, &c, &failure);                                                                 \
    if (status == DICTDB_STATUS_OK)                                                                                                       \
        status = (call);                                                                                                                  \
    dictdb_query_free(c.own);                                                                                                             \
    *error = (uintptr_t)failure;                                                                                                          \
    return status

dictdb_status dgo_select(dgo_source source, uintptr_t table, const char *spec, size_t spec_len, const char *params, size_t params_len,
                         dictdb_buffer *rows, uint64_t *count, uintptr_t *error) {
    if (source.query == 0 && source.predicate == 0) {
        CALL(dictdb_table_query(TABLE(table), spec, spec_len, params, params_len, rows, count, &failure));
    }
    if (source.is_simple && params == NULL) {
        CALL(dictdb_table_select(TABLE(table), PREDICATE(source.predicate), spec, spec_len, rows, count, &failure));
    }
    COMPILED(dictdb_query_run(c.query, TABLE(table), params, params_len, rows, count, &failure));
}

dictdb_status dgo_count(dgo_source source, uintptr_t table, const char *spec, size_t spec_len, const char *params, size_t params_len,
                        uint64_t *count, uintptr_t *error) {
    if (source.query == 0 && spec == NULL && params == NULL) {
        CALL(dictdb_table_count(TABLE(table), PREDICATE(source.predicate), count, &failure));
    }
    COMPILED(dictdb_query_count(c.query, TABLE(table), params, params_len, count, &failure));
}

dictdb_status dgo_count_where(uintptr_t table, const char *where, size_t where_len, const char *params, size_t params_len,
                              uint64_t *count, uintptr_t *error) {
    CALL(dictdb_table_count_where(TABLE(table), where, where_len, params, params_len, count, &failure));
}

dictdb_status dgo_explain(dgo_source source, uintptr_t table, const char *spec, size_t spec_len, const char *params, size_t params_len,
                          dictdb_buffer *plan, uintptr_t *error) {
    if (source.query == 0 && source.predicate == 0) {
        CALL(dictdb_table_explain(TABLE(table), spec, spec_len, params, params_len, plan, &failure));
    }
    COMPILED(dictdb_query_explain(c.query, TABLE(table), params, params_len, plan, &failure));
}

dictdb_status dgo_cursor_open(dgo_source source, uintptr_t table, const char *spec, size_t spec_len, const char *params, size_t params_len,
                              uintptr_t *out, uintptr_t *error) {
    if (source.query == 0 && source.predicate == 0) {
        MAKE(cursor, dictdb_table_cursor(TABLE(table), spec, spec_len, params, params_len, &made, &failure));
    }
    compiled c;
    dictdb_cursor *made = NULL;
    dictdb_error *failure = NULL;
    dictdb_status status = compile(source, spec, spec_len, &c, &failure);
    if (status == DICTDB_STATUS_OK)
        status = dictdb_query_cursor(c.query, TABLE(table), params, params_len, &made, &failure);
    dictdb_query_free(c.own);
    *out = (uintptr_t)made;
    *error = (uintptr_t)failure;
    return status;
}

dictdb_status dgo_cursor_next(uintptr_t cursor, const char **row, size_t *row_len, uintptr_t *error) {
    CALL(dictdb_cursor_next(CURSOR(cursor), row, row_len, &failure));
}

dictdb_status dgo_cursor_next_batch(uintptr_t cursor, uint64_t max_rows, size_t max_bytes, int32_t form, dictdb_buffer *rows,
                                    uint64_t *count, uintptr_t *error) {
    CALL(dictdb_cursor_next_batch(CURSOR(cursor), max_rows, max_bytes, form, rows, count, &failure));
}

dictdb_status dgo_table_update(uintptr_t table, uintptr_t predicate, const char *changes, size_t changes_len, uint64_t *count,
                               uintptr_t *error) {
    CALL(dictdb_table_update(TABLE(table), PREDICATE(predicate), changes, changes_len, count, &failure));
}

dictdb_status dgo_table_delete(uintptr_t table, uintptr_t predicate, uint64_t *count, uintptr_t *error) {
    CALL(dictdb_table_delete(TABLE(table), PREDICATE(predicate), count, &failure));
}

dictdb_status dgo_query_delete(uintptr_t query, uintptr_t table, const char *params, size_t params_len, uint64_t *count,
                               uintptr_t *error) {
    CALL(dictdb_query_delete(QUERY(query), TABLE(table), params, params_len, count, &failure));
}

dictdb_status dgo_update_new(uintptr_t predicate, const char *where, size_t where_len, const char *set, size_t set_len, uintptr_t *out,
                             uintptr_t *error) {
    MAKE(update, dictdb_update_new(PREDICATE(predicate), where, where_len, set, set_len, &made, &failure));
}

dictdb_status dgo_update_run(uintptr_t update, uintptr_t table, const char *params, size_t params_len, uint64_t *count, uintptr_t *error) {
    CALL(dictdb_update_run(UPDATE(update), TABLE(table), params, params_len, count, &failure));
}

dictdb_status dgo_update_explain(uintptr_t update, uintptr_t table, const char *params, size_t params_len, dictdb_buffer *plan,
                                 uintptr_t *error) {
    CALL(dictdb_update_explain(UPDATE(update), TABLE(table), params, params_len, plan, &failure));
}

dictdb_status dgo_table_update_where(uintptr_t table, const char *where, size_t where_len, const char *set, size_t set_len,
                                     const char *params, size_t params_len, uint64_t *count, uintptr_t *error) {
    CALL(dictdb_table_update_where(TABLE(table), where, where_len, set, set_len, params, params_len, count, &failure));
}

dictdb_status dgo_table_delete_where(uintptr_t table, const char *where, size_t where_len, const char *params, size_t params_len,
                                     uint64_t *count, uintptr_t *error) {
    CALL(dictdb_table_delete_where(TABLE(table), where, where_len, params, params_len, count, &failure));
}
