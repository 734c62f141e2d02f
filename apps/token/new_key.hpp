#pragma once

#include <string>

#include "actornet/auth/algorithm.hpp"

namespace actornet::token {

/// Makes a key in the new file @p path, which only its owner can read, and for private keys the
/// public one in `path.pub`. Never overwrites: throws `std::runtime_error` when one of them is
/// there or cannot be written, and then leaves neither behind.
void write_new_key(const std::string& path, auth::algorithm which);

}  // namespace actornet::token
