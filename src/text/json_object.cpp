#include <algorithm>
#include <numeric>

#include "croft/json.hpp"

namespace croft {
namespace {
constexpr std::size_t linear_limit = 16;
}

json_object::json_object() noexcept = default;
json_object::~json_object() = default;
json_object::json_object(json_object&&) noexcept = default;
json_object& json_object::operator=(json_object&&) noexcept = default;
json_object::json_object(const json_object&) = default;
json_object& json_object::operator=(const json_object&) = default;

json_object::json_object(std::vector<json_member> members) : members_(std::move(members)) {
    if (members_.size() <= linear_limit) {
        drop_duplicates();
        return;
    }
    index();
    const auto same_key = [&](auto a, auto b) { return members_[a].key == members_[b].key; };
    if (std::adjacent_find(by_key_.begin(), by_key_.end(), same_key) == by_key_.end()) return;
    drop_duplicates();
    index();
}

// The last value wins at the first one's place, as in JavaScript. by_key_ is either empty (few members) or up to date,
// with equal keys in source order.
void json_object::drop_duplicates() {
    std::vector<bool> gone(members_.size(), false);
    bool any = false;
    const auto merge = [&](std::size_t first, std::size_t later) {
        members_[first].value = std::move(members_[later].value);
        gone[later] = any = true;
    };
    if (by_key_.empty()) {
        for (std::size_t later = 1; later < members_.size(); ++later)
            for (std::size_t first = 0; first < later; ++first)
                if (!gone[first] && members_[first].key == members_[later].key) {
                    merge(first, later);
                    break;
                }
    } else {
        for (std::size_t i = 1, first = 0; i < by_key_.size(); ++i)
            if (members_[by_key_[i]].key == members_[by_key_[first]].key) {
                merge(by_key_[first], by_key_[i]);
            } else {
                first = i;
            }
    }
    if (!any) return;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < members_.size(); ++i)
        if (!gone[i]) {
            if (kept != i) members_[kept] = std::move(members_[i]);
            ++kept;
        }
    members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(kept), members_.end());
}

void json_object::index() {
    by_key_.clear();
    if (members_.size() <= linear_limit) return;
    by_key_.resize(members_.size());
    std::iota(by_key_.begin(), by_key_.end(), 0u);
    std::sort(by_key_.begin(), by_key_.end(), [&](auto a, auto b) {
        const auto order = members_[a].key.compare(members_[b].key);
        return order != 0 ? order < 0 : a < b;
    });
}

std::size_t json_object::place_of(std::string_view key) const noexcept {
    if (by_key_.empty()) {
        const auto found = std::find_if(members_.begin(), members_.end(), [&](auto& m) { return m.key == key; });
        return static_cast<std::size_t>(found - members_.begin());
    }
    const auto found = std::lower_bound(by_key_.begin(), by_key_.end(), key, [&](auto place, std::string_view wanted) {
        return members_[place].key < wanted;
    });
    return found != by_key_.end() && members_[*found].key == key ? *found : members_.size();
}

std::vector<json_member>::const_iterator json_object::begin() const noexcept { return members_.begin(); }
std::vector<json_member>::const_iterator json_object::end() const noexcept { return members_.end(); }
std::size_t json_object::size() const noexcept { return members_.size(); }

const json* json_object::find(std::string_view key) const noexcept {
    const auto place = place_of(key);
    return place == members_.size() ? nullptr : &members_[place].value;
}

json* json_object::find(std::string_view key) noexcept { return const_cast<json*>(std::as_const(*this).find(key)); }

json& json_object::set(std::string key, json value) {
    if (auto* existing = find(key)) return *existing = std::move(value);
    members_.push_back({std::move(key), std::move(value)});
    if (by_key_.empty()) {
        index();
    } else {
        const auto place = static_cast<std::uint32_t>(members_.size() - 1);
        const auto before = std::lower_bound(by_key_.begin(), by_key_.end(), place,
                                             [&](auto a, auto b) { return members_[a].key < members_[b].key; });
        by_key_.insert(before, place);
    }
    return members_.back().value;
}

bool json_object::erase(std::string_view key) {
    const auto place = place_of(key);
    if (place == members_.size()) return false;
    members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(place));
    index();
    return true;
}

}  // namespace croft
