#include "graphql/binding/scalars.hpp"

#include <charconv>

namespace croft::graphql {

namespace {

scalar_input::answer big_int_from_json(const json& v) {
    if (v.is_integer()) return v;
    if (v.is_string()) {
        std::int64_t number = 0;
        const auto& text = v.text();
        const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (fault == std::errc() && end == text.data() + text.size()) return json(number);
    }
    return std::unexpected("BigInt cannot represent " + v.dump() + ": a 64-bit integer, as a number or a string");
}

scalar_input::answer date_time_from_json(const json& v) {
    if (v.is_string() && parse_time(v.text())) return v;
    return std::unexpected("DateTime cannot represent " + v.dump() + ": a time such as \"2026-03-01T00:00:00Z\"");
}

template <auto Parse>
scalar_input::answer text_from_json(const json& v, std::string_view what) {
    if (v.is_string())
        if (Parse(v.text())) return v;
    return std::unexpected(std::string(what.substr(0, what.find(':'))) + " cannot represent " + v.dump() +
                           std::string(what.substr(what.find(':'))));
}

scalar_input::answer date_from_json(const json& v) {
    return text_from_json<parse_date>(v, "Date: a day such as \"2026-03-01\"");
}

scalar_input::answer duration_from_json(const json& v) {
    return text_from_json<parse_duration>(v, "Duration: ISO 8601 such as \"PT1H30M\", or \"01:30:00\"");
}

scalar_input::answer uuid_from_json(const json& v) {
    return text_from_json<parse_uuid>(v, "UUID: such as \"01956f3e-8c00-7d3a-9b1e-4f6a5c2d7e80\"");
}

/// A number's JSON text is what its author wrote, as far as a double can hold it.
scalar_input::answer decimal_from_json(const json& v) {
    const auto readable = [](std::string_view text) {
        for (int scale = 18; scale >= 0; --scale)
            if (parse_decimal(text, scale)) return true;
        return false;
    };
    if ((v.is_string() && readable(v.text())) || (v.is_number() && readable(v.dump()))) return v;
    return std::unexpected("Decimal cannot represent " + v.dump() + ": a decimal number such as \"12.50\"");
}

scalar_input::answer any_json(const json& v) { return v; }

named_type scalar(std::string name, std::string description, scalar_input::answer (*from_json)(const json&)) {
    named_type type{.kind = type_kind::scalar, .name = std::move(name), .description = std::move(description)};
    type.input.from_json = from_json;
    return type;
}

named_type lookup(const std::string& name, const std::string& scalar, std::initializer_list<const char*> single,
                  bool list) {
    named_type type{.kind = type_kind::input_object,
                    .name = name,
                    .description = "Compares a " + scalar + "; all that is given must hold."};
    for (auto* how : single) type.input_fields.push_back({.name = how, .type_name = scalar});
    if (list) type.input_fields.push_back({.name = "inList", .type_name = "[" + scalar + "!]"});
    type.input_fields.push_back({.name = "isNull", .type_name = "Boolean"});
    return type;
}

}  // namespace

std::string scalar_name(field_type type) {
    switch (type) {
        case field_type::boolean:
            return "Boolean";
        case field_type::integer16:
        case field_type::integer32:
            return "Int";
        case field_type::integer64:
            return "BigInt";
        case field_type::real:
            return "Float";
        case field_type::text:
            return "String";
        case field_type::timestamp:
            return "DateTime";
        case field_type::date:
            return "Date";
        case field_type::duration:
            return "Duration";
        case field_type::decimal:
            return "Decimal";
        case field_type::uuid:
            return "UUID";
        case field_type::json:
            return "JSON";
        case field_type::enumeration:
            return "String";  // of what is computed; columns have types of their own
        case field_type::reference:
            return "ID";
        case field_type::bytes:
            return {};
    }
    return {};
}

named_type enum_type(const std::string& name, const field_info& field) {
    named_type type{.kind = type_kind::enum_, .name = name};
    for (const auto& one : field.enumerators) type.values.push_back({.name = one});
    return type;
}

named_type enum_lookup(const std::string& name) { return lookup(name + "Filter", name, {"exact"}, true); }

void add_common_types(schema_parts& parts) {
    parts.types.push_back(
        scalar("DateTime", "A moment in UTC, RFC 3339: 2026-03-01T00:00:00.000000Z.", date_time_from_json));
    parts.types.push_back(scalar("BigInt", "A 64-bit integer, written as a number.", big_int_from_json));
    parts.types.push_back(scalar("Date", "A day: 2026-03-01.", date_from_json));
    parts.types.push_back(
        scalar("Duration", "A length of time, ISO 8601: P1DT2H30M. 01:30:00 is understood too.", duration_from_json));
    parts.types.push_back(
        scalar("Decimal", "An exact decimal number, written as a string: \"12.50\".", decimal_from_json));
    parts.types.push_back(scalar("UUID", "A UUID: 01956f3e-8c00-7d3a-9b1e-4f6a5c2d7e80.", uuid_from_json));
    parts.types.push_back(scalar("JSON", "Any JSON value.", any_json));
    parts.types.push_back(lookup("IDFilter", "ID", {"exact"}, true));
    parts.types.push_back(lookup("UUIDFilter", "UUID", {"exact"}, true));
    parts.types.push_back(lookup("JSONFilter", "JSON", {}, false));
    parts.types.push_back(lookup("BooleanFilter", "Boolean", {"exact"}, false));
    for (auto* scalar : {"Int", "BigInt", "Float", "Decimal", "DateTime", "Date", "Duration"})
        parts.types.push_back(
            lookup(std::string(scalar) + "Filter", scalar, {"exact", "gt", "gte", "lt", "lte"}, true));
    parts.types.push_back(lookup("StringFilter", "String",
                                 {"exact", "iExact", "contains", "iContains", "startsWith", "iStartsWith", "endsWith",
                                  "iEndsWith", "gt", "gte", "lt", "lte"},
                                 true));
    parts.types.push_back(
        {.kind = type_kind::enum_, .name = "Ordering", .values = {{.name = "ASC"}, {.name = "DESC"}}});
    parts.types.push_back({.kind = type_kind::input_object,
                           .name = "Pagination",
                           .input_fields = {{.name = "offset", .type_name = "Int!", .default_text = "0"},
                                            {.name = "limit", .type_name = "Int"}}});
}

}  // namespace croft::graphql
