// Whatever happens to models, a database that has followed by migrations has the shape of one made afresh, and its
// rows.
#include <algorithm>
#include <random>

#include "migrate/differ.hpp"
#include "migrate/support.hpp"

namespace croft::migrations {

namespace {

/// Changes a schema as people change models.
class changer {
public:
    explicit changer(unsigned seed) : random_(seed) {}

    void change(schema& to) {
        switch (to.tables().empty() ? 0 : pick(12)) {
            case 0:
            case 1:
                return add_table(to);
            case 2:
                if (to.tables().size() > 2) drop_table(to);
                return;
            case 3:
            case 4:
            case 5:
                return add_column(any(to), to);
            case 6:
                return drop_column(any(to));
            case 7:
                return alter(any(to));
            case 8:
                return toggle_unique(any(to));
            case 9:
                return toggle_index(any(to));
            case 10:
                return toggle_history(any(to));
            default:
                return toggle_check(any(to));
        }
    }

private:
    std::size_t pick(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
    table& any(schema& in) {
        return std::next(in.tables().begin(), static_cast<std::ptrdiff_t>(pick(in.tables().size())))->second;
    }
    std::string name(std::string_view kind) { return std::string(kind) + std::to_string(++count_); }

    column any_column(const schema& in) {
        column made = id();
        switch (pick(8)) {
            case 0:
                made = text(name("c")).initial("it's");
                break;
            case 1:
                made = integer32(name("c")).initial(static_cast<int>(pick(9)));
                break;
            case 2:
                made = boolean(name("c")).initial(true);
                break;
            case 3:
                made = real(name("c"));
                break;
            case 4:
                made = timestamp(name("c"));
                break;
            case 5:
                made = enumeration(name("c"), {"a", "b"});
                break;
            case 6:
                made = decimal(name("c"), 2);
                break;
            default:
                return reference(
                           name("c"),
                           std::next(in.tables().begin(), static_cast<std::ptrdiff_t>(pick(in.tables().size())))->first,
                           pick(2) ? croft::on_delete::set_null : croft::on_delete::cascade)
                    .nullable();
        }
        return pick(2) ? made.nullable() : made;
    }
    void add_table(schema& to) {
        table made{.name = name("t"), .columns = {id(), text(name("c"))}};
        to.add(std::move(made));
    }
    void drop_table(schema& to) {
        const auto gone = any(to).name;
        for (auto& [other, one] : to.tables())
            for (auto& c : one.columns)
                if (c.target == gone && other != gone) return;
        to.tables().erase(gone);
    }
    void add_column(table& to, const schema& in) { to.columns.push_back(any_column(in)); }
    column* some_column(table& in) {
        return in.columns.size() < 2 ? nullptr : &in.columns[1 + pick(in.columns.size() - 1)];
    }
    void drop_column(table& in) {
        const auto* gone = some_column(in);
        if (!gone || in.columns.size() < 3) return;
        const auto name = gone->name;
        std::erase_if(in.uniques, [&](auto& u) { return std::ranges::find(u, name) != u.end(); });
        std::erase_if(in.indexes, [&](auto& i) { return i.parts.front().column == name; });
        std::erase_if(in.checks, [&](auto& c) { return c.condition.find(name + " ") != std::string::npos; });
        if (in.history) std::erase(*in.history, name);
        std::erase_if(in.columns, [&](auto& c) { return c.name == name; });
    }
    void alter(table& in) {
        auto* one = some_column(in);
        if (!one || one->type == field_type::reference) return;
        if (one->is_nullable) {
            one->is_nullable = false;
            *one = one->initial(one->initial_value);
        } else if (one->type == field_type::integer32) {
            one->type = pick(2) ? field_type::integer64 : field_type::integer32;
            *one = one->initial(static_cast<int>(pick(9)));
        } else {
            *one = one->nullable();
        }
    }
    void toggle_unique(table& in) {
        const auto* one = some_column(in);
        if (!one) return;
        const names columns{"id", one->name};
        if (std::erase(in.uniques, columns) == 0) in.uniques.push_back(columns);
    }
    void toggle_index(table& in) {
        const auto* one = some_column(in);
        if (!one) return;
        const index made{{{one->name, pick(2) == 1}}, "", false};
        if (std::erase_if(in.indexes, [&](auto& i) { return i.parts.front().column == one->name; }) == 0)
            in.indexes.push_back(made);
    }
    void toggle_history(table& in) {
        if (in.history)
            in.history.reset();
        else
            in.history = names{};
    }
    void toggle_check(table& in) {
        const auto* one = some_column(in);
        if (!one) return;
        if (in.checks.empty())
            in.checks.push_back({"sane", one->name + " IS NOT NULL OR id > 0"});
        else
            in.checks.clear();
    }

    std::mt19937 random_;
    int count_ = 0;
};

struct random_models : fixture {
    schema goal;
    std::vector<listed_migration> listed;

