//go:build gorilla

package main

import (
	"net"
	"net/http"

	"github.com/gorilla/websocket"
)

// A corked connection keeps what is written until it is uncorked: gorilla writes each message by
// itself. Only the writing goroutine uses `output`, once the handshake is over.
type corkedConn struct {
	net.Conn
	corked bool
	output []byte
}

func (c *corkedConn) Write(bytes []byte) (int, error) {
	if !c.corked {
		return c.Conn.Write(bytes)
	}
	c.output = append(c.output, bytes...)
	return len(bytes), nil
}

func (c *corkedConn) flush() error {
	_, err := c.Conn.Write(c.output)
	c.output = c.output[:0]
	return err
}

type corkedListener struct{ net.Listener }

func (l corkedListener) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &corkedConn{Conn: connection}, nil
}

// serveWebSocket: binary messages at any path. A goroutine reads, another writes all that is queued
// at once; an event is framed once for all who get it.
func serveWebSocket(listener net.Listener) error {
	rooms := newHub(func(event []byte) *websocket.PreparedMessage {
		prepared, err := websocket.NewPreparedMessage(websocket.BinaryMessage, event)
		if err != nil {
			panic(err)
		}
		return prepared
	})
	return http.Serve(corkedListener{listener}, http.HandlerFunc(
		func(response http.ResponseWriter, request *http.Request) {
			upgrader := websocket.Upgrader{
				Subprotocols: websocket.Subprotocols(request),
				CheckOrigin:  func(*http.Request) bool { return true },
			}
			if connection, err := upgrader.Upgrade(response, request, nil); err == nil {
				meet(connection, rooms)
			}
		}))
}

func meet(connection *websocket.Conn, rooms *hub[*websocket.PreparedMessage]) {
	who := &member[*websocket.PreparedMessage]{
		queue: make(chan *websocket.PreparedMessage, queueMax),
		close: func() { connection.Close() },
	}
	done := make(chan struct{})
	go writeWebSocket(connection, who.queue, done)
	defer func() {
		rooms.leave(who)
		close(done)
		connection.Close()
	}()
	connection.SetReadLimit(frameMax)
	// Their answers would be written by this goroutine.
	connection.SetPingHandler(func(string) error { return nil })
	connection.SetCloseHandler(func(int, string) error { return nil })
	for {
		_, data, err := connection.ReadMessage()
		if err != nil || rooms.take(who, data) != nil {
			return
		}
	}
}

func writeWebSocket(connection *websocket.Conn, queue <-chan *websocket.PreparedMessage,
	done <-chan struct{}) {
	corked := connection.UnderlyingConn().(*corkedConn)
	corked.corked = true
	for {
		var next *websocket.PreparedMessage
		select {
		case next = <-queue:
		case <-done:
			return
		}
		for next != nil {
			if connection.WritePreparedMessage(next) != nil {
				return
			}
			next = nil
			if len(corked.output) < outputMax {
				select {
				case next = <-queue:
				default:
				}
			}
		}
		if corked.flush() != nil {
			connection.Close()
			return
		}
	}
}
