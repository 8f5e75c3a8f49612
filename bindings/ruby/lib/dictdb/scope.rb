# frozen_string_literal: true

module DictDB
  # Where blocks of queries and updates are evaluated: each word is a field.
  #
  #   users.where { (age >= 18) & name.like("A%") }
  #   users.where { |user| user.age >= minimum_of(self) }   # with an argument, self and methods are the caller's
  #   users.where { self[:"first name"] == "Ada" }          # a field whose name is no word, or is a method here
  class Scope < BasicObject
    # Says in an update that a field is to be taken out: `{ draft: remove }`.
    # @api private
    REMOVE = ::Object.new.freeze

    class << self
      # What a block returns: an instance of {Expression}, or of whatever it is asked for.
      # @api private
      def evaluate(block)
        scope = new
        block.arity.zero? ? scope.instance_exec(&block) : block.call(scope)
      end

      # The condition that a Hash stands for: `{ dept: "IT", age: 18..30, city: nil, id: [1, 2] }`.
      # @api private
      def conditions(hash)
        hash.map { |name, value| condition(Field.new(Names.field(name)), value) }
            .reduce { |all, one| all & one } || Condition.new { "TRUE" }
      end

      # The assignments that a Hash of expressions stands for: `visits = visits + ?1, remove(draft)`.
      # @api private
      def assignments(hash, values)
        ::Kernel.raise ::ArgumentError, "an update needs a Hash of fields and values" unless hash.is_a?(::Hash)
        ::Kernel.raise ::ArgumentError, "an update needs at least one field" if hash.empty?

        hash.map do |name, value|
          field = Names.field(name)
          REMOVE.equal?(value) ? "remove(#{field})" : "#{field} = #{Expression.text(value, values)}"
        end.join(", ")
      end

      private

      def condition(field, value)
        case value
        when ::Array, ::Range then field.in(value)
        else field == value
        end
      end
    end

    # A field by its name, whatever that is.
    # @param name [Symbol, String]
    # @return [Field]
    def [](name)
      Field.new(Names.quote(name))
    end
    alias field []

    # The first of the values that is not null: `coalesce(visits, 0) + 1`.
    # @return [Expression]
    def coalesce(*values)
      __function__("coalesce", values)
    end

    # The list with elements added at its end; a missing one counts as empty.
    # @return [Expression]
    def append(list, *elements)
      __function__("append", [list, *elements])
    end

    # In an update the least of the values; as an aggregate the least of a field.
    # @return [Expression]
    def min(*values)
      __function__("min", values)
    end

    # In an update the greatest of the values; as an aggregate the greatest of a field.
    # @return [Expression]
    def max(*values)
      __function__("max", values)
    end

    # As an aggregate: how many records, or how many values that are not null.
    # @return [Expression]
    def count(*field)
      __function__("count", field)
    end

    # As an aggregate: how many different values.
    # @return [Expression]
    def count_distinct(field)
      __function__("count_distinct", [field])
    end

    # As an aggregate: the sum of a field.
    # @return [Expression]
    def sum(field)
      __function__("sum", [field])
    end

    # As an aggregate: the mean of a field.
    # @return [Expression]
    def avg(field)
      __function__("avg", [field])
    end

    # Says in an update that a field is to be taken out: `{ draft: remove }`.
    # @return [Object]
    def remove
      REMOVE
    end

    # @return [String]
    def inspect
      "#<DictDB::Scope>"
    end

    # @api private
    def respond_to_missing?(name, _private)
      /\A[a-z_]\w*\z/.match?(name)
    end

    private

    def method_missing(name, *arguments)
      return self[name] if arguments.empty? && /\A[[:alpha:]_][[:alnum:]_]*\z/.match?(name)

      ::Kernel.raise ::NoMethodError,
                     "#{name} is a field in this block, and takes no arguments; for methods of your own give the " \
                     "block a parameter: where { |record| record.age >= #{name}(...) }"
    end

    def __function__(name, arguments)
      Operation.new do |values|
        "#{name}(#{arguments.map { |argument| Expression.text(argument, values) }.join(", ")})"
      end
    end
  end
end
