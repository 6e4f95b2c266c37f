// Everything that an app's database should hold: the models' tables, their history, and Croft's own. Loop thread only.
#pragma once

#include <string>
#include <vector>

#include "migrate/migrator.hpp"

namespace croft::app {

/// What this program's database should hold. Throws croft::error when a model can't be stored.
migrations::wishes wanted_schema();

/// The migrations of this program. Throws croft::error when they can't be.
const migrations::program& program_migrations();

/// The models that the app itself declares: those without Croft's own tables.
std::vector<const model_info*> app_models();

/// Whether a database lies behind the URL: a SQLite file that is there. True for PostgreSQL's. Commands that only
/// look must not make one. Throws config_error for what is no URL of a database.
bool database_exists(const std::string& url);

}  // namespace croft::app
