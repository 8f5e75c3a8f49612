# frozen_string_literal: true

module DictDB
  # Where the library's log messages go.
  # @api private
  module Log
    LEVELS = { error: 1, warn: 2, info: 3, debug: 4 }.freeze
    NAMES = LEVELS.invert.freeze

    # One function for the whole life of the process: a call of it may be under way when another block is set.
    @callback = FFI::Function.new(:void, %i[pointer int32 string string]) do |_context, level, message, fields|
      Log.receive(level, message, fields)
    end
    # How often the callback was set, and its last call has not ended yet.
    @set = 0
    @destructor = FFI::Function.new(:void, %i[pointer]) { |_context| @set -= 1 }

    class << self
      def set(level, sample, block)
        number = LEVELS.fetch(level) do
          raise InvalidArgumentError, "a log level is one of #{LEVELS.keys.map(&:inspect).join(", ")}, not #{level.inspect}"
        end
        slot = Slot.take
        status = Native::Blocking.log_set(number, sample, block && @callback, nil, block && @destructor, slot.error)
        slot.settle(status).release
        @set += 1 if block
        @block = block
        silence_at_exit
      end

      # No exception may leave the callback.
      def receive(level, message, fields)
        fields = Codec.facts(fields.dup.force_encoding(Encoding::UTF_8))
        @block&.call(NAMES.fetch(level, :debug), message.dup.force_encoding(Encoding::UTF_8), fields)
      rescue StandardError => e
        warn "the log block of DictDB raised #{e.full_message(highlight: false)}"
      end

      private

      def silence_at_exit
        return if @is_silenced_at_exit

        @is_silenced_at_exit = true
        Callbacks.at_end(-> { @set.zero? }) { Native::Blocking.log_set(LEVELS[:error], 1, nil, nil, nil, nil) }
      end
    end
  end
end
