#include "migrate/move.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <list>
#include <random>
#include <set>

#include "db/fault.hpp"
#include "migrate/move_tables.hpp"
#include "migrate/support.hpp"

namespace croft::migrations {

namespace {

/// Every type, references in a cycle, keys of all kinds, a history with a column of the past, one that was ended.
std::vector<operations> shop() {
    return {
        {
            create_table{"item",
                         {id(), text("name"), boolean("yes").nullable(), integer16("small"), real("weight").nullable(),
                          decimal("price", 2), croft::migrations::bytes("raw"), timestamp("at"), date("day").nullable(),
                          duration("took").nullable(), uuid("token").nullable(), json("data"),
                          enumeration("rarity", {"common", "rare"}).nullable(), text("old").nullable()}},
            add_unique{"item", {"name"}},
            add_index{"item", {"day", descending("price")}, {.where = "price > 0"}},
            keep_history{"item"},
            create_table{"maker", {text("code").key(), reference("best", "item").nullable()}},
            add_column{"item", reference("maker", "maker", croft::on_delete::set_null).nullable()},
            create_table{"part", {reference("item", "item").key(), integer32("nr").key(), text("what")}},
            keep_history{"part"},
        },
        {drop_column{"item", "old"}, end_history{"part"}},
    };
}

struct moving : ::testing::TestWithParam<std::tuple<db::engine, db::engine>> {
    test::temporary_directory folder;
    std::list<test::postgres_database> servers;
    int files = 0;
    std::vector<std::string> told;
    std::string source;

    void SetUp() override {
        const auto [from, to] = GetParam();
        const bool needs_server = from == db::engine::postgres || to == db::engine::postgres;
        if (needs_server && test::environment("CROFT_TEST_POSTGRES").empty()) GTEST_SKIP() << test::no_server;
        source = fresh(from);
    }

    std::string fresh(db::engine kind) {
        return kind == db::engine::postgres ? servers.emplace_back().url()
                                            : "sqlite:" + folder.file(std::to_string(++files) + ".db");
    }
    std::string fresh_target() { return fresh(std::get<1>(GetParam())); }

    /// A link to the file; the server by a URL of its older kind.
    std::string other_name_of(const std::string& url) {
        if (url.starts_with("postgresql")) return "postgres" + url.substr(10) + "&application_name=other";
        std::filesystem::create_symlink(url.substr(7), folder.file("link"));
        return "sqlite:" + folder.file("link");
    }

    template <class F>
    static void with(std::string url, F body, db::options settings = {}) {
        auto all = [&]() -> task<> {
            const auto base = co_await db::database::open(url, settings);
            co_await body(base.get());
            co_await base->close();
        };
        run(all());
    }

    static std::string literal(value v, db::database* base) { return model_schema::literal(v, base->kind()); }

    /// With `many` items, of which the last is gone again.
    void fill_source(int many) {
        with(source, [&](db::database* base) -> task<> {
            const auto wanted = no_models();
            auto all = shop();
            const auto last = std::move(all.back());
            all.pop_back();
            const auto before = program_of(all);
            co_await migrations::migrate(base, &wanted, &before, {});
            co_await base->script("INSERT INTO maker (code) VALUES ('Zoë'), ('a'), ('B')");
            for (int i = 1; i <= many; ++i)
                co_await base->script(fmt::format(
                    "INSERT INTO item (name, yes, small, weight, price, raw, at, day, took, token, data, rarity, old, "
                    "maker) VALUES ('item ''{0}''\n', {1}, -{0}, 0.1, {2}, {3}, {4}, {5}, 60000000, {6}, {7}, 'rare', "
                    "'was {0}', 'Zoë')",
                    i, literal(i % 2 == 0, base), literal(decimal_value{i * 10 + 5, 2}, base),
                    literal(croft::bytes{std::byte{0}, std::byte(i % 256)}, base),
                    literal(*parse_time("2026-03-01T12:34:56.789012Z"), base), literal(*parse_date("2024-02-29"), base),
                    literal(*parse_uuid(fmt::format("00000000-0000-4000-8000-{:012}", i)), base),
                    literal(json_text{R"({"a": 12345678901, "b": [1, 2.50, "ü", null]})"}, base)));
            co_await base->script(
                "INSERT INTO item (name) VALUES ('plain'); UPDATE maker SET best = 2 WHERE code = 'B';"
                "INSERT INTO part (item, nr, what) VALUES (2, 1, 'x'), (2, 2, 'y'), (1, 9, 'z');"
                "UPDATE part SET what = 'zz' WHERE nr = 9; UPDATE item SET small = 7 WHERE id <= 5;");
            co_await base->script(fmt::format("DELETE FROM item WHERE id = {}", many + 1));
            all.push_back(last);
            const auto after = program_of(all);
            co_await migrations::migrate(base, &wanted, &after, {});
            co_await base->script("UPDATE item SET small = 8 WHERE id = 3; DELETE FROM part WHERE nr = 2");
        });
    }

