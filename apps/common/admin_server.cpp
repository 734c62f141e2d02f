#include "admin_server.hpp"

#include "actornet/web/web_filter.hpp"

namespace actornet::apps {

namespace {

using namespace std::chrono_literals;

constexpr net::duration patience = 1s;  // with requests when it ends

// A request is answered by the filter; a session sees the end of the stream only.
task<> until_the_end(byte_stream peer) {
  co_await peer.read();
}

runtime_options one_loop() {
  runtime_options options;
  options.loops = 1;
  options.stall_budget = 0s;
  return options;
}

listen_options listener_of(const std::shared_ptr<admin_pages>& pages) {
  web::web_options web;
  web.on_request = [pages](const web::http_request& request) {
    return pages->answer(request, net::loop::current()->now());
  };
  web.answers_bytes_max = 0;  // each connection ends after its answer
  listen_options options;
  options.stream.handshake_timeout = 10s;
  options.acceptor.connections_max = admin_connections_max;
  options.filter = web::web_filter(std::move(web));
  return options;
}

struct admin_server {
  explicit admin_server(std::unique_ptr<admin_pages> served) : pages(std::move(served)) {}
  ~admin_server() { own.stop(patience); }

  std::shared_ptr<admin_pages> pages;
  runtime own{one_loop()};
};

}  // namespace

net::endpoint serve_admin(runtime& rt, const std::string& uri, std::unique_ptr<admin_pages> pages) {
  auto server = std::make_shared<admin_server>(std::move(pages));
  const net::endpoint where = server->own.listen(uri, until_the_end, listener_of(server->pages));
  server->own.start();
  rt.keep(std::move(server));
  return where;
}

}  // namespace actornet::apps
