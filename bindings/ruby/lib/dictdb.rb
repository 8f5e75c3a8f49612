# frozen_string_literal: true

require_relative "dictdb/version"
require_relative "dictdb/native"
require_relative "dictdb/errors"
require_relative "dictdb/codec"
require_relative "dictdb/slot"
require_relative "dictdb/handle"
require_relative "dictdb/cancel_token"
require_relative "dictdb/stoppable"
require_relative "dictdb/names"
require_relative "dictdb/expression"
require_relative "dictdb/condition"
require_relative "dictdb/scope"
require_relative "dictdb/querying"
require_relative "dictdb/table"
require_relative "dictdb/table/catalog"
require_relative "dictdb/relation"
require_relative "dictdb/relation/answers"
require_relative "dictdb/relation/writes"
require_relative "dictdb/predicate"
require_relative "dictdb/query"
require_relative "dictdb/update"
require_relative "dictdb/cursor"
require_relative "dictdb/job"
require_relative "dictdb/database"
require_relative "dictdb/database/files"
require_relative "dictdb/batch"
require_relative "dictdb/watch"
require_relative "dictdb/callbacks"
require_relative "dictdb/backup"
require_relative "dictdb/log"

# An embedded, in-memory database of JSON records.
#
#   require "dictdb"
#
#   DictDB.open do |db|
#     users = db.create_table(:users)
#     users.insert_many([{ name: "Ada", age: 36 }, { name: "Kurt", age: 17 }])
#     users.where { age >= 18 }.each { |user| puts user["name"] }
#   end
module DictDB
  class << self
    # Makes an empty database.
    #
    # @param keys [:string, :symbol] what keys of hashes that come out are
    # @return [Database, Object] the block's value, if there is a block, which gets the database; it is closed behind it
    def open(keys: :string, &block)
      symbols = symbol_keys?(keys, false)
      Handle.adopt do
        slot = Slot.take
        slot.settle(Native.db_new(nil, 0, slot.handle, slot.error))
        Database.new(slot.take_handle, symbols)
      end.then { |database| Handle.lend(database, &block) }
    end

    # Loads a database from a file that {Database#save} or DictDB has written.
    #
    # @param path [String, Pathname]
    # @param keys [:string, :symbol] what keys of hashes that come out are
    # @param background [Boolean] true to return a {Job} at once: {Job#database} gives the database
    # @return [Database, Job, Object] the block's value, if there is a block, which gets the database; it is closed behind
    #   it
    # @raise [IOError, CorruptError, InvalidJSONError]
    def load(path, keys: :string, background: false, &block)
      path = Codec.path(path)
      from_job(keys, background, block) do |out|
        Native.db_load(path, path.bytesize, nil, out.handle, out.error)
      end
    end

    # Restores a database from the backups of a directory, up to the newest. {Database#facts} tells what went in.
    #
    # @param directory [String, Pathname]
    # @param before [Time, Numeric, nil] no later state than that; as a number seconds since 1970
    # @param partial [Boolean] true: if files are missing or damaged, the newest state that can be had
    # @param keys [:string, :symbol] what keys of hashes that come out are
    # @param background [Boolean] true to return a {Job} at once: {Job#database} gives the database
    # @return [Database, Job, Object] the block's value, if there is a block, which gets the database; it is closed behind
    #   it
    # @raise [UnavailableError] the directory has no backup, or none so old
    # @raise [CorruptError] a file is missing or damaged
    def restore(directory, before: nil, partial: false, keys: :string, background: false, &block)
      directory = Codec.path(directory)
      options = restore_options(before, partial)
      from_job(keys, background, block) do |out|
        Native.backup_restore(directory, directory.bytesize, options, options.bytesize, nil, nil, out.handle, out.error)
      end
    end

    # Looks at the backups of a directory without loading them.
    #
    # @param directory [String, Pathname]
    # @param background [Boolean] true to return a {Job} at once
    # @return [Hash{Symbol=>Object}, Job] `:is_sound`, `:newest` and `:files`; damage is told here, and is no exception
    # @raise [IOError] the directory cannot be read
    def verify(directory, background: false)
      directory = Codec.path(directory)
      Job.start(background) { |out| Native.backup_verify(directory, directory.bytesize, nil, out.handle, out.error) }
    end

    # Sends the library's log messages to a block from now on: those of the whole process. Without a block nothing is sent
    # any more.
    #
    #   DictDB.log(:info) { |level, message, fields| warn "#{level}: #{message} #{fields}" }
    #
    # @param level [:error, :warn, :info, :debug] messages up to this level are sent
    # @param debug_sample [Integer] of debug messages, one in so many is sent
    # @yieldparam level [Symbol]
    # @yieldparam message [String]
    # @yieldparam fields [Hash{Symbol=>Object}]
    # @return [nil]
    def log(level = :info, debug_sample: 1, &block)
      Log.set(level, debug_sample, block)
      nil
    end

    # @return [String] version of the library that is loaded
    def library_version
      Native.version
    end

    # @param name [Symbol, String] for example `:watch`: see `dictdb_has_feature`
    # @return [Boolean] whether the library that is loaded has a feature
    def feature?(name)
      name = Codec.text(name)
      Native.has_feature(name, name.bytesize) == 1
    end

    # @return [Integer] bytes of memory that the library uses in this process, all databases together; Ruby does not count them
    def memory_used
      Native.memory_used
    end

    # Limits that memory. What would store something beyond it is OutOfMemoryError and has changed nothing; what frees memory
    # works: dictdb.h tells it in full.
    #
    # @param bytes [Integer, nil] the limit; nil for none
    # @return [Integer, nil] the limit that there was before
    def limit_memory(bytes)
      before = Native.memory_limit(bytes || 0)
      before unless before.zero?
    end

    # @api private
    def symbol_keys?(keys, default)
      case keys
      when nil then default
      when :symbol then true
      when :string then false
      else raise InvalidArgumentError, "keys is :string or :symbol, not #{keys.inspect}"
      end
    end

    private

    def from_job(keys, background, borrower, &start)
      symbols = symbol_keys?(keys, false)
      made = Job.start(background, result: :database.to_proc, symbol_keys: symbols, &start)
      background ? made : Handle.lend(made, &borrower)
    end

    # Times are written with all their digits, which a double does not have.
    def restore_options(before, partial)
      moment = before ? format("%.6f", before.to_r) : "null"
      %({"until":#{moment},"partial":#{partial ? true : false}})
    end
  end
end
