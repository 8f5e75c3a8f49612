package dictdb_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"dictdb"
)

// big makes a table on which a query of slow takes long.
func big(t testing.TB) (*dictdb.DB, *dictdb.Table) {
	db := newDB(t)
	table := must(db.CreateTable("t", dictdb.TableOptions{}))
	records := make([]person, 20000)
	for i := range records {
		records[i] = person{Name: fmt.Sprint("User ", i), Age: i + 1}
	}
	for range 5 {
		must(table.InsertMany(ctx, records))
	}
	return db, table
}

var slow = dictdb.Where("name ICONTAINS 'x'"+" OR name ILIKE '%a%b%c%d%'"+" OR name ILIKE '%e%f%g%h%i%'").OrderBy("-name", "age").Distinct()

// operations are all that take a context, on a table of many records.
func operations(t *testing.T, db *dictdb.DB, table *dictdb.Table) map[string]func(context.Context) error {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	ok(t, db.Save(ctx, path+".json", dictdb.JSONFormat))
	ok(t, table.ExportCSV(ctx, path+".csv", nil, dictdb.CSVExport{}))
	ok(t, table.ExportJSONLines(ctx, path+".jsonl", nil))
	backup := must(db.Backup(dir+"/backups", dictdb.BackupOptions{}))
	t.Cleanup(func() { backup.Close() })
	must(backup.Full(ctx))
	query := must(dictdb.Compile(dictdb.Where("name ILIKE '%a%b%c%d%'")))
	update := dictdb.MustCompileUpdate("name ILIKE '%'", "age = age + 1")
	records := must(dictdb.Select[person](ctx, table, nil))
	for i := range records {
		records[i].ID = 0
	}
	batch := must(dictdb.NewBatch())
	first := func(_ any, err error) error { return err }
	return map[string]func(context.Context) error{
		"Select":  func(ctx context.Context) error { return first(dictdb.Select[person](ctx, table, slow)) },
		"Count":   func(ctx context.Context) error { return first(table.Count(ctx, slow)) },
		"Explain": func(ctx context.Context) error { return first(table.Explain(ctx, slow)) },
		"First":   func(ctx context.Context) error { return first(dictdb.First[person](ctx, table, slow)) },
		"GetMany": func(ctx context.Context) error {
			return first(dictdb.GetMany[person](ctx, table, []dictdb.Key{dictdb.Int(1)}))
		},
		"Copy":       func(ctx context.Context) error { return first(table.Copy(ctx)) },
		"DB.Copy":    func(ctx context.Context) error { return first(db.Copy(ctx)) },
		"InsertMany": func(ctx context.Context) error { return first(table.InsertMany(ctx, records)) },
		"CreateIndex": func(ctx context.Context) error {
			return table.CreateIndex(ctx, dictdb.Index{Fields: []string{"name"}, Kind: dictdb.Sorted})
		},
		"UpdateWhere": func(ctx context.Context) error {
			return first(table.UpdateWhere(ctx, "name ILIKE '%'", "age = age + 1"))
		},
		"UpdateMatching": func(ctx context.Context) error {
			return first(table.UpdateMatching(ctx, dictdb.ILike("name", "%"), map[string]any{"age": 1}))
		},
		"DeleteWhere":    func(ctx context.Context) error { return first(table.DeleteWhere(ctx, "name ILIKE '%'")) },
		"DeleteMatching": func(ctx context.Context) error { return first(table.DeleteMatching(ctx, dictdb.ILike("name", "%"))) },
		"Update.Run":     func(ctx context.Context) error { return first(update.Run(ctx, table)) },
		"Update.Explain": func(ctx context.Context) error { return first(update.Explain(ctx, table)) },
		"Query.Delete":   func(ctx context.Context) error { return first(query.Delete(ctx, table)) },
		"DB.Batch": func(ctx context.Context) error {
			return first(db.Batch(ctx, dictdb.Operation{Update: "t", Where: "name ILIKE '%'", Set: "age = age + 1"}))
		},
		"Batch.Commit": func(ctx context.Context) error {
			ok(t, batch.Clear())
			ok(t, batch.UpdateWhere(table, "name ILIKE '%'", "age = age + 1"))
			return first(batch.Commit(ctx))
		},
		"Rows": func(ctx context.Context) error {
			for _, err := range dictdb.Rows[person](ctx, table, nil) {
				if err != nil {
					return err
				}
			}
			return nil
		},
		"Save":   func(ctx context.Context) error { return db.Save(ctx, path, dictdb.JSONFormat) },
		"Load":   func(ctx context.Context) error { return first(dictdb.Load(ctx, path+".json")) },
		"Export": func(ctx context.Context) error { return table.ExportCSV(ctx, path, slow, dictdb.CSVExport{}) },
		"ExportJSONLines": func(ctx context.Context) error {
			return table.ExportJSONLines(ctx, path, nil)
		},
		"ImportCSV": func(ctx context.Context) error {
			return first(db.ImportCSV(ctx, "csv", path+".csv", dictdb.CSVImport{}))
		},
		"ImportJSONLines": func(ctx context.Context) error {
			return first(db.ImportJSONLines(ctx, "jsonl", path+".jsonl", dictdb.TableOptions{}))
		},
		"Backup.Full": func(ctx context.Context) error { return first(backup.Full(ctx)) },
		"Restore": func(ctx context.Context) error {
			_, _, err := dictdb.Restore(ctx, dir+"/backups", dictdb.RestoreOptions{})
			return err
		},
		"VerifyBackups": func(ctx context.Context) error { return first(dictdb.VerifyBackups(ctx, dir+"/backups")) },
		"Watch.Wait": func(ctx context.Context) error {
			watch := must(table.Watch(dictdb.WatchOptions{}))
			defer watch.Close()
			return first(watch.Wait(ctx, 0, 0))
		},
	}
}

