#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace actornet::apps {

/// A line of a configuration file.
struct config_entry {
  std::string key;
  std::vector<std::string> values;  ///< several of an array
  std::size_t line = 0;
};

/// What is wrong with a file, in one line without the file's name: `line 3: ...`.
struct config_mistake {
  std::string text;
};

/// Reads the part of TOML 1.0 that options need: `key = value` with a basic or a literal string, an
/// integer, a decimal number, `true`, `false`, or an array of these, which may go over several
/// lines; `#` comments. No tables, no multi-line strings, no key twice.
std::variant<std::vector<config_entry>, config_mistake> read_config(std::string_view text);

/// @p value as it stands in such a file.
std::string config_value_text(const std::string& value);

}  // namespace actornet::apps
