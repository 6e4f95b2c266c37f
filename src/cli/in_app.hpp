// Work in the app's database, for commands that need nothing else of the app. Main thread.
#pragma once

#include "app/application.hpp"
#include "cli/command.hpp"

namespace croft::cli {

/// Runs `work`, a callable that gives a task<T>, where query<…>() finds the database, and gives its result. Throws what
/// it throws, and config_error when there is no database or it isn't in the models' shape.
template <class F, class T = typename std::invoke_result_t<F&>::value_type>
T in_app(const context& now, F work) {
    const auto all = [&]() -> task<T> {
        app::application app(now.settings);
        co_await app.open_existing();
        if constexpr (std::is_void_v<T>) {
            co_await work();
            co_await app.stop();
        } else {
            auto answer = co_await work();
            co_await app.stop();
            co_return answer;
        }
    };
    return croft::run(all());
}

}  // namespace croft::cli
