# mlopsctl_room(<name> SOURCES a.cpp... [ROOMS core dataset...] [LIBRARIES PkgConfig::X ...])
# A room is a folder, a static library and a namespace of the same name. ROOMS are what its headers and sources may
# include; LIBRARIES are outside libraries that only its .cpp files open.

add_library(mlopsctl_flags INTERFACE)
target_compile_options(mlopsctl_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wold-style-cast -Wformat=2
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict> # g++ 12 warns about "x" + std::string(), falsely (GCC bug 105651)
  -ffp-contract=off) # results must not depend on whether the compiler may fuse a multiply and an add
target_include_directories(mlopsctl_flags INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)

function(mlopsctl_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;ROOMS;LIBRARIES" ${ARGN})
  add_library(mlopsctl_${name} STATIC ${ROOM_SOURCES})
  list(TRANSFORM ROOM_ROOMS PREPEND mlopsctl_)
  target_link_libraries(mlopsctl_${name} PUBLIC ${ROOM_ROOMS} PRIVATE mlopsctl_flags ${ROOM_LIBRARIES})
endfunction()

# mlopsctl_module(<name> SOURCES ... LIBRARIES ...): a shared object with a plain C interface, found beside the program.
# It links none of our rooms: a second copy of core would have its own log and its own tables.
function(mlopsctl_module name)
  cmake_parse_arguments(MODULE "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_library(${name} MODULE ${MODULE_SOURCES})
  set_target_properties(${name} PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_link_libraries(${name} PRIVATE mlopsctl_flags ${MODULE_LIBRARIES})
  set_property(GLOBAL APPEND PROPERTY MLOPSCTL_MODULES ${name})
  set_property(GLOBAL APPEND PROPERTY MLOPSCTL_SANITIZED ${name}) # the unit tests load them
endfunction()

# mlopsctl_embed(<target> NAMESPACE a::b FUNCTION name ROOT dir FILES ...): texts as a function from relative name to text.
function(mlopsctl_embed target)
  cmake_parse_arguments(EMBED "" "NAMESPACE;FUNCTION;ROOT" "FILES" ${ARGN})
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${EMBED_FUNCTION}.cpp)
  string(REPLACE ";" "|" files "${EMBED_FILES}")
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DNAMESPACE=${EMBED_NAMESPACE} -DFUNCTION=${EMBED_FUNCTION}
            -DROOT=${EMBED_ROOT} "-DFILES=${files}" -P ${CMAKE_SOURCE_DIR}/cmake/embed_texts.cmake
    DEPENDS ${EMBED_FILES} ${CMAKE_SOURCE_DIR}/cmake/embed_texts.cmake VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
