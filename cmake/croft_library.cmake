# One static library: the layers are folders, checked by scripts/check-layers, not link units.
include(croft_dependencies)
find_package(Boost 1.81 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_path(CROFT_LIBPQ_HEADERS libpq-fe.h PATH_SUFFIXES postgresql REQUIRED)  # the library itself is opened at run time
mark_as_advanced(CROFT_LIBPQ_HEADERS)
get_target_property(CROFT_SIMDJSON croft::simdjson IMPORTED_LOCATION)  # almanac-upstream is built without Croft

file(GLOB_RECURSE CROFT_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*.cpp)
add_library(croft STATIC ${CROFT_SOURCES})
add_library(croft::croft ALIAS croft)
target_compile_features(croft PUBLIC cxx_std_23)
target_include_directories(croft PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>
  PRIVATE ${PROJECT_SOURCE_DIR}/src SYSTEM PRIVATE ${CROFT_LIBPQ_HEADERS})
# Asio lives in headers: all of a program must see it under the same settings, or the linker mixes two of them.
target_compile_definitions(croft PUBLIC BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE
  PRIVATE SPDLOG_COMPILED_LIB SPDLOG_FMT_EXTERNAL)
# What a program doesn't use is left out of it, function by function.
target_compile_options(croft PRIVATE -ffunction-sections -fdata-sections)
target_link_options(croft INTERFACE LINKER:--gc-sections)
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/app/version.cpp PROPERTIES
  COMPILE_DEFINITIONS CROFT_VERSION="${PROJECT_VERSION}")
target_link_libraries(croft
  PRIVATE $<BUILD_INTERFACE:croft_build_options>
  PUBLIC Threads::Threads croft::sqlite3 croft::gumbo croft::spdlog croft::fmt croft::boost_url croft::simdjson
    croft::date-tz CURL::libcurl OpenSSL::SSL OpenSSL::Crypto ZLIB::ZLIB ${CMAKE_DL_LIBS})
