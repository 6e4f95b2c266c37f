# Files embedded in the library: gzip'ed and written into one table at build time, from npm's ready-made bundles and our
# own page. Each is found under its file name.
set(assets_folder ${PROJECT_SOURCE_DIR}/src/admin/assets)
set(npm ${assets_folder}/node_modules)
set(asset_files
  ${npm}/react/umd/react.production.min.js
  ${npm}/react-dom/umd/react-dom.production.min.js
  ${npm}/graphiql/graphiql.min.js
  ${npm}/graphiql/graphiql.min.css
  ${assets_folder}/graphiql-page.js)
foreach(file IN LISTS asset_files)
  if(NOT EXISTS ${file})
    message(FATAL_ERROR "${file} is missing: GraphiQL's bundles come by npm.\nRun `make setup` (or `npm ci` in "
      "src/admin/assets) and configure again.")
  endif()
endforeach()

find_program(CROFT_GZIP gzip REQUIRED)
set(asset_table ${CMAKE_CURRENT_BINARY_DIR}/assets/asset_table.cpp)
set(embed_script ${PROJECT_SOURCE_DIR}/cmake/embed_assets.cmake)
add_custom_command(
  OUTPUT ${asset_table}
  COMMAND ${CMAKE_COMMAND} "-DFILES=${asset_files}" -DGZIP=${CROFT_GZIP} -DTABLE=${asset_table}
    -DPAGE=${assets_folder}/graphiql.html -P ${embed_script}
  DEPENDS ${asset_files} ${assets_folder}/graphiql.html ${embed_script}
  COMMENT "Compressing GraphiQL's bundles" VERBATIM)
target_sources(croft PRIVATE ${asset_table})
# #embed is C23's; clang 19 has it in C++ as an extension.
set_source_files_properties(${asset_table} PROPERTIES COMPILE_OPTIONS -Wno-c23-extensions)
