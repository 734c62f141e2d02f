#include "bucket_follower.hpp"

#include <algorithm>

namespace actornet::nats {

// Answers to what was asked before the connection was lost say nothing any more.
template <class T, class Work>
bucket::told<T> bucket_follower::on_this_connection(Work work) {
  return [this, number = connections_, work = std::move(work)](const result<T>& came) {
    if (up_ && number == connections_)
      work(came);
  };
}

void bucket_follower::start() {
  hears_ = over_.subscribe(bucket_.changes(), "", *this);
  watching_ = over_.watch_state(*this);
}

void bucket_follower::on_state(cluster::bus_state now) {
  up_ = now == cluster::bus_state::up;
  listing_ = list_again_ = false;
  if (!up_) {
    over_.home().timers().cancel(retry_);
    over_.home().timers().cancel(check_);
    return made_(errc::disconnected);
  }
  ++connections_;
  begin();
}

void bucket_follower::retry() {
  if (up_)
    begin();
}

void bucket_follower::begin() {
  bucket_.create(on_this_connection<std::uint64_t>([this](const result<std::uint64_t>& came) {
    made_(came ? result<void>() : came.error());
    if (came)
      list();
    else
      over_.home().timers().arm(retry_, over_.home().now() + retry_after);
  }));
}

// A list shows at least what there was when it began; what came after that is heard.
void bucket_follower::list() {
  list_again_ = listing_;
  if (listing_ || !up_)
    return;
  listing_ = true;
  bucket_.last_revision(
      on_this_connection<std::uint64_t>([this](const result<std::uint64_t>& last) {
        if (!last)
          return end_list();
        listed_up_to_ = *last;
        heard_ = std::max(heard_, *last);
        mirror_.begin_listing();
        list_from(1);
      }));
}

void bucket_follower::list_from(std::uint64_t revision) {
  bucket_.next(revision, on_this_connection<record>([this](const result<record>& next) {
                 if (next) {
                   mirror_.apply(*next);
                   return list_from(next->revision + 1);
                 }
                 if (next.error() == errc::not_found)
                   mirror_.end_listing();
                 else
                   list_again_ = true;
                 end_list();
               }));
}

void bucket_follower::end_list() {
  listing_ = false;
  if (list_again_)
    over_.home().timers().arm(retry_, over_.home().now() + retry_after);
  over_.home().timers().arm(check_, over_.home().now() + check_every_);
}

void bucket_follower::on_message(const message& what) {
  const auto change = bucket_.record_of(what);
  if (!change)
    return list();  // garbage may have stood for something
  if (change->revision <= listed_up_to_)
    return;
  const bool left_out = heard_ != 0 && change->revision > heard_ + 1;
  heard_ = std::max(heard_, change->revision);
  mirror_.apply(*change);
  if (left_out)
    list();
}

// What was on its way at one check has come by the next.
void bucket_follower::check() {
  over_.home().timers().arm(check_, over_.home().now() + check_every_);
  bucket_.last_revision(
      on_this_connection<std::uint64_t>([this](const result<std::uint64_t>& last) {
        if (!last)
          return;
        if (behind_of_ > heard_)
          list();
        behind_of_ = *last;
      }));
}

}  // namespace actornet::nats
