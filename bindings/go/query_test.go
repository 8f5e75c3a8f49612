package dictdb_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"dictdb"
)

const staff = `[
	{"name":"Ada","dept":"IT","pay":5,"tags":["a"]}, {"name":"Bo","dept":"HR","pay":3}, {"name":"Cy","dept":"IT","pay":4,"at":{"city":"Bern"}},
	{"name":"ada","dept":null,"pay":2.5}, {"name":"50%","dept":"IT","pay":5}]`

func names(t *testing.T, table *dictdb.Table, rows dictdb.Source, args ...any) string {
	t.Helper()
	people, err := dictdb.Select[person](ctx, table, rows, args...)
	ok(t, err)
	all := []string{}
	for _, p := range people {
		all = append(all, p.Name)
	}
	return fmt.Sprint(all)
}

func TestPredicates(t *testing.T) {
	table := newTable(t, staff)
	for _, test := range []struct {
		predicate *dictdb.Predicate
		want      string
	}{
		{dictdb.All(), "[Ada Bo Cy ada 50%]"},
		{dictdb.Eq("dept", "IT"), "[Ada Cy 50%]"},
		{dictdb.Ne("dept", "IT"), "[Bo ada]"},
		{dictdb.Lt("pay", 3), "[ada]"},
		{dictdb.Le("pay", 3), "[Bo ada]"},
		{dictdb.Gt("pay", 4), "[Ada 50%]"},
		{dictdb.Ge("pay", 4), "[Ada Cy 50%]"},
		{dictdb.In("pay", 2.5, 3), "[Bo ada]"},
		{dictdb.In[any]("pay"), "[]"},
		{dictdb.Between("pay", 3, 4), "[Bo Cy]"},
		{dictdb.Like("name", "_d%"), "[Ada ada]"},
		{dictdb.Like("name", "%!%", '!'), "[50%]"},
		{dictdb.ILike("name", "AD_"), "[Ada ada]"},
		{dictdb.Contains("tags", "a"), "[Ada]"},
		{dictdb.Contains("at", "city"), "[Cy]"},
		{dictdb.StartsWith("name", "A"), "[Ada]"},
		{dictdb.EndsWith("name", "a"), "[Ada ada]"},
		{dictdb.IEquals("name", "ADA"), "[Ada ada]"},
		{dictdb.IContains("name", "D"), "[Ada ada]"},
		{dictdb.IStartsWith("name", "B"), "[Bo]"},
		{dictdb.IEndsWith("name", "Y"), "[Cy]"},
		{dictdb.IsNull("dept"), "[ada]"},
		{dictdb.IsNotNull("at.city"), "[Cy]"},
		{dictdb.And(dictdb.Eq("dept", "IT"), dictdb.Not(dictdb.Eq("pay", 5))), "[Cy]"},
		{dictdb.Or(dictdb.Eq("name", "Bo"), dictdb.Eq("name", "Cy")), "[Bo Cy]"},
		{dictdb.And(), "[Ada Bo Cy ada 50%]"},
		{dictdb.Or(), "[]"},
		{must(dictdb.Parse("pay >= 4 AND name LIKE 'A%'")), "[Ada]"},
		{must(must(dictdb.Parse("pay >= ?2 AND name != ?1")).Bind("Ada", 4)), "[Cy 50%]"},
	} {
		ok(t, test.predicate.Err())
		same(t, names(t, table, dictdb.Matching(test.predicate)), test.want)
		// What is printed means the same; so does the whole query in which it is.
		again := must(dictdb.Parse(test.predicate.String()))
		same(t, names(t, table, dictdb.Matching(again).Where("TRUE")), test.want)
		same(t, names(t, table, must(dictdb.Compile(dictdb.Matching(test.predicate)))), test.want)
		same(t, must(table.Count(ctx, dictdb.Matching(test.predicate))), int64(len(must(dictdb.Select[person](ctx, table, dictdb.Matching(again))))))
	}
}

