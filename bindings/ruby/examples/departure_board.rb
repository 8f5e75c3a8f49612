# frozen_string_literal: true

# What the departure boards of New York's airports showed at two moments of January 2013: departure_board.rb [DIRECTORY]
require "dictdb"

DIRECTORY = ARGV.fetch(0) { File.join(__dir__, "../../../examples/data") }
WIDTHS = [5, 7, 19, 22, 15].freeze
MAYBE = { type: :int, nullable: true }.freeze
AIRLINES = { carrier: :str, name: :str }.freeze
AIRPORTS = { faa: :str, name: :str, lat: :float, lon: :float, alt: :int, tz: :int, tzone: :str }.freeze
FLIGHTS = {
  month: :int, day: :int, sched_dep_time: :int, dep_time: MAYBE, dep_delay: MAYBE, sched_arr_time: :int, arr_time: MAYBE,
  arr_delay: MAYBE, carrier: :str, flight: :int, tailnum: :str, origin: :str, dest: :str, air_time: MAYBE, distance: :int,
  scheduled: MAYBE, leaves: MAYBE, status: { type: :str, default: "scheduled" } # minutes since the month began
}.freeze

def minute(day, hhmm) = ((((day - 1) * 24) + (hhmm / 100)) * 60) + (hhmm % 100)
def clock(minute) = format("%<hours>02d:%<minutes>02d", hours: minute / 60 % 24, minutes: minute % 60)
def fit(text, width) = text.length > width ? "#{text[...(width - 1)]}…" : text.ljust(width)
def row(cells) = "│ #{cells.zip(WIDTHS).map { |text, width| fit(text, width) }.join("  ")} │"
def line(left, right, title = "", time = "") = "#{left}─#{title}#{time.rjust(76 - title.length, "─")}─#{right}"

def delay(minutes)
  return if minutes.zero?
  return format(" %+dm", minutes) if minutes.abs < 60

  format(" %+<hours>dh%<minutes>02d", hours: minutes.quo(60).truncate, minutes: minutes.abs % 60)
end

def status(flight, now)
  return "#{flight[:status].capitalize}#{delay(flight[:dep_delay]) if flight[:dep_delay]}" if flight[:status] != "scheduled"

  flight[:scheduled] < now ? "Delayed#{delay(now - flight[:scheduled])}" : "On time"
end

# The name as a board has room for it; where there is none, the key has to do.
def name(table, key) = table.fetch(key, name: key)[:name].sub(/ (Inc\.|Co\.|Corporation|Intl)\z/, "")

def departure(flight, airlines, airports, now)
  number = "#{flight[:carrier]} #{flight[:flight]}"
  row([clock(flight[:scheduled]), number, name(airlines, flight[:carrier]), name(airports, flight[:dest]), status(flight, now)])
end

DictDB.open(keys: :symbol) do |db|
  airlines, airports, flights = { airlines: AIRLINES, airports: AIRPORTS, flights: FLIGHTS }.map do |name, schema|
    key = { airlines: :carrier, airports: :faa }[name]
    db.import_csv(name, "#{DIRECTORY}/#{name}.csv", schema:, primary_key: key)
  end
  db.batch do |batch|
    flights.select(:id, :day, :sched_dep_time, :dep_delay).each do |flight|
      scheduled = minute(flight[:day], flight[:sched_dep_time])
      batch.update(flights, flight[:id], { scheduled:, leaves: flight[:dep_delay] && (scheduled + flight[:dep_delay]) })
    end
  end
  flights.create_index(:origin, :scheduled, kind: :sorted).create_index(:leaves, kind: :sorted)

  [["Thursday, 3", minute(3, 1140)], ["Thursday, 10", minute(10, 630)]].each_with_index do |(day, now), board|
    flights.where { leaves <= now }.update(status: "departed")
    flights.where { leaves.is_null & (scheduled <= now + 60) }.update(status: "cancelled")
    puts nil if board.positive?
    puts "#{day} January 2013: departures"
    %w[EWR JFK LGA].zip(%w[┌ ├ ├], %w[┐ ┤ ┤]).each do |code, left, right|
      puts line(left, right, " #{code}  #{name(airports, code)} ", " #{clock(now)} ")
      puts row(%w[Time Flight Airline Destination Status]) if left == "┌"
      shown = flights.where { (origin == code) & ((scheduled >= now - 20) | (status == "scheduled")) }
      shown.order(:scheduled).limit(8).each { |flight| puts departure(flight, airlines, airports, now) }
    end
    puts line("└", "┘")
  end
end
