// Rollups: aggregates of a model's rows that are declared once and right at all times: database triggers keep them with
// every load, edit and removal, also those made in psql or the sqlite3 shell.
//
//     struct ItemStats {
//         std::int64_t id = 0;
//         std::string type;
//         double avg_sell_price = 0;
//         std::int64_t count = 0;
//     };
//     CROFT_ROLLUP(ItemStats, from<Item>, by<&Item::type>, avg<&Item::sell_price>, count());
//
//     auto meals = co_await query<ItemStats>().where(f<&ItemStats::type> == "meal").one();
//
// It is a model like others: queries, GraphQL and the admin page read it. One row for each value of the by<…> fields
// that any row has; without by<…>, one for all. The struct's members are found by name: those of by<> are named as in
// the source; then count, sum_<field>, avg_<field>, min_<field>, max_<field>. A member of another name, or one that is
// missing, is a config_error at start. A sum of integers is an std::int64_t, of decimals a decimal of the same scale;
// one that grows beyond that refuses the write. avg is a double; avg, min and max of a nullable field are optional
// (null where all values are), a sum without values is 0. Nobody but the triggers should write it.
//
// With where(f<&Item::sell_price> > 10) among the options only rows for which that holds count, and a group without any
// has no row. The condition is about the row's own columns, as they are: no references, arithmetic or patterns.
//
// A rollup that is new or changed is computed when `migrate` (or the app's start) first sees it. `rollup check`
// compares with a computation anew, `rollup rebuild` puts it right. On SQLite, INSERT OR REPLACE of a connection
// without PRAGMA recursive_triggers takes rows away without telling triggers: that, a rebuild must mend.
#pragma once

#include "croft/query.hpp"

namespace croft {

enum class rollup_kind : std::uint8_t { key, count, sum, avg, min, max };

struct rollup_info {
    struct column {
        rollup_kind what = rollup_kind::key;
        std::size_t source = 0;  // field of the source; not for count
        std::size_t field = 0;   // of the rollup's model
    };
    const model_info* model = nullptr;
    const model_info* source = nullptr;
    std::vector<column> columns;
    condition where;  // of the source: which rows count
};

/// Every rollup of the program, in the order of their names.
const std::vector<const rollup_info*>& all_rollups();
/// The rollup that this model is, or null.
const rollup_info* rollup_of(const model_info& model);

namespace detail {

/// What one of the options says: offsets are those of the source's members.
struct rollup_option {
    rollup_kind what;
    std::vector<std::size_t> offsets{};
    const model_info& (*source)() = nullptr;  // of from<>
    const model_info& (*owner)() = nullptr;   // of the members
    condition where{};
};

/// Makes the rollup's model of the struct's description. `info` must stay where it is.
void describe_rollup(model_info& info, const std::vector<rollup_option>& options);

template <class T>
const model_info& declare_rollup(std::string_view name, const char* file, int line,
                                 std::vector<rollup_option> options) {
    static const model_info& info = [&]() -> const model_info& {
        static model_info made = declare<T>(name, file, line);
        describe_rollup(made, options);
        return made;
    }();
    return info;
}

}  // namespace detail

/// What CROFT_ROLLUP understands after the struct's name.
namespace rollup_options {

template <class Source>
struct from_option {
    detail::rollup_option operator()() const { return {rollup_kind::key, {}, &model<Source>}; }
};
/// from<Item>: whose rows are summed up.
template <class Source>
inline constexpr from_option<Source> from{};

template <rollup_kind What, auto... Members>
struct of_members {
    static_assert(sizeof...(Members) > 0, "name the members: by<&Item::type>, avg<&Item::sell_price>");
    static_assert(detail::all_different<Members...>(), "a member is named twice");
    detail::rollup_option operator()() const {
        return {What, {detail::offset_of(Members)...}, nullptr, &first_model<Members...>};
    }

private:
    template <auto First, auto... Rest>
    static const model_info& first_model() {
        static_assert((std::is_same_v<detail::model_of_member<First>, detail::model_of_member<Rest>> && ...),
                      "the members must be of one model: from<Item>, by<&Item::type>");
        return model<detail::model_of_member<First>>();
    }
};
template <auto... Members>
inline constexpr of_members<rollup_kind::key, Members...> by{};
template <auto... Members>
inline constexpr of_members<rollup_kind::sum, Members...> sum{};
template <auto... Members>
inline constexpr of_members<rollup_kind::avg, Members...> avg{};
template <auto... Members>
inline constexpr of_members<rollup_kind::min, Members...> min{};
template <auto... Members>
inline constexpr of_members<rollup_kind::max, Members...> max{};

/// Number of rows.
inline auto count() {
    return [] { return detail::rollup_option{rollup_kind::count}; };
}

/// Only rows for which it holds: where(f<&Item::sell_price> > 10).
inline auto where(condition holds) {
    return [holds = std::move(holds)] { return detail::rollup_option{.what = rollup_kind::key, .where = holds}; };
}

template <class... Options>
std::vector<detail::rollup_option> collect(const Options&... options) {
    return {options()...};
}

}  // namespace rollup_options

}  // namespace croft

/// CROFT_ROLLUP(ItemStats, from<Item>, by<&Item::type>, count()): see the head of this file. It stands where a
/// CROFT_MODEL would.
#define CROFT_ROLLUP(Type, ...)                                                                          \
    [[maybe_unused]] inline const ::croft::model_info& croft_model(::croft::model_tag<Type>) {           \
        using ::croft::rollup_options::avg, ::croft::rollup_options::by, ::croft::rollup_options::count, \
            ::croft::rollup_options::from, ::croft::rollup_options::max, ::croft::rollup_options::min,   \
            ::croft::rollup_options::sum, ::croft::rollup_options::where;                                \
        static const ::croft::model_info& info = ::croft::detail::declare_rollup<Type>(                  \
            #Type, __FILE__, __LINE__, ::croft::rollup_options::collect(__VA_ARGS__));                   \
        return info;                                                                                     \
    }                                                                                                    \
    [[maybe_unused]] inline const bool croft_model_registered_##Type = ::croft::detail::register_model(  \
        +[]() -> const ::croft::model_info& { return croft_model(::croft::model_tag<Type>{}); },         \
        ::croft::detail::identity_of<Type>)
