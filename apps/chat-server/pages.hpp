#pragma once

#include "actornet/web/http.hpp"

namespace actornet::chat {

/// Answers for the page's files: `/` is `index.html`. Thread-safe.
web::http_response page_at(const web::http_request& request);

}  // namespace actornet::chat
