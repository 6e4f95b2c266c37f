// Brings a database to where the program wants it, or says what that would take. One way for programs with migrations
// and without: Croft's own tables, and the models of a program that has no migrations, grow (grow.hpp); migrations are
// applied, or undone, one transaction each. Two processes at once are safe: each transaction takes the database's lock
// for migrations first and looks again what is still to do. Loop thread only.
#pragma once

#include "migrate/grow.hpp"
#include "migrate/program.hpp"

namespace croft::migrations {

/// What the database should hold, besides what migrations say.
struct wishes {
    std::vector<const model_info*> own;     // Croft's tables
    std::vector<const model_info*> models;  // the program's
};

/// What rollups need on the tables of these models.
std::vector<model_schema::object> rollup_objects(const std::vector<const model_info*>& models, db::engine engine);

/// A part of the work: what one transaction does.
struct stage {
    enum class kind { growing, adopting, applying, undoing, attaching };
    kind what = kind::growing;
    std::string name;  // of the migration, else "Croft's tables", "the models' tables"
    std::vector<step> steps;
    std::vector<std::string> destroys;  // data that is lost by it
    bool outside = false;               // of a transaction, and gone on with where it was interrupted
};

struct agenda {
    std::vector<stage> stages;
    std::vector<std::string> problems;  // why it can't be done, each with a remedy
    std::vector<std::string> remarks;   // differences that do no harm
    std::vector<std::string> unsaid;    // operations between the migrations and the models: makemigrations

    bool rollups_stand = false;  // afterwards: the tables are the models', and their rollups' triggers on them

    bool done() const noexcept { return stages.empty() && problems.empty(); }
};

/// Which data may be lost by it. That of applying a migration was decided when the migration was written.
enum class losing { nothing, by_applying, anything };

struct goal {
    std::optional<std::string> last;  // the last migration that is to be applied; nothing: all
    losing may = losing::by_applying;
};

/// What is to do. Reads only.
task<agenda> look(db::database* base, const wishes* wanted, const program* with, goal to);

/// Does it, and gives what was done; `tell` hears of each stage when it is. Throws croft::error, naming every problem,
/// before anything is done.
task<agenda> migrate(db::database* base, const wishes* wanted, const program* with, goal to,
                     std::function<void(const stage&)> tell = {});

/// The same for these models and no migrations: what is missing of their tables is made. With Croft's table of
/// migrations and what history needs.
task<agenda> make_tables(db::database* base, std::vector<const model_info*> models);

}  // namespace croft::migrations
