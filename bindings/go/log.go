package dictdb

// #include "bridge.h"
import "C"

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"runtime"
	"sync"
)

// LogOptions say which messages are sent.
type LogOptions struct {
	// Level is the least level that is sent: [slog.LevelError] (a defect of the library was caught), [slog.LevelWarn], [slog.LevelInfo] (rare events: a
	// table or an index was created or dropped, a file was written or read, a backup made) or [slog.LevelDebug] (each write).
	Level slog.Level
	// DebugSample sends one of so many debug messages; 0 and 1 send all.
	DebugSample uint32
}

var logging struct {
	mu      sync.Mutex
	current *mailbox
}

// SetLogger sends the library's log messages to a logger from now on, in place of the one before; a logger that is nil ends that. There is one for the
// whole process.
//
// Messages are handed to the logger one after the other, by a goroutine of this package, with the time at which they came: a slow logger holds up no call.
// It may call this package; what happens inside such calls is not logged. If it is so slow that more than 1 MiB of messages wait, further ones are left
// out, and their number is logged.
//
// SetLogger returns when the logger before has got its last message (unless that logger itself called it).
//
// Errors: [ErrOutOfMemory] (also: no descriptor for a pipe).
func SetLogger(logger *slog.Logger, options LogOptions) error {
	before, err := replaceLog(logger, options)
	if err == nil && before != nil && C.dgo_log_is_mute() == 0 {
		<-before.done
	}
	return err
}

func replaceLog(logger *slog.Logger, options LogOptions) (before *mailbox, err error) {
	logging.mu.Lock()
	defer logging.mu.Unlock()
	var next *mailbox
	var inbox *C.dgo_mailbox
	if logger != nil {
		if next, err = newMailbox("the log"); err != nil {
			return nil, err
		}
		inbox = next.c
	}
	var object C.uintptr_t
	status := C.dgo_log_set(libraryLevel(options.Level), C.uint32_t(max(options.DebugSample, 1)), inbox, &object)
	if err := check(status, object); err != nil {
		if next != nil {
			next.discard()
		}
		return nil, err
	}
	if next != nil {
		go deliverLog(next, logger)
	}
	before, logging.current = logging.current, next
	return before, nil
}

func libraryLevel(level slog.Level) C.int32_t {
	switch {
	case level >= slog.LevelError:
		return C.DICTDB_LOG_ERROR
	case level >= slog.LevelWarn:
		return C.DICTDB_LOG_WARN
	case level >= slog.LevelInfo:
		return C.DICTDB_LOG_INFO
	default:
		return C.DICTDB_LOG_DEBUG
	}
}

var levels = map[int32]slog.Level{
	C.DICTDB_LOG_ERROR: slog.LevelError,
	C.DICTDB_LOG_WARN:  slog.LevelWarn,
	C.DICTDB_LOG_INFO:  slog.LevelInfo,
	C.DICTDB_LOG_DEBUG: slog.LevelDebug,
}

// deliverLog stays on one thread, of which no messages are taken: a logger that writes to a table would else log for ever.
func deliverLog(m *mailbox, logger *slog.Logger) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	C.dgo_log_mute_thread(1)
	defer C.dgo_log_mute_thread(0)
	ctx := context.Background()
	m.run(func(message message) {
		level := levels[message.code]
		if !logger.Enabled(ctx, level) {
			return
		}
		record := slog.NewRecord(message.time, level, message.text, 0)
		record.AddAttrs(attributes(message.facts)...)
		_ = logger.Handler().Handle(ctx, record) // as slog itself does: there is nobody to tell
	}, func(count uint64) {
		logger.Warn("log messages were left out: the logger is too slow", "count", count)
	})
}

func attributes(fields string) []slog.Attr {
	var attributes []slog.Attr
	err := eachMember([]byte(fields), func(name string, value json.RawMessage) error {
		var v any
		decoder := json.NewDecoder(bytes.NewReader(value))
		decoder.UseNumber()
		if err := decoder.Decode(&v); err != nil {
			return err
		}
		if number, ok := v.(json.Number); ok {
			if n, err := number.Int64(); err == nil {
				attributes = append(attributes, slog.Int64(name, n))
				return nil
			}
		}
		attributes = append(attributes, slog.Any(name, v))
		return nil
	})
	if err != nil {
		return []slog.Attr{slog.String("fields", fields)}
	}
	return attributes
}
