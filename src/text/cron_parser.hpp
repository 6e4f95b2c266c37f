// Reads a whole cron expression: aliases, @every, five to seven fields. `cron` (cron.hpp) is the way in.
#pragma once

#include <chrono>
#include <string_view>

#include "croft/error.hpp"
#include "text/cron.hpp"
#include "text/cron_fields.hpp"

namespace croft::text {

struct cron_expression {
    cron_fields fields{};
    std::chrono::seconds period{0};  // @every, and then the fields mean nothing
};

/// The time zone of the options is not looked at.
parsed<cron_expression> parse_cron(std::string_view expression, const cron_options& options);

}  // namespace croft::text
