#include "actornet/byte_stream.hpp"

#include <algorithm>
#include <functional>

namespace actornet {

// A frame is appended whole. Raw bytes are appended as far as the high watermark allows, so that
// one long write costs no more memory than many short ones.
bool byte_stream::write_operation::advance() {
  net::stream& out = to_->bytes();
  const bool raw = out.options().framing == net::framing::raw;
  while (!begun_ || !rest_.empty()) {
    if (begun_ && out.above_high())
      break;
    begun_ = true;
    const auto part = raw ? rest_.first(std::min(rest_.size(), raw_part_bytes)) : rest_;
    if (const auto written = out.write(part); !written) {
      error_ = written.error();
      return true;
    }
    accepted_ += part.size();
    rest_ = rest_.subspan(part.size());
    if (out.above_high())
      out.flush();
  }
  return rest_.empty() && !out.above_high();
}

// A chunk shows the loop's read buffer, which is used again while the task waits. The chunk then
// moves, but a view of it cannot.
void byte_stream::write_operation::keep_rest() {
  const auto buffer = to_->home().read_buffer();
  const auto* const begin = rest_.data();
  if (std::less<>()(begin, buffer.data()) || !std::less<>()(begin, buffer.data() + buffer.size()))
    return;
  kept_.assign(rest_.begin(), rest_.end());
  rest_ = kept_;
}

namespace detail {

result<void> message_wait::write_binary(net::stream& out) {
  const auto space = out.write_space(message_.bytes);
  if (!space)
    return space.error();
  message_.write(message_.message, *space);
  accepted_ = message_.bytes;
  return {};
}

result<void> message_wait::write_text(net::stream& out) {
  const auto text = message_.text(message_.message);
  if (!text)
    return text.error();
  accepted_ = text->payload.size();
  return out.write(text->payload);
}

bool message_wait::advance() {
  net::stream& out = to_->bytes();
  if (!std::exchange(begun_, true)) {
    if (const auto written = out.text() ? write_text(out) : write_binary(out); !written) {
      error_ = written.error();
      return true;
    }
    if (out.above_high())
      out.flush();
  }
  return !out.above_high();
}

}  // namespace detail

}  // namespace actornet
