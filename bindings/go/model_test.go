package dictdb_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"strconv"
	"testing"

	"dictdb"
)

// A modelRecord is one of the model, and of the table beside it.
type modelRecord struct {
	ID   dictdb.Key `json:"id,omitzero"`
	Name string     `json:"name"`
	N    int        `json:"n"`
}

// A model is a table done the naive way: a slice in natural order.
type model struct {
	records []modelRecord
	largest int64
}

func (m *model) find(key dictdb.Key) int {
	return slices.IndexFunc(m.records, func(r modelRecord) bool { return r.ID == key })
}

func (m *model) insert(r modelRecord) (dictdb.Key, error) {
	if r.ID.IsZero() {
		r.ID = dictdb.Int(m.largest + 1)
	}
	if m.find(r.ID) >= 0 {
		return dictdb.Key{}, dictdb.ErrDuplicateKey
	}
	if number, isInt := r.ID.Int(); isInt {
		m.largest = max(m.largest, number)
	}
	m.records = append(m.records, r)
	return r.ID, nil
}

func (m *model) insertMany(records []modelRecord) ([]dictdb.Key, error) {
	before := model{slices.Clone(m.records), m.largest}
	keys := []dictdb.Key{}
	for _, r := range records {
		key, err := m.insert(r)
		if err != nil {
			*m = before
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func (m *model) matching(test func(modelRecord) bool) (found []modelRecord) {
	for _, r := range m.records {
		if test(r) {
			found = append(found, r)
		}
	}
	return found
}

func (m *model) change(test func(modelRecord) bool, change func(*modelRecord)) (count int64) {
	for i := range m.records {
		if test(m.records[i]) {
			change(&m.records[i])
			count++
		}
	}
	return count
}

func (m *model) remove(test func(modelRecord) bool) int64 {
	before := len(m.records)
	m.records = slices.DeleteFunc(m.records, test)
	return int64(before - len(m.records))
}

// Some sources of the same rows: text, builder, compiled.
func below(r *rand.Rand, limit int, name string) (dictdb.Source, []any, *dictdb.Predicate) {
	built := dictdb.And(dictdb.Lt("n", limit), dictdb.Ne("name", name))
	switch r.Intn(4) {
	case 0:
		return dictdb.Where("n < ?1 AND name != ?2"), []any{limit, name}, built
	case 1:
		return dictdb.Matching(built), nil, built
	case 2:
		return must(dictdb.Compile(dictdb.Where("n < ?2 AND NOT name = ?1"))), []any{name, limit}, built
	default:
		return dictdb.Matching(dictdb.Lt("n", limit)).Where("NOT name IN (?1)"), []any{name}, built
	}
}

func seeds(t *testing.T) []int64 {
	if text := os.Getenv("DICTDB_SEED"); text != "" {
		return []int64{must(strconv.ParseInt(text, 10, 64))}
	}
	return []int64{1, 2, 3, 4, 5, 6, 7, 8}
}

// Random operations on a table and on the model: each answers the same, and the table is the same after each.
func TestModel(t *testing.T) {
	for _, seed := range seeds(t) {
		t.Run(fmt.Sprint("DICTDB_SEED=", seed), func(t *testing.T) { compareWithModel(t, rand.New(rand.NewSource(seed)), 400) })
	}
}

func compareWithModel(t *testing.T, r *rand.Rand, steps int) {
	db := newDB(t)
	table := must(db.CreateTable("t", dictdb.TableOptions{}))
	watch := must(table.Watch(dictdb.WatchOptions{}))
	defer watch.Close()
	m := &model{}
	key := func() dictdb.Key {
		if r.Intn(3) == 0 {
			return dictdb.Str(string(rune('a' + r.Intn(6))))
		}
		return dictdb.Int(r.Intn(40) - 3)
	}
	record := func() modelRecord {
		record := modelRecord{Name: []string{"", "Ada", `"q" \ <é>`, "line\n\x02", "🂡"}[r.Intn(5)], N: r.Intn(100)}
		if r.Intn(3) > 0 {
			record.ID = key()
		}
		return record
	}
	sameOutcome := func(err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Fatalf("got %v, want %v", err, want)
		}
	}
	counted := func(got int64, err error, want int64) {
		t.Helper()
		same(t, got, want)
		if want == 0 {
			fails(t, err, dictdb.ErrRecordNotFound)
			return
		}
		ok(t, err)
	}
	for range steps {
		limit, name := r.Intn(100), []string{"", "Ada", `"q" \ <é>`}[r.Intn(3)]
		rows, args, predicate := below(r, limit, name)
		test := func(r modelRecord) bool { return r.N < limit && r.Name != name }
		switch r.Intn(12) {
		case 0:
			record := record()
			key, err := table.Insert(record)
			wantKey, wantErr := m.insert(record)
			sameOutcome(err, wantErr)
			same(t, key, wantKey)
		case 1:
			records := make([]modelRecord, r.Intn(6))
			for i := range records {
				records[i] = record()
			}
			keys, err := table.InsertMany(ctx, records)
			wantKeys, wantErr := m.insertMany(records)
			sameOutcome(err, wantErr)
			same(t, keys, wantKeys)
		case 2:
			record := record()
			at := -1
			if !record.ID.IsZero() {
				at = m.find(record.ID)
			}
			key, outcome, err := table.Upsert(record, dictdb.ConflictUpdate)
			ok(t, err)
			if at < 0 {
				same(t, outcome, dictdb.Inserted)
				same(t, key, must(m.insert(record)))
			} else {
				same(t, outcome, dictdb.Updated)
				m.records[at] = record
			}
		case 3:
			key := key()
			err := table.Update(key, map[string]int{"n": limit})
			counted(m.change(func(r modelRecord) bool { return r.ID == key }, func(r *modelRecord) { r.N = limit }), err, int64(min(m.find(key), 0)+1))
		case 4:
			key := key()
			want := m.remove(func(r modelRecord) bool { return r.ID == key })
			counted(want, table.Delete(key), want)
		case 5:
			count, err := table.UpdateWhere(ctx, "n < ?1 AND name != ?2", "n = n + 1, name = name || ?3", limit, name, "!")
			counted(count, err, m.change(test, func(r *modelRecord) { r.N, r.Name = r.N+1, r.Name+"!" }))
		case 6:
			count, err := table.UpdateMatching(ctx, predicate, map[string]any{"name": name})
			counted(count, err, m.change(test, func(r *modelRecord) { r.Name = name }))
		case 7:
			if r.Intn(3) == 0 {
				count, err := table.DeleteMatching(ctx, predicate)
				counted(count, err, m.remove(test))
			}
		case 8:
			same(t, must(table.Count(ctx, rows, args...)), int64(len(m.matching(test))))
		case 9:
			keys := []dictdb.Key{key(), key(), key()}
			for i, got := range must(dictdb.GetMany[modelRecord](ctx, table, keys)) {
				at := m.find(keys[i])
				same(t, got == nil, at < 0)
				if got != nil {
					same(t, *got, m.records[at])
				}
			}
		case 10:
			records := []modelRecord{record(), record()}
			_, err := db.Batch(ctx, dictdb.Operation{InsertMany: "t", Records: records}, dictdb.Operation{Update: "t", Where: "n < ?1", Set: "n = n + 2", Params: []any{limit}})
			before := model{slices.Clone(m.records), m.largest}
			_, wantErr := m.insertMany(records)
			if wantErr == nil && m.change(func(r modelRecord) bool { return r.N < limit }, func(r *modelRecord) { r.N += 2 }) == 0 {
				wantErr = dictdb.ErrRecordNotFound
			}
			if wantErr != nil {
				*m = before
			}
			sameOutcome(err, wantErr)
		default:
			ok(t, table.CreateIndex(ctx, dictdb.Index{Fields: []string{[]string{"n", "name"}[r.Intn(2)]}, Kind: dictdb.Sorted}))
		}
		var all []modelRecord
		for record, err := range dictdb.Rows[modelRecord](ctx, table, rows, args...) {
			ok(t, err)
			all = append(all, record)
		}
		same(t, all, m.matching(test))
		same(t, must(dictdb.Select[modelRecord](ctx, table, nil)), append([]modelRecord{}, m.records...))
	}
	followed(t, watch, m)
}

// followed applies all changes to an empty table in the order in which they came: what comes of it is the model.
func followed(t *testing.T, watch *dictdb.Watch, m *model) {
	var copied model
	for _, change := range must(watch.Poll(0, 0)) {
		var record modelRecord
		switch change.Operation {
		case "insert":
			ok(t, json.Unmarshal(change.Record, &record))
			must(copied.insert(record))
		case "update":
			ok(t, json.Unmarshal(change.Record, &record))
			copied.records[copied.find(change.Key)] = record
		case "delete":
			same(t, copied.remove(func(r modelRecord) bool { return r.ID == change.Key }), int64(1))
		}
	}
	same(t, append([]modelRecord{}, copied.records...), append([]modelRecord{}, m.records...))
}
