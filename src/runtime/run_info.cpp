#include "runtime/run_info.hpp"

#include "croft/every.hpp"
#include "croft/log.hpp"
#include "runtime/loop.hpp"

namespace croft {
namespace {

/// Null outside of a run.
const work::run_info* run_around() { return runtime::here.current ? runtime::locals().run.get() : nullptr; }

}  // namespace

void count_for_run(run_numbers more) {
    const auto* run = run_around();
    if (!run || !run->counted) return;
    run->counted->rows += more.rows;
    run->counted->requests += more.requests;
    run->counted->bytes += more.bytes;
}

void mark_run(std::string why) {
    log::warn("{}", why);
    if (const auto* run = run_around(); run && run->marks) run->marks->push_back(std::move(why));
}

}  // namespace croft
