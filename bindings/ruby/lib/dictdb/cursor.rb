# frozen_string_literal: true

module DictDB
  # The rows of a query on the table as it was when the cursor was made, a few at a time. Holds up no writer, but keeps
  # the memory of what the table would have let go since: close it, or use the form with a block.
  #
  #   users.where { age >= 18 }.cursor { |rows| rows.each_slice(100) { |some| ... } }
  #
  # Several threads may share one: each row is given out once.
  class Cursor < Handle
    include Enumerable

    # Rows of the first portion of {#each}; each further one has four times as many, as long as its text fits.
    FIRST_PORTION = 16
    # Bytes of text in a portion at most, unless said otherwise.
    PORTION_BYTES = 1 << 20
    ARRAY = 0
    LINES = 1
    private_constant :FIRST_PORTION, :PORTION_BYTES, :ARRAY, :LINES

    # @api private
    def self.open(table, compiled = nil, &block)
      raise ClosedError, "the #{compiled.kind} is closed" if compiled&.closed?

      Handle.adopt do
        slot = table.attempt(:cursor, free: :cursor_free, &block)
        new(slot.take_handle, table.symbol_keys, table.timeout)
      end
    end

    # @api private
    def initialize(pointer, symbol_keys, timeout)
      super(pointer, :cursor_free)
      @symbol_keys = symbol_keys
      @timeout = timeout
    end

    # Takes the next rows.
    #
    # @param rows [Integer] rows at most; 0 for as many as `bytes` lets through
    # @param bytes [Integer] bytes of text at most, but one row is always taken
    # @return [Array<Hash>, nil] nil if there are no more
    def next_batch(rows = 0, bytes: PORTION_BYTES)
      text = step(rows, bytes, ARRAY)
      text && Codec.load(text, @symbol_keys)
    end

    # Takes the next rows as JSON lines: each row followed by a newline.
    # @param (see #next_batch)
    # @return [String, nil] nil if there are no more
    def next_lines(rows = 0, bytes: PORTION_BYTES)
      step(rows, bytes, LINES)
    end

    # Takes the next row.
    # @return [Hash, nil] nil if there are no more
    def next
      next_batch(1)&.first
    end

    # Gives each row that is left to the block.
    # @return [self, Enumerator]
    def each(&block)
      return enum_for(:each) unless block

      portion = FIRST_PORTION
      while (rows = next_batch(portion))
        rows.each(&block)
        portion = [portion * 4, 1 << 20].min
      end
      self
    end

    # Gives the rows that are left in arrays.
    # @param rows [Integer] rows at most in an array
    # @return [self, Enumerator]
    def each_batch(rows = 1000)
      return enum_for(:each_batch, rows) unless block_given?

      while (batch = next_batch(rows, bytes: 1 << 30))
        yield batch
      end
      self
    end

    private

    # A step may be stopped by the time limit of calls on the spot before it has found a row: then the next one goes on
    # where it was.
    def step(rows, bytes, form)
      slot = Slot.take
      native = Native
      began = nil
      loop do
        status = native.cursor_next_batch(@pointer, rows, bytes, form, slot.buffer, slot.count, slot.error)
        return slot.settle(status, self)&.take_text if status != Stoppable::TIMED_OUT || over?(began)

        slot.drop_error
        began ||= now
        native = Native::Blocking
      end
    end

    def over?(began)
      @timeout && began && now - began >= @timeout
    end

    def now
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end
  end
end
