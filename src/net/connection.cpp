#include "net/connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "croft/stream.hpp"
#include "net/ascii.hpp"
#include "net/listen_address.hpp"

namespace croft::net {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t first_buffer = 2048;
constexpr std::size_t largest_request_to_skip = std::size_t{256} << 10;

std::string describe_refusal(int status) {
    switch (status) {
        case 408:
            return "The request took too long.\n";
        case 413:
            return "The request's body is too large.\n";
        case 431:
            return "The request's header is too large.\n";
        case 501:
            return "This transfer coding isn't understood.\n";
        case 505:
            return "Only HTTP/1.0 and HTTP/1.1 are spoken here.\n";
        default:
            return "This is no valid HTTP request.\n";
    }
}

}  // namespace

connection::connection(tcp::socket socket, server_core& core) : socket_(std::move(socket)), core_(core) {
    error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.set_option(tcp::no_delay(true), ignored);
    const auto peer = socket_.remote_endpoint(ignored);
    if (!ignored) remote_ = to_text(peer);
    finishing_ = core_.stopping;
    core_.connections.push_back(*this);
    ++core_.open;
}

connection::~connection() {
    unlink();
    if (--core_.open == 0 && core_.stopping) core_.all_closed.set();
}

void connection::check(instant now) {
    if (now < deadline_) return;
    expired_ = true;
    deadline_ = instant::max();
    error_code ignored;
    socket_.cancel(ignored);
}

void connection::finish() {
    finishing_ = true;
    error_code ignored;
    if (idle_) socket_.cancel(ignored);
}

void connection::allow(duration time) {
    expired_ = false;
    deadline_ = std::chrono::steady_clock::now() + time;
}

task<> connection::run() {
    while (co_await serve_next()) {
    }
}

task<bool> connection::serve_next() {
    parser_.emplace(core_.limits.header_bytes, core_.limits.body_bytes);
    switch (co_await read_request()) {
        case received::nothing:
            co_return false;
        case received::refused: {
            const int status = expired_ ? 408 : parser_->refusal();
            const asked about{};
            if (co_await send(http::response::text(status, describe_refusal(status)), &about)) co_await linger();
            co_return false;
        }
        case received::request:
            break;
    }
    allow_any_time();
    const asked about = note(parser_->request());
    co_return co_await send(co_await answer(std::move(parser_->request()), &about), &about);
}

// Reading

task<connection::received> connection::read_request() {
    idle_ = end_ == begin_;
    allow(idle_ ? core_.limits.idle_timeout : core_.limits.request_timeout);
    for (;;) {
        if (end_ > begin_) {
            begin_ += parser_->read(unread());
            if (parser_->refusal() != 0) co_return received::refused;
            if (parser_->is_done()) co_return received::request;
            if (parser_->wants_continue()) {
                parser_->continued();
                if (!co_await write("HTTP/1.1 100 Continue\r\n\r\n", {})) co_return received::nothing;
            }
        }
        if (finishing_ && idle_) co_return received::nothing;
        if (end_ - begin_ >= core_.limits.header_bytes) {  // a chunk's size line that doesn't end
            parser_->refuse(400);
            co_return received::refused;
        }
        const bool more = co_await fill();
        if (expired_) co_return idle_ ? received::nothing : received::refused;
        if (!more) co_return received::nothing;
        if (std::exchange(idle_, false)) allow(core_.limits.request_timeout);
    }
}

/// Reads what has come, at the end of what is there already. False: the reader has gone.
task<bool> connection::fill() {
    if (begin_ > 0) {
        std::copy(in_.begin() + begin_, in_.begin() + end_, in_.begin());
        end_ -= std::exchange(begin_, 0);
    }
    if (end_ == in_.size()) in_.resize(std::max(first_buffer, std::min(2 * in_.size(), core_.limits.header_bytes)));
    const auto room = boost::asio::buffer(in_.data() + end_, in_.size() - end_);
    const auto [failure, bytes] = co_await wait_([&](auto done) { socket_.async_read_some(room, std::move(done)); });
    end_ += bytes;
    co_return !failure;
}

// Answering

connection::asked connection::note(const http::request& ask) const {
    return {.method = ask.method,
            .url = ask.url,
            .gzip = core_.limits.compress_from > 0 && accepts_gzip(ask.headers["accept-encoding"]),
            .keep_alive = parser_->keep_alive(),
            .old = parser_->is_old()};
}

task<http::response> connection::answer(http::request ask, const asked* about) {
    ask.remote = remote_;
    std::string reason;
    try {
        co_return co_await core_.answer(std::move(ask));
    } catch (...) {
        reason = describe(std::current_exception(), true);
    }
    const auto id = core_.error_id();
    core_.log(fmt::format("{} {}: {} (error {})", about->method, about->url, reason, id));
    co_return http::response::text(500, "Internal error " + id + ". The log tells more under this number.\n");
}

