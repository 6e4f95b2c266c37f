#include "app/app_tasks.hpp"

#include "history/retention.hpp"

namespace croft::app {

std::vector<work::task_info> app_tasks() {
    auto all = work::declared_tasks();
    if (history::needs_pruning())
        all.push_back(
            {"prune_history", __FILE__, __LINE__, "H H * * *", &history::prune_all, {}, "croft.prune_history"});
    return work::check_tasks(std::move(all));
}

}  // namespace croft::app
