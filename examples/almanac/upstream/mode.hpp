// How the site misbehaves just now. Set as JSON by POST /admin/mode or --mode; {} makes it well again.
//
//     {"fail_rate": 0.3, "only": "/api/1.13.2/", "count": 5, "seed": 7}
//
// A rate is the share of matching requests, 0 to 1, drawn from a generator seeded by "seed": the same requests in the
// same order meet the same fate. One request meets at most one fate besides being slow.
#pragma once

#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

namespace upstream {

struct mode {
    // slow: wait before the answer, then send its body drip_bytes at a time, drip_ms apart
    std::int64_t slow_ms = 0, drip_ms = 0, drip_bytes = 1024;
    double slow_rate = 1;
    double fail_rate = 0;  // answered with fail_status
    std::int64_t fail_status = 503;
    double limit_rate = 0;     // 429 with Retry-After: retry_after seconds, or the date that this will be
    double limit_every_s = 0;  // besides: at most one request in so many seconds is served, others get 429
    std::int64_t retry_after = 2;
    bool retry_after_date = false;
    double broken_json_rate = 0;  // 200, but the text ends in its middle; Content-Length fits what is sent
    double break_off_rate = 0;    // the connection ends in the middle of the body
    double refuse_rate = 0;       // the connection is reset without an answer
    std::string only;             // paths that begin so; empty: all but /admin/
    std::int64_t count = -1;      // for so many matching requests, then well again; -1: until told otherwise
    std::int64_t seed = 1;
};

/// Thrown for a text that isn't JSON, an unknown key, or a value out of its range; names the key.
struct mode_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

mode parse_mode(std::string_view json);
std::string print_mode(const mode& current);

enum class fate { well, fail, limit, broken_json, break_off, refuse };
std::string_view name(fate which);

struct verdict {
    fate what = fate::well;
    bool slow = false;
    mode how;  // as it was when the request came
};

/// Decides each request's fate. One thread.
class mischief {
public:
    void set(mode next);
    const mode& current() const { return mode_; }
    /// `now`: seconds on a steady clock.
    verdict judge(std::string_view path, double now);

private:
    bool drawn(double rate);
    fate draw(double now);

    mode mode_;
    std::mt19937_64 random_{1};
    double next_served_ = 0;
};

}  // namespace upstream
