#include "actornet/net/connector.hpp"

#include <algorithm>
#include <utility>

namespace actornet::net {

namespace {

// Whether @p where needs no resolver: `parse_endpoint` lets nothing else look like an address.
bool is_address(const endpoint& where) {
  return where.kind == endpoint::scheme::local || where.host.find(':') != std::string::npos ||
         where.host.find_first_not_of("0123456789.") == std::string::npos;
}

}  // namespace

connector::connector(loop& on, time_point deadline, connected handler,
                     const socket_options& options)
    : loop_(on), deadline_(deadline), options_(options), handler_(std::move(handler)) {}

connector::connector(loop& on, blocking_pool& names, std::string_view uri, time_point deadline,
                     connected handler, const socket_options& options)
    : connector(on, deadline, std::move(handler), options) {
  if (const auto where = parse_endpoint(uri))
    start(names, where->transport());
  else
    fail_later(where.error());
}

connector::connector(loop& on, blocking_pool& names, const endpoint& where, time_point deadline,
                     connected handler, const socket_options& options)
    : connector(on, deadline, std::move(handler), options) {
  start(names, where.transport());
}

connector::~connector() = default;

void connector::start(blocking_pool& names, const endpoint& where) {
  if (is_address(where)) {
    addresses_.push_back(where);
    return try_address();
  }
  loop_.timers().arm(timer_, deadline_);
  auto work = names.run(
      loop_, [&driver = loop_.driver(), where] { return driver.resolve(where); },
      [this](result<std::vector<endpoint>> found) { on_resolved(std::move(found)); });
  if (work)
    resolving_ = *std::move(work);
  else
    fail_later(work.error());
}

void connector::on_resolved(result<std::vector<endpoint>> found) {
  if (!found || found->empty())
    return finish(found ? std::error_code(errc::name_not_found) : found.error());
  addresses_ = *std::move(found);
  try_address();
}

void connector::try_address() {
  const endpoint& target = addresses_[next_address_++];
  const auto left = static_cast<duration::rep>(addresses_.size() - next_address_ + 1);
  time_point patience = deadline_;
  if (deadline_ != never && left > 1) {
    const time_point now = loop_.now();
    const duration share = std::max((deadline_ - now) / left, address_time_min);
    patience = std::min(deadline_, deadline_after(now, share));
  }
  loop_.timers().arm(timer_, patience);
  attempt_.reset();  // its descriptor first
  attempt_ =
      loop_.driver().connect(target, options_, [this](result<std::unique_ptr<transport>> outcome) {
        if (outcome)
          finish(std::move(outcome));
        else
          on_failed(outcome.error());
      });
}

// The first address is the one that should have worked: its error tells most.
void connector::on_failed(std::error_code why) {
  if (!first_error_)
    first_error_ = why;
  if (next_address_ < addresses_.size())
    try_address();
  else
    finish(first_error_);
}

void connector::on_timer() {
  if (first_error_ && !attempt_)
    return finish(first_error_);
  if (loop_.now() >= deadline_)
    return finish(errc::timed_out);
  on_failed(errc::timed_out);
}

// Never inline: by a timer, because that can be taken back.
void connector::fail_later(std::error_code why) {
  first_error_ = why;
  loop_.timers().arm(timer_, loop_.now());
}

void connector::finish(result<std::unique_ptr<transport>> outcome) {
  loop_.timers().remove(timer_);
  resolving_ = {};
  attempt_.reset();
  std::exchange(handler_, nullptr)(std::move(outcome));
}

}  // namespace actornet::net
