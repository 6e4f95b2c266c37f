// Any text as an expression, in UTC and in a zone with daylight saving time, searched from any moment: next and
// previous must be in order and agree with each other and with matches.
#include <cstdlib>
#include <cstring>

#include "text/cron.hpp"

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

void search(const croft::text::cron& schedule, croft::time_point start) {
    auto t = start;
    for (int i = 0; i < 4; ++i) {
        const auto due = schedule.next(t);
        if (!due) break;
        require(*due > t && schedule.matches(*due));
        require(schedule.previous(*due + croft::duration{1}) == due);
        const auto before = schedule.previous(*due);
        require(!before || (*before < *due && schedule.next(*before) == due));
        t = *due;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::int64_t moment = 0;
    if (size < sizeof moment + 1) return 0;
    std::memcpy(&moment, data, sizeof moment);
    const std::uint8_t flags = data[sizeof moment];
    if ((flags & 1) != 0) moment %= 4'000'000'000'000'000;  // near today, mostly
    const std::string_view text(reinterpret_cast<const char*>(data) + sizeof moment + 1, size - sizeof moment - 1);
    const auto schedule = croft::text::cron::parse(text, {.hash_id = (flags & 2) != 0 ? "id" : "",
                                                          .timezone = (flags & 4) != 0 ? "Europe/Berlin" : "",
                                                          .seed = flags,
                                                          .seconds_first = (flags & 8) != 0,
                                                          .day_or = (flags & 16) != 0,
                                                          .may_never = (flags & 32) != 0});
    if (schedule) search(*schedule, croft::time_point{croft::duration{moment}});
    return 0;
}
