// Options of servers: where values come from, and what is said about mistakes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "common/configuration.hpp"
#include "common/duration_option.hpp"
#include "common/edit_distance.hpp"
#include "common/log_lines.hpp"
#include "common/server_options.hpp"

namespace actornet::apps {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using words = std::vector<std::string>;

/// A server's configuration, as its main would parse it.
class options_of_a_server : public ::testing::Test {
 protected:
  options_of_a_server() {
    path_ = std::filesystem::temp_directory_path() /
            ("actornet-config-" + std::to_string(::getpid()) + ".toml");
  }
  ~options_of_a_server() override { std::filesystem::remove(path_); }

  config_outcome parse(words line) {
    configuration config("actornet-test", "A test.");
    values = {};
    password = {};
    verbose = false;
    add_server_options(config, values, "tcp://host:port");
    config.keep_secret(config.app().add_option("--password", password, "a secret"));
    config.app().add_flag("--verbose", verbose, "a flag");
    config.add_check([this] { return values.loops == 13 ? "--loops: not 13" : ""; });
    line.insert(line.begin(), "actornet-test");
    std::vector<const char*> pointers;
    for (const std::string& each : line)
      pointers.push_back(each.c_str());
    return config.parse(static_cast<int>(line.size()), pointers.data(), [this](const char* name) {
      const auto found = variables.find(name);
      return found != variables.end() ? found->second.c_str() : nullptr;
    });
  }

  /// The same with a file.
  config_outcome parse_file(const std::string& text, words line = {}) {
    std::ofstream(path_) << text;
    line.insert(line.begin(), {"--config", path_.string()});
    return parse(std::move(line));
  }

  std::string mistake(const config_outcome& outcome) {
    EXPECT_EQ(outcome.exit_code, 2) << outcome.text;
    EXPECT_THAT(outcome.text, ::testing::MatchesRegex("error: [^\n]*\n"));
    return outcome.text;
  }

