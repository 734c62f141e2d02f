#include "actornet/history_nats/nats_history.hpp"

#include <algorithm>
#include <system_error>

#include "jetstream_log.hpp"

namespace actornet::nats {

namespace {

const nats_history_options& checked(const nats_history_options& options) {
  constexpr std::string_view letters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  if (options.space.empty() || options.space.find_first_not_of(letters) != std::string::npos)
    throw std::system_error(errc::name_invalid, "history: space '" + options.space + "'");
  if (options.shards == 0 || options.replicas == 0)
    throw std::system_error(errc::name_invalid, "history: no streams");
  return options;
}

}  // namespace

nats_history::nats_history(connection& over, nats_history_options options)
    : log_(std::make_unique<detail::jetstream_log>(over, checked(options))),
      kept_(*log_, options.log) {}

nats_history::~nats_history() = default;

cluster::operation nats_history::append(std::string_view channel, rooms::draft what,
                                        append_done done) {
  return kept_.append(channel, std::move(what), std::move(done));
}

cluster::operation nats_history::read_after(std::string_view channel, std::uint64_t after,
                                            std::size_t count, read_done done) {
  return kept_.read_after(channel, after, count, std::move(done));
}

cluster::operation nats_history::read_before(std::string_view channel, std::uint64_t before,
                                             std::size_t count, read_done done) {
  return kept_.read_before(channel, before, count, std::move(done));
}

cluster::subscription nats_history::live(std::string_view channel, rooms::live_sink& sink) {
  return kept_.live(channel, sink);
}

rooms::log_history::counts nats_history::counted() const {
  return kept_.counted();
}

}  // namespace actornet::nats
