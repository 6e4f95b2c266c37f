#include "base/log.hpp"

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <vector>

#include "base/text.hpp"
#include "croft/clock.hpp"
#include "croft/log.hpp"

namespace croft::log {
namespace {

constexpr std::string_view level_names[] = {"debug", "info", "warn", "error", "off"};
constexpr spdlog::level::level_enum spdlog_levels[] = {spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
                                                       spdlog::level::err, spdlog::level::off};

std::atomic<level> lowest_level = level::info;
std::atomic<bool> to_stderr = true;
std::atomic<context (*)()> ask_context = nullptr;

struct observers {
    std::mutex lock;
    std::vector<const callback<void(const line&)>*> all;
};

// Both live as long as the program, as destructors of other statics may log.
observers& watching() {
    static auto& made = *new observers;
    return made;
}

spdlog::logger& terminal() {
    static auto& made = [] -> spdlog::logger& {
        auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
        auto& logger = *new spdlog::logger("croft", std::move(sink));
        logger.set_level(spdlog::level::trace);
        logger.set_formatter(std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %^%-7l%$ %v",
                                                                         spdlog::pattern_time_type::utc));
        return logger;
    }();
    return made;
}

void show(const line& l) {
    if (!to_stderr) return;
    const auto at = std::chrono::time_point_cast<spdlog::log_clock::duration>(l.at);
    const std::string text =
        l.task.empty() ? std::string(l.message) : fmt::format("[{}] {}", one_line(l.task), l.message);
    terminal().log(at, spdlog::source_loc{}, spdlog_levels[static_cast<std::size_t>(l.level)], text);
}

/// Keeps what an observer logs from coming back to it.
thread_local bool telling = false;

void tell(const line& l) {
    if (telling) return;
    auto& to = watching();
    const std::lock_guard held(to.lock);
    telling = true;
    for (const auto* see : to.all) {
        try {
            (*see)(l);
        } catch (...) {  // promised in log.hpp: logging never throws, and one observer doesn't take another's line
        }
    }
    telling = false;
}

}  // namespace

void set_level(level lowest) noexcept { lowest_level = lowest; }

void set_level(std::string_view name) {
    const auto* found = std::ranges::find(level_names, name);
    if (found == std::end(level_names))
        throw config_error("log level " + quoted(name) + " is none of debug, info, warn, error, off");
    set_level(static_cast<level>(found - level_names));
}

bool enabled(level how) noexcept { return how >= lowest_level; }

void set_stderr(bool on) noexcept { to_stderr = on; }
void set_context(context (*ask)()) noexcept { ask_context = ask; }

std::string one_line(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        const auto following = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
        if (c == '\n')
            out += "\\n";
        else if (c == '\t')
            out += "\\t";
        else if (c < 0x20 || c == 0x7f)
            out += fmt::format("\\x{:02x}", c);
        else if (c == 0xc2 && following >= 0x80 && following < 0xa0)  // C1 in UTF-8, such as CSI
            out += fmt::format("\\x{:02x}", following), ++i;
        else
            out += text[i];
    }
    return out;
}

void write(level how, std::string_view message) noexcept {
    if (how == level::off || !enabled(how)) return;
    try {
        auto* const ask = ask_context.load();
        const context speaker = ask ? ask() : context{};
        const std::string text = one_line(message);
        const line l{now(), how, speaker.task, speaker.run, text};
        show(l);
        tell(l);
    } catch (...) {  // no memory, or stderr is gone: there is nobody left to tell
    }
}

observer::observer(callback<void(const line&)> see) : see_(std::move(see)) {
    const std::lock_guard held(watching().lock);
    watching().all.push_back(&see_);
}

observer::~observer() {
    const std::lock_guard held(watching().lock);
    std::erase(watching().all, &see_);
}

}  // namespace croft::log
