#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config_file.hpp"

namespace actornet::apps {

/// What the command line came to: run, or print a text and end.
struct config_outcome {
  int exit_code = -1;  ///< -1: run; 0: `text` is for standard output; 2: for standard error
  std::string text{};

  bool run() const noexcept { return exit_code < 0; }
  int print() const;  ///< Prints the text; gives the exit code.
};

/// The options of a server program, from the first of these that has a value: command line,
/// environment (`ACTORNET_LISTEN` for `--listen`; several values with commas), file (`--config`,
/// `listen = [...]`; see `read_config`), default. A name that is not known in the command line or
/// the file is a mistake, with a hint of the nearest one; other variables of the environment are
/// not looked at. Options have long names only.
///
/// Adds `--config`, `--print-config`, `--check-config`, `--version`.
class configuration {
 public:
  static constexpr std::size_t file_bytes_max = 1024 * 1024;

  using environment = std::function<const char*(const char*)>;

  configuration(const std::string& program, const std::string& purpose);

  /// Where options are added; all before `parse`.
  CLI::App& app() noexcept { return app_; }

  /// `--print-config` shows `***` instead of a value of this option.
  void keep_secret(const CLI::Option* option) { secrets_.insert(option); }

  /// Runs after everything was parsed; what it returns is a mistake, unless it is empty.
  void add_check(std::function<std::string()> check) { checks_.push_back(std::move(check)); }

  config_outcome parse(int argc, const char* const* argv, const environment& variables = {});

 private:
  struct origin {
    std::string option;  // with dashes
    std::string place;
  };

  std::vector<std::string> words_of(int argc, const char* const* argv,
                                    const environment& variables);
  void add_words(std::vector<std::string>& words, const CLI::Option& option,
                 const std::vector<std::string>& values, const std::string& place);
  std::vector<config_entry> read_file(const std::string& path) const;
  void check_keys(const std::vector<config_entry>& entries, const std::string& path) const;
  std::vector<const CLI::Option*> configurable() const;
  std::string nearest(const std::string& name) const;
  std::string complaint(const CLI::ParseError& mistake) const;
  std::string effective() const;

  CLI::App app_;
  std::string file_;
  bool print_ = false;
  bool check_only_ = false;
  std::set<const CLI::Option*> secrets_;
  std::vector<std::function<std::string()>> checks_;
  std::vector<origin> origins_;  // of values that are not from the command line
};

}  // namespace actornet::apps
