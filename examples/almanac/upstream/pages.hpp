// The same items as people see them: HTML to scrape.
#pragma once

#include "dataset.hpp"
#include "site.hpp"

namespace upstream {

/// /items/<version>: a table with a link to each item, /items/item.php?id=…&version=…: one item. Null: no such page.
document_ptr item_page(const request& asked, dataset& data);

}  // namespace upstream