  std::filesystem::path path_;
  std::map<std::string, std::string> variables;
  server_options values;
  std::string password;
  bool verbose = false;
};

TEST_F(options_of_a_server, have_defaults) {
  ASSERT_TRUE(parse({"--listen", "tcp://a:1"}).run());
  EXPECT_THAT(values.listen, ElementsAre("tcp://a:1"));
  EXPECT_EQ(values.admin, "");
  EXPECT_EQ(values.loops, 0u);
  EXPECT_EQ(values.level, log_level::info);
  EXPECT_EQ(values.drain_timeout, 10s);
}

TEST_F(options_of_a_server, come_from_flag_then_environment_then_file) {
  const std::string file = "loops = 1\nlog-level = 'error'\ndrain-timeout = \"1s\"\n";
  variables["ACTORNET_LOOPS"] = "2";
  variables["ACTORNET_DRAIN_TIMEOUT"] = "2s";
  ASSERT_TRUE(parse_file(file, {"--listen", "tcp://a:1", "--loops", "3"}).run());
  EXPECT_EQ(values.loops, 3u);
  EXPECT_EQ(values.drain_timeout, 2s);
  EXPECT_EQ(values.level, log_level::error);
}

TEST_F(options_of_a_server, lists_of_one_place_replace_those_of_the_next) {
  const std::string file = "listen = [ # two\n  'tcp://f:1',\n  \"tcp://f:2\",\n]\n";
  ASSERT_TRUE(parse_file(file).run());
  EXPECT_THAT(values.listen, ElementsAre("tcp://f:1", "tcp://f:2"));
  variables["ACTORNET_LISTEN"] = "tcp://e:1,tcp://e:2";
  ASSERT_TRUE(parse_file(file).run());
  EXPECT_THAT(values.listen, ElementsAre("tcp://e:1", "tcp://e:2"));
  ASSERT_TRUE(parse_file(file, {"--listen=tcp://c:1"}).run());
  EXPECT_THAT(values.listen, ElementsAre("tcp://c:1"));
}

TEST_F(options_of_a_server, flags_may_stand_in_the_file) {
  ASSERT_TRUE(parse_file("listen = 'tcp://a:1'\nverbose = true\n").run());
  EXPECT_TRUE(verbose);
  ASSERT_TRUE(parse_file("listen = 'tcp://a:1'\nverbose = false\n").run());
  EXPECT_FALSE(verbose);
}

TEST_F(options_of_a_server, the_environment_may_name_the_file) {
  std::ofstream(path_) << "listen = 'tcp://a:1'\n";
  variables["ACTORNET_CONFIG"] = path_.string();
  ASSERT_TRUE(parse({}).run());
  EXPECT_THAT(values.listen, ElementsAre("tcp://a:1"));
}

TEST_F(options_of_a_server, unknown_names_are_mistakes_with_a_hint) {
  EXPECT_THAT(mistake(parse_file("listn = 'x'\n")), HasSubstr("line 1: 'listn' is not known; is "
                                                              "'listen' meant?"));
  EXPECT_THAT(mistake(parse_file("\nlog_level = 'info'\n")),
              HasSubstr("line 2: 'log_level' is not known; is 'log-level' meant?"));
  EXPECT_THAT(mistake(parse_file("zzzzzzzzzz = 1\n")), Not(HasSubstr("meant")));
  EXPECT_THAT(mistake(parse({"--listen", "tcp://a:1", "--lops", "1"})),
              HasSubstr("is --loops meant?"));
}

TEST_F(options_of_a_server, mistakes_say_where_they_stand) {
  EXPECT_THAT(mistake(parse_file("listen = 'tcp://a:1'\ndrain-timeout = 'soon'\n")),
              HasSubstr("line 2: --drain-timeout: 'soon' is not a duration"));
  variables["ACTORNET_LOG_LEVEL"] = "loud";
  EXPECT_THAT(mistake(parse({"--listen", "tcp://a:1"})),
              HasSubstr("ACTORNET_LOG_LEVEL: --log-level: 'loud' is not"));
}

TEST_F(options_of_a_server, options_that_ask_cannot_stand_in_the_file) {
  for (const char* key : {"config", "help", "version", "print-config", "check-config"})
    EXPECT_THAT(mistake(parse_file(std::string(key) + " = true\n")), HasSubstr("is not known"));
}

TEST_F(options_of_a_server, what_is_required_or_checked_later_is_a_mistake) {
  EXPECT_THAT(mistake(parse({})), HasSubstr("--listen"));
  EXPECT_THAT(mistake(parse({"--listen", "tcp://a:1", "--loops", "13"})), HasSubstr("not 13"));
  EXPECT_THAT(mistake(parse({"--listen", "tcp://a:1", "--admin", "here"})), HasSubstr("'here'"));
  EXPECT_THAT(mistake(parse({"--listen", "tcp://a:1", "--loops", "1000"})), HasSubstr("--loops"));
}

TEST_F(options_of_a_server, a_file_that_cannot_be_read_is_a_mistake) {
  EXPECT_THAT(mistake(parse({"--config", "/nowhere"})), HasSubstr("/nowhere"));
  EXPECT_THAT(mistake(parse_file(std::string(configuration::file_bytes_max + 1, '#'))),
              HasSubstr("longer"));
}

TEST_F(options_of_a_server, what_is_printed_is_a_file_that_means_the_same) {
  const config_outcome printed = parse(
      {"--listen", "tcp://a:1", "--listen", "unix:///b \"c\"", "--loops", "2", "--print-config"});
  EXPECT_EQ(printed.exit_code, 0);
  EXPECT_THAT(printed.text, HasSubstr("listen = [\"tcp://a:1\", \"unix:///b \\\"c\\\"\"]\n"));
  EXPECT_THAT(printed.text, HasSubstr("drain-timeout = \"10s\"\n"));
  EXPECT_THAT(printed.text, HasSubstr("log-level = \"info\"\n"));
  EXPECT_THAT(printed.text, HasSubstr("verbose = false\n"));
  EXPECT_THAT(printed.text, HasSubstr("# admin =\n"));
  const config_outcome again = parse_file(printed.text, {"--print-config"});
  EXPECT_EQ(again.text, printed.text);
}

TEST_F(options_of_a_server, secrets_are_not_printed) {
  const config_outcome printed =
      parse({"--listen", "tcp://a:1", "--password", "hunter2", "--print-config"});
  EXPECT_THAT(printed.text, HasSubstr("password = \"***\"\n"));
  EXPECT_THAT(printed.text, Not(HasSubstr("hunter2")));
}

TEST_F(options_of_a_server, a_check_ends_with_0_or_2) {
  EXPECT_EQ(parse({"--listen", "tcp://a:1", "--check-config"}).exit_code, 0);
  EXPECT_EQ(parse({"--check-config"}).exit_code, 2);
  EXPECT_EQ(parse_file("listen = \n", {"--check-config"}).exit_code, 2);
}

TEST_F(options_of_a_server, help_and_version_need_no_file) {
  EXPECT_THAT(parse({"--config", "/nowhere", "--help"}).text, HasSubstr("--drain-timeout"));
  EXPECT_EQ(parse({"--version"}).text, "actornet-test 0.1.0\n");
}

// -- files ----------------------------------------------------------------------------------------

std::string complaint(std::string_view text) {
  const auto read = read_config(text);
  const auto* mistake = std::get_if<config_mistake>(&read);
  return mistake ? mistake->text : "nothing";
}

TEST(config_file, values_are_texts_numbers_truths_and_arrays) {
  const auto read = read_config(
      "# a comment\r\n a = \"x \\\"y\\\" # z\" # more\nb-c='\\n'\n\nd = -1.5\ne = true\r\n"
      "f = []\ng = [1, 'two',\n # three\n \"3\" ]");
  const auto* entries = std::get_if<std::vector<config_entry>>(&read);
  ASSERT_NE(entries, nullptr) << complaint("");
  ASSERT_EQ(entries->size(), 6u);
  EXPECT_THAT((*entries)[0].values, ElementsAre("x \"y\" # z"));
  EXPECT_EQ((*entries)[1].key, "b-c");
  EXPECT_THAT((*entries)[1].values, ElementsAre("\\n"));
  EXPECT_THAT((*entries)[2].values, ElementsAre("-1.5"));
  EXPECT_THAT((*entries)[3].values, ElementsAre("true"));
  EXPECT_THAT((*entries)[4].values, ElementsAre());
  EXPECT_THAT((*entries)[5].values, ElementsAre("1", "two", "3"));
  EXPECT_EQ((*entries)[5].line, 8u);
}

TEST(config_file, everything_else_is_a_mistake_with_its_line) {
  EXPECT_THAT(complaint("a = 1\n[b]\n"), HasSubstr("line 2: tables"));
  EXPECT_THAT(complaint("a = 1\na = 2\n"), HasSubstr("line 2: 'a' stands twice"));
  for (const char* text :
       {"a", "a =", "= 1", "a = b", "a = 1 2", "a = \"x", "a = 'x\n'", "a = [1", "a = [1 2]",
        "a = \"\\x\"", "a = 1.", "a b = 1", "\"a\" = 1", "a = [[1]]", "a.b.\xff = 1"})
    EXPECT_THAT(complaint(text), HasSubstr("line ")) << text;
}

TEST(config_file, a_value_is_written_as_it_is_read) {
  for (const char* value :
       {"", "x", "1", "1.5", "true", "tr ue", "a\"b\\c", "a\nb\tc", "[1]", "#"}) {
    const auto read = read_config("a = " + config_value_text(value));
    const auto* entries = std::get_if<std::vector<config_entry>>(&read);
    ASSERT_NE(entries, nullptr) << value;
    EXPECT_THAT(entries->front().values, ElementsAre(value));
  }
}

// -- small things ---------------------------------------------------------------------------------

TEST(duration_text, is_what_parse_duration_reads) {
  EXPECT_EQ(duration_text(0s), "0");
  EXPECT_EQ(duration_text(90s), "90s");
  EXPECT_EQ(duration_text(5min), "5m");
  EXPECT_EQ(duration_text(24h), "24h");
  EXPECT_EQ(duration_text(1500ms), "1500ms");
}

TEST(edit_distance, counts_letters_put_in_taken_out_and_exchanged) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(nearest_name("lisen", {"loops", "listen"}), "listen");
  EXPECT_EQ(nearest_name("frobnicate", {"loops", "listen"}), "");
  EXPECT_EQ(nearest_name(std::string(1000, 'x'), {"loops"}), "");
}

TEST(log_lines, levels_have_names) {
  log_level level = log_level::info;
  EXPECT_TRUE(parse_log_level("error", level));
  EXPECT_EQ(level, log_level::error);
  EXPECT_FALSE(parse_log_level("loud", level));
  EXPECT_EQ(level, log_level::error);
}

TEST(log_lines, are_those_of_the_level_and_cannot_steer_a_terminal) {
  ::testing::internal::CaptureStderr();
  log_from(log_level::warning);
  log(log_level::info, "not this");
  log(log_level::warning, "a\x1b[2J\nb");
  set_log_sink(nullptr);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "warning: a?[2J?b\n");
}

}  // namespace
}  // namespace actornet::apps
