// Fields of models in queries: conditions, orders, arithmetic, and what a write sets.
//
//     f<&Item::sell_price> < 10 && f<&RecipeItem::item, &Item::type> == "meal"
//     f<&Item::stock> - f<&Item::reserved> > 0
//     any<&RecipeItem::item>(f<&RecipeItem::quantity> > 3)        // an item that has such a recipe line
//     any<&Item::tags>(f<&Tag::name> == "rare")                   // an item with that tag (many to many)
//     any<back<&Item::tags>>(f<&Item::name> == "hoe")             // a tag that the hoe has
//     set<&Item::stock>(f<&Item::stock> - 1)
//
// All of it is erased into croft/expression.hpp and croft/condition.hpp at once: plain values; any thread. A value or a
// type that doesn't fit throws croft::error, naming the field. Comes with query.hpp.
#pragma once

#include <optional>
#include <vector>

#include "croft/condition.hpp"
#include "croft/model.hpp"

namespace croft {

class json;
template <class T>
class query_of;

/// The way back over a reference or a many-to-many member, where only that can tell it from the way forwards.
template <auto Member>
struct back_over {
    friend bool operator==(back_over, back_over) = default;
};
template <auto Member>
inline constexpr back_over<Member> back{};

/// A JSON value as a field takes it; arrays and objects fit into JSON fields only.
value to_value(const json& v);

namespace detail {

template <class T>
struct unwrapped {
    using type = T;
};
template <class T>
struct unwrapped<std::optional<T>> {
    using type = T;
};
template <class T>
using unwrap = typename unwrapped<T>::type;

template <class T>
struct referred {
    using type = void;
};
template <class T>
    requires requires { typename T::target; }
struct referred<T> {
    using type = typename T::target;
};
/// The model that a member, a reference or an optional one, points to; void for other members.
template <auto Member>
using target_of_member = typename referred<unwrap<type_of_member<Member>>>::type;

/// A member as it is written, &Item::tags or back<&Item::tags>.
template <auto Member, class Type = std::remove_const_t<decltype(Member)>>
struct written {
    static constexpr bool back = false;
    static constexpr auto member = Member;
};
template <auto Member, auto Inner>
struct written<Member, back_over<Inner>> {
    static constexpr bool back = true;
    static constexpr auto member = Inner;
};
template <auto Member>
inline constexpr bool is_link = requires { typename type_of_member<Member>::linked; };
const link_info& link_at(const model_info& owner, std::size_t offset);
/// The many-to-many member's description.
template <auto Member>
const link_info& link_of() {
    return link_at(model<model_of_member<Member>>(), offset_of(Member));
}
/// There is a pair, and a row at its other end for which `inner` holds.
condition over_link(const link_info& link, bool back, condition inner);

template <class T>
inline constexpr bool is_optional = !std::is_same_v<unwrap<T>, T>;

/// What may be missing: of a time that Croft sets, a time like others.
template <class T>
struct optional_of {
    using type = std::optional<T>;
};
template <class T>
    requires(std::is_same_v<T, created_at> || std::is_same_v<T, modified_at>)
struct optional_of<T> {
    using type = std::optional<time_point>;
};

/// Whether each member is a reference to the model of the next.
template <auto First, auto... Rest>
constexpr bool path_holds() {
    if constexpr (sizeof...(Rest) == 0)
        return true;
    else
        return []<auto Next, auto... More>() {
            return std::is_same_v<target_of_member<First>, model_of_member<Next>> && path_holds<Next, More...>();
        }.template operator()<Rest...>();
}

/// What reading a path gives: the last member's type, optional where a reference on the way is.
template <auto First, auto... Rest>
struct path_result {
    using last = typename path_result<Rest...>::type;
    using type = std::conditional_t<is_optional<type_of_member<First>>, typename optional_of<unwrap<last>>::type, last>;
};
template <auto Last>
struct path_result<Last> {
    using type = type_of_member<Last>;
};

/// Index of the member in its model's fields.
template <auto Member>
std::size_t field_index() {
    const auto& info = model<model_of_member<Member>>();
    const auto offset = offset_of(Member);
    for (std::size_t i = 0; i < info.fields.size(); ++i)
        if (info.fields[i].offset == offset) return i;
    throw error(info.name + ": a member pointer that is none of its fields");
}

/// Throws croft::error: no field and no database has such an integer.
[[noreturn]] void too_great(std::uint64_t number);

/// A C++ value as the dynamic core takes it.
template <class V>
value as_value(V&& v) {
    using plain = std::remove_cvref_t<V>;
    if constexpr (std::is_same_v<plain, value>)
        return std::forward<V>(v);
    else if constexpr (std::is_same_v<plain, std::nullopt_t> || std::is_same_v<plain, std::nullptr_t>)
        return {};
    else if constexpr (std::is_same_v<plain, bool>)
        return v;
    else if constexpr (std::is_integral_v<plain>) {
        if constexpr (std::is_unsigned_v<plain>)
            if (v > static_cast<std::uint64_t>(INT64_MAX)) too_great(v);
        return static_cast<std::int64_t>(v);
    } else if constexpr (std::is_floating_point_v<plain>)
        return static_cast<double>(v);
    else if constexpr (std::is_convertible_v<V, std::string_view>)
        return std::string(std::string_view(v));
    else if constexpr (std::is_same_v<plain, json>)
        return to_value(v);
    else if constexpr (std::is_base_of_v<reference, plain>)
        return static_cast<const reference&>(v).id;
    else if constexpr (storable_enum<plain>)
        return std::string(enum_name(v));
    else if constexpr (requires { typename plain::key_type; })  // ref_to
        return as_value(v.key);
    else if constexpr (requires {
                           v.has_value();
                           *v;
                       })
        return v ? as_value(*v) : value{};
    else if constexpr (requires { v.at; })
        return v.at;
    else if constexpr (std::is_constructible_v<value, V>)
        return value(std::forward<V>(v));
    else if constexpr (requires {
                           model<plain>();
                           v.id;
                       })
        return v.id;
    else
        static_assert(not_storable<plain>, "a value of this type can't be compared with or stored in a field");
}

template <class Model>
const selection& selection_of(const query_of<Model>& rows) {
    return rows.what();
}

}  // namespace detail

/// An expression that gives a T.
template <class T>
struct typed : expression {
    using result = T;
};

/// What is written f<…>, and all that is computed from it.
template <class E>
concept expressive = requires { typename E::result; } && std::is_convertible_v<const E&, expression>;

namespace detail {

template <class E>
expression as_expression(const E& e) {
    if constexpr (expressive<E>)
        return static_cast<expression>(e);
    else
        return expression::constant(as_value(e));
}

template <class L, class V>
condition compare_any(const L& left, comparison how, V&& right) {
    if constexpr (expressive<std::remove_cvref_t<V>>)
        return compare(static_cast<expression>(left), how, as_expression(right));
    else
        return compare(static_cast<expression>(left), how, as_value(std::forward<V>(right)));
}

template <class E>
struct result_of {
    using type = E;
};
template <expressive E>
struct result_of<E> {
    using type = typename E::result;
};

/// What arithmetic of the two gives: 64-bit integers, or doubles where one is; optional where one is.
template <class L, class R>
struct number_of {
    using left = typename result_of<L>::type;
    using right = typename result_of<R>::type;
    template <class T>
    static constexpr bool number = std::is_arithmetic_v<unwrap<T>> && !std::is_same_v<unwrap<T>, bool>;
    static_assert(number<left> && number<right>, "arithmetic is for integers and doubles");
    using plain = std::conditional_t<std::is_floating_point_v<unwrap<left>> || std::is_floating_point_v<unwrap<right>>,
                                     double, std::int64_t>;
    using type = std::conditional_t<is_optional<left> || is_optional<right>, std::optional<plain>, plain>;
};

}  // namespace detail

/// What every expression can be asked; `Self` is the field or expression itself.
template <class Self>
struct asked {
    ordering ascending() const { return {dynamic(), false}; }
    ordering descending() const { return {dynamic(), true}; }

