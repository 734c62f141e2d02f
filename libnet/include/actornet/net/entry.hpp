#pragma once

namespace actornet::net {

/// One piece of ready work: two words, never an allocation. Readiness of a connection, a task to
/// resume and an actor to run all become entries; libnet knows none of them.
struct entry {
  void (*run)(void*) = nullptr;
  void* context = nullptr;

  void operator()() const { run(context); }
  explicit operator bool() const { return run != nullptr; }
};

/// The entry that calls `(object.*Method)()`. @p object must outlive the entry.
template <auto Method, class T>
entry entry_of(T& object) {
  return {[](void* context) { (static_cast<T*>(context)->*Method)(); }, &object};
}

}  // namespace actornet::net
