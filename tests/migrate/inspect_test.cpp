#include "migrate/inspect.hpp"

#include <cstdlib>
#include <fstream>

#include "migrate/support.hpp"
#include "model/shop.hpp"

namespace croft::migrations {

namespace {

template <class Engines>
struct inspecting : migrating<Engines> {
    task<std::string> models(std::vector<std::string> tables = {}) {
        co_return models_for(co_await read_shape(this->base), std::move(tables), this->base->kind());
    }
    void expect_compiles(const std::string& text) {
        const auto header = this->file("models.hpp");
        std::ofstream(header) << text << "int main() { return croft::all_models().empty(); }\n";
        const auto include = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "../../../include";
        const auto command = "clang++-19 -std=c++23 -fsyntax-only -Wno-pragma-once-outside-header -x c++ -I" +
                             include.string() + " " + header + " > " + this->file("said") + " 2>&1";
        EXPECT_EQ(std::system(command.c_str()), 0) << text << std::ifstream(this->file("said")).rdbuf();
    }
};

using inspection = inspecting<test::each_engine>;
using sqlite_inspection = inspecting<test::one_engine<db::engine::sqlite>>;
using postgres_inspection = inspecting<test::one_engine<db::engine::postgres>>;

}  // namespace

CROFT_ON_EACH_ENGINE(inspection);

TEST_F(sqlite_inspection, a_foreign_database_becomes_models_that_compile) {
    in_database([&]() -> task<> {
        co_await base->script(
            "CREATE TABLE Customers (CustomerId INTEGER PRIMARY KEY, \"Full Name\" VARCHAR(80) NOT NULL DEFAULT 'no "
            "\"one\"',"
            " class TEXT, rating NUMERIC(10,2), is_new BOOLEAN NOT NULL DEFAULT 1, photo BLOB, made DATETIME DEFAULT "
            "CURRENT_TIMESTAMP, twice INTEGER AS (CustomerId * 2));"
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES orders (id) ON DELETE SET NULL, "
            "amount INT NOT NULL CHECK (amount > 0), customer INTEGER NOT NULL REFERENCES Customers (CustomerId));"
            "CREATE TABLE order_line (order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE, nr INTEGER "
            "NOT NULL, "
            "PRIMARY KEY (order_id, nr));"
            "CREATE UNIQUE INDEX one_open ON orders (customer) WHERE amount > 5;"
            "CREATE INDEX by_amount ON orders (amount DESC, customer);"
            "CREATE TABLE keyless (a INTEGER);");
        const auto text = co_await models();
        EXPECT_EQ(text, R"_(#pragma once

#include <croft/model.hpp>

struct Orders;

struct Customers {
    std::int64_t customer_id;
    std::string full_name = "no \"one\"";
    std::optional<std::string> class_;
    std::optional<double> rating;  // SQLite keeps NUMERIC(10,2) as a floating-point number
    bool is_new = true;
    std::optional<croft::bytes> photo;
    std::optional<std::string> made;  // DEFAULT CURRENT_TIMESTAMP
    // twice: INTEGER, computed by the database
};

// Table "keyless": it has no primary key, which a model needs.

struct OrderLine {
    croft::ref<Orders, "order_lines"> order;
    std::int64_t nr;
};

struct Orders {
    std::int64_t id = 0;
    std::optional<croft::ref<Orders, "orders_by_parent", croft::on_delete::set_null>> parent;
    std::int64_t amount;
    std::int64_t customer;  // refers to Customers.CustomerId
};

CROFT_MODEL(Customers, table("Customers"), primary_key<&Customers::customer_id>, column<&Customers::customer_id>("CustomerId"), column<&Customers::full_name>("Full Name"), max_length<&Customers::full_name>(80), column<&Customers::class_>("class"));
CROFT_MODEL(OrderLine, primary_key<&OrderLine::order, &OrderLine::nr>, column<&OrderLine::order>("order_id"));
CROFT_MODEL(Orders, column<&Orders::parent>("parent_id"), unique<&Orders::customer>.where("amount > 5"), indexed<descending<&Orders::amount>, &Orders::customer>, check("check_1", "amount > 0"));
)_");
        expect_compiles(text);
        EXPECT_THROW(co_await models({"ordrs"}), error);
    });
}

TEST_F(postgres_inspection, a_foreign_database_becomes_models_that_compile) {
    in_database([&]() -> task<> {
        co_await base->script(
            "CREATE TABLE \"Customers\" (\"CustomerId\" integer PRIMARY KEY, \"Full Name\" varchar(80) NOT NULL "
            "DEFAULT "
            "'no \"one\"', class text, rating numeric(10,2), is_new boolean NOT NULL DEFAULT true, photo bytea, made "
            "timestamptz DEFAULT now(), twice integer GENERATED ALWAYS AS (\"CustomerId\" * 2) STORED, born date, "
            "token "
            "uuid, extra jsonb, small smallint NOT NULL DEFAULT -3, tags text[]);"
            "CREATE TABLE orders (id bigserial PRIMARY KEY, parent_id bigint REFERENCES orders (id) ON DELETE SET "
            "NULL, "
            "amount integer NOT NULL CHECK (amount > 0), customer integer NOT NULL REFERENCES \"Customers\");"
            "CREATE TABLE order_line (order_id bigint NOT NULL REFERENCES orders (id) ON DELETE CASCADE, nr integer "
            "NOT "
            "NULL, PRIMARY KEY (order_id, nr));"
            "CREATE UNIQUE INDEX one_open ON orders (customer) WHERE amount > 5;"
            "CREATE INDEX by_amount ON orders (amount DESC, customer);"
            "CREATE TABLE keyless (a integer);");
        const auto text = co_await models();
        EXPECT_EQ(text, R"_(#pragma once

#include <croft/json.hpp>
#include <croft/model.hpp>

struct Orders;

struct Customers {
    std::int32_t customer_id;
    std::string full_name = "no \"one\"";
    std::optional<std::string> class_;
    std::optional<croft::decimal<2>> rating;
    bool is_new = true;
    std::optional<croft::bytes> photo;
    std::optional<croft::time_point> made;  // DEFAULT now()
    // twice: integer, computed by the database
    std::optional<croft::date> born;
    std::optional<croft::uuid> token;
    std::optional<croft::json> extra;
    std::int16_t small = -3;
    // tags: text[]: no member can hold it
};

// Table "keyless": it has no primary key, which a model needs.

struct OrderLine {
    croft::ref<Orders, "order_lines"> order;
    std::int32_t nr;
};

struct Orders {
    std::int64_t id = 0;
    std::optional<croft::ref<Orders, "orders_by_parent", croft::on_delete::set_null>> parent;
    std::int32_t amount;
    std::int32_t customer;  // refers to Customers.CustomerId
};

CROFT_MODEL(Customers, table("Customers"), primary_key<&Customers::customer_id>, column<&Customers::customer_id>("CustomerId"), column<&Customers::full_name>("Full Name"), max_length<&Customers::full_name>(80), column<&Customers::class_>("class"));
CROFT_MODEL(OrderLine, primary_key<&OrderLine::order, &OrderLine::nr>, column<&OrderLine::order>("order_id"));
CROFT_MODEL(Orders, column<&Orders::parent>("parent_id"), unique<&Orders::customer>.where("amount > 5"), indexed<descending<&Orders::amount>, &Orders::customer>, check("check_1", "amount > 0"));
)_");
        expect_compiles(text);
        EXPECT_THROW(co_await models({"ordrs"}), error);
    });
}

TEST_P(inspection, keys_of_any_type_are_keys_and_tables_that_can_be_no_model_say_why) {
    in_database([&]() -> task<> {
        const bool sqlite = base->kind() == db::engine::sqlite;
        std::string wide = "CREATE TABLE wide (id bigint PRIMARY KEY";
        for (int i = 0; i < 63; ++i) wide += fmt::format(", c{} bigint", i);
        co_await base->script(
            "CREATE TABLE by_text (id text PRIMARY KEY);"
            "CREATE TABLE by_small (id smallint PRIMARY KEY, far real NOT NULL DEFAULT " +
            std::string(sqlite ? "9e999" : "'NaN'") + ");" + wide + ");");
        if (!sqlite)
            co_await base->script(
                "CREATE TABLE by_uuid (id uuid PRIMARY KEY); CREATE TABLE by_address (id inet PRIMARY KEY);"
                "CREATE TABLE visit (id bigserial PRIMARY KEY, at inet REFERENCES by_address)");
        const auto text = co_await models();
        EXPECT_NE(text.find("CROFT_MODEL(ByText, primary_key<&ByText::id>);"), text.npos) << text;
        EXPECT_NE(text.find("    std::int16_t id;\n    double far;  // DEFAULT "), text.npos) << text;
        EXPECT_NE(text.find("\n// Table \"wide\": it has 64 columns, and a model at most 63 members.\n"), text.npos)
            << text;
        if (!sqlite) {
            EXPECT_NE(text.find("    croft::uuid id;\n"), text.npos) << text;
            EXPECT_NE(
                text.find("\n// Table \"by_address\": no member can hold id (inet), which is of its primary key.\n"),
                text.npos)
                << text;
        }
        expect_compiles(text);
    });
}

TEST_F(sqlite_inspection, the_condition_of_an_index_is_found_however_it_is_written) {
    in_database([&]() -> task<> {
        co_await base->script(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, \" WHERE \" INTEGER);"
            "CREATE UNIQUE INDEX one ON t (a) where a > 1;"
            "CREATE UNIQUE INDEX two ON t (b) /* it's not WHERE */\nWHERE\n  b > 2;"
            "CREATE INDEX three ON t (\" WHERE \");");
        const auto text = co_await models();
        EXPECT_NE(text.find("unique<&T::a>.where(\"a > 1\"), unique<&T::b>.where(\"b > 2\")"), text.npos) << text;
        EXPECT_EQ(text.find("indexed<&T::where_>.where"), text.npos) << text;
        expect_compiles(text);
    });
}

TEST_P(inspection, a_database_of_croft_s_own_comes_back_as_its_models) {
    in_database([&]() -> task<> {
        co_await make_tables(base, all_models());
        const auto text = co_await models();
        EXPECT_NE(text.find("struct Item {\n    std::int64_t id = 0;\n    std::string name;\n"), text.npos) << text;
        EXPECT_NE(text.find("    std::string type = \"item\";\n"), text.npos) << text;
        EXPECT_NE(text.find("croft::ref<Item, \"items_by_key\", croft::on_delete::set_null>> key;"), text.npos) << text;
        EXPECT_NE(text.find("    croft::created_at created_at;\n"), text.npos) << text;
        EXPECT_NE(text.find("CROFT_MODEL(Item, unique<&Item::name>, indexed<&Item::type>, history());"), text.npos)
            << text;
        EXPECT_EQ(text.find("item_history"), text.npos) << text;
        expect_compiles(text);
    });
}

}  // namespace croft::migrations
