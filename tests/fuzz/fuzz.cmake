# One libFuzzer program a target.
foreach(target profiles forced encoding codis codis_text familias workbook population case registrations personal)
  add_executable(fuzz_${target} EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/libfuzzer/main.cpp ${CMAKE_CURRENT_LIST_DIR}/targets.cpp)
  target_include_directories(fuzz_${target} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_compile_definitions(fuzz_${target} PRIVATE HOMEWARD_FUZZ_TARGET="${target}" HOMEWARD_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(fuzz_${target} PRIVATE homeward::import homeward::registry)
  target_link_options(fuzz_${target} PRIVATE -fsanitize=fuzzer)
endforeach()
