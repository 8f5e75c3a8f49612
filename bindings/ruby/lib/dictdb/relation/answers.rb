# frozen_string_literal: true

module DictDB
  # How a relation gets its answers: everything as text in one call, or, with predicates that were compiled before,
  # through these.
  class Relation
    # @api private
    def load_rows
      Codec.load(rows_as_json, @table.symbol_keys)
    end

    # @api private
    def rows_as_json
      return rows_by_predicate unless @predicates.empty?

      spec = spec_json
      params = params_json
      @table.attempt(:query) do |native, table, out|
        native.table_query(table, spec, Codec.size(spec), params, Codec.size(params), out.buffer, nil, out.error)
      end.take_text
    end

    # @api private
    def count_rows
      return count_where if @spec.empty? && @predicates.empty?
      return count_by_predicate if bare_predicate

      prepare.lend { |query| query.count(*@values) }
    end

    # @api private
    def calculate(function, field)
      in_the_way = @spec.keys & %i[distinct group_by aggregates limit offset]
      unless in_the_way.empty?
        raise InvalidArgumentError, "#{function} is of all records that match: it does not go with #{in_the_way.join(", ")}"
      end

      aggregate = Relation.new(@table, { aggregates: { "value" => "#{function}(#{Names.field(field)})" } }, @conditions,
                               @values, @predicates)
      Codec.load(aggregate.rows_as_json, false).first.fetch("value")
    end

    # @api private
    def open_cursor
      return prepare.lend { |query| query.cursor(*@values) } unless @predicates.empty?

      spec = spec_json
      params = params_json
      Cursor.open(@table) do |native, table, out|
        native.table_cursor(table, spec, Codec.size(spec), params, Codec.size(params), out.handle, out.error)
      end
    end

    # @api private
    def explain_plan
      return prepare.lend { |query| query.explain(*@values) } unless @predicates.empty?

      spec = spec_json
      params = params_json
      Codec.facts(@table.attempt do |native, table, out|
        native.table_explain(table, spec, Codec.size(spec), params, Codec.size(params), out.buffer, out.error)
      end.take_text)
    end

    # @api private
    def export(path, background)
      unless @predicates.empty?
        # A file is written of a text, and a predicate has one.
        text = predicate.to_s
        return Relation.new(@table, @spec, [*@conditions, text], @values).export(path, background) { |*all| yield(*all) }
      end

      path = Codec.path(path)
      spec = spec_json
      params = params_json
      Job.start(background, @table) { |out| yield(@table.pointer, path, spec, params, out) }
    end

    private

    # The predicate, if there is nothing else that says which records.
    def bare_predicate
      predicate if @conditions.empty? && (@spec.keys - %i[columns order_by distinct offset limit]).empty?
    end

    def rows_by_predicate
      which = bare_predicate
      return prepare.lend { |query| query.run_json(*@values) } unless which

      options = Codec.dump_options(@spec)
      @table.attempt(:query) do |native, table, out|
        native.table_select(table, which.pointer, options, Codec.size(options), out.buffer, nil, out.error)
      end.take_text
    end

    def count_where
      where = @conditions.empty? ? nil : where_text
      params = params_json
      @table.attempt(:count_where) do |native, table, out|
        native.table_count_where(table, where, Codec.size(where), params, Codec.size(params), out.count, out.error)
      end.take_count
    end

    def count_by_predicate
      return prepare.lend { |query| query.count(*@values) } unless @spec.empty?

      which = predicate
      @table.attempt(:count_where) do |native, table, out|
        native.table_count(table, which.pointer, out.count, out.error)
      end.take_count
    end
  end
end
