# End to end, through the executable: each file of this folder is one test.
foreach(name frame search inputs load people resume shards workbook export hostile mapping lr families belief)
  add_test(NAME cli.${name} COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/test_${name}.py)
  set_tests_properties(cli.${name} PROPERTIES LABELS cli TIMEOUT 600
    ENVIRONMENT "HOMEWARD_PROGRAM=$<TARGET_FILE:homeward>;HOMEWARD_DATA=${PROJECT_SOURCE_DIR}/data;PYTHONDONTWRITEBYTECODE=1")
endforeach()

# The short form of what docs/CALIBRATION.md records.
add_test(NAME cli.calibration COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/scripts/check-belief --scale 0.005)
set_tests_properties(cli.calibration PROPERTIES LABELS cli TIMEOUT 600
  ENVIRONMENT "HOMEWARD_PROGRAM=$<TARGET_FILE:homeward>;HOMEWARD_DATA=${PROJECT_SOURCE_DIR}/data;PYTHONDONTWRITEBYTECODE=1")

# docs/VALIDATION.md is what scripts/validate prints; skipped where the machine has no reference data.
add_test(NAME cli.validation COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/scripts/validate --check ${PROJECT_SOURCE_DIR}/docs/VALIDATION.md)
set_tests_properties(cli.validation PROPERTIES LABELS cli TIMEOUT 600 SKIP_RETURN_CODE 77
  ENVIRONMENT "HOMEWARD_PROGRAM=$<TARGET_FILE:homeward>;PYTHONDONTWRITEBYTECODE=1")

# Single parents, couples and pedigrees in one store, in small: every true family reported, the same files as scoring every pair.
# At national size: scripts/bench-national --jobs mixed.
add_test(NAME cli.mixed COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/scripts/bench-national --homeward $<TARGET_FILE:homeward>
  --scale 0.0001 --runs 1 --jobs mixed\ families)
set_tests_properties(cli.mixed PROPERTIES LABELS cli TIMEOUT 600
  ENVIRONMENT "HOMEWARD_DATA=${PROJECT_SOURCE_DIR}/data;PYTHONDONTWRITEBYTECODE=1")

if(HOMEWARD_WITH_MPI)
  add_test(NAME cli.mpi COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/test_mpi.py)
  set_tests_properties(cli.mpi PROPERTIES LABELS cli TIMEOUT 600 PROCESSORS 2
    ENVIRONMENT "HOMEWARD_PROGRAM=$<TARGET_FILE:homeward>;HOMEWARD_MPI_PROGRAM=$<TARGET_FILE:homeward-mpi>;HOMEWARD_MPIRUN=${MPIEXEC_EXECUTABLE};HOMEWARD_DATA=${PROJECT_SOURCE_DIR}/data;PYTHONDONTWRITEBYTECODE=1")
endif()
