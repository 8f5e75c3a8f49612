// SPDX-License-Identifier: Apache-2.0
/// @file
/// `selection`: puts the description of a query together.
#ifndef DICTDB_SELECTION_HPP
#define DICTDB_SELECTION_HPP

#include <dictdb/condition.hpp>
#include <dictdb/json.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace dictdb {

/// Which records, and which rows are made of them:
/// `selection{"id", "name"}.where(field("age") >= param(1)).order_by("-age").limit(10)`.
///
/// It goes wherever a query is expected, as does a JSON text of the members that `dictdb_query_new` lists. Fields are paths,
/// as for `field`. Whether it makes sense is found out by the call that gets it.
class selection {
public:
    /// Whole records.
    selection() = default;
    /// Rows of these fields, in this order.
    selection(std::initializer_list<std::string_view> columns) {
        for (const std::string_view column : columns)
            this->column(column, column);
    }

    /// One more column, by another name than the field's. The rows have only the columns that are named.
    selection& column(std::string_view alias, std::string_view field) { return append(columns_, alias, field); }
    /// Only records that match; of several calls, all must.
    selection& where(const dictdb::where& which) {
        where_ = where_.empty() ? std::string(which.view())
                                : (condition(where_) && condition(which.view())).text();
        return *this;
    }
    /// One row for each list of equal values of these fields.
    selection& group_by(std::initializer_list<std::string_view> fields) {
        group_by_ = to_json(fields);
        return *this;
    }
    selection& group_by(std::string_view field) { return group_by({field}); }
    /// One more aggregate, such as `"avg(age)"`, and the name of its column.
    selection& aggregate(std::string_view alias, std::string_view function) { return append(aggregates_, alias, function); }
    /// The order of the rows: fields, of groups columns; `-` before one reverses it.
    selection& order_by(std::initializer_list<std::string_view> fields) {
        order_by_ = to_json(fields);
        return *this;
    }
    selection& order_by(std::string_view field) { return order_by({field}); }
    /// Of equal rows only the first.
    selection& distinct() {
        distinct_ = true;
        return *this;
    }
    /// Rows at most.
    selection& limit(std::int64_t rows) {
        limit_ = to_json(rows);
        return *this;
    }
    selection& limit(const param& rows) {
        limit_ = to_json(rows.text());
        return *this;
    }
    /// Rows to leave out at the start.
    selection& offset(std::int64_t rows) {
        offset_ = to_json(rows);
        return *this;
    }
    selection& offset(const param& rows) {
        offset_ = to_json(rows.text());
        return *this;
    }

    /// Appends the JSON text.
    friend void dictdb_to_json(std::string& out, const selection& s) {
        char before = '{';
        const auto member = [&](std::string_view name, const std::string& json) {
            if (json.empty())
                return;
            out += before;
            detail::append_string(out, name);
            out += ':';
            out += json;
            before = ',';
        };
        member("where", s.where_.empty() ? std::string() : to_json(s.where_));
        member("columns", s.columns_.empty() ? std::string() : s.columns_ + '}');
        member("group_by", s.group_by_);
        member("aggregates", s.aggregates_.empty() ? std::string() : s.aggregates_ + '}');
        member("order_by", s.order_by_);
        member("distinct", s.distinct_ ? "true" : "");
        member("limit", s.limit_);
        member("offset", s.offset_);
        out += before == '{' ? "{}" : "}";
    }

private:
    selection& append(std::string& members, std::string_view name, std::string_view value) {
        members += members.empty() ? '{' : ',';
        detail::append_string(members, name);
        members += ':';
        detail::append_string(members, value);
        return *this;
    }

    std::string where_;
    std::string columns_;
    std::string group_by_;
    std::string aggregates_;
    std::string order_by_;
    std::string limit_;
    std::string offset_;
    bool distinct_ = false;
};

} // namespace dictdb

#endif
