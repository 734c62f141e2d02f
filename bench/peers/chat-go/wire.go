package main

import (
	"encoding/binary"
	"errors"
)

// What the chat peer needs of protobuf's wire format and of chat.proto, and no more.

var errMalformed = errors.New("malformed")

type field struct {
	number  uint64
	value   uint64
	content []byte
}

// takeField takes one field from the beginning of data.
func takeField(data []byte) (field, []byte, error) {
	tag, size := binary.Uvarint(data)
	if size <= 0 {
		return field{}, nil, errMalformed
	}
	data = data[size:]
	value, size := binary.Uvarint(data)
	if size <= 0 {
		return field{}, nil, errMalformed
	}
	data = data[size:]
	switch tag & 7 {
	case 0:
		return field{number: tag >> 3, value: value}, data, nil
	case 2:
		if value > uint64(len(data)) {
			return field{}, nil, errMalformed
		}
		return field{tag >> 3, value, data[:value]}, data[value:], nil
	}
	return field{}, nil, errMalformed
}

type command struct {
	request uint64
	kind    uint64 // the field's number
	texts   [4][]byte
}

const (
	kindHello   = 2
	kindJoin    = 3
	kindPublish = 5

	eventWelcome   = 2
	eventJoined    = 3
	eventPublished = 5
	eventMessage   = 10

	helloName   = 3
	joinRoom    = 1
	publishRoom = 1
	publishID   = 2
	publishText = 3
)

func parseCommand(data []byte) (result command, err error) {
	for len(data) > 0 {
		var next field
		if next, data, err = takeField(data); err != nil {
			return
		}
		if next.number == 1 {
			result.request = next.value
			continue
		}
		result.kind = next.number
		for inner := next.content; len(inner) > 0; {
			var part field
			if part, inner, err = takeField(inner); err != nil {
				return
			}
			if part.number < uint64(len(result.texts)) {
				result.texts[part.number] = part.content
			}
		}
	}
	return
}

func putNumber(to []byte, number, value uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(to, number<<3), value)
}

func putContent(to []byte, number uint64, content []byte) []byte {
	to = binary.AppendUvarint(binary.AppendUvarint(to, number<<3|2), uint64(len(content)))
	return append(to, content...)
}

func putPosition(to []byte, number, offset uint64) []byte {
	return putContent(to, number, putNumber(putNumber(nil, 1, 1), 2, offset))
}

func event(request, kind uint64, content []byte) []byte {
	made := make([]byte, 0, len(content)+16)
	if request != 0 {
		made = putNumber(made, 1, request)
	}
	return putContent(made, kind, content)
}
