// SPDX-License-Identifier: Apache-2.0
/// @file
/// C++17 face of libdictdb, an embedded, in-memory database of JSON records. Include this header; link `dictdb::cpp`.
///
/// **Errors.** A function throws `dictdb::error`, which has a status, a message and a detail. Beside it stands the same
/// function with `try_` before its name: it is `noexcept` and gives a `result`.
///
/// **Text.** Arguments are UTF-8 and read during the call only. Where JSON is expected (records, changes, queries, options),
/// text is taken as JSON; any other value is written as JSON: see `to_json`. Where a value is expected (keys, parameters,
/// what a field is compared with), text is a string.
///
/// **Results** are owned (`buffer`, `rows`), read into a type of yours (`as<T>()`, `get<T>()`), or written into a buffer that
/// is passed and reused.
///
/// **Lifetime.** Objects own handles, are move-only, and may be destroyed in any order: what needs another keeps it alive. A
/// call on one that was closed or moved from fails with `status::invalid_handle`.
///
/// **Threads.** Every function of a handle may be called from any thread at any time, but for moving and destroying the
/// object itself. Buffers, iterators and builders are for one thread at a time. What holds beyond that dictdb.h says.
#ifndef DICTDB_DICTDB_HPP
#define DICTDB_DICTDB_HPP

#include <dictdb/backup.hpp>
#include <dictdb/batch.hpp>
#include <dictdb/buffer.hpp>
#include <dictdb/cancel.hpp>
#include <dictdb/condition.hpp>
#include <dictdb/cursor.hpp>
#include <dictdb/database.hpp>
#include <dictdb/error.hpp>
#include <dictdb/expression.hpp>
#include <dictdb/facts.hpp>
#include <dictdb/field.hpp>
#include <dictdb/handle.hpp>
#include <dictdb/job.hpp>
#include <dictdb/json.hpp>
#include <dictdb/json_reader.hpp>
#include <dictdb/key.hpp>
#include <dictdb/log.hpp>
#include <dictdb/options.hpp>
#include <dictdb/predicate.hpp>
#include <dictdb/query.hpp>
#include <dictdb/result.hpp>
#include <dictdb/selection.hpp>
#include <dictdb/status.hpp>
#include <dictdb/subscription.hpp>
#include <dictdb/table.hpp>
#include <dictdb/table_view.hpp>
#include <dictdb/update.hpp>
#include <dictdb/watch.hpp>

#endif
