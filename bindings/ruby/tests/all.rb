# frozen_string_literal: true

# The documents are tested in a process of their own: the extension of RBS does not survive that objects are moved.
(Dir["#{__dir__}/test_*.rb"] - ["#{__dir__}/test_documents.rb"]).each { |file| require file }
