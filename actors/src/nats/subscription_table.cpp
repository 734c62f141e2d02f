#include "subscription_table.hpp"

#include <vector>

#include "actornet/log.hpp"

namespace actornet::nats {

std::uint64_t subscription_table::add(std::string_view subject, std::string_view queue_group,
                                      message_sink& sink, natsConnection* on, bool may_be_polled) {
  const std::uint64_t number = ++last_;
  entry& added = all_.emplace(number, entry{std::string(subject), std::string(queue_group), &sink})
                     .first->second;
  added.polled = may_be_polled && polled_ < polled_max;
  polled_ += added.polled;
  if (on)
    make(number, added, *on);
  return number;
}

void subscription_table::remove(std::uint64_t number) {
  const auto gone = all_.extract(number);
  if (gone)
    polled_ -= gone.mapped().polled;
}

void subscription_table::make_all(natsConnection& on) {
  for (auto& [number, each] : all_)
    make(number, each, on);
}

void subscription_table::unmake_all() {
  for (auto& each : all_)
    each.second.made.reset();
}

void subscription_table::make(std::uint64_t number, entry& of, natsConnection& on) {
  const natsStatus status = of.polled ? make_polled(of, on) : make_delivered(number, of, on);
  if (status != NATS_OK)  // a connection that is lost now: they are made again on the next
    log(log_level::debug, "nats: no subscription: " + failure_text(status));
}

natsStatus subscription_table::make_polled(entry& of, natsConnection& on) {
  natsSubscription* made = nullptr;
  const natsStatus status = of.queue_group.empty()
                                ? natsConnection_SubscribeSync(&made, &on, of.subject.c_str())
                                : natsConnection_QueueSubscribeSync(&made, &on, of.subject.c_str(),
                                                                    of.queue_group.c_str());
  of.made.reset(made);
  return status;
}

natsStatus subscription_table::make_delivered(std::uint64_t number, entry& of, natsConnection& on) {
  natsSubscription* made = nullptr;
  auto* const to = new arrival_ref(std::make_shared<arrival>(*this, number));
  const natsStatus status =
      of.queue_group.empty()
          ? natsConnection_Subscribe(&made, &on, of.subject.c_str(), on_message, to)
          : natsConnection_QueueSubscribe(&made, &on, of.subject.c_str(), of.queue_group.c_str(),
                                          on_message, to);
  of.made.reset(made);
  if (status != NATS_OK)
    delete to;
  else
    natsSubscription_SetOnCompleteCB(made, on_complete, to);
  return status;
}

// -- polled ---------------------------------------------------------------------------------------

bool subscription_table::poll() {
  std::vector<std::uint64_t> numbers;  // who is told may add and remove
  numbers.reserve(polled_);
  for (const auto& [number, each] : all_) {
    if (numbers.size() == polled_)
      break;
    if (each.polled)
      numbers.push_back(number);
  }
  bool more = false;
  for (const std::uint64_t number : numbers)
    more |= poll(number);
  return more;
}

bool subscription_table::poll(std::uint64_t number) {
  for (std::size_t left = batch_max; left > 0; --left) {
    entry* const here = find(number);
    if (!here || !here->made)
      return false;
    natsMsg* what = nullptr;
    const natsStatus status = natsSubscription_NextMsg(&what, here->made.get(), 0);
    const library_message owned(what);
    if (status == NATS_NO_RESPONDERS)
      continue;
    if (status != NATS_OK)
      return false;
    here->sink->on_message(from_library(*what));
  }
  return true;
}

subscription_table::entry* subscription_table::find(std::uint64_t number) {
  const auto found = all_.find(number);
  return found == all_.end() ? nullptr : &found->second;
}

// -- through the library's thread -----------------------------------------------------------------

void subscription_table::on_message(natsConnection*, natsSubscription*, natsMsg* what, void* to) {
  arrive(*static_cast<arrival_ref*>(to), library_message(what));
}

void subscription_table::on_complete(void* to) {
  delete static_cast<arrival_ref*>(to);
}

void subscription_table::arrive(const arrival_ref& at, library_message what) {
  if (at->waiting.load() >= at->table.waiting_max_) {
    if (at->lost.fetch_add(1) == 0)
      at->box->push([at] {
        if (entry* const here = at->table.find(at->number))
          here->sink->on_lagged(at->lost.exchange(0));
      });
    return;
  }
  at->waiting.fetch_add(1);
  at->box->push([at, told = from_library(*what)] {
    at->waiting.fetch_sub(1);
    if (entry* const here = at->table.find(at->number))
      here->sink->on_message(told);
  });
}

}  // namespace actornet::nats
