// gzip for answers, and which answers deserve it. Any thread, but one gzip_packer at a time for each.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace croft::net {

/// Keeps its 256 KiB of working memory between uses; takes it at the first.
class gzip_packer {
public:
    gzip_packer();
    ~gzip_packer();
    /// Throws croft::error when there is no memory.
    std::string pack(std::string_view plain);

private:
    struct machine;
    std::unique_ptr<machine> machine_;
};

/// Whether an Accept-Encoding header lets us send gzip (RFC 9110 §12.5.3). An absent header doesn't.
bool accepts_gzip(std::string_view accept_encoding);

/// Text, JSON, XML, scripts, SVG: what gzip makes smaller.
bool is_compressible(std::string_view content_type);

}  // namespace croft::net
