# frozen_string_literal: true

require "json"

module DictDB
  # JSON text and Ruby values, in both directions.
  # @api private
  module Codec
    # Deeper than the library allows, so that the library tells what is too deep; shallow enough to catch a circle.
    DEEPEST = 200
    STRING_KEYS = { max_nesting: 0 }.freeze
    SYMBOL_KEYS = { max_nesting: 0, symbolize_names: true }.freeze

    @state = JSON::State.new(max_nesting: DEEPEST)

    class << self
      # Hashes, arrays, strings, symbols, numbers, true, false and nil as JSON text; other objects as their `to_json`.
      def dump(value)
        @state.generate(value)
      rescue Exception => e # rubocop:disable Lint/RescueException -- the state has lost count of its depth
        @state = JSON::State.new(max_nesting: DEEPEST)
        raise explain(e)
      end

      # A record or several, which may be JSON text already.
      def dump_records(value)
        value.is_a?(String) ? text(value) : dump(value)
      end

      # The options that were given, as JSON; nil if there are none.
      def dump_options(options)
        options = options.compact
        options.empty? ? nil : dump(options)
      end

      def load(text, symbols)
        JSON.parse(text, symbols ? SYMBOL_KEYS : STRING_KEYS)
      end

      # Facts that the library tells have names that are known beforehand.
      def facts(text)
        JSON.parse(text, SYMBOL_KEYS)
      end

      # A key as the library prints it: most often an integer.
      def key(text)
        text.start_with?('"') ? JSON.parse(text) : text.to_i
      end

      # A text that does not change while the library reads it, in UTF-8.
      def text(value)
        return value.name if value.is_a?(Symbol)
        raise TypeError, "a String or a Symbol is wanted, not #{value.class}" unless value.is_a?(String)

        value = utf8(value)
        value.frozen? ? value : value.dup.freeze
      end

      def path(value)
        text(value.respond_to?(:to_path) ? value.to_path : value)
      end

      # Bytes of a text that may be nil.
      def size(text)
        text ? text.bytesize : 0
      end

      # Seconds to milliseconds; nil, for no limit, to -1.
      def milliseconds(seconds)
        return -1 if seconds.nil?
        raise ArgumentError, "a time limit is a number of seconds, not #{seconds.inspect}" unless seconds.is_a?(Numeric)
        raise ArgumentError, "a time limit is not negative: #{seconds}" if seconds.negative?

        [(seconds * 1000).ceil, (2**62)].min
      end

      private

      def utf8(value)
        case value.encoding
        when Encoding::UTF_8, Encoding::US_ASCII, Encoding::BINARY then value
        else value.encode(Encoding::UTF_8)
        end
      rescue EncodingError => e
        raise InvalidUTF8Error, e.message
      end

      def explain(error)
        case error
        when JSON::NestingError
          LimitError.new("the value nests deeper than 128 levels, or contains itself")
        when JSON::GeneratorError, EncodingError
          is_bad_text = error.is_a?(EncodingError) || error.message.match?(/utf-8|partial character/i)
          (is_bad_text ? InvalidUTF8Error : InvalidJSONError).new("the value cannot be written as JSON: #{error.message}")
        else
          error
        end
      end
    end
  end
end
