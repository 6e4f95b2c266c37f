// The models of the tests, and a database that has their tables.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "croft/history.hpp"
#include "croft/load.hpp"
#include "croft/query.hpp"
#include "db/database.hpp"
#include "history/history.hpp"
#include "migrate/migrator.hpp"
#include "runtime/loop.hpp"
#include "support/engines.hpp"

struct Item {
    std::int64_t id = 0;
    std::string name, type = "item";
    std::int32_t sell_price = 0;
    std::optional<std::int32_t> market_price;
    std::optional<croft::ref<Item, "opens", croft::on_delete::set_null>> key;
    croft::created_at created_at;
    croft::modified_at modified_at;
};
CROFT_MODEL(Item, unique<&Item::name>, indexed<&Item::type>, history());

struct RecipeItem {
    std::int64_t id = 0;
    croft::ref<Item, "recipe"> item;
    croft::ref<Item, "used_in"> ingredient;
    std::int32_t quantity = 1;
};
CROFT_MODEL(RecipeItem, unique<&RecipeItem::item, &RecipeItem::ingredient>, history());

struct Everything {
    std::int64_t id = 0;
    bool yes = true;
    std::int16_t small = -3;
    std::int64_t big = 1;
    double real = 0.5;
    croft::bytes raw;
    croft::time_point at;
    std::optional<bool> maybe;
    std::optional<std::string> word;
    std::optional<croft::time_point> then;
    std::optional<double> share;
};
CROFT_MODEL(Everything, table("all_the_things"));

namespace shop {

using namespace croft;

/// A database that has the tables, and what tests ask it.
struct database_with_tables {
    virtual_clock clock{*parse_time("2026-03-01T00:00:00Z"), true};
    db::database* base = nullptr;

    template <class F>
    void in_database_at(std::string url, F body) {
        auto outer = [&]() -> task<> {
            auto opened = co_await db::database::open(url);
            base = opened.get();
            runtime::scoped_local<db::database*> local(&runtime::inherited::database, base);
            co_await migrations::make_tables(base, all_models());
            history::attach(*base);
            co_await body();
            co_await opened->close();
        };
        run(outer(), clock);
    }

    /// The first cell of a query, as text for messages.
    task<std::string> cell(std::string sql) {
        const auto rows = co_await base->read(db::statement{std::move(sql), {}});
        co_return rows.empty() ? "(no row)" : to_text(rows.at(0, 0).to_value());
    }
    /// All cells, as "hoe:5 axe:1".
    task<std::string> cells(std::string sql) {
        const auto rows = co_await base->read(db::statement{std::move(sql), {}});
        std::string out;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (i) out += " ";
            for (std::size_t k = 0; k < rows.width(); ++k) {
                const auto v = rows.at(i, k).to_value();
                auto* text = std::get_if<std::string>(&v);
                out += (k ? ":" : "") + (text ? *text : to_text(v));
            }
        }
        co_return out;
    }
};

/// Runs each test's body in a task whose database has the tables.
struct fixture : testing::Test, database_with_tables {
    template <class F>
    void in_database(F body) {
        in_database_at("sqlite::memory:", std::move(body));
    }
};

/// The same on both engines: see support/engines.hpp.
struct each_engine : test::each_engine, database_with_tables {
    template <class F>
    void in_database(F body) {
        in_database_at(url(), std::move(body));
    }
    /// What differs between the engines.
    std::string on(std::string sqlite, std::string postgres) const { return on_postgres() ? postgres : sqlite; }
};

inline Item item(std::string name, std::int32_t price, std::string type = "item") {
    return {.name = std::move(name), .type = std::move(type), .sell_price = price};
}

inline std::vector<std::string> names(const std::vector<Item>& items) {
    std::vector<std::string> out;
    for (auto& i : items) out.push_back(i.name);
    return out;
}

using strings = std::vector<std::string>;

/// What the body throws, as text.
template <class F>
task<std::string> message_of(F body) {
    std::string said = "(nothing was thrown)";
    try {
        co_await body();
    } catch (const error& e) {
        said = e.what();
    }
    co_return said;
}

}  // namespace shop
