#pragma once

// Which seeds the simulations of a test program run. Environment first, flags override it.

#include <cctype>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

// AddressSanitizer and its kin call back before they end the program, where they are linked.
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

namespace actornet::sim {

/// Text of digits, "0x…", or anything else such as a commit hash, as a number.
inline std::uint64_t seed_from(std::string_view text) {
  std::uint64_t value = 0;
  const bool hex = text.starts_with("0x");
  if (hex)
    text.remove_prefix(2);
  for (const char digit : text) {
    const bool is_digit =
        hex ? std::isxdigit(static_cast<unsigned char>(digit)) != 0 : digit >= '0' && digit <= '9';
    if (!is_digit)
      throw std::invalid_argument("not a number: " + std::string(text));
    const int low = digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
    value = value * (hex ? 16 : 10) + static_cast<std::uint64_t>(low);
  }
  return value;
}

/// The first seed of a commit: the first 15 digits of its hash, or a small number as it is.
inline std::uint64_t seed_base_from(std::string_view commit) {
  if (commit.size() < 16)
    return seed_from(commit);
  return seed_from("0x" + std::string(commit.substr(0, 15)));
}

struct seed_settings {
  std::optional<std::uint64_t> only;  ///< `--seed N`, ACTORNET_SEED: this one, twice, nothing else
  std::uint64_t count = 100;          ///< `--seeds N`, ACTORNET_SEEDS: at least so many
  double seconds =
      0;  ///< `--seconds S`, ACTORNET_SEED_SECONDS: and for so much CPU time, each test
  std::uint64_t base = 1;  ///< ACTORNET_SEED_BASE: the first; in CI the hash of the commit
  std::string program = "<this test program>";

  void set(std::string_view name, const std::string& value) {
    if (name == "seed")
      only = seed_from(value);
    else if (name == "seeds")
      count = seed_from(value);
    else if (name == "seconds")
      seconds = std::stod(value);
  }

  static seed_settings from_environment() {
    seed_settings all;
    const auto take = [&all](const char* variable, std::string_view name) {
      if (const char* value = std::getenv(variable))
        all.set(name, value);
    };
    take("ACTORNET_SEED", "seed");
    take("ACTORNET_SEEDS", "seeds");
    take("ACTORNET_SEED_SECONDS", "seconds");
    if (const char* commit = std::getenv("ACTORNET_SEED_BASE"))
      all.base = seed_base_from(commit);
    return all;
  }

  /// Takes `--seed N`, `--seed=N` and the like out of the arguments.
  void take_flags(int& argc, char** argv) {
    program = argv[0];
    int kept = 1;
    for (int i = 1; i < argc; ++i) {
      const std::string_view flag = argv[i];
      const std::string_view name = flag.substr(0, flag.find('='));
      if (name != "--seed" && name != "--seeds" && name != "--seconds") {
        argv[kept++] = argv[i];
      } else if (name.size() < flag.size()) {
        set(name.substr(2), std::string(flag.substr(name.size() + 1)));
      } else if (i + 1 < argc) {
        set(name.substr(2), argv[++i]);
      } else {
        throw std::invalid_argument(std::string(flag) + " needs a value");
      }
    }
    argv[argc = kept] = nullptr;
  }
};

inline seed_settings& settings() {
  static seed_settings all = seed_settings::from_environment();
  return all;
}

/// What to print when the program dies inside a simulation.
class last_words {
 public:
  static void set(const std::string& text) {
    static const bool installed = install();
    (void)installed;
    std::snprintf(buffer, sizeof buffer, "%s\n", text.c_str());
  }
  static void clear() { buffer[0] = '\0'; }

 private:
  static inline char buffer[1024] = "";

  static void say() { std::fputs(buffer, stderr); }

  static void on_signal(int number) {
    say();
    std::signal(number, SIG_DFL);
    std::raise(number);
  }

  static bool install() {
    std::signal(SIGABRT, on_signal);  // assertions
    if (__sanitizer_set_death_callback)
      __sanitizer_set_death_callback(say);
    else
      std::signal(SIGSEGV, on_signal);
    return true;
  }
};

}  // namespace actornet::sim
