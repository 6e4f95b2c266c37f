# What libcroft.a is linked with. Read by the build and, after installation, by find_package(croft): the names
# croft::NAME mean the same files in both.
find_package(Threads REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)

# croft_external(NAME): the library lib<NAME> as croft::<NAME>; its static archive where there is one, for a small binary
# that runs elsewhere.
function(croft_external name)
  if(TARGET croft::${name})
    return()
  endif()
  string(MAKE_C_IDENTIFIER "CROFT_LIB_${name}" variable)
  find_library(${variable} NAMES lib${name}.a ${name})
  mark_as_advanced(${variable})
  if(NOT ${variable})
    message(FATAL_ERROR "Croft needs the library ${name}. scripts/packages.txt in its source lists Debian's packages.")
  endif()
  add_library(croft::${name} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(croft::${name} PROPERTIES IMPORTED_LOCATION ${${variable}})
endfunction()
foreach(name sqlite3 gumbo spdlog fmt boost_url simdjson date-tz)
  croft_external(${name})
endforeach()
