// One visit to the site: the administration for tests, or the site's own answer after mischief has had its say;
// counted. Knows no sockets. One thread.
#pragma once

#include <string>

#include "dataset.hpp"
#include "mode.hpp"
#include "site.hpp"
#include "stats.hpp"

namespace upstream {

struct service {
    dataset& data;
    std::string base_url;
    mischief troubles;
    stats counts;
};

struct visit {
    reply answer;
    verdict judged;  // what is left to do to the answer on the wire: slow, break_off, refuse
};

/// `body`: the request's. `now`: seconds on a steady clock.
visit receive(service& s, const request& asked, const std::string& body, double now);

}  // namespace upstream
