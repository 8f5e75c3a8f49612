# For the tests that run the programs of the documentation: compiling one, running it, comparing what it prints.
# readme/run and docs/run source it; CTest sets the DICTDB_* variables.
set -euo pipefail
export LC_ALL=C

suite=$(basename "$(dirname "$0")")
: "${DICTDB_SOURCE_DIR:?is set by CTest: run ctest -R "$suite"}"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
    printf '%s test: %s\n' "$suite" "$*" >&2
    exit 1
}

# run_example NAME WHERE: compiles $scratch/NAME.c and compares its output with $scratch/NAME.expected.
run_example() {
    local name=$1 where=$2 compiler
    grep -q '^int main(' "$scratch/$name.c" || fail "$where is not a whole program: it has no line that starts with 'int main('"
    [[ -s $scratch/$name.expected ]] || fail "$where: there is no output to compare with"
    for compiler in gcc clang; do
        command -v "$compiler" >/dev/null || fail "$compiler is not installed; scripts/setup installs it"
        "$compiler" -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Werror -pthread -I "$DICTDB_SOURCE_DIR/include" \
            "$scratch/$name.c" -o "$scratch/$name" -L "$DICTDB_LIBRARY_DIR" -ldictdb -Wl,-rpath,"$DICTDB_LIBRARY_DIR" ||
            fail "$where does not compile cleanly with $compiler"
        (cd "$scratch" && timeout 60 "./$name" >"$name.output") || fail "$where ended with code $?"
        diff -u --label "documented output" --label "real output" "$scratch/$name.expected" "$scratch/$name.output" ||
            fail "$where prints something else than it says"
    done
    printf '%s: compiles, runs, prints what it says (%d lines of code)\n' "$where" "$(grep -vc '^#line' "$scratch/$name.c")"
}
