// Rows that refer to each other, nested rows, rows that are set aside, streams and cursors.
#include <gmock/gmock.h>

#include "croft/log.hpp"
#include "model/load/cursors.hpp"
#include "model/shop.hpp"
#include "runtime/run_info.hpp"

using namespace croft;
using shop::names, shop::strings;
using testing::ElementsAre;
using testing::HasSubstr;

struct Place {
    std::int64_t id = 0;
    std::string name;
    croft::ref<Place, "parts"> within;  // the world is within itself
    std::optional<croft::ref<struct Guard, "posts">> guard;
};
struct Guard {
    std::int64_t id = 0;
    std::string name;
    croft::ref<Place, "guards"> post;
    std::optional<croft::time_point> gone_since;
};
CROFT_MODEL(Guard, unique<&Guard::name>, history());
CROFT_MODEL(Place, unique<&Place::name>, history());

struct Stall {  // told by two fields
    std::int64_t id = 0;
    std::string country, code;
    date opened;
    std::optional<croft::ref<Stall, "branches">> head;
};
CROFT_MODEL(Stall, unique<&Stall::country, &Stall::code>, unique<&Stall::opened, &Stall::code>);

struct Stock {
    std::int64_t id = 0;
    croft::ref<Stall, "stocks"> stall;
    std::string ware;
    std::int64_t amount = 0;
};
CROFT_MODEL(Stock, unique<&Stock::stall, &Stock::ware>, history());

struct Restock {
    std::int64_t id = 0;
    croft::ref<Stock, "restocks"> of;
    std::string day;
};
CROFT_MODEL(Restock, unique<&Restock::of, &Restock::day>);

struct Note {  // told by its id
    std::int64_t id = 0;
    std::string text;
    std::optional<croft::ref<Note, "answers">> about;
    bool gone = false;
};
CROFT_MODEL(Note);

namespace {

struct load_together_test : shop::each_engine {
    load_together_test()
        : each_engine({&model<Item>(), &model<RecipeItem>(), &model<Place>(), &model<Guard>(), &model<Note>(),
                       &model<Stall>(), &model<Stock>()}) {}
};
CROFT_ON_EACH_ENGINE(load_together_test);

json rows(std::string text) { return json::parse(text); }

const auto item_rows = serializer<Item>(from<&Item::key>("key", by<&Item::name>), unknown_fields::ignore);
const auto part_rows = serializer<RecipeItem>(from<&RecipeItem::item>("item", by<&Item::name>),
                                              from<&RecipeItem::ingredient>("of", by<&Item::name>));
const auto recipe_rows =
    serializer<Item>(children<&RecipeItem::item>("recipe.parts", from<&RecipeItem::ingredient>("of", by<&Item::name>)));
const auto place_rows =
    serializer<Place>(from<&Place::within>("within", by<&Place::name>), from<&Place::guard>("guard", by<&Guard::name>));
const auto guard_rows = serializer<Guard>(from<&Guard::post>("post", by<&Place::name>));

const auto stall_rows = serializer<Stall>(from<&Stall::head>("head.country", "head.code"));
const auto stock_rows = serializer<Stock>(from<&Stock::stall>("country", "code", trimmed));

strings faults(const load_report& report) {
    strings said;
    for (const auto& one : report.rejected) said.push_back(one.describe());
    return said;
}

}  // namespace

TEST_P(load_together_test, rows_of_the_same_load_may_refer_to_each_other_in_any_order) {
    in_database([&]() -> task<> {
        const auto source = rows(R"([{"name": "cellar", "key": "gate"}, {"name": "gate", "key": "hoe"},
            {"name": "chest", "key": "nothing"}, {"name": "box", "key": "chest"}, {"name": "hoe"}])");
        const auto report = co_await load<Item>(item_rows.read(source));
        EXPECT_EQ(report.inserted, 3u);
        EXPECT_THAT(faults(report), ElementsAre(R"(row 3, "key": there is no Item with name "nothing")",
                                                R"(row 4, "key": there is no Item with name "chest")"));
        EXPECT_EQ(co_await cells("SELECT i.name, k.name FROM item i LEFT JOIN item k ON k.id = i.key ORDER BY i.name"),
                  "cellar:gate gate:hoe hoe:null");
        EXPECT_EQ((co_await load<Item>(item_rows.read(source))).unchanged, 3u);
        EXPECT_EQ(co_await cells("SELECT DISTINCT history_change FROM item_history"), "insert");
    });
}

