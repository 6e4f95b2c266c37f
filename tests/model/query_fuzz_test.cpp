// Random rows and random query trees: every engine must give what a plain evaluation in C++ gives. A failure names its
// seed and the statement; CROFT_FUZZ_SEED=n runs that one alone.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <regex>

#include "croft/select.hpp"
#include "model/rows.hpp"
#include "model/sql.hpp"
#include "support/engines.hpp"
#include "text/utf8_read.hpp"

struct FuzzNode {
    std::int64_t id = 0;
    std::int32_t amount = 0;
    std::optional<std::int64_t> number;
    std::string word;
    std::optional<std::string> note;
    std::optional<double> share;
    bool flag = false;
    std::optional<croft::ref<FuzzNode, "children">> parent;
};
CROFT_MODEL(FuzzNode);

struct FuzzLeaf {
    std::int64_t id = 0;
    croft::ref<FuzzNode, "leaves"> node;
    std::optional<croft::ref<FuzzNode, "hints">> hint;
    std::int32_t size = 0;
    std::optional<std::string> label;
};
CROFT_MODEL(FuzzLeaf);

using namespace croft;

namespace {

using memory_row = std::vector<value>;  // one cell a field

// ---- A plain evaluation --------------------------------------------------------------------------------------------

struct memory {
    std::map<const model_info*, std::vector<memory_row>> tables;

    const memory_row* find(const model_info& model, const value& id) const {
        for (auto& row : tables.at(&model))
            if (row[model.id] == id) return &row;
        return nullptr;
    }

    value at(const path& p, const memory_row* row) const {
        const model_info* model = p.root;
        for (std::size_t i = 0; i + 1 < p.steps.size() && row; ++i) {
            const auto& reference = (*row)[p.steps[i]];
            model = &model->fields[p.steps[i]].target();
            row = is_null(reference) ? nullptr : find(*model, reference);
        }
        return row ? (*row)[p.steps.back()] : value{};
    }

    static double real(const value& v) {
        const auto* integer = std::get_if<std::int64_t>(&v);
        return integer ? static_cast<double>(*integer) : std::get<double>(v);
    }

    template <class T>
    static value computed(operation how, T a, T b) {
        switch (how) {
            case operation::add:
                return a + b;
            case operation::subtract:
                return a - b;
            case operation::multiply:
                return a * b;
            case operation::divide:
                return a / b;
            default:
                if constexpr (std::is_integral_v<T>) return a % b;
        }
        return {};
    }

    value of(const expression& e, const memory_row& row) const {
        if (e.what() == operation::field) return at(e.field(), &row);
        if (e.what() == operation::constant) return e.constant();
        const auto a = of(e.operands()[0], row), b = of(e.operands()[1], row);
        if (is_null(a) || is_null(b)) return {};
        if (e.type() == field_type::real) return computed(e.what(), real(a), real(b));
        return computed(e.what(), std::get<std::int64_t>(a), std::get<std::int64_t>(b));
    }

    /// -1, 0, 1 of two that aren't null.
    static int order(const value& a, const value& b) {
        if (a.index() != b.index()) return real(a) < real(b) ? -1 : real(a) > real(b);
        return a < b ? -1 : b < a;
    }

    static std::string lower(std::string text) {
        for (char& c : text)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
        return text;
    }

    static std::wstring wide(std::string_view text) {
        std::wstring points;
        for (std::size_t at = 0; at < text.size();) points += static_cast<wchar_t>(text::read_utf8(text, at));
        return points;
    }

    static bool search(comparison how, std::string text, std::string part) {
        if (how == comparison::matches || how == comparison::imatches)
            return std::regex_search(
                wide(text),
                std::wregex(wide(part), how == comparison::imatches ? std::wregex::ECMAScript | std::wregex::icase
                                                                    : std::wregex::ECMAScript));
        if (how >= comparison::icontains) text = lower(text), part = lower(part);
        if (how == comparison::iequal) return text == part;
        if (how == comparison::contains || how == comparison::icontains) return text.find(part) != text.npos;
        if (how == comparison::starts_with || how == comparison::istarts_with) return text.starts_with(part);
        return text.ends_with(part);
    }

