// Names of a struct's members, as the compiler knows them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace croft {

/// Out of what detail::member_signature() gives: "… [Addresses = <&sample.object.id, &sample.object.name>]".
std::vector<std::string> member_names(std::string_view signature);

}  // namespace croft