TEST_P(load_together_test, circles_are_closed_by_a_second_write_where_a_reference_is_optional) {
    in_database([&]() -> task<> {
        const auto report = co_await load<Item>(item_rows.read(rows(
            R"([{"name": "a", "key": "b"}, {"name": "b", "key": "c"}, {"name": "c", "key": "a"}, {"name": "d", "key": "d"}])")));
        EXPECT_EQ(report.inserted, 4u);
        EXPECT_EQ(report.updated, 0u);
        EXPECT_EQ(co_await cells("SELECT i.name, k.name FROM item i LEFT JOIN item k ON k.id = i.key ORDER BY i.name"),
                  "a:b b:c c:a d:d");
        const auto stuck = co_await load<Place>(
            place_rows.read(rows(R"([{"name": "x", "within": "y"}, {"name": "y", "within": "x"}])")));
        EXPECT_EQ(stuck.rejected_rows, 2u);
        EXPECT_THAT(stuck.rejected.at(0).reason, HasSubstr("wait for each other"));
        EXPECT_EQ(co_await query<Place>().count(), 0);
    });
}

TEST_P(load_together_test, models_are_loaded_in_the_order_of_their_references_and_removed_the_other_way_round) {
    in_database([&]() -> task<> {
        auto reports = co_await load_all(
            part_rows.read(rows(R"([{"item": "soup", "of": "leek"}, {"item": "soup", "of": "water"}])")),
            part(item_rows.read(rows(R"([{"name": "soup"}, {"name": "leek"}, {"name": "water"}])")),
                 {.missing = missing::remove}));
        EXPECT_EQ(reports[0].describe(), "RecipeItem: 2 inserted, 0 updated, 0 unchanged, 0 removed");
        EXPECT_EQ(reports[1].inserted, 3u);
        const load_options gone{.missing = missing::remove, .max_removed_share = 1};
        reports = co_await load_all(part(item_rows.read(rows(R"([{"name": "soup"}, {"name": "leek"}])")), gone),
                                    part(part_rows.read(rows(R"([{"item": "soup", "of": "leek"}])")), gone));
        EXPECT_EQ(reports[0].removed, 1u);
        EXPECT_EQ(reports[1].removed, 1u);
    });
}

TEST_P(load_together_test, models_that_refer_to_each_other_are_loaded_together) {
    in_database([&]() -> task<> {
        co_await db::current().write({"INSERT INTO place (name, within) VALUES ('world', 1)", {}});
        const auto reports =
            co_await load_all(guard_rows.read(rows(R"([{"name": "Ann", "post": "gate"}])")),
                              place_rows.read(rows(R"([{"name": "gate", "within": "world", "guard": "Ann"}])")));
        EXPECT_EQ(reports[0].inserted, 1u);
        EXPECT_EQ(reports[1].inserted, 1u);
        EXPECT_EQ(co_await cells("SELECT p.name, g.name FROM place p JOIN guard g ON g.id = p.guard AND g.post = p.id"),
                  "gate:Ann");
    });
}

TEST_P(load_together_test, load_all_writes_everything_or_nothing) {
    in_database([&]() -> task<> {
        bool refused = false;
        try {
            co_await load_all(item_rows.read(rows(R"([{"name": "soup"}])")),
                              part(part_rows.read(rows(R"([{"item": "soup", "of": "leek"}])")), {.max_rejected = 0}));
        } catch (const error& e) {
            refused = true;
            EXPECT_THAT(e.what(), HasSubstr("1 rows of RecipeItem were rejected, more than the 0 allowed"));
        }
        EXPECT_TRUE(refused);
        EXPECT_EQ(co_await query<Item>().count(), 0);
        EXPECT_EQ(co_await cell("SELECT count(*) FROM item_history"), "0");
        EXPECT_EQ(co_await cells("SELECT model, reasons FROM croft_rejected"),
                  R"(RecipeItem:"of": there is no Item with name "leek")");
    });
}

