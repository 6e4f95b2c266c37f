// One request as curl sends it, and the answer as it comes in. Lives in the frame of the task that waits for it;
// destroying it takes the request back. Loop thread only.
#pragma once

#include <string>

#include "net/curl_engine.hpp"
#include "net/http_client.hpp"

namespace croft::net {

class curl_transfer final : curl_job {
public:
    /// Throws http::error when the request can't be sent as it is. `ask` must outlive this.
    curl_transfer(curl_engine& engine, const http::request& ask, const client_limits& limits, const std::string& jar);
    ~curl_transfer() override;
    curl_transfer(const curl_transfer&) = delete;
    curl_transfer& operator=(const curl_transfer&) = delete;

    class [[nodiscard]] awaiter : runtime::waiter {
    public:
        explicit awaiter(curl_transfer& owner) noexcept : owner_(owner) {}
        ~awaiter() { owner_.target_ = nullptr; }
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> frame) {
            suspend(frame);
            owner_.target_ = this;
            owner_.start();
        }
        /// The answer; throws what went wrong.
        http::response await_resume() { return owner_.take(); }

    private:
        friend class curl_transfer;
        curl_transfer& owner_;
    };
    awaiter run() noexcept { return awaiter(*this); }

private:
    CURL* handle() noexcept override { return easy_; }
    void finished(CURLcode result) noexcept override;
    void start();
    http::response take();
    template <class Value>
    void set(CURLoption option, Value value) {
        curl_easy_setopt(easy_, option, value);
    }
    void set_method();
    void set_headers();
    void set_limits();
    void read_header(std::string_view line);
    [[noreturn]] void fail() const;
    http::failure_facts facts(std::string reason, bool repeatable) const;
    static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self);
    static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self);

    curl_engine& engine_;
    const http::request& ask_;
    const client_limits limits_;
    CURL* easy_ = nullptr;
    curl_slist* headers_ = nullptr;
    runtime::waiter* target_ = nullptr;
    http::response reply_;
    std::size_t header_bytes_ = 0;
    CURLcode result_ = CURLE_OK;
    bool active_ = false;
    bool body_too_large_ = false;
    char reason_[CURL_ERROR_SIZE] = {};
};

}  // namespace croft::net
