#include "model/placeholders.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace croft::model_sql {

namespace {

bool starts_a_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_in_a_name(char c) { return starts_a_name(c) || (c >= '0' && c <= '9'); }

class placer {
public:
    placer(const detail::sql_text& what, db::engine engine) : what_(what), text_(what.text), engine_(engine) {}

    db::statement place() {
        if (!what_.in_turn.empty() && !what_.by_name.empty()) fail("give values in turn or by name, not both");
        while (at_ < text_.size()) step();
        if (in_turn_ != what_.in_turn.size())
            fail(fmt::format("it has {} placeholders, but {} values were given", in_turn_, what_.in_turn.size()));
        for (std::size_t i = 0; i < what_.by_name.size(); ++i)
            if (places_.size() <= i || places_[i] == 0)
                fail(fmt::format("a value is given for :{}, which isn't in it", what_.by_name[i].name));
        return std::move(out_);
    }

private:
    [[noreturn]] void fail(std::string_view why) const { throw error(fmt::format("SQL {}: {}", quoted(text_), why)); }
    char look(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
    void copy(std::size_t until) {
        until = std::min(until, text_.size());
        out_.sql.append(text_.substr(at_, until - at_));
        at_ = until;
    }
    /// To behind the next `end` after the first `skip` characters.
    void copy_past(std::string_view end, std::size_t skip) {
        const auto found = text_.find(end, at_ + skip);
        copy(found == text_.npos ? text_.size() : found + end.size());
    }

    void step() {
        const char c = look();
        if (c == '\'' && engine_ == db::engine::postgres && escapes())
            copy_escaped();
        else if (c == '\'' || c == '"' || (c == '`' && engine_ == db::engine::sqlite))
            copy_past(std::string_view(&text_[at_], 1), 1);  // a doubled quote: two quoted pieces, one after the other
        else if (c == '[' && engine_ == db::engine::sqlite)
            copy_past("]", 1);
        else if (c == '-' && look(1) == '-')
            copy_past("\n", 2);
        else if (c == '/' && look(1) == '*')
            copy_comment();
        else if (c == '$' && engine_ == db::engine::postgres && (at_ == 0 || !is_in_a_name(text_[at_ - 1])))
            copy_dollars();
        else if (c == '?')
            question();
        else if (c == ':')
            colon();
        else
            copy(at_ + 1);
    }

    /// E'…': only there is a backslash more than itself.
    bool escapes() const {
        return at_ > 0 && (text_[at_ - 1] == 'E' || text_[at_ - 1] == 'e') &&
               (at_ < 2 || !is_in_a_name(text_[at_ - 2]));
    }
    void copy_escaped() {
        auto end = at_ + 1;
        while (end < text_.size() && text_[end] != '\'') end += text_[end] == '\\' ? 2 : 1;
        copy(end + 1);
    }

    void copy_comment() {
        if (engine_ == db::engine::sqlite) return copy_past("*/", 2);
        auto end = at_ + 2;
        for (int depth = 1; depth > 0 && end < text_.size();) {  // PostgreSQL's comments nest
            const auto two = text_.substr(end, 2);
            depth += two == "/*" ? 1 : two == "*/" ? -1 : 0;
            end += two == "/*" || two == "*/" ? 2 : 1;
        }
        copy(end);
    }

    /// $tag$ … $tag$
    void copy_dollars() {
        auto end = at_ + 1;
        while (end < text_.size() && is_in_a_name(text_[end])) ++end;
        const bool quote = end < text_.size() && text_[end] == '$' && !(look(1) >= '0' && look(1) <= '9');
        if (!quote) fail("write ? or :name for a value; $1 is PostgreSQL's own");
        copy_past(text_.substr(at_, end + 1 - at_), end + 1 - at_);
    }

    void question() {
        if (look(1) == '?') {
            out_.sql += '?';
            at_ += 2;
            return;
        }
        if (!what_.by_name.empty()) fail("it has ?, but its values are given by name; write ?? for a question mark");
        if (look(1) >= '0' && look(1) <= '9') fail("write ? or :name for a value; ?1 is SQLite's own");
        ++at_;
        if (in_turn_ < what_.in_turn.size()) bind(what_.in_turn[in_turn_]);
        ++in_turn_;
    }

    void colon() {
        if (look(1) == ':') return copy(at_ + 2);
        if (!starts_a_name(look(1)) || (at_ > 0 && is_in_a_name(text_[at_ - 1]))) return copy(at_ + 1);
        auto end = at_ + 1;
        while (end < text_.size() && is_in_a_name(text_[end])) ++end;
        const auto name = text_.substr(at_ + 1, end - at_ - 1);
        at_ = end;
        const auto found = std::ranges::find(what_.by_name, name, &named_value::name);
        if (found == what_.by_name.end()) {
            std::vector<std::string_view> known;
            for (auto& one : what_.by_name) known.push_back(one.name);
            fail(fmt::format("no value is given for :{}{}", name, did_you_mean(name, known)));
        }
        const auto i = static_cast<std::size_t>(found - what_.by_name.begin());
        places_.resize(what_.by_name.size());
        if (places_[i] == 0) {
            bind(found->to);
            places_[i] = out_.params.size();
        } else {
            out_.sql += mark() + std::to_string(places_[i]);
        }
    }

    std::string mark() const { return engine_ == db::engine::sqlite ? "?" : "$"; }
    void bind(const value& v) {
        out_.params.push_back(v);
        out_.sql += mark() + std::to_string(out_.params.size());
    }

    const detail::sql_text& what_;
    std::string_view text_;
    db::engine engine_;
    std::size_t at_ = 0, in_turn_ = 0;
    std::vector<std::size_t> places_;  // of the values by name: their numbers, from 1
    db::statement out_;
};

}  // namespace

db::statement placed(const detail::sql_text& what, db::engine engine) { return placer(what, engine).place(); }

}  // namespace croft::model_sql
