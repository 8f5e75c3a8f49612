package main

import (
	"bytes"
	"fmt"
)

// A lcg draws the numbers of the workload that all of the library's benchmarks have.
type lcg uint64

func (x *lcg) next() uint64 {
	*x = *x*6364136223846793005 + 1442695040888963407
	return uint64(*x >> 33)
}

var (
	depts = []string{"IT", "HR", "Sales", "Engineering", "Marketing", "Finance", "Legal", "Support"}
	tags  = []string{"alpha", "beta", "gamma", "delta", "eps", "zeta", "eta", "theta", "iota", "kappa", "lam", "mu", "nu", "xi", "omi", "pi"}
)

// A User is a record of the workload.
type User struct {
	ID     int      `json:"id"`
	Name   string   `json:"name"`
	Age    int      `json:"age"`
	Dept   string   `json:"dept"`
	Email  string   `json:"email"`
	Salary float64  `json:"salary"`
	Active bool     `json:"active"`
	Tags   []string `json:"tags"`
}

// makeUsers makes the records, as structs and as lines of JSON.
func makeUsers(count int) (users []User, lines []byte) {
	random := lcg(42)
	var out bytes.Buffer
	for i := 1; i <= count; i++ {
		u := User{ID: i, Name: fmt.Sprint("User ", i), Email: fmt.Sprintf("user%d@example.com", i)}
		u.Age = int(18 + random.next()%60)
		u.Dept = depts[random.next()%8]
		cents := 3000000 + random.next()%12000001
		u.Salary = float64(cents) / 100
		u.Active = random.next()%2 == 1
		u.Tags = []string{tags[random.next()%16], tags[random.next()%16]}
		users = append(users, u)
		fmt.Fprintf(&out, `{"id":%d,"name":%q,"age":%d,"dept":%q,"email":%q,"salary":%d.%02d,"active":%t,"tags":[%q,%q]}`+"\n",
			u.ID, u.Name, u.Age, u.Dept, u.Email, cents/100, cents%100, u.Active, u.Tags[0], u.Tags[1])
	}
	return users, out.Bytes()
}

// makeKeys draws keys of records.
func makeKeys(records, count int) []int64 {
	random := lcg(7)
	keys := make([]int64, count)
	for i := range keys {
		keys[i] = int64(1 + random.next()%uint64(records))
	}
	return keys
}

// arrays makes JSON arrays of so many lines each, one on a line.
func arrays(lines []byte, size int) []byte {
	var out bytes.Buffer
	for i, line := range bytes.Split(bytes.TrimSuffix(lines, []byte("\n")), []byte("\n")) {
		switch {
		case i == 0:
			out.WriteByte('[')
		case i%size == 0:
			out.WriteString("]\n[")
		default:
			out.WriteByte(',')
		}
		out.Write(line)
	}
	out.WriteString("]\n")
	return out.Bytes()
}