func TestWhatIsWrongWithAPredicate(t *testing.T) {
	table := newTable(t, staff)
	_, err := dictdb.Parse("pay >= AND")
	failure := fails(t, err, dictdb.ErrParse)
	same(t, fact[int](t, failure, "position"), 7)
	fact[string](t, failure, "expected")

	// What is wrong comes out where the predicate is used, however deep it is.
	bad := dictdb.Eq("a[x", 1)
	fails(t, bad.Err(), dictdb.ErrParse)
	deep := dictdb.And(dictdb.Not(dictdb.Or(bad)), dictdb.All())
	for _, rows := range []dictdb.Source{dictdb.Matching(deep), dictdb.Matching(deep).Where("TRUE")} {
		_, err = dictdb.Select[person](ctx, table, rows)
		fails(t, err, dictdb.ErrParse)
	}
	_, err = table.DeleteMatching(ctx, deep)
	fails(t, err, dictdb.ErrParse)
	_, err = dictdb.CompileUpdateMatching(deep, "pay = 1")
	fails(t, err, dictdb.ErrParse)
	_, err = deep.Bind()
	fails(t, err, dictdb.ErrParse)
	if text := bad.String(); text[0] != '<' {
		t.Fatal(text)
	}

	// No predicate is never every record.
	_, err = dictdb.Select[person](ctx, table, dictdb.Matching(nil))
	fails(t, err, dictdb.ErrInvalidArgument)
	_, err = table.DeleteMatching(ctx, nil)
	fails(t, err, dictdb.ErrInvalidArgument)
	fails(t, dictdb.Not(nil).Err(), dictdb.ErrInvalidArgument)
	fails(t, dictdb.And(nil).Err(), dictdb.ErrInvalidArgument)
	closed := dictdb.All()
	ok(t, closed.Close())
	_, err = table.DeleteMatching(ctx, closed)
	fails(t, err, dictdb.ErrInvalidHandle)
	same(t, must(table.Count(ctx, nil)), int64(5))

	fails(t, dictdb.Like("a", "%!", '!').Err(), dictdb.ErrParse)
	fails(t, dictdb.Like("a", "%", '!', '?').Err(), dictdb.ErrInvalidArgument)
	fails(t, dictdb.Eq("a", json.RawMessage("{")).Err(), dictdb.ErrInvalidJSON)
	fails(t, dictdb.Eq("a", "\xff").Err(), dictdb.ErrInvalidUTF8)
	for _, predicate := range []*dictdb.Predicate{dictdb.Eq("a", func() {}), dictdb.Between("a", 1, func() {}), dictdb.Between("a", func() {}, 1)} {
		if predicate.Err() == nil {
			t.Fatal("a value that is no JSON was taken")
		}
	}
	_, err = dictdb.Parse("?1 = pay")
	ok(t, err)
	_, err = must(dictdb.Parse("?1 = pay")).Bind()
	fails(t, err, dictdb.ErrInvalidArgument)
	_, err = table.DeleteMatching(ctx, must(dictdb.Parse("?1 = pay")))
	fails(t, err, dictdb.ErrInvalidArgument)
}

