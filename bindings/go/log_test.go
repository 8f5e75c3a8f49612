package dictdb_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"dictdb"
)

func TestLog(t *testing.T) {
	var out bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	ok(t, dictdb.SetLogger(logger, dictdb.LogOptions{Level: slog.LevelInfo}))
	db := newDB(t)
	table := must(db.CreateTable("logged", dictdb.TableOptions{}))
	must(table.Insert(person{}))
	ok(t, table.CreateIndex(ctx, dictdb.Index{Fields: []string{"age"}, Kind: dictdb.Hash}))
	// It returns when the logger has all messages, so that they can be read.
	ok(t, dictdb.SetLogger(nil, dictdb.LogOptions{}))
	var first map[string]any
	lines := strings.SplitAfter(out.String(), "\n")
	ok(t, json.Unmarshal([]byte(lines[0]), &first))
	same(t, fmt.Sprint(first["level"], first["table"]), "INFOlogged")
	same(t, len(lines), 3) // the table, the index, and nothing behind

	out.Reset()
	ok(t, dictdb.SetLogger(logger, dictdb.LogOptions{Level: slog.LevelDebug}))
	must(table.Insert(person{}))
	ok(t, dictdb.SetLogger(logger, dictdb.LogOptions{Level: slog.LevelWarn}))
	same(t, strings.Count(out.String(), `"level":"DEBUG"`), 1)
	must(table.Insert(person{}))
	must(db.CreateTable("quiet", dictdb.TableOptions{}))
	ok(t, dictdb.SetLogger(nil, dictdb.LogOptions{}))
	same(t, strings.Count(out.String(), "\n"), 1)
	must(db.CreateTable("silent", dictdb.TableOptions{}))
	same(t, strings.Contains(out.String(), "silent"), false)
}

// A tableHandler writes each message into a table, which is a write that would be logged, too.
type tableHandler struct {
	slog.Handler
	table *dictdb.Table
}

func (h tableHandler) Handle(_ context.Context, record slog.Record) error {
	_, err := h.table.Insert(map[string]string{"message": record.Message})
	return err
}

func TestALoggerMayCall(t *testing.T) {
	table := newTable(t, "")
	messages := newTable(t, "")
	handler := tableHandler{slog.NewTextHandler(&bytes.Buffer{}, &slog.HandlerOptions{Level: slog.LevelDebug}), messages}
	ok(t, dictdb.SetLogger(slog.New(handler), dictdb.LogOptions{Level: slog.LevelDebug}))
	inGoroutines(4, func(int) {
		for range 50 {
			must(table.Insert(person{}))
		}
	})
	ok(t, dictdb.SetLogger(nil, dictdb.LogOptions{}))
	same(t, must(messages.Count(ctx, nil)), int64(200))
}

// An endingHandler ends the log from within.
type endingHandler struct {
	slog.Handler
	ended chan error
}

func (h endingHandler) Handle(context.Context, slog.Record) error {
	h.ended <- dictdb.SetLogger(nil, dictdb.LogOptions{})
	return nil
}

func TestALoggerMayEndItself(t *testing.T) {
	handler := endingHandler{slog.NewTextHandler(&bytes.Buffer{}, nil), make(chan error, 1)}
	ok(t, dictdb.SetLogger(slog.New(handler), dictdb.LogOptions{}))
	newTable(t, "")
	ok(t, <-handler.ended)
	ok(t, dictdb.SetLogger(nil, dictdb.LogOptions{}))
}

// A stuckHandler does not come back from its first message until it is let go.
type stuckHandler struct {
	slog.Handler
	once  *sync.Once
	began chan struct{}
	goOn  chan struct{}
}

func (h stuckHandler) Handle(ctx context.Context, record slog.Record) error {
	h.once.Do(func() {
		close(h.began)
		<-h.goOn
	})
	return h.Handler.Handle(ctx, record)
}

func TestASlowLoggerHoldsUpNobody(t *testing.T) {
	var out bytes.Buffer
	handler := stuckHandler{slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}), &sync.Once{}, make(chan struct{}), make(chan struct{})}
	table := newTable(t, "")
	ok(t, dictdb.SetLogger(slog.New(handler), dictdb.LogOptions{Level: slog.LevelDebug}))
	must(table.Insert(person{}))
	<-handler.began
	for range 40000 {
		must(table.Insert(person{}))
	}
	close(handler.goOn)
	ok(t, dictdb.SetLogger(nil, dictdb.LogOptions{}))
	text := out.String()
	var lost int
	if i := strings.LastIndex(text, "count="); strings.Contains(text, "log messages were left out") {
		fmt.Sscanf(text[i:], "count=%d", &lost)
	}
	same(t, strings.Count(text, "level=DEBUG")+lost, 40001)
	if lost == 0 {
		t.Fatal("nothing was left out: the test is too small")
	}
}
