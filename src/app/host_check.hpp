// Against DNS rebinding: a page of a stranger's site, opened in a browser on this machine, can have its own name point
// at 127.0.0.1 and then read what an app serves there. The browser still sends the stranger's name in Host. Any thread.
#pragma once

#include <string_view>

namespace croft::app {

/// Whether an app that listens on the loopback address `listen` ("127.0.0.1:8000") may answer a request with this Host:
/// localhost, 127.0.0.1, [::1] or the configured host, with any port (tunnels change it). Without a Host the request
/// comes from no browser, and is answered.
bool is_own_host(std::string_view host, std::string_view listen);

}  // namespace croft::app
