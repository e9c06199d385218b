// Says what Argo CD and Flux make of objects: Argo CD's rules are its own Lua files, run by the Lua machine that it uses
// itself; Flux's are its kstatus library, and its evaluator of CEL expressions.
//
//	health EXPRESSIONS NAME=RULE.lua… < OBJECTS
//
// EXPRESSIONS are JSON: one entry of a Kustomization's healthCheckExprs.
// OBJECTS are JSON, one after the other. For each, one line of JSON comes out: a verdict for each NAME, and for "kstatus"
// and "cel".
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"github.com/fluxcd/pkg/apis/kustomize"
	"github.com/fluxcd/pkg/runtime/cel"
	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	luajson "layeh.com/gopher-json"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(args []string, objects io.Reader, verdicts io.Writer) error {
	if len(args) == 0 {
		return errors.New("write EXPRESSIONS NAME=RULE.lua…")
	}
	var expressions kustomize.HealthCheckExpressions
	if err := json.Unmarshal([]byte(args[0]), &expressions); err != nil {
		return fmt.Errorf("EXPRESSIONS: %w", err)
	}
	rules := map[string]string{}
	for _, arg := range args[1:] {
		name, path, ok := strings.Cut(arg, "=")
		if !ok {
			return fmt.Errorf("%q: write NAME=RULE.lua", arg)
		}
		rule, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rules[name] = string(rule)
	}
	evaluator, err := cel.NewStatusEvaluator(&expressions)
	if err != nil {
		return err
	}
	in := json.NewDecoder(objects)
	out := json.NewEncoder(verdicts)
	for {
		var raw json.RawMessage
		if err := in.Decode(&raw); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		verdict, err := judge(raw, rules, evaluator)
		if err != nil {
			return err
		}
		if err := out.Encode(verdict); err != nil {
			return err
		}
	}
}

func judge(raw json.RawMessage, rules map[string]string, evaluator *cel.StatusEvaluator) (map[string]string, error) {
	verdict := map[string]string{}
	for name, rule := range rules {
		health, err := evaluate(rule, raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		verdict[name] = health
	}
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(raw); err != nil {
		return nil, err
	}
	computed, err := status.Compute(object)
	if err != nil {
		return nil, fmt.Errorf("kstatus: %w", err)
	}
	verdict["kstatus"] = computed.Status.String()
	// As Flux's reader of statuses: what cannot be evaluated, because a field is not there, is unknown.
	verdict["cel"] = status.UnknownStatus.String()
	if evaluated, err := evaluator.Evaluate(context.Background(), object); err == nil {
		verdict["cel"] = evaluated.Status.String()
	}
	return verdict, nil
}

// evaluate runs a health rule as Argo CD does: the object is the global `obj`, the answer a table with a status. A rule that
// says nothing of the status means that things are under way.
func evaluate(rule string, raw json.RawMessage) (string, error) {
	machine := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer machine.Close()
	for _, open := range []lua.LGFunction{lua.OpenBase, lua.OpenTable, lua.OpenString, lua.OpenMath} {
		open(machine)
	}
	machine.SetTop(0)
	object, err := luajson.Decode(machine, raw)
	if err != nil {
		return "", err
	}
	machine.SetGlobal("obj", object)
	if err := machine.DoString(rule); err != nil {
		return "", err
	}
	health, ok := machine.Get(-1).(*lua.LTable)
	if !ok {
		return "", errors.New("the rule answered with something else than a table")
	}
	if answer, ok := health.RawGetString("status").(lua.LString); ok {
		return string(answer), nil
	}
	return "Progressing", nil
}
