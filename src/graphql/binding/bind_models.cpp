#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "base/text.hpp"
#include "graphql/binding/bound_schema.hpp"
#include "graphql/binding/registry.hpp"
#include "graphql/binding/scalars.hpp"
#include "history/history.hpp"

namespace croft::graphql {

using graphql_binding::query_kind;
using graphql_binding::root_query;
using graphql_binding::shown_type;

std::string field_name(const model_info& model, const field_info& field) {
    constexpr std::string_view prefix = "history_";
    if (field.name.starts_with(prefix) && !model.find(field.name.substr(prefix.size())))
        return camel_case(field.name.substr(prefix.size()));
    return camel_case(field.name);
}

namespace {

std::string place(const char* file, int line) {
    const std::string_view path = file;
    return fmt::format("{}:{}: ", path.substr(path.rfind('/') + 1), line);
}

class binder {
public:
    bound_schema bind() && {
        for (auto declaration : graphql_binding::shown_types()) add_shown(declaration());
        for (const auto& query : graphql_binding::root_queries())
            if (query.kind == query_kind::history) add_history(query);
        name_enums();
        for (auto& type : out_.types) describe(type);
        add_roots();
        if (query_.fields.empty()) return std::move(out_);
        add_common_types(parts_);
        parts_.query = query_.name;
        parts_.types.insert(parts_.types.begin(), std::move(query_));
        drop_unused();
        auto linked = schema::link(std::move(parts_));
        if (!linked) throw config_error("GraphQL schema: " + linked.error().front().message);
        out_.schema = std::move(*linked);
        return std::move(out_);
    }

private:
    void add_shown(shown_type declared) {
        auto& shown = out_.shown.emplace_back(std::move(declared));
        const auto& model = *shown.model();
        if (by_model_.contains(&model))
            throw config_error(place(shown.file, shown.line) + model.name + " has a CROFT_GRAPHQL already");
        add_type(model, shown, model.name);
    }

    bound_type& add_type(const model_info& model, const shown_type& shown, std::string name) {
        auto& type = out_.types.emplace_back();
        type.model = &model;
        type.shown = &shown;
        type.name = std::move(name);
        type.filtered = shown.filters && !shown.filters->empty();
        type.ordered = shown.orders && !shown.orders->empty();
        type.paged = shown.pages;
        by_model_[&model] = &type;
        return type;
    }

    /// The history table's type: what the model shows, and who changed it when. What it filters by, it filters by too.
    void add_history(const root_query& query) {
        const auto& base = *query.model();
        const auto* shown_base = shown_of(base, query);
        if (!base.has_history)
            throw config_error(place(query.file, query.line) + base.name +
                               " has no history: its CROFT_MODEL needs history()");
        const auto& model = history::model_of(base);
        if (by_model_.contains(&model)) return;
        auto& shown = out_.shown.emplace_back();
        shown.file = query.file, shown.line = query.line;
        shown.pages = true;
        shown.filters.emplace(), shown.orders.emplace();
        const std::size_t own = model.fields.size() - base.fields.size();
        for (std::size_t i = 0; i < own; ++i) {
            shown.filters->push_back(i);
            if (i != model.id) shown.orders->push_back(i);
        }
        for (auto [from, to] :
             {std::pair{&shown_base->filters, &*shown.filters}, {&shown_base->orders, &*shown.orders}})
            if (*from)
                for (auto column : **from) to->push_back(own + column);
        for (auto column : shown_base->hidden) shown.hidden.push_back(own + column);
        add_type(model, shown, base.name + "History");
    }

    const shown_type* shown_of(const model_info& model, const root_query& query) const {
        const auto at = by_model_.find(&model);
        if (at == by_model_.end())
            throw config_error(place(query.file, query.line) + "query \"" + query.name + "\": " + model.name +
                               " is not shown; write CROFT_GRAPHQL(" + model.name + ")");
        return at->second->shown;
    }

    const bound_type* target_of(const field_info& field) const {
        return field.target ? type_of(field.target()) : nullptr;
    }

    const bound_type* type_of(const model_info& model) const {
        const auto at = by_model_.find(&model);
        return at == by_model_.end() ? nullptr : at->second;
    }

    /// An enum's type is named as in C++, without what it lies in; two of the same name after the fields that have
    /// them.
    void name_enums() {
        std::map<std::string, std::set<std::string>> owners;
        const auto last = [](std::string_view name) {
            return pascal_case(snake_case(name.substr(name.rfind(':') + 1)));
        };
        for_each_enum(
            [&](const bound_type&, const field_info& field) { owners[last(field.enum_name)].insert(field.enum_name); });
        for_each_enum([&](const bound_type& type, const field_info& field) {
            const auto name = last(field.enum_name);
            const bool alone = owners[name].size() == 1 && !is_type_name(name);
            auto& made = enums_[&field];
            made = alone ? name : type.name + pascal_case(field.name);
            if (std::ranges::find(parts_.types, made, &named_type::name) != parts_.types.end()) return;
            if (std::ranges::find(field.enumerators, "null") != field.enumerators.end())
                throw config_error(place(type.shown->file, type.shown->line) + type.model->name + "." + field.name +
                                   ": GraphQL has no enum value called null");
            parts_.types.push_back(enum_type(made, field));
            parts_.types.push_back(enum_lookup(made));
        });
    }

