# frozen_string_literal: true

# Calls of nearly every method, for the types of the signatures: test_documents.rb runs this with RBS looking at each
# argument and result. Blocks have a parameter, since RBS puts blocks of its own in their place.
require "tmpdir"

Dir.mktmpdir do |directory|
  DictDB.open(keys: :symbol) do |db|
    users = db.create_table(:users, schema: { name: :str, age: { type: :int, nullable: true } })
    users.insert(name: "Ada", age: 36)
    users << { name: "Kurt" }
    users.insert_many([{ name: "Grace", age: 85 }])
    users.upsert({ id: 1, age: 37 })
    users.get(1)
    users[9]
    users.get_json(1)
    users.fetch(9, nil)
    users.fetch(1)
    users.key?(1)
    users.get_many([1, "x"])
    users.update(1, { age: 38 })
    users.update!(1) { |user| { age: user.age + 1 } }
    users.delete(9)
    users.delete!(2)
    users.create_index(:age, kind: :sorted).drop_index(:age)
    users.create_index(:name)
    [users.indexes, users.describe, users.columns, users.primary_key, users.schema, users.statistics, users.copy]
    users.with(timeout: 5, cancel: DictDB::CancelToken.new.set.reset, keys: :string).close
    users.snapshot(&:count)

    adults = users.where { |user| user.age >= 18 }
    adults.where("name LIKE ?1", "%").where(name: "Ada").order(:name, age: :desc).limit(3).offset(0).to_a
    adults.select(:id, who: :name).distinct.each { |row| row }
    adults.group(:age).aggregate(n: "count()").first
    [adults.first, adults.first(1), adults.count, adults.size, adults.empty?, adults.any?, adults.none?, adults.pluck(:id, :name)]
    [adults.sum(:age), adults.average(:age), adults.minimum(:age), adults.maximum(:name), adults.explain, adults.to_json]
    adults.update({ age: 40 })
    adults.update!("age = age + ?1", 1)
    adults.each_batch(2) { |rows| rows }
    adults.export_csv("#{directory}/users.csv", delimiter: ";")
    adults.export_jsonl("#{directory}/users.jsonl")
    db.import_csv(:csv, "#{directory}/users.csv", delimiter: ";", infer_types: false)
    db.import_jsonl("jsonl", "#{directory}/users.jsonl", primary_key: :id).where(id: 1).delete

    cursor = adults.cursor
    [cursor.next, cursor.next_batch(1), cursor.next_lines, cursor.next, cursor.to_a]
    query = users.prepare(where: "age >= ?1")
    [query.run(18), query.call(18), query.run_json(18), query.count(18), query.explain(18), query.delete(500)]
    query.cursor(18) { |rows| rows.each_batch(1) { |some| some } }
    update = users.prepare_update(where: "id = ?1", set: "age = ?2")
    [update.run(1, 1), update.call(1, 2), update.explain(1, 2)]
    predicate = !((DictDB::Predicate.eq("name", "Ada") & DictDB::Predicate.parse("age > ?1", 3)) | DictDB::Predicate.all)
    [predicate.to_s, predicate.inspect, DictDB::Predicate.parse("age > ?1").bind(1), users.where(predicate).count]

    db.batch do |batch|
      batch.insert(users, { name: "Eve" }).upsert(:users, { id: 1, name: "Ada" }).delete_where("users", "id = 3")
    end
    DictDB::Batch.new.insert(users, { name: "Fay" }).run(update, 1, 9, table: users).commit
    users.watch(max_changes: 10) do |watch|
      users.insert(name: "Gus")
      [watch.poll(timeout: 1), watch.position, watch.last, watch.fileno, watch.to_io]
    end
    [db.tables, db.table?(:users), db[:users], db.table("users"), db.copy, db.snapshot(&:tables), db.inspect, users.inspect]
    db.drop_table(:csv)

    db.save("#{directory}/users.json")
    job = db.save("#{directory}/users.dictdb", format: :dictdb, background: true)
    [job.wait, job.done?, job.progress, job.result]
    DictDB.load("#{directory}/users.json", &:facts)
    DictDB.load("#{directory}/users.json", background: true).tap(&:wait).database
    backup = db.backup("#{directory}/backups", incremental: true) { |error, failures| [error, failures] }
    [backup.start, backup.notify_change, backup.stop, backup.full, backup.delta, backup.now, backup.statistics]
    DictDB.restore("#{directory}/backups", before: Time.now, partial: true).facts
    [DictDB.verify("#{directory}/backups"), DictDB.library_version, DictDB.feature?(:log)]
  end
end
puts "the tour is over"