    void forget() {
        if (!on_postgres()) {
            std::filesystem::remove(file());
        } else {
            in_database([&]() -> task<> { co_await base->script("DROP SCHEMA public CASCADE; CREATE SCHEMA public"); });
        }
        goal = {};
        listed.clear();
    }

    task<> live_through_changes(unsigned seed) {
        changer random(seed);
        schema replayed;
        for (int round = 0; round < 8; ++round) {
            for (int i = 0; i < 4; ++i) random.change(goal);
            const auto work = compare(replayed, goal);
            EXPECT_TRUE(work.problems.empty()) << work.problems.front();
            for (auto& one : work.operations) replay(replayed, one);
            listed.push_back({"000" + std::to_string(round + 1) + "_round", "", work.operations});
            co_await migrate(program(listed));
            for (auto& [name, table] : goal.tables()) {  // a row each time, that must live as long as its table
                co_await base->write({fmt::format("INSERT INTO {} (id) VALUES ({})", name, 100 + round)});
                co_await base->write({fmt::format("UPDATE {} SET id = id + 1000 WHERE id = {}", name, 98 + round)});
            }
        }
    }

    task<> expect_shape_of_a_fresh_database() {
        const auto fresh = co_await shape_of(creation_of(goal, base->kind()), base);
        const auto grown = what_is_missing(co_await read_shape(base), fresh, goal, {}, base->kind());
        EXPECT_TRUE(grown.problems.empty()) << grown.problems.front();
        EXPECT_TRUE(grown.steps.empty()) << to_text(grown.steps.front());
        EXPECT_TRUE(grown.remarks.empty()) << grown.remarks.front();
        if (!on_postgres()) EXPECT_TRUE((co_await base->read(db::statement{"PRAGMA foreign_key_check"})).empty());
    }

    task<> expect_history_of_what_is_there() {
        for (auto& [name, table] : goal.tables())
            if (table.history)
                EXPECT_EQ(co_await cell(fmt::format("SELECT count(*) FROM {}_history WHERE history_to IS NULL", name)),
                          co_await cell("SELECT count(*) FROM " + name))
                    << name;
    }
};

}  // namespace

CROFT_ON_EACH_ENGINE(random_models);

TEST_P(random_models, lead_by_migrations_to_the_shape_of_a_fresh_database_and_back_to_nothing) {
    const char* given = std::getenv("CROFT_TEST_SEED");
    const unsigned first = given ? static_cast<unsigned>(std::stoul(given)) : 1;
    for (unsigned seed = first; seed < first + (given ? 1 : on_postgres() ? 4 : 8); ++seed) {
        SCOPED_TRACE("CROFT_TEST_SEED=" + std::to_string(seed));
        forget();
        in_database([&]() -> task<> {
            co_await live_through_changes(seed);
            co_await expect_shape_of_a_fresh_database();
            co_await expect_history_of_what_is_there();
            for (auto& [name, table] : goal.tables())
                EXPECT_NE(co_await cell("SELECT count(*) FROM " + name + " WHERE id >= 100"), "0") << name;
            co_await migrate(program(listed), std::to_string(seed % 8));
            co_await migrate(program(listed));
            co_await expect_shape_of_a_fresh_database();
            co_await expect_history_of_what_is_there();
            co_await migrate(program(listed), "zero");
            for (auto& [name, one] : co_await read_shape(base)) EXPECT_TRUE(name.starts_with("croft_")) << name;
        });
    }
}

}  // namespace croft::migrations