TEST_P(load_together_test, nested_rows_replace_those_under_their_parent) {
    in_database([&]() -> task<> {
        co_await load<Item>(item_rows.read(rows(R"([{"name": "leek"}, {"name": "water"}, {"name": "salt"}])")));
        const auto report = co_await load<Item>(recipe_rows.read(rows(R"([
            {"name": "soup", "recipe": {"parts": [{"of": "leek", "quantity": 2}, {"of": "water"}]}},
            {"name": "brine", "recipe": {"parts": [{"of": "salt"}, {"of": "water"}]}},
            {"name": "ice", "recipe": {"parts": [{"of": "water"}]}}])")));
        EXPECT_EQ(
            report.describe(),
            "Item: 3 inserted, 0 updated, 0 unchanged, 0 removed; RecipeItem: 5 inserted, 0 updated, 0 unchanged, "
            "0 removed");
        const auto now = co_await load<Item>(recipe_rows.read(rows(R"([
            {"name": "soup", "recipe": {"parts": [{"of": "leek", "quantity": 3}, {"of": "salt"}]}},
            {"name": "brine"},
            {"name": "ice", "recipe": {"parts": []}}])")));
        EXPECT_EQ(now.children.at(0).describe(), "RecipeItem: 1 inserted, 1 updated, 0 unchanged, 2 removed");
        EXPECT_EQ(co_await cells("SELECT i.name, p.name, r.quantity FROM recipe_item r JOIN item i ON i.id = r.item "
                                 "JOIN item p ON p.id = r.ingredient ORDER BY i.name, p.name"),
                  "brine:salt:1 brine:water:1 soup:leek:3 soup:salt:1");
    });
}

TEST_P(load_together_test, under_a_parent_with_a_rejected_nested_row_nothing_is_removed) {
    in_database([&]() -> task<> {
        co_await load<Item>(item_rows.read(rows(R"([{"name": "leek"}, {"name": "water"}])")));
        co_await load<Item>(
            recipe_rows.read(rows(R"([{"name": "soup", "recipe": {"parts": [{"of": "leek"}, {"of": "water"}]}}])")));
        auto report = co_await load<Item>(recipe_rows.read(
            rows(R"([{"name": "soup", "recipe": {"parts": [{"of": "leek"}, {"of": "water", "quantity": "x"}]}}])")));
        EXPECT_THAT(faults(report.children.at(0)),
                    ElementsAre(R"(row 1, "recipe.parts.1.quantity": RecipeItem.quantity: "x" is not an integer)"));
        report = co_await load<Item>(
            recipe_rows.read(rows(R"([{"name": "soup", "recipe": {"parts": [{"of": "leek"}, {"of": "wine"}]}}])")));
        EXPECT_THAT(faults(report.children.at(0)),
                    ElementsAre(R"(row 1, "recipe.parts.1.of": there is no Item with name "wine")"));
        EXPECT_EQ(co_await query<RecipeItem>().count(), 2);
    });
}

TEST_P(load_together_test, a_reference_may_be_told_by_several_fields) {
    in_database([&]() -> task<> {
        const auto stocks = R"([{"country": "de", "code": "b1 ", "ware": "hoe", "amount": 3},
                                {"country": "de", "code": "b2", "ware": "axe"},
                                {"country": "at", "code": "b1", "ware": "hoe"}])";
        const auto reports = co_await load_all(
            stock_rows.read(rows(stocks)),
            stall_rows.read(rows(
                R"([{"country": "de", "code": "b2", "opened": "2026-01-02", "head": {"country": "de", "code": "b1"}},
                                     {"country": "at", "code": "b1", "opened": "2026-01-02"},
                                     {"country": "de", "code": "b1", "opened": "2026-01-01", "head": null}])")));
        EXPECT_EQ(reports[1].inserted, 3u);
        EXPECT_THAT(faults(reports[0]), ElementsAre());
        EXPECT_EQ(
            co_await cells(
                "SELECT s.country, s.code, t.ware FROM stock t JOIN stall s ON s.id = t.stall ORDER BY 1 DESC, 2"),
            "de:b1:hoe de:b2:axe at:b1:hoe");
        EXPECT_EQ(co_await cells("SELECT s.code, h.code FROM stall s JOIN stall h ON h.id = s.head"), "b2:b1");
        const auto again =
            co_await load<Stock>(stock_rows.read(rows(stocks)), {.missing = missing::remove, .max_removed_share = 1});
        EXPECT_EQ(again.describe(), "Stock: 0 inserted, 0 updated, 3 unchanged, 0 removed");
        const auto by_day =
            serializer<Stock>(from<&Stock::stall>("shop", "day", by<&Stall::code, &Stall::opened>, required));
        const auto dated = co_await load<Stock>(
            by_day.read(rows(R"([{"shop": "b1", "day": "2026-01-01", "ware": "hoe", "amount": 9}])")));
        EXPECT_EQ(dated.updated, 1u);
    });
}

TEST_P(load_together_test, a_key_of_several_fields_that_names_nothing_or_is_there_in_part_rejects_its_row) {
    in_database([&]() -> task<> {
        co_await load<Stall>(stall_rows.read(rows(R"([{"country": "de", "code": "b1", "opened": "2026-01-01"}])")));
        co_await load<Stock>(stock_rows.read(rows(R"([{"country": "de", "code": "b1", "ware": "hoe", "amount": 1}])")));
        const auto report = co_await load<Stock>(
            stock_rows.read(rows(R"([{"country": "de", "code": "b9", "ware": "hoe"}, {"country": "fr", "ware": "hoe"},
                                     {"ware": "axe"}, {"country": ["x"], "code": "b1", "ware": "axe"},
                                     {"country": "de", "code": "b1", "ware": "hoe", "amount": "many"}])")),
            {.missing = missing::remove});
        EXPECT_THAT(faults(report),
                    ElementsAre(R"(row 1, "country, code": there is no Stall with country "de", code "b9")",
                                R"(row 2, "country, code": is only a part of a key: there is nothing at "code")",
                                R"(row 3, "country, code": is missing)", HasSubstr(R"(row 4, "country, code": )"),
                                HasSubstr(R"(row 5, "amount": )")));
        EXPECT_EQ(report.rejected.at(0).found, R"(["de","b9"])");
        EXPECT_EQ(report.rejected.at(1).found, R"(["fr",null])");
        EXPECT_EQ(co_await query<Stock>().count(), 1);  // row 5 stands for it, and the others may
    });
}

TEST_P(load_together_test, a_rejected_row_told_by_several_fields_keeps_its_row_from_being_removed) {
    in_database([&]() -> task<> {
        co_await load<Stall>(stall_rows.read(rows(R"([{"country": "de", "code": "b1", "opened": "2026-01-01"}])")));
        co_await load<Stock>(stock_rows.read(rows(
            R"([{"country": "de", "code": "b1", "ware": "axe"}, {"country": "de", "code": "b1", "ware": "hoe"},
                {"country": "de", "code": "b1", "ware": "pot"}])")));
        const auto report = co_await load<Stock>(
            stock_rows.read(rows(R"([{"country": "de", "code": "b1", "ware": "axe", "amount": "many"},
                                     {"country": "de", "code": "b9", "ware": "hoe"},
                                     {"country": "de", "code": "b1", "ware": "pot"}])")),
            {.missing = missing::remove, .max_removed_share = 0.4});
        EXPECT_EQ(report.rejected_rows, 2u);
        EXPECT_EQ(report.removed, 1u);
        EXPECT_EQ(co_await cells("SELECT ware FROM stock ORDER BY ware"), "axe pot");
    });
}

TEST_P(load_together_test, many_keys_of_several_fields_are_looked_up) {
    in_database([&]() -> task<> {
        json stalls = json::array({}), stocks = json::array({});
        for (int i = 0; i < 130; ++i) {
            const json country = i % 2 ? "de" : "at", code = std::to_string(i / 2);
            stalls.push_back(json::object(
                {{"country", country}, {"code", code}, {"opened", "2026-01-0" + std::to_string(1 + i % 2)}}));
            stocks.push_back(json::object({{"country", country}, {"code", code}, {"ware", "hoe"}}));
        }
        co_await load<Stall>(stall_rows.read(stalls));
        const auto report = co_await load<Stock>(stock_rows.read(stocks));
        EXPECT_EQ(report.inserted, 130u);
        EXPECT_EQ(co_await cells("SELECT count(DISTINCT stall) FROM stock"), "130");
    });
}

TEST_P(load_together_test, nested_rows_may_have_a_parent_that_several_fields_tell) {
    in_database([&]() -> task<> {
        const auto with_stock = serializer<Stall>(children<&Stock::stall>("stock"));
        co_await load<Stall>(with_stock.read(rows(
            R"([{"country": "de", "code": "b1", "opened": "2026-01-01", "stock": [{"ware": "hoe"}, {"ware": "axe"}]},
                {"country": "at", "code": "b1", "opened": "2026-01-02", "stock": [{"ware": "hoe"}]}])")));
        const auto report = co_await load<Stall>(with_stock.read(rows(
            R"([{"country": "de", "code": "b1", "stock": [{"ware": "axe", "amount": 2}]},
                {"country": "at", "code": "b1", "stock": [{"ware": "pot", "amount": "many"}]}])")));
        EXPECT_EQ(report.children.at(0).removed, 1u);
        EXPECT_THAT(faults(report.children.at(0)), ElementsAre(HasSubstr(R"(row 2, "stock.0.amount": )")));
        EXPECT_EQ(co_await cells(
                      "SELECT s.country, t.ware, t.amount FROM stock t JOIN stall s ON s.id = t.stall ORDER BY 1, 2"),
                  "at:hoe:0 de:axe:2");
    });
}

TEST(serializer_of_keys, of_several_fields_needs_a_path_for_each_and_plain_fields) {
    const auto refusal = [](auto make) -> std::string {
        try {
            make();
        } catch (const error& e) {
            return e.what();
        }
        return "accepted";
    };
    EXPECT_EQ(refusal([] { serializer<Stock>(from<&Stock::stall>("code", by<&Stall::country, &Stall::code>)); }),
              "serializer of Stock: the key of Stall is (country, code), so stall needs 2 paths, and has 1");
    EXPECT_THAT(refusal([] { serializer<Place>(from<&Place::guard>("a", "b")); }),
                HasSubstr("the key of Guard is (name), so guard needs 1 paths, and has 2"));
    EXPECT_THAT(refusal([] { serializer<Stock>(from<&Stock::ware>("a", "b")); }),
                HasSubstr("ware is no reference, and takes one path"));
    EXPECT_THAT(refusal([] { serializer<Restock>(from<&Restock::of>("a", "b")); }),
                HasSubstr("of which stall is a reference itself"));
    EXPECT_THAT(refusal([] { serializer<Stock>(children<&Restock::of>("re")); }),
                HasSubstr("Stock is told by a reference: stall"));
}

TEST_P(load_together_test, children_of_a_parent_without_a_plain_key_are_refused) {
    EXPECT_THROW((serializer<RecipeItem>(children<&RecipeItem::item>("x"))), error);
    EXPECT_THROW((serializer<Note>(children<&Note::about>("x"))), config_error);
    EXPECT_THROW((serializer<Item>(children<&RecipeItem::item>("x"), children<&RecipeItem::item>("y"))), error);
}

TEST_P(load_together_test, what_the_database_refuses_is_set_aside_and_the_rest_goes_on) {
    in_database([&]() -> task<> {
        co_await base->script("CREATE UNIQUE INDEX one_of_a_price ON item (sell_price)");
        std::string text;
        for (int i = 0; i < 30; ++i)
            text += (i ? "," : "[") + std::string(R"({"name": "i)") + std::to_string(i) + R"(", "sell_price": )" +
                    std::to_string(i == 7 || i == 20 ? 3 : i) + "}";
        const auto report = co_await load<Item>(rows(text + "]"), {.batch = 8});
        EXPECT_EQ(report.inserted, 28u);
        EXPECT_EQ(report.rejected_rows, 2u);
        EXPECT_EQ(report.rejected.at(0).row, 8u);
        EXPECT_EQ(report.rejected.at(1).row, 21u);
        EXPECT_EQ(co_await query<Item>().count(), 28);
    });
}

TEST_P(load_together_test, a_row_that_is_set_aside_is_kept_once_with_its_source_and_who_sent_it) {
    in_database([&]() -> task<> {
        auto run = std::make_shared<work::run_info>();
        run->id = 12, run->task = "items.ingest";
        runtime::scoped_local inside(&runtime::inherited::run, run);
        const auto bad = rows(R"([{"name": "hoe"}, {"name": "axe", "sell_price": "much", "type": 7}])");
        co_await load<Item>(item_rows.read(bad));
        clock.advance(1h);
        co_await load<Item>(item_rows.read(bad));
        EXPECT_EQ(
            co_await cells(
                "SELECT model, \"row\", source, reasons, times, run, task, first_at, last_at FROM croft_rejected"),
            R"(Item:2:{"name":"axe","sell_price":"much","type":7}:"type": Item.type: 7 is not a text)"
            "\n"
            R"("sell_price": Item.sell_price: "much" is not an integer)"
            ":2:12:items.ingest:2026-03-01T00:00:00.000000Z:2026-03-01T01:00:00.000000Z");
        clock.advance(31 * 24h);
        co_await load<Item>(item_rows.read(rows(R"([{"name": 5}])")));
        EXPECT_EQ(co_await cells("SELECT source FROM croft_rejected"), R"({"name":5})");
    });
}

TEST_P(load_together_test, what_is_missing_can_be_marked_and_is_unmarked_when_it_comes_back) {
    in_database([&]() -> task<> {
        co_await base->write({"INSERT INTO place (name, within) VALUES ('world', 1)", {}});
        const load_options marking{.missing = missing::mark, .max_removed_share = 0.5, .mark = f<&Guard::gone_since>};
        const auto both = rows(R"([{"name": "Ann", "post": "world"}, {"name": "Bob", "post": "world"}])");
        co_await load<Guard>(guard_rows.read(both), marking);
        auto report = co_await load<Guard>(guard_rows.read(rows(R"([{"name": "Ann", "post": "world"}])")), marking);
        EXPECT_EQ(report.describe(), "Guard: 0 inserted, 0 updated, 1 unchanged, 0 removed, 1 marked as gone");
        EXPECT_EQ(co_await cells("SELECT name, gone_since FROM guard ORDER BY name"),
                  "Ann:null Bob:2026-03-01T00:00:00.000000Z");
        clock.advance(1h);
        report = co_await load<Guard>(guard_rows.read(rows(R"([{"name": "Ann", "post": "world"}])")), marking);
        EXPECT_EQ(report.written(), 0u);
        report = co_await load<Guard>(guard_rows.read(rows("[]")), marking);
        EXPECT_EQ(report.removal_refused, 1u);
        report = co_await load<Guard>(guard_rows.read(both), marking);
        EXPECT_EQ(report.updated, 1u);
        EXPECT_EQ(co_await query<Guard>().where(f<&Guard::gone_since>.is_null()).count(), 2);
        bool refused = false;
        try {
            co_await load<Guard>(guard_rows.read(both), {.missing = missing::mark});
        } catch (const error&) {
            refused = true;
        }
        EXPECT_TRUE(refused);
    });
}

TEST_P(load_together_test, objects_told_by_their_id_are_new_where_it_is_zero) {
    in_database([&]() -> task<> {
        std::vector<Note> notes{
            {.text = "one"}, {.text = "two"}, {.id = 9, .text = "nine"}, {.id = 8, .text = "eight", .about = 9}};
        auto report = co_await load<Note>(notes);
        EXPECT_EQ(report.inserted, 4u);
        report = co_await load<Note>(
            std::vector<Note>{{.id = 9, .text = "nine"}, {.id = 8, .text = "8", .about = 9}, {.id = 7, .about = 6}});
        EXPECT_EQ(report.unchanged, 1u);
        EXPECT_EQ(report.updated, 1u);
        EXPECT_THAT(faults(report), ElementsAre(R"(row 3, "about": there is no Note with id 6)"));
        EXPECT_EQ(co_await cells("SELECT text FROM note ORDER BY text"), "8 nine one two");
    });
}

TEST_P(load_together_test, a_stream_is_written_as_it_comes_and_what_is_gone_is_removed_at_its_end) {
    in_database([&]() -> task<> {
        const auto numbers = [](int from, int until) -> stream<Item> {
            for (int i = from; i < until; ++i) co_yield shop::item("i" + std::to_string(i), i);
        };
        std::int64_t seen_half_way = 0;
        const auto watched = [&]() -> stream<Item> {
            for (int i = 0; i < 40; ++i) {
                if (i == 30) seen_half_way = co_await query<Item>().count();
                co_yield shop::item("i" + std::to_string(i), i);
            }
        };
        co_await (watched() | load<Item>({.batch = 10}));
        EXPECT_EQ(seen_half_way, 30);
        const auto report = co_await (numbers(5, 45) | load<Item>({.missing = missing::remove, .batch = 7}));
        EXPECT_EQ(report.removed, 5u);
        EXPECT_EQ(report.inserted, 5u);
        EXPECT_EQ(report.unchanged, 35u);
        EXPECT_EQ(co_await query<Item>().count(), 40);
    });
}

TEST_P(load_together_test, a_stream_that_is_too_bad_leaves_nothing) {
    in_database([&]() -> task<> {
        const auto pages = []() -> stream<json> {
            co_yield rows(R"([{"name": "a"}, {"name": 1}])");
            co_yield rows(R"([{"name": "b"}, {"name": 2}])");
        };
        const auto loaded = co_await (pages() | load<Item>(item_rows));
        EXPECT_EQ(loaded.inserted, 2u);
        EXPECT_EQ(loaded.rejected.at(1).row, 4u);
        co_await query<Item>().remove();
        co_await base->script("DELETE FROM croft_rejected");
        std::string why;
        try {
            co_await (pages() | load<Item>(item_rows, {.max_rejected = 1}));
        } catch (const error& e) {
            why = e.what();
        }
        EXPECT_THAT(why, HasSubstr("2 rows of Item were rejected"));
        EXPECT_EQ(co_await query<Item>().count(), 0);
        EXPECT_EQ(co_await cell("SELECT count(*) FROM croft_rejected"), "2");
    });
}

TEST_P(load_together_test, new_source_fields_are_told_once_a_run) {
    in_database([&]() -> task<> {
        static std::int64_t runs = 76;
        strings lines;
        log::observer watch([&](const log::line& line) { lines.emplace_back(line.message); });
        auto run = std::make_shared<work::run_info>();
        run->id = ++runs, run->task = "items.ingest";
        runtime::scoped_local inside(&runtime::inherited::run, run);
        for (auto* page : {R"([{"name": "a", "colour": 1}])", R"([{"name": "b", "colour": 2, "size": 3}])"})
            co_await load<Item>(rows(page));
        EXPECT_THAT(lines, ElementsAre("Item: the source has fields that nothing maps: colour",
                                       "Item: the source has fields that nothing maps: size"));
    });
}

TEST_P(load_together_test, a_cursor_is_stored_with_the_rows_or_not_at_all) {
    in_database([&]() -> task<> {
        auto at = co_await cursor("items");
        EXPECT_EQ(at.since(1h), "");
        const auto page =
            rows(R"([{"name": "a", "at": "2026-03-01T10:00:00Z"}, {"name": "b", "at": "2026-03-01T09:00:00+00:00"}])");
        at.reach(page, "at");
        at.page = "next";
        co_await load<Item>(item_rows.read(page), {.cursor = at});
        at = co_await cursor("items");
        EXPECT_EQ(at.since(), "2026-03-01T10:00:00.000000Z");
        EXPECT_EQ(at.since(30min), "2026-03-01T09:30:00.000000Z");
        EXPECT_EQ(at.page, "next");
        at.reach(*parse_time("2026-03-01T12:00:00Z"));
        try {
            co_await load<Item>(item_rows.read(rows("[{}]")), {.max_rejected = 0, .cursor = at});
        } catch (const error&) {
        }
        EXPECT_EQ((co_await cursor("items")).since(), "2026-03-01T10:00:00.000000Z");
        EXPECT_THROW(at.reach(std::int64_t{7}), error);
    });
}

TEST_P(load_together_test, a_backfill_stands_for_its_range_and_leaves_the_stored_cursor_alone) {
    in_database([&]() -> task<> {
        auto at = co_await cursor("items");
        at.reach(*parse_time("2026-03-01T10:00:00Z"));
        co_await save(at);
        {
            const loading::backfill range("items", loading::mark_from("2025-01-01T00:00:00Z"),
                                          loading::mark_from("2025-02-01T00:00:00Z"));
            auto then = co_await cursor("items");
            EXPECT_EQ(then.since(1h), "2025-01-01T00:00:00.000000Z");
            EXPECT_EQ(then.up_to(), "2025-02-01T00:00:00.000000Z");
            then.reach(*parse_time("2025-01-31T00:00:00Z"));
            co_await load<Item>(item_rows.read(rows(R"([{"name": "old"}])")), {.cursor = then});
        }
        EXPECT_EQ((co_await cursor("items")).since(), "2026-03-01T10:00:00.000000Z");
        EXPECT_EQ(co_await query<Item>().count(), 1);
    });
}

TEST_P(load_together_test, a_rejected_row_told_by_a_reference_keeps_its_row_from_being_removed) {
    in_database([&]() -> task<> {
        co_await load<Item>(item_rows.read(rows(R"([{"name": "soup"}, {"name": "leek"}, {"name": "salt"}])")));
        co_await load<RecipeItem>(
            part_rows.read(rows(R"([{"item": "soup", "of": "leek"}, {"item": "soup", "of": "salt"},
            {"item": "leek", "of": "salt"}])")));
        const auto report = co_await load<RecipeItem>(
            part_rows.read(rows(R"([{"item": "soup", "of": "leek", "quantity": "x"}, {"item": "wine", "of": "salt"},
                {"item": "soup", "of": "salt"}])")),
            {.missing = missing::remove, .max_removed_share = 0.4});
        EXPECT_EQ(report.rejected_rows, 2u);
        EXPECT_EQ(report.removed, 1u);
        EXPECT_EQ(report.removal_refused, 0u);
        EXPECT_EQ(co_await query<RecipeItem>().count(), 2);
    });
}

TEST_P(load_together_test, marks_are_times_integers_or_texts_and_never_go_back) {
    in_database([&]() -> task<> {
        auto at = co_await cursor("numbers");
        at.reach(rows(R"([{"id": 41}, {"id": null}, {}, {"id": 7}])"), "id");
        co_await save(at);
        at = co_await cursor("numbers");
        EXPECT_EQ(at.mark, value(std::int64_t{41}));
        EXPECT_EQ(at.behind(10), "31");
        at.reach(std::int64_t{3});
        EXPECT_EQ(at.since(), "41");
        auto text = co_await cursor("texts");
        text.reach(std::string("b41"));
        co_await save(text);
        EXPECT_EQ((co_await cursor("texts")).mark, value(std::string("b41")));
    });
}
