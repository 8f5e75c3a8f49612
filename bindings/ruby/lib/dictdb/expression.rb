# frozen_string_literal: true

module DictDB
  # A part of a query or an update that is written in Ruby: made in a block by a {Scope}, from fields, values and
  # operators, and turned into the query language with all values as parameters.
  #
  # It has next to no methods of its own, so that fields of any name can be written like methods.
  class Expression < BasicObject
    # @api private
    TEXTS = ::Object.new

    class << self
      # An expression for any value: itself, or the value as a parameter.
      # @api private
      def wrap(value)
        Expression === value ? value : Literal.new(value)
      end

      # The text of an expression; its values are added to `values`.
      # @api private
      def text(expression, values)
        wrap(expression).__text__(values)
      end

      # A field, or what else is neither true nor false, as a condition.
      # @api private
      def condition(value)
        case value
        when Condition then value
        when Field then value == true
        when true, false then Condition.new { value.to_s.upcase }
        when nil then ::Kernel.raise ::ArgumentError, "the block returns nil, not a condition such as `age >= 18`"
        else ::Kernel.raise ::ArgumentError, "a condition such as `age >= 18` is wanted, not #{value.inspect}"
        end
      end
    end

    # @return [Expression] the sum, of numbers
    def +(other)
      __binary__("+", other)
    end

    # @return [Expression] the difference, of numbers
    def -(other)
      __binary__("-", other)
    end

    # @return [Expression] the product, of numbers
    def *(other)
      __binary__("*", other)
    end

    # @return [Expression] the quotient, of numbers: an integer if it comes out even
    def /(other)
      __binary__("/", other)
    end

    # @return [Expression] the negative, of a number
    def -@
      operand = self
      Operation.new { |values| "-(#{operand.__text__(values)})" }
    end

    # @return [Expression] two strings joined
    def concat(other)
      __binary__("||", other)
    end

    # Lets a number stand on the left: `1 + visits`.
    # @api private
    def coerce(other)
      [Literal.new(other), self]
    end

    # @return [String]
    def inspect
      values = []
      "#<DictDB::Expression #{__text__(values)} #{values.inspect}>"
    end
    alias to_s inspect

    # @api private
    def class
      Expression
    end

    # @api private
    def respond_to?(name, _private = false) # rubocop:disable Style/OptionalBooleanParameter -- as Object's
      %i[coerce inspect to_s].include?(name.to_sym)
    end

    # @api private
    def __binary__(operator, other)
      left = self
      right = Expression.wrap(other)
      Operation.new { |values| "(#{left.__text__(values)} #{operator} #{right.__text__(values)})" }
    end
  end

  # A value in an expression: it becomes a parameter.
  # @api private
  class Literal < Expression
    def initialize(value)
      @value = value
    end

    # @api private
    def __text__(values)
      values << @value
      "?#{values.size}"
    end

    %i[< <= > >=].each do |operator|
      define_method(operator) { |field| Condition.compare(self, operator, field) }
    end
  end

  # What is computed: a function, an arithmetic operation.
  # @api private
  class Operation < Expression
    def initialize(&text)
      @text = text
    end

    # @api private
    def __text__(values)
      @text.call(values)
    end
  end
end
