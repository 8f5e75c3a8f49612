# frozen_string_literal: true

module DictDB
  # Long work that goes on in a thread of the library's own: what methods with `background: true` return.
  #
  #   job = db.save("users.json", background: true)
  #   p job.progress until job.wait(0.1)
  #   job.result # => {:records=>3, :bytes=>120, :duration_us=>345}
  class Job < Handle
    # Between two looks at whether the thread that waits is interrupted, at most; in the beginning they are closer.
    LONGEST_SLICE = 0.02
    # Seconds that are given to work to end when it was stopped.
    PATIENCE = 5
    private_constant :LONGEST_SLICE, :PATIENCE

    # Begins work; without `background` waits for it, and returns what the block `result` makes of the job.
    # @api private
    def self.start(background, owner = nil, result: :result.to_proc, symbol_keys: false)
      job = Handle.adopt do
        slot = Slot.take
        slot.settle(yield(slot), owner)
        new(slot.take_handle, symbol_keys)
      end
      background ? job : job.finish(result)
    end

    # @api private
    def initialize(pointer, symbol_keys)
      super(pointer, :job_free)
      @symbol_keys = symbol_keys
    end

    # Waits until the work has ended, or a time is over.
    #
    # @param timeout [Numeric, nil] seconds; 0 only looks; nil waits as long as it takes
    # @return [Boolean] whether the work has ended
    # @raise [Error] the work has failed: why
    def wait(timeout = nil)
      began = now
      loop do
        passed = now - began
        left = timeout ? [timeout - passed, 0].max : LONGEST_SLICE
        return true if look(([left, passed + 0.001, LONGEST_SLICE].min * 1000).ceil)
        return false if left.zero?
      end
    end

    # @return [Boolean] whether the work has ended, well or not
    def done?
      look(0)
    rescue Error
      closed? ? raise : true
    end

    # How far the work has come.
    # @return [Array(Integer, Integer)] records that are done, and records in all as far as is known
    def progress
      slot = call { |native, out| native.job_progress(@pointer, out.count, out.second_count, out.error) }
      both = [slot.count.get_uint64(0), slot.second_count.get_uint64(0)]
      slot.release
      both
    end

    # Stops the work: it ends with {CancelledError} soon, and leaves all as it was. Does not wait for that.
    # @return [self]
    def cancel
      call { |native, out| native.job_cancel(@pointer, out.error) }.release
      self
    end

    # The facts of what was done.
    # @return [Hash{Symbol=>Object}]
    # @raise [UnavailableError] the job runs; any other {Error}: why the work has failed
    def result
      Codec.facts(call { |native, out| native.job_result(@pointer, out.buffer, out.error) }.take_text)
    end

    # The database that was loaded or restored.
    # @return [Database]
    # @raise [UnavailableError] the job runs
    # @raise [UnsupportedError] the job makes no database
    def database
      facts = result
      Handle.adopt do
        slot = call { |native, out| native.job_database(@pointer, out.handle, out.error) }
        Database.new(slot.take_handle, @symbol_keys, facts:)
      end
    end

    # Waits for the work, and stops it if the thread is interrupted.
    # @api private
    def finish(result)
      wait
      result.call(self)
    ensure
      stop unless done?
      close
    end

    private

    # The caller finds all as it was, but does not wait for ever: the work may be waiting for a block of the caller's own
    # program, such as that of the log.
    def stop
      cancel
      Thread.handle_interrupt(Object => :never) { wait(PATIENCE) }
    rescue Error
      nil
    end

    def look(milliseconds)
      native = milliseconds.zero? ? Native : Native::Blocking
      slot = Slot.take
      slot.settle(native.job_wait(@pointer, milliseconds, slot.count, slot.error), self)
      done = slot.count.get_int32(0) == 1
      slot.release
      done
    end

    def now
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end
  end
end
