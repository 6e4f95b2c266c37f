#include <fmt/format.h>

#include <charconv>
#include <tuple>

#include "croft/migration.hpp"

namespace croft::migrations {
namespace {

value zero_of(const column& of) {
    switch (of.type) {
        case field_type::boolean:
            return false;
        case field_type::real:
            return 0.0;
        case field_type::text:
            return std::string();
        case field_type::bytes:
            return croft::bytes();
        case field_type::timestamp:
            return time_point();
        case field_type::date:
            return croft::date();
        case field_type::duration:
            return croft::duration();
        case field_type::decimal:
            return decimal_value{0, of.scale};
        case field_type::uuid:
            return croft::uuid();
        case field_type::json:
            return json_text{"null"};
        case field_type::enumeration:
            return of.enumerators.empty() ? std::string() : of.enumerators.front();
        case field_type::reference:
            return {};
        default:
            return std::int64_t{0};
    }
}

template <class T>
literal read(std::string_view what, std::string_view text, parsed<T> from) {
    if (!from) throw error(fmt::format("{}(\"{}\"): {}", what, text, from.error().message));
    return value(std::move(*from));
}

column make(std::string name, field_type type, field_role role = field_role::plain) {
    column made{.name = std::move(name), .type = type, .role = role};
    made.initial_value = zero_of(made);
    return made;
}

}  // namespace

literal moment(std::string_view rfc3339) { return read("moment", rfc3339, parse_time(rfc3339)); }
literal day(std::string_view iso) { return read("day", iso, parse_date(iso)); }
literal span(std::string_view iso) { return read("span", iso, parse_duration(iso)); }
literal number(std::string_view decimal, int scale) { return read("number", decimal, parse_decimal(decimal, scale)); }
literal key_of(std::string_view uuid) { return read("key_of", uuid, parse_uuid(uuid)); }
literal json_of(std::string_view text) { return value(json_text{std::string(text)}); }

literal hex(std::string_view digits) {
    croft::bytes out;
    if (digits.size() % 2 != 0) throw error(fmt::format("hex(\"{}\"): an odd number of digits", digits));
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        unsigned byte = 0;
        const auto [end, code] = std::from_chars(digits.data() + i, digits.data() + i + 2, byte, 16);
        if (code != std::errc() || end != digits.data() + i + 2)
            throw error(fmt::format("hex(\"{}\"): digits are 0 to 9 and a to f", digits));
        out.push_back(static_cast<std::byte>(byte));
    }
    return value(std::move(out));
}

column column::nullable() const {
    column made = *this;
    made.is_nullable = true;
    if (made.initial_value == zero_of(made)) made.initial_value = {};
    return made;
}

column column::key() const {
    column made = *this;
    made.is_key = true;
    made.initial_value = {};
    return made;
}

column column::max(std::size_t characters) const {
    column made = *this;
    made.max_length = characters;
    return made;
}

column column::initial(literal v) const {
    column made = *this;
    made.initial_value = std::move(v.held);
    if (is_null(made.initial_value) && !made.is_nullable) made.initial_value = zero_of(made);
    return made;
}

column column::fill(literal v) const {
    column made = *this;
    made.filling = std::move(v.held);
    return made;
}

bool operator==(const column& a, const column& b) {
    const auto shape = [](const column& c) {
        return std::tie(c.name, c.type, c.role, c.is_key, c.is_nullable, c.initial_value, c.max_length, c.scale,
                        c.enumerators, c.target, c.rule);
    };
    return shape(a) == shape(b);
}

column id(std::string name) { return make(std::move(name), field_type::integer64).key(); }
column boolean(std::string name) { return make(std::move(name), field_type::boolean); }
column integer16(std::string name) { return make(std::move(name), field_type::integer16); }
column integer32(std::string name) { return make(std::move(name), field_type::integer32); }
column integer64(std::string name) { return make(std::move(name), field_type::integer64); }
column real(std::string name) { return make(std::move(name), field_type::real); }
column text(std::string name) { return make(std::move(name), field_type::text); }
column bytes(std::string name) { return make(std::move(name), field_type::bytes); }
column timestamp(std::string name) { return make(std::move(name), field_type::timestamp); }
column date(std::string name) { return make(std::move(name), field_type::date); }
column duration(std::string name) { return make(std::move(name), field_type::duration); }
column uuid(std::string name) { return make(std::move(name), field_type::uuid); }
column json(std::string name) { return make(std::move(name), field_type::json); }

column decimal(std::string name, int scale) {
    column made = make(std::move(name), field_type::decimal);
    made.scale = scale;
    return made.initial(value{});
}

column enumeration(std::string name, std::vector<std::string> names) {
    column made = make(std::move(name), field_type::enumeration);
    made.enumerators = std::move(names);
    return made.initial(value{});
}

column created_at(std::string name) { return make(std::move(name), field_type::timestamp, field_role::created_at); }
column modified_at(std::string name) { return make(std::move(name), field_type::timestamp, field_role::modified_at); }

column reference(std::string name, std::string table, on_delete rule) {
    column made = make(std::move(name), field_type::reference);
    made.target = std::move(table);
    made.rule = rule;
    return made;
}

}  // namespace croft::migrations
