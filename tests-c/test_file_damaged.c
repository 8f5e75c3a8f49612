/* A file that was cut or changed anywhere is refused, or is another valid one: never a crash, never a part of a database. */
#include "check.h"
#include "file.h"

static char *saved(const folder *f, int format, size_t *len) {
    world w = world_open("{\"schema\":{\"id\":\"int\",\"name\":\"str\",\"tags\":\"list\"}}");
    INSERT(w, "[{\"name\":\"a\",\"tags\":[1,-2.5e3,\"\\u20ac\\n\"]},{\"name\":\"\",\"tags\":[]},{\"name\":\"c\",\"tags\":[{\"x\":null},true]}]");
    CHECK_OK(dictdb_table_create_index(w.table, NTS("{\"fields\":\"name\",\"kind\":\"sorted\",\"unique\":true}"), &w.err), &w.err);
    dictdb_table *other = NULL;
    CHECK_OK(dictdb_db_create_table(w.db, NTS("u"), NTS("{\"primary_key\":\"k\"}"), &other, &w.err), &w.err);
    CHECK_OK(dictdb_table_insert_many(other, NTS("[{\"k\":\"x\"},{\"k\":1,\"a\":{\"b\":[1]}},{\"a\":7,\"k\":\"y\"}]"), NULL, &w.err), &w.err);
    CHECK_OK(dictdb_db_save(w.db, NTS(f->file), NTS(FORMATS[format]), NULL, &w.err), &w.err);
    dictdb_table_free(other);
    world_close(&w);
    return read_file(f->file, len);
}

/** Loads what is in the file now. */
static dictdb_status load(const folder *f, dictdb_error **err) {
    dictdb_db *db = NULL;
    dictdb_error_free(*err);
    dictdb_status status = dictdb_db_load(NTS(f->file), &db, NULL, err);
    CHECK((db != NULL) == (status == DICTDB_STATUS_OK));
    if (db != NULL) {
        /* What was loaded is whole: it can be asked, and saved again. */
        dictdb_buffer out = DICTDB_BUFFER_INIT;
        CHECK_INT(dictdb_db_copy(db, &out, NULL), DICTDB_STATUS_OK);
        dictdb_buffer_free(&out);
        dictdb_db_free(db);
    }
    return status;
}

static void a_cut_file_is_refused(int format, dictdb_status expected) {
    dictdb_error *err = NULL;
    folder f = folder_open();
    size_t len = 0;
    char *bytes = saved(&f, format, &len);
    CHECK_INT(load(&f, &err), DICTDB_STATUS_OK);
    size_t last = format == FORMAT_JSON ? strlen(bytes) - 1 : len;
    check_figure("damage.cuts", (long)last);
    for (size_t cut = 0; cut < last; cut++) {
        write_file(f.file, bytes, cut);
        dictdb_status status = load(&f, &err);
        /* Nothing at all is no binary file, so it is told as JSON that is missing. */
        CHECK_INT(status, cut == 0 ? DICTDB_STATUS_INVALID_JSON : expected);
        CHECK(json_integer(dictdb_error_detail(err), "position") <= (int64_t)cut);
    }
    free(bytes);
    dictdb_error_free(err);
    folder_close(&f);
}

static void a_cut_json_file_is_refused(void) {
    a_cut_file_is_refused(FORMAT_JSON, DICTDB_STATUS_INVALID_JSON);
}

static void a_cut_binary_file_is_refused(void) {
    a_cut_file_is_refused(FORMAT_BINARY, DICTDB_STATUS_CORRUPT);
}

static void every_changed_byte_of_a_binary_file_is_found(void) {
    dictdb_error *err = NULL;
    folder f = folder_open();
    size_t len = 0;
    char *bytes = saved(&f, FORMAT_BINARY, &len);
    check_figure("damage.flipped_bits", (long)len * 8);
    for (size_t at = 0; at < len; at++) {
        for (int bit = 0; bit < 8; bit++) {
            bytes[at] ^= (char)(1 << bit);
            write_file(f.file, bytes, len);
            dictdb_status status = load(&f, &err);
            CHECK_INT(status, at == 0 ? DICTDB_STATUS_INVALID_JSON : DICTDB_STATUS_CORRUPT);
            bytes[at] ^= (char)(1 << bit);
        }
    }
    free(bytes);
    dictdb_error_free(err);
    folder_close(&f);
}

static void a_changed_byte_of_a_json_file_is_found_or_makes_another_file(void) {
    static const unsigned char BYTES[] = {0, ' ', '"', '\\', '{', '}', '[', ']', ',', ':', '0', '9', '-', 'e', '.', 'u', 0x80, 0xff};
    dictdb_error *err = NULL;
    folder f = folder_open();
    size_t len = 0;
    size_t refused = 0;
    char *bytes = saved(&f, FORMAT_JSON, &len);
    check_figure("damage.changed_bytes", (long)(len * sizeof BYTES));
    for (size_t at = 0; at < len; at++) {
        char kept = bytes[at];
        for (size_t i = 0; i < sizeof BYTES; i++) {
            bytes[at] = (char)BYTES[i];
            write_file(f.file, bytes, len);
            refused += load(&f, &err) != DICTDB_STATUS_OK;
        }
        bytes[at] = kept;
    }
    CHECK(refused > len * sizeof BYTES / 3);
    free(bytes);
    dictdb_error_free(err);
    folder_close(&f);
}

int main(void) {
    RUN(a_cut_json_file_is_refused);
    RUN(a_cut_binary_file_is_refused);
    RUN(every_changed_byte_of_a_binary_file_is_found);
    RUN(a_changed_byte_of_a_json_file_is_found_or_makes_another_file);
    return check_finish();
}
