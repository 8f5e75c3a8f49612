# frozen_string_literal: true

module DictDB
  # Files of a database. Work on files is done in a thread of the library's own; without `background` the calling thread
  # waits for it, and stops it if it is interrupted. Stopped or failed work leaves the old file, or none.
  class Database
    # Saves the database, as it is at this instant, to a file, which is replaced as a whole.
    #
    # @param path [String, Pathname]
    # @param format [:json, :dictdb] `:json`: DictDB reads it, too; `:dictdb`: with checksums, and faster to load
    # @param background [Boolean] true to return a {Job} at once
    # @return [Hash{Symbol=>Integer}, Job] `:records`, `:bytes`, `:duration_us`
    # @raise [IOError]
    def save(path, format: :json, background: false)
      path = Codec.path(path)
      options = Codec.dump(format:)
      Job.start(background, self) do |out|
        Native.db_save(@pointer, path, path.bytesize, options, options.bytesize, out.handle, out.error)
      end
    end

    # Makes a table of a CSV file. It is there when all of it is there; on failure there is none.
    #
    # @param name [Symbol, String] of the new table
    # @param path [String, Pathname]
    # @param delimiter [String, nil] `","` by default
    # @param header [Boolean, nil] false if the first line does not name the columns: they are `col_0`, `col_1` then
    # @param schema [Hash, nil] as for {#create_table}: cells are read as the types of their fields
    # @param infer_types [Boolean, nil] without a schema, false to take all cells as strings
    # @param primary_key [Symbol, String, nil] name of the key field, `"id"` by default
    # @param background [Boolean] true to return a {Job} at once
    # @return [Table, Job]
    # @raise [DuplicateTableError, IOError, CorruptError, SchemaValidationError] the detail has `:line` and `:column`
    def import_csv(name, path, delimiter: nil, header: nil, schema: nil, infer_types: nil, primary_key: nil,
                   background: false)
      options = Codec.dump_options(delimiter:, header:, schema:, infer_types:,
                                   primary_key:)
      import(:db_import_csv, name, path, options, background)
    end

    # Makes a table of a file of JSON Lines: an object on each line. It is there when all of it is there.
    #
    # @param name [Symbol, String] of the new table
    # @param path [String, Pathname]
    # @param primary_key [Symbol, String, nil] as for {#create_table}
    # @param schema [Hash, nil] as for {#create_table}
    # @param background [Boolean] true to return a {Job} at once
    # @return [Table, Job]
    # @raise [Error] the detail has `:path`, `:line` and `:index` (of the record, from 0)
    def import_jsonl(name, path, primary_key: nil, schema: nil, background: false)
      options = Codec.dump_options(primary_key:, schema:)
      import(:db_import_jsonl, name, path, options, background)
    end

    # Makes an object for backups of this database in a directory. It makes none yet: see {Backup}.
    #
    # @param directory [String, Pathname] is made if it is not there; no other object may use it at the same time
    # @param interval [Numeric, nil] seconds between backups after {Backup#start}; 300 by default; 0: only when a change
    #   is told
    # @param min_interval [Numeric, nil] seconds at least between the last backup and one because of a change; 5 by default
    # @param incremental [Boolean, nil] true: deltas, if something has changed
    # @param max_deltas [Integer, nil] deltas before the next full backup; 10 by default
    # @param keep [Integer, nil] how many full backups are kept, with their deltas; all by default
    # @param format [:json, :dictdb, nil] of full backups
    # @yieldparam error [Error] why a backup has failed; the block is called in a thread of its own
    # @yieldparam failures [Integer] how many in a row have failed
    # @return [Backup]
    # @raise [IOError, UnsupportedError]
    def backup(directory, interval: nil, min_interval: nil, incremental: nil, max_deltas: nil, keep: nil, format: nil,
               &on_failure)
      options = Codec.dump_options(
        interval_ms: interval && Codec.milliseconds(interval),
        min_interval_ms: min_interval && Codec.milliseconds(min_interval),
        incremental:, max_deltas:, keep:, format:
      )
      Backup.open(self, Codec.path(directory), options, on_failure)
    end

    private

    def import(function, name, path, options, background)
      name = Codec.text(name)
      path = Codec.path(path)
      Job.start(background, self, result: ->(_job) { table(name) }) do |out|
        Native.public_send(function, @pointer, name, name.bytesize, path, path.bytesize, options, Codec.size(options),
                           nil, out.handle, out.error)
      end
    end
  end
end
