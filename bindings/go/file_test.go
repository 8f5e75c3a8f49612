package dictdb_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"dictdb"
)

func TestSaveAndLoad(t *testing.T) {
	db := newDB(t)
	table := must(db.CreateTable("t", dictdb.TableOptions{Schema: dictdb.Schema{{Name: "name", Type: dictdb.StrType}, {Name: "age", Type: dictdb.IntType}}}))
	ok(t, table.CreateIndex(ctx, dictdb.Index{Fields: []string{"age"}, Kind: dictdb.Sorted}))
	must(table.InsertMany(ctx, json.RawMessage(people)))
	live, stop := context.WithCancel(ctx)
	defer stop()
	for _, format := range []dictdb.Format{"", dictdb.JSONFormat, dictdb.BinaryFormat} {
		path := filepath.Join(t.TempDir(), "file")
		job := must(db.SaveJob(path, format))
		ok(t, job.Wait(ctx))
		var facts dictdb.FileFacts
		ok(t, job.Result(&facts))
		same(t, fmt.Sprint(facts.Records, facts.Bytes == must(os.Stat(path)).Size(), facts.Duration() > 0), "3 true true")
		done, total, err := job.Progress()
		ok(t, err)
		same(t, fmt.Sprint(done, total), "3 3")
		ok(t, job.Close())
		for _, ctx := range []context.Context{ctx, live} {
			ok(t, db.Save(ctx, path, format))
			loaded := must(dictdb.Load(ctx, path))
			same(t, string(must(loaded.Copy(ctx))), string(must(db.Copy(ctx))))
			same(t, must(must(loaded.Table("t")).Describe()), must(table.Describe()))
		}
		load := must(dictdb.LoadJob(path))
		<-load.Done()
		same(t, must(must(must(load.Database()).Table("t")).Count(ctx, nil)), int64(3))
		done, _, err = load.Progress()
		ok(t, err)
		same(t, done, int64(3))
	}
}

func TestWhatIsWrongWithAFile(t *testing.T) {
	db := newDB(t)
	dir := t.TempDir()
	missing := filepath.Join(dir, "no", "such")
	err := db.Save(ctx, missing, dictdb.JSONFormat)
	failure := fails(t, err, dictdb.ErrIO)
	same(t, fact[int](t, failure, "errno"), 2)
	fact[string](t, failure, "operation")
	fails(t, db.Save(ctx, missing, "pickle"), dictdb.ErrInvalidArgument)
	_, err = dictdb.Load(ctx, missing)
	fails(t, err, dictdb.ErrIO)
	job := must(dictdb.LoadJob(missing))
	fails(t, job.Wait(ctx), dictdb.ErrIO)
	_, err = job.Database()
	fails(t, err, dictdb.ErrIO)
	fails(t, job.Result(new(dictdb.FileFacts)), dictdb.ErrIO)

	path := filepath.Join(dir, "file")
	ok(t, db.Save(ctx, path, dictdb.BinaryFormat))
	bytes := must(os.ReadFile(path))
	bytes[len(bytes)/2] ^= 1
	ok(t, os.WriteFile(path, bytes, 0o600))
	_, err = dictdb.Load(ctx, path)
	same(t, fact[string](t, fails(t, err, dictdb.ErrCorrupt), "path"), path)
	saved := must(db.SaveJob(path, ""))
	ok(t, saved.Wait(ctx))
	_, err = saved.Database()
	fails(t, err, dictdb.ErrUnsupported)
}

func TestJobsGoOn(t *testing.T) {
	db, _ := big(t)
	path := filepath.Join(t.TempDir(), "file")
	job := must(db.SaveJob(path, dictdb.JSONFormat))
	limited, stop := context.WithTimeout(ctx, time.Microsecond)
	defer stop()
	if err := job.Wait(limited); err != nil {
		fails(t, err, dictdb.ErrTimeout)
	}
	if err := job.Result(new(json.RawMessage)); err != nil {
		fails(t, err, dictdb.ErrUnavailable)
	}
	ok(t, job.Wait(ctx))

	// A cancelled job leaves the file that was there; a closed one goes on.
	before := must(os.Stat(path)).ModTime()
	job = must(db.SaveJob(path, dictdb.JSONFormat))
	ok(t, job.Cancel())
	if err := job.Wait(ctx); err == nil || !errors.Is(err, dictdb.ErrCancelled) {
		t.Fatal(err)
	}
	same(t, must(os.Stat(path)).ModTime(), before)
	other := path + "2"
	job = must(db.SaveJob(other, dictdb.JSONFormat))
	ok(t, job.Close())
	ok(t, job.Close())
	<-job.Done()
	ok(t, job.Wait(ctx))
	must(os.Stat(other))
	fails(t, job.Cancel(), dictdb.ErrInvalidHandle)
	fails(t, job.Result(nil), dictdb.ErrInvalidHandle)
	_, _, err := job.Progress()
	fails(t, err, dictdb.ErrInvalidHandle)
	_, err = job.Database()
	fails(t, err, dictdb.ErrInvalidHandle)
}

