# frozen_string_literal: true

# What a call costs in Ruby, beside the same call in C, and beside the gem sqlite3 doing the same work in memory. Prints a
# table in Markdown.
#
#   ruby -Ilib bench/crossing.rb --prefix PREFIX [--build DIRECTORY] [--smoke]
#
# The C program is compiled with cc against the library below PREFIX. --smoke does little of everything, to see that it runs.
require "dictdb"
require "optparse"
require "sqlite3"
require "tmpdir"
require_relative "workload"

# Three ways to the same answers. Times are the best of some passes, for one call.
class Crossing
  OPERATIONS = { "point_read" => "point read of one record", "insert" => "insert of one record",
                 "insert_many" => "insert_many of 1,000 records", "select" => "select of ROWS rows by an index" }.freeze
  PORTION = 1000

  def initialize(prefix, build, smoke)
    @prefix = prefix
    @build = build
    @passes = smoke ? 1 : 3
    @reads = smoke ? 200 : 50_000
    @selects = smoke ? 2 : 50
    workload = Workload.new(smoke ? 2000 : 100_000)
    @records = workload.records
    @texts = @records.map { |record| JSON.generate(record) }
    @keys = workload.keys(@reads)
    @bounds = workload.bounds
  end

  def run
    columns = [in_c, with_text, with_hashes, with_sqlite]
    puts heading
    OPERATIONS.each do |name, title|
      c, text, hashes, sqlite = columns.map { |column| column.fetch(name) }
      cells = [c, text, text - c, hashes, hashes - c, sqlite].map { |nanoseconds| in_microseconds(nanoseconds) }
      puts "| #{title.sub("ROWS", @rows.to_s)} | #{cells.join(" | ")} |"
    end
  end

  private

  def heading
    <<~MARKDOWN
      #{@records.size} records, times in microseconds for one call, best of #{@passes}; Ruby #{RUBY_VERSION}, ffi #{FFI::VERSION},
      json #{JSON::VERSION}, sqlite3 #{SQLite3::VERSION} (SQLite #{SQLite3::SQLITE_VERSION}), libdictdb #{DictDB.library_version}

      | operation | C | Ruby, JSON text | of it the crossing | Ruby, hashes | of it Ruby | gem sqlite3, hashes |
      |---|---:|---:|---:|---:|---:|---:|
    MARKDOWN
  end

  def in_microseconds(nanoseconds)
    format("%.*f", nanoseconds.abs < 100_000 ? 2 : 0, nanoseconds / 1000)
  end

  # Nanoseconds for one of so many calls.
  def best(calls, prepare = -> {})
    Array.new(@passes) do
      prepared = prepare.call
      GC.start
      began = Process.clock_gettime(Process::CLOCK_MONOTONIC)
      yield prepared
      (Process.clock_gettime(Process::CLOCK_MONOTONIC) - began) / calls * 1e9
    end.min
  end

  def in_c
    program = File.join(@build, "crossing")
    system("cc", "-O2", "-o", program, File.join(__dir__, "crossing.c"), "-I#{@prefix}/include", "-L#{@prefix}/lib",
           "-Wl,-rpath,#{@prefix}/lib", "-ldictdb", exception: true)
    records = File.join(@build, "crossing.jsonl")
    File.write(records, @texts.map { |text| "#{text}\n" }.join)
    arguments = [*@bounds, @reads, @selects, @passes].map(&:to_s)
    output = IO.popen([program, records, *arguments], &:read)
    raise "#{program} has failed" unless $?.success?

    output.lines.to_h { |line| line.split.then { |name, number| [name, number.to_f] } }
  end

  def new_table
    -> { DictDB.open { |db| db.create_table(:users) } }
  end

  def loaded
    new_table.call.tap { |table| table.insert_many(@records) }.create_index(:salary, kind: :sorted)
  end

  def with_text
    table = loaded
    portions = @texts.each_slice(PORTION).map { |texts| "[#{texts.join(",")}]" }
    {
      "point_read" => best(@reads) { @keys.each { |key| table.get_json(key) } },
      "insert" => best(@texts.size, new_table) { |fresh| @texts.each { |text| fresh.insert(text) } },
      "insert_many" => best(portions.size, new_table) { |fresh| portions.each { |portion| fresh.insert_many(portion) } },
      "select" => best(@selects) { @selects.times { table.where("salary BETWEEN ?1 AND ?2", *@bounds).to_json } }
    }
  end

  def with_hashes
    table = loaded
    portions = @records.each_slice(PORTION).to_a
    @rows = table.where("salary BETWEEN ?1 AND ?2", *@bounds).count
    {
      "point_read" => best(@reads) { @keys.each { |key| table[key] } },
      "insert" => best(@records.size, new_table) { |fresh| @records.each { |record| fresh.insert(record) } },
      "insert_many" => best(portions.size, new_table) { |fresh| portions.each { |portion| fresh.insert_many(portion) } },
      "select" => best(@selects) { @selects.times { table.where("salary BETWEEN ?1 AND ?2", *@bounds).to_a } }
    }
  end

  # The same hashes in and out, tags included.
  def with_sqlite
    database = sqlite(indexed: true).call
    fill(database, @records)
    read = database.prepare("SELECT * FROM users WHERE id = ?")
    range = database.prepare("SELECT * FROM users WHERE salary BETWEEN ? AND ?")
    portions = @records.each_slice(PORTION).to_a
    {
      "point_read" => best(@reads) { @keys.each { |key| from_sqlite(read.execute(key)) } },
      "insert" => best(@records.size, sqlite) { |fresh| insert_each(fresh, @records) },
      "insert_many" => best(portions.size, sqlite) { |fresh| portions.each { |some| fill(fresh, some) } },
      "select" => best(@selects) { @selects.times { from_sqlite(range.execute(*@bounds)) } }
    }
  end

  def sqlite(indexed: false)
    lambda do
      SQLite3::Database.new(":memory:", results_as_hash: true).tap do |database|
        database.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, age INTEGER, dept TEXT, email TEXT, " \
                         "salary REAL, active INTEGER, tags TEXT)")
        database.execute("CREATE INDEX salaries ON users (salary)") if indexed
      end
    end
  end

  def fill(database, records)
    database.transaction { insert_each(database, records) }
  end

  def insert_each(database, records)
    statement = database.prepare("INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
    records.each do |record|
      *plain, active, tags = record.values
      statement.execute(*plain, active ? 1 : 0, JSON.generate(tags))
    end
    statement.close
  end

  def from_sqlite(result)
    result.map { |row| row.merge!("active" => row["active"] == 1, "tags" => JSON.parse(row["tags"])) }
  end
end

options = {}
OptionParser.new do |parser|
  parser.on("--prefix PREFIX")
  parser.on("--build DIRECTORY")
  parser.on("--smoke")
end.parse!(into: options)
abort "say where the library is installed: --prefix PREFIX" unless options[:prefix]

Dir.mktmpdir { |directory| Crossing.new(options[:prefix], options.fetch(:build, directory), options[:smoke]).run }
