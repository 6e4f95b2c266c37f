// Rows that belong to a query's rows, fetched along: one more statement for each relation, never one for each row.
//
//     auto items = co_await query<Item>().with<&RecipeItem::item, &RecipeItem::ingredient>().with<&Item::key>().list();
//     for (auto& item : items)
//         for (auto& line : item.related<&RecipeItem::item>())                        // the way back: a vector
//             log::info("{}: {} {}", item.name, line.quantity, line.related<&RecipeItem::ingredient>()->name);
//
// A member of the row's own model leads to the row that it points to (a pointer, null where the reference is); a member
// of another model leads to the rows there that point here. The way back over a reference from a model to itself is
// written with<back<&Item::key>>(). A many-to-many member leads to the rows that are paired with this one, in a vector:
// with<&Item::tags>(), and with<back<&Item::tags>>() from the other side. Several members are a way: each starts where
// the one before it leads to. with<&RecipeItem::item>(query<RecipeItem>().where(…).order_by(…).limit(3)) fetches only
// these; its limit counts for each row. All statements see the same state of the database where they run in one
// transaction. Loop thread only.
#pragma once

#include <memory>

#include "croft/query.hpp"

namespace croft {

namespace detail {

struct related_rows {
    const void* relation;
    std::shared_ptr<const void> rows;
};
[[noreturn]] void not_fetched(const model_info& model, std::string_view relation);

}  // namespace detail

/// A row with what was fetched along. It is a T: pass it on, save() it.
template <class T>
struct loaded : T {
    /// Throws croft::error when the query had no with<…>() for it.
    template <auto Member>
    decltype(auto) related() const;

    std::vector<detail::related_rows> fetched_along;
};

template <class T>
const model_info& croft_model(model_tag<loaded<T>>) {
    return model<T>();
}

namespace detail {

/// The model that a reference, an optional one or a many-to-many member leads to; void for other members.
template <class Type>
struct end_of : referred<unwrap<Type>> {};
template <class Type>
    requires requires { typename Type::linked; }
struct end_of<Type> {
    using type = typename Type::linked;
};

/// One step of a way: forwards over a member of the row's own model, backwards over another's or what stands in back<>.
template <class From, auto Member>
struct step_of {
    static constexpr auto member = written<Member>::member;
    static constexpr bool link = is_link<member>;
    static constexpr bool backwards = written<Member>::back || !std::is_same_v<model_of_member<member>, From>;
    static constexpr bool several = backwards || link;
    using target = typename end_of<type_of_member<member>>::type;
    static_assert(!std::is_void_v<target>, "with<>() takes croft::ref and croft::many members");
    static_assert(!backwards || std::is_same_v<target, From>,
                  "neither a member of the row's model nor a reference to it");
    using to = std::conditional_t<backwards, model_of_member<member>, target>;
};

/// Its address names the relation.
template <auto Member, bool Backwards>
inline constexpr char relation_tag = 0;
template <class Step>
inline constexpr const void* relation_of = &relation_tag<Step::member, Step::backwards>;

/// What the compiled core can do with vectors of loaded<T>.
struct loaded_rows {
    std::shared_ptr<void> (*make)();
    emplace_row emplace;
    std::size_t (*count)(const void* rows);
    void* (*at)(void* rows, std::size_t i);
    std::vector<related_rows>& (*fetched_along)(void* row);
};
template <class T>
inline constexpr loaded_rows loaded_rows_of{
    []() -> std::shared_ptr<void> { return std::make_shared<std::vector<loaded<T>>>(); }, &emplace_in<loaded<T>>,
    [](const void* rows) { return static_cast<const std::vector<loaded<T>>*>(rows)->size(); },
    [](void* rows, std::size_t i) -> void* { return &(*static_cast<std::vector<loaded<T>>*>(rows))[i]; },
    [](void* row) -> std::vector<related_rows>& { return static_cast<loaded<T>*>(row)->fetched_along; }};

/// A relation to fetch along, and those to fetch along with its rows.
struct related_plan {
    const void* relation = nullptr;
    bool backwards = false;
    std::size_t field = 0;            // the reference: of `what`'s model where it leads back, else of the parents'
    const link_info* link = nullptr;  // instead of a reference
    selection what;                   // of the rows fetched
    const loaded_rows* rows = nullptr;
    std::vector<related_plan> nested;
};
/// Adds the plan; where there is one for the same relation, what is nested in it.
void add_plan(std::vector<related_plan>& plans, related_plan more);
/// Fetches along with the rows of a vector of loaded<T>, which must stay alive.
task<> fetch_along(void* rows, const loaded_rows* how, const model_info* model, std::optional<time_point> as_of,
                   const std::vector<related_plan>* plans);

template <class From, auto First, auto... Rest>
related_plan plan_for(const selection* only) {
    using step = step_of<From, First>;
    related_plan plan;
    plan.relation = relation_of<step>;
    plan.backwards = step::backwards;
    if constexpr (step::link)
        plan.link = &link_of<step::member>();
    else
        plan.field = field_index<step::member>();
    plan.rows = &loaded_rows_of<typename step::to>;
    plan.what.model = &model<typename step::to>();
    if constexpr (sizeof...(Rest) > 0)
        plan.nested.push_back(plan_for<typename step::to, Rest...>(only));
    else if (only)
        plan.what = *only;
    return plan;
}

template <class From, auto First, auto... Rest>
struct way_end {
    using type = typename way_end<typename step_of<From, First>::to, Rest...>::type;
};
template <class From, auto Last>
struct way_end<From, Last> {
    using type = typename step_of<From, Last>::to;
};

template <class T>
task<std::vector<loaded<T>>> list_with(selection what, std::vector<related_plan> plans) {
    std::vector<loaded<T>> rows;
    const auto then = what.as_of;
    co_await list_into(std::move(what), &rows, &emplace_in<loaded<T>>);
    co_await fetch_along(&rows, &loaded_rows_of<T>, &model<T>(), then, &plans);
    co_return rows;
}
template <class T>
task<std::optional<loaded<T>>> first_with(selection what, std::vector<related_plan> plans) {
    what.at_most(1);
    auto rows = co_await list_with<T>(std::move(what), std::move(plans));
    if (rows.empty()) co_return std::nullopt;
    co_return std::move(rows.front());
}
template <class T>
task<loaded<T>> one_with(selection what, std::vector<related_plan> plans) {
    what.at_most(2);
    auto rows = co_await list_with<T>(std::move(what), std::move(plans));
    if (rows.size() != 1) not_exactly_one(model<T>(), !rows.empty());
    co_return std::move(rows.front());
}

}  // namespace detail

template <class T>
template <auto Member>
decltype(auto) loaded<T>::related() const {
    using step = detail::step_of<T, Member>;
    for (auto& one : fetched_along)
        if (one.relation == detail::relation_of<step>) {
            if constexpr (step::several)
                return *static_cast<const std::vector<loaded<typename step::to>>*>(one.rows.get());
            else
                return static_cast<const loaded<typename step::to>*>(one.rows.get());
        }
    const auto& of = model<detail::model_of_member<step::member>>();
    if constexpr (step::link)
        detail::not_fetched(model<T>(), of.name + "::" + detail::link_of<step::member>().name);
    else
        detail::not_fetched(model<T>(), of.name + "::" + of.fields[detail::field_index<step::member>()].name);
}

/// A query whose rows come with others.
template <class T>
class query_with {
public:
    query_with(query_of<T> rows, detail::related_plan first) : rows_(std::move(rows)) {
        plans_.push_back(std::move(first));
    }

