# frozen_string_literal: true

module DictDB
  # A predicate that is written in Ruby: `age >= 18`, `name.like("A%")`; combined by `&`, `|` and `!`. Ruby binds `&`
  # and `|` tighter than comparisons: write `(age >= 18) & (dept == "IT")`.
  class Condition < Expression
    class << self
      # @api private
      def compare(left, operator, right)
        unless (Field === left) ^ (Field === right)
          ::Kernel.raise ::ArgumentError, "a comparison has a field on one side and a value on the other"
        end

        new { |values| "#{left.__text__(values)} #{operator} #{right.__text__(values)}" }
      end
    end

    # @api private
    def initialize(&text)
      @text = text
    end

    # @return [Condition] both match
    def &(other)
      __connect__("AND", other)
    end

    # @return [Condition] at least one matches
    def |(other)
      __connect__("OR", other)
    end

    # @return [Condition] it does not match
    def !
      operand = self
      Condition.new { |values| "NOT (#{operand.__text__(values)})" }
    end

    # @api private
    def __text__(values)
      @text.call(values)
    end

    # @api private
    def __operands__(_connective)
      [self]
    end

    private

    def __connect__(connective, other)
      Junction.new(connective, __operands__(connective) + Expression.condition(other).__operands__(connective))
    end
  end

  # Conditions that are connected by AND or OR. A chain of them is one, not nested, so that it may be long.
  # @api private
  class Junction < Condition
    def initialize(connective, operands)
      @connective = connective
      @operands = operands
    end

    # @api private
    def __operands__(connective)
      connective == @connective ? @operands : [self]
    end

    # @api private
    def __text__(values)
      "(#{@operands.map { |operand| operand.__text__(values) }.join(" #{@connective} ")})"
    end
  end

  # A field in a block: `age`, `address.city`, `tags[0]`. Comparisons make a {Condition}, arithmetic an {Expression}.
  # Alone it stands for `field == true`.
  #
  # A field whose name is a method here or is no word is written with brackets: `address[:class]`, `self[:"a b"]`.
  class Field < Expression
    # @api private
    def initialize(path)
      @path = path
    end

    # A part of the field's value: of an object by name, of an array by position.
    # @param step [Symbol, String, Integer]
    # @return [Field]
    def [](step)
      Field.new(::Integer === step ? "#{@path}[#{step}]" : "#{@path}.#{Names.quote(step)}")
    end

    # @!method ==(value)
    #   The field equals the value; nil stands for null or missing.
    #   @return [Condition]
    # @!method !=(value)
    #   The field does not equal the value: also if it is missing.
    #   @return [Condition]
    # @!method <(value)
    #   @return [Condition]
    # @!method <=(value)
    #   @return [Condition]
    # @!method >(value)
    #   @return [Condition]
    # @!method >=(value)
    #   @return [Condition]
    { :== => "=", :!= => "!=", :< => "<", :<= => "<=", :> => ">", :>= => ">=" }.each do |name, operator|
      define_method(name) { |value| Condition.compare(self, operator, Expression.wrap(value)) }
    end

    # @!method like(pattern, escape: nil)
    #   The field is a string that matches a pattern: `%` stands for any run of characters, `_` for one.
    #   @param pattern [String]
    #   @param escape [String, nil] a character that makes the one after it stand for itself
    #   @return [Condition]
    # @!method ilike(pattern, escape: nil)
    #   As {#like}, without regard to case.
    #   @return [Condition]
    { like: "LIKE", ilike: "ILIKE" }.each do |name, operator|
      define_method(name) do |pattern, escape: nil|
        field = self
        Condition.new do |values|
          text = "#{field.__text__(values)} #{operator} #{Expression.text(pattern, values)}"
          escape ? "#{text} ESCAPE #{Codec.dump(escape)}" : text
        end
      end
    end

    # @!method start_with(text)
    #   The field is a string that starts with the text.
    #   @return [Condition]
    # @!method end_with(text)
    #   The field is a string that ends with the text.
    #   @return [Condition]
    # @!method contains(value)
    #   The field is a string that contains a string, an array that has an element, an object that has a name.
    #   @return [Condition]
    # @!method istart_with(text)
    #   As {#start_with}, without regard to case.
    #   @return [Condition]
    # @!method iend_with(text)
    #   As {#end_with}, without regard to case.
    #   @return [Condition]
    # @!method icontains(text)
    #   The field is a string that contains the text, without regard to case.
    #   @return [Condition]
    # @!method iequals(text)
    #   The field is a string that equals the text, without regard to case.
    #   @return [Condition]
    { start_with: "STARTS WITH", end_with: "ENDS WITH", contains: "CONTAINS", istart_with: "ISTARTS WITH",
      iend_with: "IENDS WITH", icontains: "ICONTAINS", iequals: "IEQUALS" }.each do |name, operator|
      define_method(name) do |value|
        field = self
        Condition.new { |values| "#{field.__text__(values)} #{operator} #{Expression.text(value, values)}" }
      end
    end

    # The field equals one of the values, or lies in the range.
    # @param values [Array, Range]
    # @return [Condition]
    def in(*values)
      values = values.first if values.size == 1
      return __range__(values) if ::Range === values

      values = ::Kernel.Array(values)
      field = self
      Condition.new { |all| "#{field.__text__(all)} IN #{Expression.text(values, all)}" }
    end

    # The field lies between two values, both included.
    # @return [Condition]
    def between(low, high)
      field = self
      Condition.new do |values|
        "#{field.__text__(values)} BETWEEN #{Expression.text(low, values)} AND #{Expression.text(high, values)}"
      end
    end

    # The field is null or missing.
    # @return [Condition]
    def is_null # rubocop:disable Naming/PredicateName -- named as in the query language
      field = self
      Condition.new { |values| "#{field.__text__(values)} IS NULL" }
    end

    # The field is there and not null.
    # @return [Condition]
    def is_not_null # rubocop:disable Naming/PredicateName -- named as in the query language
      !is_null
    end

    # The field is true, and the other matches.
    # @return [Condition]
    def &(other)
      Expression.condition(self) & other
    end

    # The field is true, or the other matches.
    # @return [Condition]
    def |(other)
      Expression.condition(self) | other
    end

    # The field is not true.
    # @return [Condition]
    def !
      !Expression.condition(self)
    end

    # @api private
    def __text__(_values)
      @path
    end

    # @api private
    def respond_to_missing?(name, _private)
      /\A[a-z_]\w*\z/.match?(name)
    end

    private

    def method_missing(name, *arguments)
      return self[name] if arguments.empty? && /\A[[:alpha:]_][[:alnum:]_]*\z/.match?(name)

      ::Kernel.raise ::NoMethodError, "a field has no method #{name} with #{arguments.size} arguments"
    end

    def __range__(range)
      low = range.begin
      high = range.end
      return between(low, high) if low && high && !range.exclude_end?

      lower = low ? self >= low : Condition.new { "TRUE" }
      return lower unless high

      lower & (range.exclude_end? ? self < high : self <= high)
    end
  end
end
