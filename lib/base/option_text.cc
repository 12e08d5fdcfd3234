#include "base/option_text.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <utility>

namespace rotor {

namespace {

template <typename Number>
bool parse_number(const std::string& text, Number& value) {
  const char* begin = text.data() + (text.starts_with('+') && !text.starts_with("+-") ? 1 : 0);
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(begin, end, value);
  return error == std::errc() && rest == end;
}

}  // namespace

bool read_value(const Texts& texts, bool& value) {
  value = texts.back() == "true";
  return value || texts.back() == "false";
}
bool read_value(const Texts& texts, int64_t& value) {
  return parse_number(texts.back(), value);
}
bool read_value(const Texts& texts, double& value) {
  return parse_number(texts.back(), value) && !std::isnan(value);
}
bool read_value(const Texts& texts, std::string& value) {
  value = texts.back();
  return true;
}
bool read_value(const Texts& texts, Texts& value) {
  value = texts.size() == 1 && texts[0].empty() ? Texts{} : texts;
  return true;
}

Texts print_value(bool value) {
  return {value ? "true" : "false"};
}
Texts print_value(int64_t value) {
  return {std::to_string(value)};
}
Texts print_value(double value) {
  return {fmt::format("{}", value)};
}
Texts print_value(const std::string& value) {
  return {value};
}
Texts print_value(const Texts& value) {
  return value;
}

std::string join(const Texts& texts, const char* between) {
  return fmt::format("{}", fmt::join(texts, between));
}

std::string trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \t");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  size_t found = text.find(from);
  if (found == std::string::npos) return;
  std::string out;
  out.reserve(text.size());
  size_t done = 0;
  for (; found != std::string::npos; found = text.find(from, done)) {
    out.append(text, done, found - done).append(to);
    done = found + from.size();
  }
  text = out.append(text, done);
}

std::string ini_quoted(const std::string& text) {
  if (text.find_first_of(" \t\"#\\\n") == std::string::npos) return text;
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c == '\n' ? "\\n" : std::string(1, c);
  }
  return result + '"';
}

std::string ini_value(const std::string& text, const std::string& where) {
  if (text.starts_with('#')) return "";
  if (!text.starts_with('"')) return trimmed(text.substr(0, std::min(text.find(" #"), text.find("\t#"))));
  std::string value;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      const std::string rest = trimmed(text.substr(i + 1));
      if (!rest.empty() && rest[0] != '#') refuse("{}: expected nothing after the closing quote, got {}", where, rest);
      return value;
    }
    const bool escape = text[i] == '\\' && i + 1 < text.size();
    if (escape) ++i;
    value += escape && text[i] == 'n' ? '\n' : text[i];
  }
  refuse("{}: expected a closing quote", where);
}

std::string nearest(const std::string& name, const Texts& known) {
  std::string best;
  size_t best_distance = std::max<size_t>(2, name.size() / 3) + 1;
  for (const std::string& candidate : known) {
    // Levenshtein's distance, a row at a time.
    std::vector<size_t> row(candidate.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (size_t i = 0; i < name.size(); ++i) {
      size_t diagonal = std::exchange(row[0], i + 1);
      for (size_t j = 0; j < candidate.size(); ++j) {
        const size_t replaced = diagonal + (name[i] == candidate[j] ? 0 : 1);
        diagonal = row[j + 1];
        row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
      }
    }
    size_t distance = row.back();
    if (name.size() >= 3 && candidate.starts_with(name)) distance = 1;
    if (distance < best_distance && distance < std::max(name.size(), candidate.size())) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string did_you_mean(const std::string& name, const Texts& known, const char* prefix) {
  const std::string near = nearest(name, known);
  return near.empty() ? "" : fmt::format(" (did you mean {}{}?)", prefix, near);
}

}  // namespace rotor
