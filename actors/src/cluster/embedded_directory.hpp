#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "actornet/cluster/detail/embedded_link.hpp"
#include "actornet/cluster/embedded_engine.hpp"

namespace actornet::cluster {

/// A node's way to the directory that all share.
class embedded_node::directory_end final : public cluster::directory {
 public:
  explicit directory_end(std::shared_ptr<detail::embedded_link> link)
      : link_(std::move(link)), lane_(link_->new_lane()) {}

  operation put(std::string_view key, std::string value, std::uint64_t expected,
                net::duration time_to_live, put_done done) override;
  operation remove(std::string_view key, std::uint64_t expected, put_done done) override;
  operation get(std::string_view key, get_done done) override;
  subscription watch(std::string_view prefix, directory_sink& sink) override;

 private:
  const std::shared_ptr<detail::embedded_link> link_;
  const std::uint64_t lane_;
};

}  // namespace actornet::cluster
