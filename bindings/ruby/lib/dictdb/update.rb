# frozen_string_literal: true

module DictDB
  # An update that is compiled once, and run by any number of threads on any number of tables; the values of its
  # parameters come with each run. Expressions are computed inside the atomic operation, so no other write comes
  # between reading a value and setting it.
  #
  #   visit = DictDB::Update.new(where: "path = ?1", set: "visits = coalesce(visits, 0) + 1")
  #   visit.run("/", table: pages)
  class Update < Handle
    # Compiles an update. One of `where` and `predicate` is needed; of both, both must match.
    #
    # @param set [String] assignments: `"visits = visits + ?1, address.city = 'Bern', remove(draft)"`
    # @param where [String, nil] which records; `"TRUE"` for all
    # @param predicate [Predicate, nil] which records
    # @param table [Table, nil] the table that runs are on if they name none
    # @raise [ParseError, InvalidArgumentError]
    def initialize(set:, where: nil, predicate: nil, table: nil)
      @table = table
      @name = object_id
      set = Codec.text(set)
      where &&= Codec.text(where)
      Handle.adopt do
        slot = Slot.take
        status = Native.update_new(predicate&.pointer, where, Codec.size(where), set, set.bytesize, slot.handle,
                                   slot.error)
        slot.settle(status, predicate)
        super(slot.take_handle, :update_free)
      end
    end

    # Changes the records that match: all, or none.
    #
    # @param values [Array] of the parameters ?1, ?2 and so on
    # @param table [Table]
    # @return [Integer] how many were changed; 0 if none matched
    # @raise [TypeMismatchError, NumberRangeError] the detail has the record's `:key` and the `:field`
    # @raise [DuplicateKeyError, InvalidKeyError, SchemaValidationError, InvalidArgumentError]
    def run(*values, table: @table)
      params = values.empty? ? nil : Codec.dump(values)
      slot = on(table, @name) do |native, handle, out|
        native.update_run(@pointer, handle, params, Codec.size(params), out.count, out.error)
      end
      slot ? slot.take_count : 0
    end
    alias call run

    # How the update would find its records now. Changes nothing.
    # @return [Hash{Symbol=>Object}]
    def explain(*values, table: @table)
      params = values.empty? ? nil : Codec.dump(values)
      Codec.facts(on(table) do |native, handle, out|
        native.update_explain(@pointer, handle, params, Codec.size(params), out.buffer, out.error)
      end.take_text)
    end

    private

    def on(table, name = nil, &block)
      raise ClosedError, "the update is closed" if closed?
      raise ArgumentError, "say which table the update is to run on: table: users" unless table

      table.attempt(name, &block)
    end
  end
end
