// What the app answers over HTTP:
//
//     /                  the operator's page           /graphql           the API; GraphiQL for browsers
//     /healthz           200 while all is well         /graphql/assets/…  GraphiQL's files
//
// Loop thread only.
#pragma once

#include "app/application.hpp"
#include "croft/http_message.hpp"

namespace croft::app {

/// `app` must outlive the task.
task<http::response> answer(application* app, http::request ask);

}  // namespace croft::app
