#pragma once

#include "common/metrics_text.hpp"
#include "service.hpp"

namespace actornet::chat {

/// What @p of counts, for Prometheus. From any thread.
void write_chat_metrics(apps::metrics_text& page, const service& of);

}  // namespace actornet::chat
