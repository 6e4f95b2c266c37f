// GraphQL answers against the same JSON written from hand-prepared statements: one item with 10 relations, 500 parents
// with 2 relations each.
#include <functional>
#include <unordered_map>

#include "bench/database.hpp"
#include "bench/pairs.hpp"
#include "bench/raw_sqlite.hpp"
#include "croft/graphql.hpp"
#include "croft/load.hpp"
#include "graphql/execution/service.hpp"
#include "text/json_write.hpp"

using namespace croft;

struct Parent {
    std::int64_t id = 0;
    std::string name;
    std::int32_t price = 0;
};
CROFT_MODEL(Parent, unique<&Parent::name>);
CROFT_GRAPHQL(Parent, filters<&Parent::name>, orders<&Parent::id>, pages());
CROFT_GRAPHQL_QUERY("parent", one<Parent>);
CROFT_GRAPHQL_QUERY("parents", list<Parent>);

#define CHILD(N)                                  \
    struct Child##N {                             \
        std::int64_t id = 0;                      \
        croft::ref<Parent, "children" #N> parent; \
        std::string name;                         \
        std::int32_t amount = 0;                  \
    };                                            \
    CROFT_MODEL(Child##N);                        \
    CROFT_GRAPHQL(Child##N)
CHILD(0);
CHILD(1);
CHILD(2);
CHILD(3);
CHILD(4);
CHILD(5);
CHILD(6);
CHILD(7);
CHILD(8);
CHILD(9);

namespace {

constexpr int parents = 500, children_each = 5, relations = 10;

/// What somebody would write by hand: statements prepared once, cells straight into the text.
class by_hand {
public:
    explicit by_hand(const std::string& path)
        : base_(path),
          one_(base_, "SELECT id, name, price FROM parent WHERE id = ?1"),
          page_(base_, "SELECT id, name, price FROM parent ORDER BY id LIMIT 500") {
        for (int i = 0; i < relations; ++i) {
            const auto n = std::to_string(i);
            of_one_.push_back(std::make_unique<bench::raw_statement>(
                base_, "SELECT parent, name, amount FROM child" + n + " WHERE parent = ?1 ORDER BY id"));
            of_many_.push_back(std::make_unique<bench::raw_statement>(
                base_, "SELECT parent, name, amount FROM child" + n +
                           " WHERE parent IN (SELECT value FROM json_each(?1)) ORDER BY id"));
        }
    }

    std::string item(std::int64_t id) {
        std::string out = "{\"data\":{\"parent\":";
        sqlite3_bind_int64(one_, 1, id);
        sqlite3_step(one_);
        write_parent(out, one_);
        for (int i = 0; i < relations; ++i) {
            sqlite3_stmt* s = *of_one_[static_cast<std::size_t>(i)];
            out += ",\"children" + std::to_string(i) + "\":[";
            sqlite3_bind_int64(s, 1, id);
            for (bool first = true; sqlite3_step(s) == SQLITE_ROW; first = false) {
                if (!first) out += ',';
                write_child(out, s);
            }
            sqlite3_reset(s);
            out += ']';
        }
        sqlite3_reset(one_);
        return out + "}}}";
    }

    std::string list() {
        struct row {
            std::int64_t id;
            std::string text;
            std::string related[2];
        };
        std::vector<row> all;
        std::unordered_map<std::int64_t, std::size_t> place;
        std::string ids = "[";
        while (sqlite3_step(page_) == SQLITE_ROW) {
            row r{sqlite3_column_int64(page_, 0), {}, {}};
            write_parent(r.text, page_);
            if (ids.size() > 1) ids += ',';
            ids += std::to_string(r.id);
            place[r.id] = all.size();
            all.push_back(std::move(r));
        }
        sqlite3_reset(page_);
        ids += ']';
        for (std::size_t i = 0; i < 2; ++i) {
            sqlite3_stmt* s = *of_many_[i];
            sqlite3_bind_text(s, 1, ids.data(), static_cast<int>(ids.size()), SQLITE_STATIC);
            while (sqlite3_step(s) == SQLITE_ROW) {
                auto& into = all[place[sqlite3_column_int64(s, 0)]].related[i];
                if (!into.empty()) into += ',';
                write_child(into, s);
            }
            sqlite3_reset(s);
        }
        std::string out = "{\"data\":{\"parents\":[";
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (i) out += ',';
            out +=
                all[i].text + ",\"children0\":[" + all[i].related[0] + "],\"children1\":[" + all[i].related[1] + "]}";
        }
        return out + "]}}";
    }

private:
    static std::string_view text(sqlite3_stmt* s, int column) {
        return {reinterpret_cast<const char*>(sqlite3_column_text(s, column)),
                static_cast<std::size_t>(sqlite3_column_bytes(s, column))};
    }
    static void write_parent(std::string& out, sqlite3_stmt* s) {
        out += "{\"name\":";
        text::append_json_string(out, text(s, 1));
        out += ",\"price\":";
        text::append_json_integer(out, sqlite3_column_int64(s, 2));
    }
    static void write_child(std::string& out, sqlite3_stmt* s) {
        out += "{\"name\":";
        text::append_json_string(out, text(s, 1));
        out += ",\"amount\":";
        text::append_json_integer(out, sqlite3_column_int64(s, 2));
        out += '}';
    }

    bench::raw_base base_;
    bench::raw_statement one_, page_;
    std::vector<std::unique_ptr<bench::raw_statement>> of_one_, of_many_;
};

std::string item_query() {
    std::string q = "query ($id: ID!) { parent(id: $id) { name price";
    for (int i = 0; i < relations; ++i) q += " children" + std::to_string(i) + " { name amount }";
    return q + " } }";
}
const std::string list_query =
    "{ parents(order: {id: ASC}, pagination: {limit: 500}) { name price children0 { name amount } children1 { name "
    "amount } } }";

}  // namespace

int main() {
    bench::file file("croft-graphql-bench.db");
    auto body = [&]() -> task<> {
        auto base = co_await db::database::open("sqlite:" + file.path.string(), {.survive_power_cut = false});
        runtime::scoped_local<db::database*> local(&runtime::inherited::database, base.get());
        co_await migrations::make_tables(base.get(), all_models());
        std::string fill =
            "INSERT INTO parent (name, price) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i "
            "< " +
            std::to_string(parents) + ") SELECT 'the parent ' || i, i FROM n;";
        for (int i = 0; i < relations; ++i)
            fill +=
                "INSERT INTO child" + std::to_string(i) +
                " (parent, name, amount) WITH RECURSIVE k(j) AS (SELECT 1 UNION ALL SELECT j + 1 FROM k WHERE j < " +
                std::to_string(children_each) + ") SELECT p.id, 'child ' || j || ' of ' || p.name, j FROM parent p, k;";
        co_await base->script(fill);
        const graphql::service service;
        by_hand hand(file.path.string());

        const auto once = co_await service.execute({item_query(), "", json::object({{"id", 7}})});
        if (once.body != hand.item(7)) throw error("the two answers differ:\n" + once.body + "\n" + hand.item(7));
        if ((co_await service.execute({list_query, "", {}})).body != hand.list()) throw error("the two lists differ");

        struct measure {
            const char* name;
            std::function<task<>()> ours;
            std::function<void()> theirs;
            int times;
        };
        std::int64_t id = 0;
        const std::string query = item_query();
        const measure all[] = {
            {"one item with 10 relations",
             [&]() -> task<> { co_await service.execute({query, "", json::object({{"id", id++ % parents + 1}})}); },
             [&] { hand.item(id++ % parents + 1); }, 500},
            {"500 parents with 2 relations", [&]() -> task<> { co_await service.execute({list_query, "", {}}); },
             [&] { hand.list(); }, 10},
        };
        for (const auto& m : all) {
            std::vector<double> a, b, ratio;
            for (int round = 0; round < 15; ++round) {
                const auto start = machine_clock().monotonic();
                for (int i = 0; i < m.times; ++i) co_await m.ours();
                a.push_back(static_cast<double>((machine_clock().monotonic() - start).count()) / m.times);
                b.push_back(bench::seconds([&] {
                                for (int i = 0; i < m.times; ++i) m.theirs();
                            }) *
                            1e6 / m.times);
                ratio.push_back(a.back() / b.back());
            }
            fmt::print("{:<44} {:>9.1f} us   by hand {:>9.1f} us   cost x {:.2f}\n", m.name, bench::median(a),
                       bench::median(b), bench::median(ratio));
        }
        co_await base->close();
    };
    run(body());
}
