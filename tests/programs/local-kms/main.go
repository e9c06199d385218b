// Local-kms serves the API of AWS KMS with the code of github.com/nsmithuk/local-kms, on loopback: that project's own program listens on
// all addresses.
//
//	local-kms ADDRESS REGION ACCOUNT FOLDER
//
// Keys are kept in FOLDER.
package main

import (
	"fmt"
	"net/http"
	"os"

	"github.com/nsmithuk/local-kms/src"
	"github.com/nsmithuk/local-kms/src/config"
	"github.com/nsmithuk/local-kms/src/data"
)

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: local-kms ADDRESS REGION ACCOUNT FOLDER")
		os.Exit(2)
	}
	address := os.Args[1]
	config.AWSRegion, config.AWSAccountId, config.DatabasePath = os.Args[2], os.Args[3], os.Args[4]
	database := data.NewDatabase(config.DatabasePath)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		src.HandleRequest(w, r, database)
	})
	if err := http.ListenAndServe(address, handler); err != nil {
		fmt.Fprintln(os.Stderr, "local-kms:", err)
		os.Exit(1)
	}
}
