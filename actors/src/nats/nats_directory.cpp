#include "actornet/nats/nats_directory.hpp"

#include <atomic>
#include <deque>
#include <functional>

#include "actornet/cluster/detail/mailbox.hpp"
#include "bucket.hpp"
#include "bucket_follower.hpp"
#include "mirror.hpp"

namespace actornet::nats {

using cluster::directory_entry;
using cluster::operation;
using cluster::detail::completion;
using cluster::detail::directory_watcher;
using cluster::detail::mailbox;
using cluster::detail::mailboxes;

namespace {

/// How often a key may change under an operation before that is given up.
constexpr int tries_max = 5;

}  // namespace

// Operations come through `box_` to the home loop.
class nats_directory::state {
 public:
  template <class T>
  using answer = std::function<void(result<T>)>;

  state(connection& over, const nats_directory_options& how);
  ~state() { box_.close(); }

  /// `start(answer)` on the home loop as soon as the bucket is there; the answer goes to the loop
  /// that asks.
  template <class T, class Start>
  operation run(std::function<void(result<T>)> done, Start start);

  void put(const record& what, std::uint64_t expected, std::uint64_t place, int tries,
           answer<std::uint64_t> done);
  void remove(const std::string& key, std::uint64_t expected, int tries,
              answer<std::uint64_t> done);
  void get(const std::string& key, answer<record> done);

  void watch(const std::shared_ptr<directory_watcher>& added) {
    box_.push([this, added] { mirror_.watch(added); });
  }
  void unwatch(const std::shared_ptr<directory_watcher>& gone) {
    box_.push([this, gone] { mirror_.unwatch(gone); });
  }

  mailboxes boxes;

 private:
  using waiting_work = std::function<void(std::error_code)>;

  void begin(waiting_work work);
  void on_made(const result<void>& came);
  void take_away(const std::string& key, std::uint64_t revision);
  void place_again(const record& what, int tries, answer<std::uint64_t> done);

