#pragma once

namespace actornet::net {

/// Whether the system can do what `thread_barrier` says. Always the same; thread-safe.
bool has_thread_barrier() noexcept;

/// Executes a full memory barrier in every running thread of this process.
/// @pre has_thread_barrier()
void thread_barrier() noexcept;

}  // namespace actornet::net
