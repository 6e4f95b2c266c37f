// Which rollups were built, and as what. Loop thread only.
#pragma once

#include "croft/model.hpp"

namespace croft::rollup {

struct croft_rollup {
    std::int64_t id = 0;
    std::string name;       // "ItemStats"
    std::string signature;  // of its declaration, when it was built
    croft::modified_at built_at;
};
CROFT_MODEL(croft_rollup, unique<&croft_rollup::name>);

}  // namespace croft::rollup
