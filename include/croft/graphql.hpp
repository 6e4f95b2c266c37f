// GraphQL: which models are shown, what can be filtered and ordered, and the root queries. Types, filters, relations in
// both directions, pagination and introspection come from the models.
//
//     CROFT_GRAPHQL(Item, filters<&Item::id, &Item::name, &Item::type>, orders<&Item::id, &Item::name>, pages(),
//                   field("isRare", [](const Item& item) { return item.sell_price > 1'000'000; }));
//     CROFT_GRAPHQL_QUERY("items", list<Item>);
//     CROFT_GRAPHQL_QUERY("item", one<Item>);
//     CROFT_GRAPHQL_QUERY("itemHistory", history<Item>);
//
//     { items(filters: {type: {exact: "meal"}}, order: {name: ASC}, pagination: {limit: 20}) {
//         name isRare recipe { quantity ingredient { name } } usedIn { item { name } } } }
//
// Columns are named in camelCase. A reference to a model that has a CROFT_GRAPHQL is a field of its type, and its
// reverse name a list on the other side; a reference to any other model is left out. Every list takes filters, order
// (in the order the client wrote it) and pagination as the shown type allows. A list of more than 10,000 rows without a
// limit is refused, never cut. An answer costs one statement per root field, relation and level, whatever its rows.
//
// The macros stand at namespace scope in any source file of the app, anywhere: nothing else names them. What can't work
// is a config_error at start, naming file and line.
#pragma once

#include "croft/callback.hpp"
#include "croft/query.hpp"

namespace croft {

namespace graphql_binding {

/// A field that is computed from the whole object.
struct computed_field {
    std::string name;
    field_type type = field_type::text;  // of the answer
    callback<value(const void* object)> compute;
};

/// What one CROFT_GRAPHQL says.
struct shown_type {
    shown_type();
    shown_type(const shown_type&);
    shown_type(shown_type&&) noexcept;
    shown_type& operator=(const shown_type&);
    shown_type& operator=(shown_type&&) noexcept;
    ~shown_type();
    void add(std::string name, field_type answer, callback<value(const void* object)> compute);

