// Models: plain structs that are stored. One declaration gives the table, its migration, history, queries, serializer,
// GraphQL types and admin page.
//
//     struct Item {
//         std::int64_t id = 0;                        // the primary key, assigned by the database when 0
//         std::string name, type = "item";            // an initialiser is the column's default
//         croft::decimal<2> price = 9.99;
//         std::optional<std::int32_t> market_price;   // optional is nullable
//         croft::created_at created_at;
//     };
//     CROFT_MODEL(Item, unique<&Item::name>, check("price", "price >= 0"), history());
//
// Members may be bool, std::int16_t/int32_t/int64_t, double, croft::decimal<S>, std::string, croft::bytes,
// croft::time_point, croft::date, croft::duration, croft::uuid, croft::json, an enum class, croft::ref<Other>,
// croft::ref_to<&Other::key>, std::optional of these, croft::created_at, croft::modified_at and croft::many<Other>.
// docs/models.md has a table of what each becomes. Anything else, a member named twice in a constraint or a constraint
// on another struct's member is a compile error.
// CROFT_MODEL stands in the struct's own namespace, in the header that defines it.
#pragma once

#include "croft/detail/stored.hpp"
#include "croft/model_info.hpp"

namespace croft {

/// What is known of a model. Throws croft::error on first use when the declaration can't work.
template <class Model>
const model_info& model() {
    static_assert(!std::is_same_v<decltype(croft_model(model_tag<Model>{})), detail::undeclared<Model>>,
                  "this struct is not a model: write CROFT_MODEL(Name) after its definition");
    if constexpr (std::is_same_v<decltype(croft_model(model_tag<Model>{})), const model_info&>)
        return croft_model(model_tag<Model>{});
    else
        __builtin_unreachable();  // the assertion has said it
}

namespace detail {

template <auto A, auto B>
constexpr bool same_member() {
    if constexpr (std::is_same_v<decltype(A), decltype(B)>)
        return A == B;
    else
        return false;
}
template <auto... Members>
    requires(sizeof...(Members) <= 1)
constexpr bool all_different() {
    return true;
}
template <auto First, auto... Rest>
    requires(sizeof...(Rest) > 0)
constexpr bool all_different() {
    return !(same_member<First, Rest>() || ...) && all_different<Rest...>();
}

enum class option_kind : std::uint8_t {
    primary_key,
    unique,
    index,
    check,
    history,
    table,
    column,
    renamed_from,
    max_length
};
struct model_option {
    option_kind kind;
    std::vector<std::size_t> offsets{};  // of the members named
    std::vector<bool> descending{};      // indexes: of each
    std::string text{};                  // a name
    std::string sql{};                   // checks and conditions
    std::size_t number = 0;
    history_retention retention{};
};

/// A rule of history(…) about old versions.
struct retention_rule {
    history_retention rule{};
};
history_retention all_rules(std::initializer_list<retention_rule> rules);

/// Builds the description: the only place where template code and the compiled core meet.
model_info describe(std::string_view name, const char* file, int line, std::string_view signature, const void* sample,
                    const void* const* addresses, const storage* const* members, std::size_t count, const void* initial,
                    const model_info& (*self)(), std::vector<model_option> options);

template <class T>
concept has_id = requires(T t) { requires std::is_same_v<decltype(t.id), std::int64_t>; };

template <class T, class... Options>
const model_info& declare(std::string_view name, const char* file, int line, const Options&... options) {
    constexpr std::size_t keys = (std::size_t{Options::kind == option_kind::primary_key} + ... + 0);
    static_assert(std::is_aggregate_v<T>,
                  "a model is a plain struct: no constructors, no base class, no private members");
    static_assert(member_count<T> > 0, "a model needs members");
    static_assert(member_count<T> < most_members, "a model has at most 63 members");
    static_assert(keys == 1 || has_id<T>,
                  "a model needs a primary key: the member std::int64_t id = 0; or primary_key<&T::member> in its "
                  "CROFT_MODEL");
    static_assert(keys <= 1, "a model has one primary key: primary_key<&T::a, &T::b> for one of several members");
    static_assert((Options::template is_of<T> && ...), "an option of CROFT_MODEL names a member of another struct");
    static const T initial{};
    static const model_info info =
        describe(name, file, line, member_signature<T>(), &sample<T>.object, member_addresses<T>.data(),
                 member_storage<T>.data(), member_count<T>, &initial, &model<T>, {options()...});
    return info;
}

bool register_model(const model_info& (*which)(), const model_identity& identity);

}  // namespace detail

/// What CROFT_MODEL understands after the struct's name.
namespace model_options {

/// In an index: from the greatest to the least.
template <auto Member>
struct descending_member {};
template <auto Member>
inline constexpr descending_member<Member> descending{};

namespace detail {

using croft::detail::model_option;
using croft::detail::option_kind;

template <class T>
struct part_of;
template <class T, class M>
struct part_of<M T::*> {
    using model = T;
    static std::size_t offset(M T::* member) { return croft::detail::offset_of(member); }
    static constexpr bool descending = false;
};
template <auto Member>
struct part_of<descending_member<Member>> : part_of<decltype(Member)> {
    static std::size_t offset(descending_member<Member>) { return croft::detail::offset_of(Member); }
    static constexpr bool descending = true;
};

template <option_kind Kind, auto... Members>
struct members_option {
    static_assert(croft::detail::all_different<Members...>(), "a member is named twice in one constraint");
    static constexpr option_kind kind = Kind;
    template <class T>
    static constexpr bool is_of =
        (std::is_same_v<typename part_of<std::remove_const_t<decltype(Members)>>::model, T> && ...);

