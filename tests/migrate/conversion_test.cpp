// What becomes of values whose column gets another type: the same on both engines, in rows and in versions.
#include "migrate/conversion.hpp"

#include "migrate/perform.hpp"
#include "migrate/support.hpp"

namespace croft::migrations {

namespace {

constexpr auto days_of_march = "2026-03-01";

struct altered_column : fixture {
    int count = 0;
    std::string name;

    /// A table of one row, with history, whose column c is altered. Gives why it couldn't be; empty: it was.
    task<std::string> alter(column from, value given, column to) {
        name = "t" + std::to_string(++count);
        const operations first{create_table{name, {id(), from}}, keep_history{name}};
        const auto before = made_by(first);
        if (count == 1 && !on_postgres()) co_await base->script(history::context_table().sql);
        std::function<task<>()> making = [&]() -> task<> {
            co_await perform(base, steps_of(first, {}, base->kind()), "first");
            const auto literal = model_schema::literal(value_of(before, name, from, given), base->kind());
            co_await base->write({fmt::format("INSERT INTO {} (c) VALUES ({})", name, literal)});
        };
        co_await base->transaction(making);
        std::string said;
        std::function<task<>()> work = [&]() -> task<> {
            co_await perform(base, steps_of(operation(alter_column{name, to}), before, base->kind()), "altering");
        };
        try {
            co_await base->transaction(work, {.check_references_at_commit = true});
        } catch (const std::exception& why) {
            said = why.what();
        }
        if (!on_postgres()) co_await base->script("PRAGMA legacy_alter_table=OFF");
        co_return said;
    }

    task<std::string> holding(std::string table, value wanted) {
        co_return co_await cell(fmt::format("SELECT count(*) FROM {} WHERE c IS NOT DISTINCT FROM {}", table,
                                            model_schema::literal(wanted, base->kind())));
    }

    task<> becomes(column from, value given, column to, value wanted) {
        const auto what = fmt::format("{} {} as {} {}", function_of(from), to_text(given), function_of(to), to.scale);
        EXPECT_EQ(co_await alter(from, given, to), "") << what;
        EXPECT_EQ(co_await holding(name, wanted), "1") << what << " is " << co_await cell("SELECT c FROM " + name);
        EXPECT_EQ(co_await holding(name + "_history", wanted), "1") << what << ", in its version";
        EXPECT_EQ(co_await alter(from.nullable(), {}, to.nullable()), "") << what;
        EXPECT_EQ(co_await holding(name, {}), "1") << what << ", of null";
    }

