# frozen_string_literal: true

require_relative "helper"
require "pathname"

class TestFiles < DictDBTest
  def test_save_and_load
    people.create_index(:age, kind: :sorted)
    in_directory do |directory|
      %i[json dictdb].each do |format|
        path = Pathname(directory) / "ä.#{format}"
        facts = @db.save(path, format:)
        assert_equal [3, path.size], facts.values_at(:records, :bytes)
        DictDB.load(path) do |copy|
          assert_equal [people.to_a, people.indexes], [copy[:people].to_a, copy[:people].indexes]
          assert_equal 3, copy.facts[:records]
        end
      end
      assert_equal "Ada", DictDB.load("#{directory}/ä.json", keys: :symbol)[:people].first[:name]
      assert_equal ["people"], JSON.parse(File.read("#{directory}/ä.json"))["tables"].keys
      @db.snapshot { |snapshot| people.delete(1) && snapshot.save("#{directory}/then") }
      assert_equal 3, DictDB.load("#{directory}/then")[:people].count
    end
    assert_nil @db.facts
  end

  def test_files_that_cannot_be
    in_directory do |directory|
      error = assert_raises(DictDB::IOError) { DictDB.load("#{directory}/none") }
      assert_equal ["#{directory}/none", Errno::ENOENT::Errno], error.detail.values_at(:path, :errno)
      assert_raises(DictDB::IOError) { @db.save("#{directory}/no/file") }
      assert_raises(DictDB::InvalidArgumentError) { @db.save("#{directory}/x", format: :xml) }
      File.write("#{directory}/broken", '{"tables": ')
      assert_raises(DictDB::InvalidJSONError) { DictDB.load("#{directory}/broken") }
      people
      @db.save("#{directory}/whole", format: :dictdb)
      bytes = File.binread("#{directory}/whole")
      bytes.setbyte(bytes.size / 2, bytes.getbyte(bytes.size / 2) ^ 1)
      File.binwrite("#{directory}/damaged", bytes)
      error = assert_raises(DictDB::CorruptError) { DictDB.load("#{directory}/damaged") }
      assert_equal "#{directory}/damaged", error.detail[:path]
    end
  end

  def test_csv
    in_directory do |directory|
      path = "#{directory}/people.csv"
      facts = people.where { age >= 18 }.order("-age").select(:name, :age, city: "address.city").export_csv(path)
      assert_equal [2, File.size(path)], facts.values_at(:records, :bytes)
      assert_equal "name,age,city\r\nGrace,85,Arlington\r\nAda,36,London\r\n", File.read(path)
      table = @db.import_csv(:copy, path)
      assert_equal [{ "name" => "Grace", "age" => 85, "city" => "Arlington", "id" => 1 }], table.first(1)
      people.select(:name).export_csv(path, header: false, delimiter: ";")
      table = @db.import_csv(:plain, path, header: false, delimiter: ";", infer_types: false, primary_key: "col_0")
      assert_equal({ "col_0" => "Ada" }, table["Ada"])
      File.write(path, "n,t\n1,x\ny,z\n")
      error = assert_raises(DictDB::SchemaValidationError) { @db.import_csv(:typed, path, schema: { n: :int, t: :str }) }
      assert_equal [3, 1, "n"], error.detail.values_at(:line, :column, :field)
      refute @db.table?(:typed)
      assert_raises(DictDB::DuplicateTableError) { @db.import_csv(:copy, path) }
      File.write(path, "a\n\"x")
      assert_raises(DictDB::CorruptError) { @db.import_csv(:open, path) }
    end
  end

  def test_json_lines
    in_directory do |directory|
      path = "#{directory}/people.jsonl"
      assert_equal 3, people.export_jsonl(path)[:records]
      assert_equal people.to_a, File.readlines(path).map { |line| JSON.parse(line) }
      assert_equal people.to_a, @db.import_jsonl(:copy, path).to_a
      assert_equal 1, people.where("name = ?1", "Ada").export_jsonl(path)[:records]
      table = @db.import_jsonl("typed", path, primary_key: :name,
                                              schema: { name: :str, age: :int, langs: :list, address: :dict, id: :int })
      assert_equal %w[Ada name], [table.first["name"], table.primary_key]
      File.write(path, "{}\n{\n")
      error = assert_raises(DictDB::InvalidJSONError) { @db.import_jsonl(:broken, path) }
      assert_equal [2, 1], error.detail.values_at(:line, :index)
    end
  end

  def test_jobs
    in_directory do |directory|
      path = "#{directory}/x"
      people
      job = @db.save(path, background: true)
      assert_equal [true, true], [job.wait, job.done?]
      assert_equal [3, [3, 3]], [job.result[:records], job.progress]
      assert_raises(DictDB::UnsupportedError) { job.database }
      job = DictDB.load(path, background: true, keys: :symbol)
      assert job.wait(10)
      assert_equal ["Ada", 3], job.database.then { |db| [db[:people].first[:name], db.facts[:records]] }
      job.close
      assert_raises(DictDB::ClosedError) { job.wait }
      assert_raises(DictDB::ClosedError) { job.done? }
      job = DictDB.load("#{directory}/none", background: true)
      assert_raises(DictDB::IOError) { job.wait }
      assert_equal [true, DictDB::IOError], [job.done?, assert_raises(DictDB::IOError) { job.result }.class]
      assert_raises(DictDB::IOError) { job.database }
      job = @db.import_jsonl(:none, "#{directory}/none", background: true)
      assert_raises(DictDB::IOError) { job.wait }
      job = people.export_csv(path, background: true)
      assert_equal 3, job.tap(&:wait).result[:records]
      assert_equal 3, people.export_jsonl(path, background: true).tap(&:wait).result[:records]
    end
  end

  def test_jobs_can_be_stopped
    in_directory do |directory|
      crowd
      job = @db.save("#{directory}/x", background: true)
      refute job.wait(0)
      assert_raises(DictDB::UnavailableError) { job.result }
      job.cancel
      assert_raises(DictDB::CancelledError) { job.wait }
      assert_empty Dir.children(directory)
    end
  end

  def test_work_on_files_can_be_interrupted
    in_directory do |directory|
      crowd
      assert_interrupted(0.005, -> { remove_files(directory) }) { @db.save("#{directory}/x") }
      @db.save("#{directory}/x")
      assert_interrupted(0.005, -> { [] }) { DictDB.load("#{directory}/x") }
      crowd.export_jsonl("#{directory}/y")
      drop = -> { @db.table?(:y) ? [@db.drop_table(:y)] : [] }
      assert_interrupted(0.005, drop) { @db.import_jsonl(:y, "#{directory}/y") }
      assert_raises(DictDB::TimeoutError) { @db.with(timeout: 0.001).save("#{directory}/z") }
    end
  end
end
