package dictdb_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// The README's first program, in a module of its own that names this one as the README says, prints what the README says.
func TestReadme(t *testing.T) {
	readme := string(must(os.ReadFile("README.md")))
	found := regexp.MustCompile("(?s)```go\n(.*?)```.*?```text\n(.*?)```").FindStringSubmatch(readme)
	dir := t.TempDir()
	ok(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte(found[1]), 0o600))
	here := must(filepath.Abs("."))
	run := func(name string, args ...string) string {
		command := exec.Command(name, args...)
		command.Dir = dir
		command.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOEXPERIMENT=")
		out, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
		return string(out)
	}
	run("go", "mod", "init", "try")
	run("go", "mod", "edit", "-require=dictdb@v0.0.0", fmt.Sprint("-replace=dictdb=", here))
	same(t, run("go", "run", "."), found[2])
}
