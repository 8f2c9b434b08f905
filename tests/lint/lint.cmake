# The floors and a few habits, checked over the text of the tree.
add_test(NAME lint.floors COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/check_floors.py ${PROJECT_SOURCE_DIR})
add_test(NAME lint.self_test COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/check_floors.py --self-test)
set_tests_properties(lint.floors lint.self_test PROPERTIES LABELS lint)
