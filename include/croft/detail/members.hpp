// Members of an aggregate, without macros at the user's side: how many there are, their types, addresses and names.
//
// The count comes from how many empty braces initialise T; visiting uses structured bindings; the addresses are those
// inside a constexpr union that never holds a T, so nothing is constructed; all names come from one
// __PRETTY_FUNCTION__. Up to 64 members. Needed only by model.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

namespace croft::detail {

inline constexpr std::size_t most_members = 64;

#define CROFT_B1 \
    {            \
    }
#define CROFT_B2 \
    CROFT_B1, {}
#define CROFT_B3 \
    CROFT_B2, {}
#define CROFT_B4 \
    CROFT_B3, {}
#define CROFT_B5 \
    CROFT_B4, {}
#define CROFT_B6 \
    CROFT_B5, {}
#define CROFT_B7 \
    CROFT_B6, {}
#define CROFT_B8 \
    CROFT_B7, {}
#define CROFT_B9 \
    CROFT_B8, {}
#define CROFT_B10 \
    CROFT_B9, {}
#define CROFT_B11 \
    CROFT_B10, {}
#define CROFT_B12 \
    CROFT_B11, {}
#define CROFT_B13 \
    CROFT_B12, {}
#define CROFT_B14 \
    CROFT_B13, {}
#define CROFT_B15 \
    CROFT_B14, {}
#define CROFT_B16 \
    CROFT_B15, {}
#define CROFT_B17 \
    CROFT_B16, {}
#define CROFT_B18 \
    CROFT_B17, {}
#define CROFT_B19 \
    CROFT_B18, {}
#define CROFT_B20 \
    CROFT_B19, {}
#define CROFT_B21 \
    CROFT_B20, {}
#define CROFT_B22 \
    CROFT_B21, {}
#define CROFT_B23 \
    CROFT_B22, {}
#define CROFT_B24 \
    CROFT_B23, {}
#define CROFT_B25 \
    CROFT_B24, {}
#define CROFT_B26 \
    CROFT_B25, {}
#define CROFT_B27 \
    CROFT_B26, {}
#define CROFT_B28 \
    CROFT_B27, {}
#define CROFT_B29 \
    CROFT_B28, {}
#define CROFT_B30 \
    CROFT_B29, {}
#define CROFT_B31 \
    CROFT_B30, {}
#define CROFT_B32 \
    CROFT_B31, {}
#define CROFT_B33 \
    CROFT_B32, {}
#define CROFT_B34 \
    CROFT_B33, {}
#define CROFT_B35 \
    CROFT_B34, {}
#define CROFT_B36 \
    CROFT_B35, {}
#define CROFT_B37 \
    CROFT_B36, {}
#define CROFT_B38 \
    CROFT_B37, {}
#define CROFT_B39 \
    CROFT_B38, {}
#define CROFT_B40 \
    CROFT_B39, {}
#define CROFT_B41 \
    CROFT_B40, {}
#define CROFT_B42 \
    CROFT_B41, {}
#define CROFT_B43 \
    CROFT_B42, {}
#define CROFT_B44 \
    CROFT_B43, {}
#define CROFT_B45 \
    CROFT_B44, {}
#define CROFT_B46 \
    CROFT_B45, {}
#define CROFT_B47 \
    CROFT_B46, {}
#define CROFT_B48 \
    CROFT_B47, {}
#define CROFT_B49 \
    CROFT_B48, {}
#define CROFT_B50 \
    CROFT_B49, {}
#define CROFT_B51 \
    CROFT_B50, {}
#define CROFT_B52 \
    CROFT_B51, {}
#define CROFT_B53 \
    CROFT_B52, {}
#define CROFT_B54 \
    CROFT_B53, {}
#define CROFT_B55 \
    CROFT_B54, {}
#define CROFT_B56 \
    CROFT_B55, {}
#define CROFT_B57 \
    CROFT_B56, {}
#define CROFT_B58 \
    CROFT_B57, {}
#define CROFT_B59 \
    CROFT_B58, {}
#define CROFT_B60 \
    CROFT_B59, {}
#define CROFT_B61 \
    CROFT_B60, {}
#define CROFT_B62 \
    CROFT_B61, {}
#define CROFT_B63 \
    CROFT_B62, {}
#define CROFT_B64 \
    CROFT_B63, {}
#define CROFT_M1 m1
#define CROFT_M2 CROFT_M1, m2
#define CROFT_M3 CROFT_M2, m3
#define CROFT_M4 CROFT_M3, m4
#define CROFT_M5 CROFT_M4, m5
#define CROFT_M6 CROFT_M5, m6
#define CROFT_M7 CROFT_M6, m7
#define CROFT_M8 CROFT_M7, m8
#define CROFT_M9 CROFT_M8, m9
#define CROFT_M10 CROFT_M9, m10
#define CROFT_M11 CROFT_M10, m11
#define CROFT_M12 CROFT_M11, m12
#define CROFT_M13 CROFT_M12, m13
#define CROFT_M14 CROFT_M13, m14
#define CROFT_M15 CROFT_M14, m15
#define CROFT_M16 CROFT_M15, m16
#define CROFT_M17 CROFT_M16, m17
#define CROFT_M18 CROFT_M17, m18
#define CROFT_M19 CROFT_M18, m19
#define CROFT_M20 CROFT_M19, m20
#define CROFT_M21 CROFT_M20, m21
#define CROFT_M22 CROFT_M21, m22
#define CROFT_M23 CROFT_M22, m23
#define CROFT_M24 CROFT_M23, m24
#define CROFT_M25 CROFT_M24, m25
#define CROFT_M26 CROFT_M25, m26
#define CROFT_M27 CROFT_M26, m27
#define CROFT_M28 CROFT_M27, m28
#define CROFT_M29 CROFT_M28, m29
#define CROFT_M30 CROFT_M29, m30
#define CROFT_M31 CROFT_M30, m31
#define CROFT_M32 CROFT_M31, m32
#define CROFT_M33 CROFT_M32, m33
#define CROFT_M34 CROFT_M33, m34
#define CROFT_M35 CROFT_M34, m35
#define CROFT_M36 CROFT_M35, m36
#define CROFT_M37 CROFT_M36, m37
#define CROFT_M38 CROFT_M37, m38
#define CROFT_M39 CROFT_M38, m39
#define CROFT_M40 CROFT_M39, m40
#define CROFT_M41 CROFT_M40, m41
#define CROFT_M42 CROFT_M41, m42
#define CROFT_M43 CROFT_M42, m43
#define CROFT_M44 CROFT_M43, m44
#define CROFT_M45 CROFT_M44, m45
#define CROFT_M46 CROFT_M45, m46
#define CROFT_M47 CROFT_M46, m47
#define CROFT_M48 CROFT_M47, m48
#define CROFT_M49 CROFT_M48, m49
#define CROFT_M50 CROFT_M49, m50
#define CROFT_M51 CROFT_M50, m51
#define CROFT_M52 CROFT_M51, m52
#define CROFT_M53 CROFT_M52, m53
#define CROFT_M54 CROFT_M53, m54
#define CROFT_M55 CROFT_M54, m55
#define CROFT_M56 CROFT_M55, m56
#define CROFT_M57 CROFT_M56, m57
#define CROFT_M58 CROFT_M57, m58
#define CROFT_M59 CROFT_M58, m59
#define CROFT_M60 CROFT_M59, m60
#define CROFT_M61 CROFT_M60, m61
#define CROFT_M62 CROFT_M61, m62
#define CROFT_M63 CROFT_M62, m63
#define CROFT_M64 CROFT_M63, m64

/// Whether T can be initialised from N empty braces.
template <class T, std::size_t N>
inline constexpr bool takes = false;
#define CROFT_EACH(n)  \
    template <class T> \
    inline constexpr bool takes<T, n> = requires { T{CROFT_B##n}; };
// clang-format off
CROFT_EACH(1) CROFT_EACH(2) CROFT_EACH(3) CROFT_EACH(4) CROFT_EACH(5) CROFT_EACH(6) CROFT_EACH(7) CROFT_EACH(8)
CROFT_EACH(9) CROFT_EACH(10) CROFT_EACH(11) CROFT_EACH(12) CROFT_EACH(13) CROFT_EACH(14) CROFT_EACH(15) CROFT_EACH(16)
CROFT_EACH(17) CROFT_EACH(18) CROFT_EACH(19) CROFT_EACH(20) CROFT_EACH(21) CROFT_EACH(22) CROFT_EACH(23) CROFT_EACH(24)
CROFT_EACH(25) CROFT_EACH(26) CROFT_EACH(27) CROFT_EACH(28) CROFT_EACH(29) CROFT_EACH(30) CROFT_EACH(31) CROFT_EACH(32)
CROFT_EACH(33) CROFT_EACH(34) CROFT_EACH(35) CROFT_EACH(36) CROFT_EACH(37) CROFT_EACH(38) CROFT_EACH(39) CROFT_EACH(40)
CROFT_EACH(41) CROFT_EACH(42) CROFT_EACH(43) CROFT_EACH(44) CROFT_EACH(45) CROFT_EACH(46) CROFT_EACH(47) CROFT_EACH(48)
CROFT_EACH(49) CROFT_EACH(50) CROFT_EACH(51) CROFT_EACH(52) CROFT_EACH(53) CROFT_EACH(54) CROFT_EACH(55) CROFT_EACH(56)
CROFT_EACH(57) CROFT_EACH(58) CROFT_EACH(59) CROFT_EACH(60) CROFT_EACH(61) CROFT_EACH(62) CROFT_EACH(63) CROFT_EACH(64)
// clang-format on
#undef CROFT_EACH

                                    template <class T, std::size_t Low = 0, std::size_t High = most_members>
                                    constexpr std::size_t count_members() {
    if constexpr (Low == High) {
        return Low;
    } else {
        constexpr std::size_t middle = (Low + High + 1) / 2;
        if constexpr (takes<T, middle>)
            return count_members<T, middle, High>();
        else
            return count_members<T, Low, middle - 1>();
    }
}

template <class T>
inline constexpr std::size_t member_count = count_members<T>();

/// Calls `visit` with all members of `object`, in order.
template <class T, class Visitor>
constexpr auto visit_members(T& object, Visitor visit) {
    constexpr std::size_t count = member_count<std::remove_const_t<T>>;
#define CROFT_EACH(n)                \
    if constexpr (count == n) {      \
        auto& [CROFT_M##n] = object; \
        return visit(CROFT_M##n);    \
    } else
    // clang-format off
CROFT_EACH(1) CROFT_EACH(2) CROFT_EACH(3) CROFT_EACH(4) CROFT_EACH(5) CROFT_EACH(6) CROFT_EACH(7) CROFT_EACH(8)
CROFT_EACH(9) CROFT_EACH(10) CROFT_EACH(11) CROFT_EACH(12) CROFT_EACH(13) CROFT_EACH(14) CROFT_EACH(15) CROFT_EACH(16)
CROFT_EACH(17) CROFT_EACH(18) CROFT_EACH(19) CROFT_EACH(20) CROFT_EACH(21) CROFT_EACH(22) CROFT_EACH(23) CROFT_EACH(24)
CROFT_EACH(25) CROFT_EACH(26) CROFT_EACH(27) CROFT_EACH(28) CROFT_EACH(29) CROFT_EACH(30) CROFT_EACH(31) CROFT_EACH(32)
CROFT_EACH(33) CROFT_EACH(34) CROFT_EACH(35) CROFT_EACH(36) CROFT_EACH(37) CROFT_EACH(38) CROFT_EACH(39) CROFT_EACH(40)
CROFT_EACH(41) CROFT_EACH(42) CROFT_EACH(43) CROFT_EACH(44) CROFT_EACH(45) CROFT_EACH(46) CROFT_EACH(47) CROFT_EACH(48)
CROFT_EACH(49) CROFT_EACH(50) CROFT_EACH(51) CROFT_EACH(52) CROFT_EACH(53) CROFT_EACH(54) CROFT_EACH(55) CROFT_EACH(56)
CROFT_EACH(57) CROFT_EACH(58) CROFT_EACH(59) CROFT_EACH(60) CROFT_EACH(61) CROFT_EACH(62) CROFT_EACH(63) CROFT_EACH(64)
        // clang-format on
        return visit();
#undef CROFT_EACH
}

/// Storage of a T that is never constructed: its members have addresses, that is all.
template <class T>
union unborn {
    char none;
    T object;
    constexpr unborn() : none() {}
    constexpr ~unborn() {}
};
template <class T>
inline constexpr unborn<T> sample{};

template <class T>
inline constexpr auto member_addresses = visit_members(sample<T>.object, [](const auto&... member) {
    return std::array<const void*, sizeof...(member)>{std::addressof(member)...};
});

template <const void*... Addresses>
constexpr std::string_view signature() {
    return __PRETTY_FUNCTION__;
}

template <class T, std::size_t... I>
constexpr std::string_view member_signature(std::index_sequence<I...>) {
    return signature<member_addresses<T>[I]...>();
}

/// "… [Addresses = <&croft::detail::sample<Item>.object.id, …>]": split by model.cpp into the members' names.
template <class T>
constexpr std::string_view member_signature() {
    return member_signature<T>(std::make_index_sequence<member_count<T>>{});
}

/// Bytes from the start of T to the member.
template <class T, class M>
std::size_t offset_of(M T::* member) noexcept {
    return static_cast<std::size_t>(reinterpret_cast<const char*>(std::addressof(sample<T>.object.*member)) -
                                    reinterpret_cast<const char*>(std::addressof(sample<T>.object)));
}

}  // namespace croft::detail

#undef CROFT_B64
#undef CROFT_M64
#undef CROFT_B63
#undef CROFT_M63
#undef CROFT_B62
#undef CROFT_M62
#undef CROFT_B61
#undef CROFT_M61
#undef CROFT_B60
#undef CROFT_M60
#undef CROFT_B59
#undef CROFT_M59
#undef CROFT_B58
#undef CROFT_M58
#undef CROFT_B57
#undef CROFT_M57
#undef CROFT_B56
#undef CROFT_M56
#undef CROFT_B55
#undef CROFT_M55
#undef CROFT_B54
#undef CROFT_M54
#undef CROFT_B53
#undef CROFT_M53
#undef CROFT_B52
#undef CROFT_M52
#undef CROFT_B51
#undef CROFT_M51
#undef CROFT_B50
#undef CROFT_M50
#undef CROFT_B49
#undef CROFT_M49
#undef CROFT_B48
#undef CROFT_M48
#undef CROFT_B47
#undef CROFT_M47
#undef CROFT_B46
#undef CROFT_M46
#undef CROFT_B45
#undef CROFT_M45
#undef CROFT_B44
#undef CROFT_M44
#undef CROFT_B43
#undef CROFT_M43
#undef CROFT_B42
#undef CROFT_M42
#undef CROFT_B41
#undef CROFT_M41
#undef CROFT_B40
#undef CROFT_M40
#undef CROFT_B39
#undef CROFT_M39
#undef CROFT_B38
#undef CROFT_M38
#undef CROFT_B37
#undef CROFT_M37
#undef CROFT_B36
#undef CROFT_M36
#undef CROFT_B35
#undef CROFT_M35
#undef CROFT_B34
#undef CROFT_M34
#undef CROFT_B33
#undef CROFT_M33
#undef CROFT_B32
#undef CROFT_M32
#undef CROFT_B31
#undef CROFT_M31
#undef CROFT_B30
#undef CROFT_M30
#undef CROFT_B29
#undef CROFT_M29
#undef CROFT_B28
#undef CROFT_M28
#undef CROFT_B27
#undef CROFT_M27
#undef CROFT_B26
#undef CROFT_M26
#undef CROFT_B25
#undef CROFT_M25
#undef CROFT_B24
#undef CROFT_M24
#undef CROFT_B23
#undef CROFT_M23
#undef CROFT_B22
#undef CROFT_M22
#undef CROFT_B21
#undef CROFT_M21
#undef CROFT_B20
#undef CROFT_M20
#undef CROFT_B19
#undef CROFT_M19
#undef CROFT_B18
#undef CROFT_M18
#undef CROFT_B17
#undef CROFT_M17
#undef CROFT_B16
#undef CROFT_M16
#undef CROFT_B15
#undef CROFT_M15
#undef CROFT_B14
#undef CROFT_M14
#undef CROFT_B13
#undef CROFT_M13
#undef CROFT_B12
#undef CROFT_M12
#undef CROFT_B11
#undef CROFT_M11
#undef CROFT_B10
#undef CROFT_M10
#undef CROFT_B9
#undef CROFT_M9
#undef CROFT_B8
#undef CROFT_M8
#undef CROFT_B7
#undef CROFT_M7
#undef CROFT_B6
#undef CROFT_M6
#undef CROFT_B5
#undef CROFT_M5
#undef CROFT_B4
#undef CROFT_M4
#undef CROFT_B3
#undef CROFT_M3
#undef CROFT_B2
#undef CROFT_M2
#undef CROFT_B1
#undef CROFT_M1