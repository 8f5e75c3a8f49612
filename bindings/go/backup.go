package dictdb

// #include "bridge.h"
import "C"

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"time"
)

// A Backup makes backups of a database in a directory, which it has for itself: full ones, and with [BackupOptions].Incremental deltas, which have what has
// changed since the file before. Each file is of one instant of the whole database, no write waits for it, and it is there as a whole or not at all.
//
// All methods may be called from any goroutine at any time. A Backup keeps its database alive: close it.
type Backup struct {
	h *handle
}

// BackupOptions say how backups are made. The zero value: full ones, every five minutes once they are started.
type BackupOptions struct {
	// Interval is the time between backups after [Backup.Start]; 0: 5 minutes; negative: only when a change is told.
	Interval time.Duration
	// MinInterval is the time between the last backup and one that is made because of [Backup.NotifyChange]; 0: 5 seconds; negative: none.
	MinInterval time.Duration
	// Incremental makes deltas, if something has changed. What the last file was written of stays in memory for that.
	Incremental bool
	// MaxDeltas is the number of deltas before the next full backup; 0: 10; negative: none.
	MaxDeltas int
	// Keep is how many full backups are kept, with the deltas that continue them; 0: all.
	Keep int
	// Format is that of full backups.
	Format Format
	// OnFailure is called when a backup has failed, one call after the other, by a goroutine of this package. It may call all methods, and may come
	// once more after Close.
	OnFailure func(BackupFailure)
}

// A BackupFailure tells of a backup that was not made.
type BackupFailure struct {
	Time     time.Time
	Err      *Error
	Failures uint64 // how many backups in a row have failed
}

func (o BackupOptions) json() []byte {
	var members object
	members.orDefault("interval_ms", o.Interval.Milliseconds(), o.Interval != 0)
	members.orDefault("min_interval_ms", o.MinInterval.Milliseconds(), o.MinInterval != 0)
	members.bool("incremental", o.Incremental)
	members.orDefault("max_deltas", int64(o.MaxDeltas), o.MaxDeltas != 0)
	members.int("keep", int64(o.Keep))
	members.string("format", string(o.Format))
	return members.end()
}

// orDefault adds a number that is meant, of which a negative one means 0.
func (o *object) orDefault(name string, value int64, isMeant bool) {
	if !isMeant {
		return
	}
	if value <= 0 {
		o.raw(name, []byte("0"))
		return
	}
	o.int(name, value)
}

// Backup makes a Backup; it makes no backups yet. The directory is made if it is not there, for its owner alone.
//
// Errors: [ErrIO] (the directory cannot be made or read), [ErrUnsupported] (a snapshot), [ErrInvalidArgument] (an option), [ErrLimit], [ErrOutOfMemory].
func (db *DB) Backup(directory string, options BackupOptions) (*Backup, error) {
	number, err := db.h.live()
	if err != nil {
		return nil, err
	}
	var failures *mailbox
	var inbox *C.dgo_mailbox
	if options.OnFailure != nil {
		if failures, err = newMailbox("failures of backups"); err != nil {
			return nil, err
		}
		inbox = failures.c
	}
	directoryText, directoryLen := text(directory)
	optionsText, optionsLen := textOf(options.json())
	var backup, object C.uintptr_t
	status := C.dgo_backup_new(number, directoryText, directoryLen, optionsText, optionsLen, inbox, &backup, &object)
	runtime.KeepAlive(db)
	if err := check(status, object); err != nil {
		if failures != nil {
			failures.discard()
		}
		return nil, err
	}
	if failures != nil {
		go failures.run(tellFailure(options.OnFailure), func(uint64) {})
	}
	b := &Backup{}
	b.h = newHandle(b, C.DGO_BACKUP, backup)
	return b, nil
}

func tellFailure(onFailure func(BackupFailure)) func(message) {
	return func(m message) {
		err := newError(Status(m.code), m.text)
		err.Detail = json.RawMessage(m.facts)
		onFailure(BackupFailure{Time: m.time, Err: err, Failures: m.number})
	}
}

// Close ends backups that are made by themselves, as [Backup.Stop] does. A call that another goroutine is in, and a job, end as usual.
func (b *Backup) Close() error {
	b.h.free()
	return nil
}

func (b *Backup) call(call func(number C.uintptr_t, object *C.uintptr_t) C.dictdb_status) error {
	number, err := b.h.live()
	if err != nil {
		return err
	}
	var object C.uintptr_t
	status := call(number, &object)
	runtime.KeepAlive(b)
	return check(status, object)
}

// Start begins to make backups in a thread of the library's own: when the interval is over, and when a change was told.
//
// Errors: [ErrIO] (no thread could be started).
func (b *Backup) Start() error {
	return b.call(func(number C.uintptr_t, object *C.uintptr_t) C.dictdb_status {
		return C.dgo_backup_start(number, object)
	})
}

// Stop ends that, and waits for a backup that is being made by that thread. It can be started again.
func (b *Backup) Stop() error {
	return b.call(func(number C.uintptr_t, object *C.uintptr_t) C.dictdb_status {
		return C.dgo_backup_stop(number, object)
	})
}

