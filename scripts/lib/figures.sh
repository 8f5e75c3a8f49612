# The figures that a check closes with, for docs/testing.md (scripts/report-tests puts them there). To be sourced:
#
#     . scripts/lib/figures.sh
#     figures_begin tsan                          # first of all: forgets the figures of the run before, so that none outlives a failure
#     ...
#     figures tsan programs=12 reports=0          # last of all, when nothing has failed, just before the closing line
#
# figures CHECK KEY=VALUE... writes target/figures/CHECK.txt, one KEY=VALUE a line. CHECK is the script's name (fuzz, coverage, mutants, ...).
# A KEY is of lower-case letters, digits and _; what it counts should be clear from it alone (`executions`, `lines_percent`, `seconds`).
# A VALUE is one number, whole or decimal, without unit or separators; text is not a figure. Called a second time with the same CHECK
# it adds to what is there, and a key that is there is replaced.
#
# What CTest runs prints lines like `figure crash.states=1200` instead (check_figure in tests-c/check.h); Rust tests call
# support::figures::keep.

figures_dir=$(realpath -m "${CARGO_TARGET_DIR:-$(dirname "${BASH_SOURCE[0]}")/../../target}")/figures

figures_begin() {
    rm -f "$figures_dir/$1.txt"
}

figures() {
    local check=$1 file figure kept
    shift
    for figure in "$check=0" "$@"; do
        if ! [[ $figure =~ ^[a-z][a-z0-9_-]*=-?[0-9]+(\.[0-9]+)?$ ]]; then
            printf 'figures: not KEY=NUMBER: %s\n' "$figure" >&2
            return 1
        fi
    done
    file=$figures_dir/$check.txt
    mkdir -p "$figures_dir"
    kept=
    [[ ! -e $file ]] || kept=$(<"$file")
    # Of the lines with one key the last holds. Renamed as a whole: who reads while this writes sees the old figures or the new ones.
    printf '%s\n' $kept "$@" | awk -F = '!($1 in value) { order[++n] = $1 } { value[$1] = $2 }
        END { for (i = 1; i <= n; i++) print order[i] "=" value[order[i]] }' >"$file.$$"
    mv "$file.$$" "$file"
}
