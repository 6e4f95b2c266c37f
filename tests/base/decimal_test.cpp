#include "croft/decimal.hpp"

#include <gtest/gtest.h>

#include <limits>

using namespace croft;

namespace {

std::string read(std::string_view text, int scale) {
    const auto number = parse_decimal(text, scale);
    return number ? to_text(*number)
                  : "column " + std::to_string(number.error().column) + ": " + number.error().message;
}

}  // namespace

TEST(decimal, texts_are_exact_and_have_the_scales_digits) {
    EXPECT_EQ(to_text(decimal_value{1250, 2}), "12.50");
    EXPECT_EQ(to_text(decimal_value{-5, 2}), "-0.05");
    EXPECT_EQ(to_text(decimal_value{0, 3}), "0.000");
    EXPECT_EQ(to_text(decimal_value{-7, 0}), "-7");
    EXPECT_EQ(to_text(decimal<18>::from_units(-999'999'999'999'999'999)), "-0.999999999999999999");
}

TEST(decimal, parsing_takes_numbers_that_fit_and_says_where_others_stop) {
    EXPECT_EQ(read("12.5", 2), "12.50");
    EXPECT_EQ(read("-.5", 2), "-0.50");
    EXPECT_EQ(read("+007.", 2), "7.00");
    EXPECT_EQ(read("12.5000", 2), "12.50");
    EXPECT_EQ(read("1.25e3", 2), "1250.00");
    EXPECT_EQ(read("1250e-2", 2), "12.50");
    EXPECT_EQ(read("-0", 2), "0.00");
    EXPECT_EQ(read("9999999999999999.99", 2), "9999999999999999.99");
    EXPECT_EQ(read("10000000000000000", 2), "column 18: more than 16 digits before the point");
    EXPECT_EQ(read("0.001", 2), "column 6: more than 2 digits after the point: some would be lost");
    EXPECT_EQ(read("1e99999", 2), "column 8: more than 16 digits before the point");
    EXPECT_EQ(read("0e99999", 2), "0.00");
    EXPECT_EQ(read("", 2), "column 1: expected digits");
    EXPECT_EQ(read(".", 2), "column 2: expected digits");
    EXPECT_EQ(read("12 €", 2), "column 3: expected the end of the number");
    EXPECT_EQ(read("1e", 2), "column 3: expected the exponent's digits");
}

TEST(decimal, arithmetic_is_exact_and_refuses_to_overflow) {
    decimal<2> price = 9.99;
    EXPECT_EQ(to_text(price * 3 + 1), "30.97");
    EXPECT_EQ(to_text(-price - decimal<2>(0.01)), "-10.00");
    price += 0.01;
    EXPECT_EQ(price, 10);
    decimal<2> sum;
    for (int i = 0; i < 1000; ++i) sum += 0.1;
    EXPECT_EQ(sum, 100);
    const auto most = decimal<2>::from_units(999'999'999'999'999'999);
    EXPECT_THROW(most + decimal<2>(0.01), error);
    EXPECT_THROW(most * 2, error);
    EXPECT_THROW(decimal<2>(std::int64_t{10'000'000'000'000'000}), error);
}

TEST(decimal, doubles_are_rounded_as_they_are_written) {
    EXPECT_EQ(to_text(decimal<2>::rounded(0.1 + 0.2)), "0.30");
    EXPECT_EQ(to_text(decimal<2>::rounded(1.005)), "1.01");
    EXPECT_EQ(to_text(decimal<2>::rounded(-1.005)), "-1.01");
    EXPECT_EQ(to_text(decimal<0>::rounded(2.5)), "3");
    EXPECT_EQ(to_text(decimal<3>::rounded(1e-9)), "0.000");
    EXPECT_THROW(decimal<2>::rounded(1e17), error);
    EXPECT_THROW(decimal<2>::rounded(std::numeric_limits<double>::quiet_NaN()), error);
    EXPECT_THROW(decimal<2>::rounded(std::numeric_limits<double>::infinity()), error);
}

TEST(decimal, values_compare_by_what_they_are_worth_and_change_scale_without_loss) {
    EXPECT_EQ((decimal_value{15, 1}), (decimal_value{150, 2}));
    EXPECT_LT((decimal_value{-999'999'999'999'999'999, 0}), (decimal_value{999'999'999'999'999'999, 18}));
    EXPECT_EQ(to_text(rescaled({15, 1}, 3)), "1.500");
    EXPECT_EQ(to_text(rescaled({1500, 3}, 1)), "1.5");
    EXPECT_THROW(rescaled({155, 2}, 1), error);
    EXPECT_THROW(rescaled({999'999'999'999'999'999, 0}, 1), error);
}
