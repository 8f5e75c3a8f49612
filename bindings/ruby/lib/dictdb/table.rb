# frozen_string_literal: true

module DictDB
  # What {Table#upsert} did: the record's key, and `:inserted`, `:updated` or `:ignored`.
  #
  # @!attribute [r] key
  #   @return [Integer, String]
  # @!attribute [r] outcome
  #   @return [Symbol] `:inserted`, `:updated` or `:ignored`
  Upsert = Struct.new(:key, :outcome)

  # A table of JSON records under a primary key, or a snapshot of one.
  #
  # Records go in and come out as hashes. Keys of hashes that go in are symbols or strings; those that come out are
  # strings, or symbols if the database was made with `keys: :symbol`. A record that goes in may be a String, too: JSON
  # text, taken as it is.
  #
  #   users = db.create_table(:users)
  #   users.insert(name: "Ada", age: 36)             # => 1
  #   users[1]                                       # => {"name"=>"Ada", "age"=>36, "id"=>1}
  #   users.where { age >= 18 }.order("-age").to_a   # see Relation
  #
  # Any number of threads may use a table at the same time. Each call is atomic: it takes effect at one instant, wholly
  # or not at all. Methods whose name ends in `!` raise {RecordNotFoundError} where those without tell that there was
  # no such record. Every method raises {ClosedError} after {#close}, {TableNotFoundError} after the table was dropped,
  # and {ForkedError} in a forked child.
  class Table < Stoppable
    include Querying

    ON_CONFLICT = { update: 0, ignore: 1, error: 2 }.freeze
    OUTCOMES = %i[inserted updated ignored].freeze
    private_constant :ON_CONFLICT, :OUTCOMES

    # @api private
    def self.conflict(name)
      ON_CONFLICT.fetch(name) do
        raise InvalidArgumentError, "on_conflict is :update, :ignore or :error, not #{name.inspect}"
      end
    end

    # @return [String] the name that the table had when the object was made
    attr_reader :name

    # @return [Boolean] whether records come out with symbols as keys
    attr_reader :symbol_keys

    # Seconds that a call may take, as said to {#with}; nil for no limit.
    # @api private
    attr_reader :timeout

    # @api private
    def initialize(pointer, name, symbol_keys, timeout = nil)
      super(pointer, :table_free, :table_limited)
      @name = name
      @symbol_keys = symbol_keys
      @timeout = timeout
    end

    # Inserts one record.
    #
    # @param record [Hash, String] without the key field, or with it nil, the record gets the next integer as its key
    # @return [Integer, String] the record's key
    # @raise [DuplicateKeyError] the key is taken, or a value of a unique index
    # @raise [SchemaValidationError, InvalidKeyError, InvalidJSONError, NumberRangeError, LimitError]
    def insert(record)
      record = Codec.dump_records(record)
      slot = attempt(patient: record.bytesize > LONG_TEXT) do |native, table, out|
        native.table_insert(table, record, record.bytesize, out.buffer, out.error)
      end
      Codec.key(slot.take_text)
    end

    # Inserts one record.
    # @param record [Hash, String]
    # @return [self]
    def <<(record)
      insert(record)
      self
    end

    # Inserts many records in one call: all, or none.
    #
    # @param records [Array<Hash>, String] the records, or a JSON array of them
    # @return [Array<Integer, String>] their keys, in the order of the records
    # @raise [Error] as {#insert}; the detail has the `:index` of the record at fault, from 0
    def insert_many(records)
      records = Codec.dump_records(records.is_a?(String) ? records : records.to_a)
      slot = attempt(patient: records.bytesize > LONG_TEXT) do |native, table, out|
        native.table_insert_many(table, records, records.bytesize, out.buffer, out.error)
      end
      Codec.facts(slot.take_text)
    end

    # Inserts a record, or deals with the one that has its key.
    #
    #   users.upsert({ id: 1, visits: 3 }, on_conflict: :ignore)
    #   users.upsert(id: 1, visits: 3)
    #
    # @param record [Hash, String, nil]
    # @param on_conflict [:update, :ignore, :error] merge the fields into the record that is there, leave that as it is,
    #   or raise {DuplicateKeyError}
    # @param fields [Hash] the record, if there is no `record`
    # @return [Upsert]
    # @raise [Error] as {#insert}
    def upsert(record = nil, on_conflict: :update, **fields)
      record = Codec.dump_records(record || fields)
      conflict = Table.conflict(on_conflict)
      slot = attempt(patient: record.bytesize > LONG_TEXT) do |native, table, out|
        native.table_upsert(table, record, record.bytesize, conflict, out.count, out.buffer, out.error)
      end
      outcome = OUTCOMES.fetch(slot.count.get_int32(0))
      Upsert.new(Codec.key(slot.take_text), outcome)
    end

    # Reads one record by its key.
    #
    # @param key [Integer, String]
    # @return [Hash, nil] nil if no record has the key
    # @raise [InvalidKeyError] the key is neither a signed 64-bit integer nor a non-empty string
    def get(key)
      text = get_json(key)
      text && Codec.load(text, @symbol_keys)
    end
    alias [] get

    # Reads one record by its key, as JSON text: what costs least.
    # @param key [Integer, String]
    # @return [String, nil]
    def get_json(key)
      read(key)&.take_text
    end

    # Reads one record by its key. As `Hash#fetch`: if there is none, the block's value is returned, or the default.
    #
    # @param key [Integer, String]
    # @return [Hash, Object]
    # @raise [RecordNotFoundError] no record has the key, and there is neither a default nor a block
    def fetch(key, *default)
      raise ArgumentError, "fetch takes a key and one default at most" if default.size > 1

      record = get(key)
      return record if record
      return yield(key) if block_given?
      return default.first unless default.empty?

      not_found(key)
    end

    # @param key [Integer, String]
    # @return [Boolean] whether a record has the key
    def key?(key)
      slot = read(key)
      slot&.release
      !slot.nil?
    end

    # Reads many records by their keys in one call, as of one instant.
    #
    # @param keys [Array<Integer, String>]
    # @return [Array<Hash, nil>] as long as `keys`: nil where no record has the key
    def get_many(keys)
      keys = Codec.dump(keys.to_a)
      slot = attempt(:get_many, patient: keys.bytesize > LONG_TEXT) do |native, table, out|
        native.table_get_many(table, keys, keys.bytesize, out.buffer, out.error)
      end
      Codec.load(slot.take_text, @symbol_keys)
    end

    # Changes the record that has a key.
    #
    #   users.update(1, age: 37)                                  # each field is replaced as a whole
    #   users.update(1) { { visits: coalesce(visits, 0) + 1 } }   # computed inside the atomic operation
    #
    # @param key [Integer, String]
    # @param changes [Hash, String] fields and their new values
    # @yield in a {Scope}: returns a Hash of expressions
    # @return [Boolean] whether there was such a record
    # @raise [DuplicateKeyError, SchemaValidationError, InvalidKeyError, TypeMismatchError, NumberRangeError]
    def update(key, changes = nil, &block)
      if block
        raise ArgumentError, "update takes changes or a block, not both" if changes

        return where(primary_key.to_sym => key).update(&block) == 1
      end
      raise ArgumentError, "update takes changes, or a block that returns them" if changes.nil?

      key = Codec.dump(key)
      changes = Codec.dump_records(changes)
      slot = attempt do |native, table, out|
        native.table_update_by_key(table, key, key.bytesize, changes, changes.bytesize, out.error)
      end
      slot&.release
      !slot.nil?
    end

    # As {#update}, but a record must be there.
    # @return [true]
    # @raise [RecordNotFoundError]
    def update!(key, changes = nil, &block)
      update(key, changes, &block) || not_found(key)
    end

    # Deletes the record that has a key.
    # @param key [Integer, String]
    # @return [Boolean] whether there was such a record
    def delete(key)
      key = Codec.dump(key)
      slot = attempt { |native, table, out| native.table_delete_by_key(table, key, key.bytesize, out.error) }
      slot&.release
      !slot.nil?
    end

    # As {#delete}, but a record must be there.
    # @return [true]
    # @raise [RecordNotFoundError]
    def delete!(key)
      delete(key) || not_found(key)
    end

    # All records of the table, as a query to be refined.
    # @return [Relation]
    def all
      Relation.new(self)
    end

    # Compiles a query on this table, with parameters, to be run many times.
    #
    #   adults = users.prepare(where: "age >= ?1", order_by: "-age", limit: "?2")
    #   adults.run(18, 10)
    #
    # @param spec (see Query#initialize)
    # @return [Query]
    def prepare(predicate: nil, **spec)
      Query.new(predicate:, table: self, **spec)
    end

    # Compiles an update of this table, with parameters, to be run many times.
    #
    #   visit = pages.prepare_update(where: "path = ?1", set: "visits = coalesce(visits, 0) + 1")
    #   visit.run("/")
    #
    # @param set [String] assignments
    # @param where [String, nil] which records; `"TRUE"` for all
    # @param predicate [Predicate, nil] which records
    # @return [Update]
    def prepare_update(set:, where: nil, predicate: nil)
      Update.new(set:, where:, predicate:, table: self)
    end

    # The same table through an object whose calls can be stopped, or whose records come out otherwise. Limits add up.
    #
    #   users.with(timeout: 0.5).where("name LIKE ?1", "%x%").to_a   # TimeoutError after half a second
    #
    # @param timeout [Numeric, nil] seconds that each call may take
    # @param cancel [CancelToken, nil]
    # @param keys [:string, :symbol, nil] nil: as before
    # @return [Table, Object] the block's value, if there is a block, which gets the object; it is closed behind it
    def with(timeout: nil, cancel: nil, keys: nil, &block)
      Handle.adopt do
        pointer = limited(cancel&.pointer, Codec.milliseconds(timeout))
        Table.new(pointer, @name, DictDB.symbol_keys?(keys, @symbol_keys), [@timeout, timeout].compact.min)
      end.then { |table| Handle.lend(table, &block) }
    end

    # The table as it is at this instant, whatever happens to it afterwards: with all methods that read. Takes
    # microseconds, whatever the table's size; it keeps the memory of what the table would have let go since.
    #
    #   users.snapshot { |then_| then_.count == then_.to_a.size }
    #
    # @return [Table, Object] the block's value, if there is a block, which gets the snapshot; it is closed behind it
    def snapshot(&block)
      Handle.adopt do
        slot = call { |native, out| native.table_snapshot(@pointer, out.handle, out.error) }
        Table.new(slot.take_handle, @name, @symbol_keys, @timeout)
      end.then { |table| Handle.lend(table, &block) }
    end

    # @return [String]
    def inspect
      "#<DictDB::Table #{@name}#{" closed" if closed?}>"
    end
    alias to_s inspect

    private

    def read(key)
      if key.is_a?(Integer) && key.bit_length < 64
        return attempt { |native, table, out| native.table_get_int(table, key, out.buffer, out.error) }
      end

      key = Codec.dump(key)
      attempt { |native, table, out| native.table_get(table, key, key.bytesize, out.buffer, out.error) }
    end

    def not_found(key)
      raise RecordNotFoundError.new("no record of #{@name} has the key #{key.inspect}", detail: { key: })
    end
  end
end