    template <class V>
    condition is(comparison how, V&& v) const {
        return detail::compare_any(static_cast<const Self&>(*this), how, std::forward<V>(v));
    }
    /// Texts, with case; icontains() and its like without that of the letters a to z.
    condition contains(std::string_view part) const { return is(comparison::contains, part); }
    condition starts_with(std::string_view part) const { return is(comparison::starts_with, part); }
    condition ends_with(std::string_view part) const { return is(comparison::ends_with, part); }
    condition icontains(std::string_view part) const { return is(comparison::icontains, part); }
    condition istarts_with(std::string_view part) const { return is(comparison::istarts_with, part); }
    condition iends_with(std::string_view part) const { return is(comparison::iends_with, part); }
    condition iequals(std::string_view text) const { return is(comparison::iequal, text); }
    /// A regular expression found anywhere in the text. It is one that means the same on every engine: . [a-z] [^a-z]
    /// ( ) | * + ? {2,5} ^ $ \d \w \s \D \W \S and \ before punctuation; anything else throws croft::error.
    condition matches(std::string_view pattern) const { return is(comparison::matches, pattern); }
    condition imatches(std::string_view pattern) const { return is(comparison::imatches, pattern); }
    condition is_null() const { return compare(dynamic(), comparison::equal, value{}); }
    template <class Low, class High>
    condition between(Low&& low, High&& high) const {
        return is(comparison::greater_equal, std::forward<Low>(low)) &&
               is(comparison::less_equal, std::forward<High>(high));
    }
    /// One of a range of values (none matches an empty one, and null is in no list), or of what a query gives: its
    /// keys, or the one column that it selects.
    template <class Range>
    condition in(const Range& range) const {
        if constexpr (requires { range.what().model; }) {
            return condition::in(dynamic(), range.what());
        } else {
            std::vector<value> values;
            for (const auto& one : range) values.push_back(detail::as_value(one));
            return one_of(dynamic(), std::move(values));
        }
    }
    template <class V>
    condition in(std::initializer_list<V> range) const {
        return in(std::vector<V>(range));
    }

private:
    expression dynamic() const { return static_cast<expression>(static_cast<const Self&>(*this)); }
};

/// A field; written f<&Item::name> or, through references, f<&RecipeItem::item, &Item::type>.
template <auto First, auto... Rest>
struct field : asked<field<First, Rest...>> {
    static_assert(
        detail::path_holds<First, Rest...>(),
        "each member but the last must be a croft::ref to the model of the next: f<&RecipeItem::item, &Item::type>");
    using result = typename detail::path_result<First, Rest...>::type;

