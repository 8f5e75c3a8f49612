# frozen_string_literal: true

require_relative "helper"
require_relative "model"

# Random operations beside a naive model, which must give the same answers, errors and records. DICTDB_SEED repeats a
# run; the seed of a failure is in its message.
class TestModel < DictDBTest
  FIELDS = %w[a b c].freeze
  STRINGS = ["", "a", "ab", "b", "Ä", "x'y", "?1", "\"", "`", "\u{1F600}"].freeze
  CONFLICTS = %i[update ignore error].freeze
  RUNS = 25
  STEPS = 250

  def test_random_operations
    seed = Integer(ENV.fetch("DICTDB_SEED") { Random.new_seed % 1_000_000 })
    RUNS.times { |run| DictDB.open { |db| play(db, seed + run) } }
  end

  def play(db, seed)
    @random = Random.new(seed)
    @db = db
    @table = db.create_table(:t)
    @model = Model.new
    @step = 0
    STEPS.times { step }
    assert_equal @model.records, @table.to_a
  rescue Minitest::Assertion, StandardError => e
    raise e.class, "DICTDB_SEED=#{seed}, step #{@step}: #{e.message}", e.backtrace
  end

  def step
    @step += 1
    send(%i[insert insert_many upsert update update_where compute delete delete_where batch query query query count aggregate
            cursor snapshot index].sample(random: @random))
  end

  # What both must do alike: give the same, or raise the same.
  def alike(expected, actual)
    want = outcome(&expected)
    got = outcome(&actual)
    want.nil? ? assert_nil(got) : assert_equal(want, got)
  end

  def outcome
    yield
  rescue DictDB::Error => e
    e.class
  end

  def value
    case @random.rand(10)
    when 0 then nil
    when 1 then [true, false].sample(random: @random)
    when 2 then STRINGS.sample(random: @random)
    when 3 then [@random.rand(3), STRINGS.sample(random: @random)].take(@random.rand(3))
    when 4 then @random.rand(10) + 0.5
    else @random.rand(10)
    end
  end

  def key
    @random.rand(4).zero? ? %w[k l m].sample(random: @random) : 1 + @random.rand(30)
  end

  def record
    fields = FIELDS.sample(@random.rand(4), random: @random).to_h { |field| [field, value] }
    @random.rand(3).zero? ? fields.merge("id" => key) : fields
  end

  # A condition in Ruby, in one of the ways in which it can be said to the library, and as a function.
  def condition
    field = FIELDS.sample(random: @random)
    operand = value
    case @random.rand(9)
    when 0 then [hash_or_block(field, operand), ->(r) { same?(r[field], operand) }]
    when 1 then [proc { self[field] != operand }, ->(r) { !same?(r[field], operand) }]
    when 2 then ordered(field, operand)
    when 3 then [["`#{field}` IN ?1", [operand, 1]], ->(r) { same?(r[field], operand) || same?(r[field], 1) }]
    when 4 then [DictDB::Predicate.startswith(field, "a"), ->(r) { r[field].is_a?(String) && r[field].start_with?("a") }]
    when 5 then [proc { self[field].is_null }, ->(r) { r[field].nil? }]
    when 6 then [{ field.to_sym => 2..6 }, ->(r) { r[field].is_a?(Numeric) && r[field].between?(2, 6) }]
    when 7 then [{ id: id = key }, ->(r) { r["id"] == id }]
    else both
    end
  end

  def hash_or_block(field, operand)
    return { field.to_sym => operand } unless operand.is_a?(Array)

    proc { self[field] == operand }
  end

  def ordered(field, operand)
    [["#{field} < ?1", operand], lambda do |r|
      left = Model::Order.of(r[field])
      right = Model::Order.of(operand)
      kinds = [left, right].map { |order| order.first.between?(1, 2) ? 1 : order.first }
      !operand.nil? && kinds.uniq.size == 1 && Model::Order.compare(left, right).negative?
    end]
  end

  def both
    one, first = simple
    other, second = simple
    [proc { (instance_exec(&one) & !instance_exec(&other)) | (a == 3) },
     ->(r) { (first.call(r) && !second.call(r)) || same?(r["a"], 3) }]
  end

  def simple
    field = FIELDS.sample(random: @random)
    number = @random.rand(10)
    [proc { self[field] >= number }, ->(r) { r[field].is_a?(Numeric) && r[field] >= number }]
  end

  def same?(one, other)
    one == other
  end

  def relation(condition)
    case condition
    when Array then @table.where(*condition)
    when Proc then @table.where(&condition)
    else @table.where(condition)
    end
  end

  def insert
    new = record
    alike(-> { @model.insert(new) }, -> { @table.insert(new) })
  end

  def insert_many
    many = Array.new(@random.rand(5)) { record }
    alike(-> { @model.insert_many(many) }, -> { @table.insert_many(many) })
  end

  def upsert
    new = record
    conflict = CONFLICTS.sample(random: @random)
    alike(-> { @model.upsert(new, conflict) }, -> { @table.upsert(new, on_conflict: conflict).to_a })
  end

  def update
    id = key
    changes = @random.rand(6).zero? ? { "id" => key } : { FIELDS.sample(random: @random) => value }
    alike(-> { @model.change(->(r) { r["id"] == id }) { |r| r.merge(changes) } == 1 }, -> { @table.update(id, changes) })
  end

  def update_where
    said, which = condition
    changes = { FIELDS.sample(random: @random) => value, "d" => @step }
    alike(-> { @model.change(which) { |r| r.merge(changes) } }, -> { relation(said).update(changes) })
  end

  def compute
    said, which = condition
    number = @random.rand(5)
    field = FIELDS.sample(random: @random)
    alike(lambda do
      @model.change(which) do |r|
        raise DictDB::TypeMismatchError unless r[field].nil? || r[field].is_a?(Numeric)

        r.merge("n" => ((r[field] || 0) + number) * 2)
      end
    end, -> { relation(said).update { { n: (coalesce(self[field], 0) + number) * 2 } } })
  end

  def delete
    id = key
    alike(-> { @model.delete(->(r) { r["id"] == id }) == 1 }, -> { @table.delete(id) })
  end

  def delete_where
    return unless @random.rand(4).zero?

    said, which = condition
    alike(-> { @model.delete(which) }, -> { relation(said).delete })
  end

  def batch
    new = record
    id = key
    alike(lambda do
      @model.atomically do
        @model.insert(new)
        count = @model.delete(->(r) { r["id"] == id })
        count.zero? ? raise(DictDB::RecordNotFoundError) : count
      end
    end, -> { @db.batch { |all| all.insert(:t, new).delete(@table, id) }.last[:count] })
  end

  def query
    said, which = condition
    field = FIELDS.sample(random: @random)
    descending = @random.rand(2).zero?
    limit = [nil, @random.rand(6)].sample(random: @random)
    offset = @random.rand(3)
    rows = @model.sorted(@model.records.select(&which), field, descending).drop(offset)
    rows = rows.take(limit) if limit
    asked = relation(said).order(field.to_sym => descending ? :desc : :asc).offset(offset).limit(limit)
    assert_equal rows, asked.to_a
    assert_equal rows, asked.prepare.run
    assert_equal rows.size, asked.count
    assert_equal(rows.map { |r| r.values_at("id", field) }, asked.pluck(:id, field))
    assert_equal rows.map { |r| { id: r["id"] } }, @table.with(keys: :symbol).where(id: rows.map { |r| r["id"] }).select(:id).to_a
                                                         .sort_by { |r| rows.index { |row| row["id"] == r[:id] } }
  end

  def count
    said, which = condition
    assert_equal @model.records.count(&which), relation(said).count
    keys = Array.new(5) { key }
    assert_equal keys.map { |id| @model[id] }, @table.get_many(keys)
    assert_equal keys.map { |id| @model[id] }, keys.map { |id| @table[id] }
  end

  def aggregate
    field = FIELDS.sample(random: @random)
    groups = @model.records.group_by { |r| r[field] }.map { |group, rows| [group, rows.size] }
    assert_equal groups, @table.group(field).aggregate { { n: count } }.map(&:values)
    numbers = @model.records.select { |r| r[field].is_a?(Numeric) }.map { |r| r[field] }
    greatest = @table.where { |r| r[field] > -1 }.maximum(field)
    numbers.empty? ? assert_nil(greatest) : assert_equal(numbers.max, greatest)
  end

  def cursor
    said, which = condition
    rows = relation(said).cursor { |all| all.each_batch(1 + @random.rand(4)).to_a.flatten(1) }
    assert_equal @model.records.select(&which), rows
  end

  def snapshot
    before = Marshal.load(Marshal.dump(@model.records))
    @table.snapshot do |then_|
      3.times { step unless @random.rand(3).zero? }
      assert_equal before, then_.to_a
    end
  end

  def index
    field = FIELDS.sample(random: @random)
    if @table.indexes.empty?
      @table.create_index(field,
                          kind: %i[hash
                                   sorted].sample(random: @random))
    else
      @table.drop_index(*@table.indexes.first[:fields])
    end
  end
end
