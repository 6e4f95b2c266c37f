// What rows bring along: ids, times, lengths; and what is made for them.
#include "croft/load.hpp"
#include "croft/select.hpp"
#include "model/shop.hpp"

using namespace croft;
using shop::message_of;
using testing::ElementsAre;
using testing::HasSubstr;

namespace given {

struct Memo {  // told by its id only
    std::int64_t id = 0;
    std::string name;
    created_at created;
    modified_at modified;
};
CROFT_MODEL(Memo, table("given_memo"), max_length<&Memo::name>(5));

struct Leaf {
    uuid id;
    std::string name;
};
CROFT_MODEL(Leaf, table("given_leaf"), primary_key<&Leaf::id>);

struct Fair {
    std::string name;
    time_point at;
    std::optional<date> day;
    created_at created;
};
CROFT_MODEL(Fair, table("given_fair"), primary_key<&Fair::name>);

struct Stub {
    std::int64_t id = 0;
};
CROFT_MODEL(Stub, table("given_stub"));

}  // namespace given

namespace {

using namespace given;

struct given_test : shop::each_engine {
    given_test() : each_engine({&model<Memo>(), &model<Leaf>(), &model<Fair>(), &model<Stub>()}) {}
};
CROFT_ON_EACH_ENGINE(given_test);

task<std::vector<std::int64_t>> ids() {
    std::vector<std::int64_t> all;
    for (const auto& note : co_await query<Memo>().order_by(f<&Memo::id>).list()) all.push_back(note.id);
    co_return all;
}

}  // namespace

TEST_P(given_test, ids_that_rows_bring_along_are_given_to_nobody_else) {
    in_database([]() -> task<> {
        for (std::int64_t id : {1, 2}) {
            Memo note{.id = id, .name = "own"};
            co_await save(note);
        }
        EXPECT_EQ((co_await create(Memo{.name = "made"})).id, 3);
        co_await update_or_create<Memo>(key<&Memo::id>(4), set<&Memo::name>("own"));
        EXPECT_EQ((co_await create(Memo{.name = "made"})).id, 5);
        co_await upsert_all(std::vector<Memo>{{.id = 6, .name = "own"}, {.id = 3, .name = "other"}});
        EXPECT_EQ((co_await create(Memo{.name = "made"})).id, 7);
        EXPECT_TRUE((co_await get_or_create<Memo>(key<&Memo::id>(8), set<&Memo::name>("own"))).created);
        EXPECT_EQ((co_await create(Memo{.name = "made"})).id, 9);
        co_await load<Memo>(json::parse(R"([{"id": 10, "name": "own"}, {"id": 2, "name": "own"}])"));
        const auto two = co_await create_all(std::vector<Memo>{{.name = "made"}, {.name = "made"}});
        EXPECT_EQ(two.back().id, 12);
        co_await query<Memo>().where(f<&Memo::id> == 12).remove();
        Memo again{.id = 12, .name = "own"};
        co_await save(again);
        EXPECT_EQ((co_await create(Memo{.name = "made"})).id, 13);
    });
}

TEST_P(given_test, rows_without_an_id_are_new_ones_also_for_upserts) {
    in_database([]() -> task<> {
        const auto done = co_await upsert_all(std::vector<Memo>{{.name = "a"}, {.name = "b"}, {.id = 7, .name = "c"}});
        EXPECT_EQ(done, (write_counts{.inserted = 3}));
        EXPECT_EQ((co_await ids()).size(), 3u);
        EXPECT_EQ(co_await query<Memo>().where(f<&Memo::id> == 0).count(), 0);
        co_await upsert_all(std::vector<Leaf>{{.name = "a"}, {.name = "b"}});
        EXPECT_EQ(co_await query<Leaf>().where(f<&Leaf::id> != uuid{}).count(), 2);
        EXPECT_EQ(
            co_await message_of(
                []() -> task<> { co_await update_or_create<Memo>(key<&Memo::id>(0), set<&Memo::name>("x")); }),
            "update_or_create of Memo: id is 0, which stands for one that is still to be given; create() gives it");
        EXPECT_THAT(co_await message_of([]() -> task<> { co_await get_or_create<Leaf>(key<&Leaf::id>(uuid{})); }),
                    HasSubstr("id is nil, which stands for one"));
    });
}

