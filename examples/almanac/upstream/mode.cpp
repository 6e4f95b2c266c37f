#include "mode.hpp"

#include <simdjson.h>

#include <cstdio>
#include <string>

namespace upstream {
namespace {

using simdjson::dom::element;

struct share_field {
    const char* key;
    double mode::* value;
    double most;
};
constexpr share_field shares[]{
    {"slow_rate", &mode::slow_rate, 1},
    {"fail_rate", &mode::fail_rate, 1},
    {"limit_rate", &mode::limit_rate, 1},
    {"limit_every_s", &mode::limit_every_s, 3600},
    {"broken_json_rate", &mode::broken_json_rate, 1},
    {"break_off_rate", &mode::break_off_rate, 1},
    {"refuse_rate", &mode::refuse_rate, 1},
};

struct whole_field {
    const char* key;
    std::int64_t mode::* value;
    std::int64_t least, most;
};
constexpr whole_field wholes[]{
    {"slow_ms", &mode::slow_ms, 0, 3'600'000},
    {"drip_ms", &mode::drip_ms, 0, 3'600'000},
    {"drip_bytes", &mode::drip_bytes, 1, 1 << 30},
    {"fail_status", &mode::fail_status, 400, 599},
    {"retry_after", &mode::retry_after, 0, 86'400},
    {"count", &mode::count, -1, 1'000'000'000},
    {"seed", &mode::seed, 0, INT64_MAX},
};

constexpr std::string_view path_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/%";

[[noreturn]] void refuse(std::string_view key, const std::string& why) {
    throw mode_error("mode: " + std::string(key) + " " + why);
}

std::string print_number(double value) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.17g", value);
    return digits;
}

void set_field(mode& m, std::string_view key, element value) {
    for (const auto& field : shares) {
        if (key != field.key) continue;
        if (double read; value.get(read) == simdjson::SUCCESS && read >= 0 && read <= field.most)
            return void(m.*field.value = read);
        refuse(key, "must be a number from 0 to " + print_number(field.most));
    }
    for (const auto& field : wholes) {
        if (key != field.key) continue;
        if (std::int64_t read; value.get(read) == simdjson::SUCCESS && read >= field.least && read <= field.most)
            return void(m.*field.value = read);
        refuse(key, "must be a whole number from " + std::to_string(field.least) + " to " + std::to_string(field.most));
    }
    if (key == "retry_after_date") {
        if (value.get(m.retry_after_date)) refuse(key, "must be true or false");
    } else if (key == "only") {
        std::string_view read;
        if (value.get(read) || read.find_first_not_of(path_characters) != read.npos)
            refuse(key, "must be the beginning of a path");
        m.only = read;
    } else {
        refuse(key, "is not known");
    }
}

}  // namespace

mode parse_mode(std::string_view json) {
    simdjson::dom::parser parser;
    simdjson::dom::object fields;
    if (parser.parse(json.data(), json.size()).get(fields)) throw mode_error("mode: must be one JSON object");
    mode read;
    for (const auto& [key, value] : fields) set_field(read, key, value);
    return read;
}

std::string print_mode(const mode& m) {
    std::string text = "{";
    const auto key = [](const char* of) { return '"' + std::string(of) + "\":"; };
    for (const auto& field : shares) text += key(field.key) + print_number(m.*field.value) + ',';
    for (const auto& field : wholes) text += key(field.key) + std::to_string(m.*field.value) + ',';
    text += key("retry_after_date") + (m.retry_after_date ? "true" : "false") + ',';
    return text + key("only") + '"' + m.only + "\"}\n";
}

std::string_view name(fate which) {
    switch (which) {
        case fate::well:
            return "well";
        case fate::fail:
            return "fail";
        case fate::limit:
            return "limit";
        case fate::broken_json:
            return "broken_json";
        case fate::break_off:
            return "break_off";
        case fate::refuse:
            return "refuse";
    }
    return "";
}

void mischief::set(mode next) {
    mode_ = std::move(next);
    random_.seed(static_cast<std::uint64_t>(mode_.seed));
    next_served_ = 0;
}

bool mischief::drawn(double rate) {
    // Our own scaling: std::uniform_real_distribution may differ from one library to the next.
    return static_cast<double>(random_() >> 11) * 0x1p-53 < rate;
}

fate mischief::draw(double now) {
    // All are drawn each time, so that one rate doesn't shift the others' luck.
    const bool refuse = drawn(mode_.refuse_rate), fail = drawn(mode_.fail_rate), limit = drawn(mode_.limit_rate);
    const bool broken = drawn(mode_.broken_json_rate), break_off = drawn(mode_.break_off_rate);
    if (refuse) return fate::refuse;
    if (limit || now < next_served_) return fate::limit;
    next_served_ = now + mode_.limit_every_s;
    if (fail) return fate::fail;
    if (broken) return fate::broken_json;
    return break_off ? fate::break_off : fate::well;
}

verdict mischief::judge(std::string_view path, double now) {
    if (path.starts_with("/admin/") || !path.starts_with(mode_.only) || mode_.count == 0) return {};
    if (mode_.count > 0) --mode_.count;
    verdict judged;
    judged.what = draw(now);
    judged.slow = drawn(mode_.slow_rate) && (mode_.slow_ms > 0 || mode_.drip_ms > 0);
    judged.how = mode_;
    return judged;
}

}  // namespace upstream