func TestCSV(t *testing.T) {
	db := newDB(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "in.csv")
	ok(t, os.WriteFile(path, []byte("id;name;price\n1;\"a;b\";1.50\n2;c;\n"), 0o600))
	table := must(db.ImportCSV(ctx, "t", path, dictdb.CSVImport{Delimiter: ';'}))
	same(t, rowsOf(t, table, nil), `[{"id":1,"name":"a;b","price":1.50},{"id":2,"name":"c","price":null}]`)
	live, stop := context.WithCancel(ctx)
	defer stop()
	strings := must(db.ImportCSV(live, "strings", path, dictdb.CSVImport{Delimiter: ';', AllStrings: true, NoHeader: true, PrimaryKey: "key"}))
	stop()
	// The table does not have the limits of the context that it was imported with.
	same(t, rowsOf(t, strings, dictdb.Spec{}.Limit(1)), `[{"col_0":"id","col_1":"name","col_2":"price","key":1}]`)
	same(t, must(strings.UpdateWhere(ctx, "TRUE", "col_0 = 'x'")), int64(3))

	schema := dictdb.Schema{{Name: "id", Type: dictdb.IntType}, {Name: "name", Type: dictdb.StrType}, {Name: "price", Type: dictdb.IntType, Nullable: true}}
	_, err := db.ImportCSV(ctx, "u", path, dictdb.CSVImport{Delimiter: ';', Schema: schema})
	failure := fails(t, err, dictdb.ErrSchema)
	same(t, fmt.Sprint(fact[int](t, failure, "line"), fact[int](t, failure, "column")), "2 3")
	_, err = db.ImportCSV(ctx, "t", path, dictdb.CSVImport{})
	fails(t, err, dictdb.ErrDuplicateTable)
	_, err = db.ImportCSV(ctx, "u", path, dictdb.CSVImport{Delimiter: '"'})
	fails(t, err, dictdb.ErrInvalidArgument)
	_, err = db.ImportCSV(ctx, "u", path, dictdb.CSVImport{Schema: dictdb.Schema{{Name: "a", Type: dictdb.IntType, Default: func() {}}}})
	same(t, err != nil, true)
	same(t, must(db.Tables()), []string{"t", "strings"})

	out := filepath.Join(dir, "out.csv")
	export := func(rows dictdb.Source, options dictdb.CSVExport, args ...any) string {
		ok(t, table.ExportCSV(ctx, out, rows, options, args...))
		text := string(must(os.ReadFile(out)))
		ok(t, os.Remove(out))
		job := must(table.ExportCSVJob(out, rows, options, args...))
		ok(t, job.Wait(ctx))
		same(t, string(must(os.ReadFile(out))), text)
		return text
	}
	same(t, export(nil, dictdb.CSVExport{}), "id,name,price\r\n1,a;b,1.50\r\n2,c,\r\n")
	same(t, export(dictdb.Where("name = ?1").Columns("name"), dictdb.CSVExport{Delimiter: ';', NoHeader: true}, "a;b"), "\"a;b\"\r\n")
	// A predicate goes along as text.
	matching := dictdb.Matching(dictdb.Or(dictdb.Eq("id", 1), dictdb.Eq("id", 2)))
	for _, rows := range []dictdb.Source{
		matching.Where("name = ?1 OR FALSE").Columns("id"), must(dictdb.Compile(matching.Where("name = ?1 OR FALSE").Columns("id"))),
		dictdb.SpecJSON(json.RawMessage(`{"where":"name = ?1 OR FALSE","columns":["id"]}`)).Matching(dictdb.Eq("id", 2)),
	} {
		same(t, export(rows, dictdb.CSVExport{}, "c"), "id\r\n2\r\n")
	}
	same(t, export(matching.Columns("id"), dictdb.CSVExport{}), "id\r\n1\r\n2\r\n")
	_, err = table.ExportCSVJob(out, dictdb.SpecJSON(json.RawMessage("[]")).Matching(dictdb.All()), dictdb.CSVExport{})
	fails(t, err, dictdb.ErrInvalidJSON)
	fails(t, table.ExportCSV(ctx, out, dictdb.Matching(dictdb.Eq("a[x", 1)), dictdb.CSVExport{}), dictdb.ErrParse)

	job := must(db.ImportCSVJob("job", path, dictdb.CSVImport{Delimiter: ';'}))
	ok(t, job.Wait(ctx))
	same(t, must(must(db.Table("job")).Count(ctx, nil)), int64(2))
}

func TestJSONLines(t *testing.T) {
	table := newTable(t, people)
	path := filepath.Join(t.TempDir(), "file")
	ok(t, table.ExportJSONLines(ctx, path, dictdb.Where("age > ?1").Columns("id", "name"), 20))
	same(t, string(must(os.ReadFile(path))), "{\"id\":1,\"name\":\"Ada\"}\n{\"id\":3,\"name\":\"Grace\"}\n")
	job := must(table.ExportJSONLinesJob(path, nil))
	ok(t, job.Wait(ctx))
	db := newDB(t)
	same(t, rowsOf(t, must(db.ImportJSONLines(ctx, "t", path, dictdb.TableOptions{})), nil), rowsOf(t, table, nil))
	job = must(db.ImportJSONLinesJob("u", path, dictdb.TableOptions{PrimaryKey: "name"}))
	ok(t, job.Wait(ctx))
	same(t, must(dictdb.Get[person](must(db.Table("u")), dictdb.Str("Kurt"))).Age, 17)
	ok(t, os.WriteFile(path, []byte("{}\n{\n"), 0o600))
	_, err := db.ImportJSONLines(ctx, "v", path, dictdb.TableOptions{})
	same(t, fact[int](t, fails(t, err, dictdb.ErrInvalidJSON), "line"), 2)
}
