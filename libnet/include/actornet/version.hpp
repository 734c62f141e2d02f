#pragma once

namespace actornet {

/// The version of the sources, as in CMakeLists.txt.
inline constexpr const char* version = "0.1.0";

}  // namespace actornet
