//go:build !race

package dictdb_test

import (
	"encoding/json"
	"testing"

	"dictdb"
)

// What the documentation says of allocations.
func TestAllocations(t *testing.T) {
	table := newTable(t, people)
	room := make([]byte, 0, 1000)
	var record any = json.RawMessage("{}")
	query := dictdb.MustCompile(dictdb.Where("age > 20"))
	for _, test := range []struct {
		name string
		most float64
		run  func()
	}{
		{"AppendGet", 0, func() { room = must(table.AppendGet(room[:0], dictdb.Int(1))) }},
		{"a miss", 0, func() { table.AppendGet(nil, dictdb.Int(9)) }},
		{"a miss of a text", 0, func() { table.AppendGet(nil, dictdb.Str("nobody")) }},
		{"Delete", 0, func() { table.Delete(dictdb.Int(9)) }},
		{"Count", 0, func() { must(table.Count(ctx, query)) }},
		{"AppendSelect", 0, func() { room, _, _ = table.AppendSelect(ctx, room[:0], query) }},
		{"Insert", 0, func() { must(table.Insert(record)) }},
	} {
		if got := testing.AllocsPerRun(200, test.run); got > test.most {
			t.Errorf("%s allocates %v times", test.name, got)
		}
	}
}
