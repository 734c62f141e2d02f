#pragma once

#include <string>
#include <vector>

namespace actornet::apps {

/// How many letters must be put in, taken out or exchanged to make @p to of @p from (Levenshtein).
std::size_t edit_distance(const std::string& from, const std::string& to);

/// The one of @p names that is most like @p name; empty when none is within a third of its letters,
/// or 2.
std::string nearest_name(const std::string& name, const std::vector<std::string>& names);

}  // namespace actornet::apps
