#include "work/news.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include "work/job_sql.hpp"

namespace croft::work {
namespace {

constexpr std::array<std::string_view, 3> words{"waiting", "scheduled", "cancelled"};

/// This process among those that use a database: it doesn't listen to itself.
const std::string& own_mark() {
    static const std::string mark = [] {
        std::random_device chance;
        return fmt::format("{:08x}{:08x}", chance(), chance());
    }();
    return mark;
}

/// Those of this thread's loop.
std::vector<ear*>& ears_here() {
    static thread_local std::vector<ear*> all;
    return all;
}

}  // namespace

std::string notification(news what) { return own_mark() + " " + std::string(words[static_cast<std::size_t>(what)]); }

void tell_here(db::database& base, news what) {
    base.on_commit([url = base.url(), what] {
        for (auto* one : std::vector(ears_here()))
            if (one->url_ == url) one->hear_(what);
    });
}

task<> tell(db::database* base, news what) {
    tell_here(*base, what);
    if (base->kind() == db::engine::postgres) co_await base->notify(std::string(job_sql::channel), notification(what));
}

ear::ear(const db::database& base, std::function<void(news)> hear) : url_(base.url()), hear_(std::move(hear)) {
    ears_here().push_back(this);
}

ear::~ear() { std::erase(ears_here(), this); }

task<> ear::listen(db::database* base) {
    others_ = co_await base->listen(std::string(job_sql::channel), [this](const std::string& payload) {
        const auto space = payload.find(' ');
        if (payload.substr(0, space) == own_mark()) return;
        const auto* word = space == payload.npos ? words.end() : std::ranges::find(words, payload.substr(space + 1));
        hear_(word == words.end() ? news::missed : static_cast<news>(word - words.begin()));
    });
}

}  // namespace croft::work
