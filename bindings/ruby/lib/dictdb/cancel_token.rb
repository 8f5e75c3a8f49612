# frozen_string_literal: true

module DictDB
  # A token that stops calls: of all tables and databases that were made with it ({Table#with}, {Database#with}). May be
  # set by any thread, also by a trap handler.
  #
  #   token = DictDB::CancelToken.new
  #   patient = users.with(cancel: token)
  #   reader = Thread.new { patient.where("name LIKE ?1", "%x%").to_a } # raises DictDB::CancelledError
  #   token.set
  #
  # A thread that is interrupted (Ctrl-C, `Timeout.timeout`, `Thread#kill`) needs no token: its call ends by itself.
  class CancelToken < Handle
    # A token that is not set.
    def initialize
      Handle.adopt do
        slot = Slot.take
        slot.settle(Native.cancel_new(slot.handle, slot.error))
        super(slot.take_handle, :cancel_free)
      end
    end

    # Stops the calls that are running with the token, soon, and those that begin later, until it is reset. A write
    # that has come to applying its changes completes.
    # @return [self]
    def set
      call { |native, slot| native.cancel_set(pointer, slot.error) }.release
      self
    end
    alias cancel set

    # Takes the setting back.
    # @return [self]
    def reset
      call { |native, slot| native.cancel_reset(pointer, slot.error) }.release
      self
    end

    # @return [Boolean]
    def set?
      !flag.get_int32(0).zero?
    end

    # @api private
    def pointer
      raise ClosedError, "the cancel token is closed" if closed?

      super
    end

    # @api private
    def kind
      "cancel token"
    end

    # Calls that use the token keep what they need of it. The memory is given back with the last reference, since
    # another thread may be about to look at the flag.
    # @return [nil]
    def close
      @closed = true
      nil
    end

    # Runs a block in a thread of its own; sets the token if an exception ends the wait for it, and waits until the
    # block has seen that: it uses memory that is about to be used for something else.
    # @api private
    def run
      flag = self.flag
      result = failure = worker = nil
      Thread.handle_interrupt(Object => :never) do
        worker = Thread.new do
          result = yield
        rescue Exception => e # rubocop:disable Lint/RescueException -- it is raised where it is waited for
          failure = e
        end
      end
      worker.join
      failure ? raise(failure) : result
    ensure
      if worker&.alive?
        flag.put_int32(0, 1)
        Thread.handle_interrupt(Object => :never) { worker.join }
      end
    end

    private

    def flag
      address = Native.cancel_flag(pointer)
      raise ForkedError if address.null?

      address
    end
  end
end
