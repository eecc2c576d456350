#include "mini_bert/bert/predict/sentence_folder.h"

#include <filesystem>

#include "mini_bert/files/model_folder.h"
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

TEST_CASE("sentence folder: pooling is a mean unless the file says otherwise; the newer key replaces the switches") {
  CHECK(SentenceFolder("{}").read().pooling == TextPooling::mean);
  CHECK(SentenceFolder(R"({"pooling_mode": ["cls"]})").read().pooling == TextPooling::cls);
  CHECK(SentenceFolder(R"({"pooling_mode": "cls", "pooling_mode_mean_tokens": true})").read().pooling ==
        TextPooling::cls);
  CHECK(SentenceFolder(mean).read().pools_prompt);
  CHECK_FALSE(SentenceFolder(R"({"pooling_mode": "mean", "include_prompt": false})").read().pools_prompt);
}

TEST_CASE("sentence folder: prompts and the number of numbers") {
  SentenceFolder folder(mean);
  const auto with = [&](const std::string& text, const std::string& prompt_name = "") {
    folder.put("config_sentence_transformers.json", text);
    return read_sentence_folder(folder.path(), tokenizer(true), prompt_name).value();
  };
  const std::string prompts = R"("prompts": {"query": "查询：", "document": ""})";
  CHECK(with("{" + prompts + "}").prompt.empty());
  CHECK(with("{" + prompts + R"(, "default_prompt_name": null})").prompt.empty());
  CHECK(with("{" + prompts + R"(, "default_prompt_name": "query"})").prompt == "查询：");
  CHECK(with("{" + prompts + R"(, "default_prompt_name": "query"})", "document").prompt.empty());
  CHECK(with("{" + prompts + "}", "query").prompt == "查询：");
  CHECK(with(R"({"truncate_dim": 5, "similarity_fn_name": "dot", "__version__": {}})").dimensions == 5);
  CHECK(with(R"({"truncate_dim": null})").dimensions == 0);
  CHECK_THROWS_WITH(with("{" + prompts + "}", "passage"), ContainsSubstring("prompts has none called \"passage\""));
  CHECK_THROWS_WITH(with(R"({"default_prompt_name": "query"})"), ContainsSubstring("none called \"query\""));
  CHECK_THROWS_WITH(with(R"({"truncate_dim": 0})"), ContainsSubstring("truncate_dim is 0"));
  CHECK_THROWS_WITH(with(R"({"model_type": "SparseEncoder"})"), ContainsSubstring("model_type is \"SparseEncoder\""));
  CHECK_THROWS_WITH(with(R"({"colour": 1})"),
                    ContainsSubstring("\"colour\" is a setting that mini_bert does not know"));
}

TEST_CASE("sentence folder: settings of the encoder and of Normalize are refused unless they are the usual ones") {
  const auto texts = [](const std::string& text) {
    return SentenceFolder(mean, SentenceFolder::usual_modules, text).error();
  };
  CHECK(texts(R"({"transformer_task": "feature-extraction", "module_output_name": "token_embeddings",
      "modality_config": {"text": {"method": "forward", "method_output_name": "last_hidden_state"}},
      "unpad_inputs": true, "model_args": {}})") == "no error");
  for (const std::string wrong : {R"("transformer_task": "fill-mask")", R"("query_expansion": {"length": 3})",
                                  R"("tokenizer_args": {"a": 1})", R"("module_output_name": "sentence_embedding")"}) {
    CHECK_THAT(texts("{" + wrong + "}"), ContainsSubstring("sentence_bert_config.json: "));
  }
  SentenceFolder folder(mean);
  std::filesystem::create_directory(folder / "2_Normalize");
  folder.put("2_Normalize/config.json", R"({"module_input_name": "sentence_embedding"})");
  CHECK(folder.read().normalize);
  folder.put("2_Normalize/config.json", R"({"module_input_name": "token_embeddings"})");
  CHECK_THAT(folder.error(), ContainsSubstring("module_input_name is \"token_embeddings\""));
}

TEST_CASE("sentence folder: the encoder may have a folder of its own") {
  SentenceFolder folder(mean, R"([{"path": "0_Transformer", "type": "x.Transformer"},)"
                              R"( {"path": "1_Pooling", "type": "x.Pooling"}])");
  std::filesystem::create_directory(folder / "0_Transformer");
  folder.put("0_Transformer/sentence_bert_config.json", R"({"max_seq_length": 77})");
  CHECK(folder.read().max_length == 77);
  CHECK(encoder_folder(folder.path()) == folder / "0_Transformer");
  folder.put("config.json", "{}");
  CHECK(encoder_folder(folder.path()) == folder.path());
}

TEST_CASE("sentence folder: the encoder's settings may be in a file that is called by another family") {
  for (const std::string family : {"roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet"}) {
    SentenceFolder folder(mean);
    folder.put("sentence_" + family + "_config.json", R"({"max_seq_length": 77})");
    CHECK(folder.read().max_length == 77);
    folder.put("sentence_" + family + "_config.json", R"({"query_expansion": {"length": 3}})");
    CHECK_THAT(folder.error(), ContainsSubstring("sentence_" + family + "_config.json: query_expansion"));
  }
  SentenceFolder folder(mean, SentenceFolder::usual_modules, R"({"max_seq_length": 9})");
  folder.put("sentence_roberta_config.json", R"({"max_seq_length": 77})");
  CHECK(folder.read().max_length == 9);
  folder.put("sentence_bert_config.json", "{}");
  CHECK(folder.read().max_length == 77);
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
  CHECK_THAT(pooling(R"({"pooling_mode": ["cls", "mean"]})"), ContainsSubstring("the pooling is \"cls+mean\""));
  CHECK_THAT(pooling(R"({"pooling_mode": "mean", "layer": 3})"),
             ContainsSubstring("1_Pooling/config.json: \"layer\" is a setting that mini_bert does not know"));
  CHECK_THAT(pooling("[]"),
             ContainsSubstring("1_Pooling/config.json is an array, expected an object; download the file again"));

  const auto modules = [](const std::string& text) { return SentenceFolder(mean, text).error(); };
  const std::string first = R"([{"path": "", "type": "x.Transformer"}, )",
                    then = R"({"path": "1_Pooling", "type": "P.Pooling"})";
  CHECK_THAT(modules(first + then + R"(, {"path": "2_Dense", "type": "y.Dense"}])"),
             ContainsSubstring("modules.json: the steps are \"Transformer, Pooling, Dense\", supported are"));
  CHECK_THAT(modules("[" + then + "]"), ContainsSubstring("the steps are \"Pooling\""));
  CHECK_THAT(modules(first + R"({"path": "", "type": "P.Pooling"}])"), ContainsSubstring("has no folder of its own"));
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
