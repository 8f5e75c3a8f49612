package dictdb

// #include "bridge.h"
import "C"

import (
	"context"
	"encoding/json"
	"runtime"
	"sync"
	"time"
)

// A Job is long work that goes on in a thread of the library's own. Methods whose names end in Job begin one; those without do the work within the
// call, and a context stops it.
//
// All methods may be called from any goroutine at any time.
type Job struct {
	state *jobState
}

// What the goroutine that waits for the job has. It must not keep the Job itself alive.
type jobState struct {
	h    *handle
	done chan struct{} // closed when the job has ended
	err  error         // how; set before

	mu       sync.Mutex
	isClosed bool
}

// newJob begins a job.
func newJob(start func(job, object *C.uintptr_t) C.dictdb_status) (*Job, error) {
	var number, object C.uintptr_t
	if err := check(start(&number, &object), object); err != nil {
		return nil, err
	}
	s := &jobState{h: &handle{kind: C.DGO_JOB}, done: make(chan struct{})}
	s.h.number.Store(uintptr(number))
	go s.wait(number)
	j := &Job{state: s}
	runtime.AddCleanup(j, (*jobState).close, s)
	return j, nil
}

func (s *jobState) wait(number C.uintptr_t) {
	var object C.uintptr_t
	var isDone C.int32_t
	s.err = check(C.dgo_job_wait(number, C.DICTDB_NO_TIMEOUT, &isDone, &object), object)
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.done)
	if s.isClosed {
		s.h.free()
	}
}

// close gives the handle back when nobody waits with it any more.
func (s *jobState) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.isClosed = true
	select {
	case <-s.done:
		s.h.free()
	default:
	}
}

func (s *jobState) live() (C.uintptr_t, error) {
	if s == nil {
		return 0, (*handle)(nil).closed()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isClosed {
		return 0, s.h.closed()
	}
	return s.h.live()
}

// Close gives the handle back. A job that runs is not stopped by that; a database that it makes is freed.
func (j *Job) Close() error {
	if j.state != nil {
		j.state.close()
	}
	return nil
}

// Done returns a channel that is closed when the job has ended.
func (j *Job) Done() <-chan struct{} { return j.state.done }

// Wait waits until the job has ended, and returns its error, as of the method without Job in its name. If the context ends before, the job
// goes on, and the error is that of the context ([ErrCancelled], [ErrTimeout]).
func (j *Job) Wait(ctx context.Context) error {
	select {
	case <-j.state.done:
		return j.state.err
	default:
	}
	select {
	case <-j.state.done:
		return j.state.err
	case <-ctx.Done():
		return stopped(ctx)
	}
}

// Progress tells how far the job has come, in records (of [VerifyBackupsJob], files). The total grows while more becomes known, and is 0 as long as
// nothing is.
func (j *Job) Progress() (done, total int64, err error) {
	number, err := j.state.live()
	if err != nil {
		return 0, 0, err
	}
	var doneCount, totalCount C.uint64_t
	var object C.uintptr_t
	status := C.dgo_job_progress(number, &doneCount, &totalCount, &object)
	runtime.KeepAlive(j)
	return int64(doneCount), int64(totalCount), check(status, object)
}

// Cancel stops the job: it ends with [ErrCancelled] soon, and leaves all as it was before. Work that is being completed completes. Does not wait.
func (j *Job) Cancel() error {
	number, err := j.state.live()
	if err != nil {
		return err
	}
	var object C.uintptr_t
	status := C.dgo_job_cancel(number, &object)
	runtime.KeepAlive(j)
	return check(status, object)
}

// Result reads the facts of what the job has done into a value, as [json.Unmarshal] does: a [*FileFacts], [*BackupFacts], [*RestoreFacts] or
// [*VerifyFacts], or a [*json.RawMessage].
//
// Errors: [ErrUnavailable] (the job runs), and that of the job's work.
func (j *Job) Result(facts any) error {
	number, err := j.state.live()
	if err != nil {
		return err
	}
	err = jobResult(number, facts)
	runtime.KeepAlive(j)
	return err
}

func jobResult(number C.uintptr_t, facts any) error {
	b := newBuffer()
	defer b.release()
	var object C.uintptr_t
	if err := check(C.dgo_job_result(number, b.c, &object), object); err != nil {
		return err
	}
	return json.Unmarshal(b.bytes(), facts)
}

// Database gets the database that the job has loaded or restored.
//
// Errors: [ErrUnavailable] (the job runs), that of the job's work, [ErrUnsupported] (it makes no database).
func (j *Job) Database() (*DB, error) {
	number, err := j.state.live()
	if err != nil {
		return nil, err
	}
	db, err := jobDatabase(number)
	runtime.KeepAlive(j)
	return db, err
}

func jobDatabase(number C.uintptr_t) (*DB, error) {
	var db, object C.uintptr_t
	if err := check(C.dgo_job_database(number, &db, &object), object); err != nil {
		return nil, err
	}
	return newDB(db), nil
}

// inJob does the work of calls that have no handle for a token to go with: in a job, which the context cancels. finish gets the job that has
// succeeded.
func inJob(ctx context.Context, start func(job, object *C.uintptr_t) C.dictdb_status, finish func(job C.uintptr_t) error) error {
	if ctx.Err() != nil {
		return stopped(ctx)
	}
	var number, object C.uintptr_t
	if err := check(start(&number, &object), object); err != nil {
		return err
	}
	defer C.dgo_free(C.DGO_JOB, number)
	stop := context.AfterFunc(ctx, func() {
		var object C.uintptr_t
		if C.dgo_job_cancel(number, &object); object != 0 {
			C.dgo_error_free(object)
		}
	})
	defer stop()
	var isDone C.int32_t
	status := C.dgo_job_wait(number, C.DICTDB_NO_TIMEOUT, &isDone, &object)
	c := call{ctx: ctx}
	if err := c.outcome(status, object); err != nil {
		return err
	}
	return finish(number)
}

// FileFacts tell of a file that was written or read.
type FileFacts struct {
	Records        int64 `json:"records"`
	Bytes          int64 `json:"bytes"`
	DurationMicros int64 `json:"duration_us"`
}

// Duration tells how long it took.
func (f FileFacts) Duration() time.Duration {
	return time.Duration(f.DurationMicros) * time.Microsecond
}
