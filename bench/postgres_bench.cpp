// The database layer on PostgreSQL against libpq by hand (prepared statements, one connection, waiting for each answer)
// on the same table, in the same run. Budgets (docs/architecture.md): bulk at least 60 % of the same unnest by hand,
// lists within 1.3 times, single rows within 1.5 times.
#include <cstdlib>
#include <functional>
#include <stdexcept>

#include "db/database.hpp"
#include "pairs.hpp"
#include "raw_postgres.hpp"
#include "runtime/loop.hpp"

namespace {

using namespace croft;

constexpr int columns = 25;
constexpr std::size_t rows = 10'000, rows_a_batch = 500;

std::string list(int first, auto one) {
    std::string text;
    for (int i = first; i <= columns; ++i) text += (i > first ? ", " : "") + one(std::to_string(i));
    return text;
}

bool is_text(int column) { return column > 2 && column % 2; }

/// The first is the key; half of the others are texts.
std::string schema() {
    return "DROP TABLE IF EXISTS item; CREATE TABLE item (" +
           list(1, [](auto i) { return "c" + i + (is_text(std::stoi(i)) ? " text" : " bigint"); }) +
           ", PRIMARY KEY (c1))";
}

std::string on_conflict() {
    return " ON CONFLICT (c1) DO UPDATE SET " + list(2, [](auto i) { return "c" + i + " = excluded.c" + i; }) +
           " WHERE (" + list(2, [](auto i) { return "item.c" + i; }) + ") IS DISTINCT FROM (" +
           list(2, [](auto i) { return "excluded.c" + i; }) + ")";
}

db::insertion upsert() {
    db::insertion into{"item", {}, {0}, on_conflict()};
    for (int i = 1; i <= columns; ++i) into.columns.push_back("c" + std::to_string(i));
    return into;
}

std::vector<value> some_rows(std::int64_t salt) {
    std::vector<value> all;
    all.reserve(rows * columns);
    for (std::size_t row = 1; row <= rows; ++row)
        for (int i = 1; i <= columns; ++i) {
            if (i == 2)
                all.emplace_back(salt);
            else if (is_text(i))
                all.emplace_back("a text of thirty letters or so " + std::to_string(row % 100));
            else
                all.emplace_back(static_cast<std::int64_t>(row * static_cast<std::size_t>(i)));
        }
    return all;
}

/// Reads all cells, as somebody would who needs them; gives the sum of the numbers.
std::int64_t use(const bench::postgres_result& answer) {
    auto* const result = answer.get();
    std::int64_t sum = 0;
    for (int row = 0; row < PQntuples(result); ++row)
        for (int i = 0; i < PQnfields(result); ++i)
            sum += is_text(i + 1) ? static_cast<std::int64_t>(std::string(PQgetvalue(result, row, i)).size())
                                  : std::strtoll(PQgetvalue(result, row, i), nullptr, 10);
    return sum;
}

std::int64_t use(const db::row_set& answer) {
    std::int64_t sum = 0;
    for (std::size_t row = 0; row < answer.size(); ++row)
        for (std::size_t i = 0; i < answer.width(); ++i)
            sum += is_text(static_cast<int>(i) + 1) ? static_cast<std::int64_t>(answer.at(row, i).text().size())
                                                    : answer.at(row, i).integer();
    return sum;
}

std::string batch_by_hand() {
    return "INSERT INTO item SELECT * FROM unnest(" +
           list(1, [](auto i) { return "$" + i + (is_text(std::stoi(i)) ? "::text[]" : "::bigint[]"); }) + ")" +
           on_conflict();
}

void write_by_hand(const bench::raw_postgres& base, const std::vector<value>& all) {
    base.run("BEGIN");
    for (std::size_t from = 0; from < rows; from += rows_a_batch) {
        std::vector<std::string> arrays(columns, "{");
        for (std::size_t row = from; row < from + rows_a_batch; ++row)
            for (std::size_t i = 0; i < columns; ++i) {
                const auto& cell = all[row * columns + i];
                if (row > from) arrays[i] += ',';
                if (const auto* text = std::get_if<std::string>(&cell)) {
                    arrays[i] += '"';
                    for (const char c : *text) {
                        if (c == '"' || c == '\\') arrays[i] += '\\';
                        arrays[i] += c;
                    }
                    arrays[i] += '"';
                } else {
                    arrays[i] += std::to_string(std::get<std::int64_t>(cell));
                }
            }
        std::vector<const char*> params;
        for (auto& array : arrays) params.push_back((array += '}').c_str());
        base.call("batch", params);
    }
    base.run("COMMIT");
}

/// Both sides, each with its connection open and its statements prepared from the first, unmeasured round on.
class comparison {
public:
    explicit comparison(const char* url) : raw_(url) {
        loop_.run([](std::unique_ptr<db::database>* into, std::string from) -> task<> {
            *into = co_await db::database::open(std::move(from));
            co_await (*into)->script(schema());
        }(&base_, url));
        raw_.prepare("batch", batch_by_hand());
        raw_.prepare("get", "SELECT * FROM item WHERE c1 = $1");
        raw_.prepare("page", page);
        raw_.prepare("update", "UPDATE item SET c2 = c2 + 1 WHERE c1 = $1");
        raw_.prepare("insert", "INSERT INTO item (c1, c2, c3) VALUES ($1, 1, 'text')");
    }
    ~comparison() {
        loop_.run(base_->close());
        base_.reset();
    }

