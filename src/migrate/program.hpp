// The migrations that are compiled into this program, in order, and the shapes between them. Loop thread only.
#pragma once

#include "migrate/differ.hpp"

namespace croft::migrations {

struct numbered {
    std::string name;  // "0002_prices"
    int number = 0;
    std::string place;  // "migrations/0002_prices.cpp:3"
    std::vector<operation> operations;
    std::string hash;
    bool outside_transaction = false;  // it has indexes to make or drop concurrently, and nothing else

    /// What it says, backwards, for a database that it was applied to. Throws croft::error when there is no way back.
    difference backwards(const schema& before) const;
};

/// A migration as it is given: its name, where it stands, what it does.
struct listed_migration {
    std::string name, place;
    std::vector<operation> operations;
};

class program {
public:
    /// Throws croft::error when they can't be: two with one number, an operation on what isn't there.
    explicit program(std::vector<listed_migration> listed);

    const std::vector<numbered>& all() const noexcept { return all_; }
    bool empty() const noexcept { return all_.empty(); }
    /// Before the migration with this index; of all of them: after the last.
    const schema& before(std::size_t index) const { return shapes_.at(index); }
    const schema& end() const { return shapes_.back(); }
    /// How many are applied when `name` is the last: by its whole name or its number; 0 or "zero": none. Throws
    /// croft::error naming the nearest.
    std::size_t up_to(std::string_view name) const;

private:
    std::vector<numbered> all_;
    std::vector<schema> shapes_;
};

/// Those declared with CROFT_MIGRATION.
std::vector<listed_migration> declared_migrations();

}  // namespace croft::migrations
