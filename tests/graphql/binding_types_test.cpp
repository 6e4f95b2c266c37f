// Models with every field type, key and relation, as GraphQL shows them.
#include <algorithm>

#include <gtest/gtest.h>

#include "croft/format.hpp"
#include "croft/graphql.hpp"
#include "croft/json.hpp"
#include "db/database.hpp"
#include "graphql/execution/service.hpp"
#include "migrate/migrator.hpp"
#include "runtime/loop.hpp"

using namespace croft;

namespace plants {

enum class season { spring, summer };
struct bed {
    enum class soil { sand, clay };
};

struct Region {
    std::string code;
    season best = season::spring;
};
CROFT_MODEL(Region, table("plants_region"), primary_key<&Region::code>);

struct Label {
    std::int64_t id = 0;
    std::string word;
};
CROFT_MODEL(Label, table("plants_label"), unique<&Label::word>);

struct Plant {
    uuid key;
    std::string name;
    ref_to<&Region::code, "plants"> region;
    decimal<2> price;
    date planted;
    std::optional<duration> ripens;
    std::optional<json> notes;
    season sown = season::spring;
    std::optional<bed::soil> soil;
    many<Label, "plants"> labels;
};
CROFT_MODEL(Plant, table("plants_plant"), primary_key<&Plant::key>, unique<&Plant::name>);

struct Passport {
    std::int64_t id = 0;
    ref_to<&Plant::key, "passport"> plant;
    std::string number;
};
CROFT_MODEL(Passport, table("plants_passport"), unique<&Passport::plant>);

struct Harvest {
    date day;
    ref_to<&Plant::key, "harvests"> plant;
    decimal<3> kilograms;
};
CROFT_MODEL(Harvest, table("plants_harvest"), primary_key<&Harvest::day, &Harvest::plant>);

CROFT_GRAPHQL(Region, filters<&Region::code, &Region::best>);
CROFT_GRAPHQL(Label, filters<&Label::word>, orders<&Label::word>, pages());
CROFT_GRAPHQL(Plant,
              filters<&Plant::key, &Plant::name, &Plant::region, &Plant::price, &Plant::planted, &Plant::ripens,
                      &Plant::notes, &Plant::sown, &Plant::soil>,
              orders<&Plant::price, &Plant::planted, &Plant::notes>,
              field("half", [](const Plant& p) { return decimal<3>::from_units(p.price.units() * 5); }));
CROFT_GRAPHQL(Passport);
CROFT_GRAPHQL(Harvest, filters<&Harvest::kilograms>);
CROFT_GRAPHQL_QUERY("plants", list<Plant>);
CROFT_GRAPHQL_QUERY("plant", one<Plant>);
CROFT_GRAPHQL_QUERY("labels", list<Label>);
CROFT_GRAPHQL_QUERY("region", one<Region>);
CROFT_GRAPHQL_QUERY("harvest", one<Harvest>);

}  // namespace plants

namespace {

constexpr std::string_view rose = "01956f3e-8c00-7d3a-9b1e-4f6a5c2d7e80", fig = "01956f3e-8c00-7d3a-9b1e-4f6a5c2d7e81";

/// Each test's body asks a database of two plants.
struct graphql_types : testing::Test {
    graphql::service service;
    virtual_clock clock{*parse_time("2026-03-01T00:00:00Z"), true};

    template <class F>
    void in_garden(F body) {
        auto outer = [&]() -> task<> {
            auto opened = co_await db::database::open("sqlite::memory:");
            runtime::scoped_local<db::database*> local(&runtime::inherited::database, opened.get());
            co_await migrations::make_tables(opened.get(), all_models());
            co_await opened->script(
                croft::format("INSERT INTO plants_region VALUES ('CH', 'summer'), ('IT', 'spring');"
                              "INSERT INTO plants_label VALUES (1, 'red'), (2, 'sweet'), (3, 'tall');"
                              "INSERT INTO plants_plant VALUES "
                              "('{}', 'rose', 'CH', 1250, '2026-03-01', 5400000000, '[1]', 'spring', 'clay'), "
                              "('{}', 'fig', 'IT', 5, '2025-01-31', NULL, NULL, 'summer', NULL);"
                              "INSERT INTO plants_plant_labels VALUES ('{}', 1), ('{}', 3), ('{}', 2), ('{}', 3);"
                              "INSERT INTO plants_passport VALUES (7, '{}', 'X1');"
                              "INSERT INTO plants_harvest VALUES ('2026-07-01', '{}', 1500), ('2026-08-01', '{}', 250)",
                              rose, fig, rose, rose, fig, fig, rose, fig, fig));
            co_await body();
            co_await opened->close();
        };
        run(outer(), clock);
    }

