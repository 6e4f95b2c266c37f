// The shape of a database in terms that both engines share: what migrations change, step by step, and what models want.
// Names are those of tables and columns. A plain value: copied, compared with ==. Any thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "croft/migration.hpp"

namespace croft::migrations {

struct index {
    std::vector<index_part> parts;
    std::string where;
    bool unique = false;
    friend bool operator==(const index&, const index&) = default;
};

struct check {
    std::string name, condition;
    friend bool operator==(const check&, const check&) = default;
};

struct table {
    std::string name;
    migrations::columns columns;
    std::vector<names> uniques;
    std::vector<index> indexes;
    std::vector<check> checks;
    std::optional<names> history;  // the columns whose changes alone make no version; nothing: no history
    bool history_ended = false;    // versions are kept, but no more are made
    migrations::columns past;      // columns that only its history has still, as past_of() gives them

    /// Null when there is none.
    column* find(std::string_view column_name);
    const column* find(std::string_view column_name) const;
    bool has_versions() const noexcept { return history || history_ended; }
};

class schema {
public:
    /// Null when there is none.
    const table* find(std::string_view name) const;
    /// Throws croft::error naming the nearest that exists.
    table& at(std::string_view name);
    void add(table made) { tables_[made.name] = std::move(made); }
    const std::map<std::string, table, std::less<>>& tables() const noexcept { return tables_; }
    std::map<std::string, table, std::less<>>& tables() noexcept { return tables_; }

private:
    std::map<std::string, table, std::less<>> tables_;
};

/// What the models want, their tables of pairs included.
table table_of(const model_info& model);
schema schema_of(const std::vector<const model_info*>& models);

/// A table as a model, which is what writes CREATE TABLE, indexes and history triggers: one way for a model and for a
/// table of the past. With the tables that it refers to, over any number of references.
class described {
public:
    described(const schema& in, const table& of);
    const model_info& model() const { return *models_.at(name_); }

private:
    void add(const schema& in, const table& of);
    std::string name_;
    std::map<std::string, std::unique_ptr<model_info>> models_;
};

/// A column as it is stored: a reference is the key it holds, which may be one itself.
column stored(const schema& in, const column& of);

/// What a literal is as a value of the column: 5 of a decimal is 5.00, a text is read. Throws croft::error when it is
/// none.
value value_of(const schema& in, std::string_view table, const column& of, const value& literal);

/// A column as versions keep it when its table has it no more: plain, may be null, a reference as the key it held.
column past_of(const schema& in, const column& gone);

/// Whether the versions of a dropped column of the same name can hold this one's.
bool fits_its_past(const schema& in, const table& of, const column& made);

/// Whether a column can be altered so. Keys are held by other tables' rows and by versions: theirs stay what they are,
/// only what they may be (a longer text, another name of an enum), and what becomes of them, can change.
bool may_become(const column& there, const column& wanted);

/// Where SQL (of a check, of an index's condition) speaks of a column, from `at` on; npos: nowhere.
std::size_t find_column(std::string_view sql, std::string_view column, std::size_t at = 0);
bool speaks_of(std::string_view sql, std::string_view column);

/// Changes `to` as the operation says. Throws croft::error when that can't be.
void replay(schema& to, const operation& step);

}  // namespace croft::migrations
