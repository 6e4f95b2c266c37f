#include "work/run_log.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "text/utf8.hpp"

namespace croft::work {
namespace {

constexpr std::string_view gap_begin = "… ";

/// Instead of lines; no line begins like that, as each begins with its time.
std::string gap(std::size_t lines) { return fmt::format("{}{} lines left out …", gap_begin, lines); }

constexpr const char* names[] = {"debug", "info ", "warn ", "error", "off  "};

/// As every database takes it: whatever a program logs must not keep its run from being stored.
std::string shortened(std::string_view text) {
    auto end = std::min(text.size(), run_log::longest_line);
    while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return text::repair_utf8(text.substr(0, end)) + (end < text.size() ? "…" : "");
}

}  // namespace

void run_log::add(const log::line& line) {
    news_ = true;
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
    if (left_out_ > 0) all += gap(left_out_) + "\n";
    for (const auto& line : last_) all += line;
    return all;
}

std::vector<std::string> run_log_reader::read(std::string_view text) {
    std::vector<std::string> fresh;
    std::size_t number = 0;  // of the line
    for (std::size_t end; !text.empty(); text.remove_prefix(std::min(end + 1, text.size()))) {
        end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        if (line.starts_with(gap_begin)) {
            std::size_t left_out = 0;
            std::from_chars(line.data() + gap_begin.size(), line.data() + line.size(), left_out);
            number += left_out;
            if (number > seen_) fresh.push_back(gap(number - seen_));
        } else if (number++ >= seen_) {
            fresh.emplace_back(line);
        }
    }
    seen_ = std::max(seen_, number);
    return fresh;
}

}  // namespace croft::work
