# cmake -D FOLDER=<folder> -D OUT=<file.cpp> -P embed_files.cmake: makes the source that defines
# actornet::chat::page_files() of what a browser loads from the folder.

file(GLOB files LIST_DIRECTORIES false
  ${FOLDER}/*.html ${FOLDER}/*.js ${FOLDER}/*.css ${FOLDER}/*.svg)
list(SORT files)
set(arrays "")
set(entries "")
set(number 0)
foreach(file IN LISTS files)
  cmake_path(GET file FILENAME name)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${hex}")
  string(APPEND arrays "constexpr char file_${number}[] = {${bytes}};\n")
  string(APPEND entries "    {\"${name}\", {file_${number}, sizeof file_${number}}},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(CONFIGURE OUTPUT ${OUT} @ONLY CONTENT [[
#include "page_files.hpp"

namespace actornet::chat {
namespace {
@arrays@
constexpr page_file files[] = {
@entries@};
}  // namespace
std::span<const page_file> page_files() noexcept {
  return files;
}
}  // namespace actornet::chat
]])
