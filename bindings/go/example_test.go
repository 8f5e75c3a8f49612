package dictdb_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"dictdb"
)

type User struct {
	ID   int    `json:"id,omitzero"`
	Name string `json:"name"`
	Age  int    `json:"age,omitempty"`
}

// openUsers makes a database with three users.
func openUsers() (*dictdb.DB, *dictdb.Table) {
	db := must(dictdb.New())
	users := must(db.CreateTable("users", dictdb.TableOptions{}))
	must(users.InsertMany(context.Background(), []User{{Name: "Ada", Age: 36}, {Name: "Kurt", Age: 17}, {Name: "Grace", Age: 85}}))
	return db, users
}

func Example() {
	db, err := dictdb.New()
	if err != nil {
		panic(err)
	}
	defer db.Close()
	users, err := db.CreateTable("users", dictdb.TableOptions{})
	if err != nil {
		panic(err)
	}
	key, err := users.Insert(User{Name: "Ada", Age: 36})
	if err != nil {
		panic(err)
	}
	ada, err := dictdb.Get[User](users, key)
	fmt.Println(ada, err)
	// Output: {1 Ada 36} <nil>
}

func ExampleSelect() {
	db, users := openUsers()
	defer db.Close()
	adults, err := dictdb.Select[User](context.Background(), users, dictdb.Where("age >= ?1").OrderBy("-age").Limit(10), 18)
	fmt.Println(adults, err)
	// Output: [{3 Grace 85} {1 Ada 36}] <nil>
}

func ExampleRows() {
	db, users := openUsers()
	defer db.Close()
	for user, err := range dictdb.Rows[User](context.Background(), users, dictdb.Where("age >= ?1"), 18) {
		if err != nil {
			panic(err)
		}
		fmt.Println(user.Name)
	}
	// Output:
	// Ada
	// Grace
}

func ExampleSpec_Aggregate() {
	db, users := openUsers()
	defer db.Close()
	type group struct {
		Adult bool
		Users int
		Mean  float64
	}
	if _, err := users.UpdateWhere(context.Background(), "age >= 18", "adult = true"); err != nil {
		panic(err)
	}
	groups, err := dictdb.Select[group](context.Background(), users,
		dictdb.Spec{}.GroupBy("adult").Aggregate("users", "count()").Aggregate("mean", "avg(age)"))
	fmt.Println(groups, err)
	// Output: [{true 2 60.5} {false 1 17}] <nil>
}

func ExampleGet() {
	db, users := openUsers()
	defer db.Close()
	_, err := dictdb.Get[User](users, dictdb.Int(4))
	fmt.Println(errors.Is(err, dictdb.ErrRecordNotFound))
	// Output: true
}

func ExampleError_Fact() {
	db, users := openUsers()
	defer db.Close()
	_, err := users.InsertMany(context.Background(), []User{{Name: "Alan"}, {ID: 2, Name: "Emmy"}})
	var failure *dictdb.Error
	var index int
	if errors.As(err, &failure) && failure.Fact("index", &index) {
		fmt.Println(failure.Status.String(), "of record", index)
	}
	// Output: DUPLICATE_KEY of record 1
}

func ExampleTable_UpdateWhere() {
	db, users := openUsers()
	defer db.Close()
	count, err := users.UpdateWhere(context.Background(), "age < ?1", "age = age + ?2, minor = true", 18, 1)
	fmt.Println(count, err)
	kurt, err := users.GetJSON(dictdb.Int(2))
	fmt.Println(string(kurt), err)
	// Output:
	// 1 <nil>
	// {"name":"Kurt","age":18,"id":2,"minor":true} <nil>
}

func ExampleCompile() {
	db, users := openUsers()
	defer db.Close()
	older := dictdb.MustCompile(dictdb.Where("age > ?1").OrderBy("age").Columns("name"))
	defer older.Close()
	for _, age := range []int{20, 80} {
		rows, count, err := users.SelectJSON(context.Background(), older, age)
		fmt.Println(string(rows), count, err)
	}
	// Output:
	// [{"name":"Ada"},{"name":"Grace"}] 2 <nil>
	// [{"name":"Grace"}] 1 <nil>
}

