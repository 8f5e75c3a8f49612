# frozen_string_literal: true

require "ffi"
require_relative "library"

module DictDB
  # The functions of dictdb.h under their names without `dictdb_`. These keep the interpreter lock: for calls that take
  # no time, or that a time limit ends.
  # @api private
  module Native
    # The same functions, with the interpreter lock released while they run.
    module Blocking
      extend FFI::Library
    end

    extend FFI::Library

    begin
      path = Library.path
      ffi_lib path
      Blocking.ffi_lib path
    rescue LoadError => e
      raise LoadError, Library.explain(path, e.message)
    end

    HANDLE = :pointer
    TEXT = %i[pointer size_t].freeze
    OUT = :pointer
    ERROR = :pointer
    CONTEXT = :pointer

    callback :log, %i[pointer int32 string string], :void
    callback :backup_failure, %i[pointer int32 string string uint64], :void
    callback :destructor, %i[pointer], :void

    @signatures = {}
    @releasers = {}

    class << self
      # Of all functions that are attached: from the name in the header to the types of the result and the arguments.
      attr_reader :signatures

      def names
        signatures.keys
      end

      # What frees a handle. Without the interpreter lock: a lot of memory may have to be given back, and a backup may be
      # under way that calls back.
      def releaser(name)
        @releasers[name] ||= Blocking.method(name)
      end

      private

      def function(name, *types, returns: :int32)
        types = types.flatten.map { |type| find_type(type) }
        symbol = "dictdb_#{name}"
        @signatures[symbol] = [find_type(returns), types]
        attach_function(name, symbol, types, returns)
        Blocking.attach_function(name, symbol, types, returns, blocking: true)
      end
    end

    function :version, returns: :string
    function :abi_version, returns: :uint32
    function :has_feature, TEXT
    function :memory_used, returns: :uint64
    function :memory_limit, :uint64, returns: :uint64
    function :status_name, :int32, returns: :string
    function :status_message, :int32, returns: :string
    function :error_message, HANDLE, returns: :string
    function :error_detail, HANDLE, returns: :string
    function :error_free, HANDLE, returns: :void
    function :buffer_free, OUT, returns: :void

    function :db_new, TEXT, OUT, ERROR
    function :db_free, HANDLE, returns: :void
    function :db_create_table, HANDLE, TEXT, TEXT, OUT, ERROR
    function :db_get_table, HANDLE, TEXT, OUT, ERROR
    function :db_drop_table, HANDLE, TEXT, ERROR
    function :db_list_tables, HANDLE, OUT, ERROR
    function :db_snapshot, HANDLE, OUT, ERROR
    function :db_copy, HANDLE, OUT, ERROR
    function :db_batch, HANDLE, TEXT, OUT, ERROR
    function :db_limited, HANDLE, HANDLE, :int64, OUT, ERROR
    function :db_watch, HANDLE, TEXT, OUT, ERROR
    function :db_save, HANDLE, TEXT, TEXT, OUT, ERROR
    function :db_load, TEXT, OUT, OUT, ERROR
    function :db_import_csv, HANDLE, TEXT, TEXT, TEXT, OUT, OUT, ERROR
    function :db_import_jsonl, HANDLE, TEXT, TEXT, TEXT, OUT, OUT, ERROR

    function :table_free, HANDLE, returns: :void
    function :table_insert, HANDLE, TEXT, OUT, ERROR
    function :table_insert_many, HANDLE, TEXT, OUT, ERROR
    function :table_upsert, HANDLE, TEXT, :int32, OUT, OUT, ERROR
    function :table_get, HANDLE, TEXT, OUT, ERROR
    function :table_get_int, HANDLE, :int64, OUT, ERROR
    function :table_get_many, HANDLE, TEXT, OUT, ERROR
    function :table_select, HANDLE, HANDLE, TEXT, OUT, OUT, ERROR
    function :table_count, HANDLE, HANDLE, OUT, ERROR
    function :table_update, HANDLE, HANDLE, TEXT, OUT, ERROR
    function :table_update_by_key, HANDLE, TEXT, TEXT, ERROR
    function :table_delete, HANDLE, HANDLE, OUT, ERROR
    function :table_delete_by_key, HANDLE, TEXT, ERROR
    function :table_describe, HANDLE, OUT, ERROR
    function :table_statistics, HANDLE, OUT, ERROR
    function :table_create_index, HANDLE, TEXT, ERROR
    function :table_drop_index, HANDLE, TEXT, ERROR
    function :table_query, HANDLE, TEXT, TEXT, OUT, OUT, ERROR
    function :table_explain, HANDLE, TEXT, TEXT, OUT, ERROR
    function :table_count_where, HANDLE, TEXT, TEXT, OUT, ERROR
    function :table_update_where, HANDLE, TEXT, TEXT, TEXT, OUT, ERROR
    function :table_delete_where, HANDLE, TEXT, TEXT, OUT, ERROR
    function :table_snapshot, HANDLE, OUT, ERROR
    function :table_copy, HANDLE, OUT, ERROR
    function :table_cursor, HANDLE, TEXT, TEXT, OUT, ERROR
    function :table_limited, HANDLE, HANDLE, :int64, OUT, ERROR
    function :table_watch, HANDLE, TEXT, OUT, ERROR
    function :table_export_csv, HANDLE, TEXT, TEXT, TEXT, TEXT, OUT, ERROR
    function :table_export_jsonl, HANDLE, TEXT, TEXT, TEXT, OUT, ERROR

    function :predicate_free, HANDLE, returns: :void
    function :predicate_all, OUT, ERROR
    %i[eq ne lt le gt ge is_in contains startswith endswith iequals icontains istartswith iendswith].each do |test|
      function :"predicate_#{test}", TEXT, TEXT, OUT, ERROR
    end
    function :predicate_between, TEXT, TEXT, TEXT, OUT, ERROR
    function :predicate_like, TEXT, TEXT, :uint32, OUT, ERROR
    function :predicate_ilike, TEXT, TEXT, :uint32, OUT, ERROR
    function :predicate_is_null, TEXT, OUT, ERROR
    function :predicate_is_not_null, TEXT, OUT, ERROR
    function :predicate_and, :pointer, :size_t, OUT, ERROR
    function :predicate_or, :pointer, :size_t, OUT, ERROR
    function :predicate_not, HANDLE, OUT, ERROR
    function :predicate_parse, TEXT, OUT, ERROR
    function :predicate_print, HANDLE, OUT, ERROR
    function :predicate_bind, HANDLE, TEXT, OUT, ERROR

    function :query_new, HANDLE, TEXT, OUT, ERROR
    function :query_free, HANDLE, returns: :void
    function :query_run, HANDLE, HANDLE, TEXT, OUT, OUT, ERROR
    function :query_count, HANDLE, HANDLE, TEXT, OUT, ERROR
    function :query_delete, HANDLE, HANDLE, TEXT, OUT, ERROR
    function :query_explain, HANDLE, HANDLE, TEXT, OUT, ERROR
    function :query_cursor, HANDLE, HANDLE, TEXT, OUT, ERROR
    function :update_new, HANDLE, TEXT, TEXT, OUT, ERROR
    function :update_free, HANDLE, returns: :void
    function :update_run, HANDLE, HANDLE, TEXT, OUT, ERROR
    function :update_explain, HANDLE, HANDLE, TEXT, OUT, ERROR

    function :cursor_free, HANDLE, returns: :void
    function :cursor_next_batch, HANDLE, :uint64, :size_t, :int32, OUT, OUT, ERROR

    function :batch_new, OUT, ERROR
    function :batch_free, HANDLE, returns: :void
    function :batch_insert, HANDLE, HANDLE, TEXT, ERROR
    function :batch_insert_many, HANDLE, HANDLE, TEXT, ERROR
    function :batch_upsert, HANDLE, HANDLE, TEXT, :int32, ERROR
    function :batch_update_by_key, HANDLE, HANDLE, TEXT, TEXT, ERROR
    function :batch_update, HANDLE, HANDLE, HANDLE, TEXT, ERROR
    function :batch_update_where, HANDLE, HANDLE, TEXT, TEXT, TEXT, ERROR
    function :batch_delete_by_key, HANDLE, HANDLE, TEXT, ERROR
    function :batch_delete_where, HANDLE, HANDLE, TEXT, TEXT, ERROR
    function :batch_commit, HANDLE, OUT, ERROR
    function :batch_clear, HANDLE, ERROR

    function :cancel_new, OUT, ERROR
    function :cancel_free, HANDLE, returns: :void
    function :cancel_set, HANDLE, ERROR
    function :cancel_reset, HANDLE, ERROR
    function :cancel_flag, HANDLE, returns: :pointer

    function :watch_free, HANDLE, returns: :void
    function :watch_poll, HANDLE, :uint64, :uint64, :int64, OUT, OUT, ERROR
    function :watch_last, HANDLE, OUT, ERROR
    function :watch_fd, HANDLE, OUT, ERROR

    function :job_wait, HANDLE, :int64, OUT, ERROR
    function :job_progress, HANDLE, OUT, OUT, ERROR
    function :job_cancel, HANDLE, ERROR
    function :job_result, HANDLE, OUT, ERROR
    function :job_database, HANDLE, OUT, ERROR
    function :job_free, HANDLE, returns: :void

    function :backup_new, HANDLE, TEXT, TEXT, :backup_failure, CONTEXT, :destructor, OUT, ERROR
    function :backup_start, HANDLE, ERROR
    function :backup_stop, HANDLE, ERROR
    function :backup_notify_change, HANDLE, ERROR
    function :backup_now, HANDLE, OUT, OUT, ERROR
    function :backup_full, HANDLE, OUT, OUT, ERROR
    function :backup_delta, HANDLE, OUT, OUT, ERROR
    function :backup_statistics, HANDLE, OUT, ERROR
    function :backup_free, HANDLE, returns: :void
    function :backup_restore, TEXT, TEXT, OUT, OUT, OUT, ERROR
    function :backup_verify, TEXT, OUT, OUT, ERROR

    function :log_set, :int32, :uint32, :log, CONTEXT, :destructor, ERROR

    if abi_version != Library::ABI_VERSION
      raise LoadError, Library.explain(path, "it has version #{abi_version} of the binary interface, this gem is " \
                                             "made for #{Library::ABI_VERSION}")
    end
  end
end
