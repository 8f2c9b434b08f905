# Sanitizers and coverage concern every object of the build, so they are set for the whole tree.
if(HOMEWARD_SANITIZE)
  add_compile_options(-fsanitize=${HOMEWARD_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${HOMEWARD_SANITIZE})
endif()
if(HOMEWARD_COVERAGE)
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()
