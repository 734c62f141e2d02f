package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
)

const (
	frameMax  = 64 << 10
	outputMax = 64 << 10 // of one write
)

// serveTCP: delimited frames. A goroutine reads, another writes all that is queued at once.
func serveTCP(listener net.Listener) error {
	rooms := newHub(func(event []byte) []byte {
		return append(binary.AppendUvarint(make([]byte, 0, len(event)+3), uint64(len(event))), event...)
	})
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		who := &member[[]byte]{queue: make(chan []byte, queueMax), close: func() { connection.Close() }}
		done := make(chan struct{})
		go writeTCP(connection, who.queue, done)
		go func() {
			readTCP(connection, rooms, who)
			rooms.leave(who)
			close(done)
			connection.Close()
		}()
	}
}

func readTCP(connection net.Conn, rooms *hub[[]byte], who *member[[]byte]) {
	reader := bufio.NewReader(connection)
	var frame []byte
	for {
		size, err := binary.ReadUvarint(reader)
		if err != nil || size > frameMax {
			return
		}
		if uint64(cap(frame)) < size {
			frame = make([]byte, size)
		}
		if _, err := io.ReadFull(reader, frame[:size]); err != nil {
			return
		}
		if rooms.take(who, frame[:size]) != nil {
			return
		}
	}
}

func writeTCP(connection net.Conn, queue <-chan []byte, done <-chan struct{}) {
	var output []byte
	for {
		select {
		case first := <-queue:
			output = append(output[:0], first...)
		case <-done:
			return
		}
		for more := true; more && len(output) < outputMax; {
			select {
			case next := <-queue:
				output = append(output, next...)
			default:
				more = false
			}
		}
		if _, err := connection.Write(output); err != nil {
			connection.Close()
			return
		}
	}
}
