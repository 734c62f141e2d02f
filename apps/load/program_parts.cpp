#include "program_parts.hpp"

#include <cstdio>

#include "actornet/net/descriptor_limit.hpp"
#include "number_text.hpp"

namespace actornet::load {

namespace {

constexpr std::size_t descriptors_besides = 16;  // standard streams, files, the poller's own

}  // namespace

void say(const std::string& line) {
  std::fprintf(stderr, "actornet-load: %s\n", line.c_str());
}

bool descriptors_suffice(std::uint32_t connections) {
  const std::size_t limit = net::raise_descriptor_limit();
  const std::size_t needed = connections + descriptors_besides;
  if (needed <= limit)
    return true;
  say(number_text(connections) + " connections need " +
      number_text(static_cast<std::int64_t>(needed)) + " open files, this process may have " +
      number_text(static_cast<std::int64_t>(limit)) + " (ulimit -Hn)");
  return false;
}

bool output_file::open(const std::string& path) {
  path_ = path;
  if (path.empty())
    return true;
  file_.open(path, std::ios::trunc);
  return file_.is_open() || complain();
}

bool output_file::write(const std::string& text) {
  if (path_.empty())
    return true;
  file_ << text << std::flush;
  return file_.good() || complain();
}

bool output_file::complain() const {
  say("cannot write '" + path_ + "'");
  return false;
}

}  // namespace actornet::load
