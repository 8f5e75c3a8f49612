package main

import (
	"os"
	"os/exec"
	"testing"
)

// The boards are those of the library's own example in C.
func TestBoards(t *testing.T) {
	want, err := os.ReadFile("../../../../examples/departure_board/boards.txt")
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command("go", "run", ".", "../../../../examples/data")
	command.Env = append(os.Environ(), "GOEXPERIMENT=")
	got, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Fatalf("got\n%s\nwant\n%s", got, want)
	}
}
