// JSON from outside: coerce_json (the checks of §3.5–3.12, with the messages that clients know).
#include <fmt/format.h>

#include "graphql/suggestions.hpp"
#include "graphql/type/coerce.hpp"
#include "graphql/type/inspect.hpp"

namespace croft::graphql {
namespace {

class json_coercer {
public:
    explicit json_coercer(const input_fault& report) : report_(report) {}

    json coerce(const json& value, const type& type) {
        if (type.is_non_null()) {
            if (!value.is_null()) return coerce(value, type.inner());
            return fault(value, fmt::format("Expected non-nullable type \"{}\" not to be null.", to_string(type)));
        }
        if (value.is_null()) return {};
        if (type.is_list()) return coerce_list(value, type.inner());
        switch (type.named().kind) {
            case type_kind::input_object:
                return coerce_object(value, type.named());
            case type_kind::enum_:
                return coerce_enum(value, type.named());
            default:
                return coerce_scalar(value, type.named());
        }
    }

private:
    json fault(const json& found, const std::string& message) {
        report_(path_, found, message);
        return {};
    }

    json coerce_list(const json& value, const type& item) {
        json items = json::array({});
        if (!value.is_array()) {
            items.push_back(coerce(value, item));
            return items;
        }
        for (std::size_t i = 0; i < value.array().size(); ++i) {
            path_.emplace_back(i);
            items.push_back(coerce(value[i], item));
            path_.pop_back();
        }
        return items;
    }

    json coerce_object(const json& value, const named_type& type) {
        if (!value.is_object()) return fault(value, fmt::format("Expected type \"{}\" to be an object.", type.name));
        std::vector<json_member> members;
        for (const input_value& field : type.input_fields) {
            if (const json* given = value.find(field.name)) {
                path_.emplace_back(field.name);
                members.push_back({field.name, coerce(*given, field.type)});
                path_.pop_back();
            } else if (field.default_value) {
                members.push_back({field.name, *field.default_value});
            } else if (field.type.is_non_null()) {
                fault(value, fmt::format("Field \"{}\" of required type \"{}\" was not provided.", field.name,
                                         to_string(field.type)));
            }
        }
        for (const json_member& given : value.object()) {
            if (type.input_field(given.key)) continue;
            fault(value, fmt::format("Field \"{}\" is not defined by type \"{}\".{}", given.key, type.name,
                                     did_you_mean(suggestions(given.key, names_of(type.input_fields)))));
        }
        if (type.one_of) check_one_of(value, members, type);
        return json_object(std::move(members));
    }

    void check_one_of(const json& value, const std::vector<json_member>& members, const named_type& type) {
        if (members.size() != 1)
            fault(value, fmt::format("Exactly one key must be specified for OneOf type \"{}\".", type.name));
        if (members.empty() || !members.front().value.is_null()) return;
        path_.emplace_back(members.front().key);
        fault(members.front().value, fmt::format("Field \"{}\" must be non-null.", members.front().key));
        path_.pop_back();
    }

    json coerce_enum(const json& value, const named_type& type) {
        if (!value.is_string()) {
            const std::string shown = inspect(value);
            return fault(value, fmt::format("Enum \"{}\" cannot represent non-string value: {}.{}", type.name, shown,
                                            did_you_mean(suggestions(shown, names_of(type.values)), "the enum value")));
        }
        if (type.value(value.text())) return value;
        return fault(value,
                     fmt::format("Value \"{}\" does not exist in \"{}\" enum.{}", value.text(), type.name,
                                 did_you_mean(suggestions(value.text(), names_of(type.values)), "the enum value")));
    }

    json coerce_scalar(const json& value, const named_type& type) {
        if (!type.input.from_json) return value;
        auto read = type.input.from_json(value);
        if (read) return std::move(*read);
        return fault(value,
                     type.built_in ? read.error() : fmt::format("Expected type \"{}\". {}", type.name, read.error()));
    }

    const input_fault& report_;
    std::vector<path_step> path_;
};

}  // namespace

json coerce_json(const json& value, const type& type, const input_fault& report) {
    return json_coercer(report).coerce(value, type);
}

}  // namespace croft::graphql