    task<> is_refused(column from, value given, column to) {
        const auto what = fmt::format("{} {} as {} {}", function_of(from), to_text(given), function_of(to), to.scale);
        EXPECT_NE(co_await alter(from, given, to), "") << what;
        EXPECT_EQ(co_await holding(name, value_of({}, name, from, given)), "1") << what << ": it stays as it was";
    }
};

}  // namespace

CROFT_ON_EACH_ENGINE(altered_column);

TEST_P(altered_column, of_numbers_keeps_what_they_are_worth) {
    in_database([&]() -> task<> {
        co_await becomes(decimal("c", 2), "1.55", decimal("c", 3), decimal_value{1550, 3});
        co_await becomes(decimal("c", 2), "-1.50", decimal("c", 1), decimal_value{-15, 1});
        co_await becomes(integer32("c"), 5, decimal("c", 2), decimal_value{500, 2});
        co_await becomes(decimal("c", 2), 5, integer64("c"), 5);
        co_await becomes(decimal("c", 2), "0.07", real("c"), 0.07);
        co_await becomes(decimal("c", 2), 1, boolean("c"), true);
        co_await becomes(boolean("c"), true, decimal("c", 2), decimal_value{100, 2});
        co_await becomes(boolean("c"), true, integer16("c"), 1);
        co_await becomes(integer64("c"), 0, boolean("c"), false);
        co_await becomes(integer64("c"), -32768, integer16("c"), -32768);
        co_await becomes(integer16("c"), 7, integer64("c"), 7);
        co_await becomes(integer64("c"), 7, real("c"), 7.0);
        co_await becomes(real("c"), 7.0, integer32("c"), 7);
        co_await becomes(real("c"), 9.99, decimal("c", 2), decimal_value{999, 2});
        co_await becomes(integer64("c"), 5, duration("c"), croft::duration(5));
    });
}

TEST_P(altered_column, of_numbers_refuses_what_would_be_rounded_or_is_too_great) {
    in_database([&]() -> task<> {
        co_await is_refused(decimal("c", 2), "1.55", decimal("c", 1));
        co_await is_refused(decimal("c", 2), "1.55", integer64("c"));
        co_await is_refused(decimal("c", 2), "100000", integer16("c"));
        co_await is_refused(decimal("c", 2), 5, boolean("c"));
        co_await is_refused(decimal("c", 2), "1234567890123456.78", real("c"));
        co_await is_refused(decimal("c", 2), "1234567890123456.78", decimal("c", 3));
        co_await is_refused(integer32("c"), 100000, integer16("c"));
        co_await is_refused(integer64("c"), 5, boolean("c"));
        co_await is_refused(integer64("c"), (std::int64_t{1} << 53) + 1, real("c"));
        co_await is_refused(integer64("c"), std::int64_t{100000000000000000}, decimal("c", 2));
        co_await is_refused(real("c"), 1.555, decimal("c", 2));
        co_await is_refused(real("c"), 1e30, decimal("c", 2));
        co_await is_refused(real("c"), 0.5, integer64("c"));
        co_await is_refused(real("c"), 1e30, integer64("c"));
    });
}

TEST_P(altered_column, becomes_a_text_that_becomes_it_again) {
    in_database([&]() -> task<> {
        const std::pair<column, std::pair<value, std::string>> all[] = {
            {decimal("c", 2), {"1234567890123456.78", "1234567890123456.78"}},
            {decimal("c", 2), {"-0.05", "-0.05"}},
            {decimal("c", 0), {"7", "7"}},
            {integer32("c"), {-12, "-12"}},
            {boolean("c"), {true, "1"}},
            {real("c"), {0.30000000000000004, "0.30000000000000004"}},
            {real("c"), {0.1, "0.1"}},
            {real("c"), {2.0, "2"}},
            {timestamp("c"), {"2026-03-01T23:30:00.25Z", "2026-03-01T23:30:00.250000Z"}},
            {date("c"), {days_of_march, days_of_march}},
            {uuid("c"), {"01956f3e-8c00-7d3a-9b1e-4f6a5c2d7e80", "01956f3e-8c00-7d3a-9b1e-4f6a5c2d7e80"}},
            {json("c"), {"[]", "[]"}},
        };
        for (auto& [of, values] : all) {
            co_await becomes(of, values.first, text("c"), values.second);
            co_await becomes(text("c"), values.second, of, value_of({}, "t", of, values.first));
        }
        co_await becomes(enumeration("c", {"a", "b"}), "b", text("c"), "b");
        co_await becomes(text("c"), "b", enumeration("c", {"a", "b"}), "b");
        co_await becomes(text("c"), "12", decimal("c", 2), decimal_value{1200, 2});
        co_await becomes(text("c"), "-0.5", decimal("c", 2), decimal_value{-50, 2});
        co_await becomes(text("c"), "2026-03-01T23:30:00Z", timestamp("c"), *parse_time("2026-03-01T23:30:00Z"));
        co_await becomes(text("c"), "01956F3E-8C00-7D3A-9B1E-4F6A5C2D7E80", uuid("c"),
                         *parse_uuid("01956f3e-8c00-7d3a-9b1e-4f6a5c2d7e80"));
        co_await becomes(date("c"), days_of_march, timestamp("c"), *parse_time("2026-03-01T00:00:00Z"));
        co_await becomes(timestamp("c"), "2026-03-01T00:00:00Z", date("c"), *parse_date(days_of_march));
    });
}

TEST_P(altered_column, of_texts_and_times_refuses_what_would_be_cut_off_or_guessed) {
    in_database([&]() -> task<> {
        for (auto& to : {timestamp("c"), date("c"), uuid("c"), decimal("c", 2), integer64("c"), real("c"), boolean("c"),
                         json("c"), enumeration("c", {"a", "b"})})
            for (auto* given : {"hello", "0x1"}) co_await is_refused(text("c"), given, to);
        for (auto* given : {"", " 1", "1_0", "01"}) {
            co_await is_refused(text("c"), given, integer64("c"));
            co_await is_refused(text("c"), given, decimal("c", 2));
            co_await is_refused(text("c"), given, real("c"));
        }
        for (auto* given : {"now", "2026-02-30T00:00:00Z", "2026-03-01 00:00:00", "2026-03-01T24:00:00Z",
                            "2026-03-01T00:00:00.1234567Z", "2026-03-01T00:00:00+01:00"})
            co_await is_refused(text("c"), given, timestamp("c"));
        for (auto* given : {"now", "2026-02-30", "2026-3-1"}) co_await is_refused(text("c"), given, date("c"));
        co_await is_refused(text("c"), "1.555", decimal("c", 2));
        co_await is_refused(text("c"), "12345678901234567", decimal("c", 2));
        co_await is_refused(text("c"), "40000", integer16("c"));
        co_await is_refused(text("c"), "99999999999999999999", integer64("c"));
        co_await is_refused(text("c"), "1e999", real("c"));
        co_await is_refused(text("c"), "abcd", text("c").max(3));
        co_await is_refused(text("c"), "ab  ", text("c").max(3));
        co_await is_refused(timestamp("c"), "2026-03-01T23:30:00Z", date("c"));
        co_await is_refused(bytes("c"), "414243", text("c"));
        co_await is_refused(text("c"), "414243", bytes("c"));
        co_await is_refused(integer64("c"), 1, timestamp("c"));
    });
}

TEST_P(altered_column, that_is_new_has_what_is_written_for_it_as_its_own_value) {
    in_database([&]() -> task<> {
        const operations first{create_table{"item", {id(), text("name")}}};
        const operations second{add_column{"item", decimal("price", 2).initial(5)},
                                add_column{"item", decimal("tax", 2).fill("0.07")},
                                add_column{"item", boolean("sold").fill(1)}};
        co_await migrate(program_of({first}));
        co_await base->write({"INSERT INTO item (name) VALUES ('hoe')"});
        co_await migrate(program_of({first, second}));
        co_await base->write({"INSERT INTO item (name) VALUES ('seed')"});
        const auto of = [&](value v) { return model_schema::literal(v, base->kind()); };
        EXPECT_EQ(co_await cell(fmt::format("SELECT count(*) FROM item WHERE price = {} AND tax = {} AND sold = {}",
                                            of(decimal_value{500, 2}), of(decimal_value{7, 2}), of(true))),
                  "1");
        EXPECT_EQ(co_await cell(fmt::format("SELECT count(*) FROM item WHERE price = {} AND tax = {} AND sold = {}",
                                            of(decimal_value{500, 2}), of(decimal_value{0, 2}), of(false))),
                  "1");
    });
}

}  // namespace croft::migrations
