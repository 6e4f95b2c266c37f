#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "model/rollup/rollup.hpp"

namespace croft {

namespace {

std::map<const model_info*, rollup_info>& declared() {
    static std::map<const model_info*, rollup_info> all;
    return all;
}

std::string_view word(rollup_kind what) {
    constexpr std::string_view words[] = {"by", "count", "sum", "avg", "min", "max"};
    return words[static_cast<std::size_t>(what)];
}

bool is_integer(field_type type) {
    return type == field_type::integer16 || type == field_type::integer32 || type == field_type::integer64;
}

/// Finds the members of the struct that the options speak of.
class describing {
public:
    describing(model_info& info, rollup_info& made) : info_(info), made_(made) {}

    void add(const detail::rollup_option& option) {
        if (option.source) return;
        if (option.where.what() != condition::kind::always) return narrow(option.where);
        if (option.what == rollup_kind::count) return add(rollup_kind::count, 0);
        if (option.owner && &option.owner() != made_.source)
            fail(fmt::format("{}<> names members of {}, but it is a rollup of {}", word(option.what),
                             option.owner().name, made_.source->name));
        for (auto offset : option.offsets) {
            const auto at = std::ranges::find(made_.source->fields, offset, &field_info::offset);
            add(option.what, static_cast<std::size_t>(at - made_.source->fields.begin()));
        }
    }

    void finish() {
        for (std::size_t i = 0; i < info_.fields.size(); ++i)
            if (i != info_.id &&
                std::ranges::find(made_.columns, i, &rollup_info::column::field) == made_.columns.end())
                fail(fmt::format("nothing says what its member {} is", info_.fields[i].name));
        std::vector<std::size_t> key;
        for (const auto& one : made_.columns)
            if (one.what == rollup_kind::key) key.push_back(one.field);
        if (!key.empty()) info_.uniques = {key};
    }

    [[noreturn]] void fail(const std::string& why) const {
        throw config_error(fmt::format("{}:{}: rollup {}: {}", info_.file, info_.line, info_.name, why));
    }

private:
    void narrow(const condition& where) {
        try {
            rollup::fields_of(where, *made_.source);
        } catch (const error& e) {
            fail(e.what());
        }
        const bool first = made_.where.what() == condition::kind::always;
        made_.where = first ? where : made_.where && where;
    }

    void add(rollup_kind what, std::size_t source) {
        const auto& of = made_.source->fields[source];
        const auto name = what == rollup_kind::count ? "count"
                          : what == rollup_kind::key ? of.name
                                                     : fmt::format("{}_{}", word(what), of.name);
        const auto field = info_.find(name);
        if (!field) fail(fmt::format("its struct needs a member {} for {}", name, word(what)));
        if (std::ranges::find(made_.columns, *field, &rollup_info::column::field) != made_.columns.end())
            fail(fmt::format("{} is declared twice", name));
        check_type(what, of, info_.fields[*field]);
        made_.columns.push_back({what, source, *field});
    }

    void check_type(rollup_kind what, const field_info& of, const field_info& is) const {
        const auto want = [&](bool good, std::string_view type) {
            if (!good) fail(fmt::format("its member {} must be {}", is.name, type));
        };
        if (what == rollup_kind::count) return want(is.type == field_type::integer64 && !is.nullable, "std::int64_t");
        if (what == rollup_kind::sum || what == rollup_kind::avg) {
            const bool as_it_is = of.type == field_type::real || of.type == field_type::decimal;
            if (!as_it_is && !is_integer(of.type)) fail(fmt::format("{} is not a number to be summed up", of.name));
            if (what == rollup_kind::sum)
                return want(
                    is.type == (as_it_is ? of.type : field_type::integer64) && is.scale == of.scale && !is.nullable,
                    of.type == field_type::real      ? "double"
                    : of.type == field_type::decimal ? fmt::format("croft::decimal<{}>", of.scale)
                                                     : "std::int64_t");
            return want(is.type == field_type::real && is.nullable == of.nullable,
                        of.nullable ? "std::optional<double>" : "double");
        }
        want(is.type == of.type && is.scale == of.scale && is.nullable == of.nullable,
             "of the same type as " + made_.source->name + "'s " + of.name);
        if (what != rollup_kind::key && (of.type == field_type::bytes || of.type == field_type::boolean))
            fail(fmt::format("{} has no order, so no {}", of.name, word(what)));
    }

    model_info& info_;
    rollup_info& made_;
};

}  // namespace

const std::vector<const rollup_info*>& all_rollups() {
    static const std::vector<const rollup_info*> all = [] {
        std::vector<const rollup_info*> found;
        for (const auto* model : all_models())
            if (const auto* one = rollup_of(*model)) found.push_back(one);
        return found;
    }();
    return all;
}

const rollup_info* rollup_of(const model_info& model) {
    const auto at = declared().find(&model);
    return at == declared().end() ? nullptr : &at->second;
}

void detail::describe_rollup(model_info& info, const std::vector<rollup_option>& options) {
    auto& made = declared()[&info] = {};
    made.model = &info;
    describing into(info, made);
    for (const auto& option : options) {
        if (!option.source) continue;
        if (made.source) into.fail("from<> stands there twice");
        made.source = &option.source();
    }
    if (!made.source) into.fail("it needs from<…>: CROFT_ROLLUP(ItemStats, from<Item>, …)");
    for (const auto& option : options) into.add(option);
    into.finish();
}

namespace rollup {

std::vector<summed> summed_fields(const rollup_info& of) {
    std::vector<summed> all;
    for (const auto& one : of.columns) {
        if (one.what != rollup_kind::sum && one.what != rollup_kind::avg) continue;
        if (std::ranges::find(all, one.source, &summed::source) != all.end()) continue;
        const auto& field = of.source->fields[one.source];
        all.push_back({one.source, "croft_n_" + field.name, "croft_sum_" + field.name,
                       field.type == field_type::real ? "croft_rest_" + field.name : "", field.scale});
    }
    return all;
}

const model_info& stored(const model_info& model) {
    const auto* of = rollup_of(model);
    if (!of) return model;
    static std::map<const model_info*, model_info> made;
    auto [at, fresh] = made.emplace(&model, model);
    if (!fresh) return at->second;
    const auto add = [&](std::string_view name, field_type type, int scale = 0) {
        field_info field;
        field.name = field.column = name;
        field.type = type;
        field.scale = scale;
        field.initial = type == field_type::real      ? value(0.0)
                        : type == field_type::decimal ? value(decimal_value{0, scale})
                                                      : value(std::int64_t{0});
        at->second.fields.push_back(std::move(field));
    };
    add(rows_column, field_type::integer64);
    for (const auto& one : summed_fields(*of)) {
        add(one.count, field_type::integer64);
        const auto type = of->source->fields[one.source].type;
        add(one.sum, is_integer(type) ? field_type::integer64 : type, one.scale);
        if (!one.rest.empty()) add(one.rest, field_type::real);
    }
    return at->second;
}

}  // namespace rollup
}  // namespace croft