// NotifyChange says that something has changed that should be backed up soon. It returns at once. Many calls make one backup; before the start it is
// remembered.
func (b *Backup) NotifyChange() error {
	return b.call(func(number C.uintptr_t, object *C.uintptr_t) C.dictdb_status {
		return C.dgo_backup_notify_change(number, object)
	})
}

// BackupFacts tell of a backup that was made.
type BackupFacts struct {
	FileFacts
	File string `json:"file"` // its name; empty if nothing has changed since the last one, and no delta was written
	Type string `json:"type"` // full or delta
}

type backupType = C.int32_t

const (
	backupWhoseTurnItIs backupType = 0
	backupFull          backupType = 1
	backupDelta         backupType = 2
)

func (b *Backup) start(which backupType) (func(job, object *C.uintptr_t) C.dictdb_status, error) {
	number, err := b.h.live()
	return func(job, object *C.uintptr_t) C.dictdb_status {
		return C.dgo_backup_make(which, number, nil, job, object)
	}, err
}

func (b *Backup) make(ctx context.Context, which backupType) (facts BackupFacts, err error) {
	defer runtime.KeepAlive(b)
	start, err := b.start(which)
	if err != nil {
		return facts, err
	}
	if ctx.Done() != nil {
		err = inJob(ctx, start, func(job C.uintptr_t) error { return jobResult(job, &facts) })
		return facts, err
	}
	out := newBuffer()
	defer out.release()
	err = b.call(func(number C.uintptr_t, object *C.uintptr_t) C.dictdb_status {
		return C.dgo_backup_make(which, number, out.c, nil, object)
	})
	if err != nil {
		return facts, err
	}
	return facts, json.Unmarshal(out.bytes(), &facts)
}

func (b *Backup) makeJob(which backupType) (*Job, error) {
	defer runtime.KeepAlive(b)
	start, err := b.start(which)
	if err != nil {
		return nil, err
	}
	return newJob(start)
}

// Now makes the backup whose turn it is: a delta if the Backup is incremental, or a full one if there is none yet, or as many deltas as there may be;
// else a full one. A failure is told to OnFailure, too.
//
// Errors: [ErrIO] (the detail has operation, path and errno), [ErrCancelled], [ErrTimeout].
func (b *Backup) Now(ctx context.Context) (BackupFacts, error) {
	return b.make(ctx, backupWhoseTurnItIs)
}

// Full makes a full backup, as [Backup.Now].
func (b *Backup) Full(ctx context.Context) (BackupFacts, error) { return b.make(ctx, backupFull) }

// Delta makes a delta, or nothing if nothing has changed; a full backup if the Backup has not made one that it could continue. As [Backup.Now].
func (b *Backup) Delta(ctx context.Context) (BackupFacts, error) { return b.make(ctx, backupDelta) }

// NowJob begins what [Backup.Now] does. Its result is a [BackupFacts].
func (b *Backup) NowJob() (*Job, error) { return b.makeJob(backupWhoseTurnItIs) }

// FullJob begins a full backup. Its result is a [BackupFacts].
func (b *Backup) FullJob() (*Job, error) { return b.makeJob(backupFull) }

// DeltaJob begins what [Backup.Delta] does. Its result is a [BackupFacts].
func (b *Backup) DeltaJob() (*Job, error) { return b.makeJob(backupDelta) }

// BackupStatistics tell what a Backup has done.
type BackupStatistics struct {
	IsRunning           bool   `json:"is_running"` // whether it makes backups by itself
	Full                int64  `json:"full"`       // how many were made
	Delta               int64  `json:"delta"`
	Unchanged           int64  `json:"unchanged"` // how many were not, as nothing had changed
	Failures            int64  `json:"failures"`
	ConsecutiveFailures int64  `json:"consecutive_failures"`
	DeltasSinceFull     *int64 `json:"deltas_since_full"` // nil while a backup is being made
	Records             int64  `json:"records"`           // of all files
	Bytes               int64  `json:"bytes"`

	// Of the last file; nil if there is none. The time is in seconds since 1970, the duration in microseconds.

	LastFile           *string  `json:"last_file"`
	LastTime           *float64 `json:"last_time"`
	LastRecords        *int64   `json:"last_records"`
	LastBytes          *int64   `json:"last_bytes"`
	LastDurationMicros *int64   `json:"last_duration_us"`

	// LastError tells what was wrong with the last backup; null if it was made.
	LastError json.RawMessage `json:"last_error"`
}

// Statistics tell what the Backup has done.
func (b *Backup) Statistics() (BackupStatistics, error) {
	var statistics BackupStatistics
	out := newBuffer()
	defer out.release()
	err := b.call(func(number C.uintptr_t, object *C.uintptr_t) C.dictdb_status {
		return C.dgo_backup_statistics(number, out.c, object)
	})
	if err != nil {
		return statistics, err
	}
	return statistics, json.Unmarshal(out.bytes(), &statistics)
}

