// What is written down for a column (a default, --fill) as a value of its type.
#include <fmt/format.h>

#include <charconv>

#include "croft/condition.hpp"
#include "croft/json.hpp"
#include "migrate/schema.hpp"

namespace croft::migrations {
namespace {

field_info field_of(const column& of) {
    field_info made;
    made.name = of.name;
    made.type = of.type;
    made.max_length = of.max_length;
    made.scale = of.scale;
    made.enum_name = "its names";
    made.enumerators = of.enumerators;
    return made;
}

template <class Number>
value number_in(const std::string& text) {
    Number number{};
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code == std::errc() && end == text.data() + text.size()) return number;
    return text;  // which is refused
}

value boolean_in(const std::string& text) {
    if (text == "true" || text == "1") return true;
    if (text == "false" || text == "0") return false;
    return text;
}

/// A text that stands for something else; what fit() takes as a text stays one.
value read(field_type as, const std::string& text) {
    switch (as) {
        case field_type::boolean:
            return boolean_in(text);
        case field_type::integer16:
        case field_type::integer32:
        case field_type::integer64:
            return number_in<std::int64_t>(text);
        case field_type::real:
            return number_in<double>(text);
        case field_type::bytes:
            return hex(text).held;
        case field_type::json:
            json::parse(text);
            return json_text{text};
        default:
            return text;
    }
}

}  // namespace

value value_of(const schema& in, std::string_view table, const column& of, const value& literal) {
    if (is_null(literal)) return {};
    const column target = stored(in, of);
    value given = literal;
    if (const auto* text = std::get_if<std::string>(&literal)) given = read(target.type, *text);
    const auto* whole = std::get_if<std::int64_t>(&literal);
    if (whole && target.type == field_type::duration) given = croft::duration(*whole);
    if (whole && target.type == field_type::text) given = std::to_string(*whole);
    if (const auto* flag = std::get_if<bool>(&literal); flag && target.type != field_type::boolean)
        given = static_cast<std::int64_t>(*flag);
    model_info named;
    named.name = table;
    return fit(named, field_of(target), std::move(given));
}

}  // namespace croft::migrations
