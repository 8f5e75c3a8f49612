package dictdb

// #include "bridge.h"
import "C"

import (
	"context"
	"sync"
	"sync/atomic"
	"unsafe"
)

// A limit brings a context into the library: a token, whose memory is set when the context ends, and a handle to a table or database
// whose calls look at that memory while they run.
type limit struct {
	kind   C.int32_t
	handle C.uintptr_t
	token  C.uintptr_t

	mu    sync.Mutex
	flag  *int32 // the token's memory, which is C's
	round uint64 // which call the limit is used for
}

func newLimit(kind C.int32_t, number C.uintptr_t) (*limit, error) {
	l := &limit{kind: kind}
	if err := l.makeToken(); err != nil {
		return nil, err
	}
	var object C.uintptr_t
	var status C.dictdb_status
	if kind == C.DGO_DB {
		status = C.dgo_db_limited(number, l.token, C.DICTDB_NO_TIMEOUT, &l.handle, &object)
	} else {
		status = C.dgo_table_limited(number, l.token, C.DICTDB_NO_TIMEOUT, &l.handle, &object)
	}
	if err := check(status, object); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (l *limit) makeToken() error {
	var object C.uintptr_t
	var flag *C.int32_t
	status := C.dgo_cancel_new(&l.token, &flag, &object)
	l.flag = (*int32)(unsafe.Pointer(flag))
	return check(status, object)
}

func (l *limit) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.round++
	l.flag = nil
	C.dgo_free(l.kind, l.handle)
	C.dgo_free(C.DGO_CANCEL, l.token)
}

// arm begins a round: until it is disarmed, the end of the context sets the token.
func (l *limit) arm(ctx context.Context) (stop func() bool) {
	l.mu.Lock()
	round := l.round
	l.mu.Unlock()
	return context.AfterFunc(ctx, func() { l.set(round) })
}

// set sets the token, unless the round is over: the context's function may come late.
func (l *limit) set(round uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.round == round && l.flag != nil {
		atomic.StoreInt32(l.flag, 1)
	}
}

// disarm ends the round. Afterwards the limit can be used for another context.
func (l *limit) disarm(stop func() bool) {
	stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.round++
	if l.flag != nil {
		atomic.StoreInt32(l.flag, 0)
	}
}

// A call is one call of the library on a table or database with a context.
type call struct {
	number C.uintptr_t // the handle to call with
	ctx    context.Context
	owner  *handle
	limit  *limit // nil if the context cannot end
	stop   func() bool
}

// begin prepares a call. It costs nothing if the context cannot end.
func (h *handle) begin(ctx context.Context) (call, error) {
	number, err := h.live()
	if err != nil {
		return call{}, err
	}
	if ctx.Done() == nil {
		return call{number: number}, nil
	}
	if ctx.Err() != nil {
		return call{}, stopped(ctx)
	}
	l := h.limits.take()
	if l == nil {
		if l, err = newLimit(h.kind, number); err != nil {
			return call{}, err
		}
	}
	return call{number: l.handle, ctx: ctx, owner: h, limit: l, stop: l.arm(ctx)}, nil
}

// end makes an error of how the call ended, and gives back what begin took.
func (c *call) end(status C.dictdb_status, object C.uintptr_t) error {
	err := c.outcome(status, object)
	c.release()
	return err
}

func (c *call) outcome(status C.dictdb_status, object C.uintptr_t) error {
	err := check(status, object)
	if status == C.DICTDB_STATUS_CANCELLED && c.ctx != nil && c.ctx.Err() != nil {
		return stopped(c.ctx)
	}
	return err
}

func (c *call) release() {
	if c.limit != nil {
		c.limit.disarm(c.stop)
		c.owner.limits.give(c.limit)
		c.limit = nil
	}
}
