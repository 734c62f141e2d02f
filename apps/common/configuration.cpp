#include "configuration.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <variant>

#include "actornet/version.hpp"
#include "edit_distance.hpp"

namespace actornet::apps {

namespace {

constexpr int exit_usage = 2;

/// `drain-timeout` is `ACTORNET_DRAIN_TIMEOUT`.
std::string variable_of(const std::string& name) {
  std::string variable = "ACTORNET_";
  for (const char c : name)
    variable += c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return variable;
}

const std::string& name_of(const CLI::Option& option) {
  return option.get_lnames().front();
}

bool is_list(const CLI::Option& option) {
  return option.get_items_expected_max() > 1;
}

bool is_flag(const CLI::Option& option) {
  return option.get_items_expected_max() == 0;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find(separator, begin)) != text.npos; begin = end + 1)
    parts.push_back(text.substr(begin, end - begin));
  parts.push_back(text.substr(begin));
  return parts;
}

// The names of options in a command line, and what --config says there.
struct given_options {
  std::set<std::string> names;
  std::optional<std::string> file;
};

given_options look_at(const std::vector<std::string>& words) {
  given_options given;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].starts_with("--"))
      continue;
    const std::size_t end = words[i].find('=');
    const std::string name = words[i].substr(2, end == std::string::npos ? end : end - 2);
    given.names.insert(name);
    if (name == "config")
      given.file = end != std::string::npos ? words[i].substr(end + 1)
                   : i + 1 < words.size()   ? words[i + 1]
                                            : std::string();
  }
  return given;
}

}  // namespace

int config_outcome::print() const {
  std::fputs(text.c_str(), exit_code == 0 ? stdout : stderr);
  return exit_code;
}

configuration::configuration(const std::string& program, const std::string& purpose)
    : app_(purpose, program) {
  app_.set_help_flag("--help", "print this help")->configurable(false);
  app_.set_version_flag("--version", program + " " + version)->configurable(false);
  app_.add_option("--config", file_, "read options from this file: key = value, as in TOML")
      ->type_name("FILE")
      ->configurable(false);
  app_.add_flag("--print-config", print_, "print what all options come to, and end")
      ->configurable(false);
  app_.add_flag("--check-config", check_only_, "end with 0 if all options are right, else 2")
      ->configurable(false);
}

std::vector<const CLI::Option*> configuration::configurable() const {
  std::vector<const CLI::Option*> found;
  for (const CLI::Option* each : app_.get_options())
    if (each->get_configurable() && !each->get_lnames().empty())
      found.push_back(each);
  return found;
}

std::string configuration::nearest(const std::string& name) const {
  std::vector<std::string> names;
  for (const CLI::Option* each : app_.get_options())
    if (!each->get_lnames().empty())
      names.push_back(name_of(*each));
  return nearest_name(name, names);
}

