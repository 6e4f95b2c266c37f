// Model declarations for a database that is there: C++ that compiles against Croft, to begin with. What models can't
// say stands in it as a comment. Loop thread only.
#pragma once

#include "migrate/shape.hpp"

namespace croft::migrations {

/// The header's text. `tables`: only these; empty: all but Croft's own. Throws croft::error for a table that isn't
/// there.
std::string models_for(const shape& there, std::vector<std::string> tables, db::engine engine);

}  // namespace croft::migrations
