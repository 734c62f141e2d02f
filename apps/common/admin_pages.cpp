#include "admin_pages.hpp"

#include <algorithm>
#include <stdexcept>

#include "runtime_metrics.hpp"

namespace actornet::apps {

namespace {

constexpr std::string_view own_pages[] = {"/", "/debug/loops", "/healthz", "/metrics", "/readyz"};

web::http_response plain_text(unsigned status, std::string body) {
  return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::move(body)};
}

}  // namespace

void admin_pages::add_page(const std::string& path, web::http_handler handler) {
  const bool taken = std::ranges::find(own_pages, path) != std::end(own_pages);
  if (taken || !path.starts_with('/') || !pages_.emplace(path, std::move(handler)).second)
    throw std::invalid_argument("no page can be added at '" + path + "'");
}

web::http_response admin_pages::answer(const web::http_request& request, net::time_point now) {
  if (request.method != "GET" && request.method != "HEAD") {
    web::http_response refusal = plain_text(405, "GET and HEAD only\n");
    refusal.fields.push_back({"Allow", "GET, HEAD"});
    return refusal;
  }
  web::http_response page = page_at(request, now);
  page.fields.push_back({"Cache-Control", "no-store"});
  page.fields.push_back({"X-Content-Type-Options", "nosniff"});
  return page;
}

web::http_response admin_pages::page_at(const web::http_request& request, net::time_point now) {
  const std::string_view path = request.path();
  if (path == "/healthz") {
    const auto stuck = health_.find_stuck(now);
    return stuck ? plain_text(503, "loop " + std::to_string(*stuck) + " hangs\n")
                 : plain_text(200, "ok\n");
  }
  if (path == "/readyz") {
    if (runtime_.draining())
      return plain_text(503, "draining\n");
    return runtime_.started() ? plain_text(200, "ready\n") : plain_text(503, "starting\n");
  }
  if (path == "/metrics")
    return {200, {{"Content-Type", metrics_text::content_type}}, metrics()};
  if (path == "/debug/loops")
    return plain_text(200, loops_table(runtime_));
  if (path == "/")
    return plain_text(200, index());
  const auto added = pages_.find(path);
  return added != pages_.end() ? added->second(request) : plain_text(404, "not found\n");
}

std::string admin_pages::index() const {
  std::string text;
  for (const std::string_view each : own_pages)
    text.append(each).append("\n");
  for (const auto& [path, handler] : pages_)
    text.append(path).append("\n");
  return text;
}

std::string admin_pages::metrics() const {
  metrics_text page;
  write_runtime_metrics(page, runtime_);
  for (const metrics_source& each : sources_)
    each(page);
  return page.text();
}

}  // namespace actornet::apps
