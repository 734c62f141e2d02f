# How everything of actornet is built: language, sanitizers, warnings, the shape of a library.

include(CMakePackageConfigHelpers)

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION MATCHES "^16\\.")
  # Indented: CMake keeps it on one line.
  message(FATAL_ERROR "  clang 16 miscompiles coroutines that change their thread (it keeps \
thread-local addresses across a suspension): take g++ >= 12, clang 14 or clang >= 19")
endif()

# -- for every target below the top level -----------------------------------------------------

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)  # each public header compiles alone
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release)
  endif()
  find_program(ACTORNET_CCACHE ccache)
  mark_as_advanced(ACTORNET_CCACHE)
  if(ACTORNET_CCACHE)
    set(CMAKE_C_COMPILER_LAUNCHER ${ACTORNET_CCACHE})
    # Folders of builds share what they compile alike (presets debug and select); the sloppiness is
    # what ccache asks for with precompiled headers.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros ${ACTORNET_CCACHE})
  endif()
endif()

if(ACTORNET_SANITIZE)
  add_compile_options(-fsanitize=${ACTORNET_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${ACTORNET_SANITIZE})
  if(ACTORNET_SANITIZE STREQUAL "thread")
    # ThreadSanitizer does not understand fences (-Wtsan finds ours); Asio's are for several threads
    # in one io_context, which we never have.
    add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
endif()

# -- functions ----------------------------------------------------------------------------------

# actornet_globbed(<variable> <pattern>...): the files of the current folder, followed by the build.
function(actornet_globbed variable)
  file(GLOB files CONFIGURE_DEPENDS LIST_DIRECTORIES false ${ARGN})
  list(SORT files)
  set(${variable} ${files} PARENT_SCOPE)
endfunction()

# Our own code: warnings, and as errors in our own build. Never for generated or foreign code.
function(actornet_own_code target)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    return()
  endif()
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Woverloaded-virtual -Wextra-semi)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 reports std::string's own copies (GCC PR 105651) and, with sanitizers, much of what
    # they insert.
    target_compile_options(${target} PRIVATE -Wno-restrict)
    if(ACTORNET_SANITIZE)
      target_compile_options(${target} PRIVATE
        -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds)
    endif()
  endif()
  if(ACTORNET_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# actornet_library(<name> BASE <folder of headers> HEADERS <file>... SOURCES <file>...
#                  [LINK <target>...] [LINK_HIDDEN <target>...])
#
# Makes the target actornet_<name> with its alias actornet::<name>, installed with its headers as
# the package's component <name>. Without sources it is a library of headers. LINK is public,
# LINK_HIDDEN is neither seen nor needed by users.
function(actornet_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "BASE" "HEADERS;SOURCES;LINK;LINK_HIDDEN")
  set(target actornet_${name})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
    actornet_own_code(${target})
    target_compile_options(${target} PRIVATE -Wconversion)
    if(arg_LINK_HIDDEN)
      target_link_libraries(${target} PRIVATE "$<BUILD_INTERFACE:${arg_LINK_HIDDEN}>")
    endif()
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(actornet::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(${target} ${scope} cxx_std_20)
  target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS ${arg_BASE} FILES ${arg_HEADERS})
  target_link_libraries(${target} ${scope} ${arg_LINK})
  install(TARGETS ${target} EXPORT actornet-${name} FILE_SET HEADERS)
  install(EXPORT actornet-${name} FILE actornet-${name}.cmake NAMESPACE actornet::
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/actornet)
  set_property(GLOBAL APPEND PROPERTY ACTORNET_INSTALLED_COMPONENTS ${name})
endfunction()

# What find_package(actornet CONFIG) finds.
function(actornet_install_package)
  get_property(components GLOBAL PROPERTY ACTORNET_INSTALLED_COMPONENTS)
  set(ACTORNET_INSTALLED_COMPONENTS ${components})
  set(folder ${CMAKE_INSTALL_LIBDIR}/cmake/actornet)
  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/actornet-config.cmake.in
    ${PROJECT_BINARY_DIR}/actornet-config.cmake INSTALL_DESTINATION ${folder}
    PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/actornet-config-version.cmake
    COMPATIBILITY SameMinorVersion)
  install(FILES
    ${PROJECT_BINARY_DIR}/actornet-config.cmake
    ${PROJECT_BINARY_DIR}/actornet-config-version.cmake
    ${PROJECT_SOURCE_DIR}/cmake/actornet_components.cmake
    ${PROJECT_SOURCE_DIR}/cmake/actornet_protobuf.cmake
    ${PROJECT_SOURCE_DIR}/cmake/FindCAF.cmake
    DESTINATION ${folder})
endfunction()
