// What both engines' triggers of a rollup are written with. Any thread.
#pragma once

#include "model/rollup/rollup.hpp"

namespace croft::rollup {

class trigger_parts {
public:
    explicit trigger_parts(const rollup_info& of);

protected:
    struct column {
        rollup_kind what;
        std::string own, source;  // quoted
        bool nullable = false;    // of the source
        const summed* sums = nullptr;
    };

    std::string name(std::string_view suffix) const { return of.model->table + "_rollup_" + std::string(suffix); }
    /// For every key: left, the operator, right, joined by AND; "true" without keys. "{0}" stands for the column of the
    /// rollup, "{1}" for that of the source.
    std::string for_keys(std::string_view pattern, std::string_view separator) const;
    /// The average, of the hidden columns' new values.
    std::string average(const column& one, std::string_view sum, std::string_view rest, std::string_view count) const;
    /// What adding `more` to `sum` loses by rounding (Neumaier).
    static std::string lost_by_adding(std::string_view sum, std::string_view more);

private:
    void watch(const std::string& column);

protected:
    const rollup_info& of;
    std::string table, source;  // quoted
    std::vector<summed> sums;
    std::vector<column> keys, values;
    std::vector<std::string> watched;  // quoted columns of the source; a change of others is none
};

}  // namespace croft::rollup