    enum class load { inserts, changes, nothing };
    /// Not by bench::pair: rows are made, and the table emptied, between the rounds.
    void bulk(load kind, const std::string& what) {
        constexpr int rounds = 5;
        std::int64_t salt = 0;
        std::vector<double> mine, theirs, ratio;
        for (int round = 0; round <= rounds; ++round) {
            const auto measured = [&](const std::function<void(std::vector<value>&)>& work) {
                if (kind == load::inserts) raw_.run("TRUNCATE item");
                auto all = some_rows(kind == load::changes ? ++salt : 0);
                return bench::seconds([&] { work(all); });
            };
            const auto a = measured([&](auto& all) { loop_.run(write(base_.get(), &all)); });
            const auto b = measured([&](auto& all) { write_by_hand(raw_, all); });
            if (round == 0) continue;
            mine.push_back(a), theirs.push_back(b), ratio.push_back(b / a);
        }
        fmt::print("{:<44} {:>9.3f} us   {:<26} {:>9.3f} us   speed {:>4.0f} %\n", what,
                   bench::median(mine) / rows * 1e6, "the same unnest by hand", bench::median(theirs) / rows * 1e6,
                   bench::median(ratio) * 100);
    }
    void single(const std::string& what, const char* statement, std::string sql) {
        constexpr int times = 300;
        bench::pair(
            "postgres: " + what, times,
            [&] {
                loop_.run([](db::database* base, std::string text, std::int64_t* key, bool reads) -> task<> {
                    for (int i = 0; i < times; ++i) {
                        db::statement one{text, {++*key}};
                        kept += use(reads ? co_await base->read(std::move(one)) : co_await base->write(std::move(one)));
                    }
                }(base_.get(), sql, &key_, what == "get a row"));
            },
            "libpq, prepared",
            [&] {
                for (int i = 0; i < times; ++i) kept += use(raw_.call(statement, {std::to_string(++key_).c_str()}));
            });
    }
    void list_of_rows() {
        bench::pair(
            "postgres: list, a row of 25 columns", 1000,
            [&] {
                loop_.run([](db::database* base) -> task<> { kept += use(co_await base->read({page})); }(base_.get()));
            },
            "libpq, prepared", [&] { kept += use(raw_.call("page", {})); });
    }
    void sleeping_together() {
        const auto taken = bench::seconds([&] { loop_.run(sleep_eight_times(base_.get())); });
        const auto again = bench::seconds([&] { loop_.run(sleep_eight_times(base_.get())); });  // all are connected now
        fmt::print("postgres: 8 x pg_sleep(0.2) awaited together take {:.2f} x 0.2 s (connecting: {:.2f} x)\n",
                   again / 0.2, taken / 0.2);
    }
    void count_keys_from(std::int64_t key) { key_ = key; }

private:
    static constexpr const char* page = "SELECT * FROM item WHERE c1 <= 1000";
    static task<> write(db::database* base, std::vector<value>* all) {
        co_await base->write_many(upsert(), std::move(*all));
    }
    static task<> sleep_eight_times(db::database* base) {
        std::vector<task<db::row_set>> work;
        for (int i = 0; i < 8; ++i) work.push_back(base->read(db::statement{"SELECT 1 FROM pg_sleep(0.2)"}));
        co_await all(std::move(work));
    }

    static inline std::int64_t kept = 0;
    runtime::loop loop_;
    bench::raw_postgres raw_;
    std::unique_ptr<db::database> base_;
    std::int64_t key_ = 0;
};

}  // namespace

int main() {
    const char* const url = std::getenv("CROFT_TEST_POSTGRES");
    if (!url) {
        std::puts("postgres: no server; run this by scripts/with-postgres");
        return 0;
    }
    comparison both(url);
    both.bulk(comparison::load::inserts, "postgres: write_many, a new row");
    both.bulk(comparison::load::changes, "postgres: write_many, a changed row");
    both.bulk(comparison::load::nothing, "postgres: write_many, a row left as it was");
    both.list_of_rows();
    both.single("get a row", "get", "SELECT * FROM item WHERE c1 = $1");
    both.count_keys_from(0);
    both.single("update a row", "update", "UPDATE item SET c2 = c2 + 1 WHERE c1 = $1");
    both.count_keys_from(1'000'000);
    both.single("insert a row", "insert", "INSERT INTO item (c1, c2, c3) VALUES ($1, 1, 'text')");
    both.sleeping_together();
}
