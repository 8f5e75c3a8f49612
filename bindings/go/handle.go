package dictdb

// #include "bridge.h"
import "C"

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// A handle is what a [DB], a [Table] and so on have of the library's: a number, freed once, by Close or by the garbage collector.
//
// It is an object of its own so that the collector's cleanup can have it when its owner is gone. A number that was freed is an error to the
// library and never another object, so a Close beside a running call does no harm.
type handle struct {
	kind   C.int32_t
	number atomic.Uintptr // 0 after free
	limits limits
}

func newHandle[T any](owner *T, kind C.int32_t, number C.uintptr_t) *handle {
	h := &handle{kind: kind}
	h.number.Store(uintptr(number))
	runtime.AddCleanup(owner, (*handle).free, h)
	return h
}

// free may be called many times.
func (h *handle) free() {
	if h == nil {
		return
	}
	if number := h.number.Swap(0); number != 0 {
		C.dgo_free(h.kind, C.uintptr_t(number))
		h.limits.close()
	}
}

// live gives the number for a call. The owner must be kept alive until the call has ended.
func (h *handle) live() (C.uintptr_t, error) {
	if h != nil {
		if number := h.number.Load(); number != 0 {
			return C.uintptr_t(number), nil
		}
	}
	return 0, h.closed()
}

var kindNames = map[C.int32_t]string{
	C.DGO_DB: "database", C.DGO_TABLE: "table", C.DGO_PREDICATE: "predicate", C.DGO_QUERY: "query", C.DGO_UPDATE: "update",
	C.DGO_CURSOR: "cursor", C.DGO_BATCH: "batch", C.DGO_CANCEL: "token", C.DGO_WATCH: "watch", C.DGO_JOB: "job", C.DGO_BACKUP: "backup",
}

func (h *handle) closed() error {
	if h == nil {
		return newError(StatusInvalidHandle, "the object was not made by a function of this package")
	}
	return newError(StatusInvalidHandle, "the "+kindNames[h.kind]+" was closed")
}

// limits are what calls with a context need: tokens, and handles whose calls look at them. They are kept for the next such call.
type limits struct {
	mu       sync.Mutex
	free     []*limit
	isClosed bool
}

// More of them are only needed while as many calls run at the same time.
const limitsKept = 16

func (l *limits) take() *limit {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.free) == 0 {
		return nil
	}
	last := l.free[len(l.free)-1]
	l.free = l.free[:len(l.free)-1]
	return last
}

func (l *limits) give(limit *limit) {
	l.mu.Lock()
	keep := !l.isClosed && len(l.free) < limitsKept
	if keep {
		l.free = append(l.free, limit)
	}
	l.mu.Unlock()
	if !keep {
		limit.close()
	}
}

func (l *limits) close() {
	l.mu.Lock()
	free := l.free
	l.free, l.isClosed = nil, true
	l.mu.Unlock()
	for _, limit := range free {
		limit.close()
	}
}
