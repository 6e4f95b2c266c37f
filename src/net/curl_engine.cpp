#include "net/curl_engine.hpp"

#include "croft/error.hpp"

namespace croft::net {

using boost::asio::posix::stream_descriptor;

namespace {

void start_curl() {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK) throw error("libcurl can't be started: " + std::string(curl_easy_strerror(started)));
}

}  // namespace

curl_engine::curl_engine() : loop_(runtime::loop::current()), timer_(loop_.io()) {
    start_curl();
    multi_ = curl_multi_init();
    if (!multi_) throw error("libcurl: no memory");
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 32L);
}

curl_engine::~curl_engine() {
    curl_multi_cleanup(multi_);
    for (auto& [socket, one] : watches_) one->stop();
    for (auto& [name, share] : jars_) curl_share_cleanup(share);
}

void curl_engine::add(curl_job& job) {
    curl_easy_setopt(job.handle(), CURLOPT_PRIVATE, &job);
    const auto added = curl_multi_add_handle(multi_, job.handle());
    if (added != CURLM_OK) throw error("libcurl: " + std::string(curl_multi_strerror(added)));
    ++active_;
    loop_.begin_outside();
}

void curl_engine::remove(curl_job& job) noexcept { detach(job.handle()); }

void curl_engine::detach(CURL* handle) noexcept {
    curl_multi_remove_handle(multi_, handle);
    --active_;
    loop_.end_outside();
}

CURLSH* curl_engine::jar(const std::string& name) {
    auto& share = jars_[name];
    if (!share) {
        share = curl_share_init();
        curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
    }
    return share;
}

// Sockets. curl opens and closes them; Asio only waits, and lets go of one before curl closes it.

int curl_engine::on_socket(CURL*, curl_socket_t socket, int what, void* self, void* watched) {
    auto& engine = *static_cast<curl_engine*>(self);
    if (what == CURL_POLL_REMOVE) {
        if (const auto found = engine.watches_.find(socket); found != engine.watches_.end()) {
            found->second->stop();
            engine.watches_.erase(found);
        }
        return 0;
    }
    auto* one = static_cast<watch*>(watched);
    if (!one) {
        const auto made = std::make_shared<watch>(engine, socket);
        engine.watches_[socket] = made;
        curl_multi_assign(engine.multi_, socket, made.get());
        one = made.get();
    }
    one->want(what);
    return 0;
}

curl_engine::watch::watch(curl_engine& engine, curl_socket_t socket)
    : owner(&engine), descriptor(engine.loop_.io(), socket) {}

void curl_engine::watch::want(int what) {
    wanted = what;
    if ((wanted & CURL_POLL_IN) && !reading) arm(stream_descriptor::wait_read, CURL_CSELECT_IN, reading);
    if ((wanted & CURL_POLL_OUT) && !writing) arm(stream_descriptor::wait_write, CURL_CSELECT_OUT, writing);
}

void curl_engine::watch::arm(stream_descriptor::wait_type direction, int event, bool& armed) {
    armed = true;
    descriptor.async_wait(direction, [self = shared_from_this(), event, &armed](const auto& failure) {
        armed = false;
        if (!self->owner || failure == boost::asio::error::operation_aborted) return;
        auto* const engine = self->owner;
        const int polled = event == CURL_CSELECT_IN ? CURL_POLL_IN : CURL_POLL_OUT;
        if (self->wanted & polled)
            engine->act(self->descriptor.native_handle(), failure ? event | CURL_CSELECT_ERR : event);
        if (self->owner) self->want(self->wanted);
    });
}

void curl_engine::watch::stop() {
    owner = nullptr;
    if (descriptor.is_open()) descriptor.release();
}

// Time and results

int curl_engine::on_timer(CURLM*, long milliseconds, void* self) {
    auto& engine = *static_cast<curl_engine*>(self);
    if (milliseconds < 0) {
        engine.timer_.cancel();
        return 0;
    }
    engine.timer_.expires_after(std::chrono::milliseconds(milliseconds));
    engine.timer_.async_wait([&engine](const boost::system::error_code& failure) {
        if (!failure) engine.act(CURL_SOCKET_TIMEOUT, 0);
    });
    return 0;
}

void curl_engine::act(curl_socket_t socket, int events) {
    int running = 0;
    curl_multi_socket_action(multi_, socket, events, &running);
    collect();
}

void curl_engine::collect() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        CURL* const handle = message->easy_handle;
        const CURLcode result = message->data.result;  // removing the handle frees the message
        char* job = nullptr;
        curl_easy_getinfo(handle, CURLINFO_PRIVATE, &job);
        detach(handle);
        reinterpret_cast<curl_job*>(job)->finished(result);
    }
}

}  // namespace croft::net
