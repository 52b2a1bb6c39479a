# SPDX-FileCopyrightText: 2026 Atom Chat contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# atom_add_library(<target> SOURCES ... [LINK ...])
#   One folder, one library, one alias. LINK is the folder's permission list: what is not named there may
#   not be included (tests/architecture/tst_layering reads the same list from the includes' side).
#   With ATOM_LAYERS the libraries are shared and linked with --no-undefined, so an upward call cannot link.
#
# atom_add_test(<name> SOURCES ... [LINK ...] [LABELS unit|integration|gui|slow])
#   One Qt Test program; it links only what it names.

function(atom_add_library target)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  if(ATOM_LAYERS)
    add_library(${target} SHARED ${ARG_SOURCES})
    target_link_options(${target} PRIVATE -Wl,--no-undefined)
  else()
    add_library(${target} STATIC ${ARG_SOURCES})
  endif()
  # No <target>_EXPORTS: shared and static objects are then the same to the compiler cache.
  set_target_properties(${target} PROPERTIES AUTOMOC ON DEFINE_SYMBOL "")
  target_include_directories(${target} PUBLIC "${CMAKE_SOURCE_DIR}")
  target_link_libraries(${target} PUBLIC ${ARG_LINK})
endfunction()

function(atom_add_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES AUTOMOC ON RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE Qt6::Test ${ARG_LINK})
  target_compile_definitions(${name} PRIVATE
    ATOM_SOURCE_DIR="${CMAKE_SOURCE_DIR}" ATOM_BINARY_DIR="${CMAKE_BINARY_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  # Offscreen by default: a test that needs a window system says so itself.
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 300
    ENVIRONMENT "QT_QPA_PLATFORM=offscreen;QTEST_FUNCTION_TIMEOUT=120000;TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/tsan.supp")
endfunction()
