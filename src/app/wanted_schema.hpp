// Everything that an app's database should hold: the models' tables, their history, and Croft's own. Loop thread only.
#pragma once

#include <string>
#include <vector>

#include "model/schema.hpp"

namespace croft::app {

/// Throws croft::error when a model can't be stored.
std::vector<model_schema::object> wanted_schema(db::engine engine);

/// The models that the app itself declares: those without Croft's own tables.
std::vector<const model_info*> app_models();

/// Whether a database lies behind the URL: a SQLite file that is there. True for URLs of other kinds. Commands that
/// only look must not make one.
bool database_exists(const std::string& url);

}  // namespace croft::app
