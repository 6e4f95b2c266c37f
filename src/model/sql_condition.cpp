#include <algorithm>

#include "model/sql.hpp"
#include "text/json_write.hpp"
#include "text/regex.hpp"

namespace croft::model_sql {

namespace {

constexpr std::string_view symbols[] = {" = ", " <> ", " < ", " <= ", " > ", " >= "};

bool orders(comparison how) { return how >= comparison::less && how <= comparison::greater_equal; }

std::string like_pattern(std::string_view text, bool open_start, bool open_end) {
    std::string out = open_start ? "%" : "";
    for (char c : text) {
        if (c == '%' || c == '_' || c == '\\') out += '\\';
        out += c;
    }
    return open_end ? out + '%' : out;
}

bool is_listable(const value& v) {
    return std::holds_alternative<std::int64_t>(v) || std::holds_alternative<std::string>(v);
}

std::string json_list(const std::vector<value>& values) {
    std::string list = "[";
    for (const auto& v : values) {
        if (list.size() > 1) list += ',';
        if (auto* number = std::get_if<std::int64_t>(&v))
            text::append_json_integer(list, *number);
        else
            text::append_json_string(list, std::get<std::string>(v));
    }
    return list + ']';
}

/// {1,2} or {"a","b"}: an array as PostgreSQL reads it.
std::string array_list(const std::vector<value>& values) {
    std::string list = "{";
    for (const auto& v : values) {
        if (list.size() > 1) list += ',';
        if (auto* number = std::get_if<std::int64_t>(&v)) {
            text::append_json_integer(list, *number);
            continue;
        }
        list += '"';
        for (char c : std::get<std::string>(v)) {
            if (c == '"' || c == '\\') list += '\\';
            list += c;
        }
        list += '"';
    }
    return list + '}';
}

}  // namespace

std::optional<value> list_parameter(const std::vector<value>& values, db::engine engine) {
    if (values.size() < 2 || !std::ranges::all_of(values, is_listable)) return std::nullopt;
    return engine == db::engine::sqlite ? json_list(values) : array_list(values);
}

void scope::write(const condition& c) {
    switch (c.what()) {
        case condition::kind::always:
            out_ << "true";
            return;
        case condition::kind::compare:
            return c.other() ? write_two(c) : write_comparison(c);
        case condition::kind::related:
            return write_related(c);
        case condition::kind::in_query:
            write(c.left());
            out_ << " IN (";
            write_select(out_, c.rows());
            out_ << ")";
            return;
        case condition::kind::negation:
            return write_negation(c);
        case condition::kind::all_of:
        case condition::kind::any_of: {
            const std::string_view word = c.what() == condition::kind::all_of ? " AND " : " OR ";
            for (std::size_t i = 0; i < c.parts().size(); ++i) {
                out_ << (i ? word : std::string_view{}) << "(";
                write(c.parts()[i]);
                out_ << ")";
            }
        }
    }
}

/// "is not true", so that not(x) holds where x is null.
void scope::write_negation(const condition& c) {
    const auto& inner = c.parts().front();
    if (inner.what() == condition::kind::related) {
        out_ << "NOT ";
        return write_related(inner);
    }
    if (inner.what() == condition::kind::compare && inner.how() == comparison::is_null) {
        write(inner.left());
        out_ << " IS NOT NULL";
        return;
    }
    out_ << "(";
    write(inner);
    out_ << ") IS NOT TRUE";
}

void scope::write_related(const condition& c) {
    const auto& through = c.through();
    scope inside(out_, *through.model, as_of_);
    inside.needs(c.parts().front());
    out_ << "EXISTS (SELECT 1 FROM ";
    inside.write_from();
    out_ << " WHERE ";
    inside.write(path{through.model, {through.field}});
    out_ << " = ";
    write_key(through.from);
    if (c.parts().front().what() != condition::kind::always) {
        out_ << " AND (";
        inside.write(c.parts().front());
        out_ << ")";
    }
    out_ << ")";
}

void scope::write_two(const condition& c) {
    const auto& right = *c.other();
    const bool mixed = (c.left().type() == field_type::real) != (right.type() == field_type::real);
    const auto side = [&](const expression& e) {
        if (orders(c.how()) && e.is_text()) return write_ordered(e);
        const bool convert = mixed && e.type() != field_type::real;
        if (convert && out_.sqlite()) out_ << "CAST(";
        write(e);
        if (convert) out_ << (out_.sqlite() ? " AS REAL)" : "::float8");
    };
    side(c.left());
    if (c.how() == comparison::not_equal)
        out_ << " IS DISTINCT FROM ";
    else if (c.how() == comparison::equal && c.left().nullable() && right.nullable())
        out_ << " IS NOT DISTINCT FROM ";
    else
        out_ << symbols[static_cast<std::size_t>(c.how())];
    side(right);
}

void scope::write_comparison(const condition& c) {
    switch (c.how()) {
        case comparison::is_null:
            write(c.left());
            out_ << " IS NULL";
            return;
        case comparison::in:
            return write_in(c);
        case comparison::not_equal:  // as in C++: a null is different from any value
            write(c.left());
            out_ << " IS DISTINCT FROM ";
            break;
        case comparison::equal:
            write(c.left());
            out_ << " = ";
            break;
        case comparison::less:
        case comparison::less_equal:
        case comparison::greater:
        case comparison::greater_equal:
            write_ordered(c.left());
            out_ << symbols[static_cast<std::size_t>(c.how())];
            break;
        default:
            return write_search(c);
    }
    out_.bind(c.right().front());
}

/// One of several values. They go in as one list where they can, so that the statement stays prepared however many
/// there are.
void scope::write_in(const condition& c) {
    if (c.right().empty()) {
        out_ << "false";
        return;
    }
    write(c.left());
    if (c.right().size() == 1) {
        out_ << " = ";
        out_.bind(c.right().front());
        return;
    }
    if (auto list = list_parameter(c.right(), out_.engine())) {
        const bool texts = std::holds_alternative<std::string>(c.right().front());
        out_ << (out_.sqlite() ? " IN (SELECT value FROM json_each(" : " = ANY (");
        out_.bind(std::move(*list)) << (out_.sqlite() ? "))" : texts ? "::text::text[])" : "::text::bigint[])");
        return;
    }
    out_ << " IN (";
    for (std::size_t i = 0; i < c.right().size(); ++i) (i ? out_ << ", " : out_).bind(c.right()[i]);
    out_ << ")";
}

void scope::write_search(const condition& c) {
    const auto& text = std::get<std::string>(c.right().front());
    const bool whole = c.how() == comparison::iequal;
    const bool start = !whole && c.how() != comparison::starts_with && c.how() != comparison::istarts_with;
    const bool end = !whole && c.how() != comparison::ends_with && c.how() != comparison::iends_with;
    const bool folds = c.how() >= comparison::icontains && c.how() != comparison::matches;
    const bool sqlite = out_.sqlite();
    if (c.how() == comparison::matches || c.how() == comparison::imatches) {
        if (sqlite) out_ << (folds ? "croft_imatches(" : "croft_matches(");
        write_ordered(c.left());
        out_ << (sqlite ? ", " : folds ? " ~* " : " ~ ");
        out_.bind(sqlite ? text : text::regex::checked(text).pattern()) << (sqlite ? ")" : "");
    } else if (folds || !sqlite) {  // by the C collation: only ASCII letters have a case, as with SQLite's LIKE
        write_ordered(c.left());
        out_ << (folds && !sqlite ? " ILIKE " : " LIKE ");
        out_.bind(like_pattern(text, start, end)) << " ESCAPE '\\'";
    } else if (text.empty()) {  // in every text; substr(x, -0) would be x
        write(c.left());
        out_ << " IS NOT NULL";
    } else if (start && end) {  // SQLite's LIKE ignores case: functions that don't
        out_ << "instr(";
        write(c.left());
        out_ << ", ";
        out_.bind(text) << ") > 0";
    } else {
        out_ << "substr(";
        write(c.left());
        out_ << (end ? ", 1, length(" : ", -length(");
        out_.bind(text) << ")) = ";
        out_.bind(text);
    }
}

}  // namespace croft::model_sql