    model_option operator()() const {
        return {.kind = Kind,
                .offsets = {part_of<std::remove_const_t<decltype(Members)>>::offset(Members)...},
                .descending = {part_of<std::remove_const_t<decltype(Members)>>::descending...},
                .sql = std::string(condition)};
    }
    std::string_view condition{};
};

template <class Option>
struct with_condition : Option {
    /// Only rows for which this SQL holds: .where("deleted_at IS NULL").
    constexpr with_condition where(std::string_view sql) const {
        auto copy = *this;
        copy.condition = sql;
        return copy;
    }
};

using croft::detail::all_rules;
using croft::detail::retention_rule;
template <auto... Members>
struct history_option : members_option<option_kind::history, Members...> {
    history_retention retention{};
    model_option operator()() const {
        auto made = members_option<option_kind::history, Members...>::operator()();
        made.retention = retention;
        return made;
    }
};

/// An option without members of its own.
template <option_kind Kind>
struct plain_option {
    static constexpr option_kind kind = Kind;
    template <class T>
    static constexpr bool is_of = true;
    model_option made;
    model_option operator()() const { return made; }
};

template <option_kind Kind, auto Member>
struct member_option : members_option<Kind, Member> {
    std::string text{};
    std::size_t number = 0;
    model_option operator()() const {
        auto made = members_option<Kind, Member>::operator()();
        made.text = text;
        made.number = number;
        return made;
    }
};

}  // namespace detail

/// primary_key<&Country::code>, primary_key<&Visit::day, &Visit::page>: instead of a member id. One std::int64_t is
/// assigned by the database when 0, a UUID made (version 7) when nil; anything else is given by the program.
template <auto... Members>
inline constexpr detail::members_option<detail::option_kind::primary_key, Members...> primary_key{};

/// unique<&Item::name>, unique<&A::x, &A::y>: no two rows share these. The first one without a condition is the model's
/// natural key. unique<&Item::slug>.where("deleted_at IS NULL"): among these rows only.
template <auto... Members>
inline constexpr detail::with_condition<detail::members_option<detail::option_kind::unique, Members...>> unique{};

/// indexed<&Item::type, descending<&Item::price>>: for filters and orders; with .where("…"), of these rows only.
/// References have an index already.
template <auto... Members>
inline constexpr detail::with_condition<detail::members_option<detail::option_kind::index, Members...>> indexed{};

/// check("positive_price", "price >= 0"): SQL that holds for every row; the constraint is <table>_<name>.
inline auto check(std::string_view name, std::string_view sql) {
    return detail::plain_option<detail::option_kind::check>{
        {.kind = detail::option_kind::check, .text = std::string(name), .sql = std::string(sql)}};
}

template <auto... Members>
inline constexpr detail::members_option<detail::option_kind::history, Members...> except{};

/// history(): every change of a row is kept, by database triggers. history(except<&Item::modified_at>): changes of
/// these members alone are not worth a version.
inline detail::members_option<detail::option_kind::history> history() { return {}; }
template <auto... Members>
auto history(detail::members_option<detail::option_kind::history, Members...> left_out) {
    return left_out;
}
template <std::same_as<detail::retention_rule>... Rules>
detail::history_option<> history(detail::retention_rule first, Rules... rules) {
    return {{}, detail::all_rules({first, rules...})};
}
template <auto... Members, std::same_as<detail::retention_rule>... Rules>
    requires(sizeof...(Rules) > 0)
detail::history_option<Members...> history(detail::members_option<detail::option_kind::history, Members...> left_out,
                                           Rules... rules) {
    return {left_out, detail::all_rules({rules...})};
}

/// Versions that ended longer ago than this are removed.
inline croft::detail::retention_rule keep_for(duration age) { return {{.keep_for = age}}; }
/// Of each row, only so many versions are kept.
inline croft::detail::retention_rule keep_at_most(std::int64_t versions) { return {{.keep_at_most = versions}}; }
/// However old, the last versions of each row are kept.
inline croft::detail::retention_rule keep_last(std::int64_t versions) { return {{.keep_last = versions}}; }
/// thin_after(30 * days, 1 * days): of updates longer ago, only the last of each such span is kept.
inline croft::detail::retention_rule thin_after(duration age, duration span) {
    return {{.thin_after = age, .thin_to = span}};
}

/// table("legacy_items"): the table's name, where it isn't the struct's in snake_case.
inline auto table(std::string_view name) {
    return detail::plain_option<detail::option_kind::table>{
        {.kind = detail::option_kind::table, .text = std::string(name)}};
}

/// column<&Item::name>("item_name"): the column's name, where it isn't the member's.
template <auto Member>
auto column(std::string_view name) {
    return detail::member_option<detail::option_kind::column, Member>{{}, std::string(name)};
}

/// renamed_from("OldItem"), renamed_from<&Item::price>("sell_price"): the name that the struct or its table, the member
/// or its column had before. Rows and versions go on under the new one, with no question asked. It may stay there.
inline auto renamed_from(std::string_view name) {
    return detail::plain_option<detail::option_kind::renamed_from>{
        {.kind = detail::option_kind::renamed_from, .text = std::string(name)}};
}
template <auto Member>
auto renamed_from(std::string_view name) {
    return detail::member_option<detail::option_kind::renamed_from, Member>{{}, std::string(name)};
}

/// max_length<&Item::name>(255): characters of a text.
template <auto Member>
auto max_length(std::size_t characters) {
    using text = std::remove_cvref_t<decltype(std::declval<croft::detail::model_of_member<Member>>().*Member)>;
    static_assert(std::is_same_v<text, std::string> || std::is_same_v<text, std::optional<std::string>>,
                  "max_length<> is for members of std::string");
    return detail::member_option<detail::option_kind::max_length, Member>{{}, {}, characters};
}

}  // namespace model_options

}  // namespace croft

