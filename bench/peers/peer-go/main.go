// Echo server on Go's net package: one goroutine per connection, buffered reader and writer,
// flushed when nothing is buffered. GOMAXPROCS comes from the environment.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"net"
	"os"
)

func echo(connection net.Conn) {
	defer connection.Close()
	reader := bufio.NewReader(connection)
	writer := bufio.NewWriter(connection)
	for {
		if _, err := reader.Peek(1); err != nil { // waits for input
			return
		}
		chunk, _ := reader.Peek(reader.Buffered())
		if _, err := writer.Write(chunk); err != nil {
			return
		}
		reader.Discard(len(chunk))
		if reader.Buffered() == 0 {
			if err := writer.Flush(); err != nil {
				return
			}
		}
	}
}

func main() {
	port := flag.Int("port", 0, "port on 127.0.0.1, 0 picks one")
	flag.Parse()
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		fmt.Fprintln(os.Stderr, "peer-go:", err)
		os.Exit(1)
	}
	fmt.Printf("listening tcp://%s\n", listener.Addr())
	for {
		connection, err := listener.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, "peer-go:", err)
			os.Exit(1)
		}
		go echo(connection)
	}
}
