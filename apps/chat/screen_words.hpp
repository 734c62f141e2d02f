#pragma once

#include <actornet/chat/v1/chat.pb.h>

#include <cstdint>
#include <string>

#include "talk_view.hpp"

namespace actornet::talk {

// What a screen says in English. Texts may hold names and texts of others as they came.

/// "12 messages are missing here: …".
std::string words_of(const v1::Gap& gap);

/// "3 are here: ann, bob, eve".
std::string words_of(const v1::Members& members);

/// "not sent, too many at a time: again in 2 s".
std::string words_of(const v1::Failed& failed, v1::Command::KindCase of);

/// Empty if there is nothing to be said.
std::string words_of(const phase_change& change);

/// `14:02`, and `2026-11-27`, of the local time zone.
std::string clock_time(std::int64_t unix_ms);
std::string calendar_day(std::int64_t unix_ms);

}  // namespace actornet::talk
