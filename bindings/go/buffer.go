package dictdb

// #include "bridge.h"
import "C"

import (
	"runtime"
	"sync"
	"unsafe"
)

// A buffer is memory that the library writes results into. The struct itself is C's memory, so that the library may keep its pointers
// there; buffers are reused, so that a read costs no allocation on either side.
type buffer struct {
	c *C.dictdb_buffer
}

// Larger ones are given back after use, so that one large result does not keep its memory for ever.
const largestKept = 1 << 20

var buffers = sync.Pool{New: func() any {
	b := &buffer{C.dgo_buffer_new()}
	if b.c == nil {
		panic("dictdb: no memory for a buffer of 24 bytes")
	}
	runtime.AddCleanup(b, func(c *C.dictdb_buffer) { C.dgo_buffer_delete(c) }, b.c)
	return b
}}

func newBuffer() *buffer { return buffers.Get().(*buffer) }

// bytes lends what the library wrote, until the buffer is used again or released.
func (b *buffer) bytes() []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(b.c.data)), int(b.c.len))
}

// Tests set it, to spoil what is lent for longer than it may be.
var spoil func(*buffer)

func (b *buffer) release() {
	if spoil != nil {
		spoil(b)
	}
	if b.c.capacity > largestKept {
		C.dictdb_buffer_free(b.c)
	}
	buffers.Put(b)
}

// Of an empty Go string the address may be nil, which to the library is no text at all.
var empty [1]byte

// text gives a Go string to a call. The library reads it during the call only.
func text(s string) (*C.char, C.size_t) {
	if len(s) == 0 {
		return (*C.char)(unsafe.Pointer(&empty)), 0
	}
	return (*C.char)(unsafe.Pointer(unsafe.StringData(s))), C.size_t(len(s))
}

// textOf is text for bytes, of which nil is no text at all.
func textOf(b []byte) (*C.char, C.size_t) {
	if b == nil {
		return nil, 0
	}
	if len(b) == 0 {
		return (*C.char)(unsafe.Pointer(&empty)), 0
	}
	return (*C.char)(unsafe.Pointer(unsafe.SliceData(b))), C.size_t(len(b))
}
