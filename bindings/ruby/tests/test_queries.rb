# frozen_string_literal: true

require_relative "helper"

class TestQueries < DictDBTest
  def minimum
    18
  end

  def test_blocks
    assert_equal %w[Ada Grace], names(people.where { age >= 18 })
    assert_equal %w[Ada], names(people.where { (age >= 18) & name.like("A%") })
    assert_equal %w[Kurt Grace], names(people.where { (age < 18) | name.start_with("G") })
    assert_equal %w[Kurt], names(people.where { !(age >= 18) })
    assert_equal %w[Ada Grace], names(people.where { |person| person.age >= minimum })
    assert_equal %w[Ada], names(people.where { address.city == "London" })
    assert_equal %w[Ada], names(people.where { langs[0] == "en" })
    assert_equal %w[Ada Grace], names(people.where { 18 <= age })
    assert_equal %w[Kurt], names(people.where { 18 > age })
    limit = 20
    assert_equal %w[Kurt], names(people.where { age < limit })
  end

  TESTS = {
    ->(_) { name == "Ada" } => %w[Ada], ->(_) { name != "Ada" } => %w[Kurt Grace],
    ->(_) { age < 36 } => %w[Kurt], ->(_) { age <= 36 } => %w[Ada Kurt],
    ->(_) { age > 36 } => %w[Grace], ->(_) { age >= 36 } => %w[Ada Grace],
    ->(_) { age.in(17, 36) } => %w[Ada Kurt], ->(_) { age.in([17]) } => %w[Kurt], ->(_) { age.in([]) } => [],
    ->(_) { age.in(17..36) } => %w[Ada Kurt], ->(_) { age.in(17...36) } => %w[Kurt],
    ->(_) { age.in(36..) } => %w[Ada Grace], ->(_) { age.in(..36) } => %w[Ada Kurt],
    ->(_) { age.in(...36) } => %w[Kurt], ->(_) { age.in(nil..nil) } => %w[Ada Kurt Grace],
    ->(_) { age.between(30, 40) } => %w[Ada],
    ->(_) { name.like("_ur_") } => %w[Kurt], ->(_) { name.ilike("g%") } => %w[Grace],
    ->(_) { name.like("A!", escape: "!") } => nil, ->(_) { name.like("A!da", escape: "!") } => %w[Ada],
    ->(_) { name.start_with("A") } => %w[Ada], ->(_) { name.end_with("ce") } => %w[Grace],
    ->(_) { name.contains("ur") } => %w[Kurt], ->(_) { langs.contains("fr") } => %w[Ada],
    ->(_) { name.istart_with("a") } => %w[Ada], ->(_) { name.iend_with("CE") } => %w[Grace],
    ->(_) { name.icontains("UR") } => %w[Kurt], ->(_) { name.iequals("ADA") } => %w[Ada],
    ->(_) { address.is_null } => %w[Kurt], ->(_) { address.is_not_null } => %w[Ada Grace],
    ->(_) { address == nil } => %w[Kurt], ->(_) { langs == [] } => %w[Grace], # rubocop:disable Style/NilComparison
    ->(_) { true } => %w[Ada Kurt Grace], ->(_) { false } => []
  }.freeze

  def test_every_test_of_a_block
    TESTS.each do |block, expected|
      query = proc { |scope| scope.instance_exec(scope, &block) }
      if expected
        assert_equal expected, names(people.where(&query)), people.where(&query).inspect
      else
        assert_raises(DictDB::InvalidArgumentError) { people.where(&query).to_a }
      end
    end
  end

  def test_a_field_alone_is_true
    people.update(1, admin: true)
    assert_equal %w[Ada], names(people.where { admin })
    assert_equal %w[Kurt Grace], names(people.where { !admin })
    assert_equal %w[Ada Kurt], names(people.where { admin | (age < 18) })
    assert_equal [], names(people.where { admin & (age < 18) })
    assert_equal [], names(people.where { (age < 18) & admin })
  end

  def test_fields_of_any_name
    odd = ["in", "a b", "a.b", "class", "like", "ünïcödé", "`", "a[0]", "-x", "count", "null", "?1", "inspect"]
    table = @db.create_table(:t)
    odd.each { |name| table.insert(name => 1, "o" => { name => 2 }) }
    odd.each_with_index do |name, index|
      ids = [index + 1]
      assert_equal ids, table.where { self[name] == 1 }.pluck(:id), name
      assert_equal ids, table.where { o[name] == 2 }.pluck(:id), name
      assert_equal ids, table.where(name.to_sym => 1).pluck(:id), name
      assert_equal [1], table.where(id: index + 1).pluck(name.to_sym), name
      assert_equal [{ name => 1 }], table.where(id: index + 1).select(name.to_sym).to_a, name
      assert_equal 1, table.sum(name.to_sym), name
      assert_equal index + 1, table.order(name.to_sym => :desc).first["id"], name
      assert_equal 1, table.where(id: index + 1).update(name.to_sym => 5), name
      assert_equal 1, table.where(id: index + 1).update { { name.to_sym => self[name] + 1 } }, name
      assert_equal 6, table[index + 1][name], name
      table.update(index + 1, name => 1)
    end
  end

  def test_a_hash_from_elsewhere_cannot_say_more_than_fields
    ["age >= 18 OR TRUE", "1", "", "a b", "age = 1 --", "a..b", "a[x]", 7].each do |field|
      assert_raises(DictDB::InvalidArgumentError, field.inspect) { people.where(field => 1) }
    end
    assert_equal %w[Ada], names(people.where("address.city" => "London", "langs[1]" => "fr"))
    assert_equal %w[], names(people.where(name: "' OR TRUE OR name = '"))
    assert_equal %w[], names(people.where { name == "\" OR TRUE" })
  end

  def test_hashes
    assert_equal %w[Ada], names(people.where(name: "Ada", age: 30..40))
    assert_equal %w[Ada Kurt], names(people.where(id: [1, 2]))
    assert_equal %w[Kurt], names(people.where(address: nil))
    assert_equal 3, people.where({}).count
  end

  def test_text
    assert_equal %w[Ada Grace], names(people.where("age >= ?1", 18))
    assert_equal %w[Ada], names(people.where("age >= ?1 AND name = ?2", 18, "Ada"))
    assert_equal %w[Ada], names(people.where("name IN ?1", %w[Ada Eve]))
    assert_equal %w[Ada], names(people.where("name = '?7' OR name = \"?8 \\\" ?9\" OR `?6` = 1 OR name = ?1", "Ada"))
    error = assert_raises(DictDB::InvalidArgumentError) { people.where("age >= ?1 AND age < ?2", 18) }
    assert_equal '"age >= ?1 AND age < ?2" has 2 parameters, but 1 values are given', error.message
    error = assert_raises(DictDB::ParseError) { people.where("age >=").to_a }
    assert_equal [6, "the end"], [error.detail[:position], error.detail[:found]].then { |at, found| [at, found && "the end"] }
    assert_raises(DictDB::InvalidArgumentError) { people.where("age >= ?1").to_a }
  end

  def test_conditions_add_up
    query = people.where("age >= ?1", 17).where { name != "Ada" }.where("name LIKE ?1 OR name = '?1'", "G%").where(id: 3)
    assert_equal %w[Grace], names(query)
    assert_equal %w[Ada Kurt Grace], names(people.where("TRUE OR FALSE").where("age > 1"))
    assert_equal [], names(people.where("TRUE OR TRUE").where("FALSE"))
    error = assert_raises(DictDB::InvalidArgumentError) { people.where("age > ?1").where("id = ?1", 1) }
    assert_match(/\?1 of a condition before has no value/, error.message)
    assert_raises(DictDB::InvalidArgumentError) { people.where("age > ?1").where { id == 1 } }
  end

  def test_relations_do_not_change
    all = people.all
    all.where { age > 18 }.order(:name).limit(1)
    assert_equal 3, all.to_a.size
    adults = people.where { age >= 18 }
    people.insert(name: "Eve", age: 18)
    assert_equal 3, adults.count
  end

  def test_what_where_does_not_take
    assert_raises(ArgumentError) { people.where }
    assert_raises(ArgumentError) { people.where("TRUE") { age > 1 } }
    assert_raises(ArgumentError) { people.where(7) }
    assert_match(/nil, not a condition/, assert_raises(ArgumentError) { people.where { nil } }.message)
    assert_match(/wanted, not 3/, assert_raises(ArgumentError) { people.where { 3 } }.message)
    assert_match(/a value on the other/, assert_raises(ArgumentError) { people.where { age > name } }.message)
    error = assert_raises(NoMethodError) { people.where { age > minimum(1) } }
    assert_match(/give the block a parameter/, error.message)
  end

  def test_select
    assert_equal [{ "id" => 1, "address.city" => "London" }], people.select(:id, "address.city").first(1)
    assert_equal [{ "who" => "Ada", "first" => "en" }], people.select(who: :name, first: "langs[0]").first(1)
    assert_equal %w[Ada], names(people.select { |person| person["age"] == 36 })
    assert_raises(ArgumentError) { people.all.select }
  end

  def test_order_limit_offset_distinct
    assert_equal %w[Grace Ada Kurt], names(people.order("-age"))
    assert_equal %w[Grace Ada Kurt], names(people.order(age: :desc))
    assert_equal %w[Ada Grace Kurt], names(people.order(:name))
    assert_equal %w[Ada], names(people.order(:name).limit(1))
    assert_equal %w[Grace Kurt], names(people.order(:name).offset(1))
    assert_equal [{ "adult" => nil }], people.select(:adult).distinct.to_a
    assert_equal %w[Kurt Grace Ada], names(people.order("address.city", { "age" => "asc" }).to_a.sort_by do |p|
                                             p["age"]
                                           end.values_at(0, 2, 1))
    assert_raises(DictDB::InvalidArgumentError) { people.order(age: :down) }
    assert_raises(DictDB::InvalidArgumentError) { people.limit("x").to_a }
  end

  def test_group_and_aggregate
    people.insert(name: "Eve", age: 36)
    expected = [{ "age" => 36, "n" => 2 }, { "age" => 17, "n" => 1 }, { "age" => 85, "n" => 1 }]
    assert_equal expected, people.group(:age).aggregate(n: "count()").to_a
    assert_equal expected, people.group(:age).aggregate { { n: count } }.to_a
    assert_equal 3, people.group(:age).aggregate(n: "count()").count
    row = people.aggregate { { n: count(name), d: count_distinct(age), s: sum(age), a: avg(age), l: min(age), h: max(age) } }
    assert_equal [{ "n" => 4, "d" => 3, "s" => 174, "a" => 43.5, "l" => 17, "h" => 85 }], row.to_a
    assert_raises(DictDB::TypeMismatchError) { people.aggregate(s: "sum(name)").to_a }
    assert_raises(DictDB::InvalidArgumentError) { people.aggregate { { s: sum(3) } } }
    assert_raises(ArgumentError) { people.aggregate }
  end

  def test_numbers_of_a_field
    assert_equal [138, 46.0, 17, 85], [people.sum(:age), people.average(:age), people.minimum(:age), people.maximum("age")]
    assert_equal [nil, nil], [people.where { age > 99 }.sum(:age), people.where { age > 99 }.maximum(:age)]
    assert_equal 121, people.where { age >= 18 }.order(:age).sum(:age)
    assert_equal 138, people.sum { |person| person["age"] }
    assert_raises(DictDB::InvalidArgumentError) { people.limit(1).sum(:age) }
    assert_raises(DictDB::TypeMismatchError) { people.average(:name) }
  end

  def test_counting
    adults = people.where { age >= 18 }
    assert_equal [2, 2, false, true, false, 1],
                 [adults.count, adults.size, adults.empty?, adults.any?, adults.none?, adults.limit(1).count]
    nobody = people.where { age > 99 }
    assert_equal [0, true, false, true], [nobody.count, nobody.empty?, nobody.any?, nobody.none?]
    assert_equal 1, people.count { |person| person["age"] > 50 }
    assert(people.any? { |person| person["age"] > 50 })
    assert(people.none? { |person| person["age"] > 99 })
    assert_equal 3, people.each.size
  end

  def test_limits_add_up
    assert_equal [2, 1, 0], [people.limit(2).first(3), people.limit(2).first(1), people.limit(0).first(3)].map(&:size)
    assert_nil people.limit(0).first
    assert_predicate people.limit(0), :empty?
    assert_equal 3, people.limit(-1).first(9).size
    assert_equal %w[Kurt], names(people.offset(1).first(1))
  end

  def test_long_chains
    any = people.where { |person| (1..2000).map { |id| person.id == id }.reduce(:|) }
    assert_equal 3, any.count
    all = people.where { |person| (4..2000).map { |id| person.id != id }.reduce(:&) & (person.age < 20) }
    assert_equal %w[Kurt], names(all)
    assert_match(/\(id = \?1 OR id = \?2 OR id = \?3\) AND/,
                 people.where { |p| ((p.id == 1) | (p.id == 2) | (p.id == 3)) & p.admin }.inspect)
  end

  def test_pluck
    assert_equal %w[Ada Kurt Grace], people.pluck(:name)
    assert_equal [%w[Ada London], %w[Grace Arlington]], people.where { age >= 18 }.pluck(:name, "address.city")
    assert_equal [%w[en fr], ["de"], []], people.pluck(:langs)
    assert_raises(ArgumentError) { people.pluck }
  end

  def test_enumerable
    assert_equal %w[ADA KURT GRACE], people.map { |person| person["name"].upcase }
    assert_equal [1, 2], people.lazy.map { |person| person["id"] }.first(2)
    assert_equal "Kurt", people.min_by { |person| person["age"] }["name"]
    assert_equal %w[Ada Kurt], names(people.take(2))
    assert_equal [["Ada"], %w[Kurt Grace]], people.partition { |person| person["id"] == 1 }.map { |some| names(some) }
    assert_equal "Ada", people.first["name"]
    assert_nil people.where { age > 99 }.first
    enumerator = people.each
    assert_equal %w[Ada Kurt], [enumerator.next["name"], enumerator.next["name"]]
    assert_same people, people.each { |_| nil }
    assert_equal [2, 1], people.each_batch(2).map(&:size)
  end

  def test_json
    assert_equal '[{"name":"Ada"}]', people.where(id: 1).select(:name).to_json
    assert_equal '{"people":[{"n":3}]}', JSON.generate(people: people.aggregate(n: "count()"))
    assert_equal people.to_a, JSON.parse(people.to_json)
  end

  def test_update
    assert_equal 2, people.where { age >= 18 }.update(adult: true, "a.b" => { x: 1 })
    assert_equal [true, { "x" => 1 }], people[1].values_at("adult", "a.b")
    assert_equal 0, people.where { age > 99 }.update(adult: true)
    assert_equal 3, people.all.update("age = age + ?1, name = name || ?2", 1, "!")
    assert_equal [["Ada!", 37], ["Kurt!", 18], ["Grace!", 86]], people.pluck(:name, :age)
    assert_equal 1, people.where("id = ?1", 1).update("age = age * ?1", 2)
    assert_equal 74, people[1]["age"]
    expressions = proc { { "address.city": "x", "address.zip" => 100 - age, "langs[0]" => concat(name, "?") } }
    assert_raises(DictDB::TypeMismatchError) { people.where(id: 3).update { { age: name + 1 } } }
    assert_raises(NoMethodError) { people.where(id: 3).update(&expressions) }
    people.where(id: 1).update { { "address.zip" => 100 - age, t: name.concat("?"), m: max(age, 3), n: -age, q: age / 2 } }
    assert_equal [{ "city" => "London", "zip" => 26 }, "Ada!?", 74, -74, 37], people[1].values_at("address", "t", "m", "n", "q")
    assert_raises(DictDB::RecordNotFoundError) { people.where { age > 99 }.update!(a: 1) }
    assert_equal 1, people.where(id: 1).update!(a: 1)
    assert_equal 1, people.where(id: 1).update(id: 11)
    assert people.key?(11)
  end

  def test_what_update_does_not_take
    assert_raises(ArgumentError) { people.all.update }
    assert_raises(ArgumentError) { people.all.update({}) }
    assert_raises(ArgumentError) { people.all.update(7) }
    assert_raises(ArgumentError) { people.all.update { nil } }
    error = assert_raises(DictDB::InvalidArgumentError) { people.order(:age).limit(1).update(a: 1) }
    assert_equal "update takes all records that match: it does not go with order_by, limit", error.message
    assert_raises(DictDB::InvalidArgumentError) { people.limit(1).delete }
    assert_raises(DictDB::InvalidArgumentError) { people.all.update("a = ?2", 1) }
  end

  def test_delete
    assert_equal 2, people.where { age >= 18 }.delete
    assert_equal 0, people.where { age >= 18 }.delete
    assert_raises(DictDB::RecordNotFoundError) { people.where { age >= 18 }.delete! }
    assert_equal 1, people.all.delete!
    assert_equal 0, people.count
  end

  def test_explain
    assert_equal "primary_key", people.where(id: 1).explain[:access]
    assert_equal %w[scan sort], people.where { age > 1 }.order(:age).explain.values_at(:access, :order)
  end

  def test_inspect
    assert_equal '#<DictDB::Relation people {"where":"age >= ?1","limit":3} [18]>',
                 people.where { age >= 18 }.limit(3).inspect
    scope = DictDB::Scope.new
    assert_equal "#<DictDB::Expression (visits + ?1) [1]>", (scope.visits + 1).inspect
    assert_equal "#<DictDB::Scope>", scope.inspect
  end
end
