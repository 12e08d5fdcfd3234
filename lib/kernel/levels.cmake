# The kernels are compiled once a level of instruction sets, and the program uses the highest level that its CPU has
# ("base/isa.h"). Nothing in a kernel says so: link_level.sh gives the names of a level's objects a suffix, and
# jump_table.sh writes, under the names without one, jumps to the level in use. A new kernel is a new file here; a new
# level is a line below and one in base/isa.cc.

# kernel_level(LEVEL SOURCES... FLAGS ...): from the lowest level to the highest. A level that lacks a source has that of
# the level before it. Only the sources in `replaced` may be lacking: they are linked by themselves, so that the other
# kernels call them, too, by the jump table.
function(kernel_level level)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "FLAGS;SOURCES")
  foreach(part ${level} ${level}.replaced)
    set(sources ${arg_SOURCES})
    if(part STREQUAL level)
      set(filter EXCLUDE)
    else()
      set(filter INCLUDE)
    endif()
    list(FILTER sources ${filter} REGEX "/(${replaced})\\.cc$")
    if(NOT sources)
      continue()
    endif()
    set(objects kernels-${part})
    add_library(${objects} OBJECT ${sources})
    target_compile_options(${objects} PRIVATE -fopenmp-simd ${arg_FLAGS} $<$<BOOL:${ROTOR_SANITIZE}>:-O1>)
    target_include_directories(${objects} PRIVATE lib)
    target_link_libraries(${objects} PRIVATE ${libraries})
    set(linked ${CMAKE_BINARY_DIR}/kernels/${part}.o)
    add_custom_command(
      OUTPUT ${linked} DEPENDS ${objects} $<TARGET_OBJECTS:${objects}> lib/kernel/link_level.sh
      COMMAND ${CMAKE_COMMAND} -E env LD=${CMAKE_LINKER} NM=${CMAKE_NM} OBJCOPY=${CMAKE_OBJCOPY}
              ${CMAKE_SOURCE_DIR}/lib/kernel/link_level.sh ${part} ${linked} $<TARGET_OBJECTS:${objects}>
      COMMAND_EXPAND_LISTS VERBATIM)
    list(APPEND kernel_objects ${linked})
  endforeach()
  set(kernel_objects ${kernel_objects} PARENT_SCOPE)
  set(kernel_levels ${kernel_levels} ${level} PARENT_SCOPE)
endfunction()

file(GLOB kernels CONFIGURE_DEPENDS lib/kernel/*.cc)
set(replaced "quantized_products|bfloat16")
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/kernels)
set(quantized lib/kernel/quantized_products.cc)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL aarch64)
  # Scheduled before registers are given out, the sums of a tile do not find one each.
  set(neon -fno-schedule-insns)
  kernel_level(neon SOURCES ${kernels} FLAGS ${neon} -march=armv8-a)
  kernel_level(neon_dot SOURCES ${quantized} FLAGS ${neon} -march=armv8.2-a+dotprod)
else()
  # Tuned for no CPU in particular, GCC makes no vectors of products of integers, which dropout's masks are made of.
  set(avx2 -march=x86-64-v3 -mtune=skylake)
  set(avx512 -march=x86-64-v4 -mtune=icelake-server -mprefer-vector-width=512)
  kernel_level(avx2 SOURCES ${kernels} FLAGS ${avx2})
  kernel_level(avx2_vnni SOURCES ${quantized} FLAGS ${avx2} -mavxvnni)
  kernel_level(avx512 SOURCES ${kernels} FLAGS ${avx512})
  kernel_level(avx512_vnni SOURCES ${quantized} FLAGS ${avx512} -mavx512vnni)
  set(amx -mavx512vnni -mavx512bf16 -mamx-tile -mamx-int8 -mamx-bf16)
  kernel_level(avx512_amx SOURCES ${quantized} lib/kernel/bfloat16.cc FLAGS ${avx512} ${amx})
endif()

set(jump_table ${CMAKE_BINARY_DIR}/kernels/jump_table.s)
add_custom_command(
  OUTPUT ${jump_table} DEPENDS ${kernel_objects} lib/kernel/jump_table.sh
  COMMAND ${CMAKE_COMMAND} -E env NM=${CMAKE_NM} ${CMAKE_SOURCE_DIR}/lib/kernel/jump_table.sh ${CMAKE_SYSTEM_PROCESSOR}
          ${kernel_objects} > ${jump_table}
  VERBATIM)
