package main

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"k8s.io/kms/pkg/service"
)

// nonceAnnotation holds the nonce, so that nothing decrypts without it.
const nonceAnnotation = "nonce.kms-plugin.test"

// The sizes that the API allows at most.
const (
	maxField       = 1 << 10
	maxAnnotations = 32 << 10
)

type plugin struct {
	folder string
}

var _ service.Service = (*plugin)(nil)

// begin records a call, and returns how it is to be answered.
func (p *plugin) begin(ctx context.Context, method, uid, keyID string) (control, error) {
	if err := recordCall(p.folder, method, uid, keyID); err != nil {
		return control{}, status.Error(codes.Internal, err.Error())
	}
	c, err := readControl(p.folder)
	if err != nil {
		return c, status.Error(codes.Internal, err.Error())
	}
	if c.Fault == hang {
		<-ctx.Done()
		return c, ctx.Err()
	}
	if c.Fault == denied && method != "Status" {
		return c, status.Error(codes.PermissionDenied, "the key may not be used")
	}
	return c, nil
}

func (p *plugin) Status(ctx context.Context) (*service.StatusResponse, error) {
	c, err := p.begin(ctx, "Status", "", "")
	if err != nil {
		return nil, err
	}
	response := &service.StatusResponse{Version: "v2", Healthz: "ok", KeyID: c.reportedKeyID()}
	switch c.Fault {
	case unhealthy:
		response.Healthz = "the key management service does not answer"
	case otherVersion:
		response.Version = "v3"
	}
	return response, nil
}

func (p *plugin) Encrypt(ctx context.Context, uid string, plaintext []byte) (*service.EncryptResponse, error) {
	c, err := p.begin(ctx, "Encrypt", uid, "")
	if err != nil {
		return nil, err
	}
	aead, err := p.aead(c.KeyID)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	rand.Read(nonce)
	response := &service.EncryptResponse{
		Ciphertext:  aead.Seal(nil, nonce, plaintext, []byte(c.KeyID)),
		KeyID:       c.reportedKeyID(),
		Annotations: map[string][]byte{nonceAnnotation: nonce},
	}
	switch c.Fault {
	case longCiphertext:
		response.Ciphertext = make([]byte, maxField+1)
	case emptyCiphertext:
		response.Ciphertext = nil
	case badAnnotationName:
		response.Annotations["no domain name"] = nonce
	case longAnnotations:
		response.Annotations["long.kms-plugin.test"] = make([]byte, maxAnnotations)
	}
	return response, nil
}

func (p *plugin) Decrypt(ctx context.Context, uid string, request *service.DecryptRequest) ([]byte, error) {
	c, err := p.begin(ctx, "Decrypt", uid, request.KeyID)
	if err != nil {
		return nil, err
	}
	nonce, ok := request.Annotations[nonceAnnotation]
	if !ok {
		return nil, status.Errorf(codes.InvalidArgument, "the annotation %s is missing", nonceAnnotation)
	}
	aead, err := p.aead(request.KeyID)
	if err != nil {
		return nil, err
	}
	if len(nonce) != aead.NonceSize() {
		return nil, status.Errorf(codes.InvalidArgument, "the annotation %s is not what Encrypt returned", nonceAnnotation)
	}
	plaintext, err := aead.Open(nil, nonce, request.Ciphertext, []byte(request.KeyID))
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, "the ciphertext, its key ID or its annotations were changed")
	}
	if c.Fault == otherPlaintext {
		rand.Read(plaintext)
	}
	return plaintext, nil
}

// reportedKeyID is the key ID as Status and Encrypt say it.
func (c control) reportedKeyID() string {
	switch c.Fault {
	case emptyKeyID:
		return ""
	case longKeyID:
		return strings.Repeat("k", maxField+1)
	default:
		return c.KeyID
	}
}

// aead is the cipher under the key keyID. Old keys decrypt as long as their files are there.
func (p *plugin) aead(keyID string) (cipher.AEAD, error) {
	if keyID == "" || keyID != filepath.Base(keyID) {
		return nil, status.Errorf(codes.InvalidArgument, "no key has the ID %q", keyID)
	}
	key, err := os.ReadFile(filepath.Join(p.folder, "keys", keyID))
	if err != nil {
		return nil, status.Errorf(codes.NotFound, "no key has the ID %q", keyID)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, status.Errorf(codes.Internal, "the key %q: %v", keyID, err)
	}
	return cipher.NewGCM(block)
}
