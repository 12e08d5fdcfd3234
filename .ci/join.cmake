# What ROTOR_JOIN_TESTS compiles and runs together, so that headers, templates and starts of programs cost less.

# join_tests(RESULT MODULE SOURCES...): what is compiled in place of the sources of a module's tests: a few generated ones
# that hold several each (join.sh). A source that keeps more to itself than one unnamed namespace stays alone. Of eight tests
# of scores, on a busy machine, compilation took 21 seconds of a processor where it had taken 58, and 35 without -O1.
function(join_tests result module)
  set(most 12)  # sources in one
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  set(alone "")
  set(together "")
  foreach(source ${ARGN})
    file(STRINGS ${source} unnamed REGEX "^namespace {$")
    list(LENGTH unnamed count)
    if(count EQUAL 1)
      list(APPEND together ${source})
    else()
      list(APPEND alone ${source})
    endif()
  endforeach()
  list(LENGTH together count)
  math(EXPR groups "(${count} + ${most} - 1) / ${most}")
  foreach(group RANGE 1 ${groups})
    math(EXPR begin "(${group} - 1) * ${count} / ${groups}")
    math(EXPR size "${group} * ${count} / ${groups} - ${begin}")
    list(SUBLIST together ${begin} ${size} sources)
    set(joined ${CMAKE_BINARY_DIR}/tests/${module}_${group}.cc)
    add_custom_command(OUTPUT ${joined} DEPENDS ${sources} ${CMAKE_SOURCE_DIR}/.ci/join.sh
                       COMMAND ${CMAKE_SOURCE_DIR}/.ci/join.sh ${sources} > ${joined} VERBATIM)
    list(APPEND alone ${joined})
  endforeach()
  set(${result} ${alone} PARENT_SCOPE)
endfunction()

# add_test_parts(MODULE SOURCES...): runs a module's tests in as many processes as it has sources, where each test would
# have one of its own.
function(add_test_parts module)
  list(LENGTH ARGN parts)
  foreach(part RANGE 1 ${parts})
    math(EXPR index "${part} - 1")
    add_test(NAME ${module}_tests.part_${part} COMMAND ${module}_tests --gtest_brief=1)
    set_tests_properties(${module}_tests.part_${part} PROPERTIES LABELS ${module}
                         ENVIRONMENT "GTEST_TOTAL_SHARDS=${parts};GTEST_SHARD_INDEX=${index}")
  endforeach()
endfunction()
