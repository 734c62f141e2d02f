// Chat broadcaster in Go: two goroutines and a channel per member. Hello, Join (one room a
// connection) and Publish of proto/schemas/actornet/chat/v1/chat.proto; all else ends a connection.
// GOMAXPROCS comes from the environment.
package main

import (
	"flag"
	"fmt"
	"net"
	"os"
)

func main() {
	port := flag.Int("port", 0, "port on 127.0.0.1, 0 picks one")
	webSocket := flag.Bool("websocket", false, "speak WebSocket (gorilla)")
	flag.Parse()
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err == nil {
		scheme, serve := "tcp", serveTCP
		if *webSocket {
			scheme, serve = "ws", serveWebSocket
		}
		fmt.Printf("listening %s://%s\n", scheme, listener.Addr())
		err = serve(listener)
	}
	fmt.Fprintln(os.Stderr, "peer-chat-go:", err)
	os.Exit(1)
}
