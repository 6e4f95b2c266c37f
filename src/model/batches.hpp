// Many rows, a batch at a time: the values of the next are made while the database writes one.
//
//     const auto write = [&](std::size_t from, std::size_t until, std::vector<value> values) -> task<> {
//         co_await base.insert_many(into, std::move(values));
//     };
//     co_await in_batches(rows.size(), 500, values_of, write);
#pragma once

#include <algorithm>

#include "croft/task.hpp"
#include "croft/value.hpp"

namespace croft {

/// Calls make(from, until) and awaits write(from, until, values), in turn, for each batch of `count` rows. What they
/// throw goes on to the caller; nothing is under way then.
template <class Make, class Write>
task<> in_batches(std::size_t count, std::size_t batch, Make make, Write write) {
    const auto after = [&](std::size_t from) { return std::min(count, from + batch); };
    auto made = make(std::size_t{0}, after(0));
    for (std::size_t from = 0; from < count; from = after(from)) {
        const auto until = after(from);
        if (until == count) {
            co_await write(from, until, std::move(made));
            co_return;
        }
        group writing;
        writing.spawn(write(from, until, std::move(made)));
        co_await sleep(duration::zero());  // it gets as far as the database
        made = make(until, after(until));
        co_await writing.wait();
    }
}

}  // namespace croft
