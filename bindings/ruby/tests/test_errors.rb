# frozen_string_literal: true

require_relative "helper"

class TestErrors < DictDBTest
  STATUSES = {
    1 => DictDB::RecordNotFoundError, 2 => DictDB::TableNotFoundError, 3 => DictDB::DuplicateKeyError,
    4 => DictDB::DuplicateTableError, 5 => DictDB::SchemaValidationError, 6 => DictDB::InvalidJSONError,
    7 => DictDB::InvalidUTF8Error, 8 => DictDB::InvalidKeyError, 9 => DictDB::InvalidArgumentError,
    10 => DictDB::InvalidHandleError, 11 => DictDB::NumberRangeError, 12 => DictDB::TypeMismatchError,
    13 => DictDB::ParseError, 14 => DictDB::LimitError, 15 => DictDB::IndexExistsError, 16 => DictDB::IOError,
    17 => DictDB::CorruptError, 18 => DictDB::UnsupportedError, 19 => DictDB::CancelledError,
    20 => DictDB::TimeoutError, 21 => DictDB::ConflictError, 22 => DictDB::UnavailableError,
    23 => DictDB::OutOfMemoryError, 24 => DictDB::ForkedError, 25 => DictDB::InternalError
  }.freeze

  def test_each_status_has_a_class
    STATUSES.each do |code, error|
      assert_equal error, DictDB::Error.of(code)
      assert_equal [code, code], [error.code, error.new.code]
      assert_equal DictDB::Error, error.superclass
      refute_empty error.new.message
    end
    assert_equal DictDB::Error, DictDB::Error.of(26)
    assert_equal %w[UNKNOWN INTERNAL], [26, 25].map { |code| DictDB::Native.status_name(code) }
  end

  def test_facts
    error = assert_raises(DictDB::DuplicateKeyError) { people.insert(id: 1) }
    assert_equal ["key 1 is taken", 3, :duplicate_key, { key: 1 }],
                 [error.message, error.code, error.status, error.detail]
    assert_kind_of StandardError, error
    assert_equal [:unknown, nil, {}], DictDB::Error.new("x").then { |e| [e.status, e.code, e.detail] }
  end

  def test_text_is_in_utf8
    error = assert_raises(DictDB::TableNotFoundError) { @db["Zürich"] }
    assert_match(/Zürich/, error.message)
    assert_equal "Zürich", error.detail[:table]
    assert_equal Encoding::UTF_8, error.message.encoding
  end

  def test_closed_objects_say_what_they_are
    people.close
    error = assert_raises(DictDB::ClosedError) { people.count }
    assert_equal ["the table is closed", 10, :invalid_handle], [error.message, error.code, error.status]
    assert_kind_of DictDB::InvalidHandleError, error
  end

  def test_errors_leave_nothing_behind
    1000.times { assert_raises(DictDB::DuplicateKeyError) { people.insert(id: 1) } }
    assert_equal 3, people.count
    assert_equal "Ada", people[1]["name"]
  end

  def test_numbers_that_are_no_time
    assert_raises(ArgumentError) { people.with(timeout: -1) }
    assert_raises(ArgumentError) { people.with(timeout: "1") }
    assert_equal 3, people.with(timeout: 1e30).count
    assert_equal 3, people.with.count
  end
end
