#pragma once

#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "actornet/net/framing.hpp"
#include "allocation_meter.hpp"
#include "fuzz_support.hpp"

/// The fuzz target of all framings. Input: a byte that chooses the limit, two that choose where the
/// stream is cut, then the stream.
namespace actornet::fuzz {

constexpr std::uint32_t frame_limits[] = {0, 1, 2, 127, 128, 300, 16384, 65536, 0xffffffff};

// No framing puts more around a payload than delimited's five bytes of length.
constexpr std::size_t envelope_bytes_max = 5;

/// What a stream came to.
struct transcript {
  std::string payloads;              // one after another
  std::vector<std::size_t> lengths;  // of the frames
  errc error{};
  std::size_t bytes_consumed = 0;

  bool operator==(const transcript&) const = default;
};

/// Plays the connection: shows a decoder more and more of a stream and takes the frames.
class stream_player {
 public:
  stream_player(net::framing kind, std::uint32_t limit, std::span<const std::byte> stream)
      : decoder_(kind, limit), stream_(stream) {}

  /// Shows @p bytes more. With @p copied the decoder gets the bytes it may see in memory of exactly
  /// their size, so that AddressSanitizer finds a look behind the end.
  void show(std::size_t bytes, bool copied) {
    visible_ += std::min(bytes, stream_.size() - visible_);
    auto view = stream_.subspan(seen_.bytes_consumed, visible_ - seen_.bytes_consumed);
    std::vector<std::byte> copy;
    if (copied) {
      copy.assign(view.begin(), view.end());
      copy.shrink_to_fit();
      view = copy;
    }
    while (take_one(view)) {
    }
  }

  bool done() const { return visible_ == stream_.size() || seen_.error != errc{}; }
  const transcript& seen() const { return seen_; }

 private:
  /// Takes what stands first in @p view and removes it there; false when there is no more.
  bool take_one(std::span<const std::byte>& view) {
    const auto got = decode(view);
    switch (got.state) {
      case net::frame_decoder::status::frame:
        take_frame(view, got);
        view = view.subspan(got.consumed);
        return true;
      case net::frame_decoder::status::need_more:
        take_need(view, got);
        return false;
      case net::frame_decoder::status::error:
        take_error(view, got);
        return false;
    }
    require(false, "a decoder's status is one of three");
    return false;
  }

  net::frame_decoder::decoded decode(std::span<const std::byte> view) {
    const allocation_meter meter;
    const auto got = decoder_.decode(view);
    require(meter.allocations() == 0, "decoding allocates nothing");
    return got;
  }

  void take_frame(std::span<const std::byte> view, const net::frame_decoder::decoded& got) {
    require(visible_ >= needed_, "no frame before the bytes said to be missing are there");
    require(got.consumed > 0 && got.consumed <= view.size(), "a frame consumes bytes of the input");
    require(got.payload.size() <= piece_bytes_max(), "a payload keeps the limit");
    require(got.consumed - got.payload.size() <= envelope_bytes_max, "an envelope is small");
    require(got.payload.empty() ||
                (got.payload.data() >= view.data() &&
                 got.payload.data() + got.payload.size() <= view.data() + got.consumed),
            "a payload is a view of the consumed bytes");
    seen_.payloads.append(reinterpret_cast<const char*>(got.payload.data()), got.payload.size());
    seen_.lengths.push_back(got.payload.size());
    seen_.bytes_consumed += got.consumed;
  }

  void take_need(std::span<const std::byte> view, const net::frame_decoder::decoded& got) {
    require(got.missing > 0, "something is missing");
    require(view.size() < std::uint64_t{decoder_.frame_bytes_max()} + envelope_bytes_max,
            "an unfinished frame keeps the limit");
    require(view.size() + std::uint64_t{got.missing} <=
                std::uint64_t{decoder_.frame_bytes_max()} + envelope_bytes_max,
            "what is missing keeps the limit");
    needed_ = visible_ + got.missing;
  }

  void take_error(std::span<const std::byte> view, const net::frame_decoder::decoded& got) {
    require(got.error == errc::frame_too_large ||
                (got.error == errc::frame_malformed && decoder_.kind() == net::framing::delimited),
            "an error is one of the documented");
    require(decode(view).error == got.error, "an error stays");
    seen_.error = got.error;
  }

  std::size_t piece_bytes_max() const {
    const bool raw = decoder_.kind() == net::framing::raw;
    return std::max<std::size_t>(decoder_.frame_bytes_max(), raw ? 1 : 0);
  }

  net::frame_decoder decoder_;
  std::span<const std::byte> stream_;
  std::size_t visible_ = 0;
  std::size_t needed_ = 0;
  transcript seen_;
};

/// Where raw is cut into pieces depends on the reads; the bytes do not.
inline transcript comparable(net::framing kind, transcript seen) {
  if (kind == net::framing::raw)
    seen.lengths = {seen.payloads.size()};
  return seen;
}

/// @p next_bytes tells the size of each piece.
template <class NextBytes>
transcript play(net::framing kind, std::uint32_t limit, std::span<const std::byte> stream,
                bool copied, NextBytes next_bytes) {
  stream_player player(kind, limit, stream);
  do {
    player.show(next_bytes(), copied);
  } while (!player.done());
  return comparable(kind, player.seen());
}

template <class Visit>
void for_each_frame(const transcript& seen, Visit visit) {
  std::string_view rest = seen.payloads;
  for (const std::size_t length : seen.lengths) {
    visit(rest.substr(0, length));
    rest.remove_prefix(length);
  }
}

inline std::string encoded(net::framing kind, const transcript& seen) {
  std::string stream;
  for_each_frame(seen, [&stream, kind](std::string_view payload) {
    const net::frame_envelope around = net::encode_frame(kind, payload.size());
    stream += text_of(std::span(around.prefix).first(around.prefix_bytes));
    stream += payload;
    stream.append(around.suffix_bytes, '\n');
  });
  return stream;
}

/// A line cannot carry every payload, see net::framing.
inline bool survives_encoding(net::framing kind, const transcript& seen) {
  bool survives = true;
  for_each_frame(seen, [&survives, kind](std::string_view payload) {
    survives = survives && (kind != net::framing::line || !payload.ends_with('\r'));
  });
  return survives;
}

inline void fuzz_framing(net::framing kind, const std::uint8_t* data, std::size_t size) {
  input_reader input(data, size);
  const std::uint32_t limit = frame_limits[input.byte() % std::size(frame_limits)];
  const std::uint32_t seed = input.byte() * 256U + input.byte();
  const auto stream = input.rest();

  const transcript whole = play(kind, limit, stream, true, [&stream] { return stream.size(); });
  require(whole == play(kind, limit, stream, false, [] { return std::size_t{1}; }),
          "byte by byte gives the same");
  number_sequence cuts(seed);
  const std::size_t piece_max = cuts.up_to(stream.size() + 1);
  require(whole ==
              play(kind, limit, stream, true, [&cuts, piece_max] { return cuts.up_to(piece_max); }),
          "cut anywhere gives the same");

  if (!survives_encoding(kind, whole))
    return;
  const std::string again = encoded(kind, whole);
  const transcript decoded_again =
      play(kind, limit, std::as_bytes(std::span(again)), true, [&again] { return again.size(); });
  require(decoded_again.payloads == whole.payloads && decoded_again.lengths == whole.lengths,
          "encoded and decoded again gives the same");
  require(decoded_again.error == errc{}, "what we encode has no error");
  require(decoded_again.bytes_consumed == again.size(), "what we encode is complete");
}

}  // namespace actornet::fuzz
