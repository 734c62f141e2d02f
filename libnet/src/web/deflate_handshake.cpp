#include "deflate_handshake.hpp"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace actornet::web {

namespace {

namespace beast = boost::beast;

constexpr unsigned window_bits_min = 8;
constexpr unsigned window_bits_max = 15;
constexpr const char* name_of_extension = "permessage-deflate";

struct parameters {
  bool server_keeps_no_context = false;
  bool client_keeps_no_context = false;
  std::optional<unsigned> server_window_bits;
  bool client_window_named = false;  // in an offer it needs no value
  std::optional<unsigned> client_window_bits;
};

std::optional<unsigned> bits_of(std::string_view text) {
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  if (error != std::errc{} || end != text.data() + text.size() || text.front() == '0' ||
      bits < window_bits_min || bits > window_bits_max)
    return std::nullopt;
  return bits;
}

// False when it is unknown, malformed, or there for the second time.
bool take(parameters& into, std::string_view name, std::string_view value) {
  if (name == "server_no_context_takeover")
    return value.empty() && !std::exchange(into.server_keeps_no_context, true);
  if (name == "client_no_context_takeover")
    return value.empty() && !std::exchange(into.client_keeps_no_context, true);
  if (name == "server_max_window_bits")
    return !into.server_window_bits && (into.server_window_bits = bits_of(value)).has_value();
  if (name != "client_max_window_bits" || std::exchange(into.client_window_named, true))
    return false;
  return value.empty() || (into.client_window_bits = bits_of(value)).has_value();
}

// Takes what stands before the next @p mark outside of quotes off the front of @p rest, with the
// mark and without the blanks around it.
std::string_view cut(std::string_view& rest, char mark) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest.size() && (quoted || rest[end] != mark); ++end) {
    if (rest[end] == '"')
      quoted = !quoted;
    else if (quoted && rest[end] == '\\')
      ++end;
  }
  std::string_view piece = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  const auto begin = std::min(piece.find_first_not_of(" \t"), piece.size());
  piece.remove_prefix(begin);
  return piece.substr(0, piece.find_last_not_of(" \t") + 1);
}

// Of one extension in a list (RFC 6455, section 9.1); empty when it is another or a bad one.
std::optional<parameters> parameters_of(std::string_view extension) {
  parameters found;
  if (!beast::iequals(cut(extension, ';'), name_of_extension))
    return std::nullopt;
  while (!extension.empty()) {
    std::string_view value = cut(extension, ';');
    const std::string_view name = cut(value, '=');
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"'))
      value = value.substr(1, value.size() - 2);
    if (!take(found, name, value))
      return std::nullopt;
  }
  return found;
}

std::string with_bits(const char* name, unsigned bits) {
  return std::string("; ") + name + "=" + std::to_string(bits);
}

std::string no_context() {
  return "; server_no_context_takeover; client_no_context_takeover";
}

deflate_answer answer_to(const deflate_options& options, const parameters& offer) {
  const unsigned ours = std::min(options.window_bits, offer.server_window_bits.value_or(15));
  const bool we_keep = options.context_takeover && !offer.server_keeps_no_context;
  const bool they_keep = options.context_takeover && !offer.client_keeps_no_context;
  deflate_answer answer{{.our_window_bits = ours,
                         .their_window_bits = window_bits_max,
                         .we_keep_context = we_keep,
                         .they_keep_context = they_keep},
                        name_of_extension};
  if (!we_keep)
    answer.text += "; server_no_context_takeover";
  if (!they_keep)
    answer.text += "; client_no_context_takeover";
  answer.text += with_bits("server_max_window_bits", ours);
  if (offer.client_window_named) {
    answer.agreed.their_window_bits =
        std::min(options.window_bits, offer.client_window_bits.value_or(window_bits_max));
    answer.text += with_bits("client_max_window_bits", answer.agreed.their_window_bits);
  }
  return answer;
}

}  // namespace

void check_deflate(const websocket_end_options& options) {
  if (!options.deflate)
    return;
  const auto [bits, keeps, level, bytes_min] = *options.deflate;
  if (bits <= window_bits_min || bits > window_bits_max || level < 1 || level > 9 || bytes_min < 1)
    throw std::invalid_argument("permessage-deflate: window_bits, level or message_bytes_min");
}

std::string deflate_offer(const deflate_options& options) {
  return name_of_extension + (options.context_takeover ? std::string() : no_context()) +
         with_bits("server_max_window_bits", options.window_bits) +
         with_bits("client_max_window_bits", options.window_bits);
}

std::optional<deflate_agreement> agreed_by_server(const deflate_options& options,
                                                  std::string_view answer) {
  const auto got = parameters_of(answer);
  if (!got)
    return std::nullopt;
  const bool server_keeps = !got->server_keeps_no_context;
  if (!got->server_window_bits || *got->server_window_bits > options.window_bits ||
      (server_keeps && !options.context_takeover) ||
      (got->client_window_named && !got->client_window_bits))
    return std::nullopt;
  return deflate_agreement{
      .our_window_bits =
          std::min(options.window_bits, got->client_window_bits.value_or(window_bits_max)),
      .their_window_bits = *got->server_window_bits,
      .we_keep_context = options.context_takeover && !got->client_keeps_no_context,
      .they_keep_context = server_keeps};
}

std::optional<deflate_answer> answer_to_offers(const deflate_options& options,
                                               const http_request& request) {
  for (const http_field& field : request.fields) {
    if (!beast::iequals(field.name, "Sec-WebSocket-Extensions"))
      continue;
    for (std::string_view rest = field.value; !rest.empty();)
      if (const auto offer = parameters_of(cut(rest, ',')))
        return answer_to(options, *offer);
  }
  return std::nullopt;
}

}  // namespace actornet::web
