#include "db/postgres/libpq.hpp"

#include <dlfcn.h>

#include <string>

#include "croft/error.hpp"

namespace croft::db::postgres {
namespace {

const libpq* open_libpq() {
    void* const library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);  // never closed: its libraries don't take that
    if (!library) {
        const char* const reason = dlerror();
        throw config_error(
            std::string("a postgresql:// URL needs PostgreSQL's client library, Debian's package libpq5 ") +
            "(apt-get install libpq5): " + (reason ? reason : "it can't be opened"));
    }
    static libpq functions;
    const char* missing = nullptr;
    const auto find = [&](auto& function, const char* name) {
        function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
        if (!function) missing = name;
    };
#define CROFT_FIND(name) find(functions.name, #name);
    CROFT_LIBPQ(CROFT_FIND)
#undef CROFT_FIND
    if (missing)
        throw config_error(std::string("PostgreSQL's client library libpq5 is too old: it has no ") + missing +
                           "; version 14 or newer is needed");
    return &functions;
}

}  // namespace

const libpq* detail::loaded = nullptr;

void load_libpq() {
    static const libpq* const functions = open_libpq();
    detail::loaded = functions;
}

}  // namespace croft::db::postgres
