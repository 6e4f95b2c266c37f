// Models: plain structs that are stored. One declaration gives the table, its migration, history, queries, serializer,
// GraphQL types and admin page.
//
//     struct Item {
//         std::int64_t id = 0;                        // the primary key, assigned by the database when 0
//         std::string name, type = "item";            // an initialiser is the column's default
//         std::optional<std::int32_t> market_price;   // optional is nullable
//         croft::created_at created_at;
//     };
//     CROFT_MODEL(Item, unique<&Item::name>, history());
//
// Members may be bool, std::int16_t/int32_t/int64_t, double, std::string, croft::bytes, croft::time_point,
// croft::ref<Other>, croft::created_at, croft::modified_at, and std::optional of these. Anything else, a member named
// twice in a constraint or a constraint on a member that isn't there is a compile error.
// CROFT_MODEL stands in the struct's own namespace, in the header that defines it.
#pragma once

#include <optional>

#include "croft/detail/members.hpp"
#include "croft/model_info.hpp"

namespace croft {

/// A string as a template argument.
template <std::size_t N>
struct fixed_string {
    char text[N]{};
    constexpr fixed_string(const char (&from)[N]) {
        for (std::size_t i = 0; i < N; ++i) text[i] = from[i];
    }
    constexpr std::string_view view() const { return {text, N - 1}; }
};

/// The row that a ref points to, by its primary key; 0 is "not set yet".
struct reference {
    std::int64_t id = 0;
    friend bool operator==(const reference&, const reference&) = default;
    friend auto operator<=>(const reference&, const reference&) = default;
};

/// A foreign key. `Reverse` names the way back: with ref<Item, "recipe">, an item's "recipe" are the rows that point to
/// it. `Rule` says what happens to this row when that one is deleted.
template <class Model, fixed_string Reverse = "", on_delete Rule = on_delete::cascade>
struct ref : reference {
    ref() = default;
    ref(std::int64_t row) : reference{row} {}
    template <std::same_as<Model> M>
    ref(const M& row) : reference{row.id} {}
};

/// Set once, when the row is inserted.
struct created_at {
    time_point at{};
    friend bool operator==(const created_at&, const created_at&) = default;
};

/// Set whenever a write changes the row.
struct modified_at {
    time_point at{};
    friend bool operator==(const modified_at&, const modified_at&) = default;
};

template <class Model>
struct model_tag {};

/// Chosen when there is no CROFT_MODEL for the struct.
template <class Model>
const model_info& croft_model(model_tag<Model>) {
    static_assert(sizeof(Model) == 0, "this struct is not a model: write CROFT_MODEL(Name) after its definition");
    __builtin_unreachable();
}

/// What is known of a model. Throws croft::error on first use when the declaration can't work.
template <class Model>
const model_info& model() {
    return croft_model(model_tag<Model>{});
}

namespace detail {

/// How a member of C++ type T is stored: one per type, not per field, which keeps users' files quick to compile.
struct storage {
    field_type type;
    bool nullable = false;
    field_role role = field_role::plain;
    value (*get)(const void*) = nullptr;
    void (*set)(void*, value) = nullptr;
    const model_info& (*target)() = nullptr;
    std::string_view reverse{};
    on_delete rule = on_delete::cascade;
};

template <class T>
inline constexpr bool not_storable = false;

template <class T>
struct stored {
    static_assert(not_storable<T>,
                  "a model's member must be bool, int16/32/64_t, double, std::string, croft::bytes, croft::time_point, "
                  "croft::ref, croft::created_at, croft::modified_at, or std::optional of these");
};

#define CROFT_STORED(Type, Kind, Role)                                                       \
    template <>                                                                              \
    struct stored<Type> {                                                                    \
        static value get(const void*);                                                       \
        static void set(void*, value);                                                       \
        static constexpr storage how{field_type::Kind, false, field_role::Role, &get, &set}; \
    };                                                                                       \
    template <>                                                                              \
    struct stored<std::optional<Type>> {                                                     \
        static value get(const void*);                                                       \
        static void set(void*, value);                                                       \
        static constexpr storage how{field_type::Kind, true, field_role::Role, &get, &set};  \
    };
CROFT_STORED(bool, boolean, plain)
CROFT_STORED(std::int16_t, integer16, plain)
CROFT_STORED(std::int32_t, integer32, plain)
CROFT_STORED(std::int64_t, integer64, plain)
CROFT_STORED(double, real, plain)
CROFT_STORED(std::string, text, plain)
CROFT_STORED(croft::bytes, bytes, plain)
CROFT_STORED(time_point, timestamp, plain)
CROFT_STORED(created_at, timestamp, created_at)
CROFT_STORED(modified_at, timestamp, modified_at)
#undef CROFT_STORED

value get_reference(const reference&);
std::int64_t reference_from(value);

template <class M, fixed_string Reverse, on_delete Rule>
struct stored<ref<M, Reverse, Rule>> {
    using member = ref<M, Reverse, Rule>;
    static_assert(Rule != on_delete::set_null,
                  "on_delete::set_null needs an optional reference: std::optional<croft::ref<…>>");
    static value get(const void* p) { return get_reference(*static_cast<const member*>(p)); }
    static void set(void* p, value v) { static_cast<member*>(p)->id = reference_from(std::move(v)); }
    static constexpr storage how{field_type::reference, false, field_role::plain, &get, &set, &model<M>,
                                 Reverse.view(),        Rule};
};
template <class M, fixed_string Reverse, on_delete Rule>
struct stored<std::optional<ref<M, Reverse, Rule>>> {
    using member = std::optional<ref<M, Reverse, Rule>>;
    static value get(const void* p) {
        auto& m = *static_cast<const member*>(p);
        return m ? get_reference(*m) : value{};
    }
    static void set(void* p, value v) {
        auto& m = *static_cast<member*>(p);
        if (is_null(v))
            m.reset();
        else
            m.emplace(reference_from(std::move(v)));
    }
    static constexpr storage how{field_type::reference, true, field_role::plain, &get, &set, &model<M>,
                                 Reverse.view(),        Rule};
};

template <class T>
inline constexpr auto member_storage = visit_members(sample<T>.object, [](const auto&... member) {
    return std::array<const storage*, sizeof...(member)>{&stored<std::remove_cvref_t<decltype(member)>>::how...};
});

/// One member of a model, as constraints name it.
struct member_place {
    std::size_t offset;
};

template <class T>
struct member_of;
template <class T, class M>
struct member_of<M T::*> {
    using model = T;
    using type = M;
};
template <auto Member>
using model_of_member = typename member_of<decltype(Member)>::model;
template <auto Member>
using type_of_member = typename member_of<decltype(Member)>::type;

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

enum class option_kind : std::uint8_t { unique, index, history, table };
struct model_option {
    option_kind kind;
    std::vector<std::size_t> offsets{};  // of the members named
    std::string text{};
    history_retention retention{};
};

/// A rule of history(…) about old versions.
struct retention_rule {
    history_retention rule{};
};

void add_rule(history_retention& to, const history_retention& rule);

/// Builds the description: the only place where template code and the compiled core meet.
model_info describe(std::string_view name, const char* file, int line, std::string_view signature, const void* sample,
                    const void* const* addresses, const storage* const* members, std::size_t count, const void* initial,
                    std::vector<model_option> options);

template <class T>
const model_info& declare(std::string_view name, const char* file, int line, std::vector<model_option> options) {
    static_assert(std::is_aggregate_v<T>,
                  "a model is a plain struct: no constructors, no base class, no private members");
    static_assert(member_count<T> > 0, "a model needs members");
    static_assert(member_count<T> < most_members, "a model has at most 63 members");
    static_assert(
        requires(T t) { requires std::is_same_v<decltype(t.id), std::int64_t>; },
        "a model needs its primary key as a member: std::int64_t id = 0;");
    static const T initial{};
    static const model_info info =
        describe(name, file, line, member_signature<T>(), &sample<T>.object, member_addresses<T>.data(),
                 member_storage<T>.data(), member_count<T>, &initial, std::move(options));
    return info;
}

bool register_model(const model_info& (*which)());

template <class... Options>
std::vector<model_option> collect_options(const Options&... options) {
    return {options()...};
}

}  // namespace detail

/// What CROFT_MODEL understands after the struct's name.
namespace model_options {

template <auto... Members>
struct members_option {
    static_assert(detail::all_different<Members...>(), "a member is named twice in one constraint");
};

/// unique<&Item::name>, unique<&A::x, &A::y>: no two rows share these. The first one is the model's natural key.
template <auto... Members>
struct unique_option : members_option<Members...> {
    static_assert(sizeof...(Members) > 0, "name the members: unique<&Item::name>");
    detail::model_option operator()() const { return {detail::option_kind::unique, {detail::offset_of(Members)...}}; }
};
template <auto... Members>
inline constexpr unique_option<Members...> unique{};

/// indexed<&Item::type>: an index for filters and orders. References have one already.
template <auto... Members>
struct index_option : members_option<Members...> {
    static_assert(sizeof...(Members) > 0, "name the members: indexed<&Item::name>");
    detail::model_option operator()() const { return {detail::option_kind::index, {detail::offset_of(Members)...}}; }
};
template <auto... Members>
inline constexpr index_option<Members...> indexed{};

template <auto... Members>
struct except_option : members_option<Members...> {
    std::vector<std::size_t> offsets() const { return {detail::offset_of(Members)...}; }
};
template <auto... Members>
inline constexpr except_option<Members...> except{};

/// history(): every change of a row is kept, by database triggers. history(except<&Item::modified_at>): changes of
/// these members alone are not worth a version. Rules follow for old versions, which a daily task removes:
/// history(keep_for(365 * days), keep_last(10)).
inline auto history() {
    return [] { return detail::model_option{detail::option_kind::history}; };
}
template <auto... Members>
auto history(except_option<Members...> left_out) {
    return [left_out] { return detail::model_option{detail::option_kind::history, left_out.offsets()}; };
}
template <std::same_as<detail::retention_rule>... Rules>
auto history(detail::retention_rule first, Rules... rules) {
    return history(except_option<>{}, first, rules...);
}
template <auto... Members, std::same_as<detail::retention_rule>... Rules>
    requires(sizeof...(Rules) > 0)
auto history(except_option<Members...> left_out, Rules... rules) {
    return [=] {
        auto made = history(left_out)();
        (detail::add_rule(made.retention, rules.rule), ...);
        return made;
    };
}

/// Versions that ended longer ago than this are removed.
inline detail::retention_rule keep_for(duration age) { return {{.keep_for = age}}; }
/// Of each row, only so many versions are kept.
inline detail::retention_rule keep_at_most(std::int64_t versions) { return {{.keep_at_most = versions}}; }
/// However old, the last versions of each row are kept.
inline detail::retention_rule keep_last(std::int64_t versions) { return {{.keep_last = versions}}; }
/// thin_after(30 * days, 1 * days): of updates longer ago, only the last of each such span is kept.
inline detail::retention_rule thin_after(duration age, duration span) { return {{.thin_after = age, .thin_to = span}}; }

/// table("legacy_items"): the table's name, where it isn't the struct's in snake_case.
inline auto table(std::string_view name) {
    return [name] { return detail::model_option{detail::option_kind::table, {}, std::string(name)}; };
}

}  // namespace model_options

}  // namespace croft