func TestContextsThatHaveEnded(t *testing.T) {
	db, table := big(t)
	cause := errors.New("the user went away")
	cancelled, cancel := context.WithCancelCause(ctx)
	cancel(cause)
	late, stop := context.WithDeadline(ctx, time.Unix(0, 0))
	defer stop()
	for name, operation := range operations(t, db, table) {
		t.Run(name, func(t *testing.T) {
			err := operation(cancelled)
			fails(t, err, dictdb.ErrCancelled)
			same(t, errors.Is(err, context.Canceled) && errors.Is(err, cause), true)
			err = operation(late)
			fails(t, err, dictdb.ErrTimeout)
			same(t, errors.Is(err, context.DeadlineExceeded), true)
		})
	}
	same(t, must(table.Count(ctx, nil)), int64(100000))
	same(t, must(db.Tables()), []string{"t"})
}

// A context that ends while the call runs. How soon that is noticed depends on the machine, so a call that was too fast is given less time.
func TestContextsThatEndMeanwhile(t *testing.T) {
	db, table := big(t)
	all := operations(t, db, table)
	for _, name := range []string{
		"Select", "Count", "First", "InsertMany", "UpdateWhere", "DeleteWhere", "DB.Batch", "Batch.Commit", "Rows", "Save", "Load", "Export", "ImportCSV",
		"Backup.Full", "Restore", "Watch.Wait",
	} {
		t.Run(name, func(t *testing.T) {
			for wait := 4 * time.Millisecond; ; wait = wait * 3 / 4 {
				if wait < 500*time.Microsecond { // less could be over before the call begins
					t.Fatal("never stopped")
				}
				limited, stop := context.WithTimeout(ctx, wait)
				err := all[name](limited)
				stop()
				if err != nil {
					fails(t, err, dictdb.ErrTimeout)
					same(t, errors.Is(err, context.DeadlineExceeded), true)
					break
				}
			}
			// What was used for the call is as good as new.
			limited, stop := context.WithTimeout(ctx, time.Hour)
			defer stop()
			if must(table.Count(limited, nil)) < 1 && name != "DeleteWhere" {
				t.Fatal("records are missing")
			}
		})
	}
}

func TestCursorsHaveTheirContext(t *testing.T) {
	_, table := big(t)
	limited, cancel := context.WithCancel(ctx)
	cursor := must(table.Cursor(limited, dictdb.Where("name ILIKE '%x%' OR age = 20000")))
	defer cursor.Close()
	other, stop := context.WithCancel(ctx)
	defer stop()
	must(table.Count(other, nil))
	cancel()
	for {
		if _, err := cursor.Next(); err != nil && !errors.Is(err, dictdb.ErrRecordNotFound) {
			fails(t, err, dictdb.ErrCancelled)
			break
		} else if err != nil {
			t.Fatal("the cursor came to its end")
		}
	}
	// Another context's calls do not see the end of this one.
	same(t, must(table.Count(other, dictdb.Where("age <= 20000"))), int64(100000))
}

func TestTokensAndTimeLimits(t *testing.T) {
	db, table := big(t)
	token := must(dictdb.NewCancel())
	limited := must(table.Limited(token, dictdb.NoTimeout))
	same(t, must(limited.Count(ctx, slow)), int64(0))
	ok(t, token.Set())
	_, err := limited.Count(ctx, slow)
	fails(t, err, dictdb.ErrCancelled)
	same(t, errors.Is(err, context.Canceled), false)
	live, stop := context.WithCancel(ctx)
	defer stop()
	_, err = limited.Count(live, slow)
	fails(t, err, dictdb.ErrCancelled)
	ok(t, token.Reset())
	same(t, must(limited.Count(live, slow)), int64(0))

	hurried := must(limited.Limited(nil, 0))
	_, err = hurried.Count(ctx, slow)
	fails(t, err, dictdb.ErrTimeout)
	_, err = must(table.Limited(nil, time.Nanosecond)).Count(ctx, nil)
	ok(t, err) // a nanosecond counts as a millisecond, in which there is time for that
	slowDB := must(db.Limited(token, 0))
	_, err = must(slowDB.Table("t")).Count(ctx, slow)
	fails(t, err, dictdb.ErrTimeout)
	_, err = slowDB.Copy(ctx)
	fails(t, err, dictdb.ErrTimeout)
	ok(t, token.Close())
	_, err = table.Limited(token, time.Second)
	fails(t, err, dictdb.ErrInvalidHandle)
	_, err = db.Limited(token, time.Second)
	fails(t, err, dictdb.ErrInvalidHandle)
	fails(t, token.Set(), dictdb.ErrInvalidHandle)
	fails(t, token.Reset(), dictdb.ErrInvalidHandle)
}
