package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

var serverPrograms = []program{
	{"echo_server", echoServer},
	{"read_deadline", readDeadline},
	{"traced_listener", tracedListenerServer},
	{"graceful_shutdown", gracefulShutdown},
	{"news_server", newsServer},
}

// listen is what rt.listen and run_main do of themselves: it says where it listens, and closes the
// listener at SIGTERM.
func listen() net.Listener {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println("listening tcp://" + listener.Addr().String())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-signals
		listener.Close()
	}()
	return listener
}

// [echo]
func echo(peer net.Conn) {
	defer peer.Close()
	buffer := make([]byte, 1024)
	for {
		n, err := peer.Read(buffer)
		if err != nil {
			return
		}
		if _, err := peer.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func serve(listener net.Listener, handle func(net.Conn)) {
	for {
		peer, err := listener.Accept()
		if err != nil {
			return
		}
		handle(peer)
	}
}

func echoServer() {
	serve(listen(), func(peer net.Conn) { go echo(peer) })
}

// [/echo]

// [read-deadline]
func impatient(peer net.Conn) {
	defer peer.Close()
	peer.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	buffer := make([]byte, 1024)
	for {
		n, err := peer.Read(buffer)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			io.WriteString(peer, "still there?\n")
			peer.SetReadDeadline(time.Time{}) // from here on it is patient
			continue
		}
		if err != nil {
			return
		}
		peer.Write(buffer[:n])
	}
}

func readDeadline() {
	serve(listen(), func(peer net.Conn) { go impatient(peer) })
}

// [/read-deadline]

// [traced-listener]
type tracedListener struct{ net.Listener }

func (l tracedListener) Accept() (net.Conn, error) {
	peer, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	fmt.Println("opened")
	return &tracedConn{Conn: peer, reason: "connection closed by this side"}, nil
}

type tracedConn struct {
	net.Conn
	reason string
}

func (c *tracedConn) Read(into []byte) (int, error) {
	n, err := c.Conn.Read(into)
	if err == io.EOF {
		c.reason = "the peer ended the stream"
	} else if err != nil {
		c.reason = "connection reset by the peer"
	}
	return n, err
}

func (c *tracedConn) Close() error {
	fmt.Println("closed:", c.reason)
	return c.Conn.Close()
}

func tracedListenerServer() {
	serve(tracedListener{listen()}, func(peer net.Conn) { go echo(peer) })
}

// [/traced-listener]

// [graceful-shutdown]
type server struct {
	sync.Mutex
	closing bool
	peers   map[net.Conn]bool
	all     sync.WaitGroup
}

func (s *server) handle(peer net.Conn) {
	defer s.all.Done()
	s.Lock()
	s.peers[peer] = true
	if s.closing {
		peer.SetReadDeadline(time.Now())
	}
	s.Unlock()
	answerSlowly(peer) // a deadline that has passed ends it between two requests
	s.Lock()
	delete(s.peers, peer)
	s.Unlock()
}

func (s *server) shutdown() {
	s.Lock()
	s.closing = true
	for peer := range s.peers {
		peer.SetReadDeadline(time.Now())
	}
	s.Unlock()
	s.all.Wait()
}

func answerSlowly(peer net.Conn) {
	defer peer.Close()
	request := make([]byte, 1024)
	for {
		if _, err := peer.Read(request); err != nil {
			return
		}
		io.WriteString(peer, "working\n")
		time.Sleep(50 * time.Millisecond)
		io.WriteString(peer, "done\n")
	}
}

func gracefulShutdown() {
	s := &server{peers: map[net.Conn]bool{}}
	serve(listen(), func(peer net.Conn) {
		s.all.Add(1)
		go s.handle(peer)
	})
	s.shutdown()
}

// [/graceful-shutdown]

// [session-select]
func subscriber(peer net.Conn, news <-chan string) {
	defer peer.Close()
	lines := make(chan []byte)
	go func() { // a read cannot be an alternative of a select
		defer close(lines)
		for {
			buffer := make([]byte, 1024)
			n, err := peer.Read(buffer)
			if err != nil {
				return
			}
			lines <- buffer[:n]
		}
	}()
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				return
			}
			peer.Write(line)
		case item := <-news:
			io.WriteString(peer, item)
		case <-time.After(time.Second):
			return // the peer said nothing for a second
		}
	}
}

func newsServer() {
	news := make(chan string)
	go func() { news <- "news\n" }() // waits for a subscriber
	serve(listen(), func(peer net.Conn) { go subscriber(peer, news) })
}

// [/session-select]
