#include "model/keyset.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/text.hpp"
#include "croft/json.hpp"
#include "croft/query.hpp"
#include "text/base64.hpp"

namespace croft::model_sql {

namespace {

bool nulls_are_first(const ordering& order) {
    return order.nulls == nulls::first || (order.nulls == nulls::as_least && !order.descending);
}

/// What follows `place` by this ordering alone; nothing where nothing can.
std::optional<condition> beyond(const ordering& order, const value& place, bool backwards) {
    const bool nulls_first = nulls_are_first(order) != backwards;
    auto null = condition::compare(order.by, comparison::is_null, std::vector<value>{});
    if (is_null(place)) {
        if (!nulls_first) return std::nullopt;
        return !std::move(null);
    }
    auto greater = compare(order.by, order.descending != backwards ? comparison::less : comparison::greater, place);
    if (order.by.nullable() && !nulls_first) return std::move(greater) || std::move(null);
    return greater;
}

std::string signature(const model_info& model, const std::vector<ordering>& orders) {
    std::string text = model.name;
    for (auto& order : orders)
        text +=
            fmt::format(",{}{}{}", order.descending ? '-' : '+', static_cast<int>(order.nulls), order.by.describe());
    std::uint32_t hash = 2166136261U;  // FNV-1a: it is to find mistakes, not to keep anybody out
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return fmt::format("{:08x}", hash);
}

json to_json(const value& v) {
    struct writer {
        json operator()(std::monostate) const { return nullptr; }
        json operator()(bool b) const { return b; }
        json operator()(std::int64_t i) const { return i; }
        json operator()(double d) const { return std::isfinite(d) ? json(d) : json(fmt::format("{}", d)); }
        json operator()(const std::string& s) const { return s; }
        json operator()(const bytes&) const { throw error("pages can't be ordered by bytes"); }
        json operator()(time_point t) const { return to_text(t); }
        json operator()(date d) const { return to_text(d); }
        json operator()(duration d) const { return to_iso_text(d); }
        json operator()(decimal_value d) const { return to_text(d); }
        json operator()(const uuid& id) const { return to_text(id); }
        json operator()(const json_text&) const { throw error("pages can't be ordered by JSON"); }
    };
    return std::visit(writer{}, v);
}

/// What to_json() makes of "inf", "-inf" and "nan", for which JSON has no numbers.
double number_in(std::string_view text) {
    double number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size()) throw error(quoted(text) + " is not a number");
    return number;
}

[[noreturn]] void refuse(std::string_view cursor, std::string_view why) {
    throw error(fmt::format("{} is not a cursor of this query: {}", quoted(cursor), why));
}

}  // namespace

condition beyond(const std::vector<ordering>& total_order, const keyset& from) {
    condition any, same;
    bool possible = false;
    for (std::size_t i = 0; i < total_order.size(); ++i) {
        if (auto more = beyond(total_order[i], from.place[i], from.backwards)) {
            any = possible ? std::move(any) || (same && *std::move(more)) : same && *std::move(more);
            possible = true;
        }
        same = std::move(same) && compare(total_order[i].by, comparison::equal, from.place[i]);
    }
    const auto& lead = total_order.front();
    if (total_order.size() == 1 || lead.by.nullable()) return any;
    // Says nothing new, but lets an index find the place.
    const auto how = lead.descending != from.backwards ? comparison::less_equal : comparison::greater_equal;
    return compare(lead.by, how, from.place.front()) && std::move(any);
}

std::vector<ordering> reversed(std::vector<ordering> orders) {
    for (auto& order : orders) {
        order.descending = !order.descending;
        if (order.nulls != nulls::as_least) order.nulls = order.nulls == nulls::first ? nulls::last : nulls::first;
    }
    return orders;
}

std::string to_cursor(const model_info& model, const std::vector<ordering>& total_order, const keyset& at) {
    std::vector<json> parts{at.backwards ? "<" : ">", signature(model, total_order)};
    for (auto& v : at.place) parts.push_back(to_json(v));
    return text::to_base64url(json(std::move(parts)).dump());
}

keyset from_cursor(const model_info& model, const std::vector<ordering>& total_order, std::string_view cursor) {
    const auto text = text::from_base64url(cursor);
    const auto parsed = text ? json::try_parse(*text) : std::unexpected(parse_failure{});
    if (!parsed || parsed->kind() != json::kind_type::array) refuse(cursor, "it was not made by Croft");
    const auto& parts = parsed->array();
    if (parts.size() < 2 || parts[1] != json(signature(model, total_order)))
        refuse(cursor, "it belongs to another model or order");
    if (parts.size() != total_order.size() + 2 || (parts[0] != json("<") && parts[0] != json(">")))
        refuse(cursor, "it was changed");
    keyset from{parts[0] == json("<"), {}};
    for (std::size_t i = 0; i < total_order.size(); ++i) {
        const auto& by = total_order[i].by;
        auto v = to_value(parts[i + 2]);
        try {
            if (const auto* written = std::get_if<std::string>(&v); written && by.type() == field_type::real)
                v = number_in(*written);
            if (!is_null(v) && by.like()) v = fit(by.like()->owner(), by.like()->field(), std::move(v));
            if (is_null(v) && !by.nullable()) throw error("null");
        } catch (const error& e) {
            refuse(cursor, e.what());
        }
        from.place.push_back(std::move(v));
    }
    return from;
}

}  // namespace croft::model_sql
