#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "croft/load.hpp"
#include "model/rows.hpp"

namespace croft {

namespace {

constexpr std::size_t kept_sources = 1000, longest_source = std::size_t{256} << 10;

/// The source row as JSON: as it came or, of an object, its fields.
std::string source_text(const incoming& in, const incoming::origin& from, const std::vector<value>* row) {
    json text;
    if (!from.source && row)
        for (std::size_t i = 0; i < in.fields.size() && i < row->size(); ++i)
            text.set(in.model->fields[in.fields[i]].name, to_json((*row)[i]));
    auto out = from.source ? from.source->dump() : text.dump();
    if (out.size() > longest_source) out = json::object({{"too_large", out.size()}}).dump();
    return out;
}

}  // namespace

incoming::incoming() = default;
incoming::incoming(const incoming& other) = default;
incoming::incoming(incoming&& other) noexcept = default;
incoming& incoming::operator=(const incoming& other) = default;
incoming& incoming::operator=(incoming&& other) noexcept = default;
incoming::~incoming() = default;

std::string field_rule::paths() const {
    auto all = path;
    for (const auto& one : more_paths) all += ", " + one;
    return all;
}

std::string rejection::describe() const {
    std::string out = fmt::format("row {}", row);
    if (!path.empty()) out += ", " + quoted(path);
    return out + ": " + reason;
}

void incoming::reject(const origin& from, std::string at, std::string reason, std::string found,
                      const std::vector<value>* row) {
    rejection made{from.number, std::move(at), std::move(reason), std::move(found), nullptr};
    if (!path.empty()) made.path = fmt::format("{}.{}{}{}", path, from.child, made.path.empty() ? "" : ".", made.path);
    const bool same_row = last_rejected_ == std::pair(from.number, from.child) && !rejected.empty();
    if (same_row) {
        made.source = rejected.back().source;
    } else {
        ++rejected_rows;
        if (rejected_rows <= kept_sources)
            made.source = std::make_shared<const std::string>(source_text(*this, from, row));
    }
    last_rejected_ = {from.number, from.child};
    const auto told = std::ranges::lower_bound(parents_told, from.number, {}, &std::pair<std::size_t, value>::first);
    if (told != parents_told.end() && told->first == from.number) parents_told.erase(told);
    rejected.push_back(std::move(made));
}

}  // namespace croft