func TestQueries(t *testing.T) {
	table := newTable(t, staff)
	base := dictdb.Where("pay >= ?1")
	for _, test := range []struct {
		spec dictdb.Spec
		args []any
		want string
	}{
		{dictdb.Spec{}.Columns("name", "at.city").Limit(1), nil, `[{"name":"Ada","at.city":null}]`},
		{base.OrderBy("-pay", "name").Columns("name").Limit(2).Offset(1), []any{3}, `[{"name":"Ada"},{"name":"Cy"}]`},
		{base.Columns("name").As("city", "at.city").LimitParam(2).OffsetParam(3), []any{3, 1, 2}, `[{"name":"Cy","city":"Bern"}]`},
		{dictdb.Spec{}.Columns("dept").Distinct(), nil, `[{"dept":"IT"},{"dept":"HR"},{"dept":null}]`},
		{dictdb.Spec{}.GroupBy("dept").Aggregate("n", "count()").Aggregate("top", "max(pay)").OrderBy("-n", "top").Limit(2), nil,
			`[{"dept":"IT","n":3,"top":5},{"dept":null,"n":1,"top":2.5}]`},
		{base.Aggregate("sum", "sum(pay)"), []any{3}, `[{"sum":17}]`},
		{dictdb.Where("name IN ?1").Columns("name"), []any{[]string{"Bo", "Cy"}}, `[{"name":"Bo"},{"name":"Cy"}]`},
		{dictdb.SpecJSON(json.RawMessage(`{"where": "pay < 3", "columns": ["name"]}`)), nil, `[{"name":"ada"}]`},
		{dictdb.Spec{}.Limit(0), nil, `[]`},
		{dictdb.Spec{}.Limit(-1).Offset(4).Columns("name"), nil, `[{"name":"50%"}]`},
		{dictdb.Matching(dictdb.Eq("dept", "IT")).OrderBy("pay").Columns("name").Limit(1), nil, `[{"name":"Cy"}]`},
		{dictdb.Matching(dictdb.Eq("dept", "IT")).Where("pay < ?1").Columns("name"), []any{5}, `[{"name":"Cy"}]`},
		{dictdb.Matching(must(dictdb.Parse("pay = ?1"))).Columns("name"), []any{4}, `[{"name":"Cy"}]`},
		{dictdb.Matching(dictdb.Eq("dept", "IT")).Aggregate("n", "count()"), nil, `[{"n":3}]`},
		{dictdb.Matching(dictdb.Eq("dept", "IT")).LimitParam(1).Columns("name"), []any{1}, `[{"name":"Ada"}]`},
	} {
		query := must(dictdb.Compile(test.spec))
		for _, rows := range []dictdb.Source{test.spec, query} {
			text, count, err := table.SelectJSON(ctx, rows, test.args...)
			ok(t, err)
			same(t, string(text), test.want)
			same(t, must(table.Count(ctx, rows, test.args...)), count)
			appended, _, err := table.AppendSelect(ctx, []byte("> "), rows, test.args...)
			ok(t, err)
			same(t, string(appended), "> "+test.want)
			cursor := must(table.Cursor(ctx, rows, test.args...))
			if batch, _, err := cursor.NextBatch(0, 0); count > 0 {
				ok(t, err)
				same(t, string(batch), test.want)
			} else {
				fails(t, err, dictdb.ErrRecordNotFound)
			}
			ok(t, cursor.Close())
			must(table.Explain(ctx, rows, test.args...))
		}
		same(t, query.String(), test.spec.String())
		ok(t, query.Close())
	}
	same(t, must(dictdb.First[person](ctx, table, dictdb.Spec{}.OrderBy("-pay"))).Name, "Ada")
	_, err := dictdb.First[person](ctx, table, dictdb.Where("FALSE"))
	fails(t, err, dictdb.ErrRecordNotFound)
	_, err = dictdb.First[person](ctx, table, dictdb.Where("("))
	fails(t, err, dictdb.ErrParse)
	same(t, len(must(dictdb.Select[person](ctx, table, nil))), 5)
	same(t, must(table.Count(ctx, dictdb.Where("pay > ?1"), 4)), int64(2))
	same(t, dictdb.Spec{}.String(), "{}")
}

func TestSpecsDoNotShare(t *testing.T) {
	base := dictdb.Spec{}.Columns("a", "b", "c").OrderBy("a", "b", "c")
	first, second := base.Columns("x").OrderBy("x"), base.Columns("y").OrderBy("y")
	same(t, first.String(), `{"columns":{"a":"a","b":"b","c":"c","x":"x"},"order_by":["a","b","c","x"]}`)
	same(t, second.String(), `{"columns":{"a":"a","b":"b","c":"c","y":"y"},"order_by":["a","b","c","y"]}`)
	groups := dictdb.Spec{}.GroupBy("a", "b", "c").Aggregate("n", "count()").Aggregate("m", "max(a)").Aggregate("k", "min(a)")
	same(t, groups.GroupBy("x").Aggregate("s", "sum(a)").String() == groups.GroupBy("y").Aggregate("t", "sum(a)").String(), false)
}

