package dictdb_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"sync"
	"testing"

	"dictdb"
)

var ctx = context.Background()

// must gives the value of a call that cannot fail here.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %#v\nwant %#v", got, want)
	}
}

// fails checks that an error has a sentinel, a type and a message.
func fails(t *testing.T, err, sentinel error) *dictdb.Error {
	t.Helper()
	if !errors.Is(err, sentinel) {
		t.Fatalf("got %v, want %v", err, sentinel)
	}
	var failure *dictdb.Error
	if !errors.As(err, &failure) {
		t.Fatalf("%v is no *dictdb.Error", err)
	}
	if failure.Status != sentinel || failure.Message == "" || !json.Valid(failure.Detail) {
		t.Fatalf("%v has status %v, message %q, detail %s", err, failure.Status, failure.Message, failure.Detail)
	}
	return failure
}

// fact gives a member of an error's detail.
func fact[T any](t *testing.T, failure *dictdb.Error, name string) (value T) {
	t.Helper()
	if !failure.Fact(name, &value) {
		t.Fatalf("%s has no %s of type %T", failure.Detail, name, value)
	}
	return value
}

func newDB(t testing.TB) *dictdb.DB {
	t.Helper()
	db := must(dictdb.New())
	t.Cleanup(func() { db.Close() })
	return db
}

// newTable makes a table with records given as JSON.
func newTable(t testing.TB, records string) *dictdb.Table {
	t.Helper()
	table := must(newDB(t).CreateTable("t", dictdb.TableOptions{}))
	t.Cleanup(func() { table.Close() })
	if records != "" {
		must(table.InsertMany(ctx, json.RawMessage(records)))
	}
	return table
}

func rowsOf(t testing.TB, table *dictdb.Table, rows dictdb.Source, args ...any) string {
	t.Helper()
	text, _, err := table.SelectJSON(ctx, rows, args...)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

type person struct {
	ID   int    `json:"id,omitzero"`
	Name string `json:"name"`
	Age  int    `json:"age,omitempty"`
}

const people = `[{"name":"Ada","age":36},{"name":"Kurt","age":17},{"name":"Grace","age":85}]`

// inGoroutines runs a function in so many goroutines, each with its number, and waits for all.
func inGoroutines(count int, body func(int)) {
	var done sync.WaitGroup
	done.Add(count)
	for i := range count {
		go func() {
			defer done.Done()
			body(i)
		}()
	}
	done.Wait()
}
