package dictdb

// #include "bridge.h"
import "C"

import "runtime"

// A Cancel is a token that stops calls on the handles it was given to: see [Table.Limited]. Where a call takes a [context.Context], that is the
// usual way; a Cancel stops calls of many goroutines at once, and those that take no context.
//
// All methods may be called from any goroutine at any time.
type Cancel struct {
	h *handle
}

// NewCancel makes a token that is not set.
func NewCancel() (*Cancel, error) {
	var number, object C.uintptr_t
	var flag *C.int32_t
	if err := check(C.dgo_cancel_new(&number, &flag, &object), object); err != nil {
		return nil, err
	}
	cancel := &Cancel{}
	cancel.h = newHandle(cancel, C.DGO_CANCEL, number)
	return cancel, nil
}

// Set ends calls that are running with the token, usually within milliseconds, and those that begin later, until it is reset. A call that was
// stopped has changed nothing; one that has come to applying its changes completes.
func (c *Cancel) Set() error {
	number, err := c.h.live()
	if err != nil {
		return err
	}
	var object C.uintptr_t
	status := C.dgo_cancel_set(number, &object)
	runtime.KeepAlive(c)
	return check(status, object)
}

// Reset takes the setting back.
func (c *Cancel) Reset() error {
	number, err := c.h.live()
	if err != nil {
		return err
	}
	var object C.uintptr_t
	status := C.dgo_cancel_reset(number, &object)
	runtime.KeepAlive(c)
	return check(status, object)
}

// Close gives the token back. For handles that were made with it, it stays as it is.
func (c *Cancel) Close() error {
	c.h.free()
	return nil
}

// number is 0 for no token.
func (c *Cancel) number() (C.uintptr_t, error) {
	if c == nil {
		return 0, nil
	}
	return c.h.live()
}
