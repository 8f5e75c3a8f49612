# frozen_string_literal: true

require_relative "helper"

class TestBatches < DictDBTest
  def accounts
    @accounts ||= @db.create_table(:accounts).tap { |table| table.insert_many([{ balance: 100 }, { balance: 0 }]) }
  end

  def fill(batch)
    batch.insert(people, { name: "Eve" }).insert_many(people, [{ name: "Fay" }, { id: "g" }])
    batch.upsert(people, { id: 1, age: 1 }).upsert(people, { id: 1 }, on_conflict: :ignore)
    batch.update(people, 2, { age: 18 }).update_where(people, "id = ?1", "age = age + ?2", 2, 1)
    batch.delete(people, 3).delete_where(people, "name = ?1", "Eve")
  end

  RESULTS = [{ key: 4 }, { keys: [5, "g"] }, { key: 1, outcome: "updated" }, { key: 1, outcome: "ignored" },
             { count: 1 }, { count: 1 }, { count: 1 }, { count: 1 }].freeze

  def check_people
    assert_equal [[1, 1], [2, 19], [5, nil], ["g", nil]], people.pluck(:id, :age)
  end

  def test_every_operation_in_one_call
    assert_equal RESULTS, @db.batch { |batch| fill(batch) }
    check_people
  end

  def test_every_operation_one_by_one
    batch = DictDB::Batch.new
    fill(batch)
    assert_equal 3, people.count
    assert_equal RESULTS, batch.commit
    check_people
    assert_equal [], batch.commit
    visit = DictDB::Update.new(where: "id = ?1", set: "age = ?2")
    assert_equal [{ count: 1 }], batch.run(visit, 1, 50, table: people).commit
    assert_equal 50, people[1]["age"]
  end

  def test_tables_by_name
    @db.batch { |batch| batch.insert(:accounts, {}).insert("accounts", {}).insert(accounts, {}) }
    assert_equal 5, accounts.count
    assert_raises(TypeError) { @db.batch { |batch| batch.insert(nil, {}) } }
    error = assert_raises(DictDB::TableNotFoundError) { @db.batch { |batch| batch.insert(:nothing, {}) } }
    assert_equal 0, error.detail[:operation]
  end

  def transfer(batch, amount)
    batch.update_where(accounts, "id = 1 AND balance >= ?1", "balance = balance - ?1", amount)
    batch.update_where(accounts, "id = 2", "balance = balance + ?1", amount)
  end

  def test_conditions
    @db.batch { |batch| transfer(batch, 80) }
    error = assert_raises(DictDB::RecordNotFoundError) { @db.batch { |batch| transfer(batch, 30) } }
    assert_equal 0, error.detail[:operation]
    assert_equal [20, 80], accounts.pluck(:balance)
    batch = DictDB::Batch.new
    transfer(batch, 30)
    assert_raises(DictDB::RecordNotFoundError) { batch.commit }
    accounts.update(1, balance: 30)
    assert_equal [{ count: 1 }] * 2, batch.commit
    assert_equal [0, 110], accounts.pluck(:balance)
  end

  def test_nothing_happens_if_the_block_raises
    assert_raises(ZeroDivisionError) { @db.batch { |batch| batch.insert(people, {}).insert(people, 1 / 0) } }
    assert_equal 3, people.count
    assert_equal [], @db.batch { |_| nil }
  end

  def test_what_is_added_is_checked
    batch = DictDB::Batch.new
    assert_raises(DictDB::InvalidJSONError) { batch.insert(people, "{") }
    assert_raises(DictDB::ParseError) { batch.delete_where(people, "age >") }
    people.snapshot { |snapshot| assert_raises(DictDB::UnsupportedError) { batch.insert(snapshot, {}) } }
    assert_same batch, batch.insert(people, {}).clear
    assert_equal [[], 3], [batch.commit, people.count]
  end

  def test_a_commit_can_be_interrupted
    batch = DictDB::Batch.new
    batch.update_where(crowd, "text LIKE ?1", "n = n + 1", "%x%9%9%t%")
    batch.update_where(crowd, "text LIKE ?1", "n = n + 1", "%0%")
    duration = seconds { batch.commit }
    batch.update_where(crowd, "text LIKE ?1", "n = n + 1", "%1%")
    sum = crowd.sum(:n)
    assert_raises(Timeout::Error) { Timeout.timeout(duration / 10) { batch.commit } }
    assert_equal sum, crowd.sum(:n)
    batch.commit
    refute_equal sum, crowd.sum(:n)
  end

  def test_limits_apply_to_the_commit
    batch = DictDB::Batch.new
    batch.update_where(crowd.with(timeout: 0.001), "TRUE", "n = n + 1")
    assert_raises(DictDB::TimeoutError) { batch.commit }
    error = assert_raises(DictDB::TimeoutError) do
      @db.with(timeout: 0.001) { |db| db.batch { |all| all.update_where(crowd, "TRUE", "n = n + 1") } }
    end
    assert_equal 1, error.detail[:timeout_ms]
  end
end
