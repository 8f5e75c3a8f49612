# frozen_string_literal: true

# The records that all benchmarks of the repository use: drawn from one generator, the same on every machine.
class Workload
  DEPARTMENTS = %w[IT HR Sales Engineering Marketing Finance Legal Support].freeze
  TAGS = %w[alpha beta gamma delta eps zeta eta theta iota kappa lam mu nu xi omi pi].freeze
  # Salaries lie in a range of that width, evenly.
  SALARIES = 120_000

  # A linear congruential generator.
  class Numbers
    def initialize(seed)
      @state = seed
    end

    def next(below)
      @state = ((@state * 6_364_136_223_846_793_005) + 1_442_695_040_888_963_407) & ((1 << 64) - 1)
      (@state >> 33) % below
    end
  end

  attr_reader :records

  def initialize(count)
    numbers = Numbers.new(42)
    @records = (1..count).map { |id| record(id, numbers) }
  end

  # Bounds of salaries between which some 1,000 records lie.
  def bounds
    [90_000, [90_000 + (SALARIES * 1000 / @records.size), 150_000].min]
  end

  # Keys for point reads.
  def keys(count)
    numbers = Numbers.new(7)
    Array.new(count) { 1 + numbers.next(@records.size) }
  end

  private

  def record(id, numbers)
    age = 18 + numbers.next(60)
    department = DEPARTMENTS[numbers.next(8)]
    cents = 3_000_000 + numbers.next(12_000_001)
    active = numbers.next(2) == 1
    tags = [TAGS[numbers.next(16)], TAGS[numbers.next(16)]]
    { "id" => id, "name" => "User #{id}", "age" => age, "dept" => department, "email" => "user#{id}@example.com",
      "salary" => cents / 100.0, "active" => active, "tags" => tags }
  end
end
