// Turns a struct's members and the options of its CROFT_MODEL into a model_info.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>

#include "base/text.hpp"
#include "croft/model.hpp"
#include "model/members.hpp"

namespace croft {

std::vector<std::string> member_names(std::string_view signature) {
    std::vector<std::string> names;
    const auto open = signature.find("= <");
    std::string_view list = signature.substr(open + 3, signature.rfind('>') - open - 3);
    while (!list.empty()) {
        const auto comma = std::min(list.find(", "), list.size());
        const auto one = list.substr(0, comma);
        names.emplace_back(one.substr(one.rfind('.') + 1));
        list.remove_prefix(std::min(comma + 2, list.size()));
    }
    return names;
}

namespace detail {

namespace {

class describer {
public:
    explicit describer(model_info& into) : info_(into) {}

    void add_field(const storage& how, std::string name, std::size_t offset, const void* initial) {
        field_info field;
        field.name = field.column = std::move(name);
        field.type = how.type;
        field.role = how.role;
        field.nullable = how.nullable;
        field.offset = offset;
        field.get = how.get;
        field.set = how.set;
        field.read = how.read;
        field.scale = how.scale;
        field.target = how.target;
        field.reverse = how.reverse;
        field.rule = how.rule;
        field.key_offset = how.key_offset;
        if (how.names) {
            field.enum_name = how.names().type;
            field.enumerators = how.names().listed;
            if (field.enumerators.empty())
                refuse(fmt::format("{}: {} has no enumerator within 0 … {}", field.name, field.enum_name,
                                   most_enumerators - 1));
        }
        field.initial = how.get(static_cast<const char*>(initial) + offset);
        refuse_default(field);
        info_.fields.push_back(std::move(field));
    }

    void add_link(const storage& how, std::string name, std::size_t offset, const model_info& (*self)()) {
        link_info link;
        link.name = std::move(name);
        link.offset = offset;
        link.owner = self;
        link.target = how.target;
        link.reverse = how.reverse;
        link.table = how.table;
        info_.links.push_back(std::move(link));
    }

    void apply(const model_option& option) {
        switch (option.kind) {
            case option_kind::primary_key:
                return take_keys(option);
            case option_kind::unique:
                if (option.sql.empty()) return info_.uniques.push_back(places(option.offsets));
                return add_index(option, true);
            case option_kind::index:
                return add_index(option, false);
            case option_kind::check:
                return info_.checks.push_back({option.text, option.sql});
            case option_kind::history:
                info_.has_history = true;
                info_.history_except = places(option.offsets);
                info_.retention = option.retention;
                return;
            case option_kind::table:
                info_.table = option.text;
                return;
            case option_kind::column:
                field_at(option.offsets.front()).column = option.text;
                return;
            case option_kind::renamed_from:
                return add_old_name(option);
            case option_kind::max_length:
                field_at(option.offsets.front()).max_length = option.number;
        }
    }

    void finish() {
        refuse_said_twice();
        if (info_.keys.empty()) info_.keys = {info_.index_of("id")};
        info_.id = info_.keys.front();
        for (auto& link : info_.links)
            if (link.table.empty()) link.table = info_.table + "_" + link.name;
        refuse_old_names_in_use();
        refuse_long_names();
        for (auto& check : info_.checks) refuse_decimals(check.sql);
        for (auto& index : info_.indexes) refuse_decimals(index.where);
    }

private:
    [[noreturn]] void refuse(const std::string& why) const {
        throw config_error(fmt::format("{}:{}: {}.{}", info_.file, info_.line, info_.name, why));
    }

    /// What no database remembers of a column's default.
    void refuse_default(const field_info& field) const {
        if (const auto* text = std::get_if<std::string>(&field.initial); text && text->contains('\0'))
            refuse(field.name + ": its default holds a zero byte, which the SQL of a default can't");
        if (const auto* number = std::get_if<double>(&field.initial); number && std::isnan(*number))
            refuse(field.name + ": its default is NaN, which SQLite can't store");
    }

    /// A decimal is a number on PostgreSQL and a count of its smallest units on SQLite: of numbers, only 0 is the same.
    void refuse_decimals(std::string_view sql) const {
        const auto of_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
        bool number = false;
        const field_info* decimal = nullptr;
        for (std::size_t i = 0; i < sql.size();) {
            auto end = i;
            while (end < sql.size() && (of_name(sql[end]) || (sql[end] == '.' && sql[i] <= '9'))) ++end;
            const auto word = sql.substr(i, end - i);
            i = std::max(end, i + 1);
            if (word.empty()) continue;
            if (std::isdigit(static_cast<unsigned char>(word[0])))
                number = number || word.find_first_not_of("0.") != word.npos;
            for (auto& field : info_.fields)
                if (field.type == field_type::decimal && field.column == word) decimal = &field;
        }
        if (number && decimal)
            refuse(
                fmt::format("{}: \"{}\" can't compare a decimal with a number other than 0: SQLite stores it in "
                            "units of its last digit, PostgreSQL as a number",
                            decimal->name, sql));
    }

