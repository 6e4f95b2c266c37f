// Every field type there and back through the database, at the edges of its range.
#include <chrono>
#include <limits>
#include <map>

#include "croft/pages.hpp"
#include "croft/sql.hpp"
#include "model/rows.hpp"
#include "model/world.hpp"

using namespace croft;
using world::Sample;

namespace {

struct types_test : world::on_each_engine {};
CROFT_ON_EACH_ENGINE(types_test);
struct stored_by_others : shop::fixture {};

time_point at(std::string_view text) { return *parse_time(text); }

Sample with_everything() {
    Sample s;
    s.maybe_yes = false;
    s.maybe_small = std::int16_t{0};
    s.maybe_medium = 0;
    s.maybe_big = 0;
    s.maybe_real = 0;
    s.maybe_price = decimal<18>::from_units(1);
    s.maybe_text = "";
    s.maybe_raw = bytes{};
    s.maybe_at = at("2026-03-01T12:34:56.789012Z");
    s.maybe_day = *parse_date("2024-02-29");
    s.maybe_length = duration{-1};
    s.maybe_key = uuid::v7();
    s.maybe_meta = json::parse(R"({"a": [1, 2.5, "x", null, true], "b": {"ü": "'"}})");
    s.maybe_how = world::rarity::epic;
    return s;
}

Sample lowest() {
    Sample s;
    s.yes = false;
    s.small = std::numeric_limits<std::int16_t>::min();
    s.medium = std::numeric_limits<std::int32_t>::min();
    s.big = std::numeric_limits<std::int64_t>::min();
    s.real = -std::numeric_limits<double>::max();
    s.price = decimal<2>::from_units(-999'999'999'999'999'999);
    s.text = "";
    s.raw = {};
    s.at = at("0001-01-01T00:00:00Z");
    s.day = *parse_date("0001-01-01");
    s.length = -duration::max();
    s.meta = json(nullptr);
    s.how = world::rarity::common;
    return s;
}

Sample highest() {
    Sample s;
    s.small = std::numeric_limits<std::int16_t>::max();
    s.medium = std::numeric_limits<std::int32_t>::max();
    s.big = std::numeric_limits<std::int64_t>::max();
    s.real = std::numeric_limits<double>::denorm_min();
    s.price = decimal<2>::from_units(999'999'999'999'999'999);
    s.text = "Zürich \xf0\x9f\x8c\xbe \"'\\%_\n";
    for (int i = 0; i < 256; ++i) s.raw.push_back(std::byte(i));
    s.at = at("9999-12-31T23:59:59.999999Z");
    s.day = *parse_date("9999-12-31");
    s.length = duration::max();
    s.key = uuid::v4();
    s.meta = json::array({});
    s.how = world::rarity::epic;
    return s;
}

std::string said(const auto& action) {
    try {
        action();
    } catch (const error& e) {
        return e.what();
    }
    return "(nothing)";
}

value fitted(std::string_view field, value v) {
    const auto& info = model<Sample>();
    return fit(info, info.fields[info.index_of(field)], std::move(v));
}

}  // namespace

TEST_P(types_test, a_struct_of_sql_by_hand_reads_each_type_as_a_model_does) {
    struct Shown {
        decimal<2> price;
        std::optional<decimal<18>> maybe_price;
        duration length;
        date day;
        world::rarity how;
        json meta;
        std::optional<json> other;
    };
    in_database([&]() -> task<> {
        const auto s = co_await create(with_everything());
        const auto shown = co_await sql<Shown>(
                               "SELECT price, maybe_price, length, day, how, meta, maybe_meta AS other FROM "
                               "world_sample WHERE id = ?",
                               s.id)
                               .one();
        EXPECT_EQ(shown.price, s.price);
        EXPECT_EQ(shown.maybe_price, s.maybe_price);
        EXPECT_EQ(shown.length, s.length);
        EXPECT_EQ(shown.day, s.day);
        EXPECT_EQ(shown.how, s.how);
        EXPECT_EQ(shown.meta, s.meta);
        EXPECT_EQ(shown.other, s.maybe_meta);
        const auto row = co_await sql("SELECT * FROM world_sample").one();
        EXPECT_EQ(row.get<decimal<2>>("price"), s.price);
        EXPECT_EQ(row.get<std::optional<decimal<18>>>("maybe_price"), s.maybe_price);
        EXPECT_EQ(row.get<duration>("length"), s.length);
        EXPECT_EQ(row.get<json>("meta"), s.meta);
        EXPECT_EQ(row.get<uuid>("key"), s.key);
        EXPECT_EQ(row.get<time_point>("at"), s.at);
        EXPECT_EQ(row.get<world::rarity>("how"), s.how);
    });
}

TEST_P(types_test, every_type_reads_back_as_it_was_written_at_the_edges_of_its_range) {
    in_database([&]() -> task<> {
        for (const auto& written : {Sample{}, with_everything(), lowest(), highest()}) {
            const auto made = co_await create(written);
            const auto read = co_await get<Sample>(made.id);
            EXPECT_EQ(read, made) << made.id;
        }
    });
}

TEST_P(types_test, a_row_that_is_saved_unchanged_differs_in_nothing) {
    in_database([&]() -> task<> {
        for (auto row : {with_everything(), lowest(), highest()}) {
            row = co_await create(row);
            EXPECT_EQ((co_await query<Sample>()
                           .where(f<&Sample::id> == row.id)
                           .update(set<&Sample::price>(row.price), set<&Sample::day>(row.day),
                                   set<&Sample::length>(row.length), set<&Sample::key>(row.key),
                                   set<&Sample::how>(row.how), set<&Sample::at>(row.at))),
                      0);
        }
    });
}

TEST_P(types_test, each_type_can_be_looked_for_and_sorts_by_what_it_means) {
    in_database([&]() -> task<> {
        for (const auto& row : {with_everything(), lowest(), highest()}) co_await create(row);
        const auto where = [](condition c) { return query<Sample>().where(std::move(c)).count(); };
        EXPECT_EQ(co_await where(f<&Sample::price> == decimal<2>(9.99)), 1);
        EXPECT_EQ(co_await where(f<&Sample::price> < 10), 2);
        EXPECT_EQ(co_await where(f<&Sample::price> > "9.98"), 2);
        EXPECT_EQ(co_await where(f<&Sample::day> > date(std::chrono::year{2025} / 1 / 1)), 2);
        EXPECT_EQ(co_await where(f<&Sample::length> < 2h), 2);
        EXPECT_EQ(co_await where(f<&Sample::how> == world::rarity::epic), 1);
        EXPECT_EQ(co_await where(f<&Sample::maybe_how> == world::rarity::epic), 1);
        EXPECT_EQ(co_await where(f<&Sample::key> == uuid{}), 2);
        EXPECT_EQ(co_await where(f<&Sample::at> < at("2000-01-01T00:00:00Z")), 2);
        std::vector<std::string> prices;
        for (const auto& row : co_await query<Sample>().order_by(f<&Sample::price>).list())
            prices.push_back(to_text(row.price));
        EXPECT_EQ(prices, (shop::strings{"-9999999999999999.99", "9.99", "9999999999999999.99"}));
    });
}

TEST_P(types_test, a_list_of_any_length_is_looked_for_in_each_type_that_a_text_says_exactly) {
    in_database([&]() -> task<> {
        const auto high = co_await create(highest());
        const auto low = co_await create(lowest());
        const auto found = [&](auto field, auto wanted, auto next) -> task<std::int64_t> {
            std::vector<decltype(wanted)> all{wanted};
            for (int i = 0; i < 70'000; ++i) all.push_back(next(i));
            return query<Sample>().where(field.in(all)).count();
        };
        const auto some_time = at("2001-01-01T00:00:00Z");
        EXPECT_EQ(co_await found(f<&Sample::key>, high.key, [](int) { return uuid::v4(); }), 1);
        EXPECT_EQ(co_await found(f<&Sample::day>, high.day, [](int i) { return date{} + std::chrono::days{i}; }), 1);
        EXPECT_EQ(co_await found(f<&Sample::at>, high.at, [&](int i) { return some_time + duration{i}; }), 1);
        EXPECT_EQ(co_await found(f<&Sample::price>, high.price, &decimal<2>::from_units), 1);
        EXPECT_EQ(co_await found(f<&Sample::length>, high.length, [](int i) { return duration{i}; }), 1);
        EXPECT_EQ(co_await found(f<&Sample::yes>, high.yes, [](int) { return true; }), 1);
        EXPECT_EQ(co_await query<Sample>().where(f<&Sample::yes>.in({true, false})).count(), 2);
        EXPECT_EQ(co_await query<Sample>().where(f<&Sample::real>.in({low.real, 0.25})).count(), 1);
        EXPECT_EQ(co_await query<Sample>().where(f<&Sample::raw>.in({high.raw, bytes{}})).count(), 2);
        EXPECT_THAT(co_await shop::message_of(
                        [&]() -> task<> { co_await found(f<&Sample::real>, 0.5, [](int i) { return i * 0.1; }); }),
                    testing::HasSubstr("Sample.real: a list of 70001 values of this type is too long: at most 32766"));
    });
}

TEST_P(types_test, a_number_of_another_scale_is_not_set) {
    in_database([&]() -> task<> {
        co_await create(with_everything());
        const auto why = [](assignment change) {
            return shop::message_of([=]() -> task<> { co_await query<Sample>().update(change); });
        };
        EXPECT_EQ(co_await why(set<&Sample::price>(f<&Sample::maybe_price>)),
                  "Sample.price can't be set to Sample.maybe_price: it has 18 digits after the point, not 2");
        EXPECT_EQ(co_await query<Sample>().update(set<&Sample::price>(f<&Sample::price>)), 0);
    });
}

TEST_P(types_test, json_that_could_not_be_read_again_or_not_be_stored_everywhere_is_refused) {
    in_database([&]() -> task<> {
        const auto nested = [](int levels) {
            json made = nullptr;
            for (int i = 0; i < levels; ++i) made = i % 2 ? json::object({{"a", made}}) : json::array({made});
            return made;
        };
        Sample row;
        row.meta = nested(128);
        row = co_await create(row);
        EXPECT_EQ((co_await query<Sample>().one()).meta, row.meta);
        for (const auto& [bad, why] : {std::pair(nested(129), "JSON of more than 128 levels can't be stored"),
                                       std::pair(json::array({std::string("a\0b", 3)}), "JSON with a zero byte"),
                                       std::pair(json(std::string("a\0b", 3)), "JSON with a zero byte")}) {
            auto changed = row;
            changed.meta = bad;
            const auto said_by = [&](auto write) -> task<> {
                EXPECT_THAT(co_await shop::message_of(write), testing::HasSubstr(why));
            };
            co_await said_by([&]() -> task<> { co_await save(changed); });
            co_await said_by([&]() -> task<> { co_await create(changed); });
            co_await said_by([&]() -> task<> { co_await create_all(std::vector{changed}); });
            co_await said_by([&]() -> task<> { co_await upsert_all(std::vector{changed}); });
            co_await said_by([&]() -> task<> { co_await query<Sample>().update(set<&Sample::meta>(bad)); });
            co_await said_by([&]() -> task<> {
                co_await update_or_create<Sample>(key<&Sample::id>(row.id), set<&Sample::meta>(bad));
            });
        }
        EXPECT_EQ((co_await query<Sample>().one()).meta, row.meta);
    });
}

TEST_P(types_test, json_is_no_order_no_group_and_not_distinct) {
    in_database([&]() -> task<> {
        const auto why = [](auto rows) { return shop::message_of([=]() -> task<> { co_await rows.list(); }); };
        const auto refusal =
            testing::HasSubstr("Sample.meta is JSON: rows can't be ordered, grouped or made distinct by it");
        EXPECT_THAT(co_await why(query<Sample>().order_by(f<&Sample::meta>)), refusal);
        EXPECT_THAT(co_await why(query<Sample>().group_by(f<&Sample::meta>).select(count())), refusal);
        const auto distinct = query<Sample>().select(f<&Sample::meta>).distinct();
        EXPECT_THAT(co_await why(distinct), refusal);
        EXPECT_THAT(co_await shop::message_of([=]() -> task<> { co_await distinct.count(); }), refusal);
        EXPECT_THAT(
            co_await shop::message_of([=]() -> task<> { co_await query<Sample>().order_by(f<&Sample::meta>).page(2); }),
            refusal);
        EXPECT_THROW(count_distinct(f<&Sample::meta>), error);
        EXPECT_THROW(max(f<&Sample::meta>), error);
        EXPECT_EQ((co_await query<Sample>().select(f<&Sample::meta>).list()).size(), 0u);
    });
}

TEST_F(stored_by_others, in_sqlite_is_held_by_checks_or_names_table_and_column_when_it_is_read) {
    in_database([&]() -> task<> {
        co_await create(Sample{});
        const std::pair<const char*, const char*> broken[] = {
            {"day = '2026-02-30'", "table world_sample, column day: column 9: the month 2026-02 has no day 30"},
            {"key = 'x'", "table world_sample, column key: column 1: expected one of 32 hexadecimal digits of a UUID"},
            {"at = 'now'", "table world_sample, column at: column 1: expected 4 digits for the year"}};
        for (auto [set, message] : broken) {
            std::string why;
            co_await transaction([&]() -> task<> {
                co_await base->write({std::string("UPDATE world_sample SET ") + set});
                try {
                    co_await query<Sample>().one();
                } catch (const error& e) {
                    why = e.what();
                }
                co_await base->write(
                    {"UPDATE world_sample SET day = '2026-03-01', at = "
                     "'1970-01-01T00:00:00.000000Z', key = '00000000-0000-0000-0000-000000000000'"});
            });
            EXPECT_EQ(why, message);
        }
        for (const char* refused : {"how = 'huge'", "meta = '{'", "yes = 2", "maybe_text = 'eleven char'"}) {
            bool held = false;
            try {
                co_await base->write({std::string("UPDATE world_sample SET ") + refused});
            } catch (const db::error&) {
                held = true;
            }
            EXPECT_TRUE(held) << refused;
        }
    });
}

TEST(field_values, fit_their_field_or_say_what_would) {
    EXPECT_EQ(fitted("price", std::int64_t{3}), value(decimal_value{300, 2}));
    EXPECT_EQ(fitted("price", 9.99), value(decimal_value{999, 2}));
    EXPECT_EQ(fitted("price", std::string("1e2")), value(decimal_value{10'000, 2}));
    EXPECT_EQ(fitted("price", decimal_value{5, 1}), value(decimal_value{50, 2}));
    EXPECT_EQ(fitted("day", std::string("2026-03-01")), value(*parse_date("2026-03-01")));
    EXPECT_EQ(fitted("length", std::string("01:30:00")), value(duration(90min)));
    EXPECT_EQ(fitted("how", std::string("epic")), value(std::string("epic")));
    EXPECT_EQ(fitted("meta", std::string("a")), value(json_text{"\"a\""}));
    EXPECT_EQ(fitted("meta", {}), value(json_text{"null"}));
    EXPECT_EQ(fitted("maybe_meta", {}), value());
    EXPECT_EQ(fitted("maybe_text", std::string("Zürich 123")), value(std::string("Zürich 123")));
}

TEST(field_values, that_do_not_fit_are_refused_with_field_value_place_and_what_would_be_right) {
    const auto why = [](std::string_view field, value v) { return said([&] { fitted(field, std::move(v)); }); };
    EXPECT_EQ(why("price", std::string("12 EUR")),
              "Sample.price: \"12 EUR\" is not a number of at most 16 digits before the point and 2 after it "
              "(column 3: expected the end of the number)");
    EXPECT_EQ(why("price", 9.999),
              "Sample.price: 9.999 is not a number of at most 16 digits before the point and 2 after it "
              "(column 6: more than 2 digits after the point: some would be lost)");
    EXPECT_EQ(why("price", true),
              "Sample.price: true is not a number of at most 16 digits before the point and 2 after it");
    EXPECT_EQ(why("day", std::string("1.3.2026")),
              "Sample.day: \"1.3.2026\" is not a date such as 2026-03-01 (column 2: expected 4 digits for the year)");
    EXPECT_EQ(why("day", at("2026-03-01T00:00:00Z")),
              "Sample.day: 2026-03-01T00:00:00.000000Z is not a date such as 2026-03-01");
    EXPECT_EQ(why("length", std::int64_t{90}), "Sample.length: 90 is not a duration such as PT1H30M or 01:30:00");
    EXPECT_EQ(why("key", std::string("42")),
              "Sample.key: \"42\" is not a UUID such as 01956f3e-8c00-7d3a-9b1e-4f6a5c2d7e80 (column 3: expected one "
              "of 32 hexadecimal digits of a UUID)");
    EXPECT_EQ(why("how", std::string("epix")),
              "Sample.how: \"epix\" is not one of world::rarity; did you mean \"epic\"?");
    EXPECT_EQ(why("maybe_text", std::string("Zürich 1234")),
              "Sample.maybe_text: \"Zürich 1234\" is 11 characters long; at most 10 are allowed");
    EXPECT_EQ(why("meta", bytes{}), "Sample.meta: 0 bytes is not JSON");
    EXPECT_EQ(why("day", {}), "Sample.day: null is not allowed: the field is not optional");
}

TEST(serializer_types, json_becomes_every_type_and_what_does_not_is_rejected_with_row_path_and_reason) {
    const serializer<Sample> rows(from<&Sample::day>("day"), from<&Sample::price>("price"), from<&Sample::meta>("meta"),
                                  from<&Sample::how>("how"), from<&Sample::length>("length"), from<&Sample::key>("key"),
                                  from<&Sample::id>("id"));
    const auto read = rows.read(json::parse(R"([
        {"id": 1, "day": "2026-03-01", "price": 9.99, "meta": [1, {"a": null}], "how": "epic", "length": "PT1H",
         "key": "01956f3e-8c00-7d3a-9b1e-4f6a5c2d7e80"},
        {"id": 2, "day": "tomorrow", "price": "a lot", "meta": "plain", "how": "mythic", "length": 5, "key": 7}])"));
    ASSERT_EQ(read.rows.size(), 1u);
    std::map<std::string, value> first;
    for (std::size_t i = 0; i < read.fields.size(); ++i)
        first[model<Sample>().fields[read.fields[i]].name] = read.rows[0][i];
    EXPECT_EQ(first["day"], value(*parse_date("2026-03-01")));
    EXPECT_EQ(first["price"], value(decimal_value{999, 2}));
    EXPECT_EQ(first["meta"], value(json_text{R"([1,{"a":null}])"}));
    EXPECT_EQ(first["how"], value(std::string("epic")));
    EXPECT_EQ(first["length"], value(duration(1h)));
    ASSERT_EQ(read.rejected.size(), 5u);
    EXPECT_EQ(read.rejected[0].describe(),
              "row 2, \"day\": Sample.day: \"tomorrow\" is not a date such as 2026-03-01 (column 1: expected 4 digits "
              "for the year)");
    EXPECT_EQ(read.rejected[2].describe(), "row 2, \"how\": Sample.how: \"mythic\" is not one of world::rarity");
}