    task<std::string> ask(std::string query) {
        auto answer = co_await service.execute({.query = std::move(query), .operation_name = {}, .variables = {}});
        co_return std::move(answer.body);
    }
};

/// The parts of the schema that begin so, in their order.
std::string parts(const std::string& sdl, std::initializer_list<std::string_view> starts) {
    std::string out;
    for (std::size_t at = 0; at < sdl.size();) {
        const auto end = std::min(sdl.find("\n\n", at), sdl.size());
        const auto part = std::string_view(sdl).substr(at, end - at);
        for (auto start : starts)
            if (part.find(std::string(start) + " ") != part.npos) out.append(part).append("\n");
        at = end + 2;
    }
    return out;
}

}  // namespace

TEST_F(graphql_types, every_field_type_key_and_relation_has_this_schema) {
    EXPECT_EQ(parts(service.sdl(), {"type Plant", "type Region", "type Label", "type Harvest", "enum Season",
                                    "enum Soil", "input PlantFilter", "input SeasonFilter", "input DecimalFilter"}),
              R"(enum Season {
  spring
  summer
}
"""Compares a Season; all that is given must hold."""
input SeasonFilter {
  exact: Season
  inList: [Season!]
  isNull: Boolean
}
enum Soil {
  sand
  clay
}
type Region {
  code: ID!
  best: Season!
  plants(filters: PlantFilter, order: [PlantOrder!]): [Plant!]!
}
type Label {
  id: ID!
  word: String!
  plants(filters: PlantFilter, order: [PlantOrder!]): [Plant!]!
}
type Plant {
  key: ID!
  name: String!
  region: Region!
  price: Decimal!
  planted: Date!
  ripens: Duration
  notes: JSON
  sown: Season!
  soil: Soil
  labels(filters: LabelFilter, order: [LabelOrder!], pagination: Pagination): [Label!]!
  passport: Passport
  harvests(filters: HarvestFilter): [Harvest!]!
  half: Decimal
}
"""All that is given must hold; OR: any of these; NOT: this doesn't."""
input PlantFilter {
  key: IDFilter
  name: StringFilter
  region: RegionFilter
  price: DecimalFilter
  planted: DateFilter
  ripens: DurationFilter
  notes: JSONFilter
  sown: SeasonFilter
  soil: SoilFilter
  AND: [PlantFilter!]
  OR: [PlantFilter!]
  NOT: PlantFilter
}
type Harvest {
  day: Date!
  plant: Plant!
  kilograms: Decimal!
}
"""Compares a Decimal; all that is given must hold."""
input DecimalFilter {
  exact: Decimal
  gt: Decimal
  gte: Decimal
  lt: Decimal
  lte: Decimal
  inList: [Decimal!]
  isNull: Boolean
}
)");
}

TEST_F(graphql_types, root_fields_take_keys_and_filters_of_every_kind) {
    const auto sdl = service.sdl();
    for (auto* line :
         {"plants(filters: PlantFilter, order: [PlantOrder!]): [Plant!]!\n", "plant(key: ID, name: String): Plant\n",
          "labels(filters: LabelFilter, order: [LabelOrder!], pagination: Pagination): [Label!]!\n",
          "region(code: ID): Region\n", "harvest(day: Date, plant: ID): Harvest\n"})
        EXPECT_NE(sdl.find(std::string("  ") + line), sdl.npos) << line << sdl;
}

TEST_F(graphql_types, json_is_no_order) {
    const auto sdl = service.sdl();
    EXPECT_NE(sdl.find("input PlantOrder {\n  price: Ordering\n  planted: Ordering\n}"), sdl.npos) << sdl;
}

TEST_F(graphql_types, cells_of_every_type_are_written_as_their_scalars_say) {
    in_garden([&]() -> task<> {
        EXPECT_EQ(
            co_await ask("{ plant(name: \"rose\") { key name price planted ripens notes sown soil half } }"),
            R"({"data":{"plant":{"key":"01956f3e-8c00-7d3a-9b1e-4f6a5c2d7e80","name":"rose","price":"12.50",)"
            R"("planted":"2026-03-01","ripens":"PT1H30M","notes":[1],"sown":"spring","soil":"clay","half":"6.250"}}})");
        EXPECT_EQ(co_await ask("{ plant(name: \"fig\") { price ripens notes soil } }"),
                  R"({"data":{"plant":{"price":"0.05","ripens":null,"notes":null,"soil":null}}})");
    });
}

