// docs/queries.md shows each form of query and the SQL it becomes: the page is made of what stands here, and fails when
// it says something else. With CROFT_WRITE_DOCS=1 the blocks of the page are written anew.
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>

#include "croft/pages.hpp"
#include "croft/related.hpp"
#include "croft/sql.hpp"
#include "model/keyset.hpp"
#include "model/placeholders.hpp"
#include "model/shop.hpp"
#include "model/sql.hpp"

using namespace croft;

namespace {

using on_engine = std::function<std::string(db::engine)>;

struct form {
    std::string code;
    on_engine sql;
};

template <class Query>
std::string rows_sql(const Query& query, db::engine engine) {
    return model_sql::select(query.what(), engine).sql;
}

std::string update_sql(const selection& what, std::vector<assignment> changes, db::engine engine) {
    return model_sql::update(what, changes, {}, engine).sql;
}

std::string placed_sql(detail::sql_text text, db::engine engine) { return model_sql::placed(text, engine).sql; }

/// Tidies what the preprocessor makes of code that runs over several lines.
std::string joined(std::string code) {
    for (const auto& [from, to] : {std::pair<std::string_view, std::string_view>{" .", "\n    ."}, {"( ", "("}})
        for (auto at = code.find(from); at != code.npos; at = code.find(from, at + to.size()))
            code.replace(at, from.size(), to);
    return code;
}

#define ROWS(...)                                                                                          \
    form {                                                                                                 \
        joined("co_await " #__VA_ARGS__ ".list();"), [](db::engine e) { return rows_sql(__VA_ARGS__, e); } \
    }
#define WHERE(...)                                                                     \
    form {                                                                             \
        joined("co_await query<Item>().where(" #__VA_ARGS__ ").list();"),              \
            [](db::engine e) { return rows_sql(query<Item>().where(__VA_ARGS__), e); } \
    }
#define COUNT(...)                                                                     \
    form {                                                                             \
        joined("co_await " #__VA_ARGS__ ".count();"),                                  \
            [](db::engine e) { return model_sql::count((__VA_ARGS__).what(), e).sql; } \
    }
#define REMOVE(...)                                                                     \
    form {                                                                              \
        joined("co_await " #__VA_ARGS__ ".remove();"),                                  \
            [](db::engine e) { return model_sql::remove((__VA_ARGS__).what(), e).sql; } \
    }
#define UPDATE(Rows, ...)                                                            \
    form {                                                                           \
        joined("co_await " #Rows ".update(" #__VA_ARGS__ ");"),                      \
            [](db::engine e) { return update_sql((Rows).what(), {__VA_ARGS__}, e); } \
    }
#define SHOWN(Code, ...)                                              \
    form {                                                            \
        Code, [](db::engine e) -> std::string { return __VA_ARGS__; } \
    }

std::vector<form> forms() {
    const auto fields = [](std::initializer_list<const char*> names, const model_info& of = model<Item>()) {
        std::vector<std::size_t> found;
        for (auto* name : names) found.push_back(of.index_of(name));
        return found;
    };
    static const auto all = fields({"name", "type", "sell_price", "market_price", "key", "created_at", "modified_at"});
    static const auto name = fields({"name"});
    static const auto few = fields({"name", "sell_price", "created_at", "modified_at"});
    return {
        // Comparisons
        WHERE(f<&Item::sell_price> < 10),
        WHERE(f<&Item::type> == "meal" && f<&Item::sell_price>.between(5, 50)),
        WHERE(f<&Item::market_price> != 71),
        WHERE(f<&Item::market_price> == std::nullopt || f<&Item::key>.is_null()),
        WHERE(!(f<&Item::market_price> > 70)),
        WHERE(f<&Item::name>.in({"hoe", "axe"})),
        WHERE(f<&Item::id>.in({1, 2, 3})),
        WHERE(f<&Item::market_price> > f<&Item::sell_price>),
        WHERE(f<&Item::market_price> == f<&Item::key, &Item::market_price>),
        // Texts
        WHERE(f<&Item::name>.contains("50%")),
        WHERE(f<&Item::name>.starts_with("ho")),
        WHERE(f<&Item::name>.ends_with("oe")),
        WHERE(f<&Item::name>.icontains("HO")),
        WHERE(f<&Item::name>.iequals("Hoe")),
        WHERE(f<&Item::name> < "m"),
        WHERE(f<&Item::name>.matches("^h[aeiou]+$")),
        WHERE(f<&Item::name>.imatches("^h")),
        // Expressions
        WHERE(f<&Item::market_price> - f<&Item::sell_price> > 100),
        WHERE(f<&Item::sell_price> * 2 / 3 % 5 == 1),
        WHERE(f<&Item::sell_price> * 1.5 > f<&Item::market_price>),
        // References
        ROWS(query<RecipeItem>().where(f<&RecipeItem::item, &Item::type> == "meal")),
        WHERE(any<&RecipeItem::item>(f<&RecipeItem::quantity> > 3)),
        WHERE(none<&RecipeItem::item>()),
        WHERE(every<&RecipeItem::item>(f<&RecipeItem::ingredient, &Item::type> == "seed")),
        ROWS(query<RecipeItem>().where(through<&RecipeItem::item>(any<&RecipeItem::ingredient>()))),
        WHERE(any<&RecipeItem::item>(through<&RecipeItem::ingredient>(any<&RecipeItem::item>()))),
        WHERE(f<&Item::id>.in(query<RecipeItem>().where(f<&RecipeItem::quantity> > 3).select(f<&RecipeItem::item>))),
        WHERE(f<&Item::key>.in(query<Item>().order_by(f<&Item::sell_price>.descending()).limit(3))),
        WHERE(condition_on(model<Item>(), "recipe.ingredient.name", comparison::equal, "bread")),
        // Order and pages
        ROWS(query<Item>().order_by(f<&Item::type>, f<&Item::sell_price>.descending()).limit(20).offset(40)),
        ROWS(query<Item>().order_by(f<&Item::market_price>)),
        ROWS(query<Item>().order_by(f<&Item::market_price>.descending().nulls_first())),
        ROWS(query<Item>().order_by((f<&Item::sell_price> % 10).descending())),
        ROWS(query<RecipeItem>().order_by(f<&RecipeItem::item, &Item::name>)),
        SHOWN("co_await query<Item>().order_by(f<&Item::name>.descending()).page(20, cursor);",
              [&] {
                  auto what = query<Item>().order_by(f<&Item::name>.descending()).what();
                  const auto orders = model_sql::total_order(what);
                  what.where = model_sql::beyond(orders, {false, {"hoe", std::int64_t{7}}});
                  what.limit = 21;
                  return model_sql::select(what, name, e).sql;
              }()),
        ROWS(query<Item>().as_of(*parse_time("2026-03-01T00:00:00Z")).where(any<&RecipeItem::item>())),
        ROWS(query<Item>().where(f<&Item::type> == "seed").for_update(row_lock::skip_locked)),
        // Columns, groups, aggregates
        ROWS(query<Item>().select(f<&Item::name>, f<&Item::sell_price> * 2).order_by(f<&Item::sell_price> * 2)),
        ROWS(query<Item>().select(f<&Item::type>).distinct()),
        COUNT(query<Item>().where(f<&Item::type> == "meal")),
        COUNT(query<Item>().select(f<&Item::type>).distinct()),
        ROWS(query<Item>().select(count(), count(f<&Item::key>), count_distinct(f<&Item::type>))),
        ROWS(query<Item>().select(sum(f<&Item::sell_price>), avg(f<&Item::sell_price>), min(f<&Item::name>))),
        ROWS(query<Item>().group_by(f<&Item::type>).select(count(), avg(f<&Item::sell_price>))),
        ROWS(query<RecipeItem>()
                 .group_by(f<&RecipeItem::item, &Item::type>)
                 .select(sum(f<&RecipeItem::quantity>))
                 .having(count() > 1)
                 .order_by(sum(f<&RecipeItem::quantity>).descending())),
        ROWS(query<Item>().group_by(f<&Item::sell_price> / 10).select(count())),
        // Writing
        UPDATE(query<Item>().where(f<&Item::type> == "tool"), set<&Item::sell_price>(50)),
        UPDATE(query<Item>(), set<&Item::sell_price>(f<&Item::sell_price> - 1)),
        UPDATE(query<RecipeItem>().where(f<&RecipeItem::item, &Item::type> == "junk"), set<&RecipeItem::quantity>(0)),
        REMOVE(query<Item>().where(none<&RecipeItem::item>() && f<&Item::type> == "meal")),
        SHOWN("co_await save(item);  // with an id",
              [&] {
                  constexpr std::size_t created_at = 6;
                  auto with_id = all;
                  with_id.insert(with_id.begin(), 0);
                  return model_sql::upsert(model<Item>(), with_id, std::vector<std::size_t>{0}, created_at, e);
              }()),
        SHOWN("co_await create_all(items);", model_sql::upsert(model<Item>(), few, {}, {}, e)),
        SHOWN("co_await upsert_all(items);  // also update_or_create, and load<Item>()",
              model_sql::upsert(model<Item>(), few, name, {}, e)),
        SHOWN("co_await get_or_create<Item>(key<&Item::name>(\"hoe\"), set<&Item::sell_price>(5));",
              model_sql::insert_new(model<Item>(), few, name, e)),
        // Related rows
        SHOWN("co_await query<Item>().with<&RecipeItem::item>().list();  // the second statement",
              [&] {
                  auto what = query<RecipeItem>().where(f<&RecipeItem::item>.in({1, 2, 3})).what();
                  model_sql::order_first_by(what, 1);
                  return model_sql::select(what, std::vector<std::size_t>{0, 1, 2, 3}, e).sql;
              }()),
        SHOWN("co_await query<Item>().with<&RecipeItem::item>(query<RecipeItem>().limit(3)).list();",
              [&] {
                  const auto what = query<RecipeItem>().where(f<&RecipeItem::item>.in({1, 2, 3})).limit(3).what();
                  return model_sql::select_in_groups(what, std::vector<std::size_t>{0, 1, 2, 3}, 1, e).sql;
              }()),
        // SQL by hand
        SHOWN("co_await sql<Item>(\"SELECT * FROM item WHERE name <> '?' AND sell_price > ? -- ?\", 10).list();",
              placed_sql({"SELECT * FROM item WHERE name <> '?' AND sell_price > ? -- ?", {std::int64_t{10}}, {}}, e)),
        SHOWN("co_await sql(\"SELECT :low < sell_price AND sell_price < 2 * :low FROM item\", named(\"low\", "
              "10)).list();",
              placed_sql({"SELECT :low < sell_price AND sell_price < 2 * :low FROM item", {}, {named("low", 10)}}, e)),
    };
}

/// All columns of a model, shortened as the page says.
std::string shortened(std::string sql) {
    constexpr std::string_view first = "\"id\", ";
    for (const std::string last : {"\"modified_at\"", "\"quantity\""})
        for (const std::string before : {"SELECT t0.", "SELECT "}) {
            const auto start = sql.find(before + "\"id\", ");
            const auto end = start == sql.npos ? start : sql.find(" FROM", start);
            const auto tail = end == sql.npos ? end : sql.rfind(", ", end);
            if (tail == sql.npos || tail < start + before.size() + first.size()) continue;
            if (!sql.substr(tail, end - tail).ends_with(last)) continue;
            const auto from = start + before.size() + first.size();
            sql.replace(from, tail - from, "…");
        }
    return sql;
}

std::string block(const form& f) {
    const auto sqlite = shortened(f.sql(db::engine::sqlite)), postgres = shortened(f.sql(db::engine::postgres));
    return "```c++\n" + f.code + "\n```\n```sql\n" + sqlite + ";  -- SQLite\n" + postgres + ";  -- PostgreSQL\n```\n";
}

std::string read_file(const std::string& path) {
    std::ifstream in(path);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
}

}  // namespace

TEST(queries_page, shows_every_form_and_the_sql_that_it_becomes_on_both_engines) {
    const std::string path = std::string(CROFT_SOURCE_DIR) + "/docs/queries.md";
    std::string page = read_file(path), made;
    std::size_t at = 0;
    for (const auto& one : forms()) {
        const auto wanted = block(one);
        const auto start = page.find("```c++\n", at);
        const auto end = start == page.npos ? start : page.find("```\n", page.find("```sql\n", start) + 7);
        if (end == page.npos) {
            ADD_FAILURE() << "docs/queries.md has no block for\n" << wanted;
            made += page.substr(at) + wanted + "\n";
            at = page.size();
            continue;
        }
        EXPECT_EQ(page.substr(start, end + 4 - start), wanted);
        made += page.substr(at, start - at) + wanted;
        at = end + 4;
    }
    EXPECT_EQ(page.find("```c++", at), page.npos) << "a block too many in docs/queries.md";
    if (std::getenv("CROFT_WRITE_DOCS")) {
        std::ofstream out(path);
        out << made << page.substr(at);
    }
}
