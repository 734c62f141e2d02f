#pragma once

#include <span>
#include <string_view>

namespace actornet::chat {

/// A file of the folder `web`, as it was when the program was built.
struct page_file {
  std::string_view name;  ///< as `page.js`
  std::string_view content;
};

/// All of them, in order of their names. Made by cmake/embed_files.cmake.
std::span<const page_file> page_files() noexcept;

}  // namespace actornet::chat
