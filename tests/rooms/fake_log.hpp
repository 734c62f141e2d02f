#pragma once

// A log in memory that several histories share under simulation, with what networks do: answers are
// late or lost, records are not told, places that were asked do not know the newest yet.

#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actornet/cluster/detail/mailbox.hpp"
#include "actornet/net/timer_wheel.hpp"
#include "actornet/rooms/log_history.hpp"

namespace actornet::rooms {

/// What goes wrong: one time in so many, 0 never.
struct log_faults {
  std::uint32_t record_lost = 0;   ///< on its way to a follower
  std::uint32_t answer_lost = 0;   ///< `disconnected`, and it may happen later
  std::uint32_t read_stale = 0;    ///< a read finds nothing
  std::uint32_t delay_max_ms = 0;  ///< of each way
};

/// What the server has.
class log_store {
 public:
  struct kept {
    log_record record;
    std::int64_t time_ms;
  };
  std::uint64_t id = 77;
  std::uint64_t last = 0;
  std::size_t channel_records_max = 1'000;
  std::int64_t age_max_ms = 0;  ///< 0: no limit
  std::map<std::string, std::vector<kept>> channels;
  std::vector<class fake_log*> places;

  std::vector<kept>& at(const std::string& channel, std::int64_t now_ms) {
    auto& all = channels[channel];
    std::erase_if(all, [&](const kept& each) {
      return age_max_ms > 0 && each.time_ms < now_ms - age_max_ms;
    });
    if (all.size() > channel_records_max)
      all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(channel_records_max));
    return all;
  }
  std::uint64_t end(const std::string& channel, std::int64_t now_ms) {
    const auto& all = at(channel, now_ms);
    return all.empty() ? 0 : all.back().record.number;
  }
  log_appended append(const std::string& channel, std::uint64_t expected,
                      const net::shared_bytes& payload, std::int64_t now_ms);
};

/// One process's way to the store; everything on one loop.
class fake_log final : public shared_log {
 public:
  fake_log(net::loop& home, log_store& store) : home_(home), store_(store), box_(home) {
    store_.places.push_back(this);
  }
  ~fake_log() override {
    std::erase(store_.places, this);
    box_.close();
  }

  net::loop& home() noexcept override { return home_; }
  std::int64_t date_ms() override { return home_.wall_now().time_since_epoch().count(); }

  cluster::operation end_of(std::string_view channel, end_done done) override {
    return ask<result<log_end>>(std::move(done), [this, name = std::string(channel)] {
      return log_end{store_.end(name, date_ms()), store_.id};
    });
  }
  cluster::operation read(std::string_view channel, std::uint64_t number,
                          record_done done) override {
    using found = std::optional<log_record>;
    return ask<result<found>>(std::move(done), [this, name = std::string(channel), number] {
      if (chance(faults.read_stale))
        return found();
      for (const auto& each : store_.at(name, date_ms()))
        if (each.record.number >= number)
          return found(each.record);
      return found();
    });
  }
  cluster::operation append(std::string_view channel, std::uint64_t expected,
                            const net::shared_bytes& payload, append_done done) override {
    ++appends;
    return ask<result<log_appended>>(std::move(done),
                                     [this, name = std::string(channel), expected, payload] {
                                       return store_.append(name, expected, payload, date_ms());
                                     });
  }
  cluster::subscription follow(std::string_view channel, log_follower& sink) override {
    class following final : public cluster::subscription::state {
     public:
      following(fake_log& from, std::string channel, log_follower& sink)
          : from_(from), entry_(from_.sinks_.emplace(std::move(channel), &sink)) {}
      ~following() override { from_.sinks_.erase(entry_); }

     private:
      fake_log& from_;
      const std::multimap<std::string, log_follower*>::iterator entry_;
    };
    return cluster::subscription(std::make_unique<following>(*this, std::string(channel), sink));
  }

  /// The store has @p next. From any loop of the simulation.
  void tell(const std::string& channel, const log_record& next) {
    if (cut || chance(faults.record_lost))
      return;
    box_.push([this, channel, next] {
      after(delay(), [this, channel, next] {
        const auto [from, to] = sinks_.equal_range(channel);
        for (auto each = from; each != to; ++each)
          each->second->on_record(next);
      });
    });
  }

  /// On the loop.
  void reconnect() {
    cut = false;
    for (const auto& [channel, sink] : sinks_)
      sink->on_interrupted();
  }

  log_faults faults;
  bool cut = false;  ///< nothing gets through
  std::uint64_t appends = 0;

 private:
  struct job {
    job(fake_log& in, std::function<void()> what) : of(in), work(std::move(what)) {}
    void run() {
      const auto now = std::move(work);
      of.jobs_.erase(self);
      now();
    }
    fake_log& of;
    std::function<void()> work;
    std::list<job>::iterator self{};
    net::timer due{net::entry_of<&job::run>(*this)};
  };

  bool chance(std::uint32_t one_in) { return one_in > 0 && home_.random() % one_in == 0; }
  net::duration delay() {
    return std::chrono::milliseconds(
        faults.delay_max_ms == 0 ? 0 : home_.random() % (faults.delay_max_ms + 1));
  }
  void after(net::duration wait, std::function<void()> work) {
    if (wait == net::duration::zero())
      return work();
    jobs_.emplace_back(*this, std::move(work));
    jobs_.back().self = std::prev(jobs_.end());
    home_.timers().arm(jobs_.back().due, home_.now() + wait);
  }

  template <class Answer, class Work>
  cluster::operation ask(std::function<void(Answer)> done, Work work) {
    auto told = std::make_shared<cluster::detail::completion<Answer>>(std::move(done));
    const bool lost = cut || chance(faults.answer_lost);
    const bool happens = !cut && (!lost || chance(2));
    if (lost)
      box_.push([this, told] { after(delay(), [told] { told->complete(errc::disconnected); }); });
    if (happens)
      box_.push([this, told, work, lost] {
        after(delay(), [this, told, work, lost] {
          const Answer answer = work();
          if (!lost)
            after(delay(), [told, answer] { told->complete(answer); });
        });
      });
    return cluster::operation(told);
  }

  net::loop& home_;
  log_store& store_;
  std::multimap<std::string, log_follower*> sinks_;
  std::list<job> jobs_;
  cluster::detail::mailbox box_;
};

inline log_appended log_store::append(const std::string& channel, std::uint64_t expected,
                                      const net::shared_bytes& payload, std::int64_t now_ms) {
  const std::uint64_t newest = end(channel, now_ms);
  if (newest != expected)
    return {newest, true};
  const log_record added{++last, newest, payload};
  at(channel, now_ms).push_back({added, now_ms});
  for (fake_log* const each : places)
    each->tell(channel, added);
  return {added.number, false};
}

}  // namespace actornet::rooms