    bool is_type_name(const std::string& name) const {
        return std::ranges::find(out_.types, name, &bound_type::name) != out_.types.end();
    }

    template <class F>
    void for_each_enum(F visit) {
        for (auto& type : out_.types)
            for (const auto& field : type.model->fields)
                if (field.type == field_type::enumeration) visit(type, field);
    }

    /// "Int", "String", "BigInt" … of a column. A primary key of one field is an ID.
    std::string scalar_of(const model_info& model, std::size_t column) const {
        if (model.keys.size() == 1 && column == model.id) return "ID";
        const auto& field = model.fields[column];
        return field.type == field_type::enumeration ? enums_.at(&field) : scalar_name(field.type);
    }

    static bool hidden(const bound_type& type, std::size_t column) {
        return std::ranges::find(type.shown->hidden, column) != type.shown->hidden.end();
    }

    void describe(bound_type& type) {
        named_type object{.kind = type_kind::object, .name = type.name};
        for (std::size_t i = 0; i < type.model->fields.size(); ++i) add_column(type, object, i);
        for (const auto& link : type.model->links) add_link(type, object, link, link.name, true);
        for (auto& other : out_.types) {
            add_reverse(type, object, other);
            for (const auto& link : other.model->links)
                if (!link.reverse.empty() && type_of(link.target()) == &type)
                    add_link(type, object, link, link.reverse, false);
        }
        for (const auto& computed : type.shown->computed) {
            add_field(type, object, {.what = bound_field::kind::computed, .computed = &computed}, computed.name,
                      scalar_name(computed.type));
        }
        parts_.types.push_back(std::move(object));
        if (type.filtered) parts_.types.push_back(filter_input(type));
        if (type.ordered) parts_.types.push_back(order_input(type));
    }

    field_definition& add_field(bound_type& type, named_type& object, bound_field bound, const std::string& name,
                                const std::string& type_name) {
        if (std::ranges::find(object.fields, name, &field_definition::name) != object.fields.end())
            throw config_error(
                fmt::format("{}GraphQL type {} would have two fields \"{}\": rename one, or the reverse name "
                            "of the reference that makes it",
                            place(type.shown->file, type.shown->line), type.name, name));
        type.fields.push_back(bound);
        auto& made = object.fields.emplace_back();
        made.name = name;
        made.type_name = type_name;
        made.binding = &type.fields.back();
        return made;
    }

    void add_column(bound_type& type, named_type& object, std::size_t column) {
        const auto& field = type.model->fields[column];
        if (hidden(type, column) || field.type == field_type::bytes) return;
        const std::string required = field.nullable ? "" : "!";
        const auto name = field_name(*type.model, field);
        if (field.type != field_type::reference) {
            add_field(type, object, {.what = bound_field::kind::column, .column = column}, name,
                      scalar_of(*type.model, column) + required);
        } else if (const auto* target = target_of(field)) {
            add_field(type, object, {.what = bound_field::kind::forward, .column = column, .target = target}, name,
                      target->name + required);
        }
    }

    void add_reverse(bound_type& type, named_type& object, const bound_type& other) {
        for (std::size_t i = 0; i < other.model->fields.size(); ++i) {
            const auto& field = other.model->fields[i];
            if (field.reverse.empty() || target_of(field) != &type || hidden(other, i)) continue;
            const bool one = other.model->is_unique(i);
            auto& made = add_field(type, object,
                                   {.what = one ? bound_field::kind::reverse_one : bound_field::kind::reverse,
                                    .column = i,
                                    .target = &other},
                                   camel_case(field.reverse), one ? other.name : "[" + other.name + "!]!");
            if (!one) made.arguments = list_arguments(other);
        }
    }

    /// Many to many: a list of the rows on the link's other side.
    void add_link(bound_type& type, named_type& object, const link_info& link, const std::string& name, bool forward) {
        const auto& through = link.through();
        const auto* other = type_of(through.fields[forward ? 1 : 0].target());
        if (!other) return;
        auto& pairs = out_.links.emplace_back();
        pairs.model = &through;
        pairs.shown = type.shown;
        pairs.name = through.name;
        pairs.paged = other->paged;
        auto& made = add_field(type, object,
                               {.what = bound_field::kind::link,
                                .column = forward ? std::size_t{0} : std::size_t{1},
                                .target = other,
                                .pairs = &pairs},
                               camel_case(name), "[" + other->name + "!]!");
        made.arguments = list_arguments(*other);
    }

