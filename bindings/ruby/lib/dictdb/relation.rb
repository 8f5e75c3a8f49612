# frozen_string_literal: true

module DictDB
  # A query that is being put together, on one table. It never changes: each method gives another one. Nothing is read
  # before it is asked for its rows, and each time it is asked it reads anew.
  #
  #   adults = users.where { age >= 18 }.order("-age").limit(10)
  #   adults.to_a          # all rows in one call
  #   adults.each { ... }  # in portions; Enumerable, so lazy, map and so on, too
  #   adults.count         # builds no rows
  #
  # See {Querying} for what can be added. Rows are hashes, of new objects each time.
  class Relation
    include Querying

    NONE = {}.freeze
    EMPTY = [].freeze
    private_constant :NONE, :EMPTY

    # @return [Table]
    attr_reader :table

    # @api private
    def initialize(table, spec = NONE, conditions = EMPTY, values = EMPTY, predicates = EMPTY)
      @table = table
      @spec = spec
      @conditions = conditions
      @values = values
      @predicates = predicates
    end

    # @return [self]
    def all
      self
    end

    # Compiles the query, to be run many times: see {Query}. A text with parameters and no values leaves them open:
    # `users.where("age >= ?1").prepare.run(18)`.
    # @return [Query]
    def prepare
      Query.new(predicate:, table: @table, values: @values, **spec)
    end

    # Changes the records that match: all, or none.
    #
    #   users.where(dept: "IT").update(floor: 3)                               # values
    #   users.where { id == 7 }.update { { visits: coalesce(visits, 0) + 1 } } # expressions, see Scope
    #   users.where(id: 7).update("visits = visits + ?1", 1)                   # the query language
    #
    # @param changes [Hash, String, nil] names of fields and their new values; or assignments as text
    # @param values [Array] the values of ?1, ?2 and so on in a text
    # @yield in a {Scope}: returns a Hash from field to expression
    # @return [Integer] how many records were changed; 0 if none matched
    # @raise [DuplicateKeyError, SchemaValidationError, InvalidKeyError, TypeMismatchError, NumberRangeError]
    def update(changes = nil, *values, &block)
      records_only("update")
      return replace_by_predicate(changes) if changes.is_a?(Hash) && !@predicates.empty? && @conditions.empty?

      all_values = @values.dup
      set = assignments(changes, values, block, all_values)
      @predicates.empty? ? update_where(set, all_values) : update_by_predicate(set, all_values)
    end

    # As {#update}, but a record must match.
    # @return [Integer]
    # @raise [RecordNotFoundError]
    def update!(changes = nil, *values, &block)
      found(update(changes, *values, &block))
    end

    # Deletes the records that match: all, or none.
    # @return [Integer] how many there were; 0 if none matched
    def delete
      records_only("delete")
      return delete_by_predicate unless @predicates.empty?

      where = @conditions.empty? ? "TRUE" : where_text
      params = params_json
      slot = @table.attempt(:delete_where) do |native, table, out|
        native.table_delete_where(table, where, where.bytesize, params, Codec.size(params), out.count, out.error)
      end
      slot ? slot.take_count : 0
    end

    # As {#delete}, but a record must match.
    # @return [Integer]
    # @raise [RecordNotFoundError]
    def delete!
      found(delete)
    end

    # @return [String]
    def inspect
      "#<DictDB::Relation #{@table.name} #{Codec.dump(spec)} #{@values.inspect}>"
    end
    alias to_s inspect

    # @api private
    def refine(**members)
      Relation.new(@table, @spec.merge(members).freeze, @conditions, @values, @predicates)
    end

    # A limit besides the one that there may be.
    # @api private
    def at_most(rows)
      limit = @spec[:limit]
      refine(limit: limit.is_a?(Integer) && limit.between?(0, rows) ? limit : rows)
    end

    # @api private
    def refine_columns(columns, aliases)
      pairs = columns.flatten.flat_map { |column| column.is_a?(Hash) ? column.to_a : [[column.to_s, column]] }
      pairs += aliases.to_a
      raise ArgumentError, "select takes at least one column" if pairs.empty?

      refine(columns: pairs.to_h { |name, field| [name.to_s, Names.reference(field)] })
    end

    # @api private
    def refine_where(condition, values, block)
      raise ArgumentError, "where takes a condition or a block" unless condition.nil? ^ block.nil?

      case condition
      when nil then add(Expression.condition(Scope.evaluate(block)))
      when Hash then add(Scope.conditions(condition))
      when String then add_text(condition, values)
      when Predicate then Relation.new(@table, @spec, @conditions, @values, [*@predicates, condition].freeze)
      else raise ArgumentError, "where takes a String, a Hash, a Predicate or a block, not #{condition.class}"
      end
    end

    private

    def add(condition)
      values = @values.dup
      text = Expression.text(condition, values)
      check_open if values.size > @values.size
      Relation.new(@table, @spec, [*@conditions, text].freeze, values.freeze, @predicates)
    end

    def add_text(text, values)
      highest = Names.highest_parameter(text)
      check_values(text, highest, values)
      check_open unless highest.zero?
      text = Names.shift_parameters(text, @values.size)
      Relation.new(@table, @spec, [*@conditions, text].freeze, [*@values, *values].freeze, @predicates)
    end

    # Without any value the parameters stay open, for {#prepare}.
    def check_values(text, highest, values)
      return if values.size == highest || values.empty?

      raise InvalidArgumentError, "#{text.inspect} has #{highest} parameters, but #{values.size} values are given"
    end

    # Values of later conditions would get the numbers of parameters that are open.
    def check_open
      return if @conditions.empty?

      open = @conditions.map { |text| Names.highest_parameter(text) }.max.to_i
      return if open <= @values.size

      raise InvalidArgumentError, "?#{open} of a condition before has no value, so no condition with values can follow"
    end

    def where_text
      @conditions.size == 1 ? @conditions.first : @conditions.map { |text| "(#{text})" }.join(" AND ")
    end

    def spec
      @conditions.empty? ? @spec : { where: where_text, **@spec }
    end

    def spec_json
      return %({"where":#{Codec.dump(where_text)}}) if @spec.empty? && !@conditions.empty?

      members = spec
      members.empty? ? nil : Codec.dump(members)
    end

    def params_json
      @values.empty? ? nil : Codec.dump(@values)
    end

    def predicate
      @predicates.size > 1 ? Predicate.and(*@predicates) : @predicates.first
    end

    def found(count)
      return count unless count.zero?

      raise RecordNotFoundError.new("no record of #{@table.name} matches", detail: { table: @table.name })
    end

    def records_only(what)
      return if @spec.empty?

      raise InvalidArgumentError, "#{what} takes all records that match: it does not go with " \
                                  "#{@spec.keys.join(", ")}"
    end
  end
end
