#include "migrate/print.hpp"

#include <fmt/format.h>

#include <cmath>

namespace croft::migrations {

std::string cpp_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += {'\\', c};
        else if (c == '\n')
            out += "\\n";
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            out += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
        else
            out += c;
    }
    return out + "\"";
}

namespace {

constexpr std::string_view indent = "    ";

std::string list(const names& columns) {
    std::string out;
    for (auto& one : columns) out += (out.empty() ? "" : ", ") + cpp_text(one);
    return "{" + out + "}";
}

struct value_writer {
    std::string operator()(std::monostate) const { return "{}"; }
    std::string operator()(bool b) const { return b ? "true" : "false"; }
    std::string operator()(std::int64_t i) const {
        if (i == std::numeric_limits<std::int64_t>::min()) return "std::numeric_limits<std::int64_t>::min()";
        return std::to_string(i);
    }
    std::string operator()(double d) const {
        if (std::isinf(d)) return fmt::format("{}std::numeric_limits<double>::infinity()", d < 0 ? "-" : "");
        return fmt::format("{:#}", d);
    }
    std::string operator()(const std::string& s) const { return cpp_text(s); }
    std::string operator()(time_point t) const { return fmt::format("moment(\"{}\")", croft::to_text(t)); }
    std::string operator()(croft::date d) const { return fmt::format("day(\"{}\")", croft::to_text(d)); }
    std::string operator()(croft::duration d) const { return fmt::format("span(\"{}\")", to_iso_text(d)); }
    std::string operator()(decimal_value d) const {
        return fmt::format("number(\"{}\", {})", croft::to_text(d), d.scale);
    }
    std::string operator()(const croft::uuid& u) const { return fmt::format("key_of(\"{}\")", croft::to_text(u)); }
    std::string operator()(const json_text& j) const { return fmt::format("json_of({})", cpp_text(j.text)); }
    std::string operator()(const croft::bytes& b) const {
        std::string digits;
        for (auto one : b) digits += fmt::format("{:02x}", static_cast<unsigned>(one));
        return fmt::format("hex(\"{}\")", digits);
    }
};

std::string write(const value& v) { return std::visit(value_writer{}, v); }

}  // namespace

std::string_view function_of(const column& of) {
    if (of.role == field_role::created_at) return "created_at";
    if (of.role == field_role::modified_at) return "modified_at";
    switch (of.type) {
        case field_type::boolean:
            return "boolean";
        case field_type::integer16:
            return "integer16";
        case field_type::integer32:
            return "integer32";
        case field_type::integer64:
            return "integer64";
        case field_type::real:
            return "real";
        case field_type::text:
            return "text";
        case field_type::bytes:
            return "bytes";
        case field_type::timestamp:
            return "timestamp";
        case field_type::date:
            return "date";
        case field_type::duration:
            return "duration";
        case field_type::decimal:
            return "decimal";
        case field_type::uuid:
            return "uuid";
        case field_type::json:
            return "json";
        case field_type::enumeration:
            return "enumeration";
        case field_type::reference:
            return "reference";
    }
    return "";
}

