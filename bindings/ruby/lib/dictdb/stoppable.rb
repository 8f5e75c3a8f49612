# frozen_string_literal: true

module DictDB
  # Objects with calls that can take long: databases and tables.
  #
  # A call is first tried on the spot, with the interpreter lock held, for a millisecond at most: through a handle that
  # has this time limit. That is what most calls need, and the cheapest way to make them. A call that is stopped by the
  # limit has changed nothing, and is begun anew in a thread of its own, with the lock released; the caller waits for
  # it as for any thread, and so can be interrupted: then the call's cancel token is set, and it ends soon.
  #
  # What a call makes of a handle has the limits of that, so tables, snapshots and watches are made with the handle that
  # has none but the user's.
  # @api private
  class Stoppable < Handle
    QUICK_MILLISECONDS = 1
    QUICK_SECONDS = QUICK_MILLISECONDS / 1000.0
    TIMED_OUT = TimeoutError.code
    # Texts that take longer than that to read.
    LONG_TEXT = 1 << 16

    def initialize(pointer, free, limit)
      super(pointer, free)
      @free = free
      @limit = limit
      @slow = {}
    end

    def close
      super
      @quick&.free
      nil
    end

    # The handle for calls on the spot.
    # @api private
    def quick
      @quick || make_quick
    end

    # A handle with limits more.
    # @api private
    def limited(token, milliseconds)
      slot = Slot.take
      status = Native.public_send(@limit, @pointer, token, milliseconds, slot.handle, slot.error)
      slot.settle(status, self).take_handle
    end

    # A handle whose calls a token stops.
    # @api private
    def token_handle(token)
      FFI::AutoPointer.new(limited(token.pointer, -1), Native.releaser(@free))
    end

    # Runs a call: its slot, or nil if there is no such record. The block gets the functions to use, the handle and
    # the slot, and returns the status. `name`: what it is, so that a call of the same name as one that took long is not
    # tried on the spot. `patient`: it is known to take long. `free`: frees the handle that the call makes.
    # @api private
    def attempt(name = nil, patient: false, free: nil)
      slot = Slot.take
      unless patient || @slow[name]
        status = yield(Native, quick, slot)
        return slot.settle(status, self) unless status == TIMED_OUT

        slot.drop_error
      end
      started = Process.clock_gettime(Process::CLOCK_MONOTONIC)
      status = patiently(slot, free) { |handle| yield(Native::Blocking, handle, slot) }
      remember(name, Process.clock_gettime(Process::CLOCK_MONOTONIC) - started) if name
      slot.settle(status, self)
    end

    private

    # Runs a block in a thread of its own, with a handle whose token is set if the caller is interrupted.
    def patiently(slot, free)
      slot.forget_pointers
      token = CancelToken.new
      handle = token_handle(token)
      status = token.run { yield handle }
    ensure
      handle&.free
      slot.give_up(free) unless status
    end

    def make_quick
      quick = FFI::AutoPointer.new(limited(nil, QUICK_MILLISECONDS), Native.releaser(@free))
      @quick = quick
      # Another thread may have closed this object meanwhile.
      quick.free if closed?
      quick
    end

    def remember(name, seconds)
      seconds > QUICK_SECONDS ? @slow[name] = true : @slow.delete(name)
    end
  end
end
