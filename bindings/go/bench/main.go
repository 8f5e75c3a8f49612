// What the crossing from Go costs: the time of a call through the binding, that of the bare call in C, measured in the same run, and that of a Go map of
// structs behind a sync.RWMutex. Prints a table in Markdown.
//
//	go run ./bench [-n RECORDS] [-seconds SECONDS]
package main

/*
#cgo pkg-config: dictdb
#cgo CFLAGS: -std=c11 -D_POSIX_C_SOURCE=200809L -O2 -Wall -Wextra
#cgo noescape bare_get
#cgo nocallback bare_get
#include "bare.h"
#include <stdlib.h>
*/
import "C"

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"runtime"
	"slices"
	"sync"
	"time"
	"unsafe"

	"dictdb"
)

var ctx = context.Background()

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

// A way is one of doing an operation: run does it so many times, and returns how long that took.
type way struct {
	name string
	run  func(times int) time.Duration
	each []float64 // nanoseconds for one, in each round
}

// An operation is done through the binding in some ways, in C, and with a map.
type operation struct {
	name     string
	times    int // at most, for one run
	binding  []*way
	bare, of *way
}

func timed(body func()) time.Duration {
	begin := time.Now()
	body()
	return time.Since(begin)
}

// measure runs all ways of an operation by turns, and takes the median of their rounds.
func (o *operation) measure(rounds int, least time.Duration) {
	ways := append(slices.Clone(o.binding), o.bare, o.of)
	for range rounds {
		for _, w := range ways {
			runtime.GC()
			var took time.Duration
			var times int
			for took < least {
				took += w.run(o.times)
				times += o.times
			}
			w.each = append(w.each, float64(took)/float64(times))
		}
	}
}

func (w *way) median() float64 {
	slices.Sort(w.each)
	return w.each[len(w.each)/2]
}

func printed(ns float64) string {
	switch {
	case ns < 10_000:
		return fmt.Sprintf("%.0f ns", ns)
	default:
		return fmt.Sprintf("%.1f µs", ns/1000)
	}
}

func newTable() *dictdb.Table {
	db := must(dictdb.New())
	defer db.Close()
	return must(db.CreateTable("t", dictdb.TableOptions{}))
}

func charsOf(text []byte) (*C.char, C.size_t) {
	return (*C.char)(unsafe.Pointer(&text[0])), C.size_t(len(text))
}

// A shelf is what Go programs have in place of a database.
type shelf struct {
	mu    sync.RWMutex
	users map[int]User
}

func (s *shelf) get(key int) (User, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	user, ok := s.users[key]
	return user, ok
}

func (s *shelf) insert(users ...User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, user := range users {
		s.users[user.ID] = user
	}
}

func (s *shelf) between(low, high float64) (found []User) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, user := range s.users {
		if low <= user.Salary && user.Salary <= high {
			found = append(found, user)
		}
	}
	return found
}

const rangeSpec = `{"where":"salary BETWEEN ?1 AND ?2"}`