TEST_F(graphql_types, rows_are_found_by_keys_of_every_kind) {
    in_garden([&]() -> task<> {
        EXPECT_EQ(co_await ask("{ plant(key: \"01956f3e-8c00-7d3a-9b1e-4f6a5c2d7e81\") { name } }"),
                  R"({"data":{"plant":{"name":"fig"}}})");
        EXPECT_EQ(co_await ask("{ region(code: \"CH\") { code best } }"),
                  R"({"data":{"region":{"code":"CH","best":"summer"}}})");
        EXPECT_EQ(co_await ask("{ harvest(day: \"2026-08-01\", plant: \"01956f3e-8c00-7d3a-9b1e-4f6a5c2d7e81\") "
                               "{ kilograms plant { name } } }"),
                  R"({"data":{"harvest":{"kilograms":"0.250","plant":{"name":"fig"}}}})");
        EXPECT_NE((co_await ask("{ harvest(day: \"2026-08-01\") { kilograms } }"))
                      .find("Harvest: give all parts of its primary key, or one other key, as the arguments"),
                  std::string::npos);
    });
}

TEST_F(graphql_types, relations_go_by_text_and_uuid_keys_one_to_one_and_many_to_many) {
    in_garden([&]() -> task<> {
        EXPECT_EQ(co_await ask("{ plants { name region { code plants { name } } passport { number plant { name } } "
                               "harvests { day } labels { word } } }"),
                  R"({"data":{"plants":[)"
                  R"({"name":"rose","region":{"code":"CH","plants":[{"name":"rose"}]},)"
                  R"("passport":{"number":"X1","plant":{"name":"rose"}},"harvests":[],)"
                  R"("labels":[{"word":"red"},{"word":"tall"}]},)"
                  R"({"name":"fig","region":{"code":"IT","plants":[{"name":"fig"}]},"passport":null,)"
                  R"("harvests":[{"day":"2026-07-01"},{"day":"2026-08-01"}],)"
                  R"("labels":[{"word":"sweet"},{"word":"tall"}]}]}})");
        EXPECT_EQ(co_await ask("{ labels(order: {word: ASC}) { word plants { name } } }"),
                  R"({"data":{"labels":[{"word":"red","plants":[{"name":"rose"}]},)"
                  R"({"word":"sweet","plants":[{"name":"fig"}]},)"
                  R"({"word":"tall","plants":[{"name":"rose"},{"name":"fig"}]}]}})");
    });
}

TEST_F(graphql_types, many_to_many_lists_are_filtered_ordered_and_paged_by_the_other_side) {
    in_garden([&]() -> task<> {
        EXPECT_EQ(co_await ask("{ plants { labels(order: {word: DESC}, pagination: {limit: 1}) { word } } }"),
                  R"({"data":{"plants":[{"labels":[{"word":"tall"}]},{"labels":[{"word":"tall"}]}]}})");
        EXPECT_EQ(co_await ask("{ plants { labels(filters: {word: {contains: \"e\"}}) { word } } }"),
                  R"({"data":{"plants":[{"labels":[{"word":"red"}]},{"labels":[{"word":"sweet"}]}]}})");
    });
}

TEST_F(graphql_types, filters_compare_each_type_by_what_it_means) {
    in_garden([&]() -> task<> {
        const std::pair<const char*, const char*> asked[] = {
            {"price: {gt: \"0.10\"}", "rose"},
            {"price: {exact: 0.05}", "fig"},
            {"price: {inList: [\"12.5\", \"1\"]}", "rose"},
            {"planted: {lt: \"2026-01-01\"}", "fig"},
            {"ripens: {gte: \"01:00:00\"}", "rose"},
            {"notes: {isNull: true}", "fig"},
            {"sown: {exact: summer}", "fig"},
            {"soil: {inList: [clay]}", "rose"},
            {"key: {exact: \"01956F3E-8C00-7D3A-9B1E-4F6A5C2D7E80\"}", "rose"},
            {"region: {best: {exact: spring}}", "fig"},
            {"region: {code: {exact: \"CH\"}}", "rose"}};
        for (auto [filter, name] : asked)
            EXPECT_EQ(co_await ask(croft::format("{ plants(filters: {{}}) { name } }", filter)),
                      croft::format(R"({"data":{"plants":[{"name":"{}"}]}})", name))
                << filter;
    });
}

TEST_F(graphql_types, values_that_are_none_of_their_scalar_are_refused_with_what_would_be) {
    in_garden([&]() -> task<> {
        const std::pair<const char*, const char*> asked[] = {
            {"price: {gt: \"cheap\"}",
             "Decimal cannot represent \\\"cheap\\\": a decimal number such as \\\"12.50\\\""},
            {"price: {exact: \"0.001\"}", "Plant.price: \\\"0.001\\\" is not a number"},
            {"planted: {lt: \"today\"}", "Date cannot represent \\\"today\\\": a day such as \\\"2026-03-01\\\""},
            {"ripens: {gte: \"1h\"}", "Duration cannot represent \\\"1h\\\""},
            {"sown: {exact: winter}", "winter"}};
        for (auto [filter, message] : asked) {
            const auto body = co_await ask(croft::format("{ plants(filters: {{}}) { name } }", filter));
            EXPECT_NE(body.find(message), body.npos) << body;
        }
    });
}
