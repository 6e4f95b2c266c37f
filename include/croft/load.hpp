// Loading: source rows in, only what changed written, a bad row set aside with its reason.
//
//     const auto item_rows = croft::serializer<Item>(
//         from<&Item::name>("name", required, max_length(255)),
//         from<&Item::market_price>("fm_price", zero_is_null),          // fields of the same name map by themselves
//         children<&RecipeItem::item>("recipe", from<&RecipeItem::ingredient>("item", by<&Item::name>)));
//
//     auto report = co_await load<Item>(item_rows.read(page["items"]), {.missing = missing::remove});
//     log::info("items loaded", report);
//
// Where names agree, no serializer is needed: load<Item>(page["items"]). Several models at once, each after those that
// it refers to, all or nothing: load_all(item_rows.read(a), recipe_rows.read(b)).
//
// What happens when …
//   a row is new, changed, the same   it is inserted, updated, not written at all. It is found again by the model's
//                           natural key: its first unique constraint, else its id. A field that the source doesn't have
//                           is left alone.
//   a row is in error       it is set aside with every reason, in the report and in the table croft_rejected; the rest
//                           goes on. That includes what the database refuses. See max_rejected.
//   it refers to a row      by an id or by a key (by<&Item::name>), also one of several fields. The row may be of the
//                           database or of the same load, also of the same model; circles are closed by a second
//                           write where a reference is optional.
//   rows are gone           `missing` says: kept, removed or marked. When more than max_removed_share would go, none
//                           does, the report says so and the run is marked with it (mark_run in every.hpp); the same
//                           when a rejected row's key can't be told.
//   the source has new fields   see unknown_fields in rules.hpp.
//   it stops half way       each batch is a transaction of its own (or all together: atomic); what was committed stays,
//                           and the same load again completes it.
// Reading is plain computation; loading belongs to the loop's thread.
#pragma once

#include <string>

#include "croft/cursor.hpp"
#include "croft/json.hpp"
#include "croft/rules.hpp"
#include "croft/stream.hpp"

namespace croft {

/// A source row that can't be loaded, and why: "row 17, \"price\": \"abc\" is not an integer".
struct rejection {
    std::size_t row = 0;  // its place in the source, from 1
    std::string path;     // in the source row; empty when it is about the row as a whole
    std::string reason;
    std::string found;                          // what was at the path, as JSON, shortened
    std::shared_ptr<const std::string> source;  // the row as JSON; null for those after the first 1,000 of a load
    std::string describe() const;
};

/// Rows that were read, ready to be loaded, and those that were rejected.
struct incoming {
    incoming();
    incoming(const incoming& other);
    incoming(incoming&& other) noexcept;
    incoming& operator=(const incoming& other);
    incoming& operator=(incoming&& other) noexcept;
    ~incoming();

    /// Where a row came from.
    struct origin {
        std::size_t number = 0;        // of the source row, from 1
        const json* source = nullptr;  // null: an object
        std::size_t child = 0;         // of a nested row: its place there
    };

    const model_info* model = nullptr;
    std::vector<std::size_t> fields;     // that the rows hold, in their order
    std::vector<field_rule> references;  // rules of fields whose values are keys of another model
    std::vector<std::vector<value>> rows;
    std::vector<origin> origins;  // of each row
    std::vector<rejection> rejected;
    std::size_t rejected_rows = 0;
    // A rejected row is still in the source, so its row in the database must not be removed as missing.
    std::vector<std::vector<value>> set_aside;  // natural keys of rejected rows, as the source has them
    std::size_t unidentified = 0;               // rejected rows whose key can't be told
    std::vector<std::string> unknown;           // source fields that nothing maps, in the order of their names
    unknown_fields policy = unknown_fields::warn;
    std::shared_ptr<const json> source;  // that origins point into

    std::vector<incoming> children;  // nested rows, a part for each children<>()
    // Of such a part:
    std::string path;              // in the parent's row
    std::size_t parent_field = 0;  // the reference to the parent
    // Numbers and keys of parents whose children are all here, in the order of the numbers.
    std::vector<std::pair<std::size_t, value>> parents_told;

    /// Sets a row aside; `row` is the values that it has by now, where there are any.
    void reject(const origin& from, std::string path, std::string reason, std::string found = {},
                const std::vector<value>* row = nullptr);

private:
    std::pair<std::size_t, std::size_t> last_rejected_;
};

namespace detail {

class serializer_core;

/// The nested rows of a source row, as children<>() says it.
struct child_rule {
    std::string path;
    std::size_t reference = 0;  // to the parent
    const model_info* parent = nullptr;
    std::shared_ptr<serializer_core> core;
};

/// The compiled core of serializer<T>.
class serializer_core {
public:
    explicit serializer_core(const model_info& model) noexcept;
    ~serializer_core();
    static std::shared_ptr<serializer_core> make(const model_info& model);
    incoming read(json rows) const;

