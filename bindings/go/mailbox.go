package dictdb

// #include "bridge.h"
import "C"

import (
	"os"
	"time"
)

// A mailbox is how callbacks of the library reach Go: they leave messages, a goroutine waits for them in Go's poller. See mailbox.c.
type mailbox struct {
	c    *C.dgo_mailbox
	done chan struct{} // closed when the last message was delivered
}

// A message is what a callback was told.
type message struct {
	time   time.Time
	code   int32
	number uint64
	text   string
	facts  string
}

// More than so many bytes of messages that wait are thrown away, and counted.
const mailboxBytes = 1 << 20

func newMailbox(what string) (*mailbox, error) {
	m := &mailbox{c: C.dgo_mailbox_new(mailboxBytes), done: make(chan struct{})}
	if m.c == nil {
		return nil, outOfMemory(what)
	}
	return m, nil
}

// discard gives up a mailbox that the library did not take.
func (m *mailbox) discard() {
	os.NewFile(uintptr(C.dgo_mailbox_fd(m.c)), "").Close()
	C.dgo_mailbox_delete(m.c)
}

// run delivers messages until the library has closed the mailbox. lost tells how many were thrown away.
func (m *mailbox) run(deliver func(message), lost func(uint64)) {
	defer close(m.done)
	pipe := os.NewFile(uintptr(C.dgo_mailbox_fd(m.c)), "dictdb messages")
	defer pipe.Close()
	defer C.dgo_mailbox_delete(m.c)
	var room [16]byte
	for {
		if _, err := pipe.Read(room[:]); err != nil {
			panic("dictdb: the pipe of a mailbox broke: " + err.Error())
		}
		var lostCount C.uint64_t
		var isClosed C.int32_t
		first := C.dgo_mailbox_take(m.c, &lostCount, &isClosed)
		for next := first; next != nil; next = next.next {
			deliver(message{
				time:   time.Unix(0, int64(next.time_ns)),
				code:   int32(next.code),
				number: uint64(next.number),
				text:   C.GoStringN(next.text, C.int(next.text_len)),
				facts:  C.GoStringN(next.facts, C.int(next.facts_len)),
			})
		}
		C.dgo_messages_free(first)
		if lostCount > 0 {
			lost(uint64(lostCount))
		}
		if isClosed != 0 {
			return
		}
	}
}
