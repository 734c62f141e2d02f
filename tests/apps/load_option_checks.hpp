#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "load_options.hpp"

namespace actornet::load {

using arguments = std::vector<const char*>;

/// Command lines of actornet-load, given to what parses them.
template <class Options>
class option_checks {
 public:
  using parser = std::variant<Options, options_refused> (*)(int, const char* const*);

  /// @p program: the words that all command lines begin with.
  option_checks(parser what, arguments program) : parse_(what), program_(std::move(program)) {}

  std::variant<Options, options_refused> parse(const arguments& words) const {
    arguments all = program_;
    all.insert(all.end(), words.begin(), words.end());
    return parse_(static_cast<int>(all.size()), all.data());
  }

  /// With a server.
  Options accepted(arguments words) const {
    const auto parsed = parse(with_server(std::move(words)));
    if (const auto* no = std::get_if<options_refused>(&parsed)) {
      ADD_FAILURE() << no->text;
      return {};
    }
    return std::get<Options>(parsed);
  }

  options_refused refused(const arguments& words) const {
    const auto parsed = parse(words);
    if (std::holds_alternative<Options>(parsed)) {
      ADD_FAILURE() << "was accepted";
      return {};
    }
    return std::get<options_refused>(parsed);
  }

  /// With a server: a line of error with @p why in it.
  void expect_mistake(arguments words, const std::string& why) const {
    const options_refused outcome = refused(with_server(std::move(words)));
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.text.find(why), std::string::npos) << outcome.text;
    EXPECT_EQ(std::ranges::count(outcome.text, '\n'), 1) << outcome.text;
  }

 private:
  static arguments with_server(arguments words) {
    words.insert(words.end(), {"--connect", "tcp://127.0.0.1:7411"});
    return words;
  }

  const parser parse_;
  const arguments program_;
};

}  // namespace actornet::load
