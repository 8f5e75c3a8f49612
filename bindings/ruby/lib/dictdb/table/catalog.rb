# frozen_string_literal: true

module DictDB
  # Indexes of a table, and what it tells of itself.
  class Table
    # Makes an index: it changes the speed of answers, never an answer. Readers and writers go on meanwhile. The same
    # index again does nothing.
    #
    #   users.create_index(:email, unique: true)
    #   users.create_index(:dept, :salary, kind: :sorted)
    #
    # @param fields [Array<Symbol, String>] 1 to 16 fields: symbols are names, strings may be paths
    # @param kind [:hash, :sorted] `:hash` for equality on all fields; `:sorted` for ranges, prefixes and order, too
    # @param unique [Boolean] whether no two records may have equal values
    # @return [self]
    # @raise [IndexExistsError] an index of another kind or uniqueness is on the same fields
    # @raise [DuplicateKeyError] the values are not unique
    def create_index(*fields, kind: :hash, unique: false)
      options = Codec.dump(fields: fields.flatten.map { |field| Names.reference(field) }, kind:, unique:)
      attempt(patient: true) do |native, table, out|
        native.table_create_index(table, options, options.bytesize, out.error)
      end.release
      self
    end

    # Drops an index.
    # @param fields [Array<Symbol, String>] those that the index was made with, in the same order
    # @return [self]
    # @raise [InvalidArgumentError] no index is on these fields
    def drop_index(*fields)
      fields = Codec.dump(fields.flatten.map { |field| Names.reference(field) })
      attempt { |native, table, out| native.table_drop_index(table, fields, fields.bytesize, out.error) }.release
      self
    end

    # @return [Array<Hash>] the indexes in the order in which they were made:
    #   `{fields: ["dept", "salary"], kind: "sorted", unique: false}`
    def indexes
      describe.fetch(:indexes)
    end

    # @return [Hash{Symbol=>Object}] `:name`, `:primary_key`, `:count` (records), `:columns`, `:schema` (nil without),
    #   `:indexes`
    def describe
      Codec.facts(attempt { |native, table, out| native.table_describe(table, out.buffer, out.error) }.take_text)
    end

    # @return [Array<String>] the fields of the schema in its order; without a schema those of all records, sorted
    def columns
      describe.fetch(:columns)
    end

    # @return [String] name of the key field
    def primary_key
      @primary_key ||= describe.fetch(:primary_key).freeze
    end

    # @return [Hash{Symbol=>Object}, nil] the schema as it was given, with the key field
    def schema
      describe.fetch(:schema)
    end

    # What the table costs and what it did: integers, such as `:records`, `:bytes` (of memory), `:inserted`,
    # `:lock_waits`, `:snapshot_bytes`; dictdb.h says of `dictdb_table_statistics` what each means.
    # @return [Hash{Symbol=>Integer}]
    def statistics
      Codec.facts(attempt { |native, table, out| native.table_statistics(table, out.buffer, out.error) }.take_text)
    end

    # Copies all records as of one instant.
    # @return [Hash{String=>Hash}] each record under its key, in natural order; an integer key becomes its digits. If a
    #   table has both the integer 1 and the string "1", the later one is there
    def copy
      records = attempt(:copy) { |native, table, out| native.table_copy(table, out.buffer, out.error) }.take_text
      Codec.load(records, @symbol_keys).transform_keys!(&:to_s)
    end

    # Watches the table from now on.
    #
    # @param max_changes [Integer, nil] changes that are kept at most; 65,536 by default
    # @param max_bytes [Integer, nil] bytes of them that are kept at most; 64 MiB by default
    # @param records [Boolean, nil] false to leave out the records
    # @return [Watch, Object] the block's value, if there is a block, which gets the watch; it is closed behind it
    # @raise [UnsupportedError] the table is a snapshot
    def watch(max_changes: nil, max_bytes: nil, records: nil, &block)
      options = Codec.dump_options(max_changes:, max_bytes:, records:)
      Handle.adopt do
        slot = call do |native, out|
          native.table_watch(@pointer, options, Codec.size(options), out.handle, out.error)
        end
        Watch.new(slot.take_handle, @symbol_keys, @timeout)
      end.then { |watch| Handle.lend(watch, &block) }
    end
  end
end
