#pragma once

#include <atomic>
#include <memory>
#include <utility>

namespace actornet::rooms {

/// Something that is told to many members and encoded once for all of them, by the first who needs
/// it. Thread-safe.
class renderable {
 public:
  renderable() noexcept = default;
  renderable(const renderable&) = delete;
  renderable& operator=(const renderable&) = delete;

  /// The `Form` of this; `make()` gives it if there is none yet. It lives as long as this object.
  template <class Form, class Make>
  const Form& rendered(const Make& make) const {
    for (const form* each = first_.load(std::memory_order_acquire); each; each = each->next)
      if (each->kind == &kind_of<Form>)
        return static_cast<const form_of<Form>*>(each)->content;
    return add<Form>(std::make_unique<form_of<Form>>(make()));
  }

 protected:
  ~renderable();

 private:
  struct form {
    explicit form(const char* what) noexcept : kind(what) {}
    virtual ~form() = default;
    const char* const kind;
    form* next = nullptr;
  };
  template <class Form>
  static constexpr char kind_of = 0;
  template <class Form>
  struct form_of final : form {
    explicit form_of(Form made) : form(&kind_of<Form>), content(std::move(made)) {}
    const Form content;
  };

  // Two that come at the same time each have a form of their own: they are equal.
  template <class Form>
  const Form& add(std::unique_ptr<form_of<Form>> made) const {
    made->next = first_.load(std::memory_order_relaxed);
    while (!first_.compare_exchange_weak(made->next, made.get(), std::memory_order_release,
                                         std::memory_order_relaxed)) {
    }
    return made.release()->content;
  }

  mutable std::atomic<form*> first_{nullptr};
};

}  // namespace actornet::rooms
