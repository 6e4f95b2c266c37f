// The statements that a connection used last, by their text: preparing one costs more than many a statement itself.
//
//     auto* known = cache.find(sql);
//     if (!known) known = &cache.add(prepared(handle, sql));
//
// `Prepared` has sql(), whose characters stay where they are when the cache moves it.
#pragma once

#include <list>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace croft::db {

template <class Prepared>
class statement_cache {
public:
    explicit statement_cache(std::size_t capacity) : capacity_(capacity == 0 ? 1 : capacity) {}

    /// Null where it isn't kept. What is given stays valid until the next take_oldest(), erase() or clear().
    Prepared* find(std::string_view sql) {
        if (!recent_.empty() && recent_.front().sql() == sql) return &recent_.front();
        const auto found = by_text_.find(sql);
        if (found == by_text_.end()) return nullptr;
        recent_.splice(recent_.begin(), recent_, found->second);
        return &recent_.front();
    }
    Prepared& add(Prepared fresh) {
        recent_.push_front(std::move(fresh));
        by_text_.emplace(recent_.front().sql(), recent_.begin());
        return recent_.front();
    }
    /// Takes out the one that was used longest ago, when there are more than wanted.
    std::optional<Prepared> take_oldest() { return recent_.size() > capacity_ ? take_any() : std::nullopt; }
    std::optional<Prepared> take_any() {
        if (recent_.empty()) return std::nullopt;
        by_text_.erase(recent_.back().sql());
        std::optional<Prepared> oldest(std::move(recent_.back()));
        recent_.pop_back();
        return oldest;
    }
    void erase(std::string_view sql) {
        const auto found = by_text_.find(sql);
        if (found == by_text_.end()) return;
        const auto at = found->second;
        by_text_.erase(found);
        recent_.erase(at);
    }
    void clear() noexcept {
        by_text_.clear();
        recent_.clear();
    }

private:
    std::size_t capacity_;
    std::list<Prepared> recent_;  // last used first
    std::unordered_map<std::string_view, typename std::list<Prepared>::iterator> by_text_;
};

}  // namespace croft::db
