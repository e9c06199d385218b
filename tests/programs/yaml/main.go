// Reads texts from standard input, as a JSON list of strings, and writes a JSON list of what two YAML readers of Kubernetes make
// of each text: its documents, or an error. tests/yaml_edit holds crates/yaml-edit-in-place to the result.
//
// kubectl is the decoder that kubectl, helm and Argo CD read manifests with, on sigs.k8s.io/yaml and so on yaml/v2.
// kustomize is yaml/v3, which kustomize and Flux read with.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
	kubernetes "k8s.io/apimachinery/pkg/util/yaml"
)

// As serde writes a Rust Result.
type outcome struct {
	Ok  []any   `json:",omitzero"`
	Err *string `json:",omitempty"`
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	var texts []string
	if err := json.NewDecoder(in).Decode(&texts); err != nil {
		return err
	}
	readings := make([]map[string]outcome, 0, len(texts))
	for _, text := range texts {
		readings = append(readings, map[string]outcome{
			"kubectl":   all(kubernetes.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096).Decode),
			"kustomize": all(yamlv3.NewDecoder(strings.NewReader(text)).Decode),
		})
	}
	return json.NewEncoder(out).Encode(readings)
}

// all decodes every document.
func all(decode func(any) error) outcome {
	documents := []any{}
	for {
		var document any
		err := decode(&document)
		if errors.Is(err, io.EOF) {
			return outcome{Ok: documents}
		}
		if err == nil {
			document = withTextKeys(document)
			_, err = json.Marshal(document)
		}
		if err != nil {
			message := fmt.Sprintf("document %d: %v", len(documents)+1, err)
			return outcome{Err: &message}
		}
		documents = append(documents, document)
	}
}

// withTextKeys makes text of the keys of maps, which yaml/v3 reads as numbers and the like.
func withTextKeys(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, entry := range value {
			value[key] = withTextKeys(entry)
		}
	case map[any]any:
		texts := make(map[string]any, len(value))
		for key, entry := range value {
			texts[fmt.Sprint(key)] = withTextKeys(entry)
		}
		return texts
	case []any:
		for index, entry := range value {
			value[index] = withTextKeys(entry)
		}
	}
	return value
}
