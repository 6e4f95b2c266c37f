#include "croft/format.hpp"
#include "model/world.hpp"

using namespace croft;
using namespace world;

namespace {

task<> country(std::string code) {
    co_await update_or_create<Country>(key<&Country::code>(code), set<&Country::name>(code));
}

struct history_of_keys : shop::fixture {};
struct reference_test : on_each_engine {
    task<bool> refused(std::string sql) {
        try {
            co_await base->write(db::statement{std::move(sql)});
        } catch (const db::error&) {
            co_return true;
        }
        co_return false;
    }
};
CROFT_ON_EACH_ENGINE(reference_test);

std::string why_not(const auto& action) {
    try {
        action();
    } catch (const error& e) {
        return e.what();
    }
    return "(nothing)";
}

}  // namespace

TEST(model_keys, a_declared_primary_key_takes_the_place_of_id) {
    EXPECT_EQ(model<Country>().keys, (std::vector<std::size_t>{0}));
    EXPECT_FALSE(model<Country>().assigns_key());
    EXPECT_TRUE(model<City>().assigns_key());
    EXPECT_EQ(model<Visit>().keys, (std::vector<std::size_t>{0, 1}));
    EXPECT_EQ(model<Visit>().natural_key(), (std::vector<std::size_t>{0, 1}));
    EXPECT_TRUE(model<City>().is_unique(model<City>().index_of("mayor")));
    EXPECT_FALSE(model<City>().is_unique(model<City>().index_of("country")));
}

TEST(model_keys, a_reference_is_stored_as_the_key_it_holds) {
    const auto stored = [](const model_info& info, std::string_view field) {
        return info.fields[info.index_of(field)].stored_as().type;
    };
    EXPECT_EQ(stored(model<City>(), "country"), field_type::text);
    EXPECT_EQ(stored(model<City>(), "mayor"), field_type::uuid);
    EXPECT_EQ(stored(model<Mayor>(), "birthplace"), field_type::integer64);
    EXPECT_EQ(stored(model<Visit>(), "city"), field_type::integer64);
}

TEST(model_links, many_to_many_is_no_column_but_a_model_of_pairs) {
    const auto& city = model<City>();
    EXPECT_FALSE(city.find("tags"));
    ASSERT_EQ(city.links.size(), 2u);
    const auto& pairs = city.links[0].through();
    EXPECT_EQ(pairs.name, "CityTags");
    EXPECT_EQ(pairs.table, "world_city_tags");
    EXPECT_EQ(pairs.fields[0].name, "city");
    EXPECT_EQ(pairs.fields[1].name, "tag");
    EXPECT_EQ(&pairs.fields[1].target(), &model<Tag>());
    EXPECT_EQ(&model_named("CityTags"), &pairs);
    const auto& twins = city.links[1].through();
    EXPECT_EQ(twins.table, "world_twins");
    EXPECT_EQ(twins.fields[1].name, "other_city");
}

TEST(model_checks, a_decimal_can_be_compared_with_0_only_as_its_column_differs) {
    struct local {
        static std::vector<detail::model_option> with(std::string sql) {
            return {{.kind = detail::option_kind::check, .text = "price", .sql = std::move(sql)}};
        }
    };
    static const Sample initial{};
    const auto declare = [](std::string sql) {
        detail::describe("Sample", "world.hpp", 7, detail::member_signature<Sample>(), &detail::sample<Sample>.object,
                         detail::member_addresses<Sample>.data(), detail::member_storage<Sample>.data(),
                         detail::member_count<Sample>, &initial, &model<Sample>, local::with(std::move(sql)));
    };
    declare("price >= 0");
    declare("small < 7 AND medium > 0.5");
    EXPECT_EQ(why_not([&] { declare("price < 9.50"); }),
              "world.hpp:7: Sample.price: \"price < 9.50\" can't compare a decimal with a number other than 0: SQLite "
              "stores it in units of its last digit, PostgreSQL as a number");
}

namespace {

void declare_tag(std::vector<detail::model_option> options) {
    static const Tag initial{};
    detail::describe("Tag", "world.hpp", 7, detail::member_signature<Tag>(), &detail::sample<Tag>.object,
                     detail::member_addresses<Tag>.data(), detail::member_storage<Tag>.data(),
                     detail::member_count<Tag>, &initial, &model<Tag>, std::move(options));
}

}  // namespace