func TestWhatIsWrongWithAQuery(t *testing.T) {
	table := newTable(t, staff)
	for _, test := range []struct {
		rows dictdb.Source
		args []any
		want error
	}{
		{dictdb.Where("pay >"), nil, dictdb.ErrParse},
		{dictdb.Spec{}.Aggregate("n", "median(pay)"), nil, dictdb.ErrParse},
		{dictdb.Spec{}.Columns("a").GroupBy("b"), nil, dictdb.ErrInvalidArgument},
		{dictdb.SpecJSON(json.RawMessage("[]")), nil, dictdb.ErrInvalidJSON},
		{dictdb.SpecJSON(json.RawMessage(`{"wher":""}`)), nil, dictdb.ErrInvalidArgument},
		{dictdb.Where("pay > ?1"), nil, dictdb.ErrInvalidArgument},
		{dictdb.Where("pay > ?1"), []any{1, 2}, dictdb.ErrInvalidArgument},
		{dictdb.Where("name = ?1"), []any{"\xff"}, dictdb.ErrInvalidUTF8},
		{dictdb.Where("pay > 99999999999999999999"), nil, dictdb.ErrNumberRange},
		{dictdb.Spec{}.Aggregate("s", "sum(name)"), nil, dictdb.ErrTypeMismatch},
		{dictdb.SpecJSON(json.RawMessage(`{"where":"TRUE"}`)).OrderBy("pay"), nil, dictdb.ErrInvalidArgument},
		{(*dictdb.Query)(nil), nil, dictdb.ErrInvalidArgument},
	} {
		_, err := dictdb.Select[person](ctx, table, test.rows, test.args...)
		fails(t, err, test.want)
	}
	defer func() { fails(t, recover().(error), dictdb.ErrParse) }()
	dictdb.MustCompile(dictdb.Where("("))
}

func TestWritesOnWhatMatches(t *testing.T) {
	table := newTable(t, staff)
	same(t, must(table.UpdateWhere(ctx, "dept = ?1", "pay = pay + ?2, tags = append(tags, ?1)", "IT", 10)), int64(3))
	same(t, names(t, table, dictdb.Where("pay > 10 AND tags CONTAINS 'IT'")), "[Ada Cy 50%]")
	same(t, must(table.UpdateMatching(ctx, dictdb.IsNull("dept"), map[string]any{"dept": "none"})), int64(1))
	same(t, must(table.DeleteMatching(ctx, dictdb.Eq("dept", "none"))), int64(1))
	same(t, must(table.DeleteWhere(ctx, "name = ?1", "Bo")), int64(1))
	raise := dictdb.MustCompileUpdate("name = ?1", "pay = pay + ?2")
	same(t, must(raise.Run(ctx, table, "Ada", 1)), int64(1))
	same(t, must(raise.Explain(ctx, table, "Ada", 1)).Access, "scan")
	same(t, rowsOf(t, table, dictdb.Where("name = 'Ada'").Columns("pay")), `[{"pay":16}]`)
	matching := must(dictdb.CompileUpdateMatching(must(dictdb.Parse("name = ?1")), "pay = ?2"))
	same(t, must(matching.Run(ctx, table, "Ada", 7)), int64(1))
	query := must(dictdb.Compile(dictdb.Where("name = ?1")))
	same(t, must(query.Delete(ctx, table, "50%")), int64(1))
	same(t, names(t, table, nil), "[Ada Cy]")

	_, err := query.Delete(ctx, table, "50%")
	fails(t, err, dictdb.ErrRecordNotFound)
	_, err = must(dictdb.Compile(dictdb.Spec{})).Delete(ctx, table)
	fails(t, err, dictdb.ErrInvalidArgument)
	_, err = table.UpdateWhere(ctx, "TRUE", "pay = name + 1")
	failure := fails(t, err, dictdb.ErrTypeMismatch)
	same(t, fact[string](t, failure, "field")+fmt.Sprint(fact[int](t, failure, "key")), "pay1")
	_, err = table.UpdateWhere(ctx, "TRUE", "pay == 1")
	same(t, fact[string](t, fails(t, err, dictdb.ErrParse), "parameter"), "set")
	_, err = table.UpdateWhere(ctx, "FALSE", "pay = 1")
	fails(t, err, dictdb.ErrRecordNotFound)
	_, err = table.UpdateWhere(ctx, "", "pay = 1")
	fails(t, err, dictdb.ErrParse)
	_, err = table.DeleteWhere(ctx, "")
	fails(t, err, dictdb.ErrParse)
	_, err = table.UpdateWhere(ctx, "TRUE", "pay = 1e308 * 10")
	fails(t, err, dictdb.ErrNumberRange)
	_, err = raise.Run(ctx, table)
	fails(t, err, dictdb.ErrInvalidArgument)
	_, err = dictdb.CompileUpdate("TRUE", "")
	fails(t, err, dictdb.ErrParse)
	defer func() { fails(t, recover().(error), dictdb.ErrParse) }()
	dictdb.MustCompileUpdate("(", "a = 1")
}

