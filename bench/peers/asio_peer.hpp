#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <sys/resource.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>

/// What the two Asio peers share: command line, listener, the line about it.
namespace asio_peer {

namespace asio = boost::asio;
using asio::ip::tcp;

inline constexpr std::size_t buffer_bytes = 4096;

inline void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// Runs `serve(acceptor)` and then the context; returns the exit code.
template <class Serve>
int run(int argc, char** argv, Serve serve) {
  if (argc != 3 || std::strcmp(argv[1], "--port") != 0) {
    std::cerr << "usage: " << argv[0] << " --port N\n";
    return 2;
  }
  try {
    raise_descriptor_limit();
    asio::io_context context{1};  // one thread
    const auto port = static_cast<std::uint16_t>(std::atoi(argv[2]));
    tcp::acceptor acceptor{context, {asio::ip::address_v4::loopback(), port}};
    std::cout << "listening tcp://127.0.0.1:" << acceptor.local_endpoint().port() << std::endl;
    serve(acceptor);
    context.run();
    return 0;
  } catch (const std::exception& error) {
    std::cerr << argv[0] << ": " << error.what() << '\n';
    return 1;
  }
}

}  // namespace asio_peer