    /// PostgreSQL cuts longer ones. Names of indexes and the like are shortened, but for these two there are queries.
    void refuse_long_names() const {
        constexpr std::size_t longest = 63;
        const auto table = [&](const std::string& name, std::string_view remedy) {
            if (name.size() > longest)
                throw config_error(
                    fmt::format("{}:{}: {}: the table {} would have a name of {} bytes, and 63 is the "
                                "most: {}",
                                info_.file, info_.line, info_.name, name, name.size(), remedy));
        };
        constexpr std::string_view ends = "_history";
        const auto history = info_.has_history ? ends : ends.substr(0, 0);
        table(info_.table + std::string(history), "table(\"…\") gives it a shorter one");
        for (auto& link : info_.links)
            table(link.table + std::string(history), "many<> takes a table's name, and the member may be shorter");
        for (auto& field : info_.fields)
            if (field.column.size() > longest)
                refuse(
                    fmt::format("{}: its column's name has {} bytes, and 63 is the most: column<&{}::{}>(\"…\") "
                                "gives it a shorter one",
                                field.name, field.column.size(), info_.name, field.name));
    }

    void add_old_name(const model_option& option) {
        if (option.offsets.empty()) return info_.renamed_from.push_back(option.text);
        const auto link = std::ranges::find(info_.links, option.offsets.front(), &link_info::offset);
        auto& of = link != info_.links.end() ? link->renamed_from : field_at(option.offsets.front()).renamed_from;
        of.push_back(option.text);
    }

    void refuse_said_twice() const {
        std::map<std::string_view, std::string_view> columns;
        for (auto& field : info_.fields)
            if (const auto [other, fresh] = columns.emplace(field.column, field.name); !fresh)
                refuse(fmt::format("{}: its column {} is that of {} too", field.name, field.column, other->second));
        for (auto one = info_.uniques.begin(); one != info_.uniques.end(); ++one)
            if (std::find(info_.uniques.begin(), one, *one) != one)
                refuse(info_.fields[one->front()].name + ": the same unique<…> stands there twice");
        for (auto one = info_.indexes.begin(); one != info_.indexes.end(); ++one)
            if (std::find(info_.indexes.begin(), one, *one) != one)
                refuse(info_.fields[one->parts.front().field].name + ": the same index stands there twice");
    }

    /// An old name is no field's now, and was only one field's before.
    void refuse_old_names_in_use() const {
        std::map<std::string_view, std::string_view> gone;
        for (auto& field : info_.fields)
            for (auto& old : field.renamed_from) {
                if (std::ranges::find(info_.fields, old, &field_info::column) != info_.fields.end())
                    refuse(fmt::format("{}: it can't be renamed_from(\"{}\"), which is still a column of this model",
                                       field.name, old));
                if (const auto [other, fresh] = gone.emplace(old, field.name); !fresh)
                    refuse(fmt::format("{}: it can't be renamed_from(\"{}\"), as {} says so too", field.name, old,
                                       other->second));
            }
    }

    std::size_t place(std::size_t offset) const {
        const auto at = std::ranges::find(info_.fields, offset, &field_info::offset);
        if (at != info_.fields.end()) return static_cast<std::size_t>(at - info_.fields.begin());
        const auto link = std::ranges::find(info_.links, offset, &link_info::offset);
        refuse((link == info_.links.end() ? "?" : link->name) + " is many-to-many: no option can name it");
    }
    field_info& field_at(std::size_t offset) { return info_.fields[place(offset)]; }
    std::vector<std::size_t> places(const std::vector<std::size_t>& offsets) const {
        std::vector<std::size_t> found;
        for (auto offset : offsets) found.push_back(place(offset));
        return found;
    }

    void take_keys(const model_option& option) {
        info_.keys = places(option.offsets);
        for (auto i : info_.keys)
            if (info_.fields[i].nullable) refuse(info_.fields[i].name + ": a primary key can't be optional");
    }

    void add_index(const model_option& option, bool unique) {
        index_info index;
        for (std::size_t i = 0; i < option.offsets.size(); ++i)
            index.parts.push_back({place(option.offsets[i]), option.descending[i]});
        index.unique = unique;
        index.where = option.sql;
        info_.indexes.push_back(std::move(index));
    }

    model_info& info_;
};

}  // namespace

model_info describe(std::string_view name, const char* file, int line, std::string_view signature, const void* sample,
                    const void* const* addresses, const storage* const* members, std::size_t count, const void* initial,
                    const model_info& (*self)(), std::vector<model_option> options) {
    model_info info;
    info.name = name;
    info.table = snake_case(name);
    info.file = file;
    info.line = line;
    describer into(info);
    auto names = member_names(signature);
    for (std::size_t i = 0; i < count; ++i) {
        const auto offset =
            static_cast<std::size_t>(static_cast<const char*>(addresses[i]) - static_cast<const char*>(sample));
        if (members[i]->link)
            into.add_link(*members[i], std::move(names.at(i)), offset, self);
        else
            into.add_field(*members[i], std::move(names.at(i)), offset, initial);
    }
    for (const auto& option : options) into.apply(option);
    into.finish();
    return info;
}

}  // namespace detail
}  // namespace croft
