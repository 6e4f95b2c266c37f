#include "migrate/move.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "history/history.hpp"
#include "migrate/move_tables.hpp"
#include "model/rows.hpp"
#include "model/sql.hpp"

namespace croft::migrations {
namespace {

using model_sql::identifier;

class mover {
public:
    mover(db::database* from, db::database* to, const wishes& wanted, const program& with, move_options options)
        : from_(from), to_(to), wanted_(wanted), with_(with), options_(std::move(options)), tables_(wanted, with) {}

    task<std::vector<moved_table>> run() {
        co_await require_shape();
        const auto end = whole_schema();
        const bool goes_on = co_await begin(bare_tables(end, to_->kind()));
        if (goes_on) tell("going on with the move that was interrupted");
        for (const auto* model : tables_.models()) co_await copy(model);
        auto report = co_await verify();
        co_await complete(bare_tables(end, to_->kind()));
        co_return report;
    }

private:
    void tell(const std::string& line) const {
        if (options_.tell) options_.tell(line);
    }

    task<> require_shape() {
        const auto left = co_await look(from_, &wanted_, &with_, {});
        if (!left.done() || !left.unsaid.empty())
            throw error(fmt::format("{}: the source isn't in the program's shape: migrate it first", from_->url()));
        for (auto& one : left.remarks) tell("note: " + one + "; only what models know is moved");
        const auto there = co_await read_shape(from_);
        for (auto& [name, shape] : there)
            if (!is_moved(name) && name != "croft_context")
                tell(fmt::format("note: the table {} is none of the program's: it stays behind", name));
    }

    bool is_moved(const std::string& name) const {
        for (const auto* model : tables_.models())
            if (model->table == name) return true;
        return false;
    }

    schema whole_schema() const {
        schema all = with_.empty() ? schema_of(wanted_.models) : with_.end();
        for (auto& [name, one] : schema_of(wanted_.own).tables()) all.add(one);
        return all;
    }

    /// Makes the tables, or finds them made by a move from the same source that was interrupted; gives whether it was.
    task<bool> begin(std::vector<bare_table> tables) {
        const auto there = co_await read_shape(to_);
        if (there.contains("croft_move")) {
            const auto rows = co_await to_->read(db::statement{"SELECT source FROM croft_move"});
            if (rows.size() == 1 && rows.at(0, 0).text() == from_->url()) co_return true;
            throw error(
                fmt::format("{}: holds an unfinished move from {}: go on with that, or begin with an empty database",
                            to_->url(), rows.empty() ? "nowhere" : rows.at(0, 0).text()));
        }
        if (!there.empty())
            throw error(
                fmt::format("{}: the target isn't empty (it has the table {}): a move needs a database of its own",
                            to_->url(), there.begin()->first));
        std::function<task<>()> body = [&]() -> task<> {
            co_await to_->script("CREATE TABLE croft_move (source text NOT NULL)");
            model_sql::builder note(to_->kind());
            note << "INSERT INTO croft_move (source) VALUES (";
            note.bind(from_->url()) << ")";
            co_await to_->write(std::move(note).finish());
            for (auto& one : tables) co_await to_->script(one.create);
        };
        co_await to_->transaction(body);
        co_return false;
    }

    task<> copy(const model_info* model) {
        std::vector<value> keys;
        const auto last = co_await to_->read(last_keys(*model, to_->kind()));
        if (!last.empty()) {
            for (std::size_t i = 0; i < model->keys.size(); ++i) {
                const auto& field = model->fields[model->keys[i]];
                keys.push_back(cell_value(*model, field, last.at(0, i)));
            }
        }
        const auto insert = insert_into(*model);
        std::int64_t done = 0;
        for (;;) {
            const auto rows = co_await from_->read(batch_after(*model, keys, options_.batch, from_->kind()));
            if (rows.empty()) break;
            std::vector<value> params;
            for (std::size_t i = 0; i < rows.size(); ++i) {
                auto values = values_of(*model, rows, i);
                if (i + 1 == rows.size()) keys = keys_of(*model, values);
                params.insert(params.end(), std::make_move_iterator(values.begin()),
                              std::make_move_iterator(values.end()));
            }
            co_await to_->write_many(insert, std::move(params), model->fields.size());
            done += static_cast<std::int64_t>(rows.size());
            if (done % (20 * static_cast<std::int64_t>(options_.batch)) == 0)
                tell(fmt::format("{}: {} rows", model->table, done));
        }
        tell(fmt::format("{}: {} rows copied", model->table, done));
    }

