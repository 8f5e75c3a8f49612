# frozen_string_literal: true

module DictDB
  # Memory for what a call gives back: a buffer, an error, a handle, numbers. Slots are kept and used again.
  #
  # A slot is taken for each call, not kept for each thread: a trap handler or a finalizer may call the library in
  # between on the same thread. One that an exception keeps from coming back is collected like any object.
  # @api private
  class Slot
    ERROR = 24
    HANDLE = 32
    COUNT = 40
    SECOND_COUNT = 48
    SIZE = 56
    # Buffers that have grown beyond are given back at once.
    KEPT_BYTES = 1 << 20
    KEPT_SLOTS = 64

    # `handle` gets a handle, `count` and `second_count` a number each.
    attr_reader :buffer, :error, :handle, :count, :second_count

    @free = []

    class << self
      # Array#pop and #push are atomic under the interpreter lock, and do not allocate.
      def take
        @free.pop || new
      end

      def put_back(slot)
        @free.push(slot) if @free.size < KEPT_SLOTS
      end

      def finalizer(memory)
        proc { Native.buffer_free(memory) }
      end
    end

    def initialize
      @buffer = FFI::MemoryPointer.new(SIZE)
      @error = @buffer + ERROR
      @handle = @buffer + HANDLE
      @count = @buffer + COUNT
      @second_count = @buffer + SECOND_COUNT
      @address = 0
      ObjectSpace.define_finalizer(self, Slot.finalizer(@buffer))
    end

    # The text in the buffer; the slot goes back.
    def take_text
      text = read_text
      Slot.put_back(self)
      text
    end

    def take_count
      number = @count.get_uint64(0)
      Slot.put_back(self)
      number
    end

    # The address of a new handle, to be freed.
    def take_handle
      pointer = @handle.get_pointer(0)
      Slot.put_back(self)
      pointer
    end

    def release
      Slot.put_back(self)
      nil
    end

    def read_text
      length = @buffer.get_uint64(8)
      return "" if length.zero?

      # To make a pointer costs more than to compare an address, which most often is the same as before.
      address = @buffer.get_uint64(0)
      @data = FFI::Pointer.new(@address = address) if address != @address
      text = @data.get_bytes(0, length).force_encoding(Encoding::UTF_8)
      forget_memory if length > KEPT_BYTES
      text
    end

    # Takes notice of how a call ended: the slot itself after success, nil if there is no such record, which costs the
    # library nothing to say. Anything else is raised.
    def settle(status, owner = nil)
      return self if status.zero?

      pointer = @error.get_pointer(0)
      forget_memory
      return release if status == RecordNotFoundError.code && pointer.null?

      error = make_error(status, pointer, owner)
      release
      raise error
    end

    # Before a call that may not even begin.
    def forget_pointers
      @error.put_pointer(0, nil)
      @handle.put_pointer(0, nil)
    end

    # The caller was interrupted, and nobody gets what came in the end.
    def give_up(free)
      drop_error
      Native.public_send(free, @handle.get_pointer(0)) if free
    end

    # What a call that is begun anew had to say.
    def drop_error
      pointer = @error.get_pointer(0)
      Native.error_free(pointer) unless pointer.null?
    end

    private

    def forget_memory
      Native.buffer_free(@buffer)
      @address = 0
    end

    def make_error(status, pointer, owner)
      return Error.of(status).new(code: status) if pointer.null?

      message = Native.error_message(pointer).force_encoding(Encoding::UTF_8)
      detail = Codec.facts(Native.error_detail(pointer).force_encoding(Encoding::UTF_8))
      Native.error_free(pointer)
      return ClosedError.new("the #{owner.kind} is closed") if status == InvalidHandleError.code && owner&.closed?

      Error.of(status).new(message, code: status, detail:)
    end
  end
end
