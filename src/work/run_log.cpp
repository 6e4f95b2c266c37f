#include "work/run_log.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace croft::work {
namespace {

constexpr const char* names[] = {"debug", "info ", "warn ", "error", "off  "};

std::string shortened(std::string_view text) {
    auto end = std::min(text.size(), run_log::longest_line);
    while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return std::string(text.substr(0, end)) + (end < text.size() ? "…" : "");
}

}  // namespace

void run_log::add(const log::line& line) {
    const auto at = to_text(line.at);  // 2026-03-01T04:00:01.250000Z
    auto text = fmt::format("{} {} {}\n", std::string_view(at).substr(11, 12),
                            names[static_cast<std::size_t>(line.level)], shortened(line.message));
    if (first_.size() < kept_at_each_end) {
        first_.push_back(std::move(text));
        return;
    }
    last_.push_back(std::move(text));
    if (last_.size() <= kept_at_each_end) return;
    last_.pop_front();
    ++left_out_;
}

std::string run_log::text() const {
    std::string all;
    for (const auto& line : first_) all += line;
    if (left_out_ > 0) all += fmt::format("… {} lines left out …\n", left_out_);
    for (const auto& line : last_) all += line;
    return all;
}

}  // namespace croft::work
