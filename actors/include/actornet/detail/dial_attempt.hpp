#pragma once

#include <memory>
#include <string_view>

#include "actornet/detail/connection_core.hpp"
#include "actornet/dial_options.hpp"
#include "actornet/net/connector.hpp"

namespace actornet::detail {

/// A connection being made on the calling loop, for whoever waits for it. It counts as one of the
/// loop's connections already. A drain ends it with `shutting_down`. Loop-bound.
///
///     connecting ──connected──> handshaking ──the filter's is over──> over
///          │          └───────── no filter ────────────────────────────┤
///          └────────── error, deadline, drain, given up ───────────────┘
class dial_attempt : private drain_listener, private idle_watch {
 public:
  dial_attempt() = default;
  dial_attempt(const dial_attempt&) = delete;
  dial_attempt& operator=(const dial_attempt&) = delete;

  /// Begins; @p options are shared by the connections that are made with them.
  /// @pre not under way, the loop does not drain
  void begin(connection_table& here, std::string_view uri, net::time_point deadline,
             const std::shared_ptr<const dial_options>& options);

  /// `on_dialed` does not run any more. Idempotent.
  void give_up();

  bool under_way() const noexcept { return under_way_; }

 protected:
  ~dial_attempt() { give_up(); }

 private:
  /// The connection, which must be `release`d, or why there is none. Never inside `begin`.
  virtual void on_dialed(result<connection_core*> outcome) = 0;

  void on_connected(result<std::unique_ptr<net::transport>> outcome);
  result<std::unique_ptr<net::filter>> made_filter() const;
  void on_open() final;
  void on_disturbed() final;
  void on_drain() final;
  void on_timer();
  void fail(std::error_code why);
  void end();

  connection_table* table_ = nullptr;
  std::shared_ptr<const dial_options> options_;
  net::endpoint where_;
  net::time_point deadline_ = net::never;
  std::unique_ptr<net::connector> connector_;
  connection_core* made_ = nullptr;  // its handshake is under way
  std::error_code refused_;          // there is nothing to wait for but the timer
  net::timer timer_{net::entry_of<&dial_attempt::on_timer>(*this)};
  bool under_way_ = false;
};

}  // namespace actornet::detail
