# frozen_string_literal: true

require_relative "helper"

class TestThreads < DictDBTest
  def in_threads(count = 4)
    Array.new(count) { |number| Thread.new { yield number } }.map(&:value)
  end

  def test_no_key_is_given_twice
    table = @db.create_table(:t)
    keys = in_threads { Array.new(500) { table.insert(a: 1) } }.flatten
    assert_equal (1..2000).to_a, keys.sort
  end

  def test_no_update_is_lost
    visit = people.prepare_update(where: "id = ?1", set: "visits = coalesce(visits, 0) + 1")
    in_threads { 250.times { people.update(1) { { visits: coalesce(visits, 0) + 1 } } } }
    in_threads { 250.times { visit.run(1) } }
    assert_equal 2000, people[1]["visits"]
  end

  def test_everything_at_once
    people.create_index(:age, kind: :sorted)
    adults = people.where("age >= ?1", 18).prepare
    errors = in_threads do |number|
      random = Random.new(number)
      200.times { any_call(random, adults) }
      nil
    rescue DictDB::Error => e
      e
    end
    assert_equal [nil] * 4, errors
    assert_equal people.count, people.to_a.size
  end

  def any_call(random, adults)
    case random.rand(10)
    when 0 then people.insert(name: "x", age: random.rand(90))
    when 1 then people.insert_many([{ age: 1 }, { age: 2 }])
    when 2 then people.where { age < 3 }.delete
    when 3 then assert_equal "Ada", people[1]["name"]
    when 4 then assert(adults.run.all? { |row| row["age"] >= 18 })
    when 5 then people.each { |row| assert row["id"] }
    when 6 then people.snapshot { |snapshot| assert_equal snapshot.count, snapshot.to_a.size }
    when 7 then people.where(id: 1).update("n = coalesce(n, 0) + 1")
    when 8 then @db.batch { |batch| batch.upsert(:people, { id: 2, n: 1 }) }
    when 9 then @db[:people].close
    end
  end

  def test_closing_under_way
    20.times do
      table = people.with
      readers = Array.new(3) do
        Thread.new do
          loop { assert_equal 3, table.where { age > 0 }.to_a.size }
        rescue DictDB::ClosedError
          :closed
        end
      end
      Thread.pass
      table.close
      assert_equal [:closed] * 3, readers.map(&:value)
    end
  end

  def test_slots_are_kept_apart
    table = @db.create_table(:t)
    4.times { |number| table.insert(id: number, text: number.to_s * (10**(number + 1))) }
    in_threads do |number|
      500.times { assert_equal number.to_s * (10**(number + 1)), table[number]["text"] }
    end
  end

  def test_fibers
    fibers = Array.new(3) do |number|
      Fiber.new do
        people.each do |person|
          Fiber.yield [number, person["name"]]
        end
        nil
      end
    end
    seen = Array.new(3) { fibers.map(&:resume) }
    assert_equal %w[Ada Kurt Grace].map { |name| [[0, name], [1, name], [2, name]] }, seen
  end
end
