# Installs the build into a fresh folder, builds the consumer against it and runs what was built and installed.
function(step)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "failed (${code}): ${ARGN}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK_FOLDER})
step(${CMAKE_COMMAND} --install ${BUILD_FOLDER} --prefix ${WORK_FOLDER}/prefix)
step(${CMAKE_COMMAND} -S ${CONSUMER} -B ${WORK_FOLDER}/build -G ${GENERATOR} -D CMAKE_PREFIX_PATH=${WORK_FOLDER}/prefix
  -D CMAKE_CXX_COMPILER=${CXX} -D CMAKE_C_COMPILER=${C} -D CMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER} -D CMAKE_CXX_FLAGS=${FLAGS}
  -D CMAKE_FIND_USE_PACKAGE_REGISTRY=OFF)
step(${CMAKE_COMMAND} --build ${WORK_FOLDER}/build)
step(${WORK_FOLDER}/build/consumer)
message(STATUS "${output}")
# The installed program finds its data beside itself.
step(${WORK_FOLDER}/prefix/bin/homeward version)
message(STATUS "${output}")
file(REMOVE_RECURSE ${WORK_FOLDER})
