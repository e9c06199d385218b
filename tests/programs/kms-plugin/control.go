package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// control is what control.json says. It is read for each call, so that a test changes it at any time by replacing the file.
type control struct {
	// KeyID names the key that encrypts, and is what Status says.
	KeyID string `json:"keyId"`
	// Fault says what is wrong with the answers: one of the constants below, or nothing.
	Fault string `json:"fault"`
}

const (
	// Status says that it is not healthy.
	unhealthy = "unhealthy"
	// Status says that it speaks another version of the API.
	otherVersion = "other-version"
	// No call is ever answered.
	hang = "hang"
	// Encrypt and Decrypt are refused, as when the rights to the key were taken away.
	denied = "denied"
	// Encrypt returns more than the 1 KiB that the API allows.
	longCiphertext = "long-ciphertext"
	// Encrypt returns no ciphertext.
	emptyCiphertext = "empty-ciphertext"
	// Encrypt and Status return no key ID.
	emptyKeyID = "empty-key-id"
	// Encrypt and Status return a key ID of more than the 1 KiB that the API allows.
	longKeyID = "long-key-id"
	// Encrypt returns an annotation whose name is no domain name.
	badAnnotationName = "bad-annotation-name"
	// Encrypt returns more than the 32 KiB of annotations that the API allows.
	longAnnotations = "long-annotations"
	// Decrypt returns other bytes than were encrypted.
	otherPlaintext = "other-plaintext"
)

func readControl(folder string) (control, error) {
	var c control
	text, err := os.ReadFile(filepath.Join(folder, "control.json"))
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("control.json: %w", err)
	}
	switch c.Fault {
	case "", unhealthy, otherVersion, hang, denied, longCiphertext, emptyCiphertext, emptyKeyID, longKeyID,
		badAnnotationName, longAnnotations, otherPlaintext:
		return c, nil
	default:
		return c, fmt.Errorf("control.json: unknown fault %q", c.Fault)
	}
}

// recordCall appends a line to calls.jsonl. The plugin does so before it answers.
func recordCall(folder, method, uid, keyID string) error {
	line, err := json.Marshal(map[string]string{"method": method, "uid": uid, "keyId": keyID})
	if err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(folder, "calls.jsonl"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.Write(append(line, '\n'))
	return err
}
