# croft_app(NAME): the program NAME from this folder: main.cpp (written here where there is none), every source file below
# apps/ and every migration in migrations/, where the program's command makemigrations writes the next one. A file that is added there belongs to the program at the next build; nothing names it. Includes are seen
# from this folder: #include "apps/items/models.hpp".
function(croft_app name)
  set(folder ${CMAKE_CURRENT_SOURCE_DIR})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/apps/*.cpp)
  file(GLOB migrations CONFIGURE_DEPENDS ${folder}/migrations/*.cpp)
  file(GLOB main CONFIGURE_DEPENDS ${folder}/main.cpp)
  if(NOT main)
    set(main ${CMAKE_CURRENT_BINARY_DIR}/${name}_main.cpp)
    file(CONFIGURE OUTPUT ${main} CONTENT
      "#include <croft/app.hpp>\n\nint main(int argc, char** argv) { return croft::main(argc, argv); }\n")
  endif()
  add_executable(${name} ${main} ${sources} ${migrations})
  target_include_directories(${name} PRIVATE ${folder})
  target_compile_options(${name} PRIVATE -Wall -Wextra)
  target_compile_definitions(${name} PRIVATE CROFT_APP_FOLDER="${folder}")
  target_compile_features(${name} PRIVATE cxx_std_23)
  target_link_libraries(${name} PRIVATE croft::croft)
  if(TARGET croft_build_options)  # within Croft's own tree: its warnings and sanitizers
    target_link_libraries(${name} PRIVATE croft_build_options)
  endif()
endfunction()