func main() {
	n := flag.Int("n", 100_000, "records")
	seconds := flag.Float64("seconds", 0.2, "least time for each figure of each round")
	flag.Parse()
	const rounds, many = 5, 1000
	if *n < 2*many {
		log.Fatalf("-n %d: at least %d records are needed", *n, 2*many)
	}
	users, lines := makeUsers(*n)
	batches := bytes.SplitAfter(arrays(lines, many), []byte("\n"))
	batches = batches[:len(batches)-1]
	records := bytes.Split(bytes.TrimSuffix(lines, []byte("\n")), []byte("\n"))
	keys := makeKeys(*n, 10_000)

	// The same records for all: in a table of the binding's, in one of C's own, and in a map.
	table := newTable()
	bare := C.bare_table()
	index := dictdb.Index{Fields: []string{"salary"}, Kind: dictdb.Sorted}
	for _, batch := range batches {
		must(table.InsertMany(ctx, json.RawMessage(batch)))
		chars, length := charsOf(batch)
		C.bare_insert_many(bare, chars, length)
	}
	if err := table.CreateIndex(ctx, index); err != nil {
		log.Fatal(err)
	}
	C.bare_index(bare, C.CString(string(must(json.Marshal(index)))))
	shelved := &shelf{users: map[int]User{}}
	shelved.insert(users...)

	low, high := 90_000.0, 90_000+1200*100_000/float64(*n)
	query := must(dictdb.Compile(dictdb.SpecJSON(json.RawMessage(rangeSpec))))
	params := C.CString(fmt.Sprintf("[%v,%v]", low, high))
	rows := must(table.Count(ctx, query, low, high))

	into := func(insert func(t *dictdb.Table, times int)) func(int) time.Duration {
		return func(times int) time.Duration {
			t := newTable()
			defer t.Close()
			return timed(func() { insert(t, times) })
		}
	}
	intoBare := func(insert func(t C.uintptr_t, times int) C.int64_t) func(int) time.Duration {
		return func(times int) time.Duration {
			t := C.bare_table()
			defer C.bare_free(t)
			return time.Duration(insert(t, times))
		}
	}
	intoMap := func(insert func(s *shelf, times int)) func(int) time.Duration {
		return func(times int) time.Duration {
			s := &shelf{users: map[int]User{}}
			return timed(func() { insert(s, times) })
		}
	}
	repeated := func(body func()) func(int) time.Duration {
		return func(times int) time.Duration {
			return timed(func() {
				for range times {
					body()
				}
			})
		}
	}
	var room []byte
	operations := []*operation{
		{
			name: "read a record by its key", times: len(keys),
			binding: []*way{
				{name: "`AppendGet`, as JSON", run: func(times int) time.Duration {
					return timed(func() {
						for _, key := range keys[:times] {
							room = must(table.AppendGet(room[:0], dictdb.Int(key)))
						}
					})
				}},
				{name: "`Get[User]`, as a struct", run: func(times int) time.Duration {
					return timed(func() {
						for _, key := range keys[:times] {
							must(dictdb.Get[User](table, dictdb.Int(key)))
						}
					})
				}},
			},
			bare: &way{run: func(times int) time.Duration {
				return time.Duration(C.bare_get(bare, (*C.int64_t)(unsafe.Pointer(&keys[0])), C.size_t(times)))
			}},
			of: &way{run: func(times int) time.Duration {
				return timed(func() {
					for _, key := range keys[:times] {
						if _, ok := shelved.get(int(key)); !ok {
							log.Fatal("a record is missing")
						}
					}
				})
			}},
		},
		{
			name: "insert a record", times: min(len(records), 20_000),
			binding: []*way{
				{name: "`Insert` of JSON", run: into(func(t *dictdb.Table, times int) {
					for _, record := range records[:times] {
						must(t.Insert(json.RawMessage(record)))
					}
				})},
				{name: "`Insert` of a struct", run: into(func(t *dictdb.Table, times int) {
					for i := range users[:times] {
						must(t.Insert(&users[i]))
					}
				})},
			},
			bare: &way{run: intoBare(func(t C.uintptr_t, times int) C.int64_t {
				chars, _ := charsOf(lines)
				length := 0
				for _, record := range records[:times] {
					length += len(record) + 1
				}
				return C.bare_insert(t, chars, C.size_t(length))
			})},
			of: &way{run: intoMap(func(s *shelf, times int) {
				for _, user := range users[:times] {
					s.insert(user)
				}
			})},
		},
		{
			name: "insert 1,000 records in a call", times: min(len(batches), 20),
			binding: []*way{
				{name: "`InsertMany` of JSON", run: into(func(t *dictdb.Table, times int) {
					for _, batch := range batches[:times] {
						must(t.InsertMany(ctx, json.RawMessage(batch)))
					}
				})},
				{name: "`InsertMany` of structs", run: into(func(t *dictdb.Table, times int) {
					for i := range times {
						must(t.InsertMany(ctx, users[i*many:(i+1)*many]))
					}
				})},
			},
			bare: &way{run: intoBare(func(t C.uintptr_t, times int) C.int64_t {
				all := bytes.Join(batches[:times], nil)
				chars, length := charsOf(all)
				return C.bare_insert_many(t, chars, length)
			})},
			of: &way{run: intoMap(func(s *shelf, times int) {
				for i := range times {
					s.insert(users[i*many : (i+1)*many]...)
				}
			})},
		},
		{
			name: fmt.Sprintf("read %d rows of a range, by an index", rows), times: 10,
			binding: []*way{
				{name: "`AppendSelect`, as JSON", run: repeated(func() { room = must2(table.AppendSelect(ctx, room[:0], query, low, high)) })},
				{name: "`SelectJSON`, in memory of its own", run: repeated(func() { must2(table.SelectJSON(ctx, query, low, high)) })},
				{name: "`Select[User]`, as structs", run: repeated(func() { must(dictdb.Select[User](ctx, table, query, low, high)) })},
				{name: "`Rows[User]`, as structs", run: repeated(func() {
					for _, err := range dictdb.Rows[User](ctx, table, query, low, high) {
						if err != nil {
							log.Fatal(err)
						}
					}
				})},
			},
			bare: &way{run: func(times int) time.Duration {
				spec := C.CString(rangeSpec)
				defer C.free(unsafe.Pointer(spec))
				return time.Duration(C.bare_select(bare, spec, params, C.size_t(times)))
			}},
			of: &way{run: repeated(func() {
				if len(shelved.between(low, high)) != int(rows) {
					log.Fatal("the map finds other rows")
				}
			})},
		},
	}

	fmt.Printf("%s, %d records, libdictdb %s. Time of one call; median of %d rounds, in which all ways take turns.\n\n", runtime.Version(), *n, dictdb.Version(), rounds)
	fmt.Println("| operation | through the binding | time | bare call in C | difference | map and RWMutex |")
	fmt.Println("|---|---|---:|---:|---:|---:|")
	for _, o := range operations {
		o.measure(rounds, time.Duration(*seconds*float64(time.Second)/rounds))
		for _, w := range o.binding {
			through, inC := w.median(), o.bare.median()
			fmt.Printf("| %s | %s | %s | %s | %s | %s |\n", o.name, w.name, printed(through), printed(inC), printed(through-inC), printed(o.of.median()))
		}
	}
	fmt.Println("\nThe map keeps structs, and finds a range by looking at all of them: it has no index, and nothing of it is text.")
}

func must2[A, B any](a A, _ B, err error) A { return must(a, err) }
