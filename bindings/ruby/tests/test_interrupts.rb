# frozen_string_literal: true

require_relative "helper"

# A call that takes long ends soon when its thread is interrupted, and has changed nothing. What is slow is measured
# first, so that the tests mean the same on any machine.
class TestInterrupts < DictDBTest
  SOON = 1.0

  def setup
    super
    crowd
  end

  def slow_read
    crowd.order("-text").to_json
  end

  def test_timeout
    whole = seconds { slow_read }
    passed = seconds { assert_raises(Timeout::Error) { Timeout.timeout(whole / 10) { slow_read } } }
    assert_operator passed, :<, whole * 0.8
    assert_equal 0, crowd.statistics[:snapshots]
  end

  def test_kill
    whole = seconds { slow_read }
    reached = false
    reader = Thread.new do
      slow_read
      reached = true
    end
    sleep whole / 10
    passed = seconds { reader.kill.join }
    assert_operator passed, :<, whole * 0.8
    refute reached
  end

  WRITES = {
    update: ->(table) { table.where("text LIKE ?1", "%1%").update("n = n + 1, text = text || ?1", "x") },
    delete: ->(table) { table.where("text LIKE ?1", "%1%9%t%").delete },
    insert: ->(table) { table.insert_many("[#{Array.new(200_000, "{}").join(",")}]") },
    index: ->(table) { table.create_index(:text, kind: :sorted) }
  }.freeze

  def test_an_interrupted_write_changes_nothing
    untouched = [150_000, crowd.sum(:n), []]
    WRITES.each do |name, write|
      @db.create_table(name).insert_many(DictDBTest.crowd)
      left = lambda do
        table = @db[name]
        return [] if [table.count, table.sum(:n), table.indexes] == untouched

        @db.drop_table(name).create_table(name).insert_many(DictDBTest.crowd)
      end
      assert_interrupted(0.004, left) { write.call(@db[name]) }
    end
  end

  def test_what_is_begun_anew_is_done_once
    assert_equal 150_000, crowd.all.update("n = n + 1")
    assert_equal (150_000 * 150_001 / 2) + 150_000, crowd.sum(:n)
    assert_equal 150_000, crowd.all.update("n = n + 1")
    assert_equal (150_000 * 150_001 / 2) + 300_000, crowd.sum(:n)
    other = @db.create_table(:other)
    assert_equal 10_000, other.insert_many((1..10_000).map { |n| { n: } }).size
    assert_equal 10_000, other.count
  end

  def test_an_interrupted_cursor_is_not_left
    assert_raises(Timeout::Error) { Timeout.timeout(0.01) { crowd.order("-text").cursor } }
    assert_equal 0, crowd.statistics[:snapshots]
  end

  # The call comes to its end all the same, between the interrupt and the setting of its token.
  def test_a_handle_that_nobody_gets_is_freed
    assert_raises(Timeout::Error) do
      Timeout.timeout(0.02) do
        crowd.attempt(patient: true, free: :cursor_free) do |native, table, out|
          native.table_cursor(table, nil, 0, nil, 0, out.handle, out.error).tap { sleep 0.1 }
        end
      end
    end
    assert_equal 0, crowd.statistics[:snapshots]
  end

  def test_tokens
    token = DictDB::CancelToken.new
    stoppable = crowd.with(cancel: token)
    reader = Thread.new { assert_raises(DictDB::CancelledError) { loop { stoppable.order("-text").to_json } } }
    sleep 0.03
    refute token.set?
    assert_same token, token.set
    passed = seconds { reader.join }
    assert_operator passed, :<, SOON
    assert token.set?
    assert_raises(DictDB::CancelledError) { stoppable.where("text LIKE ?1", "%x%").count }
    assert_same token, token.reset
    assert_equal 150_000, stoppable.where("text LIKE ?1", "%x%").count
    @db.with(cancel: token) do |db|
      token.cancel
      assert_raises(DictDB::CancelledError) { db[:crowd].order("-text").to_json }
    end
    token.close
    [-> { token.set }, -> { token.reset }, -> { token.set? }, -> { crowd.with(cancel: token) }].each do |use|
      assert_raises(DictDB::ClosedError) { use.call }
    end
    assert_raises(DictDB::CancelledError) { stoppable.order("-text").to_json }
  end

  def test_time_limits
    whole = seconds { slow_read }
    hurried = crowd.with(timeout: whole / 10)
    passed = seconds { assert_raises(DictDB::TimeoutError) { hurried.order("-text").to_json } }
    assert_operator passed, :<, whole * 0.8
    assert_equal slow_read, crowd.with(timeout: 60).order("-text").to_json
    assert_equal 150_000, hurried.with(timeout: 60).count
    assert_raises(DictDB::TimeoutError) { hurried.with(timeout: 60).order("-text").to_json }
    assert_equal 1, hurried.where(id: 1).count
    assert_raises(DictDB::TimeoutError) { crowd.with(timeout: 0, &:copy) }
  end

  def test_other_threads_run_meanwhile
    done = false
    reader = Thread.new do
      5.times { slow_read }
      done = true
    end
    steps = 0
    until done
      sleep 0.002
      steps += 1
    end
    reader.join
    assert_operator steps, :>, 20
  end

  def test_exceptions_that_are_put_off
    result = nil
    reader = Thread.new do
      Thread.handle_interrupt(RuntimeError => :never) { result = slow_read }
    rescue RuntimeError
      :raised
    end
    sleep 0.01
    reader.raise("later")
    assert_equal :raised, reader.value
    assert_equal crowd.order("-text").to_json, result
  end

  def test_threads_of_the_library_are_not_killed_half_way
    before = Thread.list
    reader = Thread.new { slow_read }
    sleep 0.02
    (Thread.list - before - [reader]).each(&:kill)
    assert_equal slow_read, reader.value
  end

  CTRL_C = <<~'RUBY'
    require "dictdb"
    table = DictDB.open.create_table(:crowd)
    table.insert_many(JSON.generate((1..60_000).map { |i| { n: i, text: "text #{i} " * 3 } }))
    interrupter = Thread.new { sleep 0.1; Process.kill(:INT, $$); sleep 60 }
    began = nil
    begin
      loop { began = Process.clock_gettime(Process::CLOCK_MONOTONIC); table.order("-text").to_json }
    rescue Interrupt
      puts "interrupted"
    end
    trap(:USR1) { puts "trapped #{table.count} #{table[1].size}" }
    Process.kill(:USR1, $$)
    table.order("-text").to_json
  RUBY

  def test_ctrl_c_and_traps
    output, status = nil
    passed = seconds { output, status = ruby(CTRL_C) }
    assert_equal ["interrupted\ntrapped 60000 3\n", true], [output, status.success?]
    assert_operator passed, :<, 30
  end

  AT_THE_END = <<~'RUBY'
    require "dictdb"
    table = DictDB.open.create_table(:crowd)
    table.insert_many(JSON.generate((1..60_000).map { |i| { n: i, text: "text #{i} " * 3 } }))
    watch = table.watch
    4.times { Thread.new { loop { table.order("-text").to_json } } }
    Thread.new { watch.each { |_| nil } }
    Thread.new { table.order("-text").cursor { |rows| rows.each { |_| sleep 1 } } }
    sleep 0.1
    puts "end"
  RUBY

  def test_a_process_ends_with_calls_under_way
    output, status = nil
    passed = seconds { output, status = ruby(AT_THE_END) }
    assert_equal ["end\n", true], [output, status.success?]
    assert_operator passed, :<, 30
  end
end
