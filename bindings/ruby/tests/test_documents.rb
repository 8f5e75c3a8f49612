# frozen_string_literal: true

require_relative "helper"
require "open3"
require "yard"
gem "rbs"
require "rbs"

# What is written about the code is true of it.
class TestDocuments < DictDBTest
  ROOT = File.expand_path("..", __dir__)
  README = File.read("#{ROOT}/README.md")

  def programs
    README.scan(/^```ruby\n(.*?)^```/m).flatten
  end

  def run_program(file, *arguments)
    Open3.capture2e(RbConfig.ruby, "-w", "-I#{ROOT}/lib", file, *arguments)
  end

  def test_the_first_program_of_the_readme
    in_directory do |directory|
      File.write("#{directory}/program.rb", programs.first)
      output, status = run_program("#{directory}/program.rb")
      assert status.success?, output
      assert_equal README[/^It prints\n\n```text\n(.*?)^```/m, 1], output
    end
  end

  def test_other_programs_of_the_readme_can_be_read
    assert_operator programs.size, :>, 3
    programs.each { |program| assert RubyVM::InstructionSequence.compile(program) }
  end

  def test_the_departure_board
    boards = "#{ROOT}/../../examples/departure_board/boards.txt"

    output, status = run_program("#{ROOT}/examples/departure_board.rb")
    assert status.success?, output
    assert_equal File.read(boards), output
  end

  def registry
    @registry ||= begin
      YARD::Logger.instance.level = YARD::Logger::ERROR
      YARD::Registry.clear
      YARD.parse("#{ROOT}/lib/**/*.rb")
      YARD::Registry.all(:class, :module, :method, :constant).reject { |object| hidden?(object) }
    end
  end

  def hidden?(object)
    return false if object.nil? || object.root?
    return true if object.visibility != :public || object.tag(:api)&.text == "private" || object.tag(:private)

    hidden?(object.namespace)
  end

  def test_every_public_name_is_documented
    assert_operator registry.size, :>, 150
    assert_empty registry.select { |object| object.docstring.blank?(false) }.map(&:path)
  end

  def test_every_parameter_of_a_public_method_is_named_right
    wrong = registry.select { |object| object.type == :method && !object.is_alias? }.flat_map do |method|
      names = method.parameters.map { |name, _| name.to_s.delete("*&:") }
      method.tags(:param).map(&:name).compact.reject { |name| names.include?(name) }.map { |name| "#{method.path}: #{name}" }
    end
    assert_empty wrong
  end

  # Names of methods that the signatures have, as YARD writes them.
  def signed
    loader = RBS::EnvironmentLoader.new
    loader.add(path: Pathname("#{ROOT}/sig"))
    environment = RBS::Environment.from_loader(loader).resolve_type_names
    environment.class_decls.values.flat_map(&:decls).map(&:decl).select { |decl| decl.name.to_s.start_with?("::DictDB") }
               .flat_map { |decl| decl.members.flat_map { |member| names_of(decl.name.to_s.delete_prefix("::"), member) } }
  end

  def names_of(owner, member)
    case member
    when RBS::AST::Members::MethodDefinition then ["#{owner}#{member.kind == :singleton ? "." : "#"}#{member.name}"]
    when RBS::AST::Members::AttrReader then ["#{owner}##{member.name}"]
    when RBS::AST::Members::AttrAccessor then ["#{owner}##{member.name}", "#{owner}##{member.name}="]
    else []
    end
  end

  HOOKED = %w[Database Table Relation Query Update Predicate Cursor Batch Operations CancelToken Watch Job Backup].freeze

  # With RBS looking at what goes in and comes out.
  def run_typed(program)
    environment = { "RBS_TEST_TARGET" => HOOKED.map { |name| "DictDB::#{name}" }.join(","), "RBS_TEST_OPT" => "-I #{ROOT}/sig",
                    "RBS_TEST_RAISE" => "true", "RBS_TEST_LOGLEVEL" => "error" }
    Open3.capture2e(environment, RbConfig.ruby, "-W0", "-I#{ROOT}/lib", "-e", <<~RUBY)
      gem "rbs"
      require "rbs/test/setup"
      require "dictdb"
      #{program}
    RUBY
  end

  def test_values_are_of_the_types_of_the_signatures
    output, status = run_typed("load #{"#{ROOT}/tests/typed_tour.rb".dump}")
    assert_equal ["the tour is over\n", true], [output, status.success?]
    output, status = run_typed("DictDB.open.create_table(:t).update([], {})")
    refute status.success?
    assert_match(/ArgumentTypeError: expected `::DictDB::key` but given `\[\]`/, output)
  end

  def test_signatures_and_code_have_the_same_methods
    written = registry.select { |object| object.type == :method }.map(&:path)
    differing = (signed - written) + (written - signed)
    # Structs have setters that nobody is told of.
    assert_empty differing.grep_v(/\ADictDB::(Upsert|Change)#\w+=\z/)
  end
end
