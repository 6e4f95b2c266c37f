#include "croft/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/text.hpp"

namespace croft {

namespace {

[[noreturn]] void misfit(const value& v, std::string_view wanted) {
    throw error(fmt::format("{} is not {}", to_text(v), wanted));
}

template <class T>
T integer_from(const value& v) {
    std::int64_t number = 0;
    if (auto* i = std::get_if<std::int64_t>(&v))
        number = *i;
    else if (auto* b = std::get_if<bool>(&v))
        number = *b;
    else if (auto* d = std::get_if<double>(&v); d && *d == std::trunc(*d) && std::abs(*d) < 9e15)
        number = static_cast<std::int64_t>(*d);
    else
        misfit(v, "an integer");
    if (number < std::numeric_limits<T>::min() || number > std::numeric_limits<T>::max())
        misfit(v, fmt::format("within {} … {}", std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
    return static_cast<T>(number);
}

template <class T>
T from_value(value v) {
    if constexpr (std::is_same_v<T, bool>) {
        if (auto* b = std::get_if<bool>(&v)) return *b;
        if (auto* i = std::get_if<std::int64_t>(&v); i && (*i == 0 || *i == 1)) return *i == 1;
        misfit(v, "a boolean");
    } else if constexpr (std::is_integral_v<T>) {
        return integer_from<T>(v);
    } else if constexpr (std::is_same_v<T, double>) {
        if (auto* d = std::get_if<double>(&v)) return *d;
        if (auto* i = std::get_if<std::int64_t>(&v)) return static_cast<double>(*i);
        misfit(v, "a number");
    } else if constexpr (std::is_same_v<T, std::string>) {
        if (auto* s = std::get_if<std::string>(&v)) return std::move(*s);
        misfit(v, "a text");
    } else if constexpr (std::is_same_v<T, bytes>) {
        if (auto* b = std::get_if<bytes>(&v)) return std::move(*b);
        misfit(v, "bytes");
    } else if constexpr (std::is_same_v<T, time_point>) {
        if (auto* t = std::get_if<time_point>(&v)) return *t;
        if (auto* s = std::get_if<std::string>(&v))
            if (auto parsed = parse_time(*s)) return *parsed;
        misfit(v, "a time (RFC 3339)");
    } else {
        return T{from_value<time_point>(std::move(v))};
    }
}

template <class T>
value into_value(const T& member) {
    if constexpr (std::is_same_v<T, bool>)
        return member;
    else if constexpr (std::is_integral_v<T>)
        return static_cast<std::int64_t>(member);
    else if constexpr (requires { member.at; })
        return member.at;
    else
        return member;
}

using declaration = const model_info& (*)();
std::vector<declaration>& declarations() {
    static std::vector<declaration> all;
    return all;
}

}  // namespace

namespace detail {

/// The members' names, out of "… [Addresses = <&sample.object.id, &sample.object.name>]".
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

#define CROFT_STORED(Type)                                                                                \
    value stored<Type>::get(const void* p) { return into_value(*static_cast<const Type*>(p)); }           \
    void stored<Type>::set(void* p, value v) { *static_cast<Type*>(p) = from_value<Type>(std::move(v)); } \
    value stored<std::optional<Type>>::get(const void* p) {                                               \
        auto& m = *static_cast<const std::optional<Type>*>(p);                                            \
        return m ? into_value(*m) : value{};                                                              \
    }                                                                                                     \
    void stored<std::optional<Type>>::set(void* p, value v) {                                             \
        auto& m = *static_cast<std::optional<Type>*>(p);                                                  \
        if (is_null(v))                                                                                   \
            m.reset();                                                                                    \
        else                                                                                              \
            m = from_value<Type>(std::move(v));                                                           \
    }
CROFT_STORED(bool)
CROFT_STORED(std::int16_t)
CROFT_STORED(std::int32_t)
CROFT_STORED(std::int64_t)
CROFT_STORED(double)
CROFT_STORED(std::string)
CROFT_STORED(croft::bytes)
CROFT_STORED(time_point)
CROFT_STORED(created_at)
CROFT_STORED(modified_at)
#undef CROFT_STORED

value get_reference(const reference& r) { return r.id; }
std::int64_t reference_from(value v) { return integer_from<std::int64_t>(v); }

model_info describe(std::string_view name, const char* file, int line, std::string_view signature, const void* sample,
                    const void* const* addresses, const storage* const* members, std::size_t count, const void* initial,
                    std::vector<model_option> options) {
    model_info info;
    info.name = name;
    info.table = snake_case(name);
    info.file = file;
    info.line = line;
    const auto names = member_names(signature);
    for (std::size_t i = 0; i < count; ++i) {
        const storage& how = *members[i];
        field_info field;
        field.name = names.at(i);
        field.type = how.type;
        field.role = how.role;
        field.nullable = how.nullable;
        field.offset =
            static_cast<std::size_t>(static_cast<const char*>(addresses[i]) - static_cast<const char*>(sample));
        field.get = how.get;
        field.set = how.set;
        field.initial = how.get(static_cast<const char*>(initial) + field.offset);
        field.target = how.target;
        field.reverse = how.reverse;
        field.rule = how.rule;
        info.fields.push_back(std::move(field));
    }
    const auto place = [&](std::size_t offset) {
        return static_cast<std::size_t>(std::ranges::find(info.fields, offset, &field_info::offset) -
                                        info.fields.begin());
    };
    const auto places = [&](const std::vector<std::size_t>& offsets) {
        std::vector<std::size_t> found;
        std::ranges::transform(offsets, std::back_inserter(found), place);
        return found;
    };
    info.id = info.index_of("id");
    for (auto& option : options) {
        switch (option.kind) {
            case option_kind::unique:
                info.uniques.push_back(places(option.offsets));
                break;
            case option_kind::index:
                info.indexes.push_back(places(option.offsets));
                break;
            case option_kind::table:
                info.table = option.text;
                break;
            case option_kind::history:
                info.has_history = true;
                info.history_except = places(option.offsets);
                break;
        }
    }
    return info;
}

bool register_model(declaration which) {
    declarations().push_back(which);
    return true;
}

}  // namespace detail

std::optional<std::size_t> model_info::find(std::string_view field) const noexcept {
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (fields[i].name == field) return i;
    return std::nullopt;
}

std::size_t model_info::index_of(std::string_view field) const {
    if (auto found = find(field)) return *found;
    std::vector<std::string_view> names;
    for (auto& f : fields) names.push_back(f.name);
    throw error(fmt::format("{} has no field \"{}\"{}", name, field, did_you_mean(field, names)));
}

std::vector<std::size_t> model_info::natural_key() const { return uniques.empty() ? std::vector{id} : uniques.front(); }

const std::vector<const model_info*>& all_models() {
    static const std::vector<const model_info*> all = [] {
        std::map<std::string, const model_info*> by_name, by_table;
        for (auto which : declarations()) {
            const model_info& info = which();
            for (auto* known : {&by_name, &by_table}) {
                auto [at, fresh] = known->emplace(known == &by_name ? info.name : info.table, &info);
                if (!fresh && at->second != &info)
                    throw config_error(
                        fmt::format("{}:{}: model {} (table {}) is declared already at {}:{}; rename one, or "
                                    "give one another table(\"…\")",
                                    info.file, info.line, info.name, info.table, at->second->file, at->second->line));
            }
        }
        std::vector<const model_info*> sorted;
        for (auto& [name, info] : by_name) sorted.push_back(info);
        return sorted;
    }();
    return all;
}

const model_info& model_named(std::string_view name) {
    std::vector<std::string_view> names;
    for (auto* info : all_models()) {
        if (info->name == name || info->table == name) return *info;
        names.push_back(info->name);
    }
    throw error(fmt::format("there is no model \"{}\"{}", name, did_you_mean(name, names)));
}

std::string to_text(const value& v) {
    struct writer {
        std::string operator()(std::monostate) const { return "null"; }
        std::string operator()(bool b) const { return b ? "true" : "false"; }
        std::string operator()(std::int64_t i) const { return std::to_string(i); }
        std::string operator()(double d) const { return fmt::format("{}", d); }
        std::string operator()(const std::string& s) const { return quoted(s); }
        std::string operator()(const bytes& b) const { return fmt::format("{} bytes", b.size()); }
        std::string operator()(time_point t) const { return to_text(t); }
    };
    return std::visit(writer{}, v);
}

}  // namespace croft
