// What history costs: writes of a table with it against the same table without, and a page of the past against the
// same page of today, among 100,000 rows with 1,000,000 versions (budget: 3 times). On PostgreSQL too where there is a
// server (scripts/with-postgres), where triggers that run once a row are measured beside those that run once a
// statement.
#include <cstdlib>

#include "bench/database.hpp"
#include "bench/pairs.hpp"
#include "croft/history.hpp"
#include "croft/load.hpp"
#include "croft/transaction.hpp"
#include "history/columns.hpp"
#include "model/sql.hpp"

using namespace croft;

struct Kept {
    std::int64_t id = 0;
    std::string name, type;
    std::int64_t a1 = 0, a2 = 0, a3 = 0, a4 = 0, a5 = 0;
    std::string t1, t2, t3, t4, t5;
};
CROFT_MODEL(Kept, unique<&Kept::name>, indexed<&Kept::type>, history());

struct Forgotten {
    std::int64_t id = 0;
    std::string name, type;
    std::int64_t a1 = 0, a2 = 0, a3 = 0, a4 = 0, a5 = 0;
    std::string t1, t2, t3, t4, t5;
};
CROFT_MODEL(Forgotten, unique<&Forgotten::name>, indexed<&Forgotten::type>);

struct KeptByRow {  // PostgreSQL: by triggers that run once a row
    std::int64_t id = 0;
    std::string name, type;
    std::int64_t a1 = 0, a2 = 0, a3 = 0, a4 = 0, a5 = 0;
    std::string t1, t2, t3, t4, t5;
};
CROFT_MODEL(KeptByRow, unique<&KeptByRow::name>, indexed<&KeptByRow::type>, history());

namespace {

constexpr int rows = 20'000;

template <class T>
std::vector<T> some(int count, std::int64_t salt) {
    std::vector<T> all(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        auto& row = all[static_cast<std::size_t>(i)];
        row.name = fmt::format("a name of twenty letters {}", i * 7919LL % count);
        row.type = fmt::format("type {}", i % 20);
        row.a1 = salt;
        row.a2 = row.a3 = row.a4 = row.a5 = i;
        row.t1 = row.t2 = row.t3 = row.t4 = row.t5 = "a text of thirty letters or so";
    }
    return all;
}

template <class T>
task<double> seconds_to_load(std::vector<T> all) {
    const auto start = machine_clock().monotonic();
    co_await load<T>(std::move(all));
    co_return static_cast<double>((machine_clock().monotonic() - start).count()) / 1e6;
}

bool on_postgres() { return db::current().kind() == db::engine::postgres; }

/// Takes rows and versions away.
task<> empty(const model_info* model) {
    co_await transaction([&]() -> task<> {
        auto& base = db::current();
        co_await base.write({"DELETE FROM " + model->table});
        if (!model->has_history) co_return;
        co_await history::give_permission(model);
        co_await base.write({"DELETE FROM " + model_sql::history_table(*model)});
        co_await history::take_permission(model);
    });
}

/// What the triggers of once a statement do, once a row.
task<> make_triggers_by_row() {
    auto& base = db::current();
    const auto& info = model<KeptByRow>();
    const auto versions = model_sql::history_table(info);
    std::string columns, news, olds, tracked_new, tracked_old, context, who;
    for (auto i : history::all_fields(info)) {
        const auto& name = info.fields[i].column;
        columns += name + ", ", news += "NEW." + name + ", ", olds += "OLD." + name + ", ";
    }
    for (auto i : history::tracked_fields(info)) {
        const auto& name = info.fields[i].column;
        tracked_new += (tracked_new.empty() ? "NEW." : ", NEW.") + name;
        tracked_old += (tracked_old.empty() ? "OLD." : ", OLD.") + name;
    }
    for (auto& one : history::context_columns()) {
        who += fmt::format(", {}", one.history);
        context += fmt::format(", nullif(current_setting('croft.{}', true), ''){}", one.context,
                               one.type == field_type::integer64 ? "::bigint" : "");
    }
    for (std::string event : {"insert", "update", "delete", "rekey"})
        co_await base.script(fmt::format("DROP TRIGGER {}_{} ON {}", versions, event, info.table));
    co_await base.script(fmt::format(
        R"(CREATE FUNCTION kept_by_row() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE
  croft_at timestamptz := {now};
BEGIN
  IF TG_OP <> 'INSERT' THEN
    UPDATE {h} SET history_to = greatest(croft_at, history_from)
    WHERE id = OLD.id AND coalesce(history_to, 'infinity'::timestamptz) = 'infinity';
  END IF;
  IF TG_OP = 'DELETE' THEN
    INSERT INTO {h} ({columns}history_from, history_to, history_change{who})
    SELECT {olds}croft_at, croft_at, 'delete'{context};
  ELSE
    INSERT INTO {h} ({columns}history_from, history_to, history_change{who})
    SELECT {news}greatest(croft_at, (SELECT h.history_to FROM {h} h WHERE h.id = NEW.id
      ORDER BY coalesce(h.history_to, 'infinity'::timestamptz) DESC LIMIT 1)), NULL, lower(TG_OP){context};
  END IF;
  RETURN NULL;
END $f$;
CREATE TRIGGER kept_by_row_other AFTER INSERT OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION kept_by_row();
CREATE TRIGGER kept_by_row_update AFTER UPDATE ON {table} FOR EACH ROW
WHEN (({tracked_old}) IS DISTINCT FROM ({tracked_new})) EXECUTE FUNCTION kept_by_row())",
        fmt::arg("now", history::now_sql(db::engine::postgres)), fmt::arg("h", versions), fmt::arg("columns", columns),
        fmt::arg("who", who), fmt::arg("news", news), fmt::arg("olds", olds), fmt::arg("context", context),
        fmt::arg("table", info.table), fmt::arg("tracked_old", tracked_old), fmt::arg("tracked_new", tracked_new)));
}

