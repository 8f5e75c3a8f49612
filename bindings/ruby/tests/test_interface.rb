# frozen_string_literal: true

require_relative "helper"

# The functions that are attached are those of the header, with the same arguments. DICTDB_HEADER names the header of the
# library that is tested.
class TestInterface < DictDBTest
  # With the reason why a program in Ruby does without.
  LEFT_OUT = {
    "dictdb_cursor_next" => "what it lends could be taken back by another thread before it is copied; a batch of one row is not",
    "dictdb_error_status" => "the call has returned it"
  }.freeze

  CALLBACKS = /\Adictdb_(log_callback|backup_failure_callback|destructor)\z/

  def header
    @header ||= File.read(ENV.fetch("DICTDB_HEADER") { skip "DICTDB_HEADER does not name dictdb.h" })
                    .gsub(%r{/\*.*?\*/}m, "").gsub(%r{//.*}, "")
  end

  # From name to types, as ruby-ffi calls them.
  def functions
    header.scan(/^(?!typedef)([\w ]+?[ *])(dictdb_\w+)\(([^;]*?)\);/m).to_h do |type, name, arguments|
      arguments = arguments.strip == "void" ? [] : arguments.split(",")
      [name, [ffi_type(type.strip, result: true), arguments.map { |argument| ffi_type(argument.strip.sub(/\w+\z/, "").strip) }]]
    end
  end

  def ffi_type(text, result: false)
    return FFI::Type::STRING if result && text == "const char *"
    return FFI::Type::POINTER if text.end_with?("*", "const")

    { "void" => FFI::Type::VOID, "dictdb_status" => FFI::Type::INT32, "int32_t" => FFI::Type::INT32,
      "uint32_t" => FFI::Type::UINT32, "int64_t" => FFI::Type::INT64, "uint64_t" => FFI::Type::UINT64,
      "size_t" => FFI.find_type(:size_t) }.fetch(text) { CALLBACKS.match?(text) ? :callback : raise("what is #{text}?") }
  end

  def test_every_function_is_attached
    assert_operator functions.size, :>, 100
    assert_equal functions.keys.sort, (DictDB::Native.names + LEFT_OUT.keys).sort
  end

  def test_every_function_has_the_types_of_the_header
    DictDB::Native.signatures.each do |name, (result, arguments)|
      arguments = arguments.map { |type| type.is_a?(FFI::FunctionType) ? :callback : type }
      assert_equal functions.fetch(name), [result, arguments], name
    end
  end

  def test_constants
    numbers = header.scan(/#define (DICTDB_\w+) (-?\d+)$/).to_h { |name, number| [name, number.to_i] }
    statuses = numbers.select { |name, _| name.start_with?("DICTDB_STATUS_") && name != "DICTDB_STATUS_OK" }
    assert_equal statuses.values.sort, statuses.values.map { |code| DictDB::Error.of(code).code }.sort
    statuses.each do |name, code|
      assert_equal name.delete_prefix("DICTDB_STATUS_").downcase.to_sym, DictDB::Error.of(code).new.status
    end
    assert_equal numbers.values_at("DICTDB_LOG_ERROR", "DICTDB_LOG_WARN", "DICTDB_LOG_INFO", "DICTDB_LOG_DEBUG"),
                 DictDB::Log::LEVELS.values
    assert_equal numbers.values_at("DICTDB_CONFLICT_UPDATE", "DICTDB_CONFLICT_IGNORE", "DICTDB_CONFLICT_ERROR"),
                 %i[update ignore error].map { |name| DictDB::Table.conflict(name) }
    assert_equal numbers["DICTDB_ABI_VERSION"], DictDB::Library::ABI_VERSION
    assert_equal header[/#define DICTDB_VERSION "(.*)"/, 1], DictDB::VERSION
  end

  def test_the_library_is_found
    elsewhere = "/nowhere/libdictdb.so.0"
    output, status = with_environment("DICTDB_LIBRARY" => elsewhere) { ruby("require 'dictdb'") }
    refute status.success?
    assert_match(/libdictdb cannot be loaded as #{elsewhere}: .*DICTDB_LIBRARY/, output)
    path = DictDB::Native.ffi_libraries.first.name
    found = File.dirname(path)
    where = File.directory?("#{found}/pkgconfig") ? { "PKG_CONFIG_PATH" => "#{found}/pkgconfig" } : { "LD_LIBRARY_PATH" => found }
    [where, { "LD_LIBRARY_PATH" => found, "PKG_CONFIG_PATH" => nil }].each do |environment|
      output, = with_environment({ "DICTDB_LIBRARY" => nil }.merge(environment)) do
        ruby("require 'dictdb'; puts DictDB.library_version")
      end
      assert_equal "#{DictDB::VERSION}\n", output
    end
  end

  def with_environment(changes)
    before = ENV.to_h.slice(*changes.keys)
    ENV.update(changes)
    yield
  ensure
    ENV.update(changes.transform_values { nil }.merge(before))
  end
end
