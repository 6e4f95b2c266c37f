#include "migrate/move.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "croft/clock.hpp"
#include "history/history.hpp"
#include "migrate/move_tables.hpp"
#include "migrate/print.hpp"
#include "migrate/record.hpp"
#include "model/sql.hpp"
#include "model/sql_builder.hpp"

namespace croft::migrations {
namespace {

using model_sql::builder;
using model_sql::identifier;

schema whole_schema(const wishes& wanted, const program& with) {
    schema all = with.empty() ? schema_of(wanted.models) : with.end();
    for (auto& [name, one] : schema_of(wanted.own).tables()) all.add(one);
    return all;
}

std::string literal(const std::string& text) { return model_schema::literal(value(text), db::engine::sqlite); }

class mover {
public:
    mover(db::database* from, db::database* to, const wishes& wanted, const program& with, move_options options)
        : from_(from),
          to_(to),
          wanted_(wanted),
          with_(with),
          options_(std::move(options)),
          schema_(whole_schema(wanted, with)) {}

    task<std::vector<moved_table>> run() {
        const auto source = co_await read_shape(from_);
        co_await require_shape(&source);
        find_ended_histories(source);
        tables_.emplace(schema_);
        tell_what_stays(source);
        const auto target = co_await read_shape(to_);
        if (!target.empty() && !target.contains(move_table)) co_return co_await compare_only(&target);
        const auto parts = creation_in_two_parts(schema_, to_->kind());
        co_await begin(&target, &parts);
        for (const auto* model : tables_->models()) co_await copy(model);
        auto report = co_await compare();
        co_await complete(&parts);
        co_return report;
    }

private:
    void tell(const std::string& line) const {
        if (options_.tell) options_.tell(line);
    }

    task<> require_shape(const shape* source) {
        if (co_await same_database()) throw error(from_->url() + ": source and target are the same database");
        if (const auto half = co_await unfinished_move(from_, source); !half.empty()) throw error(half);
        const auto left = co_await look(from_, &wanted_, &with_, {});
        if (!left.problems.empty())
            throw error(fmt::format("{}: the source isn't in the program's shape: {}", from_->url(),
                                    fmt::join(left.problems, "; ")));
        if (!left.done())
            throw error(fmt::format("{}: the source isn't in the program's shape: migrate it first", from_->url()));
    }

    /// By whatever names: a file has several paths, a server several addresses.
    task<bool> same_database() {
        if (from_->kind() != to_->kind()) co_return false;
        const auto source = co_await whereabouts(from_), target = co_await whereabouts(to_);
        std::error_code ignored;
        co_return source == target ||
            (from_->kind() == db::engine::sqlite && std::filesystem::equivalent(source, target, ignored));
    }
    task<std::string> whereabouts(db::database* base) {
        const auto* const query = base->kind() == db::engine::sqlite
                                      ? "SELECT file FROM pragma_database_list WHERE name = 'main'"
                                      : "SELECT concat_ws(' ', extract(epoch FROM pg_postmaster_start_time()), oid, "
                                        "current_schema()) FROM pg_database WHERE datname = current_database()";
        const auto rows = co_await base->read(db::statement{query});
        co_return std::string(rows.at(0, 0).text());
    }

    /// Without migrations nobody remembers them, but they are there.
    void find_ended_histories(const shape& source) {
        for (auto& [name, one] : schema_.tables())
            if (!one.has_versions() && source.contains(name + "_history") && !schema_.find(name + "_history"))
                schema_.at(name).history_ended = true;
    }

    void tell_what_stays(const shape& source) const {
        for (auto& [name, there] : source) {
            const auto known = std::ranges::find(tables_->models(), name, &model_info::table);
            if (name == history::context_table().name) continue;
            if (known == tables_->models().end()) {
                tell(fmt::format("note: the table {} is none of the program's: it stays behind", name));
                continue;
            }
            for (auto& column : there.columns)
                if (std::ranges::find((*known)->fields, column.name, &field_info::column) == (*known)->fields.end())
                    tell(fmt::format("note: the column {}.{} is none of the program's: it stays behind", name,
                                     column.name));
        }
    }

    /// What arrived before, or something else.
    task<std::vector<moved_table>> compare_only(const shape* target) {
        for (const auto* model : tables_->models())
            if (!target->contains(model->table))
                throw error(
                    fmt::format("{}: the target isn't empty (it has the table {}): a move needs a database of "
                                "its own",
                                to_->url(), target->begin()->first));
        tell("the target has the program's tables already: comparing");
        co_return co_await compare();
    }

    /// Makes the tables, or finds them made by a move of the same that was interrupted.
    task<> begin(const shape* target, const two_parts* parts) {
        std::string made;
        for (auto& sql : parts->tables) made += sql;
        const auto hash = hash_of(std::vector<operation>{sql(made.c_str())});
        if (target->contains(move_table)) {
            const auto rows = co_await to_->read(db::statement{"SELECT source, tables FROM croft_move"});
            if (rows.at(0, 0).text() != from_->url()) throw error(co_await unfinished_move(to_, target));
            if (rows.at(0, 1).text() != hash)
                throw error(to_->url() +
                            ": holds an unfinished move of tables that have changed since: begin again, "
                            "with an empty database");
            tell("going on with the move that was interrupted");
            co_return;
        }
        std::function<task<>()> body = [&]() -> task<> {
            co_await to_->script("CREATE TABLE croft_move (source text NOT NULL, tables text NOT NULL)");
            builder insert(to_->kind());
            insert << "INSERT INTO croft_move (source, tables) VALUES (";
            insert.bind(from_->url()) << ", ";
            insert.bind(hash) << ")";
            co_await to_->write(std::move(insert).finish());
            for (auto& sql : parts->tables) co_await to_->script(sql);
        };
        co_await to_->transaction(body);
    }

