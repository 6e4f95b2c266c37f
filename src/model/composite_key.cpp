#include "model/composite_key.hpp"

#include <algorithm>

#include "croft/field.hpp"
#include "croft/json.hpp"
#include "model/rows.hpp"

namespace croft::composite_key {

value join(std::vector<value> parts) {
    if (parts.size() == 1) return std::move(parts.front());
    if (std::ranges::any_of(parts, is_null)) return {};
    json all = json::array({});
    for (const auto& one : parts) all.push_back(to_json(one));
    return json_text{all.dump()};
}

std::vector<value> split(const model_info& model, const std::vector<std::size_t>& fields, const value& joined) {
    if (fields.size() == 1) return {joined};
    std::vector<value> parts;
    const auto all = json::parse(std::get<json_text>(joined).text, "a key");
    for (std::size_t i = 0; i < fields.size(); ++i)
        parts.push_back(fit(model, model.fields[fields[i]], to_value(all.array().at(i))));
    return parts;
}

}  // namespace croft::composite_key
