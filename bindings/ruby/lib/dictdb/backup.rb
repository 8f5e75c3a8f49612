# frozen_string_literal: true

module DictDB
  # Backups of a database in a directory, full ones and deltas; each file is of one instant of the whole database, and no
  # write waits for it. Made by {Database#backup}. {DictDB.restore} makes a database of them.
  #
  #   backup = db.backup("backups", interval: 60, incremental: true, keep: 3) { |error, failures| warn error.message }
  #   backup.start
  #   backup.now
  #   backup.close
  class Backup < Handle
    # Failure blocks by the number that is their context; a block is let go when the library says so.
    @blocks = {}
    @last_number = 0
    @open = ObjectSpace::WeakMap.new

    # No exception may leave a callback.
    @on_failure = FFI::Function.new(:void, %i[pointer int32 string string uint64]) do |context, status, message, detail, failures|
      Backup.tell(context.address, status, message, detail, failures)
    end
    @destructor = FFI::Function.new(:void, %i[pointer]) { |context| Backup.forget(context.address) }

    class << self
      # @api private
      def open(database, directory, options, block)
        number = block ? remember(block) : 0
        callback = block ? @on_failure : nil
        Handle.adopt do
          slot = Slot.take
          status = Native::Blocking.backup_new(database.pointer, directory, directory.bytesize, options,
                                               Codec.size(options), callback, FFI::Pointer.new(number),
                                               block ? @destructor : nil, slot.handle, slot.error)
          slot.settle(status, database)
          new(slot.take_handle).tap { |backup| @open[backup] = true if block }
        end
      rescue Error
        forget(number)
        raise
      end

      # @api private
      def tell(number, status, message, detail, failures)
        message = message.dup.force_encoding(Encoding::UTF_8)
        detail = Codec.facts(detail.dup.force_encoding(Encoding::UTF_8))
        @blocks[number]&.call(Error.of(status).new(message, code: status, detail:), failures)
      rescue StandardError => e
        warn "the failure block of a backup raised #{e.full_message(highlight: false)}"
      end

      # @api private
      def forget(number)
        @blocks.delete(number)
      end

      private

      def remember(block)
        close_at_exit
        number = (@last_number += 1)
        @blocks[number] = block
        number
      end

      def close_at_exit
        return if @is_closed_at_exit

        @is_closed_at_exit = true
        Callbacks.at_end(-> { @blocks.empty? }) { @open.each_key(&:close) }
      end
    end

    # @api private
    def initialize(pointer)
      super(pointer, :backup_free)
    end

    # Begins to make backups in a thread of the library's own: when the interval is over, and when a change was told.
    # @return [self]
    def start
      simple(:backup_start)
    end

    # Ends that, and waits for a backup that is being made.
    # @return [self]
    def stop
      simple(:backup_stop)
    end

    # Says that something has changed that should be backed up soon. Returns at once.
    # @return [self]
    def notify_change
      simple(:backup_notify_change)
    end

    # Makes the backup whose turn it is: a delta or a full one.
    #
    # @param background [Boolean] true to return a {Job} at once
    # @return [Hash{Symbol=>Object}, Job] `:file` (nil if nothing has changed since the last one), `:type`, `:records`,
    #   `:bytes`, `:duration_us`
    # @raise [IOError]
    def now(background: false)
      make(:backup_now, background)
    end

    # Makes a full backup.
    # @param (see #now)
    # @return (see #now)
    def full(background: false)
      make(:backup_full, background)
    end

    # Makes a delta, or nothing if nothing has changed; a full backup if there is none to continue.
    # @param (see #now)
    # @return (see #now)
    def delta(background: false)
      make(:backup_delta, background)
    end

    # What was done: `:is_running`, `:full`, `:delta`, `:unchanged`, `:failures`, `:last_file`, `:last_error` and so on, as
    # dictdb.h says of `dictdb_backup_statistics`.
    # @return [Hash{Symbol=>Object}]
    def statistics
      Codec.facts(call { |native, out| native.backup_statistics(@pointer, out.buffer, out.error) }.take_text)
    end

    private

    def simple(function)
      call { |_native, out| Native::Blocking.public_send(function, @pointer, out.error) }.release
      self
    end

    def make(function, background)
      Job.start(background, self) { |out| Native.public_send(function, @pointer, nil, out.handle, out.error) }
    end
  end
end
