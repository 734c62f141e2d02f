// Echo server on CAF 0.17's I/O: one broker owns all connections and runs in the multiplexer.

#include <caf/all.hpp>
#include <caf/io/all.hpp>

#include <sys/resource.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>

static constexpr std::size_t read_bytes_max = 64 * 1024;

static caf::behavior echo(caf::io::broker* self, std::uint16_t port) {
  const auto doorman = self->add_tcp_doorman(port, "127.0.0.1", true);
  if (!doorman) {
    std::cerr << "peer-caf-broker: " << self->system().render(doorman.error()) << '\n';
    std::exit(1);
  }
  std::cout << "listening tcp://127.0.0.1:" << doorman->second << std::endl;
  return {
      [self](const caf::io::new_connection_msg& message) {
        self->configure_read(message.handle, caf::io::receive_policy::at_most(read_bytes_max));
      },
      [self](const caf::io::new_data_msg& message) {
        self->write(message.handle, message.buf.size(), message.buf.data());
        self->flush(message.handle);
      },
      [](const caf::io::connection_closed_msg&) {},
  };
}

int main(int argc, char** argv) {
  if (argc != 3 || std::strcmp(argv[1], "--port") != 0) {
    std::cerr << "usage: " << argv[0] << " --port N\n";
    return 2;
  }
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  caf::actor_system_config config;
  config.load<caf::io::middleman>();
  // The scheduler has nothing to do here: one worker that sleeps instead of polling for work.
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", 1);
  caf::actor_system system{config};
  system.middleman().spawn_broker(echo, static_cast<std::uint16_t>(std::atoi(argv[2])));
  system.await_all_actors_done();
}
