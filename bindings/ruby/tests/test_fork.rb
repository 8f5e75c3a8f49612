# frozen_string_literal: true

require_relative "helper"

class TestFork < DictDBTest
  def forked(&block)
    in_child do
      Timeout.timeout(10, &block)
      nil
    rescue StandardError => e
      [e.class.name, e.message]
    end
  end

  def test_a_child_gets_an_exception
    query = people.where(id: 1).prepare
    cursor = people.cursor
    watch = people.watch
    batch = DictDB::Batch.new
    [-> { people.count }, -> { people[1] }, -> { people.to_a }, -> { people.insert({}) }, -> { query.run }, -> { cursor.next },
     -> { watch.poll(timeout: nil) }, -> { batch.commit }, -> { @db.save("/tmp/never") }, -> { @db.snapshot }, -> { DictDB.open },
     -> { DictDB.log(:info) { nil } }, -> { people.with(timeout: 1) }, -> { DictDB::CancelToken.new },
     -> { DictDB.load("/tmp/never") }].each do |use|
      assert_equal "DictDB::ForkedError", forked { use.call }&.first, use.source_location.inspect
    end
  end

  def test_a_child_ends_and_collects
    objects = [people.cursor, people.watch, people.snapshot, DictDB::Batch.new]
    assert_equal(:collected, in_child do
      objects.each(&:close)
      people.close
      objects = nil
      GC.start
      :collected
    end)
    child = fork { GC.start }
    Timeout.timeout(10) { Process.wait(child) }
    assert $?.success?
    assert_equal 3, people.count
  end

  def test_a_child_of_a_busy_process
    stop = crowd.empty?
    busy = Array.new(2) { Thread.new { crowd.order("-text").to_json until stop } }
    sleep 0.05
    3.times { assert_equal "DictDB::ForkedError", forked { people.count }&.first }
  ensure
    stop = true
    busy.each(&:join)
  end

  def test_the_error_says_what_to_do
    people
    assert_match(/fork/, forked { people.count }.last)
  end
end
