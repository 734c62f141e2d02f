// What goes wrong between two nodes: garbage, silence, retries.

#include "services_support.hpp"

namespace actornet::cluster_test {
namespace {

using cluster::v1::ServiceFailure;
using cluster::v1::ServiceReply;
using cluster::v1::ServiceRequest;
using ::testing::IsEmpty;

/// Answers with what it is told to, or not at all.
class odd_server final : public cluster::bus_server {
 public:
  void on_request(const net::shared_bytes& payload, cluster::bus_reply reply) override {
    ServiceRequest& request = requests.emplace_back();
    EXPECT_TRUE(
        request.ParseFromArray(payload.payload.data(), static_cast<int>(payload.payload.size())));
    if (silent > 0)
      --silent;
    else
      reply.answer(bytes_of(says));
  }

  int silent = 0;
  std::string says;
  std::deque<ServiceRequest> requests;
};

class service_faults : public services {
 protected:
  void serve_oddly() {
    on(0, [&] { raw_[0] = bus_.serve("shop.v1.Inventory", odd_); });
  }

  /// What a host answers to bytes that no client of ours sends.
  ServiceReply answer_to(const std::string& bytes, std::string_view subject = "shop.v1.Inventory") {
    ServiceReply reply;
    on(asks, [&] {
      auto told = [&reply](const result<net::shared_bytes>& got) {
        ASSERT_TRUE(got) << got.error().message();
        ASSERT_TRUE(
            reply.ParseFromArray(got->payload.data(), static_cast<int>(got->payload.size())));
      };
      bus_.request(subject, bytes_of(bytes), 1s, told).detach();
    });
    return reply;
  }

  static ServiceRequest good() {
    ServiceRequest request;
    request.set_version(1);
    request.set_method("Look");
    request.set_remaining_ms(1000);
    return request;
  }

  void expect_refused(const ServiceRequest& request, errc why,
                      std::string_view subject = "shop.v1.Inventory") {
    const ServiceReply reply = answer_to(request.SerializeAsString(), subject);
    EXPECT_EQ(reply.version(), 1u);
    EXPECT_EQ(reply.failure().kind(), ServiceFailure::KIND_RUNTIME);
    EXPECT_EQ(reply.failure().code(), static_cast<int>(why)) << request.ShortDebugString();
  }

