// The simple model of what history must say of seeds: rows, each row's events, and the rows as they were. Undoing is
// copying it back.
#pragma once

#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "croft/time.hpp"

namespace history_expectation {

using number = std::optional<std::int64_t>;

/// A column that a migration added. Its place is its own under all its names, and for ever.
struct extra_column {
    std::string name;
    number initial;  // what new rows get
    bool there = true;
};

struct plain_row {
    std::string name;
    number price;
    std::vector<number> extras;  // in the order of the columns; null in those that are gone
    friend bool operator==(const plain_row&, const plain_row&) = default;
    friend void PrintTo(const plain_row& row, std::ostream* out) {
        const auto print = [&](number n) { n ? *out << " " << *n : *out << " null"; };
        *out << row.name;
        print(row.price);
        for (auto one : row.extras) print(one);
    }
};

struct version {
    std::string kind;
    plain_row row;
    std::int64_t run = 0;
    friend bool operator==(const version&, const version&) = default;
    friend void PrintTo(const version& e, std::ostream* out) {
        *out << e.kind << " ";
        PrintTo(e.row, out);
        *out << " by " << e.run;
    }
};

using rows_by_id = std::map<std::int64_t, plain_row>;

struct expectation {
    std::vector<extra_column> columns;
    rows_by_id rows;
    std::map<std::int64_t, std::vector<version>> events;
    std::vector<std::pair<croft::time_point, rows_by_id>> past;

    void put(std::int64_t id, std::optional<plain_row> to, std::int64_t run) {
        const auto at = rows.find(id);
        if (!to) {
            if (at == rows.end()) return;
            events[id].push_back({"delete", at->second, run});
            rows.erase(at);
        } else if (at == rows.end()) {
            events[id].push_back({"insert", *to, run});
            rows.emplace(id, *to);
        } else if (at->second != *to) {
            events[id].push_back({"update", *to, run});
            at->second = *to;
        }
    }
    std::optional<std::int64_t> id_of(const std::string& name) const {
        for (auto& [id, row] : rows)
            if (row.name == name) return id;
        return std::nullopt;
    }
    /// A row that is new.
    plain_row fresh(std::string name, number price) const {
        plain_row made{std::move(name), price, {}};
        for (auto& one : columns) made.extras.push_back(one.there ? one.initial : number{});
        return made;
    }
    /// The row of that name with this price: the one that is there, or a new one.
    plain_row priced(const std::string& name, number price) const {
        const auto id = id_of(name);
        auto made = id ? rows.at(*id) : fresh(name, price);
        made.price = price;
        return made;
    }
    /// As the row was after so many of its events; what was dropped since doesn't come back.
    std::optional<plain_row> after(std::int64_t id, std::size_t count) const {
        if (count == 0) return std::nullopt;
        auto last = events.at(id)[count - 1];
        if (last.kind == "delete") return std::nullopt;
        for (std::size_t i = 0; i < columns.size(); ++i)
            if (!columns[i].there) last.row.extras[i].reset();
        return last.row;
    }

    /// Every row of the present and the past gets it.
    void add_column(extra_column added, number filled) {
        columns.push_back(std::move(added));
        for (auto& [id, row] : rows) row.extras.push_back(filled);
        for (auto& [id, all] : events)
            for (auto& one : all) one.row.extras.push_back(filled);
        for (auto& [time, then] : past)
            for (auto& [id, row] : then) row.extras.push_back(filled);
    }
    /// Versions keep it, rows don't; nor can as-of see it.
    void drop_column(std::size_t place) {
        columns[place].there = false;
        for (auto& [id, row] : rows) row.extras[place].reset();
        for (auto& [time, then] : past)
            for (auto& [id, row] : then) row.extras[place].reset();
    }
};

}  // namespace history_expectation
