# frozen_string_literal: true

require_relative "helper"

class TestLog < DictDBTest
  def teardown
    DictDB.log
    super
  end

  def test_messages
    told = Queue.new
    assert_nil(DictDB.log(:debug) { |level, message, fields| told << [level, message, fields] })
    people
    created, inserted = Array.new(2) { told.pop }
    assert_equal [:info, "people"], [created[0], created[2][:table]]
    assert_equal [:debug, { table: "people", records: 3 }], inserted.values_at(0, 2)
    DictDB.log(:info) { |*all| told << all }
    people.insert({})
    assert_empty told
    people.create_index(:name)
    assert_equal :info, told.pop.first
    DictDB.log
    people.drop_index(:name)
    assert_empty told
  end

  def test_the_block_may_use_the_library
    seen = nil
    table = people
    DictDB.log(:info) { seen = table.count }
    people.create_index(:name)
    assert_equal 3, seen
  end

  def test_messages_of_other_threads
    told = Queue.new
    DictDB.log(:info) { |_, message, fields| told << [message, fields, Thread.current] }
    in_directory do |directory|
      people
      @db.save("#{directory}/x")
      Timeout.timeout(10) { sleep 0.001 until told.size >= 2 }
    end
    threads = Array.new(told.size) { told.pop.last }
    assert_operator threads.uniq.size, :>, 1
  end

  def test_the_block_may_raise
    DictDB.log(:info) { raise "not this" }
    _, warnings = capture_io { people }
    assert_match(/log block of DictDB raised.*not this/, warnings)
    assert_equal 3, people.count
  end

  def test_arguments
    assert_raises(DictDB::InvalidArgumentError) { DictDB.log(:verbose) { nil } }
    assert_raises(DictDB::InvalidArgumentError) { DictDB.log(:debug, debug_sample: 0) { nil } }
  end

  AT_THE_END = <<~RUBY
    require "dictdb"
    DictDB.log(:debug) { |*_| nil }
    db = DictDB.open
    db.create_table(:t).insert_many(JSON.generate(Array.new(50_000) { {} }))
    backup = db.backup(ARGV.first, interval: 0.001, min_interval: 0) { |*_| nil }
    backup.start
    Thread.new { loop { db.save(ARGV.first + "/x") } }
    sleep 0.1
    puts "end"
  RUBY

  def test_a_process_ends_with_callbacks_under_way
    in_directory do |directory|
      output, status = Timeout.timeout(30) { ruby(AT_THE_END, directory) }
      assert_equal ["end\n", true], [output, status.success?]
    end
  end
end
