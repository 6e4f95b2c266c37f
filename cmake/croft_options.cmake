set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(CROFT_SANITIZE "" CACHE STRING "Sanitizers to build with: address,undefined or thread")

# Warnings and sanitizers are for our own targets; users of the library choose their own.
add_library(croft_build_options INTERFACE)
target_compile_options(croft_build_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  -Wnon-virtual-dtor -Wimplicit-fallthrough
  -Wno-missing-designated-field-initializers -Werror)
if(CROFT_SANITIZE)
  target_compile_options(croft_build_options INTERFACE -fsanitize=${CROFT_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(croft_build_options INTERFACE -fsanitize=${CROFT_SANITIZE})
endif()
find_program(CROFT_LLD ld.lld-19)
if(CROFT_LLD)
  add_link_options(-fuse-ld=${CROFT_LLD})
endif()
