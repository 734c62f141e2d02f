#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "actornet/runtime.hpp"
#include "actornet/web/http.hpp"
#include "loop_health.hpp"
#include "metrics_text.hpp"

namespace actornet::apps {

/// The pages of a server for those who run it:
///
/// | page           |                                                                             |
/// |----------------|-----------------------------------------------------------------------------|
/// | `/`            | a list of the pages                                                         |
/// | `/healthz`     | 200 `ok`; 503 when a loop hangs (see `loop_health`)                         |
/// | `/readyz`      | 200 `ready`; 503 before `start` and while draining                          |
/// | `/metrics`     | what the runtime counts, and what the application adds, for Prometheus      |
/// | `/debug/loops` | connections and counters of each loop                                       |
///
/// GET and HEAD only. `answer` is called on one thread, which is none of the runtime's: what the
/// application adds must read what any thread may read (atomics, `net::counter`), and must not
/// wait.
class admin_pages {
 public:
  using metrics_source = std::function<void(metrics_text&)>;

  /// @p rt must outlive the pages.
  explicit admin_pages(runtime& rt) : runtime_(rt), health_(rt.loops()) {}

  /// Adds the application's metrics. Before the pages are served.
  void add_metrics(metrics_source source) { sources_.push_back(std::move(source)); }

  /// Adds a page. Before the pages are served. Throws `std::invalid_argument` when there is one at
  /// @p path.
  void add_page(const std::string& path, web::http_handler handler);

  /// @p now is for finding loops that hang.
  web::http_response answer(const web::http_request& request, net::time_point now);

 private:
  web::http_response page_at(const web::http_request& request, net::time_point now);
  std::string index() const;
  std::string metrics() const;

  runtime& runtime_;
  loop_health health_;
  std::vector<metrics_source> sources_;
  std::map<std::string, web::http_handler, std::less<>> pages_;
};

}  // namespace actornet::apps
