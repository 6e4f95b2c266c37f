#include "graphql/language/document.hpp"

namespace croft::graphql {

std::string_view to_string(operation_type type) {
    switch (type) {
        case operation_type::query:
            return "query";
        case operation_type::mutation:
            return "mutation";
        case operation_type::subscription:
            return "subscription";
    }
    return {};
}

document::inside::inside(std::string source) : text(std::move(source)), memory(1024 + 8 * text.size()) {}

document::document(std::string text) : inside_(std::make_unique<inside>(std::move(text))) {}

location document::locate(std::uint32_t offset) const {
    std::call_once(inside_->lines_made, [this] { inside_->lines = line_index(inside_->text); });
    return inside_->lines.locate(offset);
}

const operation_definition* document::operation(std::string_view name) const {
    const operation_definition* found = nullptr;
    for (const definition* each : definitions()) {
        const auto* candidate = each->as_operation();
        if (!candidate || (!name.empty() && candidate->name.text != name)) continue;
        if (found) return nullptr;
        found = candidate;
    }
    return found;
}

}  // namespace croft::graphql