  odd_server odd_;
};

TEST_F(service_faults, bad_envelopes_cost_only_their_request) {
  serve(0);
  own_all(0);
  expect_refused(ServiceRequest(), errc::message_malformed);
  const ServiceReply garbage = answer_to("\xff\xff garbage");
  EXPECT_EQ(garbage.failure().code(), static_cast<int>(errc::message_malformed));

  auto other_version = good();
  other_version.set_version(2);
  expect_refused(other_version, errc::message_malformed);
  auto unknown = good();
  unknown.set_method("Steal");
  expect_refused(unknown, errc::not_found);
  auto as_stream = good();
  as_stream.mutable_stream()->set_id(1);
  expect_refused(as_stream, errc::message_malformed);
  auto no_stream = good();
  no_stream.set_method("Watch");
  expect_refused(no_stream, errc::message_malformed);
  auto without_shard = good();
  without_shard.set_method("Reserve");
  expect_refused(without_shard, errc::message_malformed);
  EXPECT_EQ(hosts_[0]->statistics().malformed, 7u);
  EXPECT_THAT(keepers_[0]->begun, IsEmpty());
  EXPECT_TRUE(look());
}

TEST_F(service_faults, a_body_that_is_no_request_is_refused) {
  serve(0);
  auto request = good();
  request.set_body("\xff\xff\xff");
  expect_refused(request, errc::message_malformed);
  EXPECT_THAT(keepers_[0]->begun, IsEmpty());
}

TEST_F(service_faults, a_key_of_another_shard_is_refused) {
  serve(0);
  own_all(0);
  auto request = good();
  request.set_method("Reserve");
  request.set_body(of("a").SerializeAsString());
  const auto elsewhere = std::to_string((shard("a") + 1) % 16);
  expect_refused(request, errc::message_malformed, "shop.v1.Inventory." + elsewhere);
  EXPECT_THAT(keepers_[0]->begun, IsEmpty());
}

TEST_F(service_faults, a_request_without_time_left_is_not_begun) {
  serve(0);
  auto request = good();
  request.set_remaining_ms(0);
  expect_refused(request, errc::timed_out);
  EXPECT_EQ(hosts_[0]->statistics().expired, 1u);
  EXPECT_THAT(keepers_[0]->begun, IsEmpty());
}

TEST_F(service_faults, answers_that_are_none_are_malformed) {
  serve_oddly();
  ServiceReply other_version;
  other_version.set_version(2);
  ServiceReply of_a_stream;
  of_a_stream.set_version(1);
  of_a_stream.set_control("x");
  ServiceReply no_error;
  no_error.set_version(1);
  no_error.mutable_failure()->set_kind(ServiceFailure::KIND_RUNTIME);
  ServiceReply bad_body;
  bad_body.set_version(1);
  bad_body.set_body("\xff\xff");
  for (const std::string& bytes :
       {std::string("\xff\xff"), other_version.SerializeAsString(), of_a_stream.SerializeAsString(),
        no_error.SerializeAsString(), bad_body.SerializeAsString()}) {
    odd_.says = bytes;
    EXPECT_EQ(look().error(), errc::message_malformed);
  }
  odd_.says = bad_body.SerializeAsString();
  EXPECT_EQ(watch(1), errc::message_malformed);
  EXPECT_EQ(odd_.requests.size(), 6u) << "an answer that is none is not asked for again";
}

TEST_F(service_faults, an_idempotent_method_is_tried_again_after_silence) {
  serve_oddly();
  odd_.silent = 2;
  ServiceReply reply;
  reply.set_version(1);
  reply.set_body("");
  odd_.says = reply.SerializeAsString();
  EXPECT_TRUE(look());
  EXPECT_EQ(odd_.requests.size(), 3u);
  EXPECT_EQ(client_->statistics().retried, 2u);
  EXPECT_EQ(odd_.requests[0].trace_id(), odd_.requests[2].trace_id());
  EXPECT_LE(odd_.requests[0].remaining_ms(), 1000u) << "that of the attempt";
}

TEST_F(service_faults, tries_have_a_limit) {
  serve_oddly();
  odd_.silent = 100;
  EXPECT_EQ(look().error(), errc::timed_out);
  EXPECT_EQ(odd_.requests.size(), 3u);
  bus_.disconnects = 100;
  EXPECT_EQ(look().error(), errc::disconnected);
  EXPECT_EQ(bus_.disconnects, 97);
}

TEST_F(service_faults, tries_end_with_the_deadline) {
  serve_oddly();
  odd_.silent = 100;
  const auto before = world_.now();
  EXPECT_EQ(look(1500ms).error(), errc::timed_out);
  EXPECT_LT(world_.now() - before, 1600ms);
}

TEST_F(service_faults, what_is_not_idempotent_is_never_tried_again) {
  serve_oddly();
  odd_.silent = 1;
  EXPECT_EQ(remove().error(), errc::timed_out);
  EXPECT_EQ(odd_.requests.size(), 1u);
  bus_.disconnects = 1;
  EXPECT_EQ(remove().error(), errc::disconnected);
  EXPECT_EQ(odd_.requests.size(), 1u);
  EXPECT_EQ(client_->statistics().retried, 0u);
  EXPECT_EQ(client_->statistics().timed_out, 1u);
  EXPECT_EQ(client_->statistics().disconnected, 1u);
}

TEST_F(service_faults, a_task_that_is_told_to_stop_tries_no_more) {
  serve_oddly();
  odd_.silent = 100;
  answer<LookReply> got = errc::would_block;
  auto asked = start(keep(client_->look(LookRequest(), in(1h)), got));
  on(asks, [&] { asked.cancel(); });
  EXPECT_EQ(got.error(), errc::cancelled);
  EXPECT_EQ(odd_.requests.size(), 1u);
}

}  // namespace
}  // namespace actornet::cluster_test
