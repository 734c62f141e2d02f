#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace actornet::cluster::detail {

struct name_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view name) const noexcept {
    return std::hash<std::string_view>()(name);
  }
};

/// By name, found without making a string.
template <class T>
using name_map = std::unordered_map<std::string, T, name_hash, std::equal_to<>>;

/// The entry of that name, made if there is none.
template <class T>
T& at_name(name_map<T>& map, std::string_view name) {
  const auto found = map.find(name);
  return found != map.end() ? found->second : map.emplace(std::string(name), T()).first->second;
}

}  // namespace actornet::cluster::detail
