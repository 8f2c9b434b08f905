# An external project finds the installed package, links homeward::homeward and computes with it.
set(consumer_flags "")
if(HOMEWARD_SANITIZE)
  set(consumer_flags -fsanitize=${HOMEWARD_SANITIZE})
elseif(HOMEWARD_COVERAGE)
  set(consumer_flags --coverage)
endif()
add_test(NAME consumer COMMAND ${CMAKE_COMMAND}
  -D BUILD_FOLDER=${PROJECT_BINARY_DIR} -D WORK_FOLDER=${CMAKE_CURRENT_BINARY_DIR}/consumer -D CONSUMER=${CMAKE_CURRENT_LIST_DIR}
  -D GENERATOR=${CMAKE_GENERATOR} -D CXX=${CMAKE_CXX_COMPILER} -D C=${CMAKE_C_COMPILER} -D LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}
  -D FLAGS=${consumer_flags} -P ${CMAKE_CURRENT_LIST_DIR}/run.cmake)
set_tests_properties(consumer PROPERTIES LABELS consumer TIMEOUT 300)
