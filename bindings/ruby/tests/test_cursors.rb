# frozen_string_literal: true

require_relative "helper"

class TestCursors < DictDBTest
  def numbers(count)
    @numbers ||= @db.create_table(:numbers).tap { |table| table.insert_many((1..count).map { |n| { n: } }) }
  end

  def test_portions
    numbers(10).cursor do |rows|
      assert_equal [[1, 2, 3], 4], [rows.next_batch(3).map { |row| row["n"] }, rows.next["n"]]
      assert_equal "{\"n\":5,\"id\":5}\n{\"n\":6,\"id\":6}\n", rows.next_lines(2)
      assert_equal 1, rows.next_batch(bytes: 1).size
      assert_equal [8, 9, 10], rows.map { |row| row["n"] }
      assert_equal [nil, nil, nil], [rows.next_batch, rows.next, rows.next_lines]
    end
  end

  def test_all_rows_are_given_once
    numbers(30_000)
    assert_equal (1..30_000).to_a, numbers(0).map { |row| row["n"] }
    assert_equal (1..30_000).to_a, numbers(0).cursor { |rows| rows.each_batch(7).to_a.flatten }.map { |row| row["n"] }
    assert_equal (1..30_000).to_a.reverse, numbers(0).order("-n").each_batch.to_a.flatten.map { |row| row["n"] }
    shared = numbers(0).cursor
    parts = Array.new(4) { Thread.new { shared.map { |row| row["n"] } } }.map(&:value)
    assert_equal (1..30_000).to_a, parts.flatten.sort
  end

  def test_the_instant_is_that_of_the_beginning
    seen = numbers(5000).each_with_object([]) do |row, all|
      all << row["n"]
      numbers(0).delete(row["id"])
      numbers(0).insert(n: 0) if row["n"] == 1
    end
    assert_equal [(1..5000).to_a, 1], [seen, numbers(0).count]
  end

  def test_a_cursor_keeps_its_table
    cursor = numbers(10).cursor
    numbers(0).close
    @db.close
    assert_equal 10, cursor.to_a.size
  end

  def test_breaking_off_closes_the_cursor
    numbers(5000).each { |row| break if row["n"] == 3 }
    assert_equal 0, numbers(0).statistics[:snapshots]
    assert_raises(ZeroDivisionError) { numbers(0).each { |row| row["n"] / 0 } }
    assert_equal 0, numbers(0).statistics[:snapshots]
  end

  def test_rare_rows_take_many_steps
    rare = crowd.where("text LIKE ?1", "%text 149999 %").cursor
    assert_equal [149_999], rare.map { |row| row["n"] }
  end

  def test_sorted_rows
    assert_equal [150_000, 149_999], crowd.order("-n").first(2).map { |row| row["n"] }
    crowd.order("-text").cursor { |rows| assert_equal 99_999, rows.next["n"] }
  end

  def test_time_limits_apply_to_steps
    hurried = crowd.with(timeout: 0.002).where("text LIKE ?1", "%y%").cursor
    assert_raises(DictDB::TimeoutError) { hurried.next }
    token = DictDB::CancelToken.new
    cancelled = crowd.with(cancel: token).where("text LIKE ?1", "%y%").cursor
    token.set
    assert_raises(DictDB::CancelledError) { cancelled.next }
    token.reset
    assert_nil cancelled.next
  end
end
