#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/nn/parameter.h"

namespace mini_bert {

// How one kind of checkpoint spells one parameter. In both strings {layer} stands for the number of an encoder layer.
struct NameRow {
  std::string_view path;  // of our parameter: "encoder.layer.{layer}.attention.query.weight"
  std::string_view name;  // of the file's tensor: "bert.encoder.layer.{layer}.attention.self.query.weight"
  // as_is: the file has the parameter's shape. transposed: the file has [in,out] where we have [out,in]. copy: a second
  // name, which is read only when the file does not have the first one. preferred: a second name, which is read instead
  // of the first one when the file has both.
  enum class Form { as_is, transposed, copy, preferred } form = Form::as_is;
};

// A part of a name that was spelled otherwise in the past.
struct OlderEnding {
  std::string_view now, before;
};

// The names of one family of checkpoints. The first row of a path is how we write it.
struct NameTable {
  std::string_view family;  // for messages: "BERT as transformers spells it"
  std::span<const NameRow> rows;
  std::string_view base = {};  // what the names of the encoder begin with; files of the encoder alone leave it out
  std::span<const OlderEnding> older = {};
  std::span<const std::string_view> wrappers = {};   // parts that wrappers of a model insert anywhere: "module"
  std::span<const std::string_view> redundant = {};  // tensors that hold nothing of their own; * stands for any text

  // What a file may call a parameter.
  struct Spelling {
    std::string name;
    NameRow::Form form;
    bool is_second_name() const { return form == NameRow::Form::copy || form == NameRow::Form::preferred; }
  };
  // Every spelling of the parameter at `path`: first the one that we write, last the second names. Empty when the
  // family has no such parameter.
  std::vector<Spelling> spellings(std::string_view path) const;

  // A name in a file without the parts that wrappers inserted.
  std::string unwrapped(std::string_view name) const;

  // What a program that holds the model puts before its names, "bert." in
  // "bert.bert.embeddings.word_embeddings.weight". `names` are unwrapped. Empty when the table of word embeddings is
  // there under its own name, or not at all.
  std::string prefix_of(std::span<const std::string> names) const;

  bool is_redundant(std::string_view name) const;
};

// All families, in order of preference. A new family is a file like transformers.cpp and a line in families.cpp.
std::span<const NameTable* const> name_tables();

// Where a model may have the matrix that turns vectors into scores of tokens. With tied weights that matrix is the
// table of word embeddings, and its bias is the head's; otherwise it is a parameter with a bias of its own.
struct DecoderPaths {
  std::string_view word_embeddings, weight, bias;
};
DecoderPaths decoder_paths();

// For each head of a task, one of its parameters.
struct HeadPaths {
  std::string_view masked_words, next_sentence, answer, classifier;
};
HeadPaths head_paths();

// The second name under which transformers wants a parameter in a file, besides the one that checkpoint_name() gives;
// nothing for nearly all. It holds the same values.
std::optional<std::string> second_checkpoint_name(const Parameter& parameter);

// The name that we write a parameter under, transformers': also what messages call it. A parameter that is in no table,
// as in a model of somebody else's, goes by its path.
std::string checkpoint_name(const Parameter& parameter);

}  // namespace mini_bert