    static bool compared(comparison how, const value& a, const value& b) {
        if (is_null(a) || is_null(b)) {
            if (how == comparison::equal) return is_null(a) && is_null(b);
            return how == comparison::not_equal && is_null(a) != is_null(b);
        }
        const int sign = order(a, b);
        switch (how) {
            case comparison::equal:
                return sign == 0;
            case comparison::not_equal:
                return sign != 0;
            case comparison::less:
                return sign < 0;
            case comparison::less_equal:
                return sign <= 0;
            case comparison::greater:
                return sign > 0;
            case comparison::greater_equal:
                return sign >= 0;
            default:
                return search(how, std::get<std::string>(a), std::get<std::string>(b));
        }
    }

    bool holds(const condition& c, const memory_row& row) const {
        const auto one = [&](const condition& part) { return holds(part, row); };
        switch (c.what()) {
            case condition::kind::always:
                return true;
            case condition::kind::all_of:
                return std::ranges::all_of(c.parts(), one);
            case condition::kind::any_of:
                return std::ranges::any_of(c.parts(), one);
            case condition::kind::negation:
                return !one(c.parts().front());
            case condition::kind::related: {
                auto key = c.through().from;
                if (key.steps.empty()) key.steps.push_back(key.root->id);
                const auto to = at(key, &row);
                return !is_null(to) && std::ranges::any_of(tables.at(c.through().model), [&](const memory_row& other) {
                    return other[c.through().field] == to && holds(c.parts().front(), other);
                });
            }
            case condition::kind::in_query: {
                const auto left = of(c.left(), row);
                return !is_null(left) && std::ranges::any_of(rows(c.rows()), [&](const memory_row& other) {
                    const auto v = of(c.rows().columns.front(), other);
                    return !is_null(v) && order(left, v) == 0;
                });
            }
            case condition::kind::compare:
                break;
        }
        const auto left = of(c.left(), row);
        if (c.how() == comparison::is_null) return is_null(left);
        if (c.how() == comparison::in)
            return !is_null(left) &&
                   std::ranges::any_of(c.right(), [&](const value& v) { return order(left, v) == 0; });
        return compared(c.how(), left, c.other() ? of(*c.other(), row) : c.right().front());
    }

    bool before(const std::vector<ordering>& orders, const memory_row& a, const memory_row& b) const {
        for (auto& order_by : orders) {
            const auto x = of(order_by.by, a), y = of(order_by.by, b);
            if (is_null(x) != is_null(y)) {
                const bool first =
                    order_by.nulls == nulls::first || (order_by.nulls == nulls::as_least && !order_by.descending);
                return is_null(x) == first;
            }
            const int sign = is_null(x) ? 0 : order(x, y);
            if (sign) return (sign < 0) != order_by.descending;
        }
        return false;
    }

    std::vector<memory_row> rows(const selection& what) const {
        std::vector<memory_row> found;
        for (auto& row : tables.at(what.model))
            if (holds(what.where, row)) found.push_back(row);
        const auto orders = model_sql::total_order(what);
        std::ranges::sort(found, [&](auto& a, auto& b) { return before(orders, a, b); });
        found.erase(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(
                                                       static_cast<std::size_t>(what.offset), found.size())));
        if (what.limit && found.size() > static_cast<std::size_t>(*what.limit))
            found.resize(static_cast<std::size_t>(*what.limit));
        return found;
    }

    value aggregated(const expression& e, const std::vector<memory_row>& group) const {
        if (e.what() == operation::count_rows) return static_cast<std::int64_t>(group.size());
        std::vector<value> values;
        for (auto& row : group)
            if (auto v = of(e.operands()[0], row); !is_null(v)) values.push_back(std::move(v));
        std::ranges::sort(values, [](auto& a, auto& b) { return order(a, b) < 0; });
        std::int64_t total = 0;
        if (e.what() == operation::sum || e.what() == operation::average)
            for (auto& v : values) total += std::get<std::int64_t>(v);
        switch (e.what()) {
            case operation::count:
                return static_cast<std::int64_t>(values.size());
            case operation::count_distinct:
                return static_cast<std::int64_t>(std::unique(values.begin(), values.end()) - values.begin());
            case operation::sum:
                return total;
            case operation::average:
                return values.empty() ? value{} : static_cast<double>(total) / static_cast<double>(values.size());
            case operation::minimum:
                return values.empty() ? value{} : values.front();
            default:
                return values.empty() ? value{} : values.back();
        }
    }

