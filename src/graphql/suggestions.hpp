// " Did you mean "name"?": names close to a mistyped one, in the form in which every GraphQL server says it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace croft::graphql {

/// Those of `options` that `input` may be a slip of, the closest first.
std::vector<std::string> suggestions(std::string_view input, const std::vector<std::string>& options);

/// ` Did you mean "a", "b", or "c"?`, with `what` in front of the names (`the enum value "a"`); at most five; empty for
/// none.
std::string did_you_mean(const std::vector<std::string>& names, std::string_view what = {});

/// `"a", "b", or "c"`
std::string quoted_or_list(const std::vector<std::string>& names);

/// The names of whatever has one, as options.
template <class Items>
std::vector<std::string> names_of(const Items& items) {
    std::vector<std::string> names;
    for (const auto& each : items) names.emplace_back(each.name);
    return names;
}

}  // namespace croft::graphql
