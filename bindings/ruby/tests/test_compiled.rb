# frozen_string_literal: true

require_relative "helper"

class TestCompiled < DictDBTest
  Predicate = DictDB::Predicate

  PREDICATES = {
    -> { Predicate.all } => %w[Ada Kurt Grace],
    -> { Predicate.eq("name", "Ada") } => %w[Ada], -> { Predicate.ne("name", "Ada") } => %w[Kurt Grace],
    -> { Predicate.lt("age", 36) } => %w[Kurt], -> { Predicate.le("age", 36) } => %w[Ada Kurt],
    -> { Predicate.gt("age", 36) } => %w[Grace], -> { Predicate.ge("age", 36) } => %w[Ada Grace],
    -> { Predicate.is_in("age", [17, 85]) } => %w[Kurt Grace], -> { Predicate.between("age", 17, 36) } => %w[Ada Kurt],
    -> { Predicate.like("name", "_ur%") } => %w[Kurt], -> { Predicate.ilike("name", "a%") } => %w[Ada],
    -> { Predicate.like("name", "!Ada", escape: "!") } => %w[Ada], -> { Predicate.contains("langs", "fr") } => %w[Ada],
    -> { Predicate.startswith("name", "G") } => %w[Grace], -> { Predicate.endswith("name", "t") } => %w[Kurt],
    -> { Predicate.iequals("name", "ADA") } => %w[Ada], -> { Predicate.icontains("name", "RA") } => %w[Grace],
    -> { Predicate.istartswith("name", "g") } => %w[Grace], -> { Predicate.iendswith("name", "T") } => %w[Kurt],
    -> { Predicate.is_null("address") } => %w[Kurt], -> { Predicate.is_not_null("address.city") } => %w[Ada Grace],
    -> { Predicate.and } => %w[Ada Kurt Grace], -> { Predicate.or } => [],
    -> { Predicate.not(Predicate.all) } => [], -> { Predicate.build { (age > 30) & !(name == "Ada") } } => %w[Grace],
    -> { Predicate.parse("age > ?1 AND name LIKE ?2", 30, "A%") } => %w[Ada],
    -> { Predicate.parse("age > ?1").bind(80) } => %w[Grace],
    -> { Predicate.eq("name", "Ada") | Predicate.eq("name", "Kurt") } => %w[Ada Kurt],
    -> { Predicate.ge("age", 18) & !Predicate.eq("name", "Ada") } => %w[Grace]
  }.freeze

  def test_predicates
    PREDICATES.each do |make, expected|
      predicate = make.call
      text = predicate.to_s
      assert_equal expected, names(people.where(predicate)), text
      assert_equal expected, names(people.where(Predicate.parse(text))), text
      assert_equal expected.size, people.where(predicate).count, text
      assert_equal expected, people.where(predicate).cursor(&:to_a).map { |row| row["name"] }, text
      assert_match(/scan|nothing|all/, people.where(predicate).explain[:access], text)
    end
  end

  def test_predicates_in_relations
    adult = Predicate.ge("age", 18)
    query = people.where(adult).where("name LIKE ?1", "%a%").where { name != "Ada" }
    assert_equal [%w[Grace], 1], [names(query), query.count]
    assert_equal %w[Grace Ada], names(people.where(adult).order("-age"))
    assert_equal [1, %w[Grace]], people.where(adult).order("-age").limit(1).then { |some| [some.count, names(some)] }
    assert_equal %w[Ada], names(people.where(adult).where(Predicate.lt("age", 80)))
    assert_equal [{ "n" => 2 }], people.where(adult).aggregate(n: "count()").to_a
    assert_equal 121, people.where(adult).sum(:age)
    assert_equal 2, people.where(adult).update(adult: true)
    assert_equal 1, people.where(adult).where("name = ?1", "Ada").update("age = age + ?1", 1)
    assert_equal 2, people.where(adult).update { { age: age + 1 } }
    assert_equal [38, 17, 86], people.pluck(:age)
    assert_equal 0, people.where(Predicate.or).update(a: 1)
    assert_equal 1, people.where(adult).where("name = ?1", "Ada").delete
    assert_equal 1, people.where(adult).delete
    assert_equal [0, 1], [people.where(adult).delete, people.count]
    in_directory do |directory|
      people.where(!adult).export_jsonl("#{directory}/t.jsonl")
      assert_equal "Kurt", JSON.parse(File.read("#{directory}/t.jsonl"))["name"]
    end
  end

  def test_predicates_that_cannot_be
    error = assert_raises(DictDB::ParseError) { Predicate.parse("age >") }
    assert_equal 5, error.detail[:position]
    assert_raises(DictDB::ParseError) { Predicate.eq("a..b", 1) }
    assert_raises(DictDB::InvalidJSONError) { Predicate.startswith("a", 1) }
    assert_raises(DictDB::InvalidArgumentError) { Predicate.parse("a > ?1").bind }
    assert_raises(DictDB::InvalidArgumentError) { people.where(Predicate.parse("a > ?1")).count }
    assert_raises(DictDB::NumberRangeError) { Predicate.eq("a", 2**70) }
  end

  def test_operands_may_be_closed_first
    one = Predicate.eq("name", "Ada")
    both = one & one
    one.close
    assert_equal %w[Ada], names(people.where(both))
    assert_equal "#<DictDB::Predicate closed>", one.inspect
    assert_match(/AND/, both.inspect)
  end

  def test_queries
    adults = people.prepare(where: "age >= ?1", order_by: "-age", columns: %w[id name], limit: "?2")
    assert_equal [{ "id" => 3, "name" => "Grace" }], adults.run(18, 1)
    assert_equal %w[Grace Ada Kurt], names(adults.call(0, 10))
    assert_equal '[{"id":3,"name":"Grace"}]', adults.run_json(18, 1)
    assert_equal 2, adults.count(18, -1)
    assert_equal "top", adults.explain(18, 1)[:order]
    assert_equal %w[Grace Ada], adults.cursor(18, -1) { |rows| names(rows) }
    assert_raises(DictDB::InvalidArgumentError) { adults.run(18) }
    assert_raises(DictDB::InvalidArgumentError) { adults.delete(18, 1) }
  end

  def test_queries_of_many_tables
    query = DictDB::Query.new(where: "name = ?1")
    other = @db.create_table(:other)
    other.insert(name: "Ada", id: 77)
    assert_equal [1, 77], [people, other].map { |table| query.run("Ada", table:).first["id"] }
    people.snapshot do |then_|
      assert_equal 1, query.delete("Ada", table: people)
      assert_equal [1, 0], [query.count("Ada", table: then_), query.count("Ada", table: people)]
    end
    assert_equal 0, query.delete("Ada", table: people)
    assert_raises(ArgumentError) { query.run("Ada") }
    assert_raises(ArgumentError) { query.cursor("Ada") }
    assert_raises(DictDB::InvalidArgumentError) { DictDB::Query.new(wher: "TRUE") }
  end

  def test_relations_are_prepared
    assert_equal %w[Ada Grace], names(people.where("age >= ?1").prepare.run(18))
    bound = people.where("age >= ?1", 18).where { name != "Ada" }.prepare
    assert_equal %w[Grace], names(bound.run)
    assert_equal 2, people.prepare(predicate: Predicate.ge("age", 18)).count
  end

  def test_updates
    visit = people.prepare_update(where: "name = ?1", set: "visits = coalesce(visits, 0) + ?2")
    assert_equal [1, 1, 0], [visit.run("Ada", 1), visit.call("Ada", 5), visit.run("Eve", 1)]
    assert_equal 6, people[1]["visits"]
    assert_equal "scan", visit.explain("Ada", 1)[:access]
    every = DictDB::Update.new(set: "age = 0", predicate: Predicate.all)
    assert_equal 3, every.run(table: people)
    assert_raises(ArgumentError) { every.run }
    assert_raises(DictDB::InvalidArgumentError) { DictDB::Update.new(set: "a = 1") }
    error = assert_raises(DictDB::ParseError) { DictDB::Update.new(set: "a ==", where: "TRUE") }
    assert_equal "set", error.detail[:parameter]
    error = assert_raises(DictDB::TypeMismatchError) { people.prepare_update(where: "id = 2", set: "age = name + 1").run }
    assert_equal [2, "age"], error.detail.values_at(:key, :field)
  end
end
