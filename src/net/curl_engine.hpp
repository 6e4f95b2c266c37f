// libcurl's multi interface on the loop: it tells which sockets it waits for, Asio waits. Loop thread only.
#pragma once

#include <curl/curl.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <string>

#include "runtime/loop.hpp"

namespace croft::net {

/// One request: told when curl is through with it.
class curl_job {
public:
    virtual ~curl_job() = default;
    virtual CURL* handle() noexcept = 0;
    virtual void finished(CURLcode result) noexcept = 0;
};

class curl_engine {
public:
    curl_engine();
    ~curl_engine();
    curl_engine(const curl_engine&) = delete;
    curl_engine& operator=(const curl_engine&) = delete;

    void add(curl_job& job);
    /// Takes a job back that hasn't finished.
    void remove(curl_job& job) noexcept;
    /// The cookies that requests of one site share.
    CURLSH* jar(const std::string& name);
    std::size_t active() const noexcept { return active_; }

private:
    struct watch : std::enable_shared_from_this<watch> {
        watch(curl_engine& engine, curl_socket_t socket);
        void want(int what);
        void arm(boost::asio::posix::stream_descriptor::wait_type direction, int event, bool& armed);
        void stop();

        curl_engine* owner;
        boost::asio::posix::stream_descriptor descriptor;
        int wanted = CURL_POLL_NONE;
        bool reading = false, writing = false;
    };

    static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void* watched);
    static int on_timer(CURLM*, long milliseconds, void* self);
    void act(curl_socket_t socket, int events);
    void collect();
    void detach(CURL* handle) noexcept;

    runtime::loop& loop_;
    CURLM* multi_ = nullptr;
    boost::asio::steady_timer timer_;
    std::map<curl_socket_t, std::shared_ptr<watch>> watches_;
    std::map<std::string, CURLSH*> jars_;
    std::size_t active_ = 0;
};

}  // namespace croft::net
