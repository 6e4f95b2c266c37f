// Rules of a serializer: where a field's value comes from, how it is converted, and what it must be.
//
//     from<&Item::price>("stats.price", numbers({.decimal = ',', .group = '.'}), zero_is_null, in_range(0, 1'000'000)),
//     from<&Item::found_on>("found", dates("%d.%m.%Y %H:%M", "Europe/Berlin")),
//     check("sells for more than it costs", [](const Item& item) { return item.sell_price <= item.price; })
//
// For each field: it is found by its path; conversions run, in the order they are written; the result is made to fit
// the field's type; then the checks run. What doesn't work out rejects the row, with path, value and reason. Nothing is
// guessed: "1.234" is a number only where numbers() says which separators the source uses.
// Plain computation; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "croft/callback.hpp"
#include "croft/query.hpp"

namespace croft {

/// How one field is read from a source row.
struct field_rule {
    std::size_t field = 0;
    std::string path;                       // "stats.hp", "drops.0.name"
    std::vector<std::string> more_paths{};  // of a reference by a key of several fields: those after the first
    bool must_be_there = false;
    bool null_for_zero = false;
    const model_info* key_model = nullptr;                           // references by a key of the other model
    std::vector<std::size_t> key_fields{};                           // there, in the order of the paths
    callback<value(const json&)> read;                               // instead of taking the value as it is
    std::vector<callback<value(value, const field_info&)>> convert;  // each throws croft::error
    std::vector<callback<void(const value&)>> check;                 // the same