    task<std::int64_t> count(db::database* base, const model_info* model) {
        const auto rows = co_await base->read(db::statement{"SELECT count(*) FROM " + identifier(model->table)});
        co_return rows.at(0, 0).integer();
    }

    task<> copy(const model_info* model) {
        const auto all = co_await count(from_, model);
        auto done = co_await count(to_, model);
        db::insertion into{.table = model->table, .columns = {}};
        for (auto& field : model->fields) into.columns.push_back(field.column);
        row_reader source(model, from_, co_await last_key(model, to_), options_.batch);
        for (auto told = now();;) {
            auto rows = co_await source.next();
            if (rows.empty()) break;
            done += static_cast<std::int64_t>(rows.size());
            std::vector<value> params;
            for (auto& row : rows)
                params.insert(params.end(), std::make_move_iterator(row.begin()), std::make_move_iterator(row.end()));
            co_await to_->write_many(into, std::move(params));
            if (now() - told < options_.tell_every) continue;
            told = now();
            tell(fmt::format("{}: {} of {} rows", model->table, done, all));
        }
        tell(fmt::format("{}: {} rows copied", model->table, done));
    }

    task<std::vector<moved_table>> compare() {
        std::vector<moved_table> report;
        std::vector<std::string> wrong;
        for (const auto* model : tables_->models()) {
            const auto source = co_await sum(from_, model), target = co_await sum(to_, model);
            if (source.rows != target.rows)
                wrong.push_back(fmt::format("{} has {} rows in the source and {} in the target", model->table,
                                            source.rows, target.rows));
            else if (source != target)
                wrong.push_back(fmt::format("{} has other values in the target", model->table));
            report.push_back(target);
        }
        if (!wrong.empty())
            throw error(fmt::format("{}: {}. Was one of them written to meanwhile? Begin again, with an empty target",
                                    to_->url(), fmt::join(wrong, "; ")));
        tell("counts and checksums of all tables agree");
        co_return report;
    }

    task<moved_table> sum(db::database* base, const model_info* model) {
        moved_table out{model->table, 0, 14695981039346656037u};
        row_reader reader(model, base, {}, options_.batch);
        for (;;) {
            const auto rows = co_await reader.next();
            if (rows.empty()) co_return out;
            for (auto& row : rows) add_row(out.checksum, row);
            out.rows += static_cast<std::int64_t>(rows.size());
        }
    }

    /// Counters of keys, then indexes, references and triggers; that is the end of the move.
    task<> complete(const two_parts* parts) {
        std::string counters;
        for (const auto* model : tables_->models())
            if (model->assigns_key()) counters += set_counter(*model, co_await last_key_given(model));
        std::function<task<>()> body = [&]() -> task<> {
            if (!counters.empty()) co_await to_->script(counters);
            for (auto& sql : parts->completion) co_await to_->script(sql);
            if (to_->kind() == db::engine::sqlite) {
                co_await to_->script(history::context_table().sql);
                co_await require_references();
            }
            for (auto& one : rollup_objects(wanted_.models, to_->kind())) co_await to_->script(one.sql);
            co_await to_->script("DROP TABLE croft_move");
        };
        co_await to_->transaction(body);
    }

    task<> require_references() {
        const auto broken = co_await to_->read(db::statement{"PRAGMA foreign_key_check"});
        if (!broken.empty())
            throw error(fmt::format("{}: a row of {} refers to one of {} that isn't there", from_->url(),
                                    broken.at(0, 0).text(), broken.at(0, 2).text()));
    }

    task<std::int64_t> integer(std::string sql) {
        const auto rows = co_await from_->read(db::statement{std::move(sql)});
        co_return rows.empty() || rows.at(0, 0).is_null() ? 0 : rows.at(0, 0).integer();
    }

    /// The source's: keys of rows that are gone are never given out again.
    task<std::int64_t> last_key_given(const model_info* model) {
        const auto key = identifier(model->fields[model->id].column), table = identifier(model->table);
        const auto last = co_await integer(fmt::format("SELECT max({}) FROM {}", key, table));
        if (from_->kind() == db::engine::sqlite)
            co_return std::max(
                last, co_await integer("SELECT seq FROM sqlite_sequence WHERE name = " + literal(model->table)));
        const auto sequence = co_await from_->read(db::statement{fmt::format(
            "SELECT pg_get_serial_sequence({}, {})", literal(table), literal(model->fields[model->id].column))});
        if (sequence.at(0, 0).is_null()) co_return last;
        co_return std::max(
            last, co_await integer(fmt::format("SELECT last_value FROM {} WHERE is_called", sequence.at(0, 0).text())));
    }

    std::string set_counter(const model_info& model, std::int64_t last) const {
        if (last <= 0) return {};
        const auto table = literal(model.table);
        if (to_->kind() == db::engine::sqlite)
            return fmt::format(
                "DELETE FROM sqlite_sequence WHERE name = {0}; INSERT INTO sqlite_sequence (name, seq) VALUES ({0}, "
                "{1});\n",
                table, last);
        return fmt::format("SELECT setval(pg_get_serial_sequence({}, {}), {});\n", literal(identifier(model.table)),
                           literal(model.fields[model.id].column), last);
    }

    db::database* from_;
    db::database* to_;
    const wishes& wanted_;
    const program& with_;
    move_options options_;
    schema schema_;
    std::optional<copied_tables> tables_;
};

}  // namespace

task<std::vector<moved_table>> move(db::database* from, db::database* to, const wishes* wanted, const program* with,
                                    move_options options) {
    mover work(from, to, *wanted, *with, std::move(options));
    co_return co_await work.run();
}

}  // namespace croft::migrations
