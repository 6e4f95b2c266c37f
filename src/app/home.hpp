// Collects what the page at "/" shows. Loop thread only.
#pragma once

#include "admin/home_page.hpp"
#include "app/application.hpp"

namespace croft::app {

/// `app` must outlive the task, and be open. Throws db::error.
task<admin::home_view> collect_home(application* app);

}  // namespace croft::app
