// Values as keys of hash tables.
#pragma once

#include <functional>

#include "croft/model_info.hpp"

namespace croft {

struct value_hash {
    std::size_t operator()(const value& key) const {
        if (const auto* number = std::get_if<std::int64_t>(&key)) return static_cast<std::size_t>(*number);
        if (const auto* text = std::get_if<std::string>(&key)) return std::hash<std::string>()(*text);
        return std::hash<std::string>()(to_text(key));
    }
};

}  // namespace croft
