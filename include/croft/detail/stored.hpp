// How a member of each C++ type is stored: one instantiation a type, not a field, which keeps users' files quick to
// compile. Needed only by model.hpp.
#pragma once

#include <optional>
#include <type_traits>

#include "croft/detail/members.hpp"
#include "croft/enum.hpp"
#include "croft/reference.hpp"

namespace croft {

class json;
namespace db {
class cell_view;
}

/// Set once, when the row is inserted.
struct created_at {
    time_point at{};
    friend bool operator==(const created_at&, const created_at&) = default;
};

/// Set whenever a write changes the row.
struct modified_at {
    time_point at{};
    friend bool operator==(const modified_at&, const modified_at&) = default;
};

template <class Model>
struct model_tag {};

namespace detail {

/// What croft_model() is for a struct without a CROFT_MODEL.
template <class Model>
struct undeclared {};

}  // namespace detail

template <class Model>
detail::undeclared<Model> croft_model(model_tag<Model>);

namespace detail {

/// Stands for a struct that may not be defined yet; its address tells it from others.
struct model_identity {
    std::string_view name;  // "… [Model = Item]", for messages
};
template <class Model>
constexpr std::string_view model_signature() {
    return __PRETTY_FUNCTION__;
}
template <class Model>
inline constexpr model_identity identity_of{model_signature<Model>()};

/// Throws config_error when the program has no CROFT_MODEL for it.
const model_info& model_of_identity(const model_identity& which);

/// The model that a reference points to. Its struct may be declared only where the reference is: then it is found when
/// the program runs.
template <class Model>
const model_info& target_model() {
    if constexpr (requires { sizeof(Model); })
        static_assert(!std::is_same_v<decltype(croft_model(model_tag<Model>{})), undeclared<Model>>,
                      "a reference to a struct that is not a model: write CROFT_MODEL(Name) after its definition");
    static const model_info& info = model_of_identity(identity_of<Model>);
    return info;
}

bool cell_is_null(const db::cell_view& cell) noexcept;

struct storage {
    field_type type;
    bool nullable = false;
    field_role role = field_role::plain;
    value (*get)(const void*) = nullptr;
    void (*set)(void*, value) = nullptr;
    void (*read)(void*, const db::cell_view&) = nullptr;
    const model_info& (*target)() = nullptr;
    std::string_view reverse{};
    on_delete rule = on_delete::cascade;
    int scale = 0;
    const enum_names& (*names)() = nullptr;
    bool link = false;                      // many<>: no column
    std::string_view table{};               // of the pairs; empty: named by itself
    std::size_t (*key_offset)() = nullptr;  // of ref_to
};

template <class T>
inline constexpr bool not_storable = false;

template <class T>
struct stored {
    static_assert(
        not_storable<T>,
        "a model's member must be bool, int16/32/64_t, double, croft::decimal, std::string, croft::bytes, "
        "croft::time_point, croft::date, croft::duration, croft::uuid, croft::json, an enum class, croft::ref, "
        "croft::ref_to, croft::created_at, croft::modified_at, std::optional of these, or croft::many");
    static constexpr storage how{field_type::integer64};  // one message is enough
};

#define CROFT_STORED_ONE(Type, Kind, Role)                                                          \
    template <>                                                                                     \
    struct stored<Type> {                                                                           \
        static value get(const void*);                                                              \
        static void set(void*, value);                                                              \
        static void read(void*, const db::cell_view&);                                              \
        static constexpr storage how{field_type::Kind, false, field_role::Role, &get, &set, &read}; \
    };
#define CROFT_STORED(Type, Kind)                                                                    \
    CROFT_STORED_ONE(Type, Kind, plain)                                                             \
    template <>                                                                                     \
    struct stored<std::optional<Type>> {                                                            \
        static value get(const void*);                                                              \
        static void set(void*, value);                                                              \
        static void read(void*, const db::cell_view&);                                              \
        static constexpr storage how{field_type::Kind, true, field_role::plain, &get, &set, &read}; \
    };
CROFT_STORED(bool, boolean)
CROFT_STORED(std::int16_t, integer16)
CROFT_STORED(std::int32_t, integer32)
CROFT_STORED(std::int64_t, integer64)
CROFT_STORED(double, real)
CROFT_STORED(std::string, text)
CROFT_STORED(croft::bytes, bytes)
CROFT_STORED(time_point, timestamp)
CROFT_STORED(date, date)
CROFT_STORED(duration, duration)
CROFT_STORED(uuid, uuid)
CROFT_STORED(json, json)
CROFT_STORED_ONE(created_at, timestamp, created_at)
CROFT_STORED_ONE(modified_at, timestamp, modified_at)
#undef CROFT_STORED
#undef CROFT_STORED_ONE

/// Numbers of one layout, told apart by the scale: all decimals share these.
value decimal_out(std::int64_t units, int scale);
std::int64_t decimal_in(const value& v, int scale);
std::int64_t decimal_from_cell(const db::cell_view& cell, int scale);

template <int Scale>
struct stored<decimal<Scale>> {
    static value get(const void* p) { return decimal_out(static_cast<const decimal<Scale>*>(p)->units(), Scale); }
    static void set(void* p, value v) {
        *static_cast<decimal<Scale>*>(p) = decimal<Scale>::from_units(decimal_in(v, Scale));
    }
    static void read(void* p, const db::cell_view& cell) {
        *static_cast<decimal<Scale>*>(p) = decimal<Scale>::from_units(decimal_from_cell(cell, Scale));
    }
    static constexpr storage how{.type = field_type::decimal, .get = &get, .set = &set, .read = &read, .scale = Scale};
};

value enum_out(std::int64_t number, const enum_names& names);
std::int64_t enum_in(const value& v, const enum_names& names);
std::int64_t enum_from_cell(const db::cell_view& cell, const enum_names& names);

template <storable_enum E>
struct stored<E> {
    static value get(const void* p) {
        return enum_out(static_cast<std::int64_t>(*static_cast<const E*>(p)), names_of<E>());
    }
    static void set(void* p, value v) { *static_cast<E*>(p) = static_cast<E>(enum_in(v, names_of<E>())); }
    static void read(void* p, const db::cell_view& cell) {
        *static_cast<E*>(p) = static_cast<E>(enum_from_cell(cell, names_of<E>()));
    }
    static constexpr storage how{
        .type = field_type::enumeration, .get = &get, .set = &set, .read = &read, .names = &names_of<E>};
};

value get_reference(const reference&);
std::int64_t reference_from(value);
std::int64_t reference_from_cell(const db::cell_view& cell);

template <class M, fixed_string Reverse, on_delete Rule>
struct stored<ref<M, Reverse, Rule>> {
    using member = ref<M, Reverse, Rule>;
    static value get(const void* p) { return get_reference(*static_cast<const member*>(p)); }
    static void set(void* p, value v) { static_cast<member*>(p)->id = reference_from(std::move(v)); }
    static void read(void* p, const db::cell_view& cell) { static_cast<member*>(p)->id = reference_from_cell(cell); }
    static constexpr storage how{.type = field_type::reference,
                                 .get = &get,
                                 .set = &set,
                                 .read = &read,
                                 .target = &target_model<M>,
                                 .reverse = Reverse.view(),
                                 .rule = Rule};
};

template <auto Key, fixed_string Reverse, on_delete Rule>
struct stored<ref_to<Key, Reverse, Rule>> {
    using member = ref_to<Key, Reverse, Rule>;
    using key = stored<typename member::key_type>;
    static value get(const void* p) { return key::get(&static_cast<const member*>(p)->key); }
    static void set(void* p, value v) { key::set(&static_cast<member*>(p)->key, std::move(v)); }
    static void read(void* p, const db::cell_view& cell) { key::read(&static_cast<member*>(p)->key, cell); }
    static std::size_t key_offset() { return offset_of(Key); }
    static constexpr storage how{.type = field_type::reference,
                                 .get = &get,
                                 .set = &set,
                                 .read = &read,
                                 .target = &target_model<typename member::target>,
                                 .reverse = Reverse.view(),
                                 .rule = Rule,
                                 .key_offset = &key_offset};
};

template <class M, fixed_string Reverse, fixed_string Table>
struct stored<many<M, Reverse, Table>> {
    static constexpr storage how{.type = field_type::reference,
                                 .target = &target_model<M>,
                                 .reverse = Reverse.view(),
                                 .link = true,
                                 .table = Table.view()};
};

/// What std::optional may hold, where stored<T> is a template of its own.
template <class T>
concept templated_content = storable_enum<T> || requires { T::from_units(1); } || requires { typename T::target; };

template <templated_content T>
struct stored<std::optional<T>> {
    static value get(const void* p) {
        auto& m = *static_cast<const std::optional<T>*>(p);
        return m ? stored<T>::get(&*m) : value{};
    }
    static void set(void* p, value v) {
        auto& m = *static_cast<std::optional<T>*>(p);
        if (is_null(v)) return m.reset();
        stored<T>::set(&m.emplace(), std::move(v));
    }
    static void read(void* p, const db::cell_view& cell) {
        auto& m = *static_cast<std::optional<T>*>(p);
        if (cell_is_null(cell)) return m.reset();
        stored<T>::read(&m.emplace(), cell);
    }
    static constexpr storage how = [] {
        storage nullable = stored<T>::how;
        nullable.nullable = true;
        nullable.get = &get;
        nullable.set = &set;
        nullable.read = &read;
        return nullable;
    }();
};

template <class T>
constexpr const storage* storage_of() {
    static_assert(stored<T>::how.nullable || stored<T>::how.rule != on_delete::set_null,
                  "on_delete::set_null needs an optional reference: std::optional<croft::ref<…>>");
    return &stored<T>::how;
}

template <class T>
inline constexpr auto member_storage = visit_members(sample<T>.object, [](const auto&... member) {
    return std::array<const storage*, sizeof...(member)>{storage_of<std::remove_cvref_t<decltype(member)>>()...};
});

}  // namespace detail
}  // namespace croft