func TestRows(t *testing.T) {
	table := newTable(t, "")
	records := make([]person, 5000)
	for i := range records {
		records[i] = person{i + 1, fmt.Sprint("line\nend ", i), i % 7}
	}
	must(table.InsertMany(ctx, records))
	must(table.Insert(json.RawMessage("{\n\"id\": 5001,\r\n \"name\": \"spread\\nout\" }\n")))
	records = append(records, person{5001, "spread\nout", 0})
	// The loop's body writes, and the loop sees the table as it was.
	var got []person
	for row, err := range dictdb.Rows[person](ctx, table, nil) {
		ok(t, err)
		got = append(got, row)
		if len(got)%1000 == 0 {
			must(table.UpdateWhere(ctx, "TRUE", "age = coalesce(age, 0) + 1"))
		}
	}
	same(t, slices.Equal(got, records), true)
	count := 0
	for range dictdb.Rows[person](ctx, table, dictdb.Where("age >= 5")) {
		if count++; count == 40 {
			break
		}
	}
	same(t, must(table.Statistics()).Snapshots, int64(0))
	for _, err := range dictdb.Rows[person](ctx, table, dictdb.Where("age >")) {
		fails(t, err, dictdb.ErrParse)
		count++
	}
	for row, err := range dictdb.Rows[struct{ Name int }](ctx, table, nil) {
		if err == nil {
			t.Fatal(row)
		}
		count++
	}
	same(t, count, 42)
	func() {
		defer func() { recover() }()
		for range dictdb.Rows[person](ctx, table, nil) {
			panic("in the body")
		}
	}()
	same(t, must(table.Statistics()).Snapshots, int64(0))
}

func TestCursors(t *testing.T) {
	table := newTable(t, staff)
	cursor := must(table.Cursor(ctx, dictdb.Spec{}.Columns("name")))
	must(table.DeleteWhere(ctx, "TRUE"))
	same(t, string(must(cursor.Next())), `{"name":"Ada"}`)
	batch, count, err := cursor.NextBatch(2, 0)
	ok(t, err)
	same(t, fmt.Sprintln(string(batch), count), `[{"name":"Bo"},{"name":"Cy"}] 2`+"\n")
	batch, count, err = cursor.NextBatch(0, 1)
	ok(t, err)
	same(t, fmt.Sprintln(string(batch), count), `[{"name":"ada"}] 1`+"\n")
	must(cursor.Next())
	for range 2 {
		_, err = cursor.Next()
		fails(t, err, dictdb.ErrRecordNotFound)
		_, _, err = cursor.NextBatch(1, 1)
		fails(t, err, dictdb.ErrRecordNotFound)
	}
	_, _, err = cursor.NextBatch(-1, 0)
	fails(t, err, dictdb.ErrInvalidArgument)
	_, err = table.Cursor(ctx, dictdb.Where("("))
	fails(t, err, dictdb.ErrParse)
}
