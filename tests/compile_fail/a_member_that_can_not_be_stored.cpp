// error: a model's member must be bool, int16/32/64_t, double, croft::decimal, std::string
#include <croft/query.hpp>

struct Item {
    std::int64_t id = 0;
    float price = 0;  // misuse
};
CROFT_MODEL(Item);
