# frozen_string_literal: true

require_relative "helper"

# Objects are freed once, whenever and in whatever order that happens, and what is closed raises.
class TestLifetime < DictDBTest
  # Of each class an object, and every use of it.
  def everything
    directory = Dir.mktmpdir("dictdb")
    {
      @db.with => %i[tables copy snapshot with watch].map { |name| ->(db) { db.public_send(name) } } + [
        ->(db) { db.create_table(:new) }, ->(db) { db[:people] }, ->(db) { db.table?(:people) }, ->(db) { db.drop_table(:x) },
        ->(db) { db.batch { |batch| batch.insert(:people, {}) } }, ->(db) { db.save("#{directory}/x") },
        ->(db) { db.import_csv(:x, "#{directory}/x") }, ->(db) { db.import_jsonl(:x, "#{directory}/x") },
        ->(db) { db.backup("#{directory}/b") }
      ],
      people.with => uses_of_a_table(directory),
      people.cursor => [->(rows) { rows.next }, ->(rows) { rows.next_batch }, ->(rows) { rows.next_lines }, lambda { |rows|
                                                                                                              rows.to_a
                                                                                                            }],
      people.prepare(where: "id > 0") => %i[run run_json count delete explain cursor].map do |name|
                                           lambda { |query|
                                             query.public_send(name)
                                           }
                                         end,
      people.prepare_update(where: "TRUE", set: "a = 1") => [->(update) { update.run }, ->(update) { update.explain }],
      DictDB::Predicate.all => [->(one) { one & one }, ->(one) { one | one }, ->(one) { !one }, ->(one) { one.bind },
                                ->(one) { one.to_s }, ->(one) { people.where(one).to_a }, ->(one) { people.where(one).count },
                                ->(one) { people.where(one).delete }, ->(one) { people.where(one).update(a: 1) }],
      DictDB::CancelToken.new => %i[set reset set?].map { |name| ->(token) { token.public_send(name) } },
      DictDB::Batch.new => uses_of_a_batch,
      people.watch => [->(watch) { watch.poll }, ->(watch) { watch.last }, ->(watch) { watch.fileno }],
      @db.save("#{directory}/y", background: true) =>
        %i[wait done? progress cancel result database].map { |name| ->(job) { job.public_send(name) } },
      @db.backup("#{directory}/c") => %i[start stop notify_change now full delta statistics].map do |name|
                                        lambda { |all|
                                          all.public_send(name)
                                        }
                                      end
    }
  end

  def uses_of_a_table(directory)
    %i[to_a count size empty? first each_batch describe statistics copy snapshot watch with schema columns indexes primary_key
       to_json explain cursor].map do |name|
      lambda { |table|
        table.public_send(name).then do |it|
          it.is_a?(Enumerator) ? it.to_a : it
        end
      }
    end + [
      ->(table) { table.insert({}) }, ->(table) { table.insert_many([{}]) }, ->(table) { table.upsert({}) }, lambda { |table|
                                                                                                               table[1]
                                                                                                             },
      ->(table) { table["x"] }, ->(table) { table.get_many([1]) }, ->(table) { table.update(1, a: 1) }, lambda { |table|
                                                                                                          table.delete(1)
                                                                                                        },
      ->(table) { table.create_index(:x) }, ->(table) { table.drop_index(:x) }, ->(table) { table.where { id == 1 }.to_a },
      ->(table) { table.where(id: 1).update(a: 1) }, ->(table) { table.where(id: 1).delete }, lambda { |table|
                                                                                                table.each do |_|
                                                                                                  nil
                                                                                                end
                                                                                              },
      ->(table) { table.export_csv("#{directory}/z") }, ->(table) { table.export_jsonl("#{directory}/z") }, lambda { |table|
                                                                                                              table.key?(1)
                                                                                                            }
    ]
  end

  def uses_of_a_batch
    update = DictDB::Update.new(where: "TRUE", set: "a = 1")
    [->(batch) { batch.insert(people, {}) }, ->(batch) { batch.insert_many(people, []) }, ->(batch) { batch.upsert(people, {}) },
     ->(batch) { batch.update(people, 1, {}) }, ->(batch) { batch.delete(people, 1) }, lambda { |batch|
                                                                                         batch.run(update, table: people)
                                                                                       },
     ->(batch) { batch.update_where(people, "TRUE", "a = 1") }, ->(batch) { batch.delete_where(people, "TRUE") },
     ->(batch) { batch.commit }, ->(batch) { batch.clear }]
  end

  def test_use_after_close
    everything.each do |object, uses|
      refute object.closed?
      # Tables and databases have a second handle once they were used.
      assert(object.is_a?(DictDB::Table) ? object.count : object.inspect)
      assert_nil object.close
      assert_nil object.close
      assert object.closed?
      assert_match(/closed>\z/, object.inspect)
      uses.each do |use|
        error = assert_raises(DictDB::Error, "#{object.class} at #{use.source_location.last}") { use.call(object) }
        assert_kind_of DictDB::InvalidHandleError, error
      end
    end
    assert_equal 3, people.count
  end

  def test_closing_in_any_order
    random = Random.new(Minitest.seed || 1)
    5.times do
      objects = everything.keys
      objects.shuffle(random:).each(&:close)
    end
    everything
    GC.start
    assert_equal 3, people.count
  end

  def test_what_is_not_closed_is_collected
    200.times do
      people.snapshot
      people.cursor
    end
    GC.start
    # The conservative marking of the stack may keep the last ones.
    assert_operator people.statistics[:snapshots], :<, 50
  end

  def test_tables_outlive_their_database
    table = people
    @db.close
    GC.start
    assert_equal 3, table.count
    assert_raises(DictDB::ClosedError) { @db[:people] }
  end

  def test_blocks_close_what_they_lend
    lent = nil
    assert_equal 7, DictDB.open { |db| (lent = db) && 7 }
    assert lent.closed?
    assert_raises(ZeroDivisionError) { people.cursor { |rows| (lent = rows) && (1 / 0) } }
    assert lent.closed?
    assert_equal 3, people.with(timeout: 1) { |table| (lent = table).count }
    assert lent.closed?
  end

  def round
    records_round
    @db.batch { |batch| batch.upsert(:people, { id: 3, n: 1 }) }
    DictDB::Batch.new.insert(people, {}).clear
    assert_equal 3, people.where(DictDB::Predicate.parse("age > ?1", 1)).count
    people.watch { |watch| assert_empty watch.poll }
    people.prepare_update(where: "id = ?1", set: "a = 1").run(99)
    in_directory { |directory| @db.save("#{directory}/x") }
  end

  def records_round
    key = people.insert(name: "x", list: [1, { a: "é" }])
    assert_equal "x", people[key]["name"]
    assert_equal [key], people.where { (name == "x") & list[1].a.contains("é") }.pluck(:id)
    people.where(id: key).update { { n: coalesce(n, 0) + 1 } }
    assert_raises(DictDB::DuplicateKeyError) { people.insert(id: key) }
    people.snapshot { |snapshot| snapshot.cursor { |rows| assert rows.next } }
    people.delete(key)
  end

  def test_collection_at_every_allocation
    round
    GC.stress = true
    records_round
    # Without full collections, which take most of the time.
    GC.stress = 1
    round
  ensure
    GC.stress = false
  end

  def test_compaction
    GC.auto_compact = true
    GC.verify_compaction_references(double_heap: true, toward: :empty) if GC.respond_to?(:verify_compaction_references)
    kept = Array.new(50) { |n| ["text #{n}", people.where(name: "x#{n}").prepare] }
    10.times do
      round
      GC.compact
    end
    kept.each { |_, query| assert_equal [], query.run }
  ensure
    GC.auto_compact = false
  end

  def test_compaction_under_way
    crowd
    readers = Array.new(2) { Thread.new { 3.times { crowd.where("text LIKE ?1", "%99%").order("-text").to_json } } }
    GC.compact while readers.any?(&:alive?)
    assert_equal 150_000, crowd.count
  end

  def test_errors_are_freed
    name = "x" * 1000
    work = -> { 15_000.times { @db.table?(name) } }
    work.call
    before = resident
    2.times { work.call }
    assert_operator resident - before, :<, 20_000
  end

  def test_memory_does_not_grow
    big = "x" * 100_000
    people.insert(id: "big", text: big)
    work = lambda do
      200.times do
        people["big"]
        people.cursor { |rows| rows.next_batch }
        assert_raises(DictDB::ParseError) { people.where("age >").to_a }
        people.with(timeout: 1).count
      end
      GC.start
    end
    2.times { work.call }
    before = resident
    3.times { work.call }
    assert_operator resident - before, :<, 40_000
  end

  # Kilobytes of memory that the process has.
  def resident
    File.read("/proc/self/status")[/VmRSS:\s+(\d+)/, 1].to_i
  end
end
