#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mini_bert {

// One question to a model: a text of the command line, a line of standard input, or a row of a file.
struct Request {
  std::string place = {};    // where it stands, for messages: "line 3"; empty: it is the only one
  std::string text = {};     // the line as it is; empty when the line is a JSON object
  std::string problem = {};  // why it cannot be answered; empty: it can be
  bool is_mistake = false;   // counts as a failure even if it is only an empty line

  // Filled when the line is a JSON object.
  bool is_object = false;
  std::map<std::string, std::string, std::less<>> fields = {};  // the values that are texts
  std::vector<std::string> choices = {};                        // "choices": ["…", "…"]
  std::string id = {};     // the value of "id" as JSON, in a request or in a row of a file; empty: there is none
  std::string names = {};  // of all keys but "id", for messages
  std::vector<std::string> nulls = {};  // the keys whose value is null

  // The text of a request that has one: the line, or its field "text".
  const std::string& whole_text() const { return is_object ? field("text") : text; }

  // The text under a name. Error, which names the keys that were found, when there is none or it is empty.
  const std::string& field(std::string_view name) const;
  // nullptr when there is none.
  const std::string* find(std::string_view name) const;
};

// The texts of requests that have one each.
std::vector<std::string> texts_of(std::span<const Request> requests);

// A row of a file that is no request. The problem names its place. `id`: as in Request.
Request broken_request(std::string problem, std::string id = {});

// Makes a request of a line of text. A line that is empty or no UTF-8 is a problem.
Request text_request(std::string line, std::string place);

// Whether a line was meant as a JSON object.
bool looks_like_object(std::string_view line);

// The same, and a line that is a JSON object becomes fields and an id, and a line that is a JSON string becomes its
// text. A key of another name whose value is a number, a
// list and so on is allowed, because programs send keys of their own, but a key that is the name of a flag is a
// problem: a request cannot change flags.
Request json_request(std::string line, std::string place);

}  // namespace mini_bert
