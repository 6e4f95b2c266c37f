#include "croft/cursor.hpp"

#include <fmt/format.h>

#include <map>

#include "croft/json.hpp"
#include "croft/query.hpp"
#include "model/load/cursors.hpp"
#include "model/load/rejected.hpp"

namespace croft {

namespace {

std::map<std::string, std::pair<value, value>>& ranges() {
    static std::map<std::string, std::pair<value, value>> all;
    return all;
}

std::string plain_text(const value& v) {
    if (is_null(v)) return {};
    if (auto* text = std::get_if<std::string>(&v)) return *text;
    return to_text(v);
}

std::string_view kind_of(const value& mark) {
    if (std::holds_alternative<time_point>(mark)) return "time";
    if (std::holds_alternative<std::int64_t>(mark)) return "integer";
    return is_null(mark) ? "" : "text";
}

}  // namespace

std::string cursor_state::since(duration lag) const {
    if (auto* at = std::get_if<time_point>(&mark)) return to_text(*at - (fixed ? duration{} : lag));
    return plain_text(mark);
}

std::string cursor_state::behind(std::int64_t lag) const {
    if (auto* at = std::get_if<std::int64_t>(&mark)) return std::to_string(*at - (fixed ? 0 : lag));
    return plain_text(mark);
}

std::string cursor_state::up_to() const { return plain_text(until); }

void cursor_state::reach(value seen) {
    if (is_null(seen)) return;
    if (!is_null(mark) && kind_of(mark) != kind_of(seen))
        throw error(fmt::format("cursor {}: {} is no {}, as its mark {} is", name, to_text(seen), kind_of(mark),
                                to_text(mark)));
    if (is_null(mark) || mark < seen) mark = std::move(seen);
}

void cursor_state::reach(const json& rows, std::string_view path) {
    for (const auto& row : rows.array())
        if (const auto* found = row.at_path(path); found && !found->is_null()) {
            auto seen = to_value(*found);
            if (auto* text = std::get_if<std::string>(&seen))
                if (auto time = parse_time(*text)) seen = *time;
            reach(std::move(seen));
        }
}

task<cursor_state> cursor(std::string name) {
    cursor_state state;
    state.name = name;
    if (const auto range = ranges().find(name); range != ranges().end()) {
        std::tie(state.mark, state.until) = range->second;
        state.fixed = true;
        co_return state;
    }
    const auto row = co_await query<loading::croft_cursor>().where(f<&loading::croft_cursor::name> == name).first();
    if (!row) co_return state;
    if (row->mark) state.mark = loading::mark_from(*row->mark, row->kind);
    state.page = row->page;
    state.etag = row->etag;
    co_return state;
}

task<> save(cursor_state state) {
    if (state.fixed) co_return;
    if (state.name.empty()) throw error("a cursor without a name can't be stored; make it by cursor(\"…\")");
    const auto [run, task_name] = loading::author();
    const auto mark = is_null(state.mark) ? value() : value(plain_text(state.mark));
    using row = loading::croft_cursor;
    co_await update_or_create<row>(key<&row::name>(state.name), set<&row::mark>(mark),
                                   set<&row::kind>(kind_of(state.mark)), set<&row::page>(state.page),
                                   set<&row::etag>(state.etag), set<&row::run>(run), set<&row::task>(task_name));
}

namespace loading {

value mark_from(std::string_view text, std::string_view kind) {
    if (kind == "time")
        if (auto time = parse_time(text)) return *time;
    if (kind == "integer")
        if (auto number = json::try_parse(text); number && number->is_integer()) return number->integer();
    return std::string(text);
}

value mark_from(std::string_view text) {
    if (auto time = parse_time(text)) return *time;
    return mark_from(text, "integer");
}

backfill::backfill(std::string name, value from, value until) : name_(std::move(name)) {
    ranges()[name_] = {std::move(from), std::move(until)};
}
backfill::~backfill() { ranges().erase(name_); }

}  // namespace loading
}  // namespace croft
