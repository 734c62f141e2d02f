#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actornet/web/http.hpp"
#include "deflate.hpp"

namespace actornet::web {

// How permessage-deflate is agreed on (RFC 7692, sections 5 and 7.1), as values of
// `Sec-WebSocket-Extensions`.

/// Throws `std::invalid_argument` when @p options are out of their ranges.
void check_deflate(const websocket_end_options& options);

/// What a client asks for.
std::string deflate_offer(const deflate_options& options);

/// What it has got: empty when the server's answer is none that it offered.
std::optional<deflate_agreement> agreed_by_server(const deflate_options& options,
                                                  std::string_view answer);

struct deflate_answer {
  deflate_agreement agreed;
  std::string text;
};
/// What a server says to the first offer that it can take; empty when there is none.
std::optional<deflate_answer> answer_to_offers(const deflate_options& options,
                                               const http_request& request);

}  // namespace actornet::web