TEST(model_declarations, that_say_a_thing_twice_are_refused) {
    using enum detail::option_kind;
    const detail::model_option once{.kind = unique, .offsets = {offsetof(Tag, name)}, .descending = {false}};
    auto of_some = once;
    of_some.sql = "id > 0";
    EXPECT_EQ(why_not([&] { declare_tag({once, of_some}); }), "(nothing)");
    EXPECT_EQ(why_not([&] { declare_tag({once, once}); }),
              "world.hpp:7: Tag.name: the same unique<…> stands there twice");
    EXPECT_EQ(why_not([&] { declare_tag({of_some, of_some}); }),
              "world.hpp:7: Tag.name: the same index stands there twice");
    EXPECT_EQ(why_not([&] { declare_tag({{.kind = column, .offsets = {offsetof(Tag, name)}, .text = "id"}}); }),
              "world.hpp:7: Tag.name: its column id is that of id too");
}

TEST(model_declarations, with_names_that_PostgreSQL_would_cut_are_refused) {
    using enum detail::option_kind;
    const auto named = [](std::size_t length) {
        return detail::model_option{.kind = table, .text = std::string(length, 't')};
    };
    EXPECT_EQ(why_not([&] { declare_tag({named(63)}); }), "(nothing)");
    EXPECT_EQ(why_not([&] { declare_tag({named(64)}); }),
              "world.hpp:7: Tag: the table " + std::string(64, 't') +
                  " would have a name of 64 bytes, and 63 is the most: table(\"…\") gives it a shorter one");
    EXPECT_EQ(why_not([&] { declare_tag({named(55), {.kind = history}}); }), "(nothing)");
    EXPECT_NE(
        why_not([&] { declare_tag({named(56), {.kind = history}}); }).find("_history would have a name of 64 bytes"),
        std::string::npos);
    EXPECT_EQ(why_not([&] {
                  declare_tag({{.kind = column, .offsets = {offsetof(Tag, name)}, .text = std::string(64, 'c')}});
              }),
              "world.hpp:7: Tag.name: its column's name has 64 bytes, and 63 is the most: column<&Tag::name>(\"…\") "
              "gives it a shorter one");
}

TEST_P(reference_test, rows_are_referred_to_by_text_and_uuid_keys) {
    in_database([&]() -> task<> {
        co_await country("CH");
        const auto number = uuid::v7();
        co_await update_or_create<Mayor>(key<&Mayor::number>(number), set<&Mayor::name>("Anna"));
        const auto made = co_await create(City{.name = "Chur", .country = "CH", .mayor = number});
        const auto read = co_await get<City>(made.id);
        EXPECT_EQ(read.country.key, "CH");
        EXPECT_EQ(read.mayor->key, number);
        EXPECT_EQ((co_await query<City>().where(f<&City::country, &Country::name> == "CH").count()), 1);
        EXPECT_EQ((co_await query<City>().where(f<&City::mayor, &Mayor::name> == "Anna").count()), 1);
        EXPECT_EQ((co_await query<City>().where(f<&City::country> == "CH").count()), 1);
        EXPECT_EQ((co_await query<City>().where(f<&City::name> == "Chur").order_by(f<&City::name>).list()).size(), 1u);
        EXPECT_TRUE(co_await refused("DELETE FROM world_country"));
        EXPECT_TRUE(co_await refused("UPDATE world_city SET city_name = ''"));
        co_await base->write(db::statement{"DELETE FROM world_mayor"});
        EXPECT_EQ((co_await get<City>(made.id)).mayor, std::nullopt);
    });
}

TEST_P(reference_test, rows_of_a_circle_are_written_in_one_transaction) {
    in_database([&]() -> task<> {
        co_await country("CH");
        co_await transaction([&]() -> task<> {
            const auto number = uuid::v7();
            const auto city = co_await create(City{.name = "Chur", .country = "CH", .mayor = number});
            co_await update_or_create<Mayor>(key<&Mayor::number>(number), set<&Mayor::birthplace>(city.id));
        });
        EXPECT_EQ((co_await query<City>().where(f<&City::mayor, &Mayor::birthplace, &City::name> == "Chur").count()),
                  1);
    });
}

TEST_F(history_of_keys, a_primary_key_of_two_members_finds_updates_and_removes_its_row) {
    in_database([&]() -> task<> {
        co_await country("CH");
        const auto city = co_await create(City{.name = "Chur", .country = "CH"});
        const auto day = *parse_date("2026-03-01");
        co_await load<Visit>(json::parse(croft::format(R"([{"day": "2026-03-01", "city": {}, "visitors": 5},
                                                          {"day": "2026-03-02", "city": {}, "visitors": 6}])",
                                                       city.id, city.id)));
        const auto visit = co_await query<Visit>().where(f<&Visit::day> == day).one();
        EXPECT_EQ(visit.visitors, 5);
        EXPECT_EQ(visit.city.id, city.id);
        EXPECT_EQ((co_await query<Visit>()
                       .where(f<&Visit::city, &City::name> == "Chur" && f<&Visit::day> == day)
                       .update(set<&Visit::visitors>(7))),
                  1);
        EXPECT_EQ(co_await cell("SELECT group_concat(history_change || visitors) FROM world_visit_history"),
                  "\"insert5,insert6,update7\"");
        EXPECT_EQ((co_await query<Visit>().where(f<&Visit::day> == day).remove()), 1);
        EXPECT_EQ((co_await query<Visit>().count()), 1);
    });
}

TEST_P(reference_test, rows_are_saved_read_and_removed_by_a_key_that_the_program_gives) {
    in_database([&]() -> task<> {
        Country country{.code = "CH", .name = "Suisse"};
        co_await save(country);
        country.name = "Switzerland";
        co_await save(country);
        EXPECT_EQ((co_await get<Country>("CH")).name, "Switzerland");
        EXPECT_EQ((co_await query<Country>().count()), 1);
        bool refused = false;
        try {
            co_await create(country);
        } catch (const db::constraint_error&) {
            refused = true;
        }
        EXPECT_TRUE(refused);
        EXPECT_TRUE(co_await remove(country));
        EXPECT_FALSE(co_await remove(country));
    });
}

TEST_P(reference_test, a_uuid_key_is_made_for_a_new_row_and_kept_for_a_given_one) {
    in_database([&]() -> task<> {
        Mayor anna{.number = {}, .name = "Anna"};
        co_await save(anna);
        EXPECT_EQ(to_text(anna.number)[14], '7');
        anna.name = "Anna B.";
        co_await save(anna);
        EXPECT_EQ((co_await get<Mayor>(anna.number)).name, "Anna B.");
        const auto given = uuid::v4();
        EXPECT_EQ((co_await create(Mayor{.number = given, .name = "Bert"})).number, given);
        const auto more =
            co_await create_all(std::vector{Mayor{.number = {}, .name = "C"}, {.number = {}, .name = "D"}});
        EXPECT_NE(more[0].number, more[1].number);
        EXPECT_EQ((co_await get<Mayor>(more[1].number)).name, "D");
        EXPECT_EQ((co_await query<Mayor>().count()), 4);
    });
}

TEST_P(reference_test, rows_with_a_key_of_two_parts_are_found_by_both) {
    in_database([&]() -> task<> {
        co_await country("CH");
        const auto city = co_await create(City{.name = "Chur", .country = "CH"});
        Visit visit{.day = *parse_date("2026-03-01"), .city = city, .visitors = 5};
        co_await save(visit);
        visit.visitors = 6;
        co_await save(visit);
        EXPECT_EQ((co_await get<Visit>(visit.day, city.id)).visitors, 6);
        EXPECT_EQ((co_await get<City>(visit.city.id)).name, "Chur");
        EXPECT_EQ((co_await get(visit.city)).name, "Chur");
        EXPECT_EQ((co_await get(city.country)).name, "CH");
        std::string why;
        try {
            co_await get<Visit>(city.id);
        } catch (const error& e) {
            why = e.what();
        }
        EXPECT_EQ(why, "the primary key of Visit has 2 parts, but 1 were given");
        EXPECT_TRUE(co_await remove(visit));
        EXPECT_EQ((co_await query<Visit>().count()), 0);
    });
}
