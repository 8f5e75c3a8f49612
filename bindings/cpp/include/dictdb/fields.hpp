// SPDX-License-Identifier: Apache-2.0
/// @file
/// `DICTDB_FIELDS`: how the members of a struct are named once for both ways, to JSON and back.
#ifndef DICTDB_FIELDS_HPP
#define DICTDB_FIELDS_HPP

#include <string_view>
#include <tuple>

namespace dictdb {

/// A member of a struct and its name in JSON: what `dictdb_fields` returns a tuple of.
template <class Struct, class Member>
struct mapped_field {
    std::string_view name;  ///< The name in JSON; lives as long as the program.
    Member Struct::*member; ///< Where it is.
};

/// Names a member of a struct: `dictdb::member("age", &user::age)`.
template <class Struct, class Member>
constexpr mapped_field<Struct, Member> member(std::string_view name, Member Struct::*pointer) noexcept {
    return {name, pointer};
}

} // namespace dictdb

/// Says which members of a struct are fields of a record, by their own names:
///
///     struct user {
///         int id = 0;
///         std::string name;
///     };
///     DICTDB_FIELDS(user, id, name);
///
/// Stands beside the struct, in the same namespace. Up to 32 members; those with other names in JSON, or more of them, are named in a
/// function, which is what this makes:
///
///     constexpr auto dictdb_fields(const user*) {
///         return std::make_tuple(dictdb::member("id", &user::id), dictdb::member("name", &user::name));
///     }

#define DICTDB_FIELDS(type, ...)                                                                                                           \
    [[maybe_unused]] constexpr auto dictdb_fields(const type*) {                                                                           \
        return std::make_tuple(DICTDB_DETAIL_FIELDS(type, __VA_ARGS__));                                                                   \
    }                                                                                                                                      \
    static_assert(true, "so that a semicolon may follow")

/// @cond
// The preprocessor has no loops: one macro for each number of members, chosen by how many there are.
#define DICTDB_DETAIL_FIELD(type, name) ::dictdb::member(#name, &type::name)
#define DICTDB_DETAIL_PICK(n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12, n13, n14, n15, n16, n17, n18, n19, n20, n21, n22,            \
    n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, picked, ...) picked
#define DICTDB_DETAIL_FIELDS(type, ...) DICTDB_DETAIL_PICK(__VA_ARGS__, DICTDB_DETAIL_32, DICTDB_DETAIL_31, DICTDB_DETAIL_30,              \
    DICTDB_DETAIL_29, DICTDB_DETAIL_28, DICTDB_DETAIL_27, DICTDB_DETAIL_26, DICTDB_DETAIL_25, DICTDB_DETAIL_24, DICTDB_DETAIL_23,          \
    DICTDB_DETAIL_22, DICTDB_DETAIL_21, DICTDB_DETAIL_20, DICTDB_DETAIL_19, DICTDB_DETAIL_18, DICTDB_DETAIL_17, DICTDB_DETAIL_16,          \
    DICTDB_DETAIL_15, DICTDB_DETAIL_14, DICTDB_DETAIL_13, DICTDB_DETAIL_12, DICTDB_DETAIL_11, DICTDB_DETAIL_10, DICTDB_DETAIL_9,           \
    DICTDB_DETAIL_8, DICTDB_DETAIL_7, DICTDB_DETAIL_6, DICTDB_DETAIL_5, DICTDB_DETAIL_4, DICTDB_DETAIL_3, DICTDB_DETAIL_2,                 \
    DICTDB_DETAIL_1, none)(type, __VA_ARGS__)
#define DICTDB_DETAIL_1(type, name) DICTDB_DETAIL_FIELD(type, name)
#define DICTDB_DETAIL_2(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_1(type, __VA_ARGS__)
#define DICTDB_DETAIL_3(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_2(type, __VA_ARGS__)
#define DICTDB_DETAIL_4(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_3(type, __VA_ARGS__)
#define DICTDB_DETAIL_5(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_4(type, __VA_ARGS__)
#define DICTDB_DETAIL_6(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_5(type, __VA_ARGS__)
#define DICTDB_DETAIL_7(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_6(type, __VA_ARGS__)
#define DICTDB_DETAIL_8(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_7(type, __VA_ARGS__)
#define DICTDB_DETAIL_9(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_8(type, __VA_ARGS__)
#define DICTDB_DETAIL_10(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_9(type, __VA_ARGS__)
#define DICTDB_DETAIL_11(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_10(type, __VA_ARGS__)
#define DICTDB_DETAIL_12(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_11(type, __VA_ARGS__)
#define DICTDB_DETAIL_13(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_12(type, __VA_ARGS__)
#define DICTDB_DETAIL_14(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_13(type, __VA_ARGS__)
#define DICTDB_DETAIL_15(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_14(type, __VA_ARGS__)
#define DICTDB_DETAIL_16(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_15(type, __VA_ARGS__)
#define DICTDB_DETAIL_17(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_16(type, __VA_ARGS__)
#define DICTDB_DETAIL_18(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_17(type, __VA_ARGS__)
#define DICTDB_DETAIL_19(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_18(type, __VA_ARGS__)
#define DICTDB_DETAIL_20(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_19(type, __VA_ARGS__)
#define DICTDB_DETAIL_21(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_20(type, __VA_ARGS__)
#define DICTDB_DETAIL_22(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_21(type, __VA_ARGS__)
#define DICTDB_DETAIL_23(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_22(type, __VA_ARGS__)
#define DICTDB_DETAIL_24(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_23(type, __VA_ARGS__)
#define DICTDB_DETAIL_25(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_24(type, __VA_ARGS__)
#define DICTDB_DETAIL_26(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_25(type, __VA_ARGS__)
#define DICTDB_DETAIL_27(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_26(type, __VA_ARGS__)
#define DICTDB_DETAIL_28(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_27(type, __VA_ARGS__)
#define DICTDB_DETAIL_29(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_28(type, __VA_ARGS__)
#define DICTDB_DETAIL_30(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_29(type, __VA_ARGS__)
#define DICTDB_DETAIL_31(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_30(type, __VA_ARGS__)
#define DICTDB_DETAIL_32(type, name, ...) DICTDB_DETAIL_FIELD(type, name), DICTDB_DETAIL_31(type, __VA_ARGS__)
/// @endcond

#endif
