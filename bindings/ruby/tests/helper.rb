# frozen_string_literal: true

require "minitest/autorun"
require "tmpdir"
require "timeout"
require "dictdb"

# What the tests have in common: a database, closed at the end, and people in it.
class DictDBTest < Minitest::Test
  PEOPLE = [
    { name: "Ada", age: 36, langs: %w[en fr], address: { city: "London" } },
    { name: "Kurt", age: 17, langs: ["de"] },
    { name: "Grace", age: 85, langs: [], address: { city: "Arlington" } }
  ].freeze

  def setup
    @db = DictDB.open
  end

  def teardown
    @db.close
  end

  def people
    @people ||= @db.create_table(:people).tap { |table| table.insert_many(PEOPLE) }
  end

  # A table on which a sorted query takes far longer than the calls on the spot may.
  def crowd
    @crowd ||= @db.create_table(:crowd).tap { |table| table.insert_many(DictDBTest.crowd) }
  end

  def self.crowd
    @@crowd ||= JSON.generate((1..150_000).map { |n| { n:, text: "text #{n} " * 3 } }) # rubocop:disable Style/ClassVars
  end

  def names(rows)
    rows.map { |row| row["name"] }
  end

  def in_directory(&block)
    Dir.mktmpdir("dictdb", &block)
  end

  # Seconds that a block takes.
  def seconds
    began = Process.clock_gettime(Process::CLOCK_MONOTONIC)
    yield
    Process.clock_gettime(Process::CLOCK_MONOTONIC) - began
  end

  # Interrupts a block after a moment, again if it was too late for that: work that is being completed completes. `left`
  # tells what there is of it when all that went on has ended, and takes that away.
  def assert_interrupted(moment, left, &block)
    assert(Array(1..10).any? do
      begin
        Timeout.timeout(moment, &block)
        interrupted = false
      rescue Timeout::Error
        interrupted = true
      end
      sleep 0.1
      left.call.empty? && interrupted
    end, "never interrupted, or something is always left")
  end

  # Files in a directory, which are removed.
  def remove_files(directory, pattern = //)
    Dir.children(directory).grep(pattern).each { |name| File.delete("#{directory}/#{name}") }
  end

  # Runs a block in a forked child: what it returns.
  def in_child
    reader, writer = IO.pipe
    child = fork do
      reader.close
      writer.write(Marshal.dump(yield))
      writer.close
      exit!(0)
    end
    writer.close
    result = Timeout.timeout(20) { reader.read }
    Process.wait(child)
    Marshal.load(result) # rubocop:disable Security/MarshalLoad -- from our own child
  ensure
    reader.close
  end

  # Runs a Ruby program in a process of its own: what it prints, and how it ends.
  def ruby(program, *arguments)
    output = IO.popen([RbConfig.ruby, "-W0", "-I#{File.expand_path("../lib", __dir__)}", "-e", program, *arguments],
                      err: %i[child out], &:read)
    [output, $?]
  end
end
