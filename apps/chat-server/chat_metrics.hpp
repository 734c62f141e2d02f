#pragma once

#include <optional>

#include "actornet/tls/tls.hpp"
#include "actornet/web/web_filter.hpp"
#include "common/metrics_text.hpp"
#include "service.hpp"

namespace actornet::chat {

/// What @p of counts, for Prometheus. From any thread.
void write_chat_metrics(apps::metrics_text& page, const service& of);

/// What the listeners of the web and of TLS (empty: there are none) refused. From any thread.
void write_listener_metrics(apps::metrics_text& page, const web::web_counters& web,
                            const std::optional<tls::server>& secure);

}  // namespace actornet::chat
