// What a task, an await and a stream element cost, beside Asio's own coroutines in the same run.
#include <malloc.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "bench/pairs.hpp"
#include "croft/stream.hpp"
#include "runtime/loop.hpp"

namespace asio = boost::asio;
using namespace croft;

namespace {

constexpr int many = 200'000;

task<int> child(int n) { co_return n; }
task<long> await_many() {
    long sum = 0;
    for (int i = 0; i < many; ++i) sum += co_await child(i);
    co_return sum;
}

asio::awaitable<int> asio_child(int n) { co_return n; }
asio::awaitable<void> asio_await_many() {
    long sum = 0;
    for (int i = 0; i < many; ++i) sum += co_await asio_child(i);
    if (sum < 0) std::abort();
}

task<> nothing() { co_return; }
task<> spawn_many() {
    group g;
    for (int i = 0; i < many; ++i) g.spawn(nothing());
    co_await g.wait();
}
asio::awaitable<void> asio_nothing() { co_return; }

stream<int> numbers() {
    for (int i = 0; i < many; ++i) co_yield i;
}
task<long> drain() {
    auto all = numbers();
    long sum = 0;
    while (auto n = co_await all.next()) sum += *n;
    co_return sum;
}

std::size_t heap_in_use() { return mallinfo2().uordblks; }

task<> sleeper() { co_await sleep(1h); }
task<double> bytes_a_sleeper() {
    const auto before = heap_in_use();
    group g;
    for (int i = 0; i < 100'000; ++i) g.spawn(sleeper());
    co_await sleep(0s);
    co_await sleep(0s);
    co_return static_cast<double>(heap_in_use() - before) / 100'000;
}

}  // namespace

int main() {
    bench::pair(
        "await a child", many, [] { run(await_many()); }, "asio::awaitable",
        [] {
            asio::io_context io;
            asio::co_spawn(io, asio_await_many(), asio::detached);
            io.run();
        });
    bench::pair(
        "spawn a task and await its end", many, [] { run(spawn_many()); }, "asio::co_spawn",
        [] {
            asio::io_context io;
            for (int i = 0; i < many; ++i) asio::co_spawn(io, asio_nothing(), asio::detached);
            io.run();
        });
    bench::single("one element of a stream", many, [] { run(drain()); });
    fmt::print("{:<44} {:>9.0f} bytes\n", "a sleeping task, of 100,000", run(bytes_a_sleeper()));
}
