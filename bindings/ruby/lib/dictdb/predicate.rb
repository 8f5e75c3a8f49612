# frozen_string_literal: true

module DictDB
  # A predicate that is compiled once, and used by any number of threads, tables and relations. See {Querying#where} for
  # predicates that are used once.
  #
  #   adult = DictDB::Predicate.parse("age >= ?1", 18)
  #   adult = DictDB::Predicate.build { age >= 18 }
  #   adult = DictDB::Predicate.ge("age", 18)
  #   users.where(adult & !DictDB::Predicate.is_null("email")).to_a
  #
  # Fields are paths: `"address.city"`, a name with a dot in backquotes. {#to_s} gives the predicate as text, however it
  # was made.
  class Predicate < Handle
    # @api private
    def initialize(pointer)
      super(pointer, :predicate_free)
    end

    class << self
      # Compiles a text of the query language.
      #
      # @param text [String]
      # @param values [Array] the values of ?1, ?2 and so on; without them the parameters stay open, for {#bind}
      # @return [Predicate]
      # @raise [ParseError]
      def parse(text, *values)
        text = Codec.text(text)
        native = text.bytesize > Stoppable::LONG_TEXT ? Native::Blocking : Native
        predicate = make { |out| native.predicate_parse(text, text.bytesize, out.handle, out.error) }
        values.empty? ? predicate : predicate.lend { |open| open.bind(*values) }
      end

      # Compiles what the block says, see {Scope}.
      # @return [Predicate]
      def build(&block)
        values = []
        parse(Expression.text(Expression.condition(Scope.evaluate(block)), values), *values)
      end

      # @return [Predicate] matches every record
      def all
        make { |out| Native.predicate_all(out.handle, out.error) }
      end

      # @!method eq(field, value)
      #   @return [Predicate] the field equals the value; null equals null and a missing field
      # @!method ne(field, value)
      #   @return [Predicate] the exact opposite of {eq}
      # @!method lt(field, value)
      #   @return [Predicate] the field is less than the value
      # @!method le(field, value)
      #   @return [Predicate] the field is less than the value or equal
      # @!method gt(field, value)
      #   @return [Predicate] the field is greater than the value
      # @!method ge(field, value)
      #   @return [Predicate] the field is greater than the value or equal
      # @!method is_in(field, values)
      #   @return [Predicate] the field equals one of the values
      # @!method contains(field, value)
      #   @return [Predicate] a string contains the value, an array has it as an element, an object as a name
      # @!method startswith(field, text)
      #   @return [Predicate] the field is a string that starts with the text
      # @!method endswith(field, text)
      #   @return [Predicate] the field is a string that ends with the text
      # @!method iequals(field, text)
      #   @return [Predicate] the field is a string that equals the text, without regard to case
      # @!method icontains(field, text)
      #   @return [Predicate] the field is a string that contains the text, without regard to case
      # @!method istartswith(field, text)
      #   @return [Predicate] the field is a string that starts with the text, without regard to case
      # @!method iendswith(field, text)
      #   @return [Predicate] the field is a string that ends with the text, without regard to case
      %i[eq ne lt le gt ge is_in contains startswith endswith iequals icontains istartswith
         iendswith].each do |test|
        function = :"predicate_#{test}"
        define_method(test) do |field, value|
          field = Codec.text(field)
          value = Codec.dump(value)
          make do |out|
            Native.public_send(function, field, field.bytesize, value, value.bytesize, out.handle, out.error)
          end
        end
      end

      # @return [Predicate] the field lies between two values, both included
      def between(field, low, high)
        field = Codec.text(field)
        low = Codec.dump(low)
        high = Codec.dump(high)
        make do |out|
          Native.predicate_between(field, field.bytesize, low, low.bytesize, high, high.bytesize, out.handle, out.error)
        end
      end

      # @!method like(field, pattern, escape: nil)
      #   @param pattern [String] `%` stands for any run of characters, `_` for one
      #   @param escape [String, nil] a character that makes the one after it stand for itself
      #   @return [Predicate] the field is a string that matches the pattern
      # @!method ilike(field, pattern, escape: nil)
      #   @return [Predicate] as {like}, without regard to case
      %i[like ilike].each do |test|
        function = :"predicate_#{test}"
        define_method(test) do |field, pattern, escape: nil|
          field = Codec.text(field)
          pattern = Codec.dump(pattern)
          make do |out|
            Native.public_send(function, field, field.bytesize, pattern, pattern.bytesize, escape ? escape.ord : 0,
                               out.handle, out.error)
          end
        end
      end

      # @!method is_null(field)
      #   @return [Predicate] the field is null or missing
      # @!method is_not_null(field)
      #   @return [Predicate] the field is there and not null
      %i[is_null is_not_null].each do |test|
        function = :"predicate_#{test}"
        define_method(test) do |field|
          field = Codec.text(field)
          make { |out| Native.public_send(function, field, field.bytesize, out.handle, out.error) }
        end
      end

      # @!method and(*predicates)
      #   @return [Predicate] all match; of none, every record does
      # @!method or(*predicates)
      #   @return [Predicate] at least one matches; of none, no record does
      %i[and or].each do |connective|
        function = :"predicate_#{connective}"
        define_method(connective) do |*predicates|
          operands = FFI::MemoryPointer.new(:pointer, [predicates.size, 1].max)
          operands.write_array_of_pointer(predicates.map(&:pointer))
          make { |out| Native.public_send(function, operands, predicates.size, out.handle, out.error) }
        end
      end

      # @return [Predicate] the other does not match
      def not(predicate)
        make { |out| Native.predicate_not(predicate.pointer, out.handle, out.error) }
      end

      # @api private
      def make
        Handle.adopt do
          slot = Slot.take
          slot.settle(yield(slot))
          new(slot.take_handle)
        end
      end
    end

    # @return [Predicate] both match
    def &(other)
      Predicate.and(self, other)
    end

    # @return [Predicate] at least one matches
    def |(other)
      Predicate.or(self, other)
    end

    # @return [Predicate] it does not match
    def !
      Predicate.not(self)
    end

    # A predicate with values in place of the parameters ?1, ?2 and so on.
    # @return [Predicate]
    # @raise [InvalidArgumentError] too few or too many values, or one that its operator does not take
    def bind(*values)
      params = Codec.dump(values)
      Predicate.make do |out|
        Native.predicate_bind(@pointer, params, params.bytesize, out.handle, out.error)
      end
    end

    # @return [String] the predicate in the query language
    def to_s
      call { |native, out| native.predicate_print(@pointer, out.buffer, out.error) }.take_text
    end

    # @return [String]
    def inspect
      closed? ? "#<DictDB::Predicate closed>" : "#<DictDB::Predicate #{self}>"
    end
  end
end
