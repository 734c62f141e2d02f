#include "deflate.hpp"

#define ZLIB_CONST  // it takes pointers to const
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <new>

namespace actornet::web {

namespace {

constexpr std::size_t step_bytes = 4096;      // that the output grows by
constexpr unsigned zlib_window_bits_min = 9;  // of deflate without header
// What ends each flush, and is left out of messages (section 7.2.1).
constexpr std::array flush_tail{std::byte{0}, std::byte{0}, std::byte{0xff}, std::byte{0xff}};

// A small hash table beside a small window.
constexpr int memory_level(unsigned window_bits) {
  return std::clamp(static_cast<int>(window_bits) - 7, 1, 8);
}

void show(z_stream& to, std::span<const std::byte> piece) {
  assert(piece.size() <= std::numeric_limits<uInt>::max());
  to.next_in = reinterpret_cast<const Bytef*>(piece.data());
  to.avail_in = static_cast<uInt>(piece.size());
}

// Lets @p work write up to @p room bytes behind @p out. Whether it used all of them.
template <class Work>
bool fills(z_stream& by, std::vector<std::byte>& out, std::size_t room, Work work) {
  const std::size_t before = out.size();
  out.resize(before + room);
  by.next_out = reinterpret_cast<Bytef*>(out.data() + before);
  by.avail_out = static_cast<uInt>(room);
  work();
  out.resize(before + room - by.avail_out);
  return by.avail_out == 0;
}

}  // namespace

// A window of 256 bytes is more than zlib can do: nothing is compressed then.
std::size_t deflate::message_bytes_min() const noexcept {
  return agreed_.our_window_bits < zlib_window_bits_min ? std::numeric_limits<std::size_t>::max()
                                                        : options_.message_bytes_min;
}

void deflate::compress(std::span<const std::byte> piece, bool last, std::vector<std::byte>& out) {
  if (!out_) {
    auto made = std::make_unique<z_stream>();
    if (deflateInit2(made.get(), options_.level, Z_DEFLATED,
                     -static_cast<int>(agreed_.our_window_bits),
                     memory_level(agreed_.our_window_bits), Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
    out_ = zlib_state(made.release(), [](z_stream* ended) {
      deflateEnd(ended);
      delete ended;
    });
  }
  show(*out_, piece);
  while (fills(*out_, out, step_bytes,
               [&] { ::deflate(out_.get(), last ? Z_SYNC_FLUSH : Z_NO_FLUSH); })) {
  }
  if (!last)
    return;
  assert(std::ranges::equal(std::span(out).last(flush_tail.size()), flush_tail));
  out.resize(out.size() - flush_tail.size());
  if (!agreed_.we_keep_context)
    out_.reset();
}

net::websocket_compression::status deflate::expand(std::span<const std::byte> piece, bool last,
                                                   std::size_t bytes_max,
                                                   std::vector<std::byte>& out) {
  if (!in_) {
    auto made = std::make_unique<z_stream>();
    if (inflateInit2(made.get(), -static_cast<int>(agreed_.their_window_bits)) != Z_OK)
      throw std::bad_alloc();
    in_ = zlib_state(made.release(), [](z_stream* ended) {
      inflateEnd(ended);
      delete ended;
    });
  }
  const std::size_t before = out.size();
  status done = expand_some(piece, bytes_max, out);
  if (last && done == status::ok)
    done = expand_some(flush_tail, bytes_max - (out.size() - before), out);
  if (last && !agreed_.they_keep_context)
    in_.reset();
  return done;
}

net::websocket_compression::status deflate::expand_some(std::span<const std::byte> piece,
                                                        std::size_t bytes_max,
                                                        std::vector<std::byte>& out) {
  show(*in_, piece);
  const std::size_t before = out.size();
  for (;;) {
    const std::size_t left = bytes_max - (out.size() - before);
    int done = Z_OK;
    const bool full = fills(*in_, out, std::min(step_bytes, left + 1),
                            [&] { done = ::inflate(in_.get(), Z_SYNC_FLUSH); });
    if (out.size() - before > bytes_max)
      return status::too_large;
    // A final block ends no message: others may follow (section 7.2.3.4).
    if (done == Z_STREAM_END && in_->avail_in > 0) {
      inflateResetKeep(in_.get());
      continue;
    }
    if (done == Z_STREAM_END)
      inflateResetKeep(in_.get());
    else if (done == Z_MEM_ERROR)
      throw std::bad_alloc();
    else if (done != Z_OK && done != Z_BUF_ERROR)
      return status::malformed;
    if (!full)
      return status::ok;
  }
}

}  // namespace actornet::web
