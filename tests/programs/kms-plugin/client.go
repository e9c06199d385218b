package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	kmsapi "k8s.io/kms/apis/v2"
)

// call sends one request, which is read as JSON, and prints the response as JSON.
func call(socket, method string, in io.Reader, out io.Writer) error {
	connection, err := grpc.NewClient("unix:"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer connection.Close()
	client := kmsapi.NewKeyManagementServiceClient(connection)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	var response proto.Message
	switch method {
	case "status":
		response, err = send(ctx, text, new(kmsapi.StatusRequest), client.Status)
	case "encrypt":
		response, err = send(ctx, text, new(kmsapi.EncryptRequest), client.Encrypt)
	case "decrypt":
		response, err = send(ctx, text, new(kmsapi.DecryptRequest), client.Decrypt)
	default:
		err = fmt.Errorf("unknown method %q", method)
	}
	if err != nil {
		return err
	}
	text, err = protojson.Marshal(response)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\n", text)
	return err
}

func send[Request, Response proto.Message](
	ctx context.Context,
	text []byte,
	request Request,
	method func(context.Context, Request, ...grpc.CallOption) (Response, error),
) (proto.Message, error) {
	if err := protojson.Unmarshal(text, request); err != nil {
		return nil, err
	}
	return method(ctx, request)
}
