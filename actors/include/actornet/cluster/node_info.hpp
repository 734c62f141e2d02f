#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace actornet::cluster {

/// Which messages a program speaks.
struct schema_identity {
  std::uint64_t fingerprint = 0;  ///< see `schema_fingerprint`
  std::uint32_t major = 0;        ///< declared: same means compatible; 0: nothing is declared
  std::vector<std::uint32_t> accepts{};  ///< majors of others that it understands, too; at most 16
};

/// Whether programs of these schemas may talk: the same fingerprint, the same declared major, or
/// one of them accepts the other's. Symmetric.
bool compatible(const schema_identity& one, const schema_identity& other) noexcept;

/// What a node says of itself. In all at most `nodes::info_bytes_max` encoded.
struct node_info {
  std::string name;        ///< one node of a cluster has it at a time; stays over restarts
  std::uint64_t boot = 0;  ///< of this life: random, another one for each start, never 0
  std::string kind;        ///< what it does, "chat"
  std::string version;     ///< of the program, for people
  schema_identity schema{};
  std::map<std::string, std::string> attributes{};  ///< free; where it listens, for example
  bool draining = false;                            ///< it will leave soon: give it nothing new
};

}  // namespace actornet::cluster
