# frozen_string_literal: true

require_relative "helper"

class TestBackups < DictDBTest
  def test_full_and_delta
    people
    in_directory do |directory|
      backup = @db.backup(directory, incremental: true, max_deltas: 2, keep: 1)
      full = backup.now
      assert_equal ["full", 3], full.values_at(:type, :records)
      people.update(1, age: 37)
      assert_equal ["delta", 1], backup.now.values_at(:type, :records)
      assert_nil backup.delta[:file]
      between = Time.now
      people.delete(2)
      assert_equal "delta", backup.delta(background: true).tap(&:wait).result[:type]
      assert_equal [1, 2, 1, 0], backup.statistics.values_at(:full, :delta, :unchanged, :failures)
      DictDB.restore(directory) do |db|
        assert_equal people.to_a, db[:people].to_a
        assert_equal [3, []], [db.facts[:files].size, db.facts[:skipped]]
      end
      assert_equal [37, 17, 85], DictDB.restore(directory, before: between, keys: :symbol)[:people].map { |row| row[:age] }
      assert_raises(DictDB::UnavailableError) { DictDB.restore(directory, before: 1000.5) }
      assert_equal true, DictDB.verify(directory)[:is_sound]
      File.delete("#{directory}/#{DictDB.verify(directory)[:files][1][:file]}")
      assert_raises(DictDB::CorruptError) { DictDB.restore(directory) }
      partial = DictDB.restore(directory, partial: true)
      assert_equal [36, 1], [partial[:people][1]["age"], partial.facts[:skipped].size]
      assert_equal false, DictDB.verify(directory, background: true).tap(&:wait).result[:is_sound]
      assert_equal 3, DictDB.restore(directory, partial: true, background: true).tap(&:wait).database[:people].count
      assert_equal "full", backup.full[:type]
      backup.close
      assert_raises(DictDB::ClosedError) { backup.now }
    end
  end

  def test_by_itself
    people
    in_directory do |directory|
      backup = @db.backup(directory, interval: 0, min_interval: 0)
      assert_same backup, backup.start.notify_change
      Timeout.timeout(10) { sleep 0.01 until backup.statistics[:full].positive? }
      assert backup.statistics[:is_running]
      assert_same backup, backup.stop
      refute backup.statistics[:is_running]
      assert_equal 3, DictDB.restore(directory)[:people].count
    end
  end

  def test_failures_are_told
    in_directory do |directory|
      told = Queue.new
      inside = "#{directory}/inside"
      backup = @db.backup(inside) { |error, failures| told << [error, failures] }
      Dir.rmdir(inside)
      2.times { assert_raises(DictDB::IOError) { backup.now } }
      error, failures = told.pop
      assert_equal [DictDB::IOError, 1, 2], [error.class, failures, told.pop.last]
      assert_equal error.detail[:errno], Errno::ENOENT::Errno
      assert_equal 2, backup.statistics[:consecutive_failures]
      backup.start.notify_change.close
      GC.start
    end
  end

  def test_a_failure_block_may_raise
    in_directory do |directory|
      inside = "#{directory}/inside"
      backup = @db.backup(inside) { |_, _| raise "not this one, too" }
      Dir.rmdir(inside)
      _, warnings = capture_io { assert_raises(DictDB::IOError) { backup.full } }
      assert_match(/failure block of a backup raised.*not this one, too/, warnings)
    end
  end

  def test_blocks_are_let_go
    in_directory do |directory|
      blocks = DictDB::Backup.instance_variable_get(:@blocks)
      before = blocks.size
      backup = @db.backup("#{directory}/a") { |_, _| nil }
      assert_equal before + 1, blocks.size
      backup.close
      assert_equal before, blocks.size
      File.write("#{directory}/b", "")
      assert_raises(DictDB::IOError) { @db.backup("#{directory}/b") { |_, _| nil } }
      assert_raises(DictDB::InvalidArgumentError) { @db.backup("#{directory}/c", keep: -1) { |_, _| nil } }
      assert_equal before, blocks.size
    end
  end

  def test_backups_can_be_interrupted
    crowd
    in_directory do |directory|
      backup = @db.backup(directory)
      assert_interrupted(0.005, -> { remove_files(directory, /\Adictdb/) }) { backup.now }
      assert_equal "full", backup.now[:type]
    end
  end

  def test_limits_apply
    crowd
    in_directory do |directory|
      assert_raises(DictDB::TimeoutError) { @db.with(timeout: 0.001).backup(directory).now }
    end
  end
end
