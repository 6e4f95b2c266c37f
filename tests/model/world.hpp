// Models of every field type, key and kind of reference, for the tests of how they are stored.
#pragma once

#include <chrono>

#include "croft/json.hpp"
#include "model/ddl.hpp"
#include "model/shop.hpp"
#include "support/engines.hpp"

namespace world {

enum class rarity { common, rare, epic };

/// Every type, required and optional.
struct Sample {
    std::int64_t id = 0;
    bool yes = true;
    std::int16_t small = -3;
    std::int32_t medium = 70'000;
    std::int64_t big = 1;
    double real = 0.5;
    croft::decimal<2> price = 9.99;
    std::string text = "it's";
    croft::bytes raw{std::byte{0}, std::byte{0xff}};
    croft::time_point at;
    croft::date day = std::chrono::year{2026} / 3 / 1;
    croft::duration length = std::chrono::minutes{90};
    croft::uuid key;
    croft::json meta = croft::json::object({});
    rarity how = rarity::rare;
    std::optional<bool> maybe_yes;
    std::optional<std::int16_t> maybe_small;
    std::optional<std::int32_t> maybe_medium;
    std::optional<std::int64_t> maybe_big;
    std::optional<double> maybe_real;
    std::optional<croft::decimal<18>> maybe_price;
    std::optional<std::string> maybe_text;
    std::optional<croft::bytes> maybe_raw;
    std::optional<croft::time_point> maybe_at;
    std::optional<croft::date> maybe_day;
    std::optional<croft::duration> maybe_length;
    std::optional<croft::uuid> maybe_key;
    std::optional<croft::json> maybe_meta;
    std::optional<rarity> maybe_how;

    friend bool operator==(const Sample&, const Sample&) = default;
};
CROFT_MODEL(Sample, table("world_sample"), max_length<&Sample::maybe_text>(10));

/// Natural keys, references by them, a tree.
struct Country {
    std::string code, name;
};
CROFT_MODEL(Country, table("world_country"), primary_key<&Country::code>);

struct City;  // cities and mayors refer to each other

struct Mayor {
    croft::uuid number;
    std::string name;
    std::optional<croft::ref<City, "born_here", croft::on_delete::set_null>> birthplace;
};
CROFT_MODEL(Mayor, table("world_mayor"), primary_key<&Mayor::number>);

struct Tag {
    std::int64_t id = 0;
    std::string name;
};
CROFT_MODEL(Tag, table("world_tag"), unique<&Tag::name>);

struct City {
    std::int64_t id = 0;
    std::string name;
    croft::ref_to<&Country::code, "cities", croft::on_delete::restrict> country;
    std::optional<croft::ref_to<&Mayor::number, "city", croft::on_delete::set_null>> mayor;
    std::optional<croft::ref<City, "suburbs">> suburb_of;
    croft::many<Tag, "cities"> tags;
    croft::many<City, "twinned_from", "world_twins"> twins;
};
CROFT_MODEL(City, table("world_city"), unique<&City::country, &City::name>, unique<&City::mayor>,
            column<&City::name>("city_name"), indexed<&City::name, descending<&City::suburb_of>>,
            indexed<&City::name>.where("suburb_of IS NULL"), check("named", "city_name <> ''"));

/// A primary key of several members.
struct Visit {
    croft::date day;
    croft::ref<City, "visits"> city;
    std::int32_t visitors = 0;
};
CROFT_MODEL(Visit, table("world_visit"), primary_key<&Visit::day, &Visit::city>, history());

/// Runs each test's body on both engines, in a database that has these tables (history's are not made).
struct on_each_engine : croft::test::each_engine {
    croft::db::database* base = nullptr;

    static std::vector<const croft::model_info*> models() {
        std::vector<const croft::model_info*> all;
        for (auto* model : croft::all_models())
            if (model->table.starts_with("world_")) all.push_back(model);
        return all;
    }

    template <class F>
    void in_database(F body) {
        with_database([&](croft::db::database& opened) -> croft::task<> {
            base = &opened;
            for (auto& object : croft::model_schema::objects_of(models(), opened.kind()))
                co_await opened.script(object.sql);
            co_await body();
        });
    }
};

}  // namespace world
