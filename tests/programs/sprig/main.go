// Renders every case of a corpus with Go's own text/template and sprig, as upstream's controller does, and writes what
// came of each, and beside them the names of all functions there are. crates/template is held to the result; see
// crates/template/tests/corpus/README.md.
//
//	go run . ../../../crates/template/tests/corpus
package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"
)

// A case of a corpus file.
type testCase struct {
	name, text string
	values     map[string]string
}

func main() {
	// The controllers run in containers, whose local time is UTC.
	time.Local = time.UTC
	if len(os.Args) != 2 {
		fail(fmt.Errorf("usage: sprig CORPUS-DIRECTORY"))
	}
	files, err := filepath.Glob(filepath.Join(os.Args[1], "*.cases"))
	if err != nil {
		fail(err)
	}
	for _, file := range files {
		if err := renderFile(file); err != nil {
			fail(fmt.Errorf("%s: %w", file, err))
		}
	}
	if err := listFunctions(filepath.Join(os.Args[1], "functions.list")); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func renderFile(file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	cases, err := parse(string(content))
	if err != nil {
		return err
	}
	var out strings.Builder
	for _, c := range cases {
		rendered, err := render(c)
		if err != nil {
			fmt.Fprintf(&out, "%s\terror\n", escape(c.name))
			fmt.Fprintf(os.Stderr, "%s: %s: %v\n", filepath.Base(file), c.name, err)
		} else {
			fmt.Fprintf(&out, "%s\tok\t%s\n", escape(c.name), escape(rendered))
		}
	}
	return os.WriteFile(strings.TrimSuffix(file, ".cases")+".expected", []byte(out.String()), 0o644)
}

// Writes the names of all of sprig's functions and of Go's own, sorted, one a line.
func listFunctions(file string) error {
	names, err := builtins()
	if err != nil {
		return err
	}
	for name := range sprig.GenericFuncMap() {
		names[name] = true
	}
	sorted := slices.Sorted(maps.Keys(names))
	return os.WriteFile(file, []byte(strings.Join(sorted, "\n")+"\n"), 0o644)
}

// Go does not list the names of its own functions, so they are read from its source. Each is then parsed,
// to see that it is one.
func builtins() (map[string]bool, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	path := filepath.Join(strings.TrimSpace(string(root)), "src/text/template/funcs.go")
	source, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, declared := range source.Decls {
		function, ok := declared.(*ast.FuncDecl)
		if !ok || function.Recv != nil || function.Name.Name != "builtins" {
			continue
		}
		ast.Inspect(function, func(node ast.Node) bool {
			if pair, ok := node.(*ast.KeyValueExpr); ok {
				if key, ok := pair.Key.(*ast.BasicLit); ok && key.Kind == token.STRING {
					names[strings.Trim(key.Value, `"`)] = true
				}
			}
			return true
		})
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s: no functions found", path)
	}
	for name := range names {
		if _, err := template.New("").Parse("{{ " + name + " }}"); err != nil {
			return nil, fmt.Errorf("%s is no function of Go's: %w", name, err)
		}
	}
	return names, nil
}

// The same function map as upstream's, made the same way.
func render(c testCase) (rendered string, err error) {
	functions := sprig.GenericFuncMap()
	for _, name := range []string{"env", "expandenv", "getHostByName"} {
		delete(functions, name)
	}
	parsed, err := template.New(c.name).Funcs(functions).Parse(c.text)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, c.values); err != nil {
		return "", err
	}
	return out.String(), nil
}

// Lines of a corpus file: "# comment", "@ key = value" (for the cases that follow; "@" alone forgets all values),
// ": template" (one line, which is its own name), "=== name" (the lines that follow, to the next of these marks, are the
// template; the last newline is not part of it).
func parse(content string) ([]testCase, error) {
	var cases []testCase
	values := map[string]string{}
	var open *testCase
	var body []string
	finish := func() {
		if open != nil {
			open.text = strings.Join(body, "\n")
			cases = append(cases, *open)
			open, body = nil, nil
		}
	}
	for number, line := range strings.Split(strings.TrimSuffix(content, "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "=== "):
			finish()
			open = &testCase{name: line[4:], values: values}
		case strings.HasPrefix(line, ": "):
			finish()
			cases = append(cases, testCase{name: line[2:], text: line[2:], values: values})
		case line == "@":
			finish()
			values = map[string]string{}
		case strings.HasPrefix(line, "@ "):
			finish()
			key, value, found := strings.Cut(line[2:], " = ")
			if !found {
				return nil, fmt.Errorf("line %d: want @ key = value", number+1)
			}
			next := map[string]string{}
			for k, v := range values {
				next[k] = v
			}
			next[key] = unescape(value)
			values = next
		case open != nil:
			body = append(body, line)
		case line == "" || strings.HasPrefix(line, "#"):
		default:
			return nil, fmt.Errorf("line %d: not a mark, and in no case", number+1)
		}
	}
	finish()
	return cases, nil
}

// Printable ASCII stands for itself, except the backslash; \n is a newline, and any other byte is \xNN.
func escape(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case b == '\\':
			out.WriteString(`\\`)
		case b == '\n':
			out.WriteString(`\n`)
		case b < ' ' || b > '~':
			fmt.Fprintf(&out, `\x%02x`, b)
		default:
			out.WriteByte(b)
		}
	}
	return out.String()
}

func unescape(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			out.WriteByte(text[i])
			continue
		}
		i++
		switch text[i] {
		case 'n':
			out.WriteByte('\n')
		case 'x':
			var b byte
			if i+2 < len(text) {
				fmt.Sscanf(text[i+1:i+3], "%02x", &b)
				i += 2
			}
			out.WriteByte(b)
		default:
			out.WriteByte(text[i])
		}
	}
	return out.String()
}
