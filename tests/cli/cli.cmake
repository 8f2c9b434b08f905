# End to end, through the executable: each file of this folder is one test.
foreach(name frame search inputs load resume workbook export hostile mapping)
  add_test(NAME cli.${name} COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/test_${name}.py)
  set_tests_properties(cli.${name} PROPERTIES LABELS cli TIMEOUT 600
    ENVIRONMENT "HOMEWARD_PROGRAM=$<TARGET_FILE:homeward>;HOMEWARD_DATA=${PROJECT_SOURCE_DIR}/data;PYTHONDONTWRITEBYTECODE=1")
endforeach()
