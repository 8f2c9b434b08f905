# Sanitizers and coverage concern every object of the build, so they are set for the whole tree.
if(HOMEWARD_SANITIZE)
  add_compile_options(-fsanitize=${HOMEWARD_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${HOMEWARD_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 loses track of std::regex's own objects once they are instrumented: a false positive inside the library.
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
endif()
if(HOMEWARD_COVERAGE)
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()
