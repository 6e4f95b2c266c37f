#include "admin/home_page.hpp"

#include <fmt/format.h>

namespace croft::admin {
namespace {

constexpr std::string_view style =
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 "
    "1rem;color:#222;background:#fff}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px "
    "solid #ddd;vertical-align:top}th{font-weight:600}.n{text-align:right}.failed{color:#a40000}code{font-size:.95em}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}td,th{border-color:#444}.failed{color:#"
    "ff8a8a}"
    "a{color:#8ab4ff}}";

/// "2026-03-01 00:00:07 UTC"
std::string moment(std::optional<time_point> when) {
    if (!when) return "–";
    std::string text = to_text(*when);
    text.resize(19);
    text[10] = ' ';
    return text + " UTC";
}

std::string seconds(duration took) { return fmt::format("{:.1f} s", static_cast<double>(took.count()) / 1e6); }

std::string outcome_cell(const std::string& outcome, const std::string& failure) {
    const auto shown = escape_html(outcome.empty() ? "never ran" : outcome);
    if (failure.empty()) return fmt::format("<td>{}</td>", shown);
    return fmt::format("<td class=failed>{}: {}</td>", shown, escape_html(failure));
}

std::string models_table(const std::vector<model_row>& models) {
    std::string out = "<table><tr><th>Model<th>Table<th class=n>Rows<th>History</tr>\n";
    for (auto& model : models) {
        const auto rows = model.rows ? fmt::format("{}", *model.rows) : fmt::format("over {}", most_counted);
        out += fmt::format("<tr><td>{}<td><code>{}</code><td class=n>{}<td>{}</tr>\n", escape_html(model.name),
                           escape_html(model.table), rows, model.has_history ? "kept" : "–");
    }
    return out + "</table>\n";
}

std::string tasks_table(const std::vector<task_row>& tasks) {
    std::string out = "<table><tr><th>Task<th>When<th>Next run<th>State<th>Last started<th>Last outcome</tr>\n";
    for (auto& task : tasks)
        out += fmt::format("<tr><td>{}<td><code>{}</code><td>{}<td>{}<td>{}{}</tr>\n", escape_html(task.name),
                           escape_html(task.spec), moment(task.next), escape_html(task.state),
                           moment(task.last_started), outcome_cell(task.last_outcome, task.last_error));
    return out + "</table>\n";
}

std::string runs_table(const std::vector<run_row>& runs) {
    std::string out = "<table><tr><th class=n>Run<th>Task<th>Started<th class=n>Took<th>Outcome</tr>\n";
    for (auto& run : runs)
        out +=
            fmt::format("<tr><td class=n>{}<td>{}<td>{}<td class=n>{}{}</tr>\n", run.id, escape_html(run.task),
                        moment(run.started), run.took ? seconds(*run.took) : "–", outcome_cell(run.outcome, run.error));
    return out + "</table>\n";
}

}  // namespace

std::string escape_html(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string home_page(const home_view& view) {
    const auto name = escape_html(view.program);
    std::string page = fmt::format(
        "<!DOCTYPE html>\n<html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">"
        "<link rel=icon href=\"data:,\"><title>{0}</title><style>{1}</style>\n<h1>{0}</h1>\n<p>{2}<a "
        "href=/healthz>health</a> · database "
        "<code>{3}</code> · Croft {4} · {5}</p>\n",
        name, style, view.graphql ? "<a href=/graphql>GraphiQL</a> · " : "", escape_html(view.database),
        escape_html(view.version), moment(view.now));
    page += "<h2>Tasks</h2>\n" + (view.tasks.empty() ? "<p>None are declared.</p>\n" : tasks_table(view.tasks));
    if (!view.runs.empty()) page += "<h2>Last runs</h2>\n" + runs_table(view.runs);
    page += "<h2>Models</h2>\n" + (view.models.empty() ? "<p>None are declared.</p>\n" : models_table(view.models));
    return page + "</html>\n";
}

}  // namespace croft::admin
