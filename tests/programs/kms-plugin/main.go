// Kms-plugin is a KMS v2 plugin for tests, written with the library that Kubernetes has for such plugins. It encrypts with AES-GCM under
// keys in files.
//
//	kms-plugin serve FOLDER
//	kms-plugin call SOCKET status|encrypt|decrypt < request.json
//
// FOLDER holds control.json (see control.go), keys/ID for each key, calls.jsonl, and socket/kms.sock, where it serves: a client that
// is given the folder of the socket reaches none of the others. `call` is a client, which prints the response as JSON.
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"k8s.io/kms/pkg/service"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "kms-plugin:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "serve":
		return serve(args[1])
	case len(args) == 3 && args[0] == "call":
		return call(args[1], args[2], os.Stdin, os.Stdout)
	default:
		return errors.New("usage: kms-plugin serve FOLDER | kms-plugin call SOCKET status|encrypt|decrypt")
	}
}

func serve(folder string) error {
	socket := filepath.Join(folder, "socket", "kms.sock")
	// One that was killed leaves its socket behind.
	if err := os.Remove(socket); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	server := service.NewGRPCService(socket, 10*time.Second, &plugin{folder: folder})
	ended, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ended.Done()
		// Not Shutdown, which waits for calls that are never answered.
		server.Close()
	}()
	return server.ListenAndServe()
}