    std::vector<moved_table> move_to(const std::string& target, std::size_t batch = 7) {
        std::vector<moved_table> moved;
        with(source, [&](db::database* from) -> task<> {
            const auto to = co_await db::database::open(target, {.check_references = false});
            const auto wanted = no_models();
            const auto all = program_of(shop());
            moved = co_await migrations::move(from, to.get(), &wanted, &all,
                                              {batch, [this](std::string_view line) { told.emplace_back(line); }});
            co_await to->close();
        });
        return moved;
    }
    std::string refusal(const std::string& target) {
        try {
            move_to(target);
        } catch (const error& e) {
            return e.what();
        }
        return "";
    }

    /// All rows of all tables, as the engine writes them.
    static std::string content(const std::string& url) {
        std::string out;
        with(url, [&](db::database* base) -> task<> {
            for (auto& [name, one] : co_await read_shape(base)) {
                if (name == "croft_context") continue;
                std::string columns, keys;
                std::set<std::string> sorted;  // columns of the past come last when they are made anew
                for (auto& column : one.columns) sorted.insert(column.name);
                for (auto& column : sorted) columns += (columns.empty() ? "" : ", ") + column;
                for (int key = 1; key <= 2; ++key)
                    for (auto& column : one.columns)
                        if (column.key == key) keys += (keys.empty() ? "" : ", ") + column.name;
                const auto rows = co_await base->read(
                    db::statement{fmt::format("SELECT {} FROM {} ORDER BY {}", columns, name, keys)});
                out += name + " (" + columns + ")\n";
                for (std::size_t i = 0; i < rows.size(); ++i) {
                    for (std::size_t j = 0; j < rows.width(); ++j)
                        out += (j ? " | " : "  ") + literal(rows.at(i, j).to_value(), base);
                    out += "\n";
                }
            }
        });
        return out;
    }
    static std::string cell(const std::string& url, const std::string& sql) {
        std::string out;
        with(url, [&](db::database* base) -> task<> {
            const auto rows = co_await base->read(db::statement{sql});
            out = rows.empty() ? "(no row)" : croft::to_text(rows.at(0, 0).to_value());
        });
        return out;
    }
    static void change(const std::string& url, const std::string& sql) {
        with(url, [&](db::database* base) -> task<> { co_await base->script(sql); });
    }
    /// What migrating has left to do there; empty: nothing.
    static std::string left_to_do(const std::string& url) {
        std::string out;
        with(url, [&](db::database* base) -> task<> {
            const auto wanted = no_models();
            const auto all = program_of(shop());
            const auto left = co_await look(base, &wanted, &all, {});
            for (auto& one : left.stages)
                for (auto& step : one.steps) out += to_text(step) + "\n";
            for (auto& one : left.problems) out += one + "\n";
        });
        return out;
    }
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(between, moving,
                         ::testing::Combine(::testing::Values(db::engine::sqlite, db::engine::postgres),
                                            ::testing::Values(db::engine::sqlite, db::engine::postgres)),
                         [](const auto& tested) {
                             const auto name = [](db::engine one) {
                                 return one == db::engine::sqlite ? "sqlite" : "postgres";
                             };
                             return std::string(name(std::get<0>(tested.param))) + "_and_" +
                                    name(std::get<1>(tested.param));
                         });

TEST(checksum, is_the_same_for_the_same_values_however_an_engine_writes_them) {
    const auto of = [](value v) {
        std::uint64_t sum = 1;
        add_row(sum, {std::move(v)});
        return sum;
    };
    EXPECT_EQ(of(json_text{R"({"b":1,"a":[1.50,100]})"}), of(json_text{R"({"a": [1.5, 1e2], "b": 1})"}));
    EXPECT_NE(of(json_text{R"([1, 2])"}), of(json_text{R"([2, 1])"}));
    EXPECT_EQ(of(-0.0), of(0.0));
    EXPECT_NE(of(std::string("1")), of(std::int64_t{1}));
    EXPECT_NE(of(std::string()), of(value()));
}

TEST_P(moving, brings_every_row_and_version_and_there_and_back_they_are_the_same) {
    fill_source(40);
    const auto target = fresh_target();
    const auto moved = move_to(target);
    EXPECT_EQ(told.back(), "counts and checksums of all tables agree");
    std::map<std::string, std::int64_t> rows;
    for (auto& one : moved) rows[one.name] = one.rows;
    EXPECT_EQ(rows, (std::map<std::string, std::int64_t>{{"croft_migration", 3},
                                                         {"item", 40},
                                                         {"item_history", 41 + 5 + 1 + 1},
                                                         {"maker", 3},
                                                         {"part", 2},
                                                         {"part_history", 4}}));
    EXPECT_EQ(left_to_do(target), "") << "it has the program's shape";
    const auto there = source;
    source = target;
    const auto back = fresh(std::get<0>(GetParam()));
    EXPECT_EQ(move_to(back), moved);
    EXPECT_EQ(content(back), content(there));
}

TEST_P(moving, goes_on_giving_out_keys_and_recording_history_where_the_source_stopped) {
    fill_source(5);
    const auto target = fresh_target();
    move_to(target);
    EXPECT_EQ(cell(target, "SELECT max(id) FROM item"), "5");
    change(target, "INSERT INTO item (name, maker) VALUES ('new', 'a'); UPDATE item SET small = 1 WHERE id = 1");
    EXPECT_EQ(cell(target, "SELECT id FROM item WHERE name = 'new'"), "7") << "6 was given out once";
    EXPECT_EQ(cell(target, "SELECT count(*) FROM item_history WHERE id = 7"), "1");
    EXPECT_EQ(cell(target, "SELECT count(*) FROM item_history WHERE id = 1"), "3");
    change(target, "DELETE FROM maker WHERE code = 'a'");
    EXPECT_EQ(cell(target, "SELECT count(*) FROM item WHERE maker IS NULL"), "1") << "references are there";
    EXPECT_ANY_THROW(change(target, "INSERT INTO item (name) VALUES ('new')")) << "unique constraints are there";
    EXPECT_ANY_THROW(change(target, "DELETE FROM item_history")) << "guards are there";
    change(target, "UPDATE part SET what = 'unseen'");
    EXPECT_EQ(cell(target, "SELECT count(*) FROM part_history WHERE what = 'unseen'"), "0") << "its history has ended";
}

TEST_P(moving, ends_the_same_when_the_program_dies_at_any_statements) {
    fill_source(60);
    const auto undisturbed = fresh_target();
    const auto moved = move_to(undisturbed, 9);
    const auto should = content(undisturbed);
    const char* given = std::getenv("CROFT_TEST_SEED");
    std::mt19937 random(given ? static_cast<unsigned>(std::stoul(given)) : 1);
    int deaths = 0;
    for (int round = 0; round < 3; ++round) {
        const auto target = fresh_target();
        for (int status = 1, most = 25; status != 0; most += 15) {
            const int stop = std::uniform_int_distribution<int>(1, most)(random);
            const pid_t child = ::fork();
            if (child == 0) {
                int count = 0;
                db::set_fault_hook([&](std::string_view) {
                    if (++count == stop) ::_exit(42);
                });
                try {
                    move_to(target, 9);
                } catch (const std::exception& e) {
                    std::fprintf(stderr, "%s\n", e.what());
                    ::_exit(1);
                }
                ::_exit(0);
            }
            ::waitpid(child, &status, 0);
            ASSERT_TRUE(status == 0 || WEXITSTATUS(status) == 42) << "status " << status;
            deaths += status != 0;
            if (status != 0 && left_to_do(target).find("isn't finished") == std::string::npos)
                EXPECT_TRUE(content(target).empty() || left_to_do(target).empty()) << "an app would take it for whole";
        }
        EXPECT_EQ(move_to(target, 9), moved) << "once more, when all is there";
        EXPECT_EQ(content(target), should);
    }
    EXPECT_GT(deaths, 5);
}

TEST_P(moving, goes_on_after_an_error_in_any_batch) {
    fill_source(30);
    const auto target = fresh_target();
    int failures = 0;
    for (int stop = 5;; stop += 8) {
        int count = 0;
        db::set_fault_hook([&](std::string_view) {
            if (++count == stop) throw error("pulled the plug");
        });
        const auto said = refusal(target);
        db::set_fault_hook({});
        if (said.empty()) break;
        EXPECT_NE(said.find("pulled the plug"), said.npos) << said;
        ++failures;
    }
    EXPECT_GT(failures, 3);
    const auto again = fresh_target();
    move_to(again);
    EXPECT_EQ(content(target), content(again));
}

TEST_P(moving, refuses_a_target_that_holds_other_data) {
    fill_source(3);
    const auto foreign = fresh_target();
    change(foreign, "CREATE TABLE mine (id INTEGER)");
    EXPECT_NE(refusal(foreign).find("the target isn't empty (it has the table mine)"), std::string::npos);
    const auto own = fresh_target();
    with(own, [&](db::database* base) -> task<> {
        const auto wanted = no_models();
        const auto all = program_of(shop());
        co_await migrations::migrate(base, &wanted, &all, {});
    });
    EXPECT_NE(refusal(own).find("item has 3 rows in the source and 0 in the target"), std::string::npos);
    EXPECT_NE(refusal(source).find("source and target are the same database"), std::string::npos);
    EXPECT_NE(refusal(other_name_of(source)).find("source and target are the same database"), std::string::npos);
}

TEST_P(moving, says_what_is_wrong_with_the_source) {
    fill_source(2);
    change(source, "INSERT INTO croft_migration (name, hash, state) VALUES ('0003_c', '', 'applied')");
    const auto said = refusal(fresh_target());
    EXPECT_NE(said.find("0003_c"), said.npos) << said;
    EXPECT_EQ(said.find("migrate it first"), said.npos) << said;
}

TEST_P(moving, finds_what_differs_at_the_end) {
    fill_source(20);
    const auto target = fresh_target();
    int count = 0;
    db::set_fault_hook([&](std::string_view sql) {
        if (sql.find("\"part_history\"") != sql.npos && sql.starts_with("INSERT") && ++count == 1)
            throw error("pulled the plug");
    });
    EXPECT_NE(refusal(target), "");
    db::set_fault_hook({});
    change(source, "UPDATE item SET yes = NULL WHERE id = 2");
    const auto said = refusal(target);
    EXPECT_NE(said.find("item has other values in the target"), said.npos) << said;
    EXPECT_NE(said.find("Begin again, with an empty target"), said.npos) << said;
}

}  // namespace croft::migrations
