#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace actornet::talk {

/// Removes the first code point of @p text and gives it; for a byte that is no UTF-8 that byte, and
/// U+FFFD. @pre not empty
char32_t take_code_point(std::string_view& text) noexcept;

/// Appends @p code as UTF-8. @pre a code point
void append_utf8(std::string& to, char32_t code);

/// How many columns of a terminal it takes: 0 (combining), 1 or 2 (Unicode 14, East_Asian_Width).
std::size_t columns_of(char32_t code) noexcept;

/// Of a printable text of one line. U+FE0F, which asks for an emoji, counts 1: terminals differ.
std::size_t columns_of(std::string_view text) noexcept;

/// @p text of somebody else, fit for a terminal: valid UTF-8 without control characters, without
/// what changes the order of text (bidirectional marks, embeddings, overrides, isolates) and
/// without what is not seen, but joiners. Controls and broken bytes become U+FFFD, a tab spaces, a
/// line feed stays or becomes a space. Marks on one character are cut off after the eighth.
enum class line_feeds { stay, become_spaces };
std::string printable(std::string_view text, line_feeds lines = line_feeds::become_spaces);

}  // namespace actornet::talk
