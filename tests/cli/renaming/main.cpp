// A program one step after its first migration: a model and a field have new names, and say so, and a rollup has come.
#include <croft/croft.hpp>

struct Product {
    std::int64_t id = 0;
    std::string name;
    std::int32_t price = 0;
};
CROFT_MODEL(Product, unique<&Product::name>, history(), renamed_from("Item"),
            renamed_from<&Product::price>("sell_price"));

struct PriceSum {
    std::int64_t id = 0;
    std::int64_t sum_price = 0;
};
CROFT_ROLLUP(PriceSum, from<Product>, sum<&Product::price>);

int main(int argc, char** argv) { return croft::main(argc, argv); }
