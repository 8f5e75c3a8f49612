package dictdb_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// header is the text of dictdb.h, as the compiler finds it.
func header(t *testing.T) string {
	out, err := exec.Command("pkg-config", "--variable=includedir", "dictdb").Output()
	ok(t, err)
	return string(must(os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "dictdb.h"))))
}

func sources(t *testing.T, pattern string) string {
	var all strings.Builder
	for _, name := range must(filepath.Glob(pattern)) {
		if !strings.HasSuffix(name, "_test.go") {
			all.Write(must(os.ReadFile(name)))
		}
	}
	return all.String()
}

// Every function of the library is called by the bridge, or from Go, and every status and level has its place.
func TestNothingOfTheHeaderIsMissing(t *testing.T) {
	text := header(t)
	code := sources(t, "*.c") + sources(t, "*.go")
	functions := regexp.MustCompile(`(?m)^[a-z].*?\*?(dictdb_[a-z_0-9]+)\(`).FindAllStringSubmatch(text, -1)
	if len(functions) < 100 {
		t.Fatalf("only %d functions were found in the header", len(functions))
	}
	for _, function := range functions {
		if !regexp.MustCompile(`\b` + function[1] + `\b`).MatchString(code) {
			t.Errorf("%s is not used", function[1])
		}
	}
	for _, constant := range regexp.MustCompile(`(?m)^#define (DICTDB_(?:STATUS|CONFLICT|UPSERT|ROWS|LOG)_[A-Z_0-9]+)`).FindAllStringSubmatch(text, -1) {
		if !strings.Contains(code, constant[1]) {
			t.Errorf("%s is not used", constant[1])
		}
	}
}

// No function of the bridge can call Go: nothing is exported to C, on which the directives in cgo.go, and with them memory safety, depend.
func TestCDoesNotCallGo(t *testing.T) {
	code := sources(t, "*.go")
	if strings.Contains(code, "\n//export ") {
		t.Error("a Go function is exported to C")
	}
	declared := regexp.MustCompile(`\b(dgo_[a-z_]+)\(`).FindAllStringSubmatch(sources(t, "bridge.h"), -1)
	for _, function := range declared {
		for _, directive := range []string{"noescape", "nocallback"} {
			if !strings.Contains(code, "#cgo "+directive+" "+function[1]+"\n") {
				t.Errorf("%s has no directive %s", function[1], directive)
			}
		}
	}
}
