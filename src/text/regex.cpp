#include "text/regex.hpp"

#include <algorithm>

#include "text/utf8_read.hpp"

namespace croft::text {

/// All ways through the pattern at once (Thompson): each step is visited at most once a character.
struct regex::walker {
    explicit walker(const regex& r) : steps(r.steps_), sets(r.sets_), seen(r.steps_.size(), 0) {}

    /// Adds the step and what can be reached from it without a character. True when that is the end.
    bool reach(std::uint32_t from, bool start, bool end) {
        pending.assign(1, from);
        while (!pending.empty()) {
            const auto i = pending.back();
            pending.pop_back();
            if (seen[i] == round) continue;
            seen[i] = round;
            const auto& step = steps[i];
            switch (step.what) {
                case op::found:
                    return true;
                case op::jump:
                    pending.push_back(step.a);
                    break;
                case op::split:
                    pending.push_back(step.b);
                    pending.push_back(step.a);
                    break;
                case op::at_start:
                    if (start) pending.push_back(i + 1);
                    break;
                case op::at_end:
                    if (end) pending.push_back(i + 1);
                    break;
                default:
                    next.push_back(i);
            }
        }
        return false;
    }

    bool takes(const step& what, std::uint32_t c) const {
        if (what.what == op::character) return what.a == c;
        const bool in =
            std::ranges::any_of(sets[what.a], [&](const range& r) { return r.first <= c && c <= r.second; });
        return in == (what.what == op::any_of);
    }

    const std::vector<step>& steps;
    const std::vector<std::vector<range>>& sets;
    std::vector<std::uint32_t> now, next, pending;
    std::vector<std::size_t> seen;  // the round in which a step was reached last
    std::size_t round = 0;
};

bool regex::found_in(std::string_view text) const {
    walker all(*this);
    for (std::size_t at = 0;;) {
        const bool end = at == text.size();
        // A match may begin here; those that began earlier were carried over.
        if (all.round == 0) ++all.round;
        if (all.reach(0, at == 0, end)) return true;
        if (end) return false;
        std::swap(all.now, all.next);
        all.next.clear();
        ++all.round;
        auto c = read_utf8(text, at);
        if (ignore_case_ && c >= 'A' && c <= 'Z') c += 'a' - 'A';
        for (auto i : all.now)
            if (all.takes(steps_[i], c) && all.reach(i + 1, false, at == text.size())) return true;
        all.now.clear();
    }
}

}  // namespace croft::text
