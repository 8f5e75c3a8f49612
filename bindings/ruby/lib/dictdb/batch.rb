# frozen_string_literal: true

module DictDB
  # Writes that {Database#batch} does in one call. Tables are named by a symbol, a string or a {Table}.
  class Operations
    # @api private
    def initialize
      @operations = []
    end

    # @param table [Symbol, String, Table]
    # @param record [Hash]
    # @return [self]
    def insert(table, record)
      add(:insert, table, record:)
    end

    # @param records [Array<Hash>]
    # @return [self]
    def insert_many(table, records)
      add(:insert_many, table, records: records.to_a)
    end

    # @param record [Hash]
    # @param on_conflict [:update, :ignore, :error]
    # @return [self]
    def upsert(table, record, on_conflict: :update)
      add(:upsert, table, record:, on_conflict:)
    end

    # Changes the record that has a key.
    # @param key [Integer, String]
    # @param changes [Hash] fields and their new values
    # @return [self]
    def update(table, key, changes)
      add(:update, table, key:, changes:)
    end

    # Changes the records that match.
    #
    # @param where [String] a predicate
    # @param set [String] assignments
    # @param values [Array] of the parameters ?1, ?2 and so on, of both texts
    # @return [self]
    def update_where(table, where, set, *values)
      add(:update, table, where:, set:, params: values)
    end

    # Deletes the record that has a key.
    # @return [self]
    def delete(table, key)
      add(:delete, table, key:)
    end

    # Deletes the records that match.
    # @return [self]
    def delete_where(table, where, *values)
      add(:delete, table, where:, params: values)
    end

    # @api private
    def to_json(*)
      Codec.dump(@operations)
    end

    private

    def add(operation, table, members)
      @operations << { operation => table.is_a?(Table) ? table.name : Codec.text(table), **members }
      self
    end
  end

  # A list of writes on any number of tables, to be done as one: all or none. What is added is checked at once; nothing
  # is changed before {#commit}. {Database#batch} does the same in one call, and is faster.
  #
  #   batch = DictDB::Batch.new
  #   batch.insert(orders, item: 7).update_where(stock, "item = 7 AND amount > 0", "amount = amount - 1")
  #   batch.commit
  #
  # Any thread may use it. Operations take effect in the order in which they were added, each sees what those before it
  # did; limits of their tables ({Table#with}) apply to the commit.
  class Batch < Handle
    # An empty batch.
    def initialize
      Handle.adopt do
        slot = Slot.take
        slot.settle(Native.batch_new(slot.handle, slot.error))
        super(slot.take_handle, :batch_free)
      end
      @token = CancelToken.new
      @limited = {}.compare_by_identity
    end

    # @param table [Table]
    # @param record [Hash, String]
    # @return [self]
    # @raise [SchemaValidationError, InvalidKeyError, InvalidJSONError, NumberRangeError, LimitError, UnsupportedError]
    def insert(table, record)
      text = Codec.dump_records(record)
      add(table, text) { |native, handle, out| native.batch_insert(@pointer, handle, text, text.bytesize, out.error) }
    end

    # @param records [Array<Hash>, String]
    # @return [self]
    def insert_many(table, records)
      text = Codec.dump_records(records.is_a?(String) ? records : records.to_a)
      add(table, text) { |native, handle, out| native.batch_insert_many(@pointer, handle, text, text.bytesize, out.error) }
    end

    # @param record [Hash, String]
    # @param on_conflict [:update, :ignore, :error]
    # @return [self]
    def upsert(table, record, on_conflict: :update)
      text = Codec.dump_records(record)
      conflict = Table.conflict(on_conflict)
      add(table, text) do |native, handle, out|
        native.batch_upsert(@pointer, handle, text, text.bytesize, conflict, out.error)
      end
    end

    # Changes the record that has a key.
    # @param key [Integer, String]
    # @param changes [Hash, String] fields and their new values
    # @return [self]
    def update(table, key, changes)
      key = Codec.dump(key)
      text = Codec.dump_records(changes)
      add(table, text) do |native, handle, out|
        native.batch_update_by_key(@pointer, handle, key, key.bytesize, text, text.bytesize, out.error)
      end
    end

    # Runs a compiled update.
    # @param update [Update]
    # @param values [Array] of the parameters ?1, ?2 and so on
    # @return [self]
    def run(update, *values, table:)
      params = Codec.dump(values)
      add(table, params) do |native, handle, out|
        native.batch_update(@pointer, handle, update.pointer, params, params.bytesize, out.error)
      end
    end

    # Changes the records that match.
    #
    # @param where [String] a predicate
    # @param set [String] assignments
    # @param values [Array] of the parameters ?1, ?2 and so on, of both texts
    # @return [self]
    # @raise [ParseError]
    def update_where(table, where, set, *values)
      where = Codec.text(where)
      set = Codec.text(set)
      params = Codec.dump(values)
      add(table, where) do |native, handle, out|
        native.batch_update_where(@pointer, handle, where, where.bytesize, set, set.bytesize, params, params.bytesize,
                                  out.error)
      end
    end

    # Deletes the record that has a key.
    # @return [self]
    def delete(table, key)
      key = Codec.dump(key)
      add(table, key) { |native, handle, out| native.batch_delete_by_key(@pointer, handle, key, key.bytesize, out.error) }
    end

    # Deletes the records that match.
    # @return [self]
    def delete_where(table, where, *values)
      where = Codec.text(where)
      params = Codec.dump(values)
      add(table, where) do |native, handle, out|
        native.batch_delete_where(@pointer, handle, where, where.bytesize, params, params.bytesize, out.error)
      end
    end

    # Does all that was added, as one. Then the batch is empty, and may be used again; if it fails nothing was changed,
    # and the batch has what it had.
    #
    # @return [Array<Hash{Symbol=>Object}>] of each operation in order, as {Database#batch}
    # @raise [RecordNotFoundError] an update or delete found no record
    # @raise [Error] those of the operations; the detail has the number of the `:operation`, from 0
    def commit
      slot = Slot.take
      status = @token.run { Native::Blocking.batch_commit(@pointer, slot.buffer, slot.error) }
      Codec.facts(slot.settle(status, self).take_text)
    ensure
      # An interrupted commit sets the token, and the next one is not to be stopped by it.
      @token.reset if @token.set?
    end

    # Gives up all that was added.
    # @return [self]
    def clear
      call { |native, out| native.batch_clear(@pointer, out.error) }.release
      self
    end

    private

    # Operations are added through handles with the batch's token, so that a commit can be interrupted.
    def add(table, text)
      native = text.bytesize > Stoppable::LONG_TEXT ? Native::Blocking : Native
      handle = (@limited[table] ||= table.token_handle(@token))
      call { |_native, out| yield(native, handle, out) }.release
      self
    end
  end
end
