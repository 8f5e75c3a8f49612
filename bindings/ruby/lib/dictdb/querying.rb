# frozen_string_literal: true

module DictDB
  # How queries begin: all this can be said to a {Table} and to a {Relation}, and gives a {Relation}, or its answer.
  module Querying
    include Enumerable

    # Keeps the records that match. Conditions that are added one after the other must all match.
    #
    #   users.where { (age >= 18) & name.like("A%") }        # a block, see Scope
    #   users.where("age >= ?1 AND name LIKE ?2", 18, "A%")  # the query language, with parameters
    #   users.where(dept: "IT", age: 18..30, city: nil)      # equality, a range, IN for an array, null or missing for nil
    #   users.where(DictDB::Predicate.parse("age >= 18"))    # a predicate that was compiled before
    #
    # @param condition [String, Hash, Predicate, nil]
    # @param values [Array] the values of ?1, ?2 and so on in a text
    # @return [Relation]
    # @raise [InvalidArgumentError] a parameter has no value, or a value no parameter
    def where(condition = nil, *values, &block)
      all.refine_where(condition, values, block)
    end

    # The columns of the rows: then each row has these, in this order, nil where absent. With a block it is that of
    # Enumerable.
    #
    #   users.select(:id, "address.city")
    #   users.select(:id, city: "address.city")
    #
    # @param columns [Array<Symbol, String, Hash>] fields: symbols are names, strings paths; hashes from alias to field
    # @return [Relation, Array<Hash>]
    def select(*columns, **aliases, &block)
      return super(&block) if block

      all.refine_columns(columns, aliases)
    end

    # The order of the rows: `order(:dept, "-age")`, `order(dept: :asc, age: :desc)`. Ties keep the order of insertion.
    # Takes the place of an order that was said before.
    # @param fields [Array<Symbol, String, Hash>] `-` before a path reverses it
    # @return [Relation]
    def order(*fields)
      all.refine(order_by: Names.order(fields))
    end

    # @param rows [Integer, nil] rows at most; nil for all
    # @return [Relation]
    def limit(rows)
      all.refine(limit: rows)
    end

    # @param rows [Integer] rows to leave out at the start
    # @return [Relation]
    def offset(rows)
      all.refine(offset: rows)
    end

    # Keeps the first of equal rows.
    # @return [Relation]
    def distinct
      all.refine(distinct: true)
    end

    # One row for each list of equal values of these fields, with these fields first. Add {#aggregate}.
    # @param fields [Array<Symbol, String>]
    # @return [Relation]
    def group(*fields)
      all.refine(group_by: fields.flatten.map { |field| Names.reference(field) })
    end

    # Aggregates: of each group, or without {#group} of all records together, which gives one row.
    #
    #   users.group(:dept).aggregate(people: "count()", mean: "avg(salary)")
    #   users.group(:dept).aggregate { { people: count, mean: avg(salary) } }
    #
    # @param aggregates [Hash{Symbol, String=>String}] from alias to `count()`, `count(field)`, `count_distinct(field)`,
    #   `sum(field)`, `avg(field)`, `min(field)` or `max(field)`
    # @yield in a {Scope}: returns a Hash from alias to aggregate
    # @return [Relation]
    def aggregate(aggregates = nil, &block)
      raise ArgumentError, "aggregate takes a Hash, or a block that returns one" unless aggregates.nil? ^ block.nil?

      aggregates ||= Scope.evaluate(block)
      all.refine(aggregates: aggregates.transform_values { |call| aggregate_text(call) })
    end

    # Reads all rows in one call, as of one instant.
    # @return [Array<Hash>]
    def to_a
      all.load_rows
    end
    alias entries to_a

    # Gives each row to the block, in portions, as of the instant at which it began: see {#cursor}.
    # @yieldparam row [Hash]
    # @return [self, Enumerator]
    def each(&block)
      return enum_for(:each) { all.count } unless block

      cursor { |rows| rows.each(&block) }
      self
    end

    # The first row, or the first rows.
    # @param rows [Integer, nil]
    # @return [Hash, nil, Array<Hash>]
    def first(rows = nil)
      rows ? all.at_most(rows).to_a : all.at_most(1).to_a.first
    end

    # How many rows there are; no row is built. With an argument or a block it is that of Enumerable.
    # @return [Integer]
    def count(*value, &block)
      value.empty? && block.nil? ? all.count_rows : super
    end

    # @return [Integer] how many rows there are
    def size
      all.count_rows
    end

    # @return [Boolean] whether there is no row
    def empty?
      all.at_most(1).count_rows.zero?
    end

    # Whether there is a row; with an argument or a block as that of Enumerable.
    # @return [Boolean]
    def any?(*pattern, &block)
      pattern.empty? && block.nil? ? !empty? : super
    end

    # As {#any?}; with an argument or a block as that of Enumerable.
    # @return [Boolean]
    def none?(*pattern, &block)
      pattern.empty? && block.nil? ? empty? : super
    end

    # The values of one field, or lists of values of several.
    # @param fields [Array<Symbol, String>]
    # @return [Array]
    def pluck(*fields)
      raise ArgumentError, "pluck takes at least one field" if fields.empty?

      rows = all.refine_columns([], fields.each_with_index.to_h { |field, index| [index.to_s, field] }).to_a
      fields.size == 1 ? rows.flat_map(&:values) : rows.map(&:values)
    end

    # The sum of a field, nil of nothing; without a field or with a block that of Enumerable.
    # @param field [Symbol, String]
    # @return [Numeric, nil]
    # @raise [TypeMismatchError] a value is no number
    def sum(field = nil, &block)
      field.is_a?(Symbol) || field.is_a?(String) ? all.calculate("sum", field) : super(*field, &block)
    end

    # @param field [Symbol, String]
    # @return [Float, nil] the mean of a field; nil of nothing
    # @raise [TypeMismatchError] a value is no number
    def average(field)
      all.calculate("avg", field)
    end

    # @param field [Symbol, String]
    # @return [Object] the least value of a field; nil of nothing
    def minimum(field)
      all.calculate("min", field)
    end

    # @param field [Symbol, String]
    # @return [Object] the greatest value of a field; nil of nothing
    def maximum(field)
      all.calculate("max", field)
    end

    # Opens a cursor on the rows as they are now.
    # @return [Cursor, Object] the block's value, if there is a block, which gets the cursor; it is closed behind it
    def cursor(&block)
      Handle.lend(all.open_cursor, &block)
    end

    # Gives the rows in arrays.
    # @param rows [Integer] rows at most in an array
    # @yieldparam batch [Array<Hash>]
    # @return [self, Enumerator]
    def each_batch(rows = 1000, &block)
      return enum_for(:each_batch, rows) unless block

      cursor { |cursor| cursor.each_batch(rows, &block) }
      self
    end

    # How the query would run now. Runs nothing.
    # @return [Hash{Symbol=>Object}] `:access`, `:index`, `:filter`, `:order` and so on: docs/query-language.md
    def explain
      all.explain_plan
    end

    # The rows as a JSON array, as the library gives it: nothing is parsed.
    # @return [String]
    def to_json(*)
      all.rows_as_json
    end

    # Writes the rows to a CSV file, which is replaced as a whole.
    #
    # @param path [String, Pathname]
    # @param delimiter [String, nil] `","` by default
    # @param header [Boolean, nil] false to leave out the line with the columns' names
    # @param background [Boolean] true to return a {Job} at once
    # @return [Hash{Symbol=>Integer}, Job] `:records`, `:bytes`, `:duration_us`
    # @raise [IOError]
    def export_csv(path, delimiter: nil, header: nil, background: false)
      options = Codec.dump_options(delimiter:, header:)
      all.export(path, background) do |table, file, spec, params, out|
        Native.table_export_csv(table, file, file.bytesize, spec, Codec.size(spec), params, Codec.size(params),
                                options, Codec.size(options), out.handle, out.error)
      end
    end

    # Writes the rows to a file of JSON Lines, which is replaced as a whole.
    #
    # @param path [String, Pathname]
    # @param background [Boolean] true to return a {Job} at once
    # @return [Hash{Symbol=>Integer}, Job] `:records`, `:bytes`, `:duration_us`
    # @raise [IOError]
    def export_jsonl(path, background: false)
      all.export(path, background) do |table, file, spec, params, out|
        Native.table_export_jsonl(table, file, file.bytesize, spec, Codec.size(spec), params, Codec.size(params),
                                  out.handle, out.error)
      end
    end

    private

    def aggregate_text(call)
      return call.to_s unless Expression === call

      values = []
      text = Expression.text(call, values)
      return text if values.empty?

      raise InvalidArgumentError, "an aggregate is of a field, not of a value: #{call.inspect}"
    end
  end
end
