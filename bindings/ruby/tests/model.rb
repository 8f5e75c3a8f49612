# frozen_string_literal: true

# A table as one would write it in an afternoon: an array of records, in the order of insertion.
class Model
  attr_reader :records

  def initialize
    @records = []
    @highest = 0
  end

  def insert(record)
    insert_many([record]).first
  end

  def insert_many(records)
    highest = @highest
    added = []
    keys = records.map do |record|
      key = record["id"] || (highest += 1)
      raise DictDB::DuplicateKeyError if (@records + added).any? { |other| other["id"] == key }

      highest = [highest, key].max if key.is_a?(Integer)
      added << (record["id"] ? record : record.merge("id" => key))
      key
    end
    @records += added
    @highest = highest
    keys
  end

  def upsert(record, on_conflict)
    there = record["id"] && self[record["id"]]
    return [insert(record), :inserted] unless there
    raise DictDB::DuplicateKeyError if on_conflict == :error

    there.merge!(record) if on_conflict == :update
    [there["id"], on_conflict == :update ? :updated : :ignored]
  end

  def [](key)
    @records.find { |record| record["id"] == key }
  end

  # Gives changed copies of the records to the block, and takes all of them or none.
  def change(which)
    changed = @records.map { |record| which.call(record) ? yield(record.dup) : record }
    keys = changed.map { |record| record["id"] }
    raise DictDB::DuplicateKeyError if keys.uniq.size < keys.size

    count = @records.count(&which)
    @records = changed
    @highest = [@highest, *keys.grep(Integer)].max
    count
  end

  def delete(which)
    count = @records.size
    @records = @records.reject(&which)
    count - @records.size
  end

  # All that the block does, or nothing of it.
  def atomically
    before = [@records, @highest]
    yield
  rescue DictDB::Error
    @records, @highest = before
    raise
  end

  # The order over all values.
  module Order
    KINDS = [NilClass, FalseClass, TrueClass, Numeric, String, Array, Hash].freeze

    def self.of(value)
      rank = KINDS.index { |kind| value.is_a?(kind) }
      case value
      when Numeric then [rank, value]
      when String then [rank, value.codepoints]
      when Array then [rank, value.map { |element| of(element) }]
      else [rank, 0]
      end
    end

    def self.compare(one, other)
      ranks = one.first <=> other.first
      return ranks unless ranks.zero?
      return one.last <=> other.last unless one.last.is_a?(Array) && one.last.first.is_a?(Array)

      one.last.zip(other.last).each do |left, right|
        return 1 if right.nil?

        result = compare(left, right)
        return result unless result.zero?
      end
      one.last.size <=> other.last.size
    end
  end

  def sorted(records, field, descending)
    by = records.each_with_index.map { |record, index| [Order.of(record[field]), index, record] }
    by.sort do |one, other|
      result = Order.compare(one.first, other.first)
      result = -result if descending
      result.zero? ? one[1] <=> other[1] : result
    end.map(&:last)
  end
end