std::vector<config_entry> configuration::read_file(const std::string& path) const {
  std::ifstream file(path, std::ios::binary);
  std::string text(file_bytes_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (!file.is_open() || file.bad())
    throw CLI::FileError("--config: " + path + " cannot be read");
  if (text.size() > file_bytes_max)
    throw CLI::FileError("--config: " + path + " is longer than a mebibyte");
  auto read = read_config(text);
  if (const auto* mistake = std::get_if<config_mistake>(&read))
    throw CLI::FileError(path + ": " + mistake->text);
  return std::get<std::vector<config_entry>>(std::move(read));
}

void configuration::check_keys(const std::vector<config_entry>& entries,
                               const std::string& path) const {
  const auto options = configurable();
  for (const config_entry& entry : entries) {
    const auto is = [&](const CLI::Option* each) { return name_of(*each) == entry.key; };
    const auto found = std::ranges::find_if(options, is);
    const std::string place = path + ": line " + std::to_string(entry.line) + ": ";
    if (found == options.end()) {
      const std::string hint = nearest(entry.key);
      throw CLI::FileError(place + "'" + entry.key + "' is not known" +
                           (hint.empty() ? "" : "; is '" + hint + "' meant?"));
    }
    if (entry.values.size() != 1 && !is_list(**found))
      throw CLI::FileError(place + "'" + entry.key + "' has one value");
  }
}

void configuration::add_words(std::vector<std::string>& words, const CLI::Option& option,
                              const std::vector<std::string>& values, const std::string& place) {
  const std::string name = "--" + name_of(option);
  for (const std::string& each : values)
    words.push_back(name + "=" + each);
  origins_.push_back({name, place});
}

std::vector<std::string> configuration::words_of(int argc, const char* const* argv,
                                                 const environment& variables) {
  const std::vector<std::string> line(argv + 1, argv + argc);
  given_options given = look_at(line);
  const auto value_of = [&](const std::string& name) -> const char* {
    const char* const value = variables(variable_of(name).c_str());
    return value && *value ? value : nullptr;
  };
  if (const char* file = value_of("config"); file && !given.file)
    given.file = file;
  std::vector<config_entry> entries;
  const bool asks_only = given.names.contains("help") || given.names.contains("version");
  if (given.file && !given.file->empty() && !asks_only) {
    entries = read_file(*given.file);
    check_keys(entries, *given.file);
  }
  std::vector<std::string> words;
  for (const CLI::Option* each : configurable()) {
    const std::string& name = name_of(*each);
    if (given.names.contains(name))
      continue;
    const auto entry = std::ranges::find(entries, name, &config_entry::key);
    if (const char* const value = value_of(name))
      add_words(words, *each, is_list(*each) ? split(value, ',') : std::vector<std::string>{value},
                variable_of(name));
    else if (entry != entries.end())
      add_words(words, *each, entry->values, *given.file + ": line " + std::to_string(entry->line));
  }
  words.insert(words.end(), line.begin(), line.end());
  return words;
}

// Says where a value is from that is not in the command line, and what may be meant.
std::string configuration::complaint(const CLI::ParseError& mistake) const {
  std::string text = mistake.what();
  text = text.substr(0, text.find('\n'));
  for (const origin& each : origins_)
    if (text.find(each.option) != std::string::npos)
      return "error: " + each.place + ": " + text + "\n";
  if (dynamic_cast<const CLI::ExtrasError*>(&mistake) != nullptr)
    if (const std::size_t dashes = text.find("--"); dashes != std::string::npos) {
      const std::string name =
          text.substr(dashes + 2, text.find_first_of("= ", dashes) - dashes - 2);
      if (const std::string hint = nearest(name); !hint.empty())
        text += "; is --" + hint + " meant?";
    }
  return "error: " + text + " (see --help)\n";
}

config_outcome configuration::parse(int argc, const char* const* argv,
                                    const environment& variables) {
  for (CLI::Option* each : app_.get_options())
    if (each->get_configurable() && each->get_default_str().empty() && !is_flag(*each))
      each->capture_default_str();
  try {
    const std::vector<std::string> words =
        words_of(argc, argv, variables ? variables : environment(std::getenv));
    std::vector<const char*> pointers{argv[0]};
    for (const std::string& each : words)
      pointers.push_back(each.c_str());
    app_.parse(static_cast<int>(pointers.size()), pointers.data());
  } catch (const CLI::CallForHelp&) {
    return {0, app_.help()};
  } catch (const CLI::CallForVersion& wanted) {
    return {0, std::string(wanted.what()) + "\n"};
  } catch (const CLI::ParseError& mistake) {
    return {exit_usage, complaint(mistake)};
  }
  for (const auto& check : checks_)
    if (const std::string wrong = check(); !wrong.empty())
      return {exit_usage, "error: " + wrong + " (see --help)\n"};
  if (print_)
    return {0, effective()};
  return check_only_ ? config_outcome{0} : config_outcome{};
}

std::string configuration::effective() const {
  std::string text;
  for (const CLI::Option* each : configurable()) {
    std::vector<std::string> values = each->results();
    if (values.empty() && !each->get_default_str().empty() && !is_list(*each))
      values.push_back(each->get_default_str());
    if (values.empty() && is_flag(*each))
      values.emplace_back("false");
    if (values.empty()) {
      text += "# " + name_of(*each) + " =\n";
      continue;
    }
    std::string line;
    for (const std::string& value : values)
      line +=
          (line.empty() ? "" : ", ") + config_value_text(secrets_.contains(each) ? "***" : value);
    text += name_of(*each) + " = " + (is_list(*each) ? "[" + line + "]" : line) + "\n";
  }
  return text;
}

}  // namespace actornet::apps
