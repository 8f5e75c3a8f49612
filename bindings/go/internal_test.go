package dictdb

import (
	"os"
	"sync/atomic"
	"testing"
	"unsafe"
)

func TestMain(m *testing.M) {
	// All tests see nonsense where a buffer is read after its release.
	spoil = func(b *buffer) {
		all := unsafe.Slice((*byte)(unsafe.Pointer(b.c.data)), int(b.c.capacity))
		for i := range all {
			all[i] = '?'
		}
	}
	os.Exit(m.Run())
}

// A context's function that comes after its call must not stop the next one.
func TestALateContextStopsNothing(t *testing.T) {
	l := &limit{}
	if err := l.makeToken(); err != nil {
		t.Fatal(err)
	}
	before := l.round
	l.set(before)
	if atomic.LoadInt32(l.flag) != 1 {
		t.Fatal("the token was not set")
	}
	l.disarm(func() bool { return false })
	if atomic.LoadInt32(l.flag) != 0 {
		t.Fatal("the token is still set")
	}
	l.set(before)
	if atomic.LoadInt32(l.flag) != 0 {
		t.Fatal("the next call's token was set")
	}
	after := l.round
	l.close()
	l.set(before)
	l.set(after)
	l.set(l.round)
}
