#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace actornet::talk {

/// @p text, which is printable, as lines of at most @p width columns (4 at least). Breaks at spaces
/// and line feeds, inside a word only if it is longer than a line. All lines but the first begin
/// with @p indent spaces (half of the width at most). No line for no text.
std::vector<std::string> wrap(std::string_view text, std::size_t width, std::size_t indent);

/// The same for what somebody said: under its text, or a little inside if @p prefix is so long that
/// little would be left of the lines.
std::vector<std::string> wrap_said(std::string_view prefix, std::string_view text,
                                   std::size_t width);

/// The beginning of @p text, which is printable, that fits into so many columns; if that is not all
/// it ends with `…`.
std::string cut_to(std::string_view text, std::size_t columns);

}  // namespace actornet::talk