void connection::compress(http::response& reply, const asked& about) {
    const auto plain = reply.content();
    if (plain.size() < core_.limits.compress_from || core_.limits.compress_from == 0) return;
    if (reply.headers.contains("content-encoding") || !is_compressible(reply.headers["content-type"])) return;
    reply.headers.add("Vary", "Accept-Encoding");
    if (!about.gzip) return;
    reply.body = core_.gzip.pack(plain);
    reply.fixed_body = {};
    reply.headers.add("Content-Encoding", "gzip");
}

/// True when another request may follow.
task<bool> connection::send(http::response reply, const asked* about) {
    const bool has_body = may_have_body(reply.status);
    const bool in_pieces = has_body && reply.pieces;
    if (has_body && !in_pieces) compress(reply, *about);
    framing frame;
    frame.chunked = in_pieces && !about->old;
    if (has_body && !in_pieces) frame.length = reply.content().size();
    frame.close = finishing_ || !about->keep_alive || (in_pieces && about->old) ||
                  same_name(reply.headers["connection"], "close");
    frame.old_keep_alive = about->old;
    out_.clear();
    bool sound = true;
    try {
        append_head(out_, reply, frame, core_.date());
    } catch (const error& fault) {
        core_.log(fmt::format("{} {}: {}", about->method, about->url, fault.what()));
        sound = false;
    }
    if (!sound) {
        out_.clear();
        reply = http::response::text(500, "Internal error.\n");
        frame.length = reply.body.size();
        frame.chunked = false;
        append_head(out_, reply, frame, core_.date());
    }
    const bool wants_body = has_body && about->method != "HEAD";
    const auto body = wants_body && frame.length ? reply.content() : std::string_view();
    if (!co_await write(out_, body)) co_return false;
    if (wants_body && in_pieces && sound && !co_await send_pieces(&reply, frame.chunked)) co_return false;
    co_return !frame.close;
}

// Bodies in pieces: while the next one is awaited, the reader may go away, and nobody would notice.

task<bool> connection::send_pieces(const http::response* reply, bool chunked) {
    bool complete = false;
    event over;
    group both;
    both.spawn(pump(reply->pieces(), chunked, &complete, &over));
    both.spawn(watch(&over));
    co_await over.wait();
    co_return complete;
}

task<> connection::pump(stream<std::string> source, bool chunked, bool* complete, event* over) {
    try {
        bool open = true;
        while (open) {
            auto piece = co_await source.next();
            if (!piece) break;
            if (piece->empty()) continue;
            const auto size = chunked ? fmt::format("{:x}\r\n", piece->size()) : std::string();
            if (chunked) *piece += "\r\n";
            open = co_await write(size, *piece);
        }
        *complete = open && (!chunked || co_await write("0\r\n\r\n", {}));
    } catch (...) {
        core_.log("an answer in pieces ended early: " + describe(std::current_exception(), true));
    }
    over->set();
}

task<> connection::watch(event* over) {
    for (;;) {
        co_await watching_([&](auto done) { socket_.async_wait(tcp::socket::wait_read, std::move(done)); });
        char next = 0;
        error_code failure;
        socket_.receive(boost::asio::buffer(&next, 1), tcp::socket::message_peek, failure);
        if (failure == boost::asio::error::would_block) continue;
        if (failure) over->set();
        co_return;  // gone, or another request waits: then the end can't be seen any more
    }
}

// Writing

/// Writes what the socket takes without waiting. True when that was all.
bool connection::write_now(std::string_view& first, std::string_view& second, error_code& failure) {
    while (!first.empty() || !second.empty()) {
        const std::array<boost::asio::const_buffer, 2> both{boost::asio::buffer(first), boost::asio::buffer(second)};
        const auto sent = socket_.write_some(both, failure);
        if (failure) return false;
        const auto of_first = std::min(sent, first.size());
        first.remove_prefix(of_first);
        second.remove_prefix(sent - of_first);
    }
    return true;
}

task<bool> connection::write(std::string_view first, std::string_view second) {
    for (error_code failure; !write_now(first, second, failure); failure = {}) {
        if (failure != boost::asio::error::would_block) co_return false;
        const auto reading_until = deadline_;
        allow(core_.limits.write_timeout);
        const auto ready =
            co_await wait_([&](auto done) { socket_.async_wait(tcp::socket::wait_write, std::move(done)); });
        if (ready.failure || expired_) co_return false;
        deadline_ = reading_until;
    }
    co_return true;
}

/// Closing while unread bytes come in would reset the connection, and the reader might never see the answer.
task<> connection::linger() {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    allow(2s);
    for (std::size_t skipped = 0; skipped < largest_request_to_skip && !expired_;) {
        begin_ = end_ = 0;
        if (!co_await fill()) co_return;
        skipped += end_;
    }
}

}  // namespace croft::net
