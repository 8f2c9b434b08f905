# The store through the eyes of a stranger: h5py reads it, h5py spoils it.
add_test(NAME store.h5py COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/test_h5py.py)
set_tests_properties(store.h5py PROPERTIES LABELS store SKIP_RETURN_CODE 77 TIMEOUT 600
  ENVIRONMENT "HOMEWARD_PROGRAM=$<TARGET_FILE:homeward>;HOMEWARD_DATA=${PROJECT_SOURCE_DIR}/data;PYTHONDONTWRITEBYTECODE=1")
