#include "percentile_svg.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "number_text.hpp"

namespace actornet::load {

namespace {

constexpr double width = 960;
constexpr double height = 540;
constexpr double left = 96;
constexpr double right = width - 40;
constexpr double top = 92;
constexpr double bottom = height - 72;

constexpr char head[] =
    R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 540" width="960" height="540")"
    R"( font-family="sans-serif" font-size="14" fill="#222222">
<rect width="960" height="540" fill="#ffffff"/>
)";

std::string escaped(const std::string& text) {
  std::string out;
  for (const char letter : text) {
    switch (letter) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += letter;
    }
  }
  return out;
}

std::string number(double value) {
  return decimal_text(value, 1);
}

std::string line_from(double x1, double y1, double x2, double y2, const char* color) {
  return "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) +
         "\" y2=\"" + number(y2) + "\" stroke=\"" + color + "\"/>\n";
}

std::string text_at(double x, double y, const std::string& text, const char* attributes) {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" " + attributes + ">" +
         escaped(text) + "</text>\n";
}

// 1, 2 and 5 of each decade: where a logarithmic axis has its ticks. Nanoseconds.
std::vector<double> ticks_around(double low, double high) {
  std::vector<double> ticks;
  const double span = std::log10(high / low);
  for (int decade = 0; decade <= 20; ++decade) {
    for (const double step : {1.0, 2.0, 5.0}) {
      if (span > 4 && step != 1.0)
        continue;
      const double tick = step * std::pow(10, decade);
      if (!ticks.empty() && tick <= low)
        ticks.back() = tick;
      else
        ticks.push_back(tick);
      if (tick >= high && ticks.size() > 1)
        return ticks;
    }
  }
  return ticks;
}

// Nines: 90 % is 1, 99 % is 2; what a message in so many has to wait.
double nines_of(double percent) {
  return -std::log10(1 - percent / 100);
}

std::string percent_text(int nines) {
  if (nines == 0)
    return "0 %";
  return nines <= 2 ? (nines == 1 ? "90 %" : "99 %")
                    : "99." + std::string(static_cast<std::size_t>(nines - 2), '9') + " %";
}

constexpr std::pair<const char*, double> marked[] = {
    {"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99.9", 99.9}, {"max", 100}};

constexpr char label_style[] =
    "font-weight=\"bold\" stroke=\"#ffffff\" stroke-width=\"4\" paint-order=\"stroke\"";

class picture {
 public:
  explicit picture(const latency_histogram& latency)
      : latency_(latency),
        last_nines_(std::log10(static_cast<double>(latency.count()))),
        nines_(std::max(2.0, last_nines_ * 1.02)),
        ticks_(ticks_around(std::max(at(100 / static_cast<double>(latency.count())), 1.0),
                            std::max(static_cast<double>(latency.max()), 2.0))) {}

  std::string axes() const {
    std::string out;
    for (const double tick : ticks_) {
      out += line_from(left, y_of(tick), right, y_of(tick), "#e3e3e3");
      out += text_at(left - 10, y_of(tick) + 5, tick_text(tick), "text-anchor=\"end\"");
    }
    for (int nines = 0; nines <= static_cast<int>(nines_); ++nines)
      out += percent_tick(nines, percent_text(nines));
    out += percent_tick(nines_of(50), "50 %");
    out += line_from(left, bottom, right, bottom, "#555555");
    out += line_from(left, top, left, bottom, "#555555");
    out += text_at((left + right) / 2, height - 22,
                   "percentile of messages (each step: a tenth of those left)",
                   "text-anchor=\"middle\"");
    out += text_at(0, 0, "latency (logarithmic)",
                   "text-anchor=\"middle\" transform=\"translate(24 280) rotate(-90)\"");
    return out;
  }

  std::string curve() const {
    constexpr int steps = 400;
    std::string points;
    for (int i = 0; i <= steps; ++i) {
      const double nines = last_nines_ * i / steps;
      const double percent = i == steps ? 100 : 100 * (1 - std::pow(10, -nines));
      points += number(x_of(nines)) + "," + number(y_of(at(percent))) + " ";
    }
    return "<polyline fill=\"none\" stroke=\"#1f6fb4\" stroke-width=\"2.5\" "
           "stroke-linejoin=\"round\" points=\"" +
           points + "\"/>\n";
  }

  // Points of the curve with their values; above and left of it unless another one stands there.
  std::string marks() const {
    constexpr double label_width = 130;
    std::string out;
    double taken_to = left;
    double below = 0;  // the curve as far as labels stand
    for (const auto& [name, percent] : marked) {
      const double nines = percent == 100 ? last_nines_ : nines_of(percent);
      if (nines > last_nines_)
        continue;
      const double x = x_of(nines);
      const double y = y_of(at(percent));
      const std::string label = name + (" " + time_text(at(percent)));
      out += "<circle cx=\"" + number(x) + "\" cy=\"" + number(y) +
             "\" r=\"4.5\" fill=\"#1f6fb4\" stroke=\"#ffffff\"/>\n";
      const bool free = x - label_width >= taken_to;
      below = free || below == 0 ? y : below;
      const bool near_end = x + label_width > width;
      const std::string anchor = free || near_end ? "end" : "start";
      out += text_at(x + (anchor == "end" ? -8 : 8), free ? y - 10 : below + 24, label,
                     ("text-anchor=\"" + anchor + "\" " + label_style).c_str());
      if (free)
        taken_to = x;
    }
    return out;
  }

 private:
  double at(double percent) const {
    return std::max(1.0, static_cast<double>(latency_.percentile(percent)));
  }

  double x_of(double nines) const { return left + (right - left) * nines / nines_; }

  double y_of(double nanoseconds) const {
    const double low = std::log10(ticks_.front());
    const double high = std::log10(ticks_.back());
    const double part = (std::log10(nanoseconds) - low) / (high - low);
    return bottom - (bottom - top) * std::clamp(part, 0.0, 1.0);
  }

  std::string percent_tick(double nines, const std::string& name) const {
    return line_from(x_of(nines), top, x_of(nines), bottom + 6, "#e3e3e3") +
           text_at(x_of(nines), bottom + 24, name, "text-anchor=\"middle\"");
  }

  static std::string tick_text(double nanoseconds) {
    static constexpr const char* units[] = {"ns", "µs", "ms", "s"};
    std::size_t unit = 0;
    for (; unit < 3 && nanoseconds >= 1000; ++unit)
      nanoseconds /= 1000;
    return decimal_text(nanoseconds, 0) + " " + units[unit];
  }

  const latency_histogram& latency_;
  const double last_nines_;  // of the slowest message
  const double nines_;       // of the axis
  const std::vector<double> ticks_;
};

std::string title(const load_options& options, const load_results& results) {
  const std::string summary =
      number_text(static_cast<std::int64_t>(results.messages_per_second())) + " messages/s, " +
      number_text(static_cast<std::int64_t>(results.errors)) + " errors";
  return text_at(left, 36, "Latency of " + options.uri + ": " + summary,
                 "font-size=\"20\" font-weight=\"bold\"") +
         text_at(left, 62, describe(options), "fill=\"#555555\"");
}

}  // namespace

std::string percentile_svg(const load_options& options, const load_results& results) {
  std::string svg = head + title(options, results);
  if (results.latency.count() == 0)
    return svg +
           text_at(width / 2, height / 2, "no message was answered in time to be counted",
                   "text-anchor=\"middle\"") +
           "</svg>\n";
  const picture drawn(results.latency);
  svg += drawn.axes() + drawn.curve() + drawn.marks();
  return svg + "</svg>\n";
}

}  // namespace actornet::load
