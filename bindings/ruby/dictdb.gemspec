# frozen_string_literal: true

require_relative "lib/dictdb/version"

Gem::Specification.new do |spec|
  spec.name = "dictdb"
  spec.version = DictDB::VERSION
  spec.authors = ["The libdictdb authors"]
  spec.summary = "An embedded, in-memory database of JSON records"
  spec.description = "Tables of JSON records in the memory of a Ruby program: queries, indexes, snapshots, batches, " \
                     "watches, files and backups. The Ruby face of the C library libdictdb."
  spec.license = "Apache-2.0"
  spec.required_ruby_version = ">= 3.1"
  spec.files = Dir.chdir(__dir__) { Dir["lib/**/*.rb", "sig/**/*.rbs", "examples/*.rb", "README.md", ".yardopts"] }
  spec.require_paths = ["lib"]
  spec.requirements = ["libdictdb.so.0"]
  spec.metadata = { "rubygems_mfa_required" => "true" }
  spec.add_dependency "ffi", "~> 1.15"
end
