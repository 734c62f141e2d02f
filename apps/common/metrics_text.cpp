#include "metrics_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace actornet::apps {

namespace {

constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_name(std::string_view name, bool with_colons) {
  const auto may_begin = [&](char c) { return is_letter(c) || (with_colons && c == ':'); };
  return !name.empty() && may_begin(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return may_begin(c) || is_digit(c); });
}

void append_escaped(std::string& to, std::string_view text, bool quotes) {
  for (const char c : text) {
    if (c == '\\' || (quotes && c == '"'))
      to += '\\';
    if (c == '\n')
      to += "\\n";
    else
      to += c;
  }
}

std::string number_text(double value) {
  if (std::isnan(value))
    return "NaN";
  if (std::isinf(value))
    return value > 0 ? "+Inf" : "-Inf";
  char digits[32];
  const auto written = std::to_chars(digits, digits + sizeof(digits), value);
  return {digits, written.ptr};
}

}  // namespace

void metrics_text::family(std::string_view name, kind type, std::string_view help) {
  const bool counts = type == kind::counter;
  if (!is_name(name, true) || (counts && !name.ends_with("_total")))
    throw std::invalid_argument("not the name of such a metric: " + std::string(name));
  if (!families_.emplace(name).second)
    throw std::invalid_argument("this metric is there twice: " + std::string(name));
  current_ = name;
  text_.append("# HELP ").append(name).append(" ");
  append_escaped(text_, help, false);
  text_.append("\n# TYPE ").append(name).append(counts ? " counter\n" : " gauge\n");
}

void metrics_text::sample(double value, std::initializer_list<label> labels) {
  add(number_text(value), labels);
}

void metrics_text::add(const std::string& value, std::span<const label> labels) {
  if (current_.empty())
    throw std::invalid_argument("a sample without a family");
  text_ += current_;
  char before = '{';
  for (const label& each : labels) {
    if (!is_name(each.name, false))
      throw std::invalid_argument("not the name of a label: " + std::string(each.name));
    text_ += before;
    text_.append(each.name).append("=\"");
    append_escaped(text_, each.value, true);
    text_ += '"';
    before = ',';
  }
  text_.append(labels.empty() ? " " : "} ").append(value).append("\n");
  if (text_.size() > bytes_max)
    throw std::length_error("the page of metrics is longer than " + std::to_string(bytes_max));
}

}  // namespace actornet::apps