    /// What the selection's columns are, row by row or group by group.
    std::vector<memory_row> answer(const selection& what) const {
        std::vector<memory_row> out;
        if (what.groups.empty()) {
            for (auto& row : rows(what)) {
                out.emplace_back();
                for (auto& column : what.columns) out.back().push_back(of(column, row));
            }
            return out;
        }
        std::vector<std::pair<memory_row, std::vector<memory_row>>> groups;
        for (auto& row : tables.at(what.model)) {
            if (!holds(what.where, row)) continue;
            memory_row key;
            for (auto& by : what.groups) key.push_back(of(by, row));
            auto at = std::ranges::find(groups, key, &decltype(groups)::value_type::first);
            if (at == groups.end()) at = groups.insert(groups.end(), {key, {}});
            at->second.push_back(row);
        }
        const auto orders =
            model_sql::total_order(what);  // the groups themselves: they are compared by one row of each
        std::ranges::sort(groups, [&](auto& a, auto& b) { return before(orders, a.second.front(), b.second.front()); });
        for (auto& [key, members] : groups) {
            out.push_back(key);
            for (auto& column : what.columns) out.back().push_back(aggregated(column, members));
        }
        return out;
    }
};

// ---- Random queries ------------------------------------------------------------------------------------------------

class maker {
public:
    explicit maker(std::uint32_t seed) : random_(seed) {}

    std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
    bool chance(std::size_t in) { return below(in) == 0; }
    template <class T>
    T one_of(std::initializer_list<T> all) {
        return *(all.begin() + static_cast<std::ptrdiff_t>(below(all.size())));
    }

    std::string text() {
        return one_of<std::string>({"", "a", "A", "ab", "Ab%", "ä", "Ä", "_x", "b", "100%", "\\", "a b", "'"});
    }
    std::int64_t small() { return static_cast<std::int64_t>(below(9)) - 3; }

    memory fill() {
        memory made;
        auto& nodes = made.tables[&model<FuzzNode>()];
        auto& leaves = made.tables[&model<FuzzLeaf>()];
        const auto count = below(12) + 1;
        for (std::size_t i = 1; i <= count; ++i)
            nodes.push_back({static_cast<std::int64_t>(i), small(), maybe(small()), text(), maybe(text()),
                             maybe(static_cast<double>(small()) / 4), chance(2),
                             i == 1 || chance(3) ? value{} : static_cast<std::int64_t>(below(i - 1) + 1)});
        for (std::size_t i = 1; i <= below(20); ++i)
            leaves.push_back({static_cast<std::int64_t>(i), key(count), maybe(key(count)), small(), maybe(text())});
        return made;
    }

    expression number(const model_info& of, int depth = 2) {
        if (depth > 0 && chance(3)) {
            const auto how = one_of(
                {operation::add, operation::subtract, operation::multiply, operation::divide, operation::remainder});
            auto left = number(of, depth - 1);
            const bool divides = how == operation::divide || how == operation::remainder;
            auto right = divides || chance(2) ? expression::constant(std::int64_t{divides ? 3 : small()})
                                              : number(of, depth - 1);
            return expression::of(how, {std::move(left), std::move(right)});
        }
        return pick(of, {"amount", "number", "parent.amount", "parent.parent.number", "id"},
                    {"size", "node.amount", "node.parent.number", "hint.number"});
    }
    expression real(const model_info& of) {
        auto field = pick(of, {"share", "parent.share"}, {"node.share", "hint.share"});
        return chance(3) ? expression::of(operation::multiply, {std::move(field), number(of, 0)}) : field;
    }
    expression words(const model_info& of) {
        return pick(of, {"word", "note", "parent.word", "parent.note"}, {"label", "node.word", "hint.note"});
    }