// By name, not `using namespace`: at global scope that would meet index() of <strings.h>, or what the user's own
// using-directives bring.
#define CROFT_MODEL_OPTIONS_                                                                                       \
    using ::croft::model_options::except, ::croft::model_options::history, ::croft::model_options::indexed,        \
        ::croft::model_options::keep_at_most, ::croft::model_options::keep_for, ::croft::model_options::keep_last, \
        ::croft::model_options::table, ::croft::model_options::thin_after, ::croft::model_options::unique;

/// CROFT_MODEL(Item, unique<&Item::name>, history()): makes a struct a model. See the head of this file.
#define CROFT_MODEL(Type, ...)                                                                                        \
    [[maybe_unused]] inline const ::croft::model_info& croft_model(::croft::model_tag<Type>) {                        \
        CROFT_MODEL_OPTIONS_                                                                                          \
        static const ::croft::model_info& info =                                                                      \
            ::croft::detail::declare<Type>(#Type, __FILE__, __LINE__, ::croft::detail::collect_options(__VA_ARGS__)); \
        return info;                                                                                                  \
    }                                                                                                                 \
    [[maybe_unused]] inline const bool croft_model_registered_##Type = ::croft::detail::register_model(               \
        +[]() -> const ::croft::model_info& { return croft_model(::croft::model_tag<Type>{}); })
