#include "websocket_key.hpp"

#include <openssl/evp.h>

#include <array>
#include <span>

namespace actornet::web {

namespace {

constexpr std::size_t key_bytes = 16;
constexpr std::size_t key_text_bytes = 24;  // in base64

std::string base64_of(std::span<const unsigned char> bytes) {
  std::array<unsigned char, 2 * EVP_MAX_MD_SIZE> text{};
  const int length = EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(bytes.size()));
  return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(length)};
}

}  // namespace

std::string make_websocket_key(std::uint64_t one, std::uint64_t other) {
  std::array<unsigned char, key_bytes> key{};
  for (std::size_t i = 0; i < key.size(); ++i)
    key[i] = static_cast<unsigned char>((i < 8 ? one : other) >> (8 * (i % 8)));
  return base64_of(key);
}

bool is_websocket_key(std::string_view text) {
  std::array<unsigned char, key_text_bytes> decoded{};
  if (text.size() != key_text_bytes || !text.ends_with("=="))
    return false;
  const int length =  // counts the padding as bytes
      EVP_DecodeBlock(decoded.data(), reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size()));
  return length == static_cast<int>(key_bytes) + 2;
}

std::string websocket_accept(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned digest_bytes = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &digest_bytes, EVP_sha1(), nullptr);
  return base64_of(std::span(digest).first(digest_bytes));
}

}  // namespace actornet::web
