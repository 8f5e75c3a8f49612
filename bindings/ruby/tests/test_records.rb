# frozen_string_literal: true

require_relative "helper"

class TestRecords < DictDBTest
  def test_insert_gives_the_next_integer_key
    table = @db.create_table(:t)
    assert_equal [1, 2, "x", 10, 11],
                 [table.insert({}), table.insert("a" => 1), table.insert(id: "x"), table.insert(id: 10), table.insert({})]
  end

  def test_a_record_comes_back_as_it_went_in
    record = { "text" => "ä\u{1F600}\"\\\n\u0000", "list" => [1, -2**63, (2**64) - 1, 1.5, nil, true, [], {}],
               "nested" => { "a" => { "b" => [nil] } }, "id" => 7 }
    people.insert(record)
    assert_equal record, people[7]
    texts = [people[7]["text"], people.get_json(7), people.to_json, people.cursor(&:next_lines)]
    assert_equal [Encoding::UTF_8], texts.map(&:encoding).uniq
    assert(texts.all?(&:valid_encoding?))
  end

  def test_symbols_and_strings_go_in_alike
    key = people.insert(name: :Eve, "age" => 1)
    assert_equal({ "name" => "Eve", "age" => 1, "id" => key }, people[key])
  end

  def test_json_text_goes_in_as_it_is
    key = people.insert('{"price": 1.50}')
    assert_equal %({"price":1.50,"id":#{key}}), people.get_json(key)
    assert_equal [key + 1, key + 2], people.insert_many("[{}, {}]")
    assert people.update(key, '{"price": 2}')
    assert_equal 2, people[key]["price"]
  end

  def test_keys_come_out_as_wanted
    assert_equal({ name: "Kurt", age: 17, langs: ["de"], id: 2 }, people.with(keys: :symbol)[2])
    assert_equal({ "name" => "Kurt" }, people.with(keys: :symbol).with(keys: :string)[2].slice("name"))
    DictDB.open(keys: :symbol) do |db|
      table = db.create_table(:t)
      table.insert(a: { b: 1 })
      expected = { a: { b: 1 }, id: 1 }
      assert_equal [expected], [table[1]]
      assert_equal [[expected]] * 4,
                   [table.to_a, table.where(id: 1).to_a, table.cursor(&:next_batch), db.snapshot { |s| s[:t].to_a }]
      assert_equal [expected], table.snapshot(&:to_a)
      assert_equal [expected], table.with(timeout: 9).prepare.run
      assert_equal [{ "1" => expected }, { "t" => { "1" => expected } }], [table.copy, db.copy]
    end
    assert_match(/:string or :symbol, not :strings/, assert_raises(DictDB::InvalidArgumentError) do
                                                       DictDB.open(keys: :strings)
                                                     end.message)
  end

  def test_insert_many_is_all_or_none
    error = assert_raises(DictDB::DuplicateKeyError) { people.insert_many([{ id: 10 }, { id: 2 }]) }
    assert_equal [2, 1], error.detail.values_at(:key, :index)
    assert_equal 3, people.count
    assert_equal [], people.insert_many([])
  end

  def test_insert_many_takes_what_has_rows
    other = @db.create_table(:other)
    assert_equal [1, 2, 3], other.insert_many(people.all)
    assert_equal people.to_a, other.to_a
    assert_equal 3, other.insert_many((4..6).lazy.map { |i| { id: i } }).size
  end

  def test_append
    assert_same people, people << { name: "Eve" }
    assert_equal 4, people.size
  end

  def test_upsert
    assert_equal DictDB::Upsert.new(4, :inserted), people.upsert(name: "Eve")
    assert_equal DictDB::Upsert.new(4, :updated), people.upsert({ id: 4, age: 3 })
    assert_equal DictDB::Upsert.new(4, :ignored), people.upsert({ id: 4, age: 9 }, on_conflict: :ignore)
    assert_equal({ "name" => "Eve", "id" => 4, "age" => 3 }, people[4])
    assert_equal "k", people.upsert(id: "k").key
    assert_raises(DictDB::DuplicateKeyError) { people.upsert({ id: 4 }, on_conflict: :error) }
    assert_match(/not :merge/, assert_raises(DictDB::InvalidArgumentError) { people.upsert({}, on_conflict: :merge) }.message)
  end

  def test_get_and_fetch
    assert_equal ["Ada", nil, nil], [people[1]["name"], people[99], people.get("1")]
    assert_equal "Ada", people.fetch(1)["name"]
    assert_equal %w[none none], [people.fetch(99, "none"), people.fetch(99) { |key| key == 99 ? "none" : key }]
    error = assert_raises(DictDB::RecordNotFoundError) { people.fetch(99) }
    assert_equal ["no record of people has the key 99", { key: 99 }, 1, :record_not_found],
                 [error.message, error.detail, error.code, error.status]
    assert_raises(ArgumentError) { people.fetch(1, 2, 3) }
  end

  def test_key_predicate
    assert_equal [true, false, false], [people.key?(1), people.key?(9), people.key?("1")]
  end

  def test_get_many
    assert_equal ["Grace", nil, "Ada", "Ada"], people.get_many([3, 9, 1, 1]).map { |record| record && record["name"] }
    assert_equal [], people.get_many([])
  end

  def test_keys_of_all_kinds
    table = @db.create_table(:t)
    keys = [-2**63, (2**63) - 1, 0, "ä", "1", "a\u0000b", "\"\\"]
    table.insert_many(keys.map { |key| { id: key } })
    keys.each { |key| assert_equal({ "id" => key }, table[key]) }
    [2**63, -2**63 - 1, 1.5, nil, "", [], true].each do |key|
      assert_raises(DictDB::Error, key.inspect) { table[key] }
      assert_raises(DictDB::Error, key.inspect) { table.delete(key) }
    end
    assert_raises(DictDB::InvalidKeyError) { table[""] }
    assert_raises(DictDB::InvalidKeyError) { table[1.5] }
  end

  def test_update_by_key
    assert_equal [true, false], [people.update(1, age: 37), people.update(99, age: 1)]
    assert_equal 37, people[1]["age"]
    assert people.update!(1, { "address" => { "zip" => 1 } })
    assert_equal({ "zip" => 1 }, people[1]["address"])
    assert_raises(DictDB::RecordNotFoundError) { people.update!(99, age: 1) }
    assert people.update(1, id: "ada")
    assert_equal [nil, "Ada"], [people[1], people["ada"]["name"]]
    assert_raises(DictDB::DuplicateKeyError) { people.update(2, id: "ada") }
  end

  def test_update_by_key_with_expressions
    assert(people.update(1) { { visits: coalesce(visits, 0) + 1, langs: append(langs, "de"), address: remove } })
    assert_equal({ "name" => "Ada", "age" => 36, "langs" => %w[en fr de], "id" => 1, "visits" => 1 }, people[1])
    refute(people.update(99) { { visits: 1 } })
    assert_raises(ArgumentError) { people.update(1, { a: 1 }) { { b: 1 } } }
    assert_raises(ArgumentError) { people.update(1) }
  end

  def test_delete_by_key
    assert_equal [true, false], [people.delete(1), people.delete(1)]
    assert people.delete!(2)
    assert_raises(DictDB::RecordNotFoundError) { people.delete!(2) }
    assert_equal ["Grace"], names(people)
  end

  def test_schema
    table = @db.create_table(:t, primary_key: :email,
                                 schema: { email: :str, age: { type: :int, nullable: true }, tags: { type: :list, default: [] } })
    assert_equal "a@b", table.insert(email: "a@b")
    assert_equal({ "email" => "a@b", "tags" => [] }, table["a@b"])
    error = assert_raises(DictDB::SchemaValidationError) { table.insert_many([{ email: "c" }, { email: "d", age: "x" }]) }
    assert_equal ["age", "int", "str", 1], error.detail.values_at(:field, :expected, :actual, :index)
    assert_raises(DictDB::SchemaValidationError) { table.insert(email: "e", other: 1) }
    assert_equal %i[email age tags], table.schema.keys
    assert_equal ["email", %w[email age tags]], [table.primary_key, table.columns]
  end

  def test_describe_and_statistics
    assert_equal %w[address age id langs name], people.columns
    assert_equal ["people", "id", 3, nil, []], people.describe.values_at(:name, :primary_key, :count, :schema, :indexes)
    assert_equal [3, 3], people.statistics.values_at(:records, :inserted)
  end

  def test_copy
    assert_equal({ "1" => people[1], "2" => people[2], "3" => people[3] }, people.copy)
    assert_equal({ "people" => people.copy }, @db.copy)
  end

  def test_tables
    people
    @db.create_table("Zürich")
    assert_equal %w[people Zürich], @db.tables
    assert_equal [true, false], [@db.table?("people"), @db.table?(:persons)]
    assert_raises(DictDB::DuplicateTableError) { @db.create_table(:people) }
    assert_same @db, @db.drop_table(:people)
    assert_raises(DictDB::TableNotFoundError) { people.count }
    assert_raises(DictDB::TableNotFoundError) { @db[:people] }
    assert_raises(DictDB::TableNotFoundError) { @db.drop_table(:people) }
    assert_raises(DictDB::InvalidArgumentError) { @db.create_table("") }
    assert_raises(TypeError) { @db.create_table(1) }
    assert_equal "Zürich", @db["Zürich".encode(Encoding::ISO_8859_1)].name
  end

  def test_indexes
    people.create_index(:name, unique: true).create_index(:age, "address.city", kind: :sorted)
    people.create_index(:name, unique: true)
    assert_equal [{ fields: ["name"], kind: "hash", unique: true },
                  { fields: ["age", "address.city"], kind: "sorted", unique: false }], people.indexes
    assert_raises(DictDB::IndexExistsError) { people.create_index(:name, kind: :sorted) }
    error = assert_raises(DictDB::DuplicateKeyError) { people.insert(name: "Ada") }
    assert_equal [["name"], "Ada"], error.detail.values_at(:fields, :value)
    assert_equal "index", people.where(name: "Ada").explain[:access]
    assert_same people, people.drop_index(:name)
    assert_raises(DictDB::InvalidArgumentError) { people.drop_index(:name) }
    people.create_index(:"a.b")
    assert_equal ["`a.b`"], people.indexes.last[:fields]
  end

  def test_text_that_is_not_utf8
    assert_raises(DictDB::InvalidUTF8Error) { people.insert(name: "\xff") }
    assert_raises(DictDB::InvalidUTF8Error) { people.insert("{\"a\": \"\xff\"}") }
    assert_raises(DictDB::InvalidUTF8Error) { @db.create_table("\xff") }
    key = people.insert(name: "Zürich".encode(Encoding::UTF_16LE))
    assert_equal "Zürich", people[key]["name"]
  end

  def test_values_that_are_no_json
    assert_raises(DictDB::InvalidJSONError) { people.insert(a: Float::NAN) }
    assert_raises(DictDB::NumberRangeError) { people.insert(a: 2**64) }
    circle = []
    circle << circle
    assert_raises(DictDB::LimitError) { people.insert(a: circle) }
    deep = (1..127).reduce(1) { |inner, _| [inner] }
    assert_equal deep, people[people.insert(a: deep)]["a"]
    assert_raises(DictDB::LimitError) { people.insert(a: [deep]) }
    assert_equal({ "name" => "Ada" }, people[1].slice("name"))
  end

  def test_inspect
    assert_equal ["#<DictDB::Database people>", "#<DictDB::Table people>"].reverse, [people.inspect, @db.to_s]
  end

  def test_handles_are_not_copied
    assert_raises(TypeError) { people.dup }
    assert_raises(TypeError) { @db.clone }
  end

  def test_versions_and_features
    assert_equal DictDB::VERSION, DictDB.library_version
    assert_equal [true, false], [DictDB.feature?(:watch), DictDB.feature?("time travel")]
  end

  def test_memory_is_counted_and_limited
    table = people
    count = table.count
    assert_operator DictDB.memory_used, :>, 0
    assert_nil DictDB.limit_memory(1)
    assert_raises(DictDB::OutOfMemoryError) { table.insert({}) }
    assert_equal [1, nil], [DictDB.limit_memory(nil), DictDB.limit_memory(nil)]
    assert_equal count, table.count
  ensure
    DictDB.limit_memory(nil)
  end
end