    path where() const {
        return {&model<detail::model_of_member<First>>(),
                {detail::field_index<First>(), detail::field_index<Rest>()...}};
    }
    operator expression() const { return where(); }
    operator ordering() const { return {where(), false}; }
};

template <auto First, auto... Rest>
inline constexpr field<First, Rest...> f{};

/// Something computed from fields: f<&Item::stock> - 1.
template <class T>
struct computed : typed<T>, asked<computed<T>> {
    explicit computed(expression e) : typed<T>{std::move(e)} {}
    operator ordering() const { return {*this, false}; }
};

#define CROFT_COMPARES(Symbol, Kind)                                                \
    template <expressive L, class R>                                                \
    condition operator Symbol(const L& left, R&& right) {                           \
        return detail::compare_any(left, comparison::Kind, std::forward<R>(right)); \
    }
CROFT_COMPARES(==, equal)
CROFT_COMPARES(!=, not_equal)
CROFT_COMPARES(<, less)
CROFT_COMPARES(<=, less_equal)
CROFT_COMPARES(>, greater)
CROFT_COMPARES(>=, greater_equal)
#undef CROFT_COMPARES

#define CROFT_COMPUTES(Symbol, Kind)                                                                       \
    template <class L, class R>                                                                            \
        requires expressive<L> || expressive<R>                                                            \
    auto operator Symbol(const L& left, const R& right) {                                                  \
        return computed<typename detail::number_of<L, R>::type>(                                           \
            expression::of(operation::Kind, {detail::as_expression(left), detail::as_expression(right)})); \
    }
CROFT_COMPUTES(+, add)
CROFT_COMPUTES(-, subtract)
CROFT_COMPUTES(*, multiply)
CROFT_COMPUTES(/, divide)
CROFT_COMPUTES(%, remainder)
#undef CROFT_COMPUTES

namespace detail {

/// The way back over a reference, or over a many-to-many member.
template <auto Member>
condition over(condition inner) {
    using way = written<Member>;
    constexpr auto member = way::member;
    if constexpr (is_link<member>) {
        return over_link(link_of<member>(), way::back, std::move(inner));
    } else {
        static_assert(!std::is_void_v<target_of_member<member>>,
                      "name a croft::ref of the other model, which points here: any<&RecipeItem::item>(…)");
        const auto& from = model<target_of_member<member>>();
        return condition::related({{&from, {}}, &model<model_of_member<member>>(), field_index<member>()},
                                  std::move(inner));
    }
}

}  // namespace detail

/// There is a row whose Reference points here, and for which `inner` holds: any<&RecipeItem::item>(…) on items. Of a
/// many-to-many member: a row that this one is paired with, any<&Item::tags>(…) on items, any<back<&Item::tags>>(…) on
/// tags.
template <auto Reference>
condition any(condition inner = {}) {
    return detail::over<Reference>(std::move(inner));
}
/// There is no such row.
template <auto Reference>
condition none(condition inner = {}) {
    return !detail::over<Reference>(std::move(inner));
}
/// It holds for all of them; so it does where there is none.
template <auto Reference>
condition every(condition inner) {
    return !detail::over<Reference>(!std::move(inner));
}

/// The same of the row that a reference points to: through<&RecipeItem::item>(any<&RecipeItem::ingredient>()) on recipe
/// lines: those whose item is an ingredient of something.
template <auto First, auto... Rest>
condition through(condition of_the_target) {
    static_assert(detail::path_holds<First, Rest...>(), "each member must be a croft::ref to the model of the next");
    return rooted(field<First, Rest...>{}.where(), of_the_target);
}

/// A field and the value it gets: set<&Thing::name>("hoe"), set<&Item::stock>(f<&Item::stock> - 1). JSON values are
/// converted.
struct assignment {
    assignment(const model_info& of, std::size_t which, value to);
    assignment(const model_info& of, std::size_t which, expression computed);
    assignment(const assignment& other);
    assignment(assignment&& other) noexcept;
    assignment& operator=(const assignment& other);
    assignment& operator=(assignment&& other) noexcept;
    ~assignment();

    const model_info* model;
    std::size_t field;
    value to;
    std::optional<expression> computed;
};
template <auto Member>
struct setter {
    template <class V>
    assignment operator()(V&& v) const {
        const auto& of = model<detail::model_of_member<Member>>();
        if constexpr (expressive<std::remove_cvref_t<V>>)
            return {of, detail::field_index<Member>(), detail::as_expression(v)};
        else
            return {of, detail::field_index<Member>(), detail::as_value(std::forward<V>(v))};
    }
};
/// Names the row in update_or_create: key<&Thing::id>(7).
template <auto Member>
inline constexpr setter<Member> key{};
template <auto Member>
inline constexpr setter<Member> set{};

}  // namespace croft
