// One page of a JSON list, and the way to the next.
#pragma once

#include <string>

#include "document.hpp"
#include "site.hpp"

namespace upstream {

struct list_page {
    document_ptr content;  // null: the request can't be met, and `fault` says why
    std::string fault;
    std::string link;  // value of the Link header (RFC 8288): first, prev, next, last, as far as they exist
};

/// `page` counts from 1; `per_page` is 1 to 1000, by default 100. A page beyond the end is an empty list.
list_page cut_page(const document& whole, const request& asked);

}  // namespace upstream
