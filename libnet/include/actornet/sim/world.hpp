#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actornet/net/backend.hpp"
#include "actornet/net/clock.hpp"
#include "actornet/sim/faults.hpp"
#include "actornet/sim/random.hpp"

namespace actornet::sim {

class world_state;

/// Where loops and peers of a world are unless they say otherwise.
inline constexpr const char* home_address = "127.0.0.1";

/// Limits of a world and what goes wrong in it.
struct options {
  sim::faults faults{};

  /// Turns and network events of one `run…` call; more is a livelock.
  std::uint64_t steps_max = 2'000'000;
};

/// Why the last `run…` call returned.
enum class stop_reason : std::uint8_t {
  none,      ///< nothing ran yet
  reached,   ///< what was asked for came true
  deadline,  ///< virtual time is up
  idle,      ///< nothing will ever happen any more: when waiting for something, a deadlock
  livelock,  ///< `options::steps_max`
};

const char* to_string(stop_reason reason) noexcept;

/// Loops, peers and the network between them, in one thread, on virtual time, from one seed. What
/// happens is a function of the seed, the options and what the program does.
///
///     sim::world world(seed);
///     net::loop server(world.make_backend());
///     ... listen on the loop ...
///     sim::peer client(world, where);
///     client.send("hello");
///     ASSERT_TRUE(world.run_until([&] { return client.received() == "hello"; })) << world;
///
/// Time stands still while something can happen now and passes by `faults::turn_max` at most for a
/// turn; otherwise it goes on to the next event of the network or timer of a loop.
///
/// It must outlive its loops and peers. Single-threaded: never call `net::loop::run` or
/// `multiplexer::start` on a loop of it, and no function of this class from a loop's turn.
class world {
 public:
  explicit world(std::uint64_t seed, const options& how = {});
  ~world();
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  // -- what lives in it ---------------------------------------------------------------------------

  /// The backend of one more loop, on the machine with this address. The loop has turns from when
  /// it is made until it is destroyed.
  std::unique_ptr<net::backend> make_backend(std::string address = home_address);

  /// The same as a `net::backend_factory`.
  std::function<std::unique_ptr<net::backend>(std::size_t)> backends() {
    return [this](std::size_t) { return make_backend(); };
  }

  /// What `backend::resolve` answers for a name; "localhost" is known.
  void add_name(const std::string& name, std::vector<std::string> addresses);

  // -- running ------------------------------------------------------------------------------------

  /// One turn of a loop or one event of the network, chosen by chance; or, when nothing can happen
  /// now, an advance of time. False when nothing will ever happen any more.
  bool step();

  /// Steps until @p done says true; asked after each step. False on any other stop.
  [[nodiscard]] bool run_until(const std::function<bool()>& done,
                               net::time_point deadline = net::never);

  /// Steps until nothing is ready and nothing is under way; timers may still be armed. False on a
  /// livelock.
  bool run_until_idle();

  /// Lets this much virtual time pass. False on a livelock.
  bool run_for(net::duration length);

  /// Runs @p work in a turn of @p target and returns when it ran: for what must be called on the
  /// loop. False on a livelock.
  bool run_on(net::loop& target, const std::function<void()>& work);

  // -- time and chance ----------------------------------------------------------------------------

  net::time_point now() const noexcept;
  net::duration elapsed() const noexcept;  ///< since the world began

  /// Moves the clock on at once; what should have happened meanwhile happens late.
  void jump(net::duration length);

  /// Chance for the test itself: drawing from it does not shift the world's.
  generator& random() noexcept;

  // -- faults -------------------------------------------------------------------------------------

  /// From here on; connections that exist keep their buffers and fate.
  void set_faults(const faults& what) noexcept;
  const faults& current_faults() const noexcept;

  /// Bytes, connects and resets from or to @p address wait until it is healed.
  void partition(const std::string& address);
  void heal(const std::string& address);

  /// The same for everything; heals addresses, too.
  void partition();
  void heal();

  /// While true, `accept`, `connect` and `listen` of the loops fail with `descriptors_exhausted`.
  void exhaust_descriptors(bool exhausted) noexcept;

  /// Sockets that the loops hold: connections (also unattached and connecting) and listeners.
  std::size_t open_descriptors() const noexcept;

  // -- what happened ------------------------------------------------------------------------------

  std::uint64_t seed() const noexcept;
  std::uint64_t steps() const noexcept;  ///< turns and network events so far
  stop_reason stopped_because() const noexcept;

  /// A hash of everything that happened so far: events of the network with their times and bytes,
  /// and all choices. The same seed and program give the same.
  std::uint64_t trace_hash() const noexcept;

  /// Writes a line for each happening from here on; null stops. @p out must outlive the world.
  void set_trace(std::ostream* out) noexcept;

 private:
  friend class peer;
  friend class peer_listener;

  std::unique_ptr<world_state> state_;
};

/// One line for a test's failure message: seed, time, steps, why it stopped, what is ready.
std::ostream& operator<<(std::ostream& out, const world& shown);

}  // namespace actornet::sim
