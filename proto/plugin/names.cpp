#include "names.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace actornet::plugin {

namespace {

// Of those that a method may well be called.
constexpr std::string_view keywords[] = {
    "and",     "auto",     "bool",     "break",    "case",      "catch",    "char",      "class",
    "concept", "const",    "continue", "default",  "delete",    "do",       "double",    "else",
    "enum",    "explicit", "export",   "extern",   "false",     "float",    "for",       "friend",
    "goto",    "if",       "inline",   "int",      "long",      "mutable",  "namespace", "new",
    "not",     "operator", "or",       "private",  "protected", "public",   "register",  "requires",
    "return",  "short",    "signed",   "sizeof",   "static",    "struct",   "switch",    "template",
    "this",    "throw",    "true",     "try",      "typedef",   "typename", "union",     "unsigned",
    "using",   "virtual",  "void",     "volatile", "while",     "xor"};

// What the generated client and server call something else.
constexpr std::string_view taken[] = {"methods", "shape", "statistics"};

bool upper(char c) {
  return c >= 'A' && c <= 'Z';
}

// A word begins at an upper-case letter behind a lower-case one, or before one ("HTTPPage").
bool word_begins(const std::string& name, std::size_t at) {
  if (at == 0 || !upper(name[at]) || name[at - 1] == '_')
    return false;
  return !upper(name[at - 1]) || (at + 1 < name.size() && !upper(name[at + 1]));
}

bool among(const std::string_view* begin, const std::string_view* end, std::string_view name) {
  return std::find(begin, end, name) != end;
}

}  // namespace

std::string snake_case(const std::string& name) {
  std::string snake;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (word_begins(name, i))
      snake += '_';
    snake += upper(name[i]) ? static_cast<char>(name[i] - 'A' + 'a') : name[i];
  }
  if (among(std::begin(keywords), std::end(keywords), snake) ||
      among(std::begin(taken), std::end(taken), snake))
    snake += '_';
  return snake;
}

std::string methods_of(const google::protobuf::ServiceDescriptor& service) {
  return snake_case(service.name()) + "_methods";
}

std::string server_of(const google::protobuf::ServiceDescriptor& service) {
  return snake_case(service.name()) + "_service";
}

std::string client_of(const google::protobuf::ServiceDescriptor& service) {
  return snake_case(service.name()) + "_client";
}

std::string namespace_of(const google::protobuf::FileDescriptor& file) {
  std::string name;
  for (const char c : file.package())
    name += c == '.' ? std::string("::") : std::string(1, c);
  return name;
}

}  // namespace actornet::plugin
