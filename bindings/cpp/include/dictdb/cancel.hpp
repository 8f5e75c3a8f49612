// SPDX-License-Identifier: Apache-2.0
/// @file
/// `cancel_token`: stops calls that are running.
#ifndef DICTDB_CANCEL_HPP
#define DICTDB_CANCEL_HPP

#include <dictdb/handle.hpp>

namespace dictdb {

/// Stops calls. It is given to them through handles: `table::limited` and `database::limited` make one whose calls look at
/// the token while they run. Any thread may use it.
class cancel_token : public handle<dictdb_cancel, dictdb_cancel_free> {
public:
    using handle::handle;

    /// A token that is not set.
    cancel_token() : cancel_token(try_create().value()) {}
    /// The same, without exceptions.
    static result<cancel_token> try_create() noexcept { return detail::adopt<cancel_token, dictdb_cancel>(dictdb_cancel_new); }

    /// Sets it: calls that run with it end with `status::cancelled` soon, and so do those that begin later and can take long.
    /// A cancelled call has changed nothing.
    void set() { try_set().value(); }
    result<void> try_set() noexcept {
        return detail::perform([&](dictdb_error** why) { return dictdb_cancel_set(raw(), why); });
    }

    /// Takes that back.
    void reset() { try_reset().value(); }
    result<void> try_reset() noexcept {
        return detail::perform([&](dictdb_error** why) { return dictdb_cancel_reset(raw(), why); });
    }

    /// The memory of the token: not 0 when it is set. Writing 1 there, atomically, sets it; a signal handler may do that.
    /// NULL if the token was closed; valid until then.
    [[nodiscard]] std::int32_t* flag() const noexcept { return dictdb_cancel_flag(raw()); }
};

} // namespace dictdb

#endif
