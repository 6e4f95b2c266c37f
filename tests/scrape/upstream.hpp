// A scripted upstream in place of the network: tests of politeness need no sockets and run on virtual time.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "runtime/loop.hpp"
#include "scrape/client.hpp"

namespace croft::scrape {

class upstream {
public:
    using handler = std::function<task<http::response>(http::request)>;

    struct visit {
        http::request ask;
        duration at;  // since the start
    };

    explicit upstream(handler answer) : answer_(std::move(answer)) {}

    transport as_transport() {
        return [this](http::request ask, net::client_limits, std::string) { return serve(std::move(ask)); };
    }

    std::string robots;       // empty: there is none
    int robots_status = 0;    // instead
    std::vector<visit> seen;  // without robots.txt
    int robots_asked = 0;
    int inside = 0, most_inside = 0;

private:
    struct count {
        explicit count(upstream& owner) : to(owner) { to.most_inside = std::max(to.most_inside, ++to.inside); }
        ~count() { --to.inside; }
        upstream& to;
    };

    task<http::response> serve(http::request ask) {
        const auto url = ask.url;
        if (ask.path() == "/robots.txt") {
            ++robots_asked;
            if (robots_status) co_return http::response::text(robots_status, "");
            co_return robots.empty() ? http::response::text(404, "") : http::response::text(200, robots);
        }
        seen.push_back({ask, runtime::loop::current().time().monotonic()});
        const count here(*this);
        auto reply = co_await answer_(std::move(ask));
        reply.url = url;
        co_return reply;
    }
    handler answer_;
};

/// Runs `body` on virtual time, with a client whose network is `there`.
template <class Body>
void with_client(upstream& there, virtual_clock& clock, Body body, client_settings settings = {}) {
    settings.send = there.as_transport();
    const auto main = [&]() -> task<> {
        client one(settings);
        runtime::scoped_local here(&runtime::inherited::client, &one);
        co_await body(one);
    };
    run(main(), clock);
}

}  // namespace croft::scrape
