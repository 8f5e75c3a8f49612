# frozen_string_literal: true

module DictDB
  # A query that is compiled once, and run by any number of threads on any number of tables; the values of its
  # parameters come with each run.
  #
  #   adults = DictDB::Query.new(where: "age >= ?1", order_by: "-age", columns: %w[id name])
  #   adults.run(18, table: users)
  #   adults = users.prepare(where: "age >= ?1", limit: "?2")   # a query that knows its table
  #   adults.run(18, 10)
  #
  # Fields are texts as in docs/query-language.md.
  class Query < Handle
    # Compiles a query. All parameters are optional.
    #
    # @param predicate [Predicate, nil] which records, besides those that `where` says
    # @param table [Table, nil] the table that runs are on if they name none
    # @param values [Array] the values of runs that name none
    # @param spec [Hash] `where:` (text), `columns:` (array, or hash from alias to field), `group_by:`, `aggregates:`,
    #   `order_by:`, `distinct:`, `offset:`, `limit:`, as docs/query-language.md says
    # @raise [ParseError, InvalidArgumentError]
    def initialize(predicate: nil, table: nil, values: [], **spec)
      @table = table
      @name = object_id
      @values = values
      text = Codec.dump_options(spec)
      native = Codec.size(text) > Stoppable::LONG_TEXT ? Native::Blocking : Native
      Handle.adopt do
        slot = Slot.take
        slot.settle(native.query_new(predicate&.pointer, text, Codec.size(text), slot.handle, slot.error), predicate)
        super(slot.take_handle, :query_free)
      end
    end

    # Reads all rows in one call, as of one instant.
    #
    # @param values [Array] of the parameters ?1, ?2 and so on
    # @param table [Table] a table or a snapshot
    # @return [Array<Hash>]
    # @raise [InvalidArgumentError] too few or too many values, or one that does not go where its parameter stands
    # @raise [TypeMismatchError] a sum or mean of what is no number
    def run(*values, table: @table)
      Codec.load(run_json(*values, table:), table.symbol_keys)
    end
    alias call run

    # As {#run}: the rows as a JSON array.
    # @return [String]
    def run_json(*values, table: @table)
      params = params(values)
      on(table, @name) do |native, handle, out|
        native.query_run(@pointer, handle, params, Codec.size(params), out.buffer, nil, out.error)
      end.take_text
    end

    # How many rows there are, offset and limit included; none is built.
    # @return [Integer]
    def count(*values, table: @table)
      params = params(values)
      on(table, @name) do |native, handle, out|
        native.query_count(@pointer, handle, params, Codec.size(params), out.count, out.error)
      end.take_count
    end

    # Deletes the records that match: all, or none. The query has a predicate and nothing else.
    # @return [Integer] how many there were; 0 if none matched
    def delete(*values, table: @table)
      params = params(values)
      slot = on(table, @name) do |native, handle, out|
        native.query_delete(@pointer, handle, params, Codec.size(params), out.count, out.error)
      end
      slot ? slot.take_count : 0
    end

    # How the query would run now. Runs nothing.
    # @return [Hash{Symbol=>Object}]
    def explain(*values, table: @table)
      params = params(values)
      Codec.facts(on(table) do |native, handle, out|
        native.query_explain(@pointer, handle, params, Codec.size(params), out.buffer, out.error)
      end.take_text)
    end

    # Opens a cursor on the rows as they are now.
    # @return [Cursor, Object] the block's value, if there is a block, which gets the cursor; it is closed behind it
    def cursor(*values, table: @table, &block)
      table = known(table)
      params = params(values)
      cursor = Cursor.open(table, self) do |native, handle, out|
        native.query_cursor(@pointer, handle, params, Codec.size(params), out.handle, out.error)
      end
      Handle.lend(cursor, &block)
    end

    private

    def params(values)
      values = @values if values.empty?
      values.empty? ? nil : Codec.dump(values)
    end

    def known(table)
      table || raise(ArgumentError, "say which table the query is to run on: table: users")
    end

    def on(table, name = nil, &block)
      raise ClosedError, "the query is closed" if closed?

      known(table).attempt(name, &block)
    end
  end
end
