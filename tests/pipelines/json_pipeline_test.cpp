#include "mini_bert/pipelines/json_pipeline.h"

#include <fstream>

#include <nlohmann/json.hpp>

#include "mini_bert/base/argument_error.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/pipelines/request_settings.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using nlohmann::json;

namespace json_pipeline_test {

// A folder with a small masked language model, open.
struct Opened {
  Opened() : model(test::tiny_config()) {
    model.initialize(1);
    save_pretrained(folder.path(), model, test::tiny_tokenizer());
    result("open", {{"folder", folder.path().string()}});
  }
  json call(const std::string& operation, const json& options) {
    return json::parse(pipeline.call(operation, options.dump()));
  }
  json result(const std::string& operation, const json& options = json::object()) {
    const json answer = call(operation, options);
    INFO(operation << ": " << answer.dump());
    REQUIRE(answer.contains("result"));
    return answer["result"];
  }
  std::string error(const std::string& operation, const json& options = json::object()) {
    return call(operation, options).value("error", "no error");
  }

  test::TemporaryFolder folder;
  BertForMaskedLM model;
  JsonPipeline pipeline;
};

json two_texts() {
  return {{"name", "texts"}, {"extension", ".txt"}, {"text", "a b c d e f\ng h i j k"}};
}

TEST_CASE("json pipeline: answers as Pipeline does") {
  const test::Threads one(1);
  Opened opened;
  Pipeline pipeline(opened.folder.path());

  const auto blanks = pipeline.fill_mask("a [MASK] c", {.top_k = 2});
  const json found = opened.result("fill_mask", {{"text", "a [MASK] c"}, {"top_k", 2}});
  REQUIRE(found[0].size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(found[0][i] == json({{"score", blanks[0][i].score},
                               {"token", blanks[0][i].token},
                               {"token_str", blanks[0][i].token_str},
                               {"sequence", blanks[0][i].sequence}}));
  }
  const auto joint = pipeline.joint_fill("a [MASK] [MASK]", {.top_k = 1});
  const json together = opened.result("fill_jointly", {{"text", "a [MASK] [MASK]"}, {"top_k", 1}});
  REQUIRE(together.size() == 1);
  CHECK(together[0]["sequence"] == joint[0].sequence);

  const std::vector<std::string> texts = {"a b", "c d e"};
  CHECK(opened.result("score", {{"texts", texts}})[1]["score"] == pipeline.score(texts)[1].score);
  const Tensor vectors = pipeline.embed(texts, {.normalize_again = true});
  const json place = opened.result("embed", {{"texts", texts}, {"normalize", true}});
  CHECK(place["shape"] == json({2, 12}));
  const Tensor& beside = opened.pipeline.arrays().at(place["array"].get<std::size_t>());
  CHECK(std::ranges::equal(beside.values<float>(), vectors.values<float>()));

  const json encoding = opened.result("encode", {{"text", "a b"}, {"text_pair", "c"}});
  CHECK(encoding["token_type_ids"] == json({0, 0, 0, 0, 1, 1}));
  CHECK(encoding["offsets"][1] == json({0, 1}));
  CHECK(opened.result("decode", {{"ids", encoding["input_ids"]}, {"skip_special_tokens", true}}) == "a b c");
}

TEST_CASE("json pipeline: answers in the precision that it is opened with") {
  const test::Threads one(1);
  Opened opened;
  CHECK(opened.result("describe")["precision"] == "f32");
  const double exact = opened.result("fill_mask", {{"text", "a [MASK] c"}})[0][0]["score"];
  for (const std::string name : {"bf16", "int8"}) {
    const json described = opened.result("open", {{"folder", opened.folder.path().string()}, {"precision", name}});
    CHECK(described["precision"] == name);
    const double score = opened.result("fill_mask", {{"text", "a [MASK] c"}})[0][0]["score"];
    CHECK(score == Approx(exact).epsilon(0.1));
    CHECK(score == opened.result("fill_mask", {{"text", "a [MASK] c"}})[0][0]["score"]);
  }
  CHECK_THAT(opened.error("open", {{"folder", opened.folder.path().string()}, {"precision", "int4"}}),
             ContainsSubstring("`precision` is 'int4'; expected one of auto, f32, bf16, int8"));
  CHECK(opened.result("describe")["precision"] == "int8");  // the model that was open is open
}

TEST_CASE("json pipeline: a training, update by update, equals Pipeline::train") {
  const test::Threads one(1);
  Opened opened;
  const json arguments = {{"max_steps", 3}, {"learning_rate", 0.01}, {"probes", {"a [MASK] c=b"}}, {"seed", 3}};
  CHECK(opened.result("read", {{"data", two_texts()}}) == json({{"texts", 2}, {"notes", json::array()}}));
  CHECK(opened.result("start_training", {{"data", two_texts()}, {"arguments", arguments}}) ==
        json({{"total_steps", 3}}));
  CHECK(opened.result("advance")["probes"].size() == 2);  // before the first update, and after it
  CHECK(opened.result("advance")["more"] == true);
  const double between = opened.result("fill_mask", {{"text", "a [MASK] c"}})[0][0]["score"];
  const json last = opened.result("advance");
  CHECK(last["more"] == false);
  CHECK(last["step"] == 3);
  const json report = opened.result("end_training");
  CHECK(report["ending"] == "completed");
  CHECK(report["probes"][0]["expected"] == "b");

  Pipeline pipeline(opened.folder.path());
  TrainingRequest request;
  request.train_data = DataSource::in_memory("texts", ".txt", two_texts()["text"]);
  request.train = "texts";
  set_arguments(request, arguments.dump());
  TrainingObserver nobody;
  CHECK(json(pipeline.train(std::move(request), nobody).to_json()) == report);
  const double after = opened.result("fill_mask", {{"text", "a [MASK] c"}})[0][0]["score"];
  CHECK(after == pipeline.fill_mask("a [MASK] c")[0][0].score);
  CHECK(after != between);

  const test::TemporaryFolder saved;
  opened.result("save", {{"folder", saved.path().string()}});
  CHECK(Pipeline(saved.path()).fill_mask("a [MASK] c")[0][0].score == after);
}

TEST_CASE("json pipeline: results keep the order of keys of transformers, and their arrays belong to the caller") {
  Opened opened;
  const std::string text = opened.pipeline.result("fill_mask", R"({"text": "a [MASK]", "top_k": 1})").json;
  CHECK(text.starts_with(R"([[{"score":)"));
  CHECK(text.find("\"token\"") < text.find("\"token_str\""));
  CHECK(text.find("\"token_str\"") < text.find("\"sequence\""));

  JsonPipeline::Result first = opened.pipeline.result("embed", R"({"texts": ["a b"]})");
  CHECK(first.json == R"({"array":0,"shape":[1,12]})");
  REQUIRE(first.arrays.size() == 1);
  const float* const numbers = first.arrays[0].data<float>();
  const std::vector<float> before(numbers, numbers + 12);
  opened.result("embed", {{"texts", {"c", "d"}}});
  CHECK(std::equal(before.begin(), before.end(), numbers));
}

TEST_CASE("json pipeline: files, and a training that is ended or abandoned") {
  const test::Threads one(1);
  Opened opened;
  const std::string file = (opened.folder.path() / "texts.txt").string();
  std::ofstream(file) << two_texts()["text"].get<std::string>();
  const json files = {{"files", {file, file}}};
  CHECK(opened.result("read", {{"data", files}})["texts"] == 4);

  std::vector<json> answers;
  for (const json& data : {two_texts(), json({{"files", {file}}})}) {
    Opened trained;
    trained.result("start_training",
                   {{"data", data}, {"validation", files}, {"arguments", {{"max_steps", 3}, {"learning_rate", 0.01}}}});
    trained.result("advance");
    const json report = trained.result("end_training");
    CHECK(report["ending"] == "interrupted");
    CHECK(report["step"] == 1);
    CHECK(report["evaluations"].size() == 2);  // before the first update, and after it
    answers.push_back(trained.result("fill_mask", {{"text", "a [MASK] c"}}));
  }
  CHECK(answers[0] == answers[1]);

  CHECK(opened.result("abandon_training") == nullptr);
  opened.result("start_training", {{"data", files}});
  opened.result("abandon_training");
  CHECK(opened.error("advance") == "no training has been started");
}

TEST_CASE("json pipeline: a training that stops improving is stopped early, even at its last update") {
  const test::Threads one(1);
  Opened opened;
  opened.result("start_training", {{"data", two_texts()},
                                   {"validation", two_texts()},
                                   {"arguments",
                                    {{"max_steps", 1},
                                     {"eval_steps", 1},
                                     {"early_stopping_patience", 1},
                                     {"learning_rate", 1e-12},
                                     {"schedule", "constant"}}}});
  while (opened.result("advance")["more"] == true) continue;
  CHECK(opened.result("end_training")["ending"] == "stopped_early");
}

TEST_CASE("json pipeline: the report says which answers of the guard were lost") {
  const test::Threads one(1);
  for (const double learning_rate : {1e-9, 0.1}) {
    Opened opened;
    // A question that this model answers right at once, because its own answer is called right.
    const std::string right = opened.result("fill_mask", {{"text", "a [MASK] c"}})[0][0]["token_str"];
    const std::string guard = (opened.folder.path() / "guard.jsonl").string();
    std::ofstream(guard) << json({{"text", "a [MASK] c"}, {"answer", right}}).dump();
    const json data = {{"name", "texts"}, {"extension", ".txt"}, {"text", right == "b" ? "a d c" : "a b c"}};
    opened.result(
        "start_training",
        {{"data", data},
         {"arguments",
          {{"max_steps", 8}, {"learning_rate", learning_rate}, {"mask_probability", 0.9}, {"guard", guard}}}});
    while (opened.result("advance")["more"] == true) continue;
    const json found = opened.result("end_training")["guard"];
    INFO(found.dump());
    CHECK(found["count"] == 1);
    CHECK(found["before"] == 1);
    const bool is_lost = learning_rate > 1e-3;
    CHECK(found["after"] == (is_lost ? 0 : 1));
    REQUIRE(found["lost"].empty() != is_lost);
    if (is_lost) CHECK(found["lost"][0]["rank"] > 1);
  }
}

TEST_CASE("json pipeline: a look inside") {
  Opened opened;
  const json seen = opened.result("inspect", {{"text", "a [MASK] c"}});
  CHECK(seen["tokens"] == json({"[CLS]", "a", "[MASK]", "c", "[SEP]"}));
  CHECK(seen["layers"].size() == 2);
  CHECK(seen["layers"][0]["attention"]["shape"] == json({3, 5, 5}));
  CHECK(opened.pipeline.arrays().size() == 4 + 2 * 3);
  const json best = opened.result("fill_mask", {{"text", "a [MASK] c"}})[0][0];
  CHECK(seen["answers"][2][0]["token_str"] == best["token_str"]);
  CHECK(seen["answers"][2][0]["score"].get<double>() == Approx(best["score"].get<double>()));
  const json gradient = opened.result("loss_gradient", {{"text", "a [MASK] c"}, {"token", 2}, {"target", "b"}});
  CHECK(gradient["tokens"].size() == 5);
  CHECK(gradient["parameters"].size() == opened.model.parameters().size());
  CHECK(opened.error("loss_gradient", {{"text", "a"}, {"token", 1}, {"target", "word"}}) ==
        "`target` is \"word\", which is not one token of the vocabulary");
}

TEST_CASE("json pipeline: gradients of a model that is stored in bf16") {
  Opened opened;
  const json options = {{"text", "a [MASK] c"}, {"token", 2}, {"target", "b"}};
  const json expected = opened.result("loss_gradient", options);
  opened.result("save", {{"folder", opened.folder.path().string()}, {"save_type", "bf16"}});
  opened.result("open", {{"folder", opened.folder.path().string()}});
  const double before = opened.result("fill_mask", {{"text", "a [MASK] c"}})[0][0]["score"];
  CHECK(opened.result("loss_gradient", options)["loss"].get<double>() ==
        Approx(expected["loss"].get<double>()).epsilon(0.01));
  CHECK(opened.result("fill_mask", {{"text", "a [MASK] c"}})[0][0]["score"].get<double>() == Approx(before));
}

TEST_CASE("json pipeline: mistakes are one line, and leave the model as it was") {
  JsonPipeline closed;
  CHECK(closed.call("score", "{}") == R"({"error":"no model is open"})");
  Opened opened;
  CHECK(opened.error("sing") == "there is no operation sing");
  CHECK(opened.error("fill_mask") == "fill_mask: text is missing; change the option");
  CHECK(opened.error("fill_mask", {{"text", 3}}).starts_with("fill_mask: text is 3, expected"));
  const std::string other_task = opened.error("classify", {{"texts", {"a"}}});
  CHECK(other_task.find("BertForSequenceClassification") != std::string::npos);
  CHECK(other_task.ends_with("; train it for that task, or load a model that was"));
  CHECK_THROWS_AS(opened.pipeline.result("start_training", R"({"data": {"files": ["/nowhere.txt"]}})"), SystemError);
  CHECK_THROWS_AS(opened.pipeline.result("start_training", R"({"data": {"files": []}})"), Error);
  CHECK(opened.error("advance") == "no training has been started");
  CHECK(opened.error("start_training", {{"data", two_texts()}, {"arguments", {{"epoch", 3}}}}) ==
        "`epoch` is no argument of a training");
  CHECK(opened.error("start_training", {{"data", two_texts()}, {"arguments", {{"epochs", "many"}}}})
            .starts_with("`epochs` is \"many\", expected"));
  CHECK(opened.error("open", {{"folder", "/nowhere"}}).find("/nowhere") != std::string::npos);
  CHECK(opened.error("score", {{"texts", {"a"}}}) == "no model is open");
}

TEST_CASE("request settings: every kind of value arrives, and a wrong one names itself") {
  TrainingRequest request;
  set_arguments(request, R"({"task": "tag", "pack": true, "max_length": 7, "epochs": 2.5, "probes": ["x"], "seed": 9,
    "batch_tokens": 64, "max_steps": null, "weight_decay": 0.5, "schedule": "constant", "precision": "bf16"})");
  CHECK(request.task == "tag");
  CHECK(request.pack);
  CHECK(request.max_length == 7);
  CHECK(request.probes == std::vector<std::string>{"x"});
  CHECK(request.training.epochs == 2.5);
  CHECK(request.training.batch_tokens == 64);
  CHECK_FALSE(request.training.max_steps.has_value());
  CHECK(request.training.seed == 9);
  CHECK(request.training.adamw.weight_decay == 0.5);
  CHECK(request.training.schedule == Schedule::constant);
  CHECK(request.training.precision == Precision::mixed);
  for (const char* wrong : {R"({"epochs": true})", R"({"seed": -1})", R"({"max_steps": 1.5})", R"({"probes": "x"})",
                            R"({"precision": "f64"})", R"({"schedule": "square"})", R"({"max_steps": 1e30})"}) {
    INFO(wrong);
    CHECK_THROWS_AS(set_arguments(request, wrong), Error);
  }
  CHECK_THROWS_AS(pooling_named("max"), ArgumentError);
}

}  // namespace json_pipeline_test