TEST_P(given_test, what_a_database_would_cut_or_move_is_refused_by_name) {
    in_database([]() -> task<> {
        EXPECT_EQ(co_await message_of([]() -> task<> { co_await create(Memo{.name = "abcde "}); }),
                  "Memo.name: \"abcde \" is 6 characters long; at most 5 are allowed");
        EXPECT_EQ(co_await message_of([]() -> task<> { co_await create_all(std::vector<Memo>{{.name = "longer"}}); }),
                  "Memo.name: \"longer\" is 6 characters long; at most 5 are allowed");
        constexpr auto outside = "Fair.at: it must lie within the years 1 to 9999 to be stored";
        for (const auto at : {time_point::min(), time_point::max()}) {
            EXPECT_EQ(co_await message_of([at]() -> task<> { co_await create(Fair{.name = "x", .at = at}); }), outside);
            EXPECT_EQ(co_await message_of([at]() -> task<> { co_await query<Fair>().update(set<&Fair::at>(at)); }),
                      outside);
        }
        EXPECT_EQ(co_await message_of(
                      []() -> task<> { co_await create(Fair{.name = "x", .at = now(), .day = date::max()}); }),
                  "Fair.day: it must lie within the years 1 to 9999 to be stored");
        co_await create(Fair{.name = "first", .at = *parse_time("0001-01-01T00:00:00Z")});
        EXPECT_EQ(co_await query<Fair>().where(f<&Fair::at> >= time_point::min()).count(), 1);
        EXPECT_EQ(co_await query<Fair>().where(f<&Fair::at> < time_point::max()).count(), 1);
    });
}

TEST_P(given_test, a_row_knows_when_it_was_made_once_it_is_saved) {
    in_database([]() -> task<> {
        Fair fair{.name = "fair", .at = now()};
        co_await save(fair);
        EXPECT_EQ(fair.created, (co_await get<Fair>("fair")).created);
        Fair again{.name = "fair", .at = *parse_time("2026-01-01T00:00:00Z")};
        co_await save(again);
        EXPECT_EQ(again.created, fair.created);
        Memo own{.id = 5, .name = "own"};
        co_await save(own);
        EXPECT_EQ(own.created, (co_await get<Memo>(5)).created);
    });
}

TEST_P(given_test, a_model_of_nothing_but_an_id_can_be_made) {
    in_database([]() -> task<> {
        EXPECT_EQ((co_await create(Stub{})).id, 1);
        const auto more = co_await create_all(std::vector<Stub>(2));
        EXPECT_EQ(more.back().id, 3);
        EXPECT_EQ(co_await query<Stub>().count(), 3);
    });
}

TEST_P(given_test, the_row_that_is_refused_is_counted_over_all_batches) {
    in_database([]() -> task<> {
        std::vector<Fair> many(701);
        for (std::size_t i = 0; i < many.size(); ++i) many[i] = {.name = std::to_string(i % 700), .at = now()};
        std::optional<std::size_t> row;
        std::string said;
        try {
            co_await create_all(std::move(many));
        } catch (const db::constraint_error& e) {
            row = e.row();
            said = e.what();
        }
        EXPECT_EQ(row, 700u);
        EXPECT_THAT(said, HasSubstr("at row 700 (from 0)"));
    });
}

TEST_P(given_test, a_limit_holds_for_one_row_too) {
    in_database([]() -> task<> {
        co_await create_all(std::vector<Stub>(3));
        EXPECT_FALSE(co_await query<Stub>().limit(0).first());
        EXPECT_FALSE(co_await query<Stub>().limit(0).exists());
        EXPECT_EQ((co_await query<Stub>().order_by(f<&Stub::id>.descending()).limit(1).one()).id, 3);
        EXPECT_EQ(co_await query<Stub>().select(f<&Stub::id>).limit(1).one(), 1);
        EXPECT_THAT(co_await message_of([]() -> task<> { co_await query<Stub>().limit(2).one(); }),
                    HasSubstr("more than one Stub matches"));
    });
}
