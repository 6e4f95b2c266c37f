// Loading: source rows in, only what changed written, a bad row set aside with its reason.
//
//     const auto item_rows = croft::serializer<Item>(
//         from<&Item::name>("name", required, max_length(255)),
//         from<&Item::market_price>("fm_price", zero_is_null));     // fields of the same name map by themselves
//
//     auto report = co_await load<Item>(item_rows.read(page["items"]), {.missing = missing::remove});
//     log::info("items loaded", report);
//
// Where names agree, no serializer is needed: load<Item>(page["items"]).
//
// A row is found again by the model's natural key: its first unique constraint, else its id. A field that the source
// doesn't have is left alone. Reading is plain computation; loading belongs to the loop's thread.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "croft/callback.hpp"
#include "croft/json.hpp"
#include "croft/query.hpp"

namespace croft {

template <class T>
class stream;

/// A source row that can't be loaded, and why: "row 17, \"price\": \"abc\" is not an integer".
struct rejection {
    std::size_t row = 0;  // its place in the source, from 1
    std::string path;     // in the source row; empty when it is about the row as a whole
    std::string reason;
    std::string describe() const;
};

/// How one field is read from a source row.
struct field_rule {
    field_rule();
    field_rule(const field_rule&);
    field_rule(field_rule&&) noexcept;
    field_rule& operator=(const field_rule&);
    field_rule& operator=(field_rule&&) noexcept;
    ~field_rule();

    std::size_t field = 0;
    std::string path;  // "stats.hp", "drops.0.name"
    bool must_be_there = false;
    bool null_for_zero = false;          // 0, "", false
    std::optional<std::size_t> longest;  // bytes of a text
    std::optional<double> lowest, highest;
    std::optional<int> decimals;            // a number is rounded to
    const model_info* key_model = nullptr;  // references by a key of the other model
    std::size_t key_field = 0;
    callback<value(const json&)> convert;  // throws croft::error
};

// What may stand after the path in from<>(): a function that changes the rule.

/// The path must be there and not null.
inline constexpr auto required = [](field_rule& rule) { rule.must_be_there = true; };
/// 0, "" and false mean "nothing".
inline constexpr auto zero_is_null = [](field_rule& rule) { rule.null_for_zero = true; };
/// A text has at most this many bytes.
inline auto max_length(std::size_t bytes) {
    return [bytes](field_rule& rule) { rule.longest = bytes; };
}
/// A number lies within these.
inline auto in_range(double lowest, double highest) {
    return [=](field_rule& rule) { rule.lowest = lowest, rule.highest = highest; };
}
/// A number is rounded to so many decimals: 7.2000003 is no change from 7.2.
inline auto rounded(int decimals) {
    return [decimals](field_rule& rule) { rule.decimals = decimals; };
}
/// The source names the other row by this field, not by its id: by<&Item::name>.
template <auto Member>
struct by_option {
    void operator()(field_rule& rule) const {
        rule.key_model = &model<detail::model_of_member<Member>>();
        rule.key_field = detail::field_index<Member>();
    }
};
template <auto Member>
inline constexpr by_option<Member> by{};  // a constant, so that serializers at namespace scope can use it
/// A function from the source's JSON value to the field's: convert([](const json& v) { return v.text().size(); }).
template <class F>
auto convert(F fn) {
    return [fn = std::move(fn)](field_rule& rule) {
        rule.convert = [fn](const json& v) { return detail::as_value(fn(v)); };
    };
}

/// Maps a path of the source row to a field.
template <auto Member, class... Options>
field_rule from(std::string_view path, const Options&... options) {
    field_rule rule;
    rule.field = detail::field_index<Member>();
    rule.path = path;
    (options(rule), ...);
    return rule;
}

/// Rows that were read, ready to be loaded, and those that were rejected.
struct incoming {
    incoming();
    incoming(const incoming&);
    incoming(incoming&&) noexcept;
    incoming& operator=(const incoming&);
    incoming& operator=(incoming&&) noexcept;
    ~incoming();

