# Finds the C++ Actor Framework 0.17.6, whose Debian package has no CMake config.
#
#   find_package(CAF 0.17.6 REQUIRED COMPONENTS core)
#
# Components: core (always), io, test (headers only). Targets: CAF::core, CAF::io, CAF::test.
# Hints: CAF_ROOT (the prefix of an installation).
#
# actornet's scheduler stands on interfaces that other CAF versions do not have, so any other
# version is refused here, in one line, and not by pages of compiler errors.

set(_caf_version_wanted 0.17.6)

find_path(CAF_INCLUDE_DIR caf/config.hpp)
find_library(CAF_CORE_LIBRARY caf_core)
find_library(CAF_IO_LIBRARY caf_io)
mark_as_advanced(CAF_INCLUDE_DIR CAF_CORE_LIBRARY CAF_IO_LIBRARY)

# CAF_VERSION is one number; up to 0.x its digits are MMmmpp, and since 1.0 it may be written with
# a leading 0, which would make it octal. Hence the three macros of 1.x first, then the digits.
set(CAF_VERSION "")
if(CAF_INCLUDE_DIR)
  set(_caf_lines "")
  foreach(_caf_header IN ITEMS config.hpp detail/build_config.hpp)
    if(EXISTS ${CAF_INCLUDE_DIR}/caf/${_caf_header})
      file(STRINGS ${CAF_INCLUDE_DIR}/caf/${_caf_header} _caf_some
        REGEX "^#[ ]*define CAF_([A-Z]+_)?VERSION[ ]+[0-9]+")
      list(APPEND _caf_lines ${_caf_some})
    endif()
  endforeach()
  if(_caf_lines MATCHES "CAF_MAJOR_VERSION +([0-9]+)")
    set(CAF_VERSION ${CMAKE_MATCH_1})
    foreach(_caf_part IN ITEMS MINOR PATCH)
      if(_caf_lines MATCHES "CAF_${_caf_part}_VERSION +([0-9]+)")
        string(APPEND CAF_VERSION .${CMAKE_MATCH_1})
      endif()
    endforeach()
  elseif(_caf_lines MATCHES "CAF_VERSION +0*([0-9]+)")
    math(EXPR _caf_major "${CMAKE_MATCH_1} / 10000")
    math(EXPR _caf_minor "${CMAKE_MATCH_1} / 100 % 100")
    math(EXPR _caf_patch "${CMAKE_MATCH_1} % 100")
    set(CAF_VERSION ${_caf_major}.${_caf_minor}.${_caf_patch})
  endif()
endif()

set(CAF_core_FOUND FALSE)
set(CAF_io_FOUND FALSE)
set(CAF_test_FOUND FALSE)
set(_caf_problem "")
if(CAF_VERSION AND NOT CAF_VERSION VERSION_EQUAL _caf_version_wanted)
  set(_caf_problem
    "actornet needs CAF ${_caf_version_wanted}, but ${CAF_INCLUDE_DIR} has CAF ${CAF_VERSION}: \
build the tag ${_caf_version_wanted} of actor-framework and set CAF_ROOT to its prefix")
elseif(CAF_VERSION AND CAF_CORE_LIBRARY)
  set(CAF_core_FOUND TRUE)
  if(CAF_IO_LIBRARY AND EXISTS ${CAF_INCLUDE_DIR}/caf/io/all.hpp)
    set(CAF_io_FOUND TRUE)
  endif()
  if(EXISTS ${CAF_INCLUDE_DIR}/caf/test/dsl.hpp)
    set(CAF_test_FOUND TRUE)
  endif()
else()
  set(_caf_problem "actornet needs CAF ${_caf_version_wanted} (Debian: libcaf-dev; elsewhere build \
the tag ${_caf_version_wanted} of actor-framework and set CAF_ROOT to its prefix)")
endif()

if(_caf_problem)
  unset(CAF_INCLUDE_DIR CACHE)  # look again once CAF_ROOT is set
  unset(CAF_CORE_LIBRARY CACHE)
  unset(CAF_IO_LIBRARY CACHE)
endif()
if(_caf_problem AND CAF_FIND_REQUIRED)
  message(FATAL_ERROR "  ${_caf_problem}")  # indented: CMake keeps it on one line
endif()

include(FindPackageHandleStandardArgs)
set(CAF_FIND_REQUIRED_core TRUE)
find_package_handle_standard_args(CAF
  REQUIRED_VARS CAF_INCLUDE_DIR CAF_CORE_LIBRARY CAF_core_FOUND
  VERSION_VAR CAF_VERSION
  HANDLE_COMPONENTS
  REASON_FAILURE_MESSAGE "${_caf_problem}")

if(CAF_FOUND AND NOT TARGET CAF::core)
  find_package(Threads REQUIRED)
  add_library(CAF::core UNKNOWN IMPORTED)
  set_target_properties(CAF::core PROPERTIES
    IMPORTED_LOCATION ${CAF_CORE_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${CAF_INCLUDE_DIR}
    INTERFACE_LINK_LIBRARIES Threads::Threads)
endif()
if(CAF_FOUND AND CAF_io_FOUND AND NOT TARGET CAF::io)
  add_library(CAF::io UNKNOWN IMPORTED)
  set_target_properties(CAF::io PROPERTIES
    IMPORTED_LOCATION ${CAF_IO_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${CAF_INCLUDE_DIR}
    INTERFACE_LINK_LIBRARIES CAF::core)
endif()
if(CAF_FOUND AND CAF_test_FOUND AND NOT TARGET CAF::test)
  add_library(CAF::test INTERFACE IMPORTED)
  set_target_properties(CAF::test PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES ${CAF_INCLUDE_DIR}
    INTERFACE_LINK_LIBRARIES CAF::core)
endif()