using times = std::vector<double>;

void print_costs(const char* what, const times* with, const times* without) {
    const char* names[] = {"new rows", "changed rows", "unchanged rows"};
    for (int kind = 0; kind < 3; ++kind) {
        times ratio;
        for (std::size_t i = 0; i < with[kind].size(); ++i) ratio.push_back(with[kind][i] / without[kind][i]);
        fmt::print("{}, {:<14} {:>9.0f} rows/s   without {:>9.0f} rows/s   cost x {:.2f}\n", what, names[kind],
                   rows / bench::median(with[kind]), rows / bench::median(without[kind]), bench::median(ratio));
    }
}

task<> writes() {
    times with[3], without[3], by_row[3];
    if (on_postgres()) co_await make_triggers_by_row();
    std::int64_t salt = 0;
    for (int round = 0; round < 7; ++round) {
        for (const auto* one : {&model<Kept>(), &model<Forgotten>(), &model<KeptByRow>()}) co_await empty(one);
        for (int kind = 0; kind < 3; ++kind) {
            if (kind < 2) ++salt;
            with[kind].push_back(co_await seconds_to_load(some<Kept>(rows, salt)));
            without[kind].push_back(co_await seconds_to_load(some<Forgotten>(rows, salt)));
            if (on_postgres()) by_row[kind].push_back(co_await seconds_to_load(some<KeptByRow>(rows, salt)));
        }
    }
    if (!on_postgres()) co_return print_costs("history", with, without);
    print_costs("history, once a statement", with, without);
    print_costs("history, once a row", by_row, without);
}

/// Ten versions of each row: the past of nine of them is added as the triggers would have written it.
task<> fill_past() {
    constexpr int count = 100'000;
    co_await empty(&model<Kept>());
    co_await load<Kept>(some<Kept>(count, 0));
    const auto& info = model<Kept>();
    std::string columns;
    for (auto& field : info.fields) columns += ", " + field.column;
    const auto now = croft::now();
    for (int version = 9; version > 0; --version)
        co_await db::current().write(
            {"INSERT INTO kept_history (history_from, history_to, history_change" + columns +
                 (on_postgres() ? ") SELECT $1::timestamptz, $2::timestamptz, 'update'" : ") SELECT ?1, ?2, 'update'") +
                 columns + " FROM kept ORDER BY id",
             {now - version * 24h, now - (version - 1) * 24h}});
    if (on_postgres())
        for (const auto* table : {"kept", "kept_history"})
            co_await db::current().script(fmt::format("ANALYZE {}", table));
}

task<double> seconds_to_read(selection what) {
    std::vector<std::size_t> fields(what.model->fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) fields[i] = i;
    auto& base = db::current();
    const auto query = model_sql::select(what, fields, base.kind());
    const auto start = machine_clock().monotonic();
    for (int i = 0; i < 20; ++i)
        if ((co_await base.read(query)).empty()) throw error("the page is empty");
    co_return static_cast<double>((machine_clock().monotonic() - start).count()) / 20;
}

task<> pages() {
    co_await fill_past();
    const auto page = query<Kept>().limit(50);
    const std::pair<const char*, query_of<Kept>> all[] = {{"by id", page.order_by(f<&Kept::id>)},
                                                          {"by name", page.order_by(f<&Kept::name>)},
                                                          {"of a type", page.where(f<&Kept::type> == "type 3")}};
    for (auto& [name, today] : all) {
        times now, then, ratio;
        for (int round = 0; round < 15; ++round) {
            now.push_back(co_await seconds_to_read(today.what()));
            then.push_back(co_await seconds_to_read(today.as_of(croft::now() - 108h).what()));
            ratio.push_back(then.back() / now.back());
        }
        fmt::print("page of 50 {:<14} {:>7.0f} us as of then   {:>7.0f} us today   cost x {:.2f}\n", name,
                   bench::median(then), bench::median(now), bench::median(ratio));
    }
}

task<> everything(std::string url) {
    auto base = co_await db::database::open(std::move(url), {.survive_power_cut = false});
    runtime::scoped_local<db::database*> local(&runtime::inherited::database, base.get());
    co_await migrations::make_tables(base.get(), all_models());
    history::attach(*base);
    co_await pages();  // first: PostgreSQL would wade through what writes() has removed, until it is vacuumed
    co_await writes();
    co_await base->close();
}

}  // namespace

int main() {
    {
        bench::file file("croft-history-bench.db");
        fmt::print("SQLite\n");
        run(everything("sqlite:" + file.path.string()));
    }
    if (const char* const server = std::getenv("CROFT_TEST_POSTGRES")) {
        fmt::print("PostgreSQL\n");
        run(everything(server));
    }
}
