// Values as keys of hash tables, and lists of different ones.
#pragma once

#include <functional>
#include <unordered_set>
#include <vector>

#include "croft/model_info.hpp"

namespace croft {

struct value_hash {
    std::size_t operator()(const value& key) const {
        if (const auto* number = std::get_if<std::int64_t>(&key)) return static_cast<std::size_t>(*number);
        if (const auto* text = std::get_if<std::string>(&key)) return std::hash<std::string>()(*text);
        return std::hash<std::string>()(to_text(key));
    }
};

/// Each once, in the order in which they came.
class key_list {
public:
    void add(value key) {
        if (seen_.insert(key).second) keys_.push_back(std::move(key));
    }
    std::vector<value> take() { return std::move(keys_); }
    bool empty() const noexcept { return keys_.empty(); }

private:
    std::unordered_set<value, value_hash> seen_;
    std::vector<value> keys_;
};

}  // namespace croft
