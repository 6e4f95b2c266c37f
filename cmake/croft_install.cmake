# cmake --install: headers, libcroft.a, and the package that find_package(croft) finds.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/croft)

install(TARGETS croft EXPORT croft_targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/croft DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.hpp)
install(EXPORT croft_targets NAMESPACE croft:: FILE croft_targets.cmake DESTINATION ${package})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/croftConfig.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/croftConfig.cmake INSTALL_DESTINATION ${package})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/croftConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/croftConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/croftConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/cmake/croft_compiler.cmake ${PROJECT_SOURCE_DIR}/cmake/croft_dependencies.cmake
  ${PROJECT_SOURCE_DIR}/cmake/croft_app.cmake DESTINATION ${package})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR})
