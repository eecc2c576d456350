#include "mini_bert/bert/predict/sentence_folder.h"

#include <filesystem>

#include "tests/base/json_kinds.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;

namespace {

Tokenizer tokenizer(bool lower_case) {
  TokenizerOptions options;
  options.do_lower_case = lower_case;
  return Tokenizer(Vocabulary({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a"}), options);
}

// A folder with these files, those of a usual model where a test says nothing else.
struct SentenceFolder : TemporaryFolder {
  SentenceFolder(const std::string& pooling, const std::string& modules = usual_modules,
                 const std::string& texts = "") {
    put("modules.json", modules);
    std::filesystem::create_directory(path() / "1_Pooling");
    put("1_Pooling/config.json", pooling);
    if (!texts.empty()) put("sentence_bert_config.json", texts);
  }

  EmbedOptions read(bool lower_case = true) const {
    return read_sentence_folder(path(), tokenizer(lower_case)).value();
  }
  std::string error(bool lower_case = true) const {
    return error_of([&] { read(lower_case); });
  }

  inline static const std::string usual_modules =
      R"([{"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"},)"
      R"( {"idx": 1, "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},)"
      R"( {"idx": 2, "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}])";
};

const std::string mean = R"({"word_embedding_dimension": 12, "pooling_mode_cls_token": false,)"
                         R"( "pooling_mode_mean_tokens": true, "pooling_mode_max_tokens": false})";

}  // namespace

TEST_CASE("sentence folder: pooling, length 1 and the length of a text are read") {
  const EmbedOptions usual = SentenceFolder(mean).read();
  CHECK(usual.pooling == TextPooling::mean);
  CHECK(usual.normalize);
  CHECK(usual.max_length == 0);

  const std::string cls = R"({"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false})";
  const std::string without_last = R"([{"path": "", "type": "sentence_transformers.base.modules.Transformer"},)"
                                   R"( {"path": "1_Pooling", "type": "sentence_transformers.modules.Pooling"}])";
  const EmbedOptions other =
      SentenceFolder(cls, without_last, R"({"max_seq_length": 128, "do_lower_case": false})").read();
  CHECK(other.pooling == TextPooling::cls);
  CHECK_FALSE(other.normalize);
  CHECK(other.max_length == 128);
  CHECK(SentenceFolder(R"({"pooling_mode": "cls"})").read().pooling == TextPooling::cls);
  CHECK(SentenceFolder(mean, SentenceFolder::usual_modules, R"({"max_seq_length": null})").read().max_length == 0);
}

TEST_CASE("sentence folder: any other folder says nothing") {
  CHECK_FALSE(read_sentence_folder(TemporaryFolder().path(), tokenizer(true)));
}

TEST_CASE("sentence folder: any kind of value in any field is read or refused with an Error") {
  using nlohmann::json;
  read_with_every_kind(json::parse(mean), [](const std::string& text) { SentenceFolder(text).read(); });
  read_with_every_kind(json::parse(SentenceFolder::usual_modules),
                       [](const std::string& text) { SentenceFolder(mean, text).read(); });
  read_with_every_kind(json{{"max_seq_length", 128}, {"do_lower_case", true}}, [](const std::string& text) {
    SentenceFolder(mean, SentenceFolder::usual_modules, text).read();
  });
}

TEST_CASE("sentence folder: what would give other vectors is an Error") {
  const auto pooling = [](const std::string& text) { return SentenceFolder(text).error(); };
  CHECK_THAT(pooling(R"({"pooling_mode_max_tokens": true})"), ContainsSubstring("the pooling is \"max_tokens\""));
  CHECK_THAT(pooling(R"({"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true})"),
             ContainsSubstring("the pooling is \"cls_token+mean_tokens\", supported are mean and cls alone"));
  CHECK_THAT(pooling("{}"), ContainsSubstring("1_Pooling/config.json: the pooling is \"none\""));
  CHECK_THAT(pooling("[]"),
             ContainsSubstring("1_Pooling/config.json is an array, expected an object; download the file again"));

  const auto modules = [](const std::string& text) { return SentenceFolder(mean, text).error(); };
  const std::string first = R"([{"path": "", "type": "x.Transformer"}, )",
                    then = R"({"path": "1_Pooling", "type": "P.Pooling"})";
  CHECK_THAT(modules(first + then + R"(, {"path": "2_Dense", "type": "y.Dense"}])"),
             ContainsSubstring("modules.json: the steps are \"Transformer, Pooling, Dense\", supported are"));
  CHECK_THAT(modules("[" + then + "]"), ContainsSubstring("the steps are \"Pooling\""));
  CHECK_THAT(modules(R"([{"path": "0_BERT", "type": "x.Transformer"}])"),
             ContainsSubstring("in the folder \"0_BERT\""));
  CHECK_THAT(modules(first + R"({"path": "../x", "type": "P.Pooling"}])"), ContainsSubstring("is in \"../x\""));
  CHECK_THAT(modules("[1]"), ContainsSubstring("modules.json: element 1 is 1, expected an object"));
  CHECK_THAT(modules("{}"), ContainsSubstring("modules.json is an object, expected an array"));

  const auto texts = [](const std::string& text, bool lower_case) {
    return SentenceFolder(mean, SentenceFolder::usual_modules, text).error(lower_case);
  };
  CHECK_THAT(texts(R"({"max_seq_length": 1})", true), ContainsSubstring("max_seq_length is 1, expected"));
  CHECK_THAT(texts(R"({"max_seq_length": "many"})", true), ContainsSubstring("max_seq_length is \"many\""));
  CHECK_THAT(texts(R"({"do_lower_case": true})", false), ContainsSubstring("the tokenizer keeps capital letters"));
  CHECK(texts(R"({"do_lower_case": true})", true) == "no error");
}
