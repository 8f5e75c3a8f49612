# frozen_string_literal: true

module DictDB
  # A change of a table, as a {Watch} tells it.
  #
  # @!attribute [r] sequence
  #   @return [Integer] ascends by one from change to change
  # @!attribute [r] commit
  #   @return [Integer] the sequence number of the first change of the same call or batch
  # @!attribute [r] table
  #   @return [String]
  # @!attribute [r] operation
  #   @return [Symbol] `:insert`, `:update`, `:delete`, `:create` or `:drop` (of the table)
  # @!attribute [r] key
  #   @return [Integer, String, nil] the record's key, after the change; nil of `:create` and `:drop`
  # @!attribute [r] old_key
  #   @return [Integer, String, nil] the key before, if the change gave the record another one
  # @!attribute [r] record
  #   @return [Hash, nil] the whole record, after the change; a delete has none
  Change = Struct.new(:sequence, :commit, :table, :operation, :key, :old_key, :record)

  # A feed of the changes of a table, or of all tables, in the order in which they happened, from the moment at which the
  # watch was made. Changes are kept up to a limit; then the oldest go, and who asks for them gets {UnavailableError}.
  #
  #   users.watch do |watch|
  #     users.insert(name: "Ada")
  #     watch.poll # => [#<struct DictDB::Change sequence=1, ... operation=:insert, key=1, record={...}>]
  #   end
  #
  # To keep a copy of a table: make the watch, take a snapshot, apply the changes. Each can be applied by itself: where one
  # update passes keys on from record to record, these are told as deletes and inserts. Several threads may use one watch;
  # {#position} is common to them.
  class Watch < Handle
    include Enumerable

    # Between two looks at whether the thread that waits is interrupted.
    SLICE_MILLISECONDS = 50
    private_constant :SLICE_MILLISECONDS

    # @return [Integer] the sequence number after which the next poll begins
    attr_accessor :position

    # @api private
    def initialize(pointer, symbol_keys, timeout)
      super(pointer, :watch_free)
      @symbol_keys = symbol_keys
      @timeout = timeout
      @position = 0
    end

    # Gets changes, and moves {#position} behind them.
    #
    # @param since [Integer] gives those with a greater sequence number; 0 gives all that are kept
    # @param max [Integer] changes at most; 0 for all
    # @param timeout [Numeric, nil] seconds to wait if there is none; 0 not to wait; nil to wait for ever
    # @return [Array<Change>] empty if there are none
    # @raise [UnavailableError] changes after `since` are gone: the detail has `:oldest`, after which they are kept, and
    #   `:newest`
    # @raise [CancelledError] the watch was closed meanwhile, or its table's token was set
    # @raise [TimeoutError] the time of its table ({Table#with}) is over
    def poll(since: position, max: 0, timeout: 0)
      began = now
      deadline = timeout && (began + timeout)
      loop do
        changes, last = look(since, max, deadline)
        self.position = last unless changes.empty?
        return changes if !changes.empty? || (deadline && now >= deadline)

        check_limit(began)
      end
    end

    # Gives each change to the block, as it comes, until the watch is closed.
    # @yieldparam change [Change]
    # @return [self, Enumerator]
    def each(&block)
      return enum_for(:each) unless block

      poll(timeout: nil).each(&block) until closed?
      self
    rescue CancelledError, ClosedError
      closed? ? self : raise
    end

    # The sequence number of the last change that anybody watched: after which a reader goes on who reads the tables
    # anew.
    # @return [Integer]
    def last
      call { |native, out| native.watch_last(@pointer, out.count, out.error) }.take_count
    end

    # A file descriptor that is readable while there are changes that no poll has given yet: for `IO.select` and event
    # loops. Do not read or close it, and take it out of the loop before the watch is closed.
    # @return [Integer]
    # @raise [IOError] the system gives none
    def fileno
      slot = call { |native, out| native.watch_fd(@pointer, out.count, out.error) }
      number = slot.count.get_int32(0)
      slot.release
      number
    end

    # {#fileno} as an object that `IO.select([watch])` takes.
    # @return [IO]
    def to_io
      @to_io ||= IO.for_fd(fileno, autoclose: false)
    end

    private

    def look(since, max, deadline)
      wait = deadline ? ((deadline - now) * 1000).ceil.clamp(0, SLICE_MILLISECONDS) : SLICE_MILLISECONDS
      native = wait.zero? ? Native : Native::Blocking
      slot = Slot.take
      status = native.watch_poll(@pointer, since, max, wait, slot.buffer, slot.count, slot.error)
      slot.settle(status, self)
      last = slot.count.get_uint64(0)
      [parse(slot.take_text), last]
    end

    # The library would look at the limit of each slice.
    def check_limit(began)
      return if @timeout.nil? || now - began < @timeout

      raise TimeoutError, "the call took longer than its #{Codec.milliseconds(@timeout)} ms"
    end

    def parse(text)
      return [] if text == "[]"

      record = @symbol_keys ? :record : "record"
      Codec.load(text, @symbol_keys).map do |change|
        sequence, commit, table, operation, key, old_key = change.values_at(*names)
        Change.new(sequence, commit, table, operation.to_sym, key, old_key, change[record])
      end
    end

    def names
      @names ||= %i[sequence commit table operation key old_key].map { |name| @symbol_keys ? name : name.name }
    end

    def now
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end
  end
end
