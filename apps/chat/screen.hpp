#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "line_editor.hpp"
#include "talk_client.hpp"
#include "talk_view.hpp"

namespace actornet::talk {

/// What a screen knows of where it is.
struct screen_style {
  std::function<std::size_t()> columns;  ///< asked at each line
  bool marks = false;                    ///< bold and dim
  bool has_prompt = false;               ///< the last line is the one that is being typed
};

/// Shows a conversation to a person: lines at the bottom of a terminal, wrapped at words, above the
/// line that is being typed. Nothing of others reaches the terminal but printable text. Loop-bound.
class screen final : public talk_view {
 public:
  /// @p write takes what is to be written to the terminal.
  screen(screen_style style, std::function<void(std::string_view)> write)
      : style_(std::move(style)), write_(std::move(write)) {}

  /// Whom it asks for rooms and the current one. Before anything else.
  void show_for(const talk_client& client) { client_ = &client; }

  line_editor& editor() noexcept { return editor_; }

  /// The line that is being typed, anew.
  void show_prompt();

  /// A line of ours to the person.
  void note(std::string_view text);

  /// The last: the line that is being typed goes.
  void leave();

  void on_phase(const phase_change& change) override;
  void on_event(const v1::Event& event, v1::Command::KindCase answers) override;
  void on_kept(const std::string& room) override;

 private:
  std::size_t columns() const;
  std::string place_of(const std::string& room, std::string_view then) const;
  std::string typists() const;
  void put(std::string text);
  void show_message(const v1::Message& message);
  void show_day(std::int64_t time_ms);
  void show_presence(const v1::Presence& change);
  void show_typing(const v1::TypingNotice& change);
  void show_page(const v1::HistoryPage& page);

  const screen_style style_;
  const std::function<void(std::string_view)> write_;
  const talk_client* client_ = nullptr;
  line_editor editor_;
  std::string day_;                                      // of the last message
  std::map<std::string, std::set<std::string>> typing_;  // in which room who types
};

}  // namespace actornet::talk
