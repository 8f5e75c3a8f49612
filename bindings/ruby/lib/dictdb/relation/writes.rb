# frozen_string_literal: true

module DictDB
  # How a relation changes and deletes records.
  class Relation
    private

    # The assignments as text; their values are added to `all_values`.
    def assignments(changes, values, block, all_values)
      raise ArgumentError, "update takes changes or a block" unless changes.nil? ^ block.nil?

      case changes
      when nil then Scope.assignments(Scope.evaluate(block), all_values)
      when Hash then Scope.assignments(changes.transform_keys(&:to_sym), all_values)
      when String then text_assignments(changes, values, all_values)
      else raise ArgumentError, "update takes a Hash, a String or a block, not #{changes.class}"
      end
    end

    def text_assignments(text, values, all_values)
      check_values(text, Names.highest_parameter(text), values)
      text = Names.shift_parameters(text, all_values.size)
      all_values.concat(values)
      text
    end

    def update_where(set, values)
      where = @conditions.empty? ? "TRUE" : where_text
      params = values.empty? ? nil : Codec.dump(values)
      slot = @table.attempt(:update_where) do |native, table, out|
        native.table_update_where(table, where, where.bytesize, set, set.bytesize, params, Codec.size(params),
                                  out.count, out.error)
      end
      slot ? slot.take_count : 0
    end

    def replace_by_predicate(changes)
      which = predicate
      changes = Codec.dump(changes)
      slot = @table.attempt(:update_where) do |native, table, out|
        native.table_update(table, which.pointer, changes, changes.bytesize, out.count, out.error)
      end
      slot ? slot.take_count : 0
    end

    def update_by_predicate(set, values)
      where = @conditions.empty? ? nil : where_text
      Update.new(set:, where:, predicate:, table: @table).lend { |update| update.run(*values) }
    end

    def delete_by_predicate
      return prepare.lend { |query| query.delete(*@values) } unless @conditions.empty?

      which = predicate
      slot = @table.attempt(:delete_where) do |native, table, out|
        native.table_delete(table, which.pointer, out.count, out.error)
      end
      slot ? slot.take_count : 0
    end
  end
end