func ExampleAnd() {
	db, users := openUsers()
	defer db.Close()
	predicate := dictdb.And(dictdb.Ge("age", 18), dictdb.Not(dictdb.StartsWith("name", "G")))
	rows, err := dictdb.Select[User](context.Background(), users, dictdb.Matching(predicate))
	fmt.Println(predicate)
	fmt.Println(rows, err)
	// Output:
	// age >= 18 AND name NOT STARTS WITH "G"
	// [{1 Ada 36}] <nil>
}

func ExampleDB_Batch() {
	db, users := openUsers()
	defer db.Close()
	results, err := db.Batch(context.Background(),
		dictdb.Operation{Insert: "users", Record: User{Name: "Alan"}},
		dictdb.Operation{Update: "users", Where: "name = ?1 AND age >= ?2", Set: "age = age - ?2", Params: []any{"Ada", 30}})
	fmt.Println(results[0].Key, results[1].Count, err)
	ada, err := dictdb.Get[User](users, dictdb.Int(1))
	fmt.Println(ada, err)
	// Output:
	// 4 1 <nil>
	// {1 Ada 6} <nil>
}

func ExampleTable_Snapshot() {
	db, users := openUsers()
	defer db.Close()
	before, err := users.Snapshot()
	if err != nil {
		panic(err)
	}
	defer before.Close()
	if err := users.Delete(dictdb.Int(1)); err != nil {
		panic(err)
	}
	ada, err := dictdb.Get[User](before, dictdb.Int(1))
	fmt.Println(ada, err)
	// Output: {1 Ada 36} <nil>
}

func ExampleWatch_Changes() {
	db, users := openUsers()
	defer db.Close()
	watch, err := users.Watch(dictdb.WatchOptions{})
	if err != nil {
		panic(err)
	}
	defer watch.Close()
	go func() {
		users.Delete(dictdb.Int(2))
		users.Insert(User{Name: "Alan"})
	}()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	seen := 0
	for change, err := range watch.Changes(ctx, 0) {
		if err != nil {
			panic(err)
		}
		fmt.Println(change.Operation, change.Key)
		if seen++; seen == 2 {
			break
		}
	}
	// Output:
	// delete 2
	// insert 4
}

func ExampleTable_Count_cancelled() {
	db, users := openUsers()
	defer db.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := users.Count(ctx, dictdb.Where("name LIKE '%a%'"))
	fmt.Println(errors.Is(err, context.Canceled), errors.Is(err, dictdb.ErrCancelled))
	// Output: true true
}

func ExampleTable_Limited() {
	db, users := openUsers()
	defer db.Close()
	limited, err := users.Limited(nil, 30*time.Second) // for each call
	if err != nil {
		panic(err)
	}
	defer limited.Close()
	fmt.Println(limited.Count(context.Background(), nil))
	// Output: 3 <nil>
}

func ExampleDB_Save() {
	db, _ := openUsers()
	defer db.Close()
	dir, err := os.MkdirTemp("", "dictdb")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "users.json")
	if err := db.Save(context.Background(), path, dictdb.JSONFormat); err != nil {
		panic(err)
	}
	loaded, err := dictdb.Load(context.Background(), path)
	if err != nil {
		panic(err)
	}
	defer loaded.Close()
	fmt.Println(loaded.Tables())
	// Output: [users] <nil>
}

func ExampleSetLogger() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, attr slog.Attr) slog.Attr {
			if attr.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return attr
		},
	}))
	if err := dictdb.SetLogger(logger, dictdb.LogOptions{Level: slog.LevelInfo}); err != nil {
		panic(err)
	}
	db := must(dictdb.New())
	defer db.Close()
	must(db.CreateTable("users", dictdb.TableOptions{}))
	if err := dictdb.SetLogger(nil, dictdb.LogOptions{}); err != nil {
		panic(err)
	}
	// Output: level=INFO msg="table created" table=users
}

func ExampleSchema() {
	db := must(dictdb.New())
	defer db.Close()
	users, err := db.CreateTable("users", dictdb.TableOptions{Schema: dictdb.Schema{
		{Name: "name", Type: dictdb.StrType},
		{Name: "age", Type: dictdb.IntType, Nullable: true},
		{Name: "role", Type: dictdb.StrType, Default: "guest"},
	}})
	if err != nil {
		panic(err)
	}
	key, err := users.Insert(json.RawMessage(`{"name": "Ada"}`))
	fmt.Println(key, err)
	_, err = users.Insert(json.RawMessage(`{"name": 5}`))
	fmt.Println(err)
	// Output:
	// 1 <nil>
	// dictdb: field "name": expected str, found int
}