    void add(field_rule rule);
    void add(row_check check);
    void add(child_rule rule);
    void add(naming style) { naming_ = style; }
    void add(unknown_fields policy) { unknown_ = policy; }
    void add(ignored_fields ignored);
    /// Makes it the serializer of rows that lie in a row of `parent`, whose key the reference gets.
    void nest_under(std::size_t reference, const model_info& parent);

private:
    friend class reading;

    const model_info* model_;
    std::vector<field_rule> rules_;
    std::vector<row_check> checks_;
    std::vector<child_rule> children_;
    std::vector<std::string> ignored_;
    naming naming_ = naming::as_model;
    unknown_fields unknown_ = unknown_fields::warn;
    std::optional<std::size_t> parent_field_;
    std::vector<std::size_t> parent_keys_;
    const model_info* parent_ = nullptr;
};

template <class T, class... Rules>
std::shared_ptr<serializer_core> make_core(Rules... rules) {
    auto core = serializer_core::make(model<T>());
    (core->add(std::move(rules)), ...);
    return core;
}

}  // namespace detail

/// Rows that lie in a row, as an array of objects at `path`; the rules are those of a serializer of their model, whose
/// reference `Reference` is the row around them. They replace what the database has under that row: where the path is
/// there, rows that aren't in it are removed (without the guard of `missing`); where it isn't, nothing is touched; and
/// nothing is removed under a row of which one is rejected. The parent is told by plain fields, the child by a unique
/// constraint; else: config_error.
template <auto Reference, class... Rules>
detail::child_rule children(std::string_view path, Rules... rules) {
    using child = detail::model_of_member<Reference>;
    using parent = typename detail::referred<detail::unwrap<detail::type_of_member<Reference>>>::type;
    static_assert(!std::is_void_v<parent>, "children<> takes the child's reference: children<&RecipeItem::item>(…)");
    return {std::string(path), detail::field_index<Reference>(), &model<parent>(),
            detail::make_core<child>(std::move(rules)...)};
}

/// Maps and checks source rows by rules (see rules.hpp): from<>(), check(), children<>(), ignores(), a naming and an
/// unknown_fields. Fields that no rule names map from the source field of the same name, or of that name in camelCase
/// (or as `naming` says); the primary key only where the model has no unique constraint, as a source's ids are rarely
/// ours. What the natural key needs is required. Throws croft::error when a rule can't work.
template <class T>
class serializer {
public:
    template <class... Rules>
    explicit serializer(Rules... rules) : core_(detail::make_core<T>(std::move(rules)...)) {}
    /// `rows` is an array of objects (else: croft::error). Rows with errors end in `rejected`; the rest go on. Moved
    /// in, it isn't copied.
    incoming read(json rows) const { return core_->read(std::move(rows)); }

private:
    std::shared_ptr<const detail::serializer_core> core_;
};

enum class missing : std::uint8_t { keep, remove, mark };

/// The field that missing::mark writes: an optional time (since when), or a bool.
struct marked_field {
    std::optional<std::size_t> field;
    marked_field() = default;
    template <auto Member>
    marked_field(croft::field<Member>) : field(detail::field_index<Member>()) {}
};

struct load_options {
    /// What becomes of rows that are in the database but not in the source.
    croft::missing missing = missing::keep;
    /// If more than this share of the rows would go, none does, and the report says so. The same when a row was
    /// rejected whose key can't be told, as it may be any of them.
    double max_removed_share = 0.3;
    /// Only rows of this condition can go: those of one shard, or of one parent.
    condition scope = {};
    /// Rows in one transaction.
    std::size_t batch = 1000;
    /// More rejected rows than this, and nothing is written (croft::error). Makes it one transaction.
    std::size_t max_rejected = static_cast<std::size_t>(-1);
    /// With missing::mark: .mark = f<&Item::gone_since>. A row that comes back isn't marked any more.
    marked_field mark = {};
    /// All in one transaction. Of a stream: the database's writer waits for the source meanwhile.
    bool atomic = false;
    /// Stored with the rows, in one transaction (of a stream: with the end of the load). See cursor.hpp.
    std::optional<cursor_state> cursor = {};
};

struct load_report {
    load_report();
    load_report(const load_report& other);
    load_report(load_report&& other) noexcept;
    load_report& operator=(const load_report& other);
    load_report& operator=(load_report&& other) noexcept;
    ~load_report();

