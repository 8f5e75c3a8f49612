# frozen_string_literal: true

require_relative "helper"

class TestSnapshots < DictDBTest
  def test_a_snapshot_stays_as_it_is
    snapshot = people.snapshot
    people.delete(1)
    people.update(2, age: 99)
    people.create_index(:name)
    @db.drop_table(:people)
    @db.close
    assert_equal [["Ada", 36], ["Kurt", 17], ["Grace", 85]], snapshot.pluck(:name, :age)
    assert_equal ["Ada", 3, 1, []], [snapshot[1]["name"], snapshot.count, snapshot.where(id: 1).count, snapshot.indexes]
    assert_equal 3, snapshot.snapshot(&:count)
    assert_equal 3, snapshot.statistics[:records]
  end

  def test_a_snapshot_cannot_be_changed
    people.snapshot do |snapshot|
      [-> { snapshot.insert({}) }, -> { snapshot.insert_many([{}]) }, -> { snapshot.upsert({}) },
       -> { snapshot.update(1, a: 1) }, -> { snapshot.delete(1) }, -> { snapshot.where(id: 1).update(a: 1) },
       -> { snapshot.where(id: 1).delete }, -> { snapshot.create_index(:a) }, -> { snapshot.drop_index(:a) },
       -> { snapshot.watch }].each { |write| assert_raises(DictDB::UnsupportedError) { write.call } }
    end
    @db.snapshot do |snapshot|
      [-> { snapshot.create_table(:a) }, -> { snapshot.drop_table(:people) }, -> { snapshot[:people].insert({}) },
       -> { snapshot.batch { |batch| batch.insert(:people, {}) } }, -> { snapshot.watch },
       -> { snapshot.backup(Dir.tmpdir) }].each { |write| assert_raises(DictDB::UnsupportedError) { write.call } }
    end
  end

  def test_a_snapshot_of_a_database_is_of_one_instant
    @db.create_table(:a).insert(n: 0)
    @db.create_table(:b).insert(n: 0)
    done = false
    writer = Thread.new do
      until done
        @db.batch do |batch|
          %i[a b].each { |name| batch.update_where(name, "TRUE", "n = n + 1") }
        end
      end
    end
    50.times do
      @db.snapshot { |then_| assert_equal then_[:a].first["n"], then_[:b].first["n"] }
      Thread.pass
    end
    done = true
    writer.join
    assert_operator @db[:a].first["n"], :>, 0
  end

  def test_blocks_close_it
    kept = nil
    assert_equal 3, people.snapshot { |snapshot| (kept = snapshot).count }
    assert kept.closed?
    assert_raises(DictDB::ClosedError) { kept.count }
    assert_equal 0, people.statistics[:snapshots]
  end
end
