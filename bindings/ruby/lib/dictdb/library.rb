# frozen_string_literal: true

module DictDB
  # Finds the shared library.
  # @api private
  module Library
    SONAME = "libdictdb.so.0"
    ABI_VERSION = 0

    class << self
      # The file to load: what the environment variable DICTDB_LIBRARY names, else what pkg-config knows, else the
      # soname, which the dynamic loader looks for in its own places.
      def path
        named = ENV.fetch("DICTDB_LIBRARY", "")
        return named unless named.empty?

        configured = pkg_config
        configured && File.exist?(configured) ? configured : SONAME
      end

      def explain(path, reason)
        "libdictdb cannot be loaded as #{path}: #{reason}. Install it, or name the file in the environment variable " \
          "DICTDB_LIBRARY (for example /usr/local/lib/#{SONAME})"
      end

      private

      def pkg_config
        directory = IO.popen(%w[pkg-config --variable=libdir dictdb], err: File::NULL, &:read).strip
        directory.empty? ? nil : File.join(directory, SONAME)
      rescue SystemCallError
        nil
      end
    end
  end
end
