# frozen_string_literal: true

module DictDB
  # What went wrong in a call. Each status of the library has a class of its own below this one.
  #
  # The message is for people: what was wrong, where, and what would be right. For programs there are the class and
  # {#detail}.
  class Error < StandardError
    # @return [Integer, nil] the number of the status, as in dictdb.h
    attr_reader :code

    # The facts, each only where it applies: `:key`, `:field`, `:index` (of a record in a bulk call), `:position` (byte
    # offset in a text), `:expected`, `:found`, `:path`, `:operation` (in a batch), and so on, as dictdb.h says of
    # `dictdb_error_detail`.
    # @return [Hash{Symbol=>Object}]
    attr_reader :detail

    @classes = {}

    # @param message [String, nil] by default what the status means
    # @param code [Integer, nil] the status; by default that of the class
    # @param detail [Hash{Symbol=>Object}]
    def initialize(message = nil, code: self.class.code, detail: {})
      super(message || (code && Native.status_message(code)))
      @code = code
      @detail = detail
    end

    # @return [Symbol] the name of the status, for example `:duplicate_key`
    def status
      code ? Native.status_name(code).downcase.to_sym : :unknown
    end

    class << self
      # @return [Integer, nil] the status that the class stands for; nil for {Error} itself
      attr_reader :code

      # The class for a status; {Error} for one that this version does not know.
      # @api private
      def of(code)
        Error.classes.fetch(code, Error)
      end

      protected

      attr_reader :classes

      private

      def stands_for(code)
        @code = code
        Error.classes[code] = self
      end
    end
  end

  # No record has that key, or none matches.
  class RecordNotFoundError < Error
    stands_for 1
  end

  # The database has no table of that name, or the table was dropped.
  class TableNotFoundError < Error
    stands_for 2
  end

  # The key is taken, or a value of a unique index is.
  class DuplicateKeyError < Error
    stands_for 3
  end

  # The database has a table of that name already.
  class DuplicateTableError < Error
    stands_for 4
  end

  # A record violates the table's schema.
  class SchemaValidationError < Error
    stands_for 5
  end

  # A text is not JSON, or not the JSON value that was asked for; an object cannot be written as JSON.
  class InvalidJSONError < Error
    stands_for 6
  end

  # A text is not UTF-8.
  class InvalidUTF8Error < Error
    stands_for 7
  end

  # A key is neither a signed 64-bit integer nor a non-empty string.
  class InvalidKeyError < Error
    stands_for 8
  end

  # An option is unknown, of a wrong type or does not go with another; a parameter has no value.
  class InvalidArgumentError < Error
    stands_for 9
  end

  # An object cannot be used (any more).
  class InvalidHandleError < Error
    stands_for 10
  end

  # An integer lies outside -2**63 to 2**64-1, or a computed number is not finite.
  class NumberRangeError < Error
    stands_for 11
  end

  # An operation met a value that it is not defined for: arithmetic on what is no number, a division by zero.
  class TypeMismatchError < Error
    stands_for 12
  end

  # A field reference, a pattern or a text of the query language cannot be parsed: the detail says where
  # (`:position`), what stands there (`:found`) and what would be right (`:expected`).
  class ParseError < Error
    stands_for 13
  end

  # A documented limit was exceeded.
  class LimitError < Error
    stands_for 14
  end

  # An index of another kind, or of other uniqueness, exists on the same fields.
  class IndexExistsError < Error
    stands_for 15
  end

  # The operating system refused something: the detail has `:operation`, `:path` and `:errno`.
  class IOError < Error
    stands_for 16
  end

  # A file is damaged: the detail says where (`:path`, `:position`).
  class CorruptError < Error
    stands_for 17
  end

  # This kind of object does not support the operation: a snapshot cannot be changed.
  class UnsupportedError < Error
    stands_for 18
  end

  # The call's token was set, or the watch that it waited for was closed; nothing changed.
  class CancelledError < Error
    stands_for 19
  end

  # The call took longer than its table or database allows ({Table#with}); nothing changed.
  class TimeoutError < Error
    stands_for 20
  end

  # The operation conflicts with another one. The library does not use it yet.
  class ConflictError < Error
    stands_for 21
  end

  # The object is not in a state to do that now: a watch no longer has the changes that were asked for, a job runs.
  class UnavailableError < Error
    stands_for 22
  end

  # Memory could not be had; nothing changed.
  class OutOfMemoryError < Error
    stands_for 23
  end

  # The process was forked, and this is the child: make a database there, in a process that had none before the fork.
  class ForkedError < Error
    stands_for 24
  end

  # A defect of the library was caught. Please report it.
  class InternalError < Error
    stands_for 25
  end

  # The object was closed.
  class ClosedError < InvalidHandleError
    @code = InvalidHandleError.code
  end
end
