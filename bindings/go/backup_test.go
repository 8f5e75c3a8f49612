package dictdb_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"dictdb"
)

func TestBackups(t *testing.T) {
	db := newDB(t)
	table := must(db.CreateTable("t", dictdb.TableOptions{}))
	dir := filepath.Join(t.TempDir(), "backups")
	backup := must(db.Backup(dir, dictdb.BackupOptions{Incremental: true, MaxDeltas: 2}))
	defer backup.Close()
	live, stop := context.WithCancel(ctx)
	defer stop()
	type step = func(context.Context) (dictdb.BackupFacts, error)
	var files []string
	var afterFirstDelta time.Time
	for i, step := range []struct {
		step step
		want string
	}{{backup.Now, "full"}, {backup.Now, "delta"}, {backup.Delta, "delta"}, {backup.Now, "full"}, {backup.Full, "full"}} {
		must(table.Insert(person{Name: fmt.Sprint(i)}))
		facts := must(step.step([]context.Context{ctx, live}[i%2]))
		same(t, facts.Type, step.want)
		same(t, facts.Bytes > 0 && facts.Records > 0, true)
		files = append(files, facts.File)
		if i == 1 {
			time.Sleep(2 * time.Millisecond)
			afterFirstDelta = time.Now()
			time.Sleep(2 * time.Millisecond)
		}
	}
	same(t, must(backup.Delta(ctx)).File, "")
	for _, start := range []func() (*dictdb.Job, error){backup.NowJob, backup.FullJob, backup.DeltaJob} {
		job := must(start())
		ok(t, job.Wait(ctx))
		var facts dictdb.BackupFacts
		ok(t, job.Result(&facts))
	}
	statistics := must(backup.Statistics())
	same(t, fmt.Sprint(statistics.Full, statistics.Delta, statistics.Unchanged, statistics.Failures, statistics.IsRunning), "4 2 3 0 false")
	same(t, statistics.LastFile != nil && *statistics.DeltasSinceFull == 0, true)

	for _, ctx := range []context.Context{ctx, live} {
		restored, facts, err := dictdb.Restore(ctx, dir, dictdb.RestoreOptions{})
		ok(t, err)
		same(t, string(must(restored.Copy(ctx))), string(must(db.Copy(ctx))))
		same(t, fmt.Sprint(facts.Records, len(facts.Files), len(facts.Skipped)), "5 1 0")
		old, facts, err := dictdb.Restore(ctx, dir, dictdb.RestoreOptions{Until: afterFirstDelta})
		ok(t, err)
		same(t, must(must(old.Table("t")).Count(ctx, nil)), int64(2))
		same(t, facts.Files, files[:2])
		sound := must(dictdb.VerifyBackups(ctx, dir))
		same(t, fmt.Sprintln(sound.IsSound, len(sound.Files), sound.Files[1].Type, sound.Files[1].File == files[1]), "true 6 delta true\n")
	}
	job := must(dictdb.RestoreJob(dir, dictdb.RestoreOptions{}))
	ok(t, job.Wait(ctx))
	must(job.Database())
	job = must(dictdb.VerifyBackupsJob(dir))
	ok(t, job.Wait(ctx))
	var verified dictdb.VerifyFacts
	ok(t, job.Result(&verified))
	same(t, verified.IsSound, true)

	// A delta that is missing is named, or passed over.
	ok(t, os.Remove(filepath.Join(dir, files[1])))
	until := dictdb.RestoreOptions{Until: time.Unix(0, 0)}
	_, _, err := dictdb.Restore(ctx, dir, until)
	fails(t, err, dictdb.ErrUnavailable)
	for _, name := range files[3:] {
		ok(t, os.Remove(filepath.Join(dir, name)))
	}
	for _, file := range verified.Files {
		if file.Type == "full" && file.File != files[0] {
			os.Remove(filepath.Join(dir, file.File))
		}
	}
	_, _, err = dictdb.Restore(ctx, dir, dictdb.RestoreOptions{})
	same(t, filepath.Base(fact[string](t, fails(t, err, dictdb.ErrCorrupt), "missing")), files[1])
	partial, facts, err := dictdb.Restore(ctx, dir, dictdb.RestoreOptions{Partial: true})
	ok(t, err)
	same(t, must(must(partial.Table("t")).Count(ctx, nil)), int64(1))
	same(t, fmt.Sprint(len(facts.Skipped), json.Valid(facts.Skipped[0].Error)), "1 true")
	damaged := must(dictdb.VerifyBackups(ctx, dir))
	same(t, fmt.Sprint(damaged.IsSound, damaged.Newest == files[0]), "false true")
	_, err = dictdb.VerifyBackups(ctx, dir+"/nothing")
	fails(t, err, dictdb.ErrIO)
}

func TestBackupsByThemselves(t *testing.T) {
	db := newDB(t)
	table := must(db.CreateTable("t", dictdb.TableOptions{}))
	dir := filepath.Join(t.TempDir(), "backups")
	backup := must(db.Backup(dir, dictdb.BackupOptions{Interval: -1, MinInterval: -1, Keep: 1, Format: dictdb.BinaryFormat}))
	ok(t, backup.Start())
	for range 3 {
		must(table.Insert(person{}))
		before := must(backup.Statistics()).Full
		ok(t, backup.NotifyChange())
		for must(backup.Statistics()).Full == before {
			time.Sleep(time.Millisecond)
		}
	}
	same(t, must(backup.Statistics()).IsRunning, true)
	ok(t, backup.Stop())
	same(t, len(must(os.ReadDir(dir))), 1)
	ok(t, backup.Close())
	fails(t, backup.Start(), dictdb.ErrInvalidHandle)
	_, err := backup.Now(ctx)
	fails(t, err, dictdb.ErrInvalidHandle)
	_, err = backup.FullJob()
	fails(t, err, dictdb.ErrInvalidHandle)
}

func TestFailuresOfBackups(t *testing.T) {
	db := newDB(t)
	must(db.CreateTable("t", dictdb.TableOptions{}))
	dir := filepath.Join(t.TempDir(), "backups")
	failures := make(chan dictdb.BackupFailure, 10)
	var backup *dictdb.Backup
	backup = must(db.Backup(dir, dictdb.BackupOptions{OnFailure: func(failure dictdb.BackupFailure) {
		must(backup.Statistics()) // it may call all methods
		failures <- failure
	}}))
	ok(t, os.Remove(dir))
	for i := range uint64(2) {
		_, err := backup.Now(ctx)
		fails(t, err, dictdb.ErrIO)
		failure := <-failures
		fails(t, failure.Err, dictdb.ErrIO)
		same(t, failure.Failures, i+1)
		same(t, failure.Err.Message, err.(*dictdb.Error).Message)
		same(t, time.Since(failure.Time) < time.Minute, true)
	}
	same(t, json.Valid(must(backup.Statistics()).LastError), true)
	ok(t, backup.Close())

	// A directory that cannot be made, and options that are none: the failures' goroutine is not begun.
	ok(t, os.WriteFile(dir, nil, 0o600))
	_, err := db.Backup(dir, dictdb.BackupOptions{OnFailure: func(dictdb.BackupFailure) {}})
	fails(t, err, dictdb.ErrIO)
	_, err = db.Backup(dir+"2", dictdb.BackupOptions{Format: "pickle", OnFailure: func(dictdb.BackupFailure) {}})
	fails(t, err, dictdb.ErrInvalidArgument)
	_, err = must(db.Snapshot()).Backup(dir+"2", dictdb.BackupOptions{})
	fails(t, err, dictdb.ErrUnsupported)
}
