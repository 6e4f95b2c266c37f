// A cron expression in words: "at 06:30, on Monday to Friday".
//
//     auto words = croft::text::cron_words("30 6 * * mon-fri", {.timezone = "Europe/Berlin"});
//
// Any thread.
#pragma once

#include <string>
#include <string_view>

#include "text/cron.hpp"

namespace croft::text {

/// The failure is that of cron::parse().
parsed<std::string> cron_words(std::string_view expression, const cron_options& options = {});

}  // namespace croft::text
