# One static library: the layers are folders, checked by scripts/check-layers, not link units.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)

function(croft_find_archive VAR NAME)   # the static archive where Debian has one: a small binary that runs elsewhere
  find_library(${VAR} NAMES lib${NAME}.a ${NAME} REQUIRED)
  set(${VAR} ${${VAR}} PARENT_SCOPE)
endfunction()
croft_find_archive(CROFT_SQLITE sqlite3)
croft_find_archive(CROFT_GUMBO gumbo)
croft_find_archive(CROFT_FMT fmt)
croft_find_archive(CROFT_SPDLOG spdlog)
croft_find_archive(CROFT_BOOST_URL boost_url)
find_library(CROFT_SIMDJSON simdjson REQUIRED)
find_library(CROFT_DATE_TZ date-tz REQUIRED)

file(GLOB_RECURSE CROFT_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*.cpp)
add_library(croft STATIC ${CROFT_SOURCES})
add_library(croft::croft ALIAS croft)
target_compile_features(croft PUBLIC cxx_std_23)
target_include_directories(croft PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>
  PRIVATE ${PROJECT_SOURCE_DIR}/src)
# Asio lives in headers: all of a program must see it under the same settings, or the linker mixes two of them.
target_compile_definitions(croft PUBLIC BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE
  PRIVATE SPDLOG_COMPILED_LIB SPDLOG_FMT_EXTERNAL)
target_link_libraries(croft
  PRIVATE $<BUILD_INTERFACE:croft_build_options>
  PUBLIC Threads::Threads ${CROFT_SQLITE} ${CROFT_GUMBO} ${CROFT_SPDLOG} ${CROFT_FMT} ${CROFT_BOOST_URL}
    ${CROFT_SIMDJSON} ${CROFT_DATE_TZ} CURL::libcurl OpenSSL::SSL OpenSSL::Crypto ZLIB::ZLIB ${CMAKE_DL_LIBS})
