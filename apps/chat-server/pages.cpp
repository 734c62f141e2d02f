#include "pages.hpp"

#include <algorithm>

#include "page_files.hpp"

namespace actornet::chat {

namespace {

// The page has no inline script or style and talks to nobody but this server: what gets in as text
// cannot do anything (W3C, Content Security Policy Level 3).
constexpr const char* content_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const char* type_of(std::string_view name) {
  if (name.ends_with(".html"))
    return "text/html; charset=utf-8";
  if (name.ends_with(".css"))
    return "text/css; charset=utf-8";
  if (name.ends_with(".svg"))
    return "image/svg+xml";
  return "text/javascript; charset=utf-8";
}

}  // namespace

web::http_response page_at(const web::http_request& request) {
  if (request.method != "GET" && request.method != "HEAD")
    return {405, {{"Allow", "GET, HEAD"}}, "only GET and HEAD\n"};
  std::string_view name = request.path().substr(1);
  if (name.empty())
    name = "index.html";
  const auto files = page_files();
  const auto found = std::ranges::find(files, name, &page_file::name);
  if (found == files.end())
    return {404, {{"Content-Type", "text/plain"}}, "there is no such page\n"};
  return {200,
          {{"Content-Type", type_of(name)},
           {"Content-Security-Policy", content_policy},
           {"X-Content-Type-Options", "nosniff"},
           {"Referrer-Policy", "no-referrer"},
           {"Cache-Control", "no-cache"}},
          std::string(found->content)};
}

}  // namespace actornet::chat
