# croft_python_tests(PREFIX SCRIPT [VARIABLE=value …]): each test of a Python unittest script becomes one of ctest's, as
# PREFIX.group.name, run with these environment variables.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

function(croft_python_tests prefix script)
  cmake_path(ABSOLUTE_PATH script)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${script})
  file(STRINGS ${script} lines REGEX "^(class|    def test_)")
  foreach(line IN LISTS lines)
    if(line MATCHES "^class ([a-z_0-9]+)")
      set(group ${CMAKE_MATCH_1})
    elseif(line MATCHES "def (test_([a-z_0-9]+))")
      set(name ${prefix}.${group}.${CMAKE_MATCH_2})
      add_test(NAME ${name} COMMAND Python3::Interpreter -B ${script} ${group}.${CMAKE_MATCH_1})
      set_tests_properties(${name} PROPERTIES TIMEOUT 180 ENVIRONMENT "${ARGN}")
    endif()
  endforeach()
endfunction()
