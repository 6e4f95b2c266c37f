#include "db/sqlite/functions.hpp"

#include <cmath>
#include <string_view>

#include "text/regex.hpp"

namespace croft::db::sqlite {

namespace {

void fail(sqlite3_context* call, const char* message) { sqlite3_result_error(call, message, -1); }

struct add {
    static bool overflows(sqlite3_int64 a, sqlite3_int64 b, sqlite3_int64* out) {
        return __builtin_add_overflow(a, b, out);
    }
    static double real(double a, double b) { return a + b; }
};
struct subtract {
    static bool overflows(sqlite3_int64 a, sqlite3_int64 b, sqlite3_int64* out) {
        return __builtin_sub_overflow(a, b, out);
    }
    static double real(double a, double b) { return a - b; }
};
struct multiply {
    static bool overflows(sqlite3_int64 a, sqlite3_int64 b, sqlite3_int64* out) {
        return __builtin_mul_overflow(a, b, out);
    }
    static double real(double a, double b) { return a * b; }
};
struct divide {
    static bool overflows(sqlite3_int64 a, sqlite3_int64 b, sqlite3_int64* out) {
        if (a == INT64_MIN && b == -1) return true;
        *out = a / b;
        return false;
    }
    static double real(double a, double b) { return a / b; }
};
struct remainder {
    static bool overflows(sqlite3_int64 a, sqlite3_int64 b, sqlite3_int64* out) {
        *out = b == -1 ? 0 : a % b;
        return false;
    }
};

template <class How>
constexpr bool divides = std::is_same_v<How, divide> || std::is_same_v<How, remainder>;

template <class How>
void integers(sqlite3_context* call, sqlite3_int64 a, sqlite3_int64 b) {
    sqlite3_int64 out = 0;
    if (divides<How> && b == 0) return fail(call, "division by zero");
    if (How::overflows(a, b, &out)) return fail(call, "bigint out of range");  // in PostgreSQL's words
    sqlite3_result_int64(call, out);
}

template <class How>
void reals(sqlite3_context* call, double a, double b) {
    if constexpr (std::is_same_v<How, remainder>) {
        fail(call, "the remainder is that of integers");
    } else {
        if (divides<How> && b == 0) return fail(call, "division by zero");
        const double out = How::real(a, b);
        if (std::isinf(out) && !std::isinf(a) && !std::isinf(b)) return fail(call, "value out of range: overflow");
        if (out == 0 && a != 0 && (std::is_same_v<How, divide> || (std::is_same_v<How, multiply> && b != 0)))
            return fail(call, "value out of range: underflow");
        sqlite3_result_double(call, out);
    }
}

template <class How>
void arithmetic(sqlite3_context* call, int, sqlite3_value** given) {
    const int a = sqlite3_value_type(given[0]), b = sqlite3_value_type(given[1]);
    const auto number = [](int type) { return type == SQLITE_INTEGER || type == SQLITE_FLOAT; };
    if (a == SQLITE_NULL || b == SQLITE_NULL) return sqlite3_result_null(call);
    if (!number(a) || !number(b)) return fail(call, "arithmetic on something that is no number");
    if (a == SQLITE_INTEGER && b == SQLITE_INTEGER)
        integers<How>(call, sqlite3_value_int64(given[0]), sqlite3_value_int64(given[1]));
    else
        reals<How>(call, sqlite3_value_double(given[0]), sqlite3_value_double(given[1]));
}

void within(sqlite3_context* call, int, sqlite3_value** given) {
    if (sqlite3_value_type(given[0]) == SQLITE_NULL) return sqlite3_result_null(call);
    const auto number = sqlite3_value_int64(given[0]);
    if (number < sqlite3_value_int64(given[1]) || number > sqlite3_value_int64(given[2]))
        return fail(call, "integer out of range");
    sqlite3_result_int64(call, number);
}

std::string_view text_of(sqlite3_value* v) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(v));
    return {text ? text : "", static_cast<std::size_t>(sqlite3_value_bytes(v))};
}

template <bool IgnoreCase>
void matches(sqlite3_context* call, int, sqlite3_value** given) {
    if (sqlite3_value_type(given[0]) == SQLITE_NULL || sqlite3_value_type(given[1]) == SQLITE_NULL)
        return sqlite3_result_null(call);
    const auto* kept = static_cast<const text::regex*>(sqlite3_get_auxdata(call, 1));
    if (kept) return sqlite3_result_int(call, kept->found_in(text_of(given[0])));
    try {
        auto* made = new text::regex(text::regex::checked(text_of(given[1]), IgnoreCase));
        sqlite3_result_int(call, made->found_in(text_of(given[0])));
        sqlite3_set_auxdata(call, 1, made, [](void* p) { delete static_cast<text::regex*>(p); });
    } catch (const std::exception& e) {
        fail(call, e.what());
    }
}

}  // namespace

void add_functions(sqlite3* connection) {
    const auto add_one = [&](const char* name, int parameters, void (*fn)(sqlite3_context*, int, sqlite3_value**)) {
        sqlite3_create_function_v2(connection, name, parameters, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
                                   nullptr, fn, nullptr, nullptr, nullptr);
    };
    add_one("croft_add", 2, arithmetic<add>);
    add_one("croft_subtract", 2, arithmetic<subtract>);
    add_one("croft_multiply", 2, arithmetic<multiply>);
    add_one("croft_divide", 2, arithmetic<divide>);
    add_one("croft_remainder", 2, arithmetic<remainder>);
    add_one("croft_within", 3, within);
    add_one("croft_matches", 2, matches<false>);
    add_one("croft_imatches", 2, matches<true>);
}

}  // namespace croft::db::sqlite
