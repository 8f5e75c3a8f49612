// A departure board: flights from New York, as the boards of its airports showed them at two moments of January 2013.
//
//	go run ./examples/departure_board [DIRECTORY OF THE CSV FILES]
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"regexp"
	"strings"
	"time"

	"dictdb"
)

type flight struct {
	Departs       int // day, hour and minute, as DDHHMM
	Carrier, Dest string
	Flight        int
	Status        string
	DepDelay      int `json:"dep_delay"` // minutes
}

var (
	ctx     = context.Background()
	endings = regexp.MustCompile(`( Inc\.| Co\.| Corporation| Intl)+$`)
	shown   = dictdb.MustCompile(dictdb.Where("origin = ?1 AND (departs >= ?2 OR status = 'scheduled')").OrderBy("departs").Limit(8))
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func code(t time.Time) int { return t.Day()*10000 + t.Hour()*100 + t.Minute() }

func decode(code int) time.Time {
	return time.Date(2013, time.January, code/10000, code/100%100, code%100, 0, 0, time.UTC)
}

// name reads a name by its key, as a board has room for it. Where there is no record, the key has to do.
func name(table *dictdb.Table, key string) string {
	found, err := dictdb.Get[struct{ Name string }](table, dictdb.Str(key))
	if errors.Is(err, dictdb.ErrRecordNotFound) {
		return key
	}
	return endings.ReplaceAllString(must(found, err).Name, "")
}

func (f flight) describe(now time.Time) string {
	late := int(now.Sub(decode(f.Departs)).Minutes())
	switch {
	case f.Status == "cancelled":
		return "Cancelled"
	case f.Status == "departed":
		return "Departed" + delay(f.DepDelay)
	case late > 0:
		return "Delayed" + delay(late)
	}
	return "On time"
}

func delay(minutes int) string {
	switch {
	case minutes == 0:
		return ""
	case -60 < minutes && minutes < 60:
		return fmt.Sprintf(" %+dm", minutes)
	}
	return fmt.Sprintf(" %+dh%02d", minutes/60, max(minutes, -minutes)%60)
}

func row(columns ...string) {
	for i, width := range []int{5, 7, 19, 22, 15} {
		if text := []rune(columns[i]); len(text) > width {
			columns[i] = string(text[:width-1]) + "…"
		}
		columns[i] = fmt.Sprintf("%-*s", width, columns[i])
	}
	fmt.Println("│ " + strings.Join(columns, "  ") + " │")
}

func line(left, title, clock, right string) {
	fmt.Println(left + "─" + title + strings.Repeat("─", 76-len(title)-len(clock)) + clock + "─" + right)
}

func main() {
	directory := append(os.Args, "../../examples/data")[1]
	db := must(dictdb.New())
	defer db.Close()
	load := func(name, key string) *dictdb.Table {
		return must(db.ImportCSV(ctx, name, directory+"/"+name+".csv", dictdb.CSVImport{PrimaryKey: key}))
	}
	airlines, airports, flights := load("airlines", "carrier"), load("airports", "faa"), load("flights", "id")

	// When a flight left is written as DDHHMM, too; some left on the day after the one that they were scheduled for.
	must(flights.UpdateWhere(ctx, "TRUE", "departs = day * 10000 + sched_dep_time, status = 'scheduled'"))
	must(flights.UpdateWhere(ctx, "dep_time IS NOT NULL", "left = day * 10000 + dep_time, slip = dep_time - sched_dep_time"))
	must(flights.UpdateWhere(ctx, "dep_delay > 0 AND slip < 0", "left = left + 10000"))

	for i, now := range []time.Time{decode(3_11_40), decode(10_06_30)} {
		// An hour ahead it is known of a flight that it never leaves.
		must(flights.UpdateWhere(ctx, "left <= ?1", "status = 'departed'", code(now)))
		must(flights.UpdateWhere(ctx, "dep_time IS NULL AND departs <= ?1", "status = 'cancelled'", code(now.Add(time.Hour))))

		fmt.Print(strings.Repeat("\n", i), now.Format("Monday, 2 January 2006: departures\n"))
		for i, origin := range []string{"EWR", "JFK", "LGA"} {
			corners := [][2]string{{"┌", "┐"}, {"├", "┤"}}[min(i, 1)]
			line(corners[0], " "+origin+"  "+name(airports, origin)+" ", now.Format(" 15:04 "), corners[1])
			if i == 0 {
				row("Time", "Flight", "Airline", "Destination", "Status")
			}
			for _, f := range must(dictdb.Select[flight](ctx, flights, shown, origin, code(now.Add(-20*time.Minute)))) {
				departs, number := decode(f.Departs).Format("15:04"), fmt.Sprint(f.Carrier, " ", f.Flight)
				row(departs, number, name(airlines, f.Carrier), name(airports, f.Dest), f.describe(now))
			}
		}
		line("└", "", "", "┘")
	}
}