// RestoreOptions say which state is restored. The zero value: the newest one, or an error.
type RestoreOptions struct {
	Until   time.Time // no later state, if it is not zero
	Partial bool      // if files are missing or damaged, the newest state that can be had
}

func (o RestoreOptions) json() []byte {
	var members object
	if !o.Until.IsZero() {
		// In the digits that the names of the files have, which a float64 would round.
		micros := max(o.Until.UnixMicro(), 0)
		members.raw("until", fmt.Appendf(nil, "%d.%06d", micros/1e6, micros%1e6))
	}
	members.bool("partial", o.Partial)
	return members.end()
}

// A SkippedFile was passed over by a partial restore.
type SkippedFile struct {
	File  string          `json:"file"`
	Error json.RawMessage `json:"error"`
}

// RestoreFacts tell of a database that was restored.
type RestoreFacts struct {
	FileFacts
	File    string        `json:"file"`  // the newest file that went in
	Time    float64       `json:"time"`  // of its state, in seconds since 1970
	Files   []string      `json:"files"` // all that went in
	Skipped []SkippedFile `json:"skipped"`
}

func startRestore(directory string, options RestoreOptions) func(job, object *C.uintptr_t) C.dictdb_status {
	return func(job, object *C.uintptr_t) C.dictdb_status {
		var none C.uintptr_t
		directoryText, directoryLen := text(directory)
		optionsText, optionsLen := textOf(options.json())
		return C.dgo_backup_restore(directoryText, directoryLen, optionsText, optionsLen, &none, nil, job, object)
	}
}

// Restore restores a database from the backups of a directory: from a full one and the deltas that continue it.
//
// Errors: [ErrUnavailable] (the directory has no backup, or none so old), [ErrCorrupt] (a file is missing: the detail has path, the delta, and missing,
// the file that it continues; or a file is damaged), and as of [Load].
func Restore(ctx context.Context, directory string, options RestoreOptions) (db *DB, facts RestoreFacts, err error) {
	if err := checkABI(); err != nil {
		return nil, facts, err
	}
	if ctx.Done() != nil {
		err = inJob(ctx, startRestore(directory, options), func(job C.uintptr_t) (err error) {
			if err := jobResult(job, &facts); err != nil {
				return err
			}
			db, err = jobDatabase(job)
			return err
		})
		return db, facts, err
	}
	out := newBuffer()
	defer out.release()
	directoryText, directoryLen := text(directory)
	optionsText, optionsLen := textOf(options.json())
	var number, object C.uintptr_t
	status := C.dgo_backup_restore(directoryText, directoryLen, optionsText, optionsLen, &number, out.c, nil, &object)
	if err := check(status, object); err != nil {
		return nil, facts, err
	}
	return newDB(number), facts, json.Unmarshal(out.bytes(), &facts)
}

// RestoreJob begins to [Restore]. [Job.Database] gives the database; the result is a [RestoreFacts].
func RestoreJob(directory string, options RestoreOptions) (*Job, error) {
	if err := checkABI(); err != nil {
		return nil, err
	}
	return newJob(startRestore(directory, options))
}

// A BackupFile is one of a directory of backups.
type BackupFile struct {
	File  string          `json:"file"`
	Type  string          `json:"type"` // full or delta
	Time  float64         `json:"time"` // of its state, in seconds since 1970
	Bytes int64           `json:"bytes"`
	Error json.RawMessage `json:"error"` // null if there is none
}

// VerifyFacts tell of a directory of backups.
type VerifyFacts struct {
	IsSound bool         `json:"is_sound"`
	Newest  string       `json:"newest"` // the newest file that could be restored; empty if there is none
	Files   []BackupFile `json:"files"`  // from the oldest on
}

func startVerify(directory string) func(job, object *C.uintptr_t) C.dictdb_status {
	return func(job, object *C.uintptr_t) C.dictdb_status {
		directoryText, directoryLen := text(directory)
		return C.dgo_backup_verify(directoryText, directoryLen, nil, job, object)
	}
}

// VerifyBackups looks at the backups of a directory without loading them. Damage is told by the facts, and is no error.
//
// Errors: [ErrIO] (the directory cannot be read), [ErrInvalidArgument], [ErrCancelled], [ErrTimeout].
func VerifyBackups(ctx context.Context, directory string) (facts VerifyFacts, err error) {
	if ctx.Done() != nil {
		err = inJob(ctx, startVerify(directory), func(job C.uintptr_t) error { return jobResult(job, &facts) })
		return facts, err
	}
	out := newBuffer()
	defer out.release()
	directoryText, directoryLen := text(directory)
	var object C.uintptr_t
	if err := check(C.dgo_backup_verify(directoryText, directoryLen, out.c, nil, &object), object); err != nil {
		return facts, err
	}
	return facts, json.Unmarshal(out.bytes(), &facts)
}

// VerifyBackupsJob begins to [VerifyBackups]. Its result is a [VerifyFacts].
func VerifyBackupsJob(directory string) (*Job, error) { return newJob(startVerify(directory)) }