// By name, not `using namespace`: at global scope that would meet index() of <strings.h>, or what the user's own
// using-directives bring.
#define CROFT_MODEL_OPTIONS_                                                                                           \
    using ::croft::model_options::check, ::croft::model_options::column, ::croft::model_options::descending,           \
        ::croft::model_options::except, ::croft::model_options::history, ::croft::model_options::indexed,              \
        ::croft::model_options::keep_at_most, ::croft::model_options::keep_for, ::croft::model_options::keep_last,     \
        ::croft::model_options::max_length, ::croft::model_options::primary_key, ::croft::model_options::renamed_from, \
        ::croft::model_options::table, ::croft::model_options::thin_after, ::croft::model_options::unique;

/// CROFT_MODEL(Item, unique<&Item::name>, history()): makes a struct a model. See the head of this file.
#define CROFT_MODEL(Type, ...)                                                                          \
    [[maybe_unused]] inline const ::croft::model_info& croft_model(::croft::model_tag<Type>) {          \
        CROFT_MODEL_OPTIONS_                                                                            \
        static const ::croft::model_info& info =                                                        \
            ::croft::detail::declare<Type>(#Type, __FILE__, __LINE__ __VA_OPT__(, ) __VA_ARGS__);       \
        return info;                                                                                    \
    }                                                                                                   \
    [[maybe_unused]] inline const bool croft_model_registered_##Type = ::croft::detail::register_model( \
        +[]() -> const ::croft::model_info& { return croft_model(::croft::model_tag<Type>{}); },        \
        ::croft::detail::identity_of<Type>)