    template <auto... Path>
    query_with with(this query_with self) {
        detail::add_plan(self.plans_, detail::plan_for<T, Path...>(nullptr));
        return self;
    }
    template <auto... Path, class Child>
    query_with with(this query_with self, const query_of<Child>& only) {
        static_assert(std::is_same_v<Child, typename detail::way_end<T, Path...>::type>,
                      "the query must be of the model that the way leads to");
        detail::add_plan(self.plans_, detail::plan_for<T, Path...>(&only.what()));
        return self;
    }
    query_with where(this query_with self, condition more) {
        self.rows_ = std::move(self.rows_).where(std::move(more));
        return self;
    }
    template <class... Orders>
    query_with order_by(this query_with self, Orders... orders) {
        self.rows_ = std::move(self.rows_).order_by(std::move(orders)...);
        return self;
    }
    query_with limit(this query_with self, std::int64_t rows) {
        self.rows_ = std::move(self.rows_).limit(rows);
        return self;
    }
    query_with offset(this query_with self, std::int64_t rows) {
        self.rows_ = std::move(self.rows_).offset(rows);
        return self;
    }
    query_with as_of(this query_with self, time_point then) {
        self.rows_ = std::move(self.rows_).as_of(then);
        return self;
    }

    task<std::vector<loaded<T>>> list() const { return detail::list_with<T>(rows_.what(), plans_); }
    task<std::optional<loaded<T>>> first() const { return detail::first_with<T>(rows_.what(), plans_); }
    /// Throws not_found unless exactly one row matches.
    task<loaded<T>> one() const { return detail::one_with<T>(rows_.what(), plans_); }

private:
    query_of<T> rows_;
    std::vector<detail::related_plan> plans_;
};

template <class T>
template <auto... Path>
auto query_of<T>::with() const {
    static_assert(sizeof...(Path) > 0, "with<>() takes the members to follow: with<&RecipeItem::item>()");
    return query_with<T>(*this, detail::plan_for<T, Path...>(nullptr));
}

template <class T>
template <auto... Path, class Child>
auto query_of<T>::with(const query_of<Child>& only) const {
    static_assert(std::is_same_v<Child, typename detail::way_end<T, Path...>::type>,
                  "the query must be of the model that the way leads to");
    return query_with<T>(*this, detail::plan_for<T, Path...>(&only.what()));
}

}  // namespace croft