    const model_info* (*model)() = nullptr;
    const char* file = "";
    int line = 0;
    std::optional<std::vector<std::size_t>> filters, orders;  // field indexes; nothing: none
    std::vector<std::size_t> hidden;
    bool pages = false;
    std::vector<computed_field> computed;
    std::shared_ptr<void> (*make)() = nullptr;  // an object of the model, for computed fields
};

enum class query_kind : std::uint8_t { list, one, history };

struct root_query {
    std::string name;
    query_kind kind = query_kind::list;
    const model_info* (*model)() = nullptr;
    const char* file = "";
    int line = 0;
};

bool show(shown_type (*declaration)());
bool add_query(root_query query);

template <class T>
const model_info* model_pointer() {
    return &model<T>();
}

template <class R>
constexpr field_type answer_type() {
    using plain = detail::unwrap<R>;
    if constexpr (std::is_same_v<plain, bool>)
        return field_type::boolean;
    else if constexpr (std::is_integral_v<plain>)
        return sizeof(plain) > 4 ? field_type::integer64 : field_type::integer32;
    else if constexpr (std::is_floating_point_v<plain>)
        return field_type::real;
    else if constexpr (std::is_same_v<plain, time_point>)
        return field_type::timestamp;
    else if constexpr (std::is_same_v<plain, date>)
        return field_type::date;
    else if constexpr (std::is_same_v<plain, duration>)
        return field_type::duration;
    else if constexpr (std::is_convertible_v<plain, decimal_value>)
        return field_type::decimal;
    else if constexpr (std::is_same_v<plain, uuid>)
        return field_type::uuid;
    else
        return field_type::text;
}

}  // namespace graphql_binding

/// What CROFT_GRAPHQL understands after the struct's name.
namespace graphql_options {

template <auto... Members>
struct filters_option {
    template <class T>
    void apply(graphql_binding::shown_type& type) const {
        type.filters = std::vector<std::size_t>{detail::field_index<Members>()...};
    }
};
/// filters<&Item::name>: the members that lists can be filtered by; of references: by the other row's own filters.
template <auto... Members>
inline constexpr filters_option<Members...> filters{};

template <auto... Members>
struct orders_option {
    template <class T>
    void apply(graphql_binding::shown_type& type) const {
        type.orders = std::vector<std::size_t>{detail::field_index<Members>()...};
    }
};
/// orders<&Item::name>: the members that lists can be ordered by.
template <auto... Members>
inline constexpr orders_option<Members...> orders{};

template <auto... Members>
struct hides_option {
    template <class T>
    void apply(graphql_binding::shown_type& type) const {
        type.hidden = {detail::field_index<Members>()...};
    }
};
/// hides<&User::password>: members that aren't shown at all.
template <auto... Members>
inline constexpr hides_option<Members...> hides{};

struct pages_option {
    template <class T>
    void apply(graphql_binding::shown_type& type) const {
        type.pages = true;
    }
};
/// pages(): lists take pagination: {limit, offset}.
inline pages_option pages() { return {}; }

template <class F>
struct computed_option {
    std::string name;
    F compute;
    template <class T>
    void apply(graphql_binding::shown_type& type) const {
        using answer = std::invoke_result_t<const F&, const T&>;
        type.add(name, graphql_binding::answer_type<answer>(),
                 [fn = compute](const void* object) { return detail::as_value(fn(*static_cast<const T*>(object))); });
    }
};
/// field("isRare", [](const Item& item) { return …; }): a computed field. It runs on the loop and must be quick.
template <class F>
computed_option<F> field(std::string name, F compute) {
    return {std::move(name), std::move(compute)};
}

}  // namespace graphql_options

/// What CROFT_GRAPHQL_QUERY understands.
namespace graphql_queries {

template <class T>
struct list_query {
    static constexpr auto kind = graphql_binding::query_kind::list;
    using model = T;
};
/// All rows, filtered, ordered, paginated.
template <class T>
inline constexpr list_query<T> list{};

template <class T>
struct one_query {
    static constexpr auto kind = graphql_binding::query_kind::one;
    using model = T;
};
/// One row by its id or another unique field; null when there is none.
template <class T>
inline constexpr one_query<T> one{};

template <class T>
struct history_query {
    static constexpr auto kind = graphql_binding::query_kind::history;
    using model = T;
};
/// The versions of the model's rows, oldest first: what was added, changed, removed, when and by which run.
template <class T>
inline constexpr history_query<T> history{};

}  // namespace graphql_queries

namespace graphql_binding {

template <class T, class... Options>
shown_type describe(const char* file, int line, const Options&... options) {
    shown_type type;
    type.model = &model_pointer<T>;
    type.file = file;
    type.line = line;
    type.make = []() -> std::shared_ptr<void> { return std::shared_ptr<void>(new T()); };
    (options.template apply<T>(type), ...);
    return type;
}

template <class Query>
bool add_query(std::string name, Query, const char* file, int line) {
    return add_query(root_query{std::move(name), Query::kind, &model_pointer<typename Query::model>, file, line});
}

}  // namespace graphql_binding

}  // namespace croft

#define CROFT_GRAPHQL_JOIN_(a, b) a##b
#define CROFT_GRAPHQL_JOIN(a, b) CROFT_GRAPHQL_JOIN_(a, b)

// Options by name, not `using namespace`: the user's own using-directives may bring a field, a list or a history too.

/// CROFT_GRAPHQL(Item, filters<…>, orders<…>, pages(), field(…)): shows a model. See the head of this file.
#define CROFT_GRAPHQL(Type, ...)                                                                                       \
    [[maybe_unused]] static const bool CROFT_GRAPHQL_JOIN(croft_graphql_, __LINE__) =                                  \
        ::croft::graphql_binding::show(+[]() -> ::croft::graphql_binding::shown_type {                                 \
            using ::croft::graphql_options::field, ::croft::graphql_options::filters, ::croft::graphql_options::hides, \
                ::croft::graphql_options::orders, ::croft::graphql_options::pages;                                     \
            return ::croft::graphql_binding::describe<Type>(__FILE__, __LINE__ __VA_OPT__(, ) __VA_ARGS__);            \
        })

/// CROFT_GRAPHQL_QUERY("items", list<Item>): a field of the root query.
#define CROFT_GRAPHQL_QUERY(name, ...)                                                                          \
    [[maybe_unused]] static const bool CROFT_GRAPHQL_JOIN(croft_graphql_, __LINE__) = [] {                      \
        using ::croft::graphql_queries::history, ::croft::graphql_queries::list, ::croft::graphql_queries::one; \
        return ::croft::graphql_binding::add_query(name, __VA_ARGS__, __FILE__, __LINE__);                      \
    }()