    /// "country, code"
    std::string paths() const;
};

/// What may stand after the path in from<>(): a change to the rule.
using rule_option = callback<void(field_rule&)>;

namespace rules {
struct required {
    void operator()(field_rule& rule) const { rule.must_be_there = true; }
};
struct zero_is_null {
    void operator()(field_rule& rule) const { rule.null_for_zero = true; }
};
struct trimmed {
    void operator()(field_rule& rule) const;
};
struct html_entities {
    void operator()(field_rule& rule) const;
};
struct unix_seconds {
    void operator()(field_rule& rule) const;
};
struct unix_millis {
    void operator()(field_rule& rule) const;
};
rule_option one_of(std::vector<value> allowed);
}  // namespace rules

// These are constants, so that serializers at namespace scope can use them.

/// The path must be there and not null (and not "nothing", see zero_is_null).
inline constexpr rules::required required{};
/// 0, "", blanks, false and dates of zeros ("0000-00-00", "0000-00-00 00:00:00") mean "nothing", also as the result of
/// a conversion.
inline constexpr rules::zero_is_null zero_is_null{};
/// White space around a text goes, also the no-break space.
inline constexpr rules::trimmed trimmed{};
/// "Fish &amp; chips &#39;n&#39; &eacute;" becomes what a reader sees. Tags are left as they are.
inline constexpr rules::html_entities html_entities{};
/// A number, or a text of one, is a time in seconds (or milliseconds) since 1970.
inline constexpr rules::unix_seconds unix_seconds{};
inline constexpr rules::unix_millis unix_millis{};

struct number_format {
    char decimal = '.';
    char group = ',';  ///< between thousands; 0: none. A blank stands for every kind of space
};
/// Texts as numbers: "1,234.50", or with {.decimal = ',', .group = '.'} "1.234,50". A text whose groups aren't whole
/// ("1,5", where ',' groups) is refused rather than read as another number. Numbers stay what they are.
rule_option numbers(number_format format = {});
/// "yes", "y", "true", "t", "on", "1" and their opposites, whatever their case, become true and false.
rule_option yes_no();
/// A pair of the source's own words: yes_no("ja", "nein").
rule_option yes_no(std::string yes, std::string no);
/// Texts as times: "%d.%m.%Y %H:%M" (strptime's letters: %Y %m %d %H %M %S %y %b %B %p %I %j %z …; %S takes a
/// fraction), of which the first that takes the whole text counts. Without %z it is local time in `zone`: one that a
/// clock shows twice is the first, one that it skips is the end of the gap. Throws config_error for an unknown zone.
rule_option dates(std::vector<std::string> formats, std::string zone = "UTC");
rule_option dates(const char* format, std::string zone = "UTC");
/// The source's codes for our words: mapped({{"W", "weapon"}, {"A", "armour"}}); another one is an error.
rule_option mapped(std::vector<std::pair<std::string, std::string>> words);
/// A number is rounded to so many decimals: 7.2000003 is no change from 7.2.
rule_option rounded(int decimals);

/// A text has at most this many characters (code points); at least and at most.
rule_option max_length(std::size_t characters);
rule_option length(std::size_t least, std::size_t most);
/// A number lies within these.
rule_option in_range(double lowest, double highest);
/// The whole text matches: pattern("[a-z_]+"), as f<…>.matches() reads it. Throws config_error for a wrong pattern.
rule_option pattern(std::string expression);
/// one_of("item", "block"), one_of(1, 2, 4).
template <class... Values>
rule_option one_of(Values... allowed) {
    return rules::one_of({detail::as_value(allowed)...});
}

/// The source names the other row by these fields, not by its id: by<&Item::name>. They should be unique. A key of
/// several fields has a path for each: from<&Stock::place>("country", "code", by<&Place::country, &Place::code>).
template <auto First, auto... Rest>
struct by_option {
    static_assert((std::is_same_v<detail::model_of_member<First>, detail::model_of_member<Rest>> && ...),
                  "the members of by<> must be of one model");
    void operator()(field_rule& rule) const {
        rule.key_model = &model<detail::model_of_member<First>>();
        rule.key_fields = {detail::field_index<First>(), detail::field_index<Rest>()...};
    }
};
template <auto... Members>
inline constexpr by_option<Members...> by{};
/// A function from the source's JSON value to the field's: convert([](const json& v) { return v.text().size(); }).
template <class F>
rule_option convert(F fn) {
    return
        [fn = std::move(fn)](field_rule& rule) { rule.read = [fn](const json& v) { return detail::as_value(fn(v)); }; };
}

namespace detail {
template <class Option>
void add_option(field_rule& rule, const Option& option) {
    if constexpr (std::is_convertible_v<const Option&, std::string_view>)
        rule.more_paths.emplace_back(option);
    else
        option(rule);
}
}  // namespace detail

/// Maps a path of the source row to a field. Several paths make a reference by a key of several fields: by the other
/// model's natural key, from<&Stock::place>("country", "code"), or by<…>. The options are for each of them.
template <auto Member, class... Options>
field_rule from(std::string_view path, const Options&... options) {
    field_rule rule;
    rule.field = detail::field_index<Member>();
    rule.path = path;
    (detail::add_option(rule, options), ...);
    return rule;
}

/// A check of the row as a whole.
struct row_check {
    callback<std::string(const void* object)> fault;  // empty: none
    std::shared_ptr<void> (*make)() = nullptr;
    const model_info* model = nullptr;
};

namespace detail {
template <class F, class R, class T>
T argument_of(R (F::*)(const T&) const);

template <class F>
row_check make_check(std::string rule, F fn) {
    using object = decltype(argument_of(&F::operator()));
    row_check made;
    made.model = &model<object>();
    made.make = []() -> std::shared_ptr<void> { return std::make_shared<object>(); };
    made.fault = [rule = std::move(rule), fn = std::move(fn)](const void* row) -> std::string {
        const auto answer = fn(*static_cast<const object*>(row));
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(answer)>, bool>)
            return answer ? std::string() : rule;
        else
            return std::string(answer);
    };
    return made;
}
}  // namespace detail

/// A rule across fields: the reason, and a lambda that holds for a good row. References by key aren't resolved yet (0).
template <class F>
row_check check(std::string reason, F holds) {
    return detail::make_check(std::move(reason), std::move(holds));
}
/// The same; the lambda gives the reason itself, and an empty text for a good row.
template <class F>
row_check check(F reason) {
    return detail::make_check("", std::move(reason));
}

/// How the source writes its names, for fields that map by themselves. as_model: as the field, or in camelCase.
enum class naming : std::uint8_t { as_model, camel_case, pascal_case, kebab_case };

/// What becomes of source fields that nothing maps, also beside mapped ones within an object ("stats.mp"). They are in
/// the report in any case.
enum class unknown_fields : std::uint8_t {
    ignore,
    warn,    ///< one log line for each field and run
    refuse,  ///< nothing is loaded: croft::error
};

/// Source fields that are known and not wanted: ignores("id", "_links", "stats.mp").
struct ignored_fields {
    std::vector<std::string> names;
};
template <class... Names>
ignored_fields ignores(Names... names) {
    return {{std::string(names)...}};
}

}  // namespace croft
