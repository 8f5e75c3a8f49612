# frozen_string_literal: true

require_relative "helper"

class TestWatches < DictDBTest
  def test_changes
    people.watch do |watch|
      people.insert(name: "Eve")
      people.update(4, id: "e")
      people.delete("e")
      changes = watch.poll
      assert_equal [[1, :insert, 4, nil], [2, :update, "e", 4], [3, :delete, "e", nil]],
                   changes.map { |change| [change.sequence, change.operation, change.key, change.old_key] }
      assert_equal [{ "name" => "Eve", "id" => 4 }, nil], [changes.first.record, changes.last.record]
      assert_equal [1, "people"], [changes.first.commit, changes.first.table]
      assert_equal [[], 3, 3], [watch.poll, watch.position, watch.last]
      assert_equal [[], 3], [watch.poll(since: 99), watch.position]
      assert_equal 3, watch.poll(since: 0).size
      assert_equal [1, 1], watch.poll(since: 0, max: 1).then { |some| [some.size, watch.position] }
    end
  end

  def test_a_database
    people
    watch = @db.with(keys: :symbol).watch(records: true)
    @db.create_table(:t)
    @db.batch { |batch| batch.insert(:t, { a: 1 }).insert(:t, { a: 2 }) }
    @db.drop_table(:t)
    assert_equal %i[create insert insert drop], watch.poll.map(&:operation)
    changes = watch.poll(since: 0)
    assert_equal [2, 2, { a: 1, id: 1 }], [changes[1].commit, changes[2].commit, changes[1].record]
  end

  def test_options
    watch = people.watch(max_changes: 2, records: false)
    4.times { people.insert({}) }
    error = assert_raises(DictDB::UnavailableError) { watch.poll(since: 1) }
    assert_equal [1, 2, 4], error.detail.values_at(:since, :oldest, :newest)
    watch.position = 2
    assert_equal [nil, nil], watch.poll.map(&:record)
    assert_raises(DictDB::InvalidArgumentError) { people.watch(max_changes: 0) }
  end

  def test_waiting
    watch = people.watch
    assert_equal [], watch.poll(timeout: 0)
    assert_in_delta 0.12, seconds { watch.poll(timeout: 0.12) }, 0.1
    writer = Thread.new do
      sleep 0.1
      people.insert(name: "Eve")
    end
    assert_equal 1, watch.poll(timeout: nil).size
    writer.join
  end

  def test_limits_apply_to_waiting
    watch = people.with(timeout: 0.08).watch
    assert_equal [], watch.poll(timeout: 0.01)
    passed = seconds { assert_raises(DictDB::TimeoutError) { watch.poll(timeout: nil) } }
    assert_in_delta 0.08, passed, 0.5
  end

  def test_waiting_can_be_interrupted
    watch = people.watch
    assert_operator seconds { assert_raises(Timeout::Error) { Timeout.timeout(0.1) { watch.poll(timeout: nil) } } }, :<, 2
    waiter = Thread.new { watch.each { |_| nil } }
    sleep 0.05
    assert_operator seconds { waiter.kill.join }, :<, 2
  end

  def test_each_ends_when_it_is_closed
    watch = people.watch
    seen = Queue.new
    reader = Thread.new { watch.each { |change| seen << change.key } }
    people.insert({})
    people.insert({})
    assert_equal [4, 5], [seen.pop, seen.pop]
    watch.close
    assert_same watch, reader.value
    assert_equal [], watch.to_a
    assert_raises(DictDB::ClosedError) { watch.poll }
    token = DictDB::CancelToken.new
    stopped = people.with(cancel: token).watch
    token.set
    assert_raises(DictDB::CancelledError) { stopped.poll(timeout: nil) }
  end

  def test_select
    watch = people.watch
    assert_nil IO.select([watch], nil, nil, 0)
    people.insert({})
    assert_equal [[watch], [], []], IO.select([watch], nil, nil, 1)
    assert_equal watch.fileno, watch.to_io.fileno
    watch.poll
    assert_nil IO.select([watch], nil, nil, 0)
  end

  def test_a_copy_is_kept
    watch = people.watch
    copy = people.snapshot(&:copy)
    people.update(1, age: 1)
    people.delete(2)
    people.insert(name: "Eve")
    watch.poll.each do |change|
      copy.delete((change.old_key || change.key).to_s) if change.operation == :delete || change.old_key
      copy[change.key.to_s] = change.record if change.record
    end
    assert_equal people.copy, copy
  end
end
