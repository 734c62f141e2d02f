#include "library.hpp"

#include <algorithm>
#include <cstdlib>
#include <span>
#include <system_error>
#include <vector>

#include "actornet/log.hpp"

namespace actornet::nats {

namespace {

std::int64_t milliseconds(net::duration time) {
  return std::chrono::ceil<std::chrono::milliseconds>(time).count();
}

void check(natsStatus status, std::string_view what) {
  if (status != NATS_OK)
    throw std::system_error(errc::address_invalid,
                            "nats: " + std::string(what) + ": " + failure_text(status));
}

void open_library() {
  static const natsStatus opened = [] {
    const natsStatus status = nats_Open(-1);
    return status == NATS_OK ? nats_SetMessageDeliveryPoolSize(1) : status;
  }();
  check(opened, "the library");
}

// On a thread of the library. Its own handler writes to standard error.
void on_error(natsConnection*, natsSubscription*, natsStatus status, void*) {
  log(log_level::warning, std::string("nats: ") + natsStatus_GetText(status));
}

void set_identity(natsOptions* to, const connection_options& how) {
  if (!how.name.empty())
    check(natsOptions_SetName(to, how.name.c_str()), "name");
  if (!how.user.empty())
    check(natsOptions_SetUserInfo(to, how.user.c_str(), how.password.c_str()), "user");
  if (!how.credentials.empty())
    check(natsOptions_SetUserCredentialsFromFiles(to, how.credentials.c_str(), nullptr),
          how.credentials);
  const tls_files& tls = how.tls;
  if (!tls.authorities.empty()) {
    check(natsOptions_SetSecure(to, true), "TLS");
    check(natsOptions_LoadCATrustedCertificates(to, tls.authorities.c_str()), tls.authorities);
  }
  if (!tls.certificate.empty()) {
    check(natsOptions_SetSecure(to, true), "TLS");
    check(natsOptions_LoadCertificatesChain(to, tls.certificate.c_str(), tls.key.c_str()),
          tls.certificate);
  }
}

// The keys belong to the message, the lists to us.
struct list_free {
  void operator()(const char** list) const noexcept { std::free(list); }
};
using string_list = std::unique_ptr<const char*, list_free>;

std::vector<header> headers_of(natsMsg& what) {
  std::vector<header> all;
  const char** list = nullptr;
  int count = 0;
  if (natsMsgHeader_Keys(&what, &list, &count) != NATS_OK)
    return all;  // there are none, or they are garbage
  const string_list keys(list);
  for (const char* const key : std::span(list, static_cast<std::size_t>(count))) {
    const char** values = nullptr;
    int values_count = 0;
    if (natsMsgHeader_Values(&what, key, &values, &values_count) != NATS_OK)
      continue;
    const string_list held(values);
    for (const char* const value : std::span(values, static_cast<std::size_t>(values_count)))
      all.push_back({key, value ? value : ""});
  }
  return all;
}

const char* data_of(const net::shared_bytes& bytes) {
  return reinterpret_cast<const char*>(bytes.payload.data());
}

}  // namespace

std::shared_ptr<natsOptions> make_library_options(const connection_options& how) {
  open_library();
  natsOptions* made = nullptr;
  check(natsOptions_Create(&made), "options");
  std::shared_ptr<natsOptions> owned(made, natsOptions_Destroy);
  if (how.servers.empty())
    throw std::system_error(errc::address_invalid, "nats: no server");
  std::vector<const char*> servers;
  for (const std::string& each : how.servers)
    servers.push_back(each.c_str());
  check(natsOptions_SetServers(made, servers.data(), static_cast<int>(servers.size())), "servers");
  set_identity(made, how);
  check(natsOptions_SetAllowReconnect(made, false), "options");
  check(natsOptions_SetTimeout(made, milliseconds(how.connect_timeout)), "connect_timeout");
  check(natsOptions_SetPingInterval(made, milliseconds(how.ping_interval)), "ping_interval");
  check(natsOptions_SetMaxPingsOut(made, how.pings_out_max), "pings_out_max");
  check(natsOptions_SetSendAsap(made, true), "options");  // or its flusher adds a millisecond
  check(natsOptions_UseGlobalMessageDelivery(made, true), "options");
  check(natsOptions_SetErrorHandler(made, on_error, nullptr), "options");
  return owned;
}

errc to_errc(natsStatus status) noexcept {
  switch (status) {
    case NATS_MAX_PAYLOAD:
      return errc::message_too_large;
    case NATS_INVALID_SUBJECT:
    case NATS_INVALID_ARG:
    case NATS_INVALID_QUEUE_NAME:
      return errc::name_invalid;
    case NATS_NO_MEMORY:
      return errc::out_of_memory;
    case NATS_TIMEOUT:
      return errc::timed_out;
    case NATS_NO_RESPONDERS:
      return errc::unavailable;
    case NATS_NOT_PERMITTED:
      return errc::not_allowed;
    default:
      return errc::disconnected;
  }
}

std::string failure_text(natsStatus status) {
  std::string text = natsStatus_GetText(status);
  if (const char* const more = nats_GetLastError(nullptr); more && *more)
    text += std::string(": ") + more;
  return text;
}

bool is_subject(std::string_view text) noexcept {
  return !text.empty() && std::ranges::none_of(text, [](char each) {
    const auto code = static_cast<unsigned char>(each);
    return code <= ' ' || code == 0x7f;
  });
}

message from_library(natsMsg& what) {
  const char* const reply = natsMsg_GetReply(&what);
  const auto bytes = std::as_bytes(
      std::span(natsMsg_GetData(&what), static_cast<std::size_t>(natsMsg_GetDataLength(&what))));
  return {natsMsg_GetSubject(&what), reply ? reply : "", net::shared_bytes::copy_of(bytes),
          headers_of(what)};
}

natsStatus send(natsConnection& to, const message& what) {
  const int length = static_cast<int>(what.payload.payload.size());
  const char* const reply = what.reply.empty() ? nullptr : what.reply.c_str();
  if (what.headers.empty())
    return reply ? natsConnection_PublishRequest(&to, what.subject.c_str(), reply,
                                                 data_of(what.payload), length)
                 : natsConnection_Publish(&to, what.subject.c_str(), data_of(what.payload), length);
  natsMsg* made = nullptr;
  natsStatus status =
      natsMsg_Create(&made, what.subject.c_str(), reply, data_of(what.payload), length);
  const library_message owned(made);
  for (const header& each : what.headers)
    if (status == NATS_OK)
      status = natsMsgHeader_Add(made, each.name.c_str(), each.value.c_str());
  return status == NATS_OK ? natsConnection_PublishMsg(&to, made) : status;
}

std::string new_inbox() {
  natsInbox* made = nullptr;
  check(natsInbox_Create(&made), "inbox");
  const std::string text = made;
  natsInbox_Destroy(made);
  return text;
}

}  // namespace actornet::nats
