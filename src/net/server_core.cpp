#include "net/server_core.hpp"

#include <fmt/format.h>

#include <random>

#include "net/http_date.hpp"

namespace croft::net {

std::string_view server_core::date() {
    const auto second = std::chrono::floor<std::chrono::seconds>(now());
    if (second != date_at_) {
        date_at_ = second;
        date_ = to_http_date(second);
    }
    return date_;
}

std::string server_core::error_id() {
    if (last_id_ == 0) last_id_ = std::random_device{}();
    return fmt::format("{:08x}", static_cast<std::uint32_t>(++last_id_ * 0x9E3779B97F4A7C15u >> 32));
}

}  // namespace croft::net