    std::string insert_into(const model_info& model) const {
        std::string columns, places;
        for (std::size_t i = 0; i < model.fields.size(); ++i) {
            columns += (i ? ", " : "") + identifier(model.fields[i].column);
            places += fmt::format("{}{}{}", i ? ", " : "", to_->kind() == db::engine::sqlite ? '?' : '$', i + 1);
        }
        return fmt::format("INSERT INTO {} ({}) VALUES ({})", identifier(model.table), columns, places);
    }

    task<std::vector<moved_table>> verify() {
        std::vector<moved_table> report;
        std::vector<std::string> wrong;
        for (const auto* model : tables_.models()) {
            const auto source = co_await sum(from_, model), target = co_await sum(to_, model);
            if (source.rows != target.rows)
                wrong.push_back(fmt::format("{} has {} rows in the source and {} in the target", model->table,
                                            source.rows, target.rows));
            else if (source.checksum != target.checksum)
                wrong.push_back(fmt::format("{} has other values in the target", model->table));
            report.push_back(target);
        }
        if (!wrong.empty())
            throw error(fmt::format("{}: {}. Was the source written to meanwhile? Begin again, with an empty target",
                                    to_->url(), fmt::join(wrong, "; ")));
        tell("counts and checksums of all tables agree");
        co_return report;
    }

    task<moved_table> sum(db::database* base, const model_info* model) {
        moved_table out{model->table, 0, 14695981039346656037u};
        for (std::vector<value> keys;;) {
            const auto rows = co_await base->read(batch_after(*model, keys, options_.batch, base->kind()));
            if (rows.empty()) co_return out;
            for (std::size_t i = 0; i < rows.size(); ++i) {
                const auto values = values_of(*model, rows, i);
                add_row(out.checksum, values);
                if (i + 1 == rows.size()) keys = keys_of(*model, values);
            }
            out.rows += static_cast<std::int64_t>(rows.size());
        }
    }

    /// Counters of keys, then indexes, references and triggers; that is the end of the move.
    task<> complete(std::vector<bare_table> tables) {
        std::vector<std::string> counters;
        for (const auto* model : tables_.models())
            if (model->assigns_key()) counters.push_back(set_counter(*model, co_await last_key_given(*model)));
        std::function<task<>()> body = [&]() -> task<> {
            for (auto& sql : counters)
                if (!sql.empty()) co_await to_->script(sql);
            for (auto& one : tables)
                for (auto& sql : one.complete)
                    if (!sql.starts_with("ALTER TABLE")) co_await to_->script(sql);
            for (auto& one : tables)
                for (auto& sql : one.complete)
                    if (sql.starts_with("ALTER TABLE")) co_await to_->script(sql);
            if (to_->kind() == db::engine::sqlite) co_await to_->script(history::context_table().sql);
            for (auto& one : rollup_objects(wanted_.models, to_->kind())) co_await to_->script(one.sql);
            if (to_->kind() == db::engine::sqlite) co_await require_references();
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

    /// The source's: also keys of rows that are gone are never given out again.
    task<std::int64_t> last_key_given(const model_info& model) {
        if (from_->kind() == db::engine::sqlite) {
            const auto rows =
                co_await from_->read(db::statement{"SELECT seq FROM sqlite_sequence WHERE name = ?1", {model.table}});
            co_return rows.empty() ? 0 : rows.at(0, 0).integer();
        }
        const auto rows = co_await from_->read(db::statement{
            fmt::format("SELECT CASE WHEN s.is_called THEN s.last_value ELSE 0 END FROM {} s", sequence_of(model))});
        co_return rows.at(0, 0).integer();
    }

    /// Identity columns name their sequence after table and column, unless one was renamed since.
    static std::string sequence_of(const model_info& model) {
        return identifier(model.table + "_" + model.fields[model.id].column + "_seq");
    }

    std::string set_counter(const model_info& model, std::int64_t last) const {
        if (last == 0) return {};
        const auto table = literal_of(model.table);
        if (to_->kind() == db::engine::sqlite)
            return fmt::format(
                "DELETE FROM sqlite_sequence WHERE name = {0}; INSERT INTO sqlite_sequence (name, seq) VALUES ({0}, "
                "{1})",
                table, last);
        return fmt::format("SELECT setval(pg_get_serial_sequence({}, {}), {})", literal_of(identifier(model.table)),
                           literal_of(model.fields[model.id].column), last);
    }

    static std::string literal_of(const std::string& text) {
        return model_schema::literal(value(text), db::engine::sqlite);
    }

    db::database* from_;
    db::database* to_;
    const wishes& wanted_;
    const program& with_;
    move_options options_;
    copied_tables tables_;
};

}  // namespace

task<std::vector<moved_table>> move(db::database* from, db::database* to, const wishes* wanted, const program* with,
                                    move_options options) {
    mover work(from, to, *wanted, *with, std::move(options));
    co_return co_await work.run();
}

}  // namespace croft::migrations
