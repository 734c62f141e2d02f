#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace actornet::net {

/// Why a text from outside is not taken.
enum class text_fault : std::uint8_t {
  none = 0,
  empty,
  too_long,             ///< in bytes or code points
  not_utf8,             ///< RFC 3629
  control_character,    ///< category Cc: U+0000 to U+001F, U+007F to U+009F
  invisible_character,  ///< names: nothing is seen, or the order of what is seen changes
  odd_space,     ///< names: a space that is not U+0020, or U+0020 at an edge or after another
  no_character,  ///< names: U+FFFE and its like, surrogates' and private areas
};

/// A short English description, without the text itself: fit for logs and for the peer.
const char* describe(text_fault fault) noexcept;

/// How long the name of a user, room or device may be.
struct name_rules {
  std::size_t bytes_max = 128;
  std::size_t characters_max = 64;  ///< code points
};

/// Whether @p name may name somebody: it can be shown in a line, and cannot be mistaken for another
/// because of something that is not seen. Refused are control characters; format characters (Cf:
/// bidirectional overrides and isolates, zero-width space, joiner and non-joiner, byte order mark,
/// tags), fillers and variation selectors; spaces other than U+0020, and that at an edge or twice;
/// noncharacters and private areas. So emoji that are joined sequences are no names.
///
/// Not checked: normal forms (NFC), unassigned code points, letters of different scripts that look
/// alike (UTS 39). Who compares names compares their bytes.
text_fault check_name(std::string_view name, const name_rules& rules = {}) noexcept;

/// Whether @p text may be a message: valid UTF-8 of 1 to @p bytes_max bytes without control
/// characters other than line feed and tab. Bidirectional text stays: who shows it isolates it.
text_fault check_message_text(std::string_view text, std::size_t bytes_max) noexcept;

}  // namespace actornet::net
