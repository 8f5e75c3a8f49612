# frozen_string_literal: true

module DictDB
  # What must be over before the interpreter ends: threads of the library must not call into one that has ended, nor wait
  # for it.
  # @api private
  module Callbacks
    PATIENCE = 5

    # When the process ends, and in it alone, not in its children: runs the block, which sees to it that no more calls come,
    # and waits until the last one is over.
    def self.at_end(over)
      process = Process.pid
      at_exit do
        if Process.pid == process
          yield
          deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + PATIENCE
          sleep 0.001 until over.call || Process.clock_gettime(Process::CLOCK_MONOTONIC) > deadline
        end
      end
    end
  end
end
