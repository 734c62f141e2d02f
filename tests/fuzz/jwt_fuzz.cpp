// Tokens. Input: a byte that says what the rest is: a token; a header and a payload, which are then
// well signed; or a payload with a good header. Nothing is taken unless it is signed; what is taken
// says who it is and until when, and says the same when it is signed again.

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

#include "actornet/auth/base64url.hpp"
#include "actornet/auth/signer.hpp"
#include "actornet/auth/verifier.hpp"
#include "fuzz_support.hpp"

namespace actornet::fuzz {
namespace {

constexpr net::wall_time now{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

struct signed_world {
  signed_world() {
    const auto path = std::filesystem::temp_directory_path() /
                      ("actornet-jwt-fuzz-" + std::to_string(::getpid()));
    std::ofstream(path) << std::string(32, 'k');
    checks.emplace(auth::verifier_options{.keys = {{path.string()}}, .audience = "chat"});
    anybody.emplace(auth::verifier_options{.keys = {{path.string()}}, .expiry_required = false});
    std::filesystem::remove(path);
  }

  std::string with_signature(const std::string& header, const std::string& payload) const {
    const std::string text = auth::to_base64url(header) + "." + auth::to_base64url(payload);
    return text + "." + auth::to_base64url(secret.sign(text));
  }

  const auth::key secret = auth::key::from_secret(std::string(32, 'k'));
  std::optional<auth::verifier> checks;
  std::optional<auth::verifier> anybody;
};

void check(const signed_world& here, const std::string& token, bool is_signed) {
  const auto said = here.checks->verify(token, now);
  const auto of_anybody = here.anybody->verify(token, now);
  require(is_signed || (!said && !of_anybody), "nothing is taken without a signature");
  require(!said || !of_anybody, "a token with an audience is not for everybody");
  if (said)
    require(said->expires && *said->expires + std::chrono::seconds(30) > now, "it has not expired");
  const auto& taken = said ? said : of_anybody;
  if (!taken)
    return;
  require(!taken->subject.empty(), "it says who it is");
  const std::string again = auth::sign_token(*taken, here.secret);
  const auto heard = auth::read_unverified(again);
  require(heard && heard->claims == *taken, "it says the same when it is signed again");
  const auto& checks = said ? *here.checks : *here.anybody;
  require(again.size() > 4096 || bool(checks.verify(again, now)), "and is taken again");
}

}  // namespace
}  // namespace actornet::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace actornet::fuzz;
  static const signed_world here;
  input_reader input(data, size);
  const std::uint8_t kind = input.byte();
  const std::string text = text_of(input.rest());
  const std::size_t middle = std::min(text.find('\0'), text.size());
  switch (kind % 3) {
    case 0:
      check(here, text, false);
      break;
    case 1:
      check(here,
            here.with_signature(text.substr(0, middle),
                                text.substr(std::min(middle + 1, text.size()))),
            true);
      break;
    default:
      check(here, here.with_signature(R"({"alg":"HS256","typ":"JWT"})", text), true);
  }
  return 0;
}
