// One representation of a resource, ready to be sent: its bytes plain and compressed, and its validators.
#pragma once

#include <ctime>
#include <memory>
#include <string>

namespace upstream {

struct document {
    std::string content_type;
    std::string body;
    std::string gzip;
    std::string etag;       // strong: a hash of the body, quoted
    std::string gzip_etag;  // other bytes, so another strong tag (RFC 9110 §8.8.3.3)
    std::time_t modified = 0;
};

using document_ptr = std::shared_ptr<const document>;

document_ptr make_document(std::string content_type, std::string body, std::time_t modified);

}  // namespace upstream
