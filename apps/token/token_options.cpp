#include "token_options.hpp"

#include <CLI/CLI.hpp>

#include "actornet/net/text_rules.hpp"
#include "actornet/version.hpp"
#include "common/command_line.hpp"
#include "common/duration_option.hpp"

namespace actornet::token {

namespace {

constexpr const char* purpose =
    "Makes tokens (JWT) for the servers of actornet, and keys for them.\n"
    "  actornet-token --new-key FILE [--alg NAME]\n"
    "  actornet-token --key FILE --user NAME [...]\n"
    "  actornet-token --check FILE TOKEN";

struct raw_options {
  std::string new_key;
  std::string key;
  std::string check;
  std::string rooms;
};

void take_algorithm(options& values, const std::string& name) {
  values.algorithm = auth::parse_algorithm(name);
  if (!values.algorithm)
    throw CLI::ValidationError("--alg", "'" + name + "' is not HS256, RS256, ES256 or EdDSA");
}

void describe(CLI::App& app, raw_options& raw, options& values) {
  app.add_option("--new-key", raw.new_key,
                 "make a key in this new file; a private key gets its public one in FILE.pub")
      ->type_name("FILE");
  app.add_option("--key", raw.key, "sign with this key: a secret, or a private key in PEM")
      ->type_name("FILE");
  app.add_option("--check", raw.check, "check a token by this key, and say what is in it")
      ->type_name("FILE");
  app.add_option("token", values.token, "the token to check; - reads it from standard input")
      ->type_name("TOKEN");
  app.add_option("--user", values.user, "who the token is for (sub)")->type_name("NAME");
  app.add_option_function<std::string>(
         "--alg", [&values](const std::string& name) { take_algorithm(values, name); },
         "HS256, RS256, ES256 or EdDSA; a new key: HS256 if not given; else that of the key")
      ->type_name("NAME");
  apps::add_duration(app, "--expires", values.expires, "how long the token is valid");
  app.add_option(
         "--rooms", raw.rooms,
         "rooms the user may join, with commas; * at the end: that begin so; not given: the "
         "token does not say")
      ->type_name("NAMES");
  app.add_option("--issuer", values.issuer, "who makes the token (iss)")->type_name("NAME");
  app.add_option("--audience", values.audience, "who takes the token (aud)")->type_name("NAME");
  app.add_option("--kid", values.key_id, "the name of the key")->type_name("NAME");
}

std::vector<std::string> split_rooms(const std::string& text) {
  std::vector<std::string> rooms;
  for (const std::string& each : CLI::detail::split(text, ','))
    if (!each.empty())
      rooms.push_back(each);
  return rooms;
}

std::string check_text(const char* option, const std::string& text) {
  const net::text_fault fault = net::check_name(text, {.bytes_max = 1024, .characters_max = 1024});
  return text.empty() || fault == net::text_fault::none
             ? std::string()
             : std::string(option) + " " + net::describe(fault);
}

std::string check_signing(const options& values) {
  if (values.user.empty())
    return "--user NAME is missing";
  if (values.expires < std::chrono::seconds(1) || values.expires > std::chrono::hours(24 * 3650))
    return "--expires is between 1s and ten years";
  const std::pair<const char*, const std::string&> texts[] = {{"--user", values.user},
                                                              {"--issuer", values.issuer},
                                                              {"--audience", values.audience},
                                                              {"--kid", values.key_id}};
  for (const auto& [option, text] : texts)
    if (std::string complaint = check_text(option, text); !complaint.empty())
      return complaint;
  for (const std::string& room : values.rooms.value_or(std::vector<std::string>()))
    if (std::string complaint = check_text("--rooms", room); !complaint.empty())
      return complaint;
  return {};
}

std::string choose_job(const CLI::App& app, const raw_options& raw, options& values) {
  const std::pair<const std::string&, job> ways[] = {
      {raw.key, job::sign}, {raw.new_key, job::make_key}, {raw.check, job::check}};
  int chosen = 0;
  for (const auto& [file, what] : ways)
    if (!file.empty()) {
      ++chosen;
      values.what = what;
      values.key_file = file;
    }
  if (chosen != 1)
    return "one of --key, --new-key and --check is needed";
  if ((values.what == job::check) != (app.count("token") > 0))
    return values.what == job::check ? "--check needs a TOKEN, or - for standard input"
                                     : "a TOKEN is for --check only";
  if (app.count("--rooms") > 0)
    values.rooms = split_rooms(raw.rooms);
  return values.what == job::sign ? check_signing(values) : std::string();
}

}  // namespace

parsed parse(int argc, const char* const* argv) {
  parsed outcome;
  raw_options raw;
  CLI::App app(purpose, "actornet-token");
  app.set_version_flag("--version", std::string("actornet-token ") + version);
  describe(app, raw, outcome.values);
  outcome.exit_code = apps::parse_command_line(app, argc, argv, [&] {
    if (const std::string complaint = choose_job(app, raw, outcome.values); !complaint.empty())
      throw CLI::ValidationError(complaint);
  });
  return outcome;
}

}  // namespace actornet::token