    const model_info* model = nullptr;
    /// Removed: not counting what went along by on_delete::cascade.
    std::size_t inserted = 0, updated = 0, unchanged = 0, removed = 0, marked = 0;
    std::size_t removal_refused = 0;  // rows that would have gone, had it been safe; then the run is marked
    std::string why_refused;
    std::size_t rejected_rows = 0;
    std::vector<rejection> rejected;   // of the first 1,000
    std::vector<std::string> unknown;  // source fields that nothing maps, in the order of their names
    std::vector<load_report> children;

    std::size_t written() const noexcept { return inserted + updated + removed + marked; }
    /// "Item: 12 inserted, 3 updated, 1485 unchanged, 2 removed, 1 rejected (row 17, "price": …)"
    std::string describe() const;
};

/// One model's rows among those of load_all, with options of their own.
struct load_part {
    incoming rows;
    load_options options;
    load_part(incoming read, load_options how = {});
};

namespace detail {

task<load_report> load_rows(incoming rows, load_options options);
task<std::vector<load_report>> load_parts(std::vector<load_part> parts);
/// Objects as rows: all fields, the id only where it is the natural key.
void append_object(incoming& rows, const void* object);

/// Rows batch by batch; nothing at the end. `next` stays alive while this is awaited.
using next_rows = callback<task<std::optional<incoming>>()>;
task<load_report> load_batches(const model_info* model, next_rows next, load_options options);

template <class T>
task<load_report> load_stream(stream<T> objects, load_options options) {
    const auto next = [&]() -> task<std::optional<incoming>> {
        incoming rows;
        rows.model = &model<T>();
        while (rows.rows.size() < options.batch) {
            auto object = co_await objects.next();
            if (!object) break;
            append_object(rows, &*object);
        }
        if (rows.rows.empty()) co_return std::nullopt;
        co_return std::move(rows);
    };
    co_return co_await load_batches(&model<T>(), next, options);
}
template <class T>
task<load_report> load_stream(stream<std::vector<T>> batches, load_options options) {
    const auto next = [&]() -> task<std::optional<incoming>> {
        auto objects = co_await batches.next();
        if (!objects) co_return std::nullopt;
        incoming rows;
        rows.model = &model<T>();
        for (const auto& object : *objects) append_object(rows, &object);
        co_return std::move(rows);
    };
    co_return co_await load_batches(&model<T>(), next, options);
}
template <class T>
task<load_report> load_pages(stream<json> pages, serializer<T> how, load_options options) {
    const auto next = [&]() -> task<std::optional<incoming>> {
        auto page = co_await pages.next();
        if (!page) co_return std::nullopt;
        co_return how.read(std::move(*page));
    };
    co_return co_await load_batches(&model<T>(), next, options);
}

}  // namespace detail

/// Loads rows that a serializer read: inserts what is new, updates what differs, touches nothing else. A row whose
/// natural key came before in the same load is rejected. Throws db::error; see the head of this file.
template <class T>
task<load_report> load(incoming rows, load_options options = {}) {
    return detail::load_rows(std::move(rows), std::move(options));
}
/// Loads source rows whose fields have our names: load<Item>(page["items"]).
template <class T>
task<load_report> load(json rows, load_options options = {}) {
    return detail::load_rows(serializer<T>().read(std::move(rows)), std::move(options));
}
/// Loads objects. Those of a model without a unique constraint whose id is 0 are new rows.
template <class T>
task<load_report> load(std::vector<T> objects, load_options options = {}) {
    incoming rows;
    rows.model = &model<T>();
    for (const auto& object : objects) detail::append_object(rows, &object);
    return detail::load_rows(std::move(rows), std::move(options));
}
/// Sink of a stream of T, or of vectors of T: … | batch(200) | load<Location>(). It is written as it comes, so a stream
/// may be of any length: with missing::remove or mark, 16 bytes a row are kept. A key that comes twice is an error
/// within a batch; later, the row is updated.
template <class T>
auto load(load_options options = {}) {
    return [options]<class Element>(stream<Element> in) { return detail::load_stream<T>(std::move(in), options); };
}
/// Sink of a stream of JSON arrays of source rows: pages("/items") | load<Item>(item_rows).
template <class T>
auto load(serializer<T> how, load_options options = {}) {
    return
        [how = std::move(how), options](stream<json> in) { return detail::load_pages<T>(std::move(in), how, options); };
}

/// Loads rows of several models, all or nothing: each after those that it refers to, whatever their order here, and
/// removals the other way round. Parts are incoming, or part(incoming, options). The reports are in the order given.
///
///     co_await load_all(recipe_rows.read(page["recipes"]), part(item_rows.read(page["items"]), {.missing =
///     missing::remove}));
template <class... Parts>
task<std::vector<load_report>> load_all(Parts... parts) {
    std::vector<load_part> all;
    (all.emplace_back(std::move(parts)), ...);
    return detail::load_parts(std::move(all));
}
load_part part(incoming rows, load_options options);

}  // namespace croft
