# frozen_string_literal: true

Dir["#{__dir__}/test_*.rb"].each { |file| require file }
