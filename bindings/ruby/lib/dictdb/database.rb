# frozen_string_literal: true

module DictDB
  # A database: a set of named tables in memory, or a snapshot of one.
  #
  #   DictDB.open do |db|
  #     users = db.create_table(:users)
  #     users.insert(name: "Ada")
  #   end
  #
  # Any number of threads may use it at the same time. Tables stay usable when the database is closed; their memory is
  # given back with the last of these objects. Every method raises {ClosedError} after {#close}, and {ForkedError} in a
  # forked child.
  class Database < Stoppable
    # @return [Boolean] whether records come out with symbols as keys
    attr_reader :symbol_keys

    # What {DictDB.load} or {DictDB.restore} told of the file: `:records`, `:bytes`, `:duration_us`; of a restore also
    # `:file`, `:time`, `:files` and `:skipped`. Nil for a database that was made empty.
    # @return [Hash{Symbol=>Object}, nil]
    attr_reader :facts

    # @api private
    def initialize(pointer, symbol_keys, timeout: nil, facts: nil)
      super(pointer, :db_free, :db_limited)
      @symbol_keys = symbol_keys
      @timeout = timeout
      @facts = facts
    end

    # Creates a table.
    #
    #   db.create_table(:users)
    #   db.create_table(:users, primary_key: :email,
    #                           schema: { email: :str, age: { type: :int, nullable: true } })
    #
    # @param name [Symbol, String]
    # @param primary_key [Symbol, String, nil] name of the key field, `"id"` by default
    # @param schema [Hash, nil] from field to type: `:int`, `:float`, `:str`, `:bool`, `:list`, `:dict`, or
    #   `{ type: :str, nullable: true, default: "x" }`; every field is required, and no others are allowed
    # @return [Table]
    # @raise [DuplicateTableError, SchemaValidationError, InvalidArgumentError]
    def create_table(name, primary_key: nil, schema: nil)
      name = Codec.text(name)
      options = Codec.dump_options(primary_key:, schema:)
      Handle.adopt do
        slot = call do |native, out|
          native.db_create_table(@pointer, name, name.bytesize, options, Codec.size(options), out.handle, out.error)
        end
        Table.new(slot.take_handle, name, @symbol_keys, @timeout)
      end
    end

    # A table by its name. Makes an object each time: keep it in a variable.
    # @param name [Symbol, String]
    # @return [Table]
    # @raise [TableNotFoundError]
    def table(name)
      name = Codec.text(name)
      Handle.adopt do
        slot = call { |native, out| native.db_get_table(@pointer, name, name.bytesize, out.handle, out.error) }
        Table.new(slot.take_handle, name, @symbol_keys, @timeout)
      end
    end
    alias [] table

    # @return [Boolean] whether there is a table of that name
    def table?(name)
      table(name).close
      true
    rescue TableNotFoundError
      false
    end

    # @return [Array<String>] names of all tables, in the order in which they were created
    def tables
      Codec.facts(attempt { |native, db, out| native.db_list_tables(db, out.buffer, out.error) }.take_text)
    end

    # Drops a table and its records: every method of objects that stand for it raises {TableNotFoundError} from then on.
    # @return [self]
    # @raise [TableNotFoundError]
    def drop_table(name)
      name = Codec.text(name)
      attempt { |native, db, out| native.db_drop_table(db, name, name.bytesize, out.error) }.release
      self
    end

    # All tables as they are at one and the same instant: with all methods that read. See {Table#snapshot}.
    # @return [Database, Object] the block's value, if there is a block, which gets the snapshot; it is closed behind it
    def snapshot(&block)
      Handle.adopt do
        slot = call { |_native, out| Native::Blocking.db_snapshot(@pointer, out.handle, out.error) }
        Database.new(slot.take_handle, @symbol_keys, timeout: @timeout)
      end.then { |snapshot| Handle.lend(snapshot, &block) }
    end

    # The same database through an object whose calls, and those of all its tables, can be stopped, or whose records come
    # out otherwise. Limits add up. See {Table#with}.
    #
    # @param timeout [Numeric, nil] seconds that each call may take
    # @param cancel [CancelToken, nil]
    # @param keys [:string, :symbol, nil] nil: as before
    # @return [Database, Object] the block's value, if there is a block, which gets the object; it is closed behind it
    def with(timeout: nil, cancel: nil, keys: nil, &block)
      Handle.adopt do
        pointer = limited(cancel&.pointer, Codec.milliseconds(timeout))
        Database.new(pointer, DictDB.symbol_keys?(keys, @symbol_keys), timeout: [@timeout, timeout].compact.min)
      end.then { |database| Handle.lend(database, &block) }
    end

    # Does several writes as one: all, or none. The block puts them together; they are done behind it, in one call, and
    # not at all if it raises.
    #
    #   db.batch do |batch|
    #     batch.update_where(:accounts, "id = ?1 AND balance >= ?2", "balance = balance - ?2", 1, 80)
    #     batch.update_where(:accounts, "id = ?1", "balance = balance + ?2", 2, 80)
    #   end
    #
    # An update or delete that finds no record fails the batch with {RecordNotFoundError}: a predicate can be a condition
    # on which all depends. {Batch} is for writes that are put together over a longer time.
    #
    # @yieldparam batch [Operations]
    # @return [Array<Hash{Symbol=>Object}>] of each operation in order: `{key: 7}`, `{keys: [7, 8]}`, `{count: 3}`,
    #   `{key: 7, outcome: "updated"}`
    # @raise [Error] those of the operations; the detail has the number of the `:operation`, from 0
    def batch
      operations = Operations.new
      yield operations
      text = operations.to_json
      slot = attempt(:batch, patient: text.bytesize > LONG_TEXT) do |native, db, out|
        native.db_batch(db, text, text.bytesize, out.buffer, out.error)
      end
      Codec.facts(slot.take_text)
    end

    # Copies all records of all tables, as of one and the same instant.
    # @return [Hash{String=>Hash}] for each table's name what {Table#copy} gives
    def copy
      text = attempt(:copy) { |native, db, out| native.db_copy(db, out.buffer, out.error) }.take_text
      Codec.load(text, @symbol_keys).transform_keys!(&:to_s).transform_values! do |records|
        records.transform_keys!(&:to_s)
      end
    end

    # Watches all tables from now on, those that are yet to be created included.
    # @param (see Table#watch)
    # @return [Watch, Object] the block's value, if there is a block, which gets the watch; it is closed behind it
    def watch(max_changes: nil, max_bytes: nil, records: nil, &block)
      options = Codec.dump_options(max_changes:, max_bytes:, records:)
      Handle.adopt do
        slot = call { |native, out| native.db_watch(@pointer, options, Codec.size(options), out.handle, out.error) }
        Watch.new(slot.take_handle, @symbol_keys, @timeout)
      end.then { |watch| Handle.lend(watch, &block) }
    end

    # @return [String]
    def inspect
      closed? ? "#<DictDB::Database closed>" : "#<DictDB::Database #{tables.join(", ")}>"
    rescue Error
      "#<DictDB::Database>"
    end
    alias to_s inspect
  end
end
