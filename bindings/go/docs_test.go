package dictdb_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// Every public name is described, and is found in the package's documentation under its name.
func TestEveryPublicNameIsDescribed(t *testing.T) {
	files := token.NewFileSet()
	packages, err := parser.ParseDir(files, ".", nil, parser.ParseComments)
	ok(t, err)
	var all []*ast.File
	for _, file := range packages["dictdb"].Files {
		all = append(all, file)
	}
	for _, file := range packages["dictdb_test"].Files {
		all = append(all, file)
	}
	p, err := doc.NewFromFiles(files, all, "dictdb")
	ok(t, err)
	described := func(name, text string) {
		if !strings.HasPrefix(text, name[strings.LastIndex(name, ".")+1:]+" ") && !strings.HasPrefix(text, "A ") && !strings.HasPrefix(text, "An ") {
			t.Errorf("%s is described as %q", name, text)
		}
	}
	values := func(groups []*doc.Value) {
		for _, group := range groups {
			if group.Doc == "" {
				t.Errorf("%v are not described", group.Names)
			}
		}
	}
	functions := func(of string, functions []*doc.Func) {
		for _, f := range functions {
			described(of+f.Name, f.Doc)
		}
	}
	values(p.Consts)
	values(p.Vars)
	functions("", p.Funcs)
	count := len(p.Funcs)
	for _, typ := range p.Types {
		described(typ.Name, typ.Doc)
		values(typ.Consts)
		values(typ.Vars)
		functions("", typ.Funcs)
		functions(typ.Name+".", typ.Methods)
		count += len(typ.Methods) + len(typ.Funcs)
	}
	if count < 100 {
		t.Fatalf("only %d functions were found", count)
	}
	examples := len(p.Examples)
	for _, f := range p.Funcs {
		examples += len(f.Examples)
	}
	for _, typ := range p.Types {
		examples += len(typ.Examples)
		for _, f := range append(typ.Funcs, typ.Methods...) {
			examples += len(f.Examples)
		}
	}
	if examples < 15 {
		t.Errorf("the documentation shows only %d examples", examples)
	}
}