    condition comparison_on(const model_info& of) {
        const auto how = one_of({comparison::equal, comparison::not_equal, comparison::less, comparison::less_equal,
                                 comparison::greater, comparison::greater_equal});
        switch (below(8)) {
            case 0:
                return compare(number(of), how, number(of));
            case 1:
                return compare(words(of), how, words(of));
            case 2:
                return compare(words(of), how, value(text()));
            case 3:
                return compare(words(of),
                               static_cast<comparison>(static_cast<std::size_t>(comparison::contains) + below(7)),
                               value(text()));
            case 4:
                return compare(
                    words(of), chance(2) ? comparison::matches : comparison::imatches,
                    value(one_of<std::string>({"^a", "b$", "^[a-c]*$", "a|x", "^(a|b)+$", "[^a]", "^.?$", "%"})));
            case 5:
                return compare(real(of), how, chance(2) ? real(of) : number(of));
            case 6: {
                std::vector<value> some;
                for (std::size_t i = below(4); i > 0; --i) some.emplace_back(small());
                return croft::one_of(number(of), std::move(some));
            }
            default:
                return condition::compare(chance(2) ? number(of, 0) : words(of), comparison::is_null,
                                          std::vector<value>{});
        }
    }

    condition tree(const model_info& of, int depth) {
        if (depth == 0) return comparison_on(of);
        switch (below(8)) {
            case 0:
            case 1:
                return tree(of, depth - 1) && tree(of, depth - 1);
            case 2:
                return tree(of, depth - 1) || tree(of, depth - 1);
            case 3:
                return !tree(of, depth - 1);
            case 4:
            case 5:
                return back(of, depth);
            case 6: {
                selection rows;
                rows.model = chance(2) ? &model<FuzzNode>() : &model<FuzzLeaf>();
                rows.where = tree(*rows.model, depth - 1);
                rows.columns.push_back(number(*rows.model, 0));
                if (chance(3)) rows.limit = below(4);
                if (chance(3)) rows.order.push_back(order(*rows.model));
                return condition::in(number(of, 1), rows);
            }
            default:
                return comparison_on(of);
        }
    }

    ordering order(const model_info& of) {
        return {chance(2)   ? number(of, 1)
                : chance(3) ? real(of)
                            : words(of),
                chance(2), one_of({nulls::as_least, nulls::as_least, nulls::first, nulls::last})};
    }

    selection query() {
        selection what;
        what.model = chance(2) ? &model<FuzzNode>() : &model<FuzzLeaf>();
        what.where = tree(*what.model, static_cast<int>(below(4)));
        if (chance(4)) {
            what.groups.push_back(chance(2) ? words(*what.model) : number(*what.model, 1));
            if (chance(2)) what.groups.push_back(words(*what.model));
            what.columns = {expression::of(operation::count_rows, {}),
                            expression::of(operation::sum, {number(*what.model, 1)}),
                            expression::of(operation::average, {number(*what.model, 1)}),
                            expression::of(operation::count_distinct, {words(*what.model)}),
                            expression::of(chance(2) ? operation::minimum : operation::maximum, {words(*what.model)})};
            return what;
        }
        for (std::size_t i = below(3); i > 0; --i) what.order.push_back(order(*what.model));
        if (chance(3)) what.limit = below(6);
        if (chance(4)) what.offset = static_cast<std::int64_t>(below(4));
        what.columns = {expression(path{what.model, {0}}), number(*what.model), words(*what.model), real(*what.model)};
        return what;
    }

private:
    template <class T>
    value maybe(T v) {
        return chance(3) ? value{} : value(std::move(v));
    }
    std::int64_t key(std::size_t count) { return static_cast<std::int64_t>(below(count) + 1); }

    expression pick(const model_info& of, std::initializer_list<std::string_view> of_node,
                    std::initializer_list<std::string_view> of_leaf) {
        return path_to(of, &of == &model<FuzzNode>() ? one_of(of_node) : one_of(of_leaf));
    }

