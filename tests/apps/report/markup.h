#pragma once

// A minimal reader of markup, for tests of the output of render_report.

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace mini_bert {

struct Tag {
  std::string name;  // "/p" for an end tag
  std::vector<std::pair<std::string, std::string>> attributes;
  bool empty = false;  // <br />

  std::string attribute(const std::string& wanted) const {
    for (const auto& [name, value] : attributes) {
      if (name == wanted) return value;
    }
    return "";
  }
};

// The tags and the text of a page, and its first error; the error is "" if the page is well-formed.
struct Markup {
  std::vector<Tag> tags;
  std::string text;  // text outside of tags, style sheets and scripts, with character references resolved
  std::string error;
};

inline std::string resolved(const std::string& text) {
  const std::pair<std::string, char> names[] = {
      {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
  std::string plain;
  for (std::size_t i = 0; i < text.size();) {
    bool found = false;
    for (const auto& [name, character] : names) {
      if (text.compare(i, name.size(), name) != 0) continue;
      plain += character;
      i += name.size();
      found = true;
      break;
    }
    if (!found) plain += text[i] == '&' ? "<bare ampersand>" : std::string(1, text[i]), ++i;
  }
  return plain;
}

// Parses the text `inside` between < and >. Returns false when a value is not quoted.
inline bool read_tag(const std::string& inside, Tag& tag) {
  std::size_t i = inside.find_first_of(" \n");
  tag.name = inside.substr(0, i);
  while (i != std::string::npos && (i = inside.find_first_not_of(" \n", i)) != std::string::npos) {
    if (inside.substr(i) == "/") return tag.empty = true;
    const std::size_t equals = inside.find("=\"", i);
    if (equals == std::string::npos) return false;
    const std::size_t end = inside.find('"', equals + 2);
    if (end == std::string::npos) return false;
    const std::string name = inside.substr(i, equals - i);
    if (name.find_first_of(" \n<>\"'") != std::string::npos) return false;
    tag.attributes.emplace_back(name, resolved(inside.substr(equals + 2, end - equals - 2)));
    i = end + 1;
  }
  return true;
}

inline Markup read_markup(const std::string& page) {
  Markup markup;
  std::vector<std::string> open;
  std::size_t at = page.rfind("<!DOCTYPE html>\n", 0) == 0 ? 16 : 0;
  while (at < page.size() && markup.error.empty()) {
    const std::size_t begin = page.find('<', at);
    const std::string between = page.substr(at, begin - at);
    if (open.empty() || (open.back() != "style" && open.back() != "script")) markup.text += resolved(between);
    if (begin == std::string::npos) break;
    const std::size_t end = page.find('>', begin);
    if (end == std::string::npos) return markup.error = "a tag without an end", markup;
    Tag tag;
    const std::string inside = page.substr(begin + 1, end - begin - 1);
    if (!read_tag(inside, tag)) markup.error = "not a tag: <" + inside + ">";
    if (tag.name.rfind('/', 0) == 0) {
      if (open.empty() || "/" + open.back() != tag.name) {
        markup.error = "<" + tag.name + "> ends <" + (open.empty() ? "nothing" : open.back()) + ">";
      } else {
        open.pop_back();
      }
    } else if (!tag.empty) {
      open.push_back(tag.name);
    }
    markup.tags.push_back(std::move(tag));
    at = end + 1;
  }
  if (markup.error.empty() && !open.empty()) markup.error = "<" + open.back() + "> is never ended";
  if (markup.error.empty() && markup.text.find("<bare ampersand>") != std::string::npos) markup.error = "a bare &";
  return markup;
}

// The numbers in a text like "1.5,2 3,4".
inline std::vector<double> numbers(const std::string& text) {
  std::vector<double> found;
  for (const char* c = text.c_str(); *c != '\0';) {
    char* end = nullptr;
    const double number = std::strtod(c, &end);
    if (end == c) {
      ++c;
    } else {
      found.push_back(number);
      c = end;
    }
  }
  return found;
}

// The first attribute that places something outside of the view box of its svg; "" if there is none.
inline std::string outside_of_view_box(const Markup& markup) {
  double width = 0, height = 0;
  const auto within = [](double value, double most) { return value >= 0 && value <= most; };  // false for a NaN
  for (const Tag& tag : markup.tags) {
    if (tag.name == "svg") {
      const std::vector<double> box = numbers(tag.attribute("viewBox"));
      if (box.size() != 4 || box[0] != 0 || box[1] != 0) return "a view box of " + tag.attribute("viewBox");
      width = box[2], height = box[3];
    }
    for (const auto& [name, value] : tag.attributes) {
      const std::vector<double> values = numbers(value);
      const std::string where = "<" + tag.name + " " + name + "=" + value.substr(0, 80) + ">";
      if (name == "x" || name == "x1" || name == "x2" || name == "cx") {
        if (values.size() != 1 || !within(values[0], width)) return where;
      } else if (name == "y" || name == "y1" || name == "y2" || name == "cy") {
        if (values.size() != 1 || !within(values[0], height)) return where;
      } else if (name == "points") {
        if (values.empty() || values.size() % 2 != 0) return where;
        for (std::size_t i = 0; i < values.size(); ++i) {
          if (!within(values[i], i % 2 == 0 ? width : height)) return where;
        }
      }
    }
  }
  return "";
}

}  // namespace mini_bert
