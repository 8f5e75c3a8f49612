/*
 * Tests: the versions that header and library tell, the macros that compare them, and the list of features.
 * Does not test: that the version equals the package's (the build does), nor what the features do.
 */
#include "check.h"

#if DICTDB_VERSION_NUMBER < DICTDB_VERSION_MAKE(0, 1, 0)
#error "the version can be compared by the preprocessor"
#endif

static void the_library_has_the_headers_version(void) {
    CHECK_STRING(dictdb_version(), DICTDB_VERSION);
}

static void the_headers_version_is_made_of_its_parts(void) {
    char text[64];
    snprintf(text, sizeof text, "%d.%d.%d", DICTDB_VERSION_MAJOR, DICTDB_VERSION_MINOR, DICTDB_VERSION_PATCH);
    CHECK_STRING(DICTDB_VERSION, text);
    CHECK_INT(DICTDB_VERSION_NUMBER, DICTDB_VERSION_MAKE(DICTDB_VERSION_MAJOR, DICTDB_VERSION_MINOR, DICTDB_VERSION_PATCH));
}

static void version_numbers_compare_as_versions_do(void) {
    CHECK(DICTDB_VERSION_MAKE(0, 1, 0) < DICTDB_VERSION_MAKE(0, 1, 1));
    CHECK(DICTDB_VERSION_MAKE(0, 1, 999) < DICTDB_VERSION_MAKE(0, 2, 0));
    CHECK(DICTDB_VERSION_MAKE(0, 999, 999) < DICTDB_VERSION_MAKE(1, 0, 0));
}

static void the_library_has_the_headers_abi_version(void) {
    CHECK_INT(dictdb_abi_version(), DICTDB_ABI_VERSION);
}

static void documented_features_are_there(void) {
    CHECK_INT(dictdb_has_feature(NTS("paths")), 1);
    CHECK_INT(dictdb_has_feature(NTS("log")), 1);
    CHECK_INT(dictdb_has_feature(NTS("query")), 1);
    CHECK_INT(dictdb_has_feature(NTS("index")), 1);
    CHECK_INT(dictdb_has_feature(NTS("snapshot")), 1);
    CHECK_INT(dictdb_has_feature(NTS("cursor")), 1);
    CHECK_INT(dictdb_has_feature(NTS("batch")), 1);
    CHECK_INT(dictdb_has_feature(NTS("cancel")), 1);
    CHECK_INT(dictdb_has_feature(NTS("watch")), 1);
    CHECK_INT(dictdb_has_feature(NTS("file")), 1);
    CHECK_INT(dictdb_has_feature(NTS("job")), 1);
    CHECK_INT(dictdb_has_feature(NTS("backup")), 1);
    CHECK_INT(dictdb_has_feature(NTS("csv")), 1);
    CHECK_INT(dictdb_has_feature(NTS("jsonl")), 1);
}

static void a_feature_is_named_by_pointer_and_length(void) {
    CHECK_INT(dictdb_has_feature("paths and more", 5), 1);
    CHECK_INT(dictdb_has_feature("paths", 4), 0);
    CHECK_INT(dictdb_has_feature("log\0", 4), 0);
}

static void other_names_are_no_features(void) {
    CHECK_INT(dictdb_has_feature(NTS("")), 0);
    CHECK_INT(dictdb_has_feature("", 0), 0);
    CHECK_INT(dictdb_has_feature(NTS("Paths")), 0);
    CHECK_INT(dictdb_has_feature(NTS("queries")), 0);
    CHECK_INT(dictdb_has_feature(NTS("snapshots")), 0);
    CHECK_INT(dictdb_has_feature(NTS("time travel")), 0);
    CHECK_INT(dictdb_has_feature(NTS("\xff\xfe")), 0);
    CHECK_INT(dictdb_has_feature(NULL, 0), 0);
    CHECK_INT(dictdb_has_feature(NTS(NULL)), 0);
    CHECK_INT(dictdb_has_feature("log", (size_t)-2), 0);
}

int main(void) {
    RUN(the_library_has_the_headers_version);
    RUN(the_headers_version_is_made_of_its_parts);
    RUN(version_numbers_compare_as_versions_do);
    RUN(the_library_has_the_headers_abi_version);
    RUN(documented_features_are_there);
    RUN(a_feature_is_named_by_pointer_and_length);
    RUN(other_names_are_no_features);
    return check_finish();
}