  connection& over_;
  const nats_directory_options how_;
  std::atomic<std::size_t> open_{0};
  bool made_ = false;
  std::deque<waiting_work> waiting_;  // until the bucket is there
  bucket bucket_;
  mirror mirror_;
  bucket_follower follower_;
  mailbox box_;
};

nats_directory::state::state(connection& over, const nats_directory_options& how)
    : over_(over),
      how_(how),
      bucket_(over, how),
      mirror_(over.home(), how.keys_max,
              [this](const std::string& key, std::uint64_t revision) { take_away(key, revision); }),
      follower_(over, bucket_, mirror_, how.check_every,
                [this](const result<void>& came) { on_made(came); }),
      box_(over.home()) {
  box_.push([this] { follower_.start(); });
}

void nats_directory::state::on_made(const result<void>& came) {
  made_ = bool(came);
  std::deque<waiting_work> waited;
  waited.swap(waiting_);
  for (const auto& each : waited)
    each(came.error());
}

void nats_directory::state::begin(waiting_work work) {
  if (made_ || !over_.up())
    work(over_.up() ? std::error_code() : errc::disconnected);
  else
    waiting_.push_back(std::move(work));
}

template <class T, class Start>
operation nats_directory::state::run(std::function<void(result<T>)> done, Start start) {
  auto told = std::make_shared<completion<result<T>>>(std::move(done));
  mailbox& here = boxes.here();
  if (open_.load() >= how_.queue_max) {
    mailboxes::answer(here, told, result<T>(errc::unavailable));
    return operation(told);
  }
  open_.fetch_add(1);
  answer<T> back = [this, &here, told](result<T> outcome) {
    open_.fetch_sub(1);
    mailboxes::answer(here, told, std::move(outcome));
  };
  box_.push([this, back = std::move(back), start = std::move(start)] {
    begin([back, start](std::error_code flaw) {
      if (flaw)
        back(flaw);
      else
        start(back);
    });
  });
  return operation(told);
}

// -- on the home loop -----------------------------------------------------------------------------

// A key that is not there may have a mark, or one whose lease ended: @p place is its revision.
void nats_directory::state::put(const record& what, std::uint64_t expected, std::uint64_t place,
                                int tries, answer<std::uint64_t> done) {
  const std::uint64_t ended = mirror_.ended(what.key);
  if (expected != 0 && expected == ended)
    return done(errc::wrong_revision);
  std::optional<std::uint64_t> last;
  if (expected != any_revision)
    last = expected != 0 ? expected : std::max(place, ended);
  bucket_.write(what, last, [this, what, expected, tries, done](const result<std::uint64_t>& came) {
    if (came || came.error() != errc::wrong_revision || expected != 0)
      return done(came);
    place_again(what, tries, done);
  });
}

void nats_directory::state::place_again(const record& what, int tries, answer<std::uint64_t> done) {
  if (tries >= tries_max)
    return done(errc::unavailable);
  bucket_.last(what.key, [this, what, tries, done](const result<record>& there) {
    if (!there && there.error() != errc::not_found)
      return done(there.error());
    if (there && !there->removed && there->revision != mirror_.ended(what.key))
      return done(errc::wrong_revision);
    put(what, 0, there ? there->revision : 0, tries + 1, done);
  });
}

void nats_directory::state::get(const std::string& key, answer<record> done) {
  bucket_.last(key, [this, key, done = std::move(done)](result<record> there) {
    if (there && (there->removed || there->revision == mirror_.ended(key)))
      return done(errc::not_found);
    done(std::move(there));
  });
}

void nats_directory::state::remove(const std::string& key, std::uint64_t expected, int tries,
                                   answer<std::uint64_t> done) {
  get(key, [this, key, expected, tries, done](const result<record>& there) {
    if (!there)
      return done(there.error());
    const std::uint64_t revision = there->revision;
    if (expected != any_revision && expected != revision)
      return done(errc::wrong_revision);
    const record mark{key, "", 0, {}, true};
    bucket_.write(mark, revision,
                  [this, key, expected, tries, done, revision](const result<std::uint64_t>& came) {
                    if (came) {
                      bucket_.erase(*came);
                      return done(revision);
                    }
                    if (came.error() != errc::wrong_revision || tries >= tries_max)
                      return done(came.error());
                    remove(key, expected, tries + 1, done);
                  });
  });
}

// Every process that noticed tries it; the first succeeds.
void nats_directory::state::take_away(const std::string& key, std::uint64_t revision) {
  const record mark{key, "", 0, {}, true};
  bucket_.write(mark, revision, [this](const result<std::uint64_t>& came) {
    if (came)
      bucket_.erase(*came);
  });
}

// -- nats_directory -------------------------------------------------------------------------------

nats_directory::nats_directory(connection& over, const nats_directory_options& how)
    : state_(std::make_unique<state>(over, how)) {}
nats_directory::~nats_directory() = default;

namespace {

std::error_code flaw_of(std::string_view key, std::string_view value = {}) {
  if (key.empty())
    return errc::name_invalid;
  if (key.size() > cluster::directory::key_bytes_max ||
      value.size() > cluster::directory::value_bytes_max)
    return errc::message_too_large;
  return {};
}

}  // namespace

operation nats_directory::put(std::string_view key, std::string value, std::uint64_t expected,
                              net::duration time_to_live, put_done done) {
  const std::error_code flaw = flaw_of(key, value);
  record what{std::string(key), std::move(value), 0, time_to_live, false};
  auto start = [at = state_.get(), flaw, expected,
                what = std::move(what)](const state::answer<std::uint64_t>& back) {
    if (flaw)
      back(flaw);
    else
      at->put(what, expected, 0, 1, back);
  };
  return state_->run<std::uint64_t>(std::move(done), std::move(start));
}

operation nats_directory::remove(std::string_view key, std::uint64_t expected, put_done done) {
  auto start = [at = state_.get(), expected,
                key = std::string(key)](const state::answer<std::uint64_t>& back) {
    if (flaw_of(key))
      back(errc::not_found);
    else
      at->remove(key, expected, 1, back);
  };
  return state_->run<std::uint64_t>(std::move(done), std::move(start));
}

operation nats_directory::get(std::string_view key, get_done done) {
  auto start = [at = state_.get(),
                key = std::string(key)](const state::answer<directory_entry>& back) {
    if (flaw_of(key))
      return back(errc::not_found);
    at->get(key, [back](const result<record>& there) {
      back(there ? result<directory_entry>({there->value, there->revision}) : there.error());
    });
  };
  return state_->run<directory_entry>(std::move(done), std::move(start));
}

cluster::subscription nats_directory::watch(std::string_view prefix,
                                            cluster::directory_sink& sink) {
  class watching final : public cluster::subscription::state {
   public:
    watching(nats_directory::state& from, std::string_view prefix, cluster::directory_sink& sink)
        : from_(from), mine_(std::make_shared<directory_watcher>(from.boxes.here(), prefix, sink)) {
      from_.watch(mine_);
    }
    ~watching() override {
      mine_->end();
      from_.unwatch(mine_);
    }

   private:
    nats_directory::state& from_;
    const std::shared_ptr<directory_watcher> mine_;
  };
  return cluster::subscription(std::make_unique<watching>(*state_, prefix, sink));
}

}  // namespace actornet::nats
