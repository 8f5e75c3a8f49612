# frozen_string_literal: true

# An embedded, in-memory database of JSON records.
module DictDB
  # Version of this gem: that of the C header that it was written against.
  VERSION = "0.1.0"
end
