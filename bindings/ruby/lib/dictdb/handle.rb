# frozen_string_literal: true

module DictDB
  # What all objects have that stand for something of the library: they are freed when nobody has them any more, or
  # when they are closed. They may be used, and closed, by any thread, in any order, any number of times; a closed
  # object raises {ClosedError}.
  class Handle
    # @api private
    attr_reader :pointer

    # @api private
    def initialize(pointer, free)
      @pointer = FFI::AutoPointer.new(pointer, Native.releaser(free))
      @closed = false
    end

    # Gives the object's memory back now. A call that is running in another thread ends as usual. What was made of the
    # object stays as it is: a table of a closed database can be used.
    # @return [nil]
    def close
      @closed = true
      @pointer.free
      nil
    end

    # @return [Boolean]
    def closed?
      @closed
    end

    # @return [String]
    def inspect
      "#<#{self.class}#{" closed" if closed?}>"
    end
    alias to_s inspect

    # What the object is, in messages.
    # @api private
    def kind
      self.class.name.split("::").last.downcase
    end

    # Gives the object to the block, closes it, and returns the block's value.
    # @api private
    def lend(&block)
      Handle.lend(self, &block)
    end

    # Objects are handles of one process, and there is only one of each.
    def initialize_copy(_other)
      raise TypeError, "a #{kind} cannot be copied"
    end

    class << self
      # With a block: gives the object to it, closes it, and returns the block's value.
      # @api private
      def lend(object)
        return object unless block_given?

        begin
          yield object
        ensure
          object.close
        end
      end

      # Keeps exceptions of other threads from coming between a call and the object that is made of its handle, so that
      # no handle is lost. A call that waits can be interrupted all the same.
      # @api private
      def adopt(&block)
        Thread.handle_interrupt(Object => :on_blocking, &block)
      end
    end

    private

    # Runs a call that takes no time: its slot, or nil if there is no such record.
    def call
      slot = Slot.take
      slot.settle(yield(Native, slot), self)
    end
  end
end
