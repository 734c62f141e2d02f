package main

import (
	"sync"
	"time"
)

// A member of at most one room. What goes to it waits in its channel; one that leaves more than
// that unread is closed.
type member[Out any] struct {
	user  []byte
	room  *room[Out]
	queue chan Out
	close func()
}

const queueMax = 1024

type room[Out any] struct {
	mutex  sync.Mutex
	newest uint64
	list   []*member[Out]
}

// A hub has the rooms of one transport, which frames an event once for all who get it.
type hub[Out any] struct {
	mutex sync.Mutex
	rooms map[string]*room[Out]
	frame func(event []byte) Out
}

func newHub[Out any](frame func(event []byte) Out) *hub[Out] {
	return &hub[Out]{rooms: map[string]*room[Out]{}, frame: frame}
}

func (h *hub[Out]) roomOf(name string) *room[Out] {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	found, ok := h.rooms[name]
	if !ok {
		found = &room[Out]{}
		h.rooms[name] = found
	}
	return found
}

func (m *member[Out]) send(what Out) {
	select {
	case m.queue <- what:
	default:
		m.close()
	}
}

// take does what one command asks for; an error ends the connection.
func (h *hub[Out]) take(from *member[Out], data []byte) error {
	asked, err := parseCommand(data)
	if err != nil {
		return err
	}
	switch {
	case asked.kind == kindHello && len(asked.texts[helloName]) > 0:
		from.user = append([]byte(nil), asked.texts[helloName]...)
		welcome := putNumber(putContent(nil, 1, from.user), 3, 30000)
		from.send(h.frame(event(asked.request, eventWelcome, putNumber(welcome, 5, 1))))
	case asked.kind == kindJoin && from.user != nil && from.room == nil:
		h.join(from, asked)
	case asked.kind == kindPublish && from.room != nil:
		h.publish(from, asked)
	default:
		return errMalformed
	}
	return nil
}

func (h *hub[Out]) join(from *member[Out], asked command) {
	from.room = h.roomOf(string(asked.texts[joinRoom]))
	from.room.mutex.Lock()
	defer from.room.mutex.Unlock()
	from.room.list = append(from.room.list, from)
	joined := putPosition(putContent(nil, 1, asked.texts[joinRoom]), 2, from.room.newest)
	from.send(h.frame(event(asked.request, eventJoined, joined)))
}

func (h *hub[Out]) publish(from *member[Out], asked command) {
	name, id := asked.texts[publishRoom], asked.texts[publishID]
	in := from.room
	in.mutex.Lock()
	in.newest++
	offset := in.newest
	message := make([]byte, 0, len(asked.texts[publishText])+192)
	message = putPosition(putContent(message, 1, name), 2, offset)
	message = putContent(putContent(message, 3, from.user), 4, id)
	message = putNumber(message, 5, uint64(time.Now().UnixMilli()))
	framed := h.frame(event(0, eventMessage, putContent(message, 6, asked.texts[publishText])))
	for _, each := range in.list {
		each.send(framed)
	}
	in.mutex.Unlock()
	published := putPosition(putContent(putContent(nil, 1, name), 2, id), 3, offset)
	from.send(h.frame(event(asked.request, eventPublished, published)))
}

func (h *hub[Out]) leave(who *member[Out]) {
	if who.room == nil {
		return
	}
	who.room.mutex.Lock()
	defer who.room.mutex.Unlock()
	list := who.room.list
	for i, each := range list {
		if each == who {
			list[i] = list[len(list)-1]
			who.room.list = list[:len(list)-1]
			return
		}
	}
}
