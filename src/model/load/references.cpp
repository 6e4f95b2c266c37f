#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "model/composite_key.hpp"
#include "model/load/job.hpp"

namespace croft::loading {

namespace {

using keys = std::unordered_set<digest128, digest_hash>;

/// Keys that rows which are still to be written will have, by the model's field that references name them by.
class expected_rows {
public:
    explicit expected_rows(const std::vector<part*>& all) : all_(all) {}

    bool has(const reference& by, digest128 key) {
        auto [at, fresh] = known_.try_emplace(std::pair(by.target, by.key_fields));
        if (fresh) collect(by, at->second);
        return at->second.contains(key);
    }

private:
    void collect(const reference& by, keys& into) const {
        for (const auto* one : all_) {
            if (one->in.model != by.target) continue;
            std::vector<std::size_t> places;
            for (const auto field : by.key_fields)
                if (const auto at = std::ranges::find(one->in.fields, field); at != one->in.fields.end())
                    places.push_back(static_cast<std::size_t>(at - one->in.fields.begin()));
            if (places.size() < by.key_fields.size()) continue;
            for (const auto& row : one->in.rows) into.insert(digest_of(key_in(row, places)));
        }
    }
    static value key_in(const std::vector<value>& row, const std::vector<std::size_t>& places) {
        std::vector<value> parts;
        for (const auto place : places) parts.push_back(row[place]);
        return composite_key::join(std::move(parts));
    }

    const std::vector<part*>& all_;
    std::map<std::pair<const model_info*, std::vector<std::size_t>>, keys> known_;
};

/// Asks the database for what the rows name, except what was asked before or is still to be written.
task<> ask(part* of, reference* by, expected_rows* expected, bool first) {
    std::vector<value> wanted;
    keys asked;
    for (const auto& row : of->in.rows) {
        const auto& v = row[by->place];
        if (is_null(v)) continue;
        const auto key = digest_of(v);
        if (by->ids.contains(key) || !asked.insert(key).second || (!first && expected->has(*by, key))) continue;
        wanted.push_back(v);
    }
    co_await look_up(by->target, by->key_fields, std::move(wanted), &by->ids);
}

enum class state { resolved, waiting, wrong };

/// Remembers the natural key of a rejected row, as the source has it.
void set_aside(part& of, const std::vector<value>& row) {
    std::vector<value> key;
    for (auto place : of.key_places) key.push_back(row[place]);
    of.in.set_aside.push_back(std::move(key));
}

state look_at(const reference& by, const std::vector<value>& row, expected_rows& expected) {
    const auto& v = row[by.place];
    if (is_null(v)) return state::resolved;
    const auto key = digest_of(v);
    const auto at = by.ids.find(key);
    if (at != by.ids.end() && !is_null(at->second)) return state::resolved;
    return at == by.ids.end() && expected.has(by, key) ? state::waiting : state::wrong;
}

std::string fault(const reference& by, const value& v) {
    const bool several = by.ids.contains(digest_of(v));
    std::string key;
    const auto parts = composite_key::split(*by.target, by.key_fields, v);
    for (std::size_t i = 0; i < parts.size(); ++i)
        key += fmt::format("{}{} {}", i ? ", " : "", by.target->fields[by.key_fields[i]].name, to_text(parts[i]));
    return fmt::format("there {} {} with {}", several ? "are several rows of" : "is no", by.target->name, key);
}

void put_ids(const part& of, std::vector<value>& row) {
    for (const auto& by : of.references)
        if (!is_null(row[by.place])) row[by.place] = by.ids.at(digest_of(row[by.place]));
}

/// Keeps the rows for which `stays` is true, in their order.
template <class Stays>
void keep_rows(incoming& in, Stays stays) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < in.rows.size(); ++i) {
        if (!stays(in.rows[i], in.origins[i])) continue;
        if (kept != i) in.rows[kept] = std::move(in.rows[i]), in.origins[kept] = in.origins[i];
        ++kept;
    }
    in.rows.resize(kept);
    in.origins.resize(kept);
}

}  // namespace

task<row_list> take_resolved(part* of, std::vector<part*> all, bool first) {
    row_list ready;
    if (of->references.empty()) {
        ready.rows = std::exchange(of->in.rows, {});
        ready.origins = std::exchange(of->in.origins, {});
        co_return ready;
    }
    expected_rows expected(all);
    for (auto& by : of->references) co_await ask(of, &by, &expected, first);
    for (const auto& by : of->references) expected.has(by, 0);  // collected now: below, rows go
    keep_rows(of->in, [&](std::vector<value>& row, const incoming::origin& from) {
        bool waits = false;
        bool wrong = false;
        for (const auto& by : of->references) {
            const auto found = look_at(by, row, expected);
            waits = waits || found == state::waiting;
            if (found != state::wrong) continue;
            of->in.reject(from, by.path, fault(by, row[by.place]), to_text(row[by.place]), &row);
            wrong = true;
        }
        if (wrong) {
            set_aside(*of, row);
            return false;
        }
        if (waits) return true;
        put_ids(*of, row);
        ready.add(std::move(row), from);
        return false;
    });
    co_return ready;
}

row_list break_circle(part& of, const std::vector<part*>& all) {
    row_list ready;
    expected_rows expected(all);
    for (const auto& by : of.references) expected.has(by, 0);
    keep_rows(of.in, [&](std::vector<value>& row, const incoming::origin& from) {
        auto open = row;
        for (const auto& by : of.references) {
            if (look_at(by, row, expected) != state::waiting) continue;
            if (!by.optional) return true;
            open[by.place] = value();
        }
        of.later.push_back(std::move(row));
        of.later_origins.push_back(from);
        put_ids(of, open);
        ready.add(std::move(open), from);
        return false;
    });
    return ready;
}

void reject_waiting(part& of) {
    keep_rows(of.in, [&](std::vector<value>& row, const incoming::origin& from) {
        of.in.reject(from, "",
                     "it and rows that it refers to wait for each other: one reference of the circle must be "
                     "optional",
                     {}, &row);
        set_aside(of, row);
        return false;
    });
}

task<> write_later(part* of) {
    if (of->later.empty()) co_return;
    of->in.rows = std::exchange(of->later, {});
    of->in.origins = std::exchange(of->later_origins, {});
    auto closed = co_await take_resolved(of, {}, true);
    co_await write(of, std::move(closed), true);
}

}  // namespace croft::loading
