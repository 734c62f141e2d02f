//go:build !gorilla

package main

import (
	"errors"
	"net"
)

func serveWebSocket(net.Listener) error {
	return errors.New("built without golang-github-gorilla-websocket-dev")
}
