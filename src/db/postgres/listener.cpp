#include "db/postgres/listener.hpp"

#include <algorithm>

#include "croft/log.hpp"
#include "db/message.hpp"

namespace croft::db::postgres {

task<> listener::listen(std::string channel) {
    if (channels_.insert(std::move(channel)).second) {
        announced_all_.reset();
        if (on_) on_->interrupt();
        if (tasks_.size() == 0) tasks_.spawn(run());
    }
    (void)co_await announced_all_.wait_for(settings_->where.connect_timeout);
}

task<> listener::close() {
    tasks_.cancel();
    co_await tasks_.wait();
}

task<> listener::run() {
    runtime::locals() = {};
    for (duration pause = 50ms;; pause = std::min<duration>(pause * 2, 5s)) {
        connection on(settings_);
        try {
            co_await with_timeout(settings_->where.connect_timeout, on.open());
            pause = 50ms;
            announced_.clear();
            co_await stay_connected(&on);
        } catch (const croft::error& failure) {
            on_ = nullptr;
            if (!std::exchange(missing_, true))
                log::warn("notifications of the database don't arrive at the moment: {}", failure.what());
        }
        co_await sleep(pause);
    }
}

task<> listener::stay_connected(connection* on) {
    struct here {
        connection*& at;
        ~here() { at = nullptr; }
    } const guard{on_};
    co_await announce(on);
    if (std::exchange(missing_, false)) {
        log::info("notifications of the database arrive again");
        signals_->deliver("", "");
    }
    on_ = on;
    for (;;) {
        while (const auto message = on->next_notification()) signals_->deliver(message->relname, message->extra);
        co_await announce(on);
        co_await on->wait_for_notifications();
    }
}

task<> listener::announce(connection* on) {
    std::vector<step> steps;
    std::vector<std::string> fresh;
    std::ranges::set_difference(channels_, announced_, std::back_inserter(fresh));
    for (const auto& channel : fresh) steps.push_back({{"LISTEN " + identifier(channel)}});
    if (!steps.empty()) co_await on->trip(std::move(steps));
    announced_.insert(fresh.begin(), fresh.end());
    if (announced_.size() == channels_.size()) announced_all_.set();
}

}  // namespace croft::db::postgres
