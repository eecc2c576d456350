#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/base/error.h"
#include "mini_bert/tokenizer/added_tokens.h"
#include "mini_bert/tokenizer/encoding.h"
#include "mini_bert/tokenizer/normalizer.h"
#include "mini_bert/tokenizer/vocabulary.h"
#include "mini_bert/tokenizer/word_piece.h"
#include "mini_bert/tokenizer/word_reader.h"

namespace mini_bert {

// Everything a tokenizer needs besides its vocabulary. Names are those of tokenizer_config.json.
struct TokenizerOptions {
  bool do_lower_case = true;
  std::optional<bool> strip_accents = std::nullopt;  // not set: follows do_lower_case
  bool tokenize_chinese_chars = true;                // every Chinese character is a word
  bool clean_text = true;                            // drop control characters; white space becomes ' '
  bool whole_cjk_extension_e = false;  // see is_cjk: true is Google's tokenization.py, false the `tokenizers` package
  std::string unk_token = "[UNK]";
  std::string cls_token = "[CLS]";
  std::string sep_token = "[SEP]";
  std::string pad_token = "[PAD]";
  std::string mask_token = "[MASK]";
  std::string continuing_subword_prefix = "##";
  int32_t max_input_chars_per_word = 100;  // code points; longer words are one [UNK]
  int32_t model_max_length = no_limit;     // tokens of a text that the model should read, [CLS] and [SEP] included
  Side truncation_side = Side::right;      // the side of a long text that is cut off
  bool decode_cleanup = true;              // decode removes the space before . , ? ! 's n't and their like
  bool decode_glues = true;                // decode puts no space before a piece with the prefix, and drops the prefix
  std::optional<std::string> decode_prefix = std::nullopt;  // that prefix; not set: continuing_subword_prefix
  bool split_special_tokens = false;                        // "[MASK]" in a text is ordinary text
  bool adds_special_tokens = true;                          // [CLS] and [SEP] are put around a text
  bool uses_type_ids = true;                                // a model is told which text of a pair a token is of
  bool matches_special_tokens = true;         // the five above are found in a text even if added_tokens lacks them
  std::vector<AddedToken> added_tokens = {};  // besides the five above; new tokens get the ids after the vocabulary
  // Keys of the files that nobody knows: "tokenizer_config.json: colour". Programs name them.
  std::vector<std::string> unknown_keys = {};

  static constexpr int32_t no_limit = std::numeric_limits<int32_t>::max();

  NormalizerOptions normalizer() const;
};

// Converts text to token ids and back, exactly as transformers' BertTokenizerFast does. A tokenizer is immutable, so
// threads may share one. docs/tokenizer.md describes the pipeline.
class Tokenizer {
 public:
  // Error when [UNK] is missing from the vocabulary, or another of the five special tokens from vocabulary and added
  // tokens.
  explicit Tokenizer(Vocabulary vocabulary, TokenizerOptions options = {});

  // Reads the tokenizer of a model directory: tokenizer.json if it exists, otherwise vocab.txt; then those of
  // tokenizer_config.json, special_tokens_map.json and added_tokens.json that exist. As in transformers 5.23, the class
  // of the tokenizer decides which file counts where two disagree (docs/tokenizer.md, "Whose value counts"). vocab.txt
  // alone means do_lower_case = true. Error, with file and field, for a file that is damaged, of another kind of
  // tokenizer, or that asks for something mini_bert does not have.
  static Tokenizer from_directory(const std::filesystem::path& directory);

  // States how many rows the table of a model's word embeddings has. From then on, a token with an id from there on is
  // an Error of encode, encode_pair and require_row. transformers can add such tokens to a tokenizer alone.
  void set_rows(int64_t rows);

  // Encodes UTF-8 text. Error: ill-formed UTF-8 (with the byte), text of more than 1 GiB, truncation
  // that cannot reach max_length, a token without a row.
  Encoding encode(std::string_view text, const EncodeOptions& options = {}) const;

  // Encodes two texts as one sequence, the second one with type 1.
  Encoding encode_pair(std::string_view first, std::string_view second, const EncodeOptions& options = {}) const;

  // Converts ids to text. Spaces join the pieces, and a "##" piece follows the piece before it without a space. Chinese
  // characters get spaces between them; the encoding's offsets lead to the original text. Error for an id out of range.
  std::string decode(std::span<const int32_t> ids, bool skip_special = true) const;

  // Joins the texts of tokens as decode does.
  std::string join(std::span<const std::string_view> tokens) const;

  int32_t pad_id() const { return pad_id_; }
  int32_t unk_id() const { return unk_id_; }
  int32_t cls_id() const { return cls_id_; }
  int32_t sep_id() const { return sep_id_; }
  int32_t mask_id() const { return mask_id_; }

  // Whether an id is one of the five special tokens or an added token that is declared special.
  bool is_special(int32_t id) const;

  const Vocabulary& vocabulary() const { return vocabulary_; }  // added tokens included
  Vocabulary base_vocabulary() const;                           // without added tokens
  int32_t base_size() const { return base_size_; }              // tokens of base_vocabulary()
  // The number of tokens that have a row: ids from 0 on. All of them, unless set_rows stated fewer.
  int32_t size_with_rows() const { return std::min(rows_, vocabulary_.size()); }
  // Error when a token has no row; it names the token.
  void require_row(int32_t id) const;
  // The same for what every sequence has: [CLS] and [SEP], if the tokenizer adds them, and [MASK] if it `is_masked`.
  void require_special_rows(bool is_masked) const;
  const TokenizerOptions& options() const { return options_; }

  // The text of vocab.txt (without added tokens) and of tokenizer_config.json (with them). from_directory and
  // transformers' from_pretrained make the same tokenizer from them. A model with fewer `positions` than
  // model_max_length lowers that. The caller writes the files.
  std::string vocab_text() const;
  std::string config_text(int32_t positions = TokenizerOptions::no_limit) const;

  // The text of tokenizer.json, for a tokenizer that the two files above cannot describe: it takes the place of
  // vocab.txt. Nothing for others.
  std::optional<std::string> json_text() const;

 private:
  class TokenWriter;
  bool needs_json() const;
  int32_t require(const std::string& token, const char* role) const;
  EncodeOptions completed(EncodeOptions options) const;
  void add_tokens();
  Encoding with_rows(Encoding encoding) const;
  Encoding encode_text(std::string_view text, const EncodeOptions& options) const;
  void encode_segment(std::string_view text, TextRange range, TokenWriter& out) const;
  Encoding add_special_tokens(Encoding first, const Encoding* second, const EncodeOptions& options) const;
  Encoding assemble(Encoding first, std::optional<Encoding> second, const EncodeOptions& options) const;

  Vocabulary vocabulary_;
  TokenizerOptions options_;
  int32_t base_size_;  // tokens of vocab.txt
  int32_t rows_ = TokenizerOptions::no_limit;
  int32_t unk_id_, pad_id_ = -1, cls_id_ = -1, sep_id_ = -1, mask_id_ = -1;
  WordReader word_reader_;
  WordPiece word_piece_;
  AddedTokens added_tokens_;
  std::vector<uint8_t> is_special_;  // per id
};

}  // namespace mini_bert