    condition back(const model_info& of, int depth) {
        const bool on_node = &of == &model<FuzzNode>();
        const path from =
            on_node ? chance(3) ? path_to(of, "parent") : path{&of, {}} : path_to(of, chance(2) ? "node" : "hint");
        const auto& other = chance(3) ? model<FuzzNode>() : model<FuzzLeaf>();
        const auto field = other.index_of(&other == &model<FuzzNode>() ? "parent" : chance(2) ? "node" : "hint");
        return condition::related({from, &other, field}, chance(4) ? condition{} : tree(other, depth - 1));
    }

    std::mt19937 random_;
};

// ---- The comparison ------------------------------------------------------------------------------------------------

struct query_fuzz : test::each_engine {
    db::database* base = nullptr;

    static task<> make_tables(db::database* base) {
        co_await base->script(
            "CREATE TABLE fuzz_node (id bigint PRIMARY KEY, amount integer NOT NULL, number bigint, word text NOT "
            "NULL, "
            "note text, share double precision, flag boolean NOT NULL, parent bigint);"
            "CREATE TABLE fuzz_leaf (id bigint PRIMARY KEY, node bigint NOT NULL, hint bigint, size integer NOT NULL, "
            "label text)");
    }

    task<> store(const memory* rows) {
        for (auto* model : {&model<FuzzLeaf>(), &model<FuzzNode>()})
            co_await base->write({"DELETE FROM " + model_sql::identifier(model->table), {}});
        for (auto* model : {&model<FuzzNode>(), &model<FuzzLeaf>()}) {
            std::vector<std::size_t> all;
            for (std::size_t i = 0; i < model->fields.size(); ++i) all.push_back(i);
            for (auto& row : rows->tables.at(model))
                co_await base->write({model_sql::upsert(*model, all, {}, {}, base->kind()), row});
        }
    }

    task<std::vector<memory_row>> ask(const selection* what) {
        const auto found = co_await base->read(model_sql::select(*what, base->kind()));
        auto outputs = what->groups;
        outputs.insert(outputs.end(), what->columns.begin(), what->columns.end());
        std::vector<memory_row> rows;
        for (std::size_t i = 0; i < found.size(); ++i) {
            rows.emplace_back();
            for (std::size_t j = 0; j < outputs.size(); ++j)
                rows.back().push_back(cell_value(outputs[j], found.at(i, j)));
        }
        co_return rows;
    }

    static std::string shown(const std::vector<memory_row>& rows) {
        std::string out;
        for (auto& row : rows) {
            for (auto& v : row) out += to_text(v) + " ";
            out += "\n";
        }
        return out;
    }

    task<> compare_one(std::uint32_t seed) {
        maker random(seed);
        const auto rows = random.fill();
        co_await store(&rows);
        for (int i = 0; i < 40 && !HasFailure(); ++i) {
            const auto what = random.query();
            const auto statement = model_sql::select(what, base->kind());
            std::string told = "CROFT_FUZZ_SEED=" + std::to_string(seed) + "\n" + statement.sql + "\n";
            for (auto& v : statement.params) told += to_text(v) + " ";
            SCOPED_TRACE(told);
            EXPECT_EQ(shown(co_await ask(&what)), shown(rows.answer(what)));
            if (!what.groups.empty()) continue;
            const auto counted = co_await base->read(model_sql::count(what, base->kind()));
            auto whole = what;
            whole.limit.reset(), whole.offset = 0;
            EXPECT_EQ(static_cast<std::size_t>(counted.at(0, 0).integer()), rows.rows(whole).size());
        }
    }
};

CROFT_ON_EACH_ENGINE(query_fuzz);

}  // namespace

TEST_P(query_fuzz, random_queries_give_what_a_plain_evaluation_gives) {
    with_database([&](db::database& opened) -> task<> {
        base = &opened;
        co_await make_tables(base);
        if (const char* seed = std::getenv("CROFT_FUZZ_SEED")) {
            co_await compare_one(static_cast<std::uint32_t>(std::stoul(seed)));
            co_return;
        }
        for (std::uint32_t seed = 1; seed <= 15 && !HasFailure(); ++seed) co_await compare_one(seed);
    });
}
