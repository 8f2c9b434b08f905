# The store through the eyes of a stranger: h5py reads it, h5py spoils it.
# Debian's python3-h5py belongs to the system's interpreter, which need not be the first on the path.
find_program(HOMEWARD_H5PY_PYTHON python3 HINTS /usr/bin NO_DEFAULT_PATH)
if(NOT HOMEWARD_H5PY_PYTHON)
  set(HOMEWARD_H5PY_PYTHON ${Python3_EXECUTABLE})
endif()
add_test(NAME store.h5py COMMAND ${HOMEWARD_H5PY_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/test_h5py.py)
set_tests_properties(store.h5py PROPERTIES LABELS store SKIP_RETURN_CODE 77 TIMEOUT 600
  ENVIRONMENT "HOMEWARD_PROGRAM=$<TARGET_FILE:homeward>;HOMEWARD_DATA=${PROJECT_SOURCE_DIR}/data;PYTHONDONTWRITEBYTECODE=1")