    const model_info* model = nullptr;
    std::vector<std::size_t> fields;     // that the rows hold, in their order
    std::vector<field_rule> references;  // rules of fields whose values are keys of another model
    std::vector<std::vector<value>> rows;
    std::vector<std::size_t> numbers;  // of each row, in the source
    std::vector<rejection> rejected;
    // A rejected row is still in the source, so its row in the database must not be removed as missing.
    std::vector<std::vector<value>> set_aside;  // natural keys of rejected rows
    std::size_t unidentified = 0;               // rejected rows whose key can't be told
    std::vector<std::string> unknown;           // source fields that nothing maps, in order
};

namespace detail {

/// The compiled core of serializer<T>.
class serializer_core {
public:
    serializer_core(const model_info& model, std::initializer_list<field_rule> rules);
    serializer_core(const serializer_core&);
    ~serializer_core();
    incoming read(const json& rows) const;

private:
    const model_info* model_;
    std::vector<field_rule> rules_;
};

}  // namespace detail

/// Maps and checks source rows. Fields that no rule names map from the source field of the same name, or of that name
/// in camelCase; the primary key only where the model has no unique constraint, as a source's ids are rarely ours.
/// What the natural key needs is required. Throws croft::error when a rule can't work.
template <class T>
class serializer : detail::serializer_core {
public:
    template <class... Rules>
    explicit serializer(Rules... rules) : serializer_core(model<T>(), {std::move(rules)...}) {}
    /// `rows` is an array of objects (else: croft::error). Rows with errors end in `rejected`; the rest go on.
    using serializer_core::read;
};

enum class missing : std::uint8_t { keep, remove };

struct load_options {
    /// What becomes of rows that are in the database but not in the source.
    croft::missing missing = missing::keep;
    /// With missing::remove: if more than this share of the rows would go, none does, and the report says so. The same
    /// when a row was rejected whose key can't be told, as it may be any of them.
    double max_removed_share = 0.3;
    /// With missing::remove: only rows of this condition can go.
    condition scope = {};
    /// Rows in one transaction.
    std::size_t batch = 1000;
    /// More rejected rows than this, and nothing is written (croft::error).
    std::size_t max_rejected = static_cast<std::size_t>(-1);
};

struct load_report {
    load_report();
    load_report(const load_report&);
    load_report(load_report&&) noexcept;
    load_report& operator=(const load_report&);
    load_report& operator=(load_report&&) noexcept;
    ~load_report();

    const model_info* model = nullptr;
    /// Removed: not counting what went along by on_delete::cascade.
    std::size_t inserted = 0, updated = 0, unchanged = 0, removed = 0;
    std::size_t removal_refused = 0;  // rows that would have gone, had it been safe
    std::vector<rejection> rejected;
    std::vector<std::string> unknown;  // source fields that nothing maps, in order

    std::size_t written() const noexcept { return inserted + updated + removed; }
    /// "Item: 12 inserted, 3 updated, 1485 unchanged, 2 removed, 1 rejected (row 17, "price": …)"
    std::string describe() const;
};

namespace detail {

task<load_report> load_rows(incoming rows, load_options options);
/// Objects as rows: all fields, the id only where it is the natural key.
void append_object(incoming& rows, const void* object);

template <class T>
task<load_report> load_stream(stream<T> objects, load_options options) {
    incoming rows;
    rows.model = &model<T>();
    while (auto object = co_await objects.next()) append_object(rows, &*object);
    co_return co_await load_rows(std::move(rows), std::move(options));
}
template <class T>
task<load_report> load_stream(stream<std::vector<T>> batches, load_options options) {
    incoming rows;
    rows.model = &model<T>();
    while (auto objects = co_await batches.next())
        for (const auto& object : *objects) append_object(rows, &object);
    co_return co_await load_rows(std::move(rows), std::move(options));
}

}  // namespace detail

/// Loads rows that a serializer read: inserts what is new, updates what differs, touches nothing else; one transaction
/// a batch. References by key are looked up; a row whose reference isn't found, or whose natural key came before in the
/// same load, is rejected. Throws db::error; what was committed by then stays, and the same load again completes it.
template <class T>
task<load_report> load(incoming rows, load_options options = {}) {
    return detail::load_rows(std::move(rows), std::move(options));
}
/// Loads source rows whose fields have our names: load<Item>(page["items"]).
template <class T>
task<load_report> load(const json& rows, load_options options = {}) {
    return detail::load_rows(serializer<T>().read(rows), std::move(options));
}
/// Loads objects.
template <class T>
task<load_report> load(std::vector<T> objects, load_options options = {}) {
    incoming rows;
    rows.model = &model<T>();
    for (const auto& object : objects) detail::append_object(rows, &object);
    return detail::load_rows(std::move(rows), std::move(options));
}
/// Sink of a stream of T, or of vectors of T: … | batch(200) | load<Location>(). #include <croft/stream.hpp> for it.
template <class T>
auto load(load_options options = {}) {
    return [options]<class Element>(stream<Element> in) { return detail::load_stream<T>(std::move(in), options); };
}

}  // namespace croft
