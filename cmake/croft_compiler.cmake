# The compiler is part of the safety: g++ 12 miscompiles 17 of 30 everyday coroutine forms (double frees when a
# braced or aggregate argument, a capturing lambda or a ternary stands inside a co_await expression).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  message(FATAL_ERROR
    "Croft can't be built with g++ ${CMAKE_CXX_COMPILER_VERSION}: g++ 12 miscompiles everyday coroutine forms "
    "(aggregate arguments, capturing lambdas and ternaries inside co_await: double frees), and no newer g++ has been "
    "tested. Use clang 19:  cmake -DCMAKE_CXX_COMPILER=clang++-19 …")
endif()
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(FATAL_ERROR
    "Croft is built and tested with clang 19; this is ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}. "
    "Use it:  cmake -DCMAKE_CXX_COMPILER=clang++-19 …")
endif()
