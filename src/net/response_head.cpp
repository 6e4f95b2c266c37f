#include "net/response_head.hpp"

#include <charconv>

#include "croft/error.hpp"
#include "net/ascii.hpp"

namespace croft::net {

namespace {

void append_number(std::string& to, std::size_t number) {
    char digits[20];
    to.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_field(std::string& to, std::string_view name, std::string_view value) {
    to.append(name).append(": ").append(value).append("\r\n");
}

bool is_ours(std::string_view name) noexcept {
    switch (name.size()) {
        case 4:
            return same_name(name, "date");
        case 10:
            return same_name(name, "connection");
        case 14:
            return same_name(name, "content-length");
        case 17:
            return same_name(name, "transfer-encoding");
        default:
            return false;
    }
}

void check(const http::header& field) {
    constexpr std::string_view forbidden("\r\n\0", 3);
    if (field.name.empty() || field.name.find_first_of(": \r\n") != field.name.npos ||
        field.value.find_first_of(forbidden) != field.value.npos)
        throw error("an answer's header '" + field.name.substr(0, field.name.find_first_of(forbidden)) +
                    "' can't be sent: it holds a line break, a NUL or a bad name");
}

}  // namespace

void append_head(std::string& to, const http::response& reply, const framing& frame, std::string_view date) {
    const int status = reply.status >= 100 && reply.status <= 599 ? reply.status : 500;
    to.append("HTTP/1.1 ");
    append_number(to, static_cast<std::size_t>(status));
    to.append(" ").append(http::reason_phrase(status)).append("\r\n");
    append_field(to, "Date", date);
    for (const auto& field : reply.headers) {
        if (is_ours(field.name)) continue;
        check(field);
        append_field(to, field.name, field.value);
    }
    if (frame.length) {
        to.append("Content-Length: ");
        append_number(to, *frame.length);
        to.append("\r\n");
    }
    if (frame.chunked) append_field(to, "Transfer-Encoding", "chunked");
    if (frame.close)
        append_field(to, "Connection", "close");
    else if (frame.old_keep_alive)
        append_field(to, "Connection", "keep-alive");
    to.append("\r\n");
}

}  // namespace croft::net
