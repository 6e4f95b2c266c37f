#include "runtime/run_info.hpp"

#include "croft/every.hpp"
#include "runtime/loop.hpp"

namespace croft {

void count_for_run(run_numbers more) {
    if (!runtime::here.current) return;
    const auto& run = runtime::locals().run;
    if (!run || !run->counted) return;
    run->counted->rows += more.rows;
    run->counted->requests += more.requests;
    run->counted->bytes += more.bytes;
}

}  // namespace croft
