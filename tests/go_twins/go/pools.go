package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

var poolPrograms = []program{
	{"connection_pool", connectionPoolInUse},
}

// [pool]
type pool struct {
	sync.Mutex
	address     string
	places      chan bool // taken by those that are leased
	idle        []*pooled
	idleTimeout time.Duration
	made        int
}

type pooled struct {
	net.Conn
	reclaim *time.Timer
}

func (p *pool) lease(ctx context.Context) (*pooled, error) {
	select {
	case p.places <- true:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.Lock()
	defer p.Unlock()
	if last := len(p.idle) - 1; last >= 0 {
		one := p.idle[last]
		p.idle = p.idle[:last]
		one.reclaim.Stop()
		return one, nil
	}
	peer, err := net.Dial("tcp", p.address)
	if err != nil {
		<-p.places
		return nil, err
	}
	p.made++
	return &pooled{Conn: peer}, nil
}

func (p *pool) giveBack(one *pooled) {
	p.Lock()
	defer p.Unlock()
	p.idle = append(p.idle, one)
	one.reclaim = time.AfterFunc(p.idleTimeout, func() { p.drop(one) })
	<-p.places
}

func (p *pool) drop(one *pooled) {
	p.Lock()
	defer p.Unlock()
	for i := range p.idle {
		if p.idle[i] == one {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			one.Close()
			return
		}
	}
}

func (p *pool) left() int {
	p.Lock()
	defer p.Unlock()
	return len(p.idle) + len(p.places)
}

func usePool(address string) {
	p := &pool{address: address, places: make(chan bool, 2), idleTimeout: 300 * time.Millisecond}
	background := context.Background()
	for i := 0; i < 3; i++ {
		peer, err := p.lease(background)
		if err != nil {
			return
		}
		fmt.Println(exchange(peer, "hello"))
		p.giveBack(peer)
	}
	fmt.Println("made", p.made)
	first, _ := p.lease(background)
	second, _ := p.lease(background)
	soon, cancel := context.WithTimeout(background, 20*time.Millisecond)
	defer cancel()
	_, err := p.lease(soon)
	fmt.Println("third timed out:", errors.Is(err, context.DeadlineExceeded))
	p.giveBack(second)
	p.giveBack(first)
	for p.left() > 0 {
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Println("made", p.made, "left", p.left())
}

// [/pool]

func exchange(peer net.Conn, text string) string {
	io.WriteString(peer, text)
	answer := make([]byte, 1024)
	n, err := peer.Read(answer)
	if err != nil {
		return "no answer"
	}
	return string(answer[:n])
}

func connectionPoolInUse() {
	listener := listen()
	go usePool(listener.Addr().String())
	serve(listener, func(peer net.Conn) { go echo(peer) })
}
