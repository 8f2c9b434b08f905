# What an external project sees: find_package(homeward), then link homeward::homeward (everything) or single groups.
include(CMakePackageConfigHelpers)

get_property(homeward_groups GLOBAL PROPERTY HOMEWARD_GROUPS)
add_library(homeward_all INTERFACE)
target_link_libraries(homeward_all INTERFACE ${homeward_groups})
set_target_properties(homeward_all PROPERTIES EXPORT_NAME homeward)
add_library(homeward::homeward ALIAS homeward_all)

set(homeward_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/homeward)
install(TARGETS homeward_all ${homeward_groups} EXPORT homeward-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT homeward-targets NAMESPACE homeward:: DESTINATION ${homeward_package_dir})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/homeward DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/homeward-config.cmake.in ${PROJECT_BINARY_DIR}/homeward-config.cmake
  INSTALL_DESTINATION ${homeward_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/homeward-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/homeward-config.cmake ${PROJECT_BINARY_DIR}/homeward-config-version.cmake
  DESTINATION ${homeward_package_dir})
