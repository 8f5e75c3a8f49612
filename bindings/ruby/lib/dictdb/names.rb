# frozen_string_literal: true

module DictDB
  # Fields as texts of the query language. A symbol is a name, whatever characters it has; a string is a text that is
  # taken as it is: `"address.city"`, `"tags[0]"`, `"-age"` in an order.
  # @api private
  module Names
    KEYWORDS = %w[AND BETWEEN CONTAINS ENDS ESCAPE FALSE ICONTAINS IENDS IEQUALS ILIKE IN IS ISTARTS LIKE NOT NULL OR
                  STARTS TRUE WITH].freeze
    PLAIN = /\A[A-Za-z_$][A-Za-z0-9_$]*\z/
    SPECIAL = /[.\[\]`]|\A-|\A\z/
    NAME = /[[:alpha:]_$][[:alnum:]_$]*|`(?:[^`]|``)+`/
    PATH = /\A#{NAME}(?:\.#{NAME}|\[\d+\])*\z/
    PIECES = /
      (?<skipped> "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.|'')*' | `(?:[^`]|``)*` ) | \?(?<number>\d+)
    /mx

    # Programs use the same few names and texts over and over. Emptied when it is full, so that names from elsewhere do
    # not fill the memory.
    class Memory
      CAPACITY = 1000

      def initialize(&compute)
        @known = {}
        @compute = compute
      end

      def [](key)
        @known.fetch(key) do
          @known.clear if @known.size >= CAPACITY
          @known[key.frozen? ? key : key.dup.freeze] = @compute.call(key)
        end
      end
    end

    @quoted = Memory.new do |name|
      text = name.to_s
      PLAIN.match?(text) && !KEYWORDS.include?(text.upcase) ? text : backquote(text)
    end
    @highest = Memory.new do |text|
      highest = 0
      text.scan(PIECES) { highest = [highest, $~[:number].to_i].max }
      highest
    end

    class << self
      # A name in a predicate or an update, where keywords need backquotes.
      def quote(name)
        @quoted[name]
      end

      # A field in a predicate or an update: a symbol is a name, a string a path. Nothing else passes as one: hashes may
      # come from anywhere.
      def field(name)
        return quote(name) if name.is_a?(Symbol)

        unless name.is_a?(String) && PATH.match?(name)
          raise InvalidArgumentError, "#{name.inspect} is no field: a name as a Symbol or a path such as " \
                                      '"address.city" or "tags[0]" is wanted'
        end

        name.gsub(NAME) { |part| part.start_with?("`") ? part : quote(part) }
      end

      # A field in a list of columns, groups, orders or indexes, where they need none.
      def reference(field)
        return field.to_s unless field.is_a?(Symbol)

        SPECIAL.match?(field.name) ? backquote(field.name) : field.name
      end

      # An order: `:age`, `"-age"`, `{ age: :desc }`.
      def order(terms)
        terms.flatten.flat_map { |term| term.is_a?(Hash) ? term.map { |field, way| direct(field, way) } : reference(term) }
      end

      # The highest ?1, ?2 and so on in a text; 0 if there is none.
      def highest_parameter(text)
        @highest[text]
      end

      # The text with ?1 become ?3, if two values stand before.
      def shift_parameters(text, by)
        return text if by.zero?

        text.gsub(PIECES) { $~[:number] ? "?#{$~[:number].to_i + by}" : $~[0] }
      end

      private

      def backquote(name)
        "`#{name.gsub("`", "``")}`"
      end

      def direct(field, way)
        case way.to_s
        when "asc" then reference(field)
        when "desc" then "-#{reference(field)}"
        else raise InvalidArgumentError, "an order is :asc or :desc, not #{way.inspect}"
        end
      end
    end
  end
end
