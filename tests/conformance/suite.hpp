// A suite of the program `conformance`: one JSON case in, one JSON answer (as text, on one line) out. A suite registers
// itself by a namespace-scope object; an exception becomes the answer {"error": …}.
//
//     std::string answer(const croft::json& the_case) { … }
//     const conformance::suite registered("robots", answer);
#pragma once

#include <string>

#include "croft/json.hpp"

namespace conformance {

using answer_fn = std::string (*)(const croft::json& the_case);

struct suite {
    suite(const char* name, answer_fn fn);
};

}  // namespace conformance