    static std::vector<input_value> list_arguments(const bound_type& type) {
        std::vector<input_value> arguments;
        if (type.filtered) arguments.push_back({.name = "filters", .type_name = type.name + "Filter"});
        if (type.ordered) arguments.push_back({.name = "order", .type_name = "[" + type.name + "Order!]"});
        if (type.paged) arguments.push_back({.name = "pagination", .type_name = "Pagination"});
        return arguments;
    }

    named_type filter_input(bound_type& type) {
        named_type input{.kind = type_kind::input_object,
                         .name = type.name + "Filter",
                         .description = "All that is given must hold; OR: any of these; NOT: this doesn't."};
        for (auto column : *type.shown->filters) {
            const auto& field = type.model->fields[column];
            const auto* target = target_of(field);
            if (hidden(type, column) || field.type == field_type::bytes || (target && !target->filtered)) continue;
            type.inputs.push_back({column, target});
            input.input_fields.push_back(
                {.name = field_name(*type.model, field),
                 .type_name = target ? target->name + "Filter" : scalar_of(*type.model, column) + "Filter",
                 .binding = &type.inputs.back()});
        }
        input.input_fields.push_back({.name = "AND", .type_name = "[" + input.name + "!]"});
        input.input_fields.push_back({.name = "OR", .type_name = "[" + input.name + "!]"});
        input.input_fields.push_back({.name = "NOT", .type_name = input.name});
        return input;
    }

    named_type order_input(bound_type& type) {
        named_type input{.kind = type_kind::input_object,
                         .name = type.name + "Order",
                         .description = "Ordered by these, in the order in which they are written."};
        for (auto column : *type.shown->orders) {
            const auto& field = type.model->fields[column];
            const auto* target = target_of(field);
            if (hidden(type, column) || field.type == field_type::bytes || field.type == field_type::json) continue;
            if (target && !target->ordered) continue;
            type.inputs.push_back({column, target});
            input.input_fields.push_back({.name = field_name(*type.model, field),
                                          .type_name = target ? target->name + "Order" : "Ordering",
                                          .binding = &type.inputs.back()});
        }
        return input;
    }

    void add_roots() {
        for (const auto& query : graphql_binding::root_queries()) {
            shown_of(*query.model(), query);
            const auto& model = query.kind == query_kind::history ? history::model_of(*query.model()) : *query.model();
            const auto& type = *by_model_.at(&model);
            if (std::ranges::find(query_.fields, query.name, &field_definition::name) != query_.fields.end())
                throw config_error(place(query.file, query.line) + "there is a query \"" + query.name + "\" already");
            auto& root = query_.fields.emplace_back();
            root.name = query.name;
            if (query.kind == query_kind::one) {
                root.type_name = type.name;
                root.arguments = key_arguments(type);
            } else {
                root.type_name = "[" + type.name + "!]!";
                root.arguments = list_arguments(type);
            }
            if (model.has_history)
                root.arguments.push_back(
                    {.name = "asOf", .type_name = "DateTime", .description = "The rows as they were then."});
            out_.roots.push_back({query.kind, &type});
            root.binding = &out_.roots.back();
        }
    }

    /// The primary key and every unique field of its own.
    std::vector<input_value> key_arguments(const bound_type& type) const {
        std::vector<input_value> arguments;
        const auto add = [&](std::size_t column) {
            const auto& field = type.model->fields[column];
            if (hidden(type, column) || (field.type == field_type::reference && type.model->keys.size() == 1)) return;
            arguments.push_back({.name = field_name(*type.model, field), .type_name = scalar_of(*type.model, column)});
        };
        for (auto key : type.model->keys) add(key);
        for (const auto& unique : type.model->uniques)
            if (unique.size() == 1 && !std::ranges::count(type.model->keys, unique.front())) add(unique.front());
        return arguments;
    }

    /// Common types that nothing uses would only be in the reader's way.
    void drop_unused() {
        std::set<std::string, std::less<>> used;
        const auto use = [&](std::string_view type_name) {
            const auto from = type_name.find_first_not_of('[');
            used.insert(std::string(type_name.substr(from, type_name.find_first_of("]!", from) - from)));
        };
        for (bool more = true; more;) {
            const auto before = used.size();
            for (auto& type : parts_.types) {
                if (type.name != parts_.query && !used.contains(type.name)) continue;
                for (auto& field : type.fields) {
                    use(field.type_name);
                    for (auto& argument : field.arguments) use(argument.type_name);
                }
                for (auto& field : type.input_fields) use(field.type_name);
            }
            more = used.size() != before;
        }
        std::erase_if(parts_.types, [&](auto& type) { return type.name != parts_.query && !used.contains(type.name); });
    }

    bound_schema out_;
    schema_parts parts_;
    named_type query_{.kind = type_kind::object, .name = "Query"};
    std::map<const model_info*, const bound_type*> by_model_;
    std::map<const field_info*, std::string> enums_;  // the types of enums' columns
};

}  // namespace

bound_schema bind_models() { return binder().bind(); }

}  // namespace croft::graphql
