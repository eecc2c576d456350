// Shows how a model's tokenizer reads a text: the tokens, their ids and their positions in the text.

#include <unistd.h>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <charconv>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "apps/console/command_line.h"
#include "apps/console/download_console.h"
#include "apps/console/guarded_main.h"
#include "apps/console/terminal.h"
#include "apps/predict/line_reader.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/json_fields.h"
#include "mini_bert/base/posix.h"
#include "mini_bert/files/model_folder.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {
namespace {

struct Flags {
  std::string model;
  bool json = false;
  bool from_json = false;
  bool pair = false;
  bool decode = false;
  bool plain = false;
  bool skip_special = true;
  std::string truncation = "none";
  std::string side;  // empty: as the model says
  int32_t max_length = 512;
  int32_t stride = 0;
  std::vector<std::string> files;
};

EncodeOptions encode_options(const Flags& flags) {
  EncodeOptions options;
  options.add_special_tokens = !flags.plain;
  options.max_length = flags.max_length;
  options.stride = flags.stride;
  if (!flags.side.empty()) options.truncation_side = flags.side == "left" ? Side::left : Side::right;
  if (flags.truncation == "longest_first") options.truncation = Truncation::longest_first;
  if (flags.truncation == "only_first") options.truncation = Truncation::only_first;
  if (flags.truncation == "only_second") options.truncation = Truncation::only_second;
  return options;
}

// One line of the input: one text or two.
struct Line {
  std::string first, second;
  bool is_pair = false;
};

Line read_line(const std::string& text, const Flags& flags) {
  if (flags.from_json) {
    const nlohmann::json value = parse_json(text, "the text");
    const JsonField field(value, "the text");
    if (!value.is_array()) return {field.text(), "", false};
    const std::vector<JsonField> texts = field.elements();
    if (texts.size() != 2) field.fail("one text or a list of two");
    return {texts[0].text(), texts[1].text(), true};
  }
  if (!flags.pair) return {text, "", false};
  const size_t tab = text.find('\t');
  if (tab == std::string::npos) fail("has no tab; with --pair a line is first<tab>second");
  return {text.substr(0, tab), text.substr(tab + 1), true};
}

std::string as_json(const Tokenizer& tokenizer, const Encoding& encoding, const Line& line) {
  std::vector<std::string> tokens, offsets;
  for (const int32_t id : encoding.ids) tokens.push_back(nlohmann::json(tokenizer.vocabulary().token(id)).dump());
  for (const TextRange& range : code_point_offsets(encoding, line.first, line.second)) {
    offsets.push_back(fmt::format("[{}, {}]", range.begin, range.end));
  }
  std::string overflow;
  for (const Encoding& window : encoding.overflow) {
    overflow += overflow.empty() ? ", \"overflow\": [" : ", ";
    overflow += as_json(tokenizer, window, line);
  }
  if (!overflow.empty()) overflow += "]";
  return fmt::format(R"({{"tokens": [{}], "ids": [{}], "type_ids": [{}], "offsets": [{}], "word_ids": [{}]{}}})",
                     fmt::join(tokens, ", "), fmt::join(encoding.ids, ", "), fmt::join(encoding.type_ids, ", "),
                     fmt::join(offsets, ", "), fmt::join(encoding.word_ids, ", "), overflow);
}

// One row per token: the token, its id, its position, and the text at that position.
std::string as_table(const Tokenizer& tokenizer, const Encoding& encoding, const Line& line) {
  std::string table = line.is_pair ? fmt::format("{}\t{}\n", line.first, line.second) : line.first + "\n";
  const auto places = code_point_offsets(encoding, line.first, line.second);
  for (size_t i = 0; i < encoding.ids.size(); ++i) {
    const auto [begin, end] = encoding.offsets[i];
    const std::string& text = encoding.type_ids[i] == 0 ? line.first : line.second;
    const std::string place = encoding.special[i] ? "" : fmt::format("{}..{}", places[i].begin, places[i].end);
    table += fmt::format("  {:<16} {:>6}  {:<9}  {}\n", tokenizer.vocabulary().token(encoding.ids[i]), encoding.ids[i],
                         place, text.substr(begin, end - begin));
  }
  for (const Encoding& window : encoding.overflow) table += "overflow: " + as_table(tokenizer, window, line);
  return table + "\n";
}

std::string decode_line(const Tokenizer& tokenizer, const std::string& text, const Flags& flags) {
  std::vector<int32_t> ids;
  std::istringstream numbers(text);
  for (std::string number; numbers >> number;) {
    int32_t id = 0;
    const auto [stopped, error] = std::from_chars(number.data(), number.data() + number.size(), id);
    require(error == std::errc() && stopped == number.data() + number.size(),
            "'{}' is not a token id; with --decode a line is ids and spaces", number);
    ids.push_back(id);
  }
  const std::string decoded = tokenizer.decode(ids, flags.skip_special);
  return (flags.json ? nlohmann::json(decoded).dump() : decoded) + "\n";
}

std::string convert_line(const Tokenizer& tokenizer, const std::string& text, const Flags& flags) {
  if (flags.decode) return decode_line(tokenizer, text, flags);
  const Line line = read_line(text, flags);
  const EncodeOptions options = encode_options(flags);
  const Encoding encoding =
      line.is_pair ? tokenizer.encode_pair(line.first, line.second, options) : tokenizer.encode(line.first, options);
  return flags.json ? as_json(tokenizer, encoding, line) + "\n" : as_table(tokenizer, encoding, line);
}

// A line that cannot be read does not stop the others: with --json its answer is {"error": "…"}, without, a line on
// stderr names it. Returns whether all lines were read, or answered as JSON.
bool convert_file(const Tokenizer& tokenizer, int descriptor, const std::string& name, const Flags& flags) {
  bool all_read = true;
  LineReader reader(descriptor, name);
  size_t number = 0;
  for (std::vector<std::string> lines; !(lines = reader.read()).empty();) {
    for (const std::string& text : lines) {
      ++number;
      try {
        std::cout << convert_line(tokenizer, text, flags);
      } catch (const std::exception& error) {
        if (flags.json) {
          using Json = nlohmann::json;
          const Json answer = {{"error", message_of(error)}};
          std::cout << answer.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
          continue;
        }
        std::cout.flush();
        print_message(fmt::format("mini_bert_tokenize: {}: line {}: {}", name, number, message_of(error)));
        all_read = false;
      }
    }
    std::cout.flush();  // a program that sends one line waits for its answer
  }
  return all_read;
}

// Returns the exit code.
int tokenize(const Flags& flags) {
  bring_model(flags.model, ModelPart::tokenizer);
  const Tokenizer tokenizer = Tokenizer::from_directory(find_model(flags.model));
  bool all_read = !flags.files.empty() || convert_file(tokenizer, STDIN_FILENO, "standard input", flags);
  for (const std::string& path : flags.files) {
    require(std::filesystem::exists(status_of(path)),
            "{}: there is no such file; a text goes to standard input: echo 'text' | mini_bert_tokenize …", path);
    const posix::Descriptor file = posix::open_stream(path);
    all_read &= convert_file(tokenizer, file.number(), path, flags);
  }
  return all_read ? 0 : 1;
}

int tokenize_main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  Flags flags;
  CommandLine line("mini_bert_tokenize",
                   "Shows how a model's tokenizer reads each line of a text: tokens, ids, places.");
  line.examples({"mini_bert_tokenize --model models/mini-bert-zh texts.txt",
                 "mini_bert_tokenize --model models/mini-bert-zh --json < texts.txt",
                 "echo '2 45 3' | mini_bert_tokenize --model models/mini-bert-zh --decode"});
  line.model("--model,-m", flags.model, "model directory, or name of a model at huggingface.co").required();
  line.texts("files", flags.files, "text files, one text per line; none: standard input");
  line.toggle("--pair", flags.pair, "a line is two texts with a tab between them");
  line.toggle("--from-json", flags.from_json, "a line is a JSON string, or a list of two");
  line.toggle("--decode", flags.decode, "the other way round: a line is token ids, text comes out");
  line.section("Output");
  line.toggle("--json", flags.json, "one JSON object per line; offsets count code points");
  line.toggle("--plain", flags.plain, "no [CLS] and [SEP] round the text");
  line.toggle("--skip-special", flags.skip_special,
              "leave special tokens out of decoded text (on; --skip-special=false)");
  line.section("Truncation");
  line.choice("--truncation", flags.truncation, {"none", "longest_first", "only_first", "only_second"}, "what is cut");
  line.number("--max-length", flags.max_length, 0, 1 << 30, "tokens kept when truncating");
  line.number("--stride", flags.stride, 0, 1 << 30, "tokens neighbouring windows of the overflow share");
  line.choice("--side", flags.side, {"left", "right"}, "the side that is cut off; not given: as the model says");
  int exit_code = 0;
  const int failure = line.run(argc, argv, [&] { exit_code = tokenize(flags); });
  return failure != 0 ? failure : exit_code;
}

}  // namespace
}  // namespace mini_bert

int main(int argc, char** argv) {
  return mini_bert::guarded_main("mini_bert_tokenize", argc, argv, mini_bert::tokenize_main);
}
