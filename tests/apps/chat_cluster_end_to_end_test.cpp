// Chat servers that share rooms through a nats-server, all of them real processes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <memory>
#include <set>

#include "load_programs.hpp"
#include "nats/server.hpp"

namespace actornet::talk {
namespace {

using load::child_program;
using testing::HasSubstr;
using testing::Not;
using words = std::vector<std::string>;

/// A node of the cluster.
class node {
 public:
  node(const nats_test::server& engine, const std::string& listen)
      : program_("actornet-chat-server", {"--loops", "2", "--log-level", "error", "--listen",
                                          listen, "--cluster", engine.url(), "--rate-user", "0",
                                          "--rate-connection", "0", "--rate-address", "0"}) {
    const std::string line = program_.read_line();
    EXPECT_TRUE(line.starts_with("listening ")) << line;
    uri_ = line.substr(line.find(' ') + 1);
  }
  const std::string& uri() const { return uri_; }
  void kill() {
    program_.signal(SIGKILL);
    (void)program_.wait();
  }
  int stop() {
    program_.signal(SIGTERM);
    return program_.wait();
  }

 private:
  child_program program_;
  std::string uri_;
};

std::string between(const std::string& line, const std::string& before) {
  const auto begin = line.find(before);
  if (begin == std::string::npos)
    return {};
  const auto from = begin + before.size();
  return line.substr(from, line.find('"', from) - from);
}

/// A client, and the messages it was told, as "offset text".
class client {
 public:
  client(const node& at, const std::string& name)
      : program("actornet-chat", {at.uri(), "--name", name, "--json"}) {}

  /// Reads until a line has @p part in it; false at the end or after a minute.
  bool hear(const std::string& part) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (std::chrono::steady_clock::now() < deadline) {
      const std::string line = program.read_line();
      note(line);
      if (line.empty() || line.find(part) != std::string::npos)
        return !line.empty();
    }
    return false;
  }

  bool hear_messages(std::size_t count) {
    while (told.size() < count)
      if (!hear("\"message\""))
        return false;
    return true;
  }

  /// After the program's end: what it had still to say.
  void note_rest() {
    const std::string& rest = program.output();
    for (std::size_t at = 0; at < rest.size();) {
      const std::size_t end = std::min(rest.find('\n', at), rest.size());
      note(rest.substr(at, end - at));
      at = end + 1;
    }
  }

  child_program program;
  words told;
  bool gap = false;
  bool saw_bob = false;  // that he is in the room

 private:
  void note(const std::string& line) {
    saw_bob = saw_bob || (line.find("\"presence\"") != std::string::npos &&
                          line.find("bob") != std::string::npos);
    gap = gap || line.find("\"gap\"") != std::string::npos;
    if (line.starts_with(R"({"message")"))
      told.push_back(between(line, R"("offset":")") + ' ' + between(line, R"("text":")"));
  }
};

std::string numbered(const std::string& name, int from, int to) {
  std::string all;
  for (int i = from; i < to; ++i)
    all += name + std::to_string(i) + '\n';
  return all;
}

TEST(chat_cluster, clients_of_two_servers_see_one_order_and_one_server_may_die) {
  nats_test::server engine;
  auto first = std::make_unique<node>(engine, "ws://127.0.0.1:0");
  node second(engine, "ws://127.0.0.1:0");
  client ann(*first, "ann");
  client bob(second, "bob");
  ASSERT_TRUE(ann.hear("joined"));
  ASSERT_TRUE(bob.hear("joined"));

  ann.program.write(numbered("a", 0, 100));
  bob.program.write(numbered("b", 0, 100));
  ASSERT_TRUE(ann.hear_messages(200));
  ASSERT_TRUE(bob.hear_messages(200));
  EXPECT_EQ(ann.told, bob.told);
  EXPECT_TRUE(ann.saw_bob || ann.hear("bob")) << "presence";
  EXPECT_EQ(std::set<std::string>(ann.told.begin(), ann.told.end()).size(), 200u);

  const std::string address = first->uri();
  ann.program.write(numbered("a", 100, 150));
  first->kill();
  ann.program.write(numbered("a", 150, 200));
  bob.program.write(numbered("b", 100, 200));
  first = std::make_unique<node>(engine, address);  // another one takes the address over
  ASSERT_TRUE(ann.hear_messages(400));
  ASSERT_TRUE(bob.hear_messages(400));
  EXPECT_EQ(ann.told, bob.told);
  std::set<std::string> texts;
  for (const std::string& each : bob.told)
    texts.insert(each.substr(each.find(' ')));
  EXPECT_EQ(texts.size(), 400u) << "nothing twice";
  EXPECT_EQ(bob.told.back().substr(0, 4), "400 ");

  for (client* const each : {&ann, &bob}) {
    each->program.close_input();
    EXPECT_EQ(each->program.wait(), 0) << "all acknowledged";
    each->note_rest();
    EXPECT_FALSE(each->gap);
    EXPECT_EQ(each->told.size(), 400u);
  }
  EXPECT_EQ(first->stop(), 0);
  EXPECT_EQ(second.stop(), 0);
}

TEST(chat_cluster, a_room_outlives_all_its_servers) {
  nats_test::server engine;
  auto only = std::make_unique<node>(engine, "ws://127.0.0.1:0");
  const std::string address = only->uri();
  client ann(*only, "ann");
  ann.program.write("one\n");
  ASSERT_TRUE(ann.hear("published"));
  only->kill();
  only = std::make_unique<node>(engine, address);
  client bob(*only, "bob");
  ASSERT_TRUE(bob.hear_messages(1));
  EXPECT_EQ(bob.told.back(), "1 one");
  ann.program.write("two\n");
  ASSERT_TRUE(bob.hear_messages(2));
  EXPECT_EQ(bob.told.back(), "2 two");
}

struct wrong_words {
  words said;
  std::string answer;
};

TEST(chat_cluster, what_does_not_go_together_is_one_line_and_exit_code_2) {
  const std::vector<wrong_words> all = {
      {{"--cluster", "nats://127.0.0.1:4222", "--history-db", "x.db"}, "--history-db"},
      {{"--cluster", "http://127.0.0.1"}, "nats://host:port"},
      {{"--cluster", "nats://"}, "nats://host:port"},
      {{"--cluster-tls-ca", "x.pem"}, "--cluster nats://"},
      {{"--cluster", "nats://127.0.0.1:4222", "--cluster-tls-cert", "x.pem"}, "go together"}};
  for (const auto& [said, answer] : all) {
    words arguments = {"--listen", "tcp://127.0.0.1:0"};
    arguments.insert(arguments.end(), said.begin(), said.end());
    child_program server("actornet-chat-server", arguments);
    EXPECT_EQ(server.wait(), 2);
    EXPECT_THAT(server.errors(), HasSubstr(answer));
    EXPECT_EQ(std::ranges::count(server.errors(), '\n'), 1) << server.errors();
  }
}

}  // namespace
}  // namespace actornet::talk