namespace {

std::string_view rule_name(on_delete rule) {
    return rule == on_delete::set_null ? "set_null" : rule == on_delete::restrict ? "restrict" : "cascade";
}

/// The column without what is said after its type, to see what must be said.
column bare(const column& of) {
    column made{.name = of.name, .type = of.type, .role = of.role};
    made.scale = of.scale;
    made.enumerators = of.enumerators;
    return made.initial(value{});  // the type's zero
}

std::string write(const column& of) {
    std::string out;
    column said = bare(of);
    if (of.is_key && of.type == field_type::integer64) {
        out = of.name == "id" ? "id()" : fmt::format("id({})", cpp_text(of.name));
        said = id(of.name);
    } else {
        out = fmt::format("{}({}", function_of(of), cpp_text(of.name));
        if (of.type == field_type::reference) out += ", " + cpp_text(of.target);
        if (of.type == field_type::decimal) out += fmt::format(", {}", of.scale);
        if (of.type == field_type::enumeration) out += ", " + list(of.enumerators);
        if (of.rule != on_delete::cascade) out += fmt::format(", {}", rule_name(of.rule));
        out += ")";
        if (of.is_key) out += ".key()", said = said.key();
    }
    if (of.max_length) out += fmt::format(".max({})", of.max_length);
    if (of.is_nullable) out += ".nullable()", said = said.nullable();
    if (of.initial_value != said.initial_value) out += fmt::format(".initial({})", write(of.initial_value));
    if (of.filling) out += fmt::format(".fill({})", write(*of.filling));
    return out;
}

std::string write(const engine_sql& of) {
    if (of.sqlite == of.postgres) return cpp_text(of.sqlite);
    return fmt::format("{{{}, {}}}", cpp_text(of.sqlite), cpp_text(of.postgres));
}

struct writer {
    std::string operator()(const create_table& s) const {
        std::string out = fmt::format("create_table({}, {{\n", cpp_text(s.table));
        for (auto& one : s.columns) out += fmt::format("{0}{0}{1},\n", indent, write(one));
        return out + std::string(indent) + "})";
    }
    std::string operator()(const drop_table& s) const { return fmt::format("drop_table({})", cpp_text(s.table)); }
    std::string operator()(const rename_table& s) const {
        return fmt::format("rename_table({}, {})", cpp_text(s.table), cpp_text(s.to));
    }
    std::string operator()(const add_column& s) const {
        return fmt::format("add_column({}, {})", cpp_text(s.table), write(s.column));
    }
    std::string operator()(const drop_column& s) const {
        return fmt::format("drop_column({}, {})", cpp_text(s.table), cpp_text(s.column));
    }
    std::string operator()(const forget_column& s) const {
        return fmt::format("forget_column({}, {})", cpp_text(s.table), cpp_text(s.column));
    }
    std::string operator()(const rename_column& s) const {
        return fmt::format("rename_column({}, {}, {})", cpp_text(s.table), cpp_text(s.column), cpp_text(s.to));
    }
    std::string operator()(const alter_column& s) const {
        return fmt::format("alter_column({}, {})", cpp_text(s.table), write(s.column));
    }
    std::string operator()(const add_unique& s) const { return over("add_unique", s); }
    std::string operator()(const drop_unique& s) const { return over("drop_unique", s); }
    std::string operator()(const add_index& s) const { return index("add_index", s); }
    std::string operator()(const drop_index& s) const { return index("drop_index", s); }
    std::string operator()(const add_check& s) const {
        return fmt::format("add_check({}, {}, {})", cpp_text(s.table), cpp_text(s.name), cpp_text(s.condition));
    }
    std::string operator()(const drop_check& s) const {
        return fmt::format("drop_check({}, {})", cpp_text(s.table), cpp_text(s.name));
    }
    std::string operator()(const keep_history& s) const {
        if (s.except.empty()) return fmt::format("keep_history({})", cpp_text(s.table));
        return fmt::format("keep_history({}, {})", cpp_text(s.table), list(s.except));
    }
    std::string operator()(const end_history& s) const { return fmt::format("end_history({})", cpp_text(s.table)); }
    std::string operator()(const drop_history& s) const { return fmt::format("drop_history({})", cpp_text(s.table)); }
    std::string operator()(const sql& s) const {
        return fmt::format("sql({}{})", write(s.forward), s.backward ? ", " + write(*s.backward) : "");
    }
    std::string operator()(const data& s) const { return s.backward ? "data(…, …)" : "data(…)"; }

    static std::string index(std::string_view what, const auto& s) {
        std::string parts, options;
        for (auto& part : s.parts)
            parts += (parts.empty() ? "" : ", ") +
                     (part.descends ? fmt::format("descending({})", cpp_text(part.column)) : cpp_text(part.column));
        const auto option = [&](std::string text) { options += (options.empty() ? "" : ", ") + text; };
        if (!s.options.where.empty()) option(".where = " + cpp_text(s.options.where));
        if (s.options.unique) option(".unique = true");
        if (s.options.concurrently) option(".concurrently = true");
        return fmt::format("{}({}, {{{}}}{})", what, cpp_text(s.table), parts,
                           options.empty() ? "" : ", {" + options + "}");
    }
    static std::string over(std::string_view what, const auto& s) {
        return fmt::format("{}({}, {})", what, cpp_text(s.table), list(s.columns));
    }
};

}  // namespace

std::string to_cpp(const operation& step) { return std::visit(writer{}, step); }

std::string file_text(std::string_view name, std::span<const operation> operations) {
    std::string out = fmt::format("#include <croft/migration.hpp>\n\nCROFT_MIGRATION({}", cpp_text(name));
    for (auto& step : operations) out += fmt::format(",\n{}{}", indent, to_cpp(step));
    return out + ");\n";
}

std::string hash_of(std::span<const operation> operations) {
    std::uint64_t hash = 14695981039346656037u;  // FNV-1a
    for (auto& step : operations)
        for (const char c : to_cpp(step) + "\n") hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    return fmt::format("{:016x}", hash);
}

}  // namespace croft::migrations
