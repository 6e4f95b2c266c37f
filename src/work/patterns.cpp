#include <algorithm>
#include <ranges>

#include "base/text.hpp"
#include "work/registry.hpp"

namespace croft::work {
namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t";
    const auto from = text.find_first_not_of(blanks);
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

/// `*` is any text. The last star is tried further and further on: no recursion, at most |pattern| × |name| steps.
bool fits(std::string_view pattern, std::string_view name) {
    std::size_t p = 0, n = 0, star = std::string_view::npos, from = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*')
            star = p++, from = n;
        else if (p < pattern.size() && pattern[p] == name[n])
            ++p, ++n;
        else if (star != std::string_view::npos)
            p = star + 1, n = ++from;
        else
            return false;
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

[[noreturn]] void nothing_matches(std::string_view pattern, const std::vector<task_info>& tasks) {
    std::vector<std::string_view> names;
    for (const auto& task : tasks) names.push_back(task.name);
    throw config_error("CROFT_TASKS: no task matches " + quoted(pattern) + did_you_mean(pattern, names));
}

}  // namespace

std::vector<bool> matching_tasks(const std::vector<task_info>& tasks, std::string_view patterns) {
    patterns = trimmed(patterns);
    if (patterns.empty() || patterns == "*") return std::vector<bool>(tasks.size(), true);
    std::vector<bool> wanted(tasks.size(), patterns.front() == '!');
    if (patterns == "none") return wanted;
    for (const auto part : patterns | std::views::split(',')) {
        auto pattern = trimmed(std::string_view(part.begin(), part.end()));
        if (pattern.empty()) continue;
        const bool add = pattern.front() != '!';
        if (!add) pattern.remove_prefix(1);
        bool any = false;
        for (std::size_t i = 0; i < tasks.size(); ++i)
            if (fits(pattern, tasks[i].name)) wanted[i] = add, any = true;
        if (!any && pattern != "*") nothing_matches(pattern, tasks);
    }
    return wanted;
}

}  // namespace croft::work
