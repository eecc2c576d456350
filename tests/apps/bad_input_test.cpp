// Whatever a person gets wrong is answered with one line that says where, what was found and what to do; exit code 1;
// nothing is written and nothing of theirs is touched.
#include <algorithm>
#include <limits>

#include "tests/apps/program_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::testing;

namespace {

// What a case spoils before the program runs. `folder` holds model/, train.json and two other data files.
using Spoil = void (*)(const fs::path& folder);

struct Case {
  const char* name;
  const char* command;
  std::vector<const char*> expected;  // all of them in the one line
  Spoil spoil = nullptr;
};

constexpr const char* train = "mini_bert_train --model model --train train.json --output out --max-steps 2 ";

void edit(const fs::path& path, const std::string& from, const std::string& to) {
  std::string text = read_file(path);
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  write_file(path, text.replace(at, from.size(), to));
}

// Rewrites model.safetensors after a change to its tensors.
void edit_tensors(const fs::path& folder, void (*change)(std::vector<NamedTensor>&)) {
  const fs::path path = folder / "model/model.safetensors";
  std::vector<NamedTensor> tensors;
  {
    const SafetensorsFile file(path);
    for (const StoredTensor& stored : file.tensors()) tensors.push_back({stored.name, file.read(stored.name)});
  }
  change(tensors);
  write_safetensors(path, tensors, StorageType::unchanged);
}

NamedTensor& word_embeddings(std::vector<NamedTensor>& tensors) {
  return *std::ranges::find(tensors, "bert.embeddings.word_embeddings.weight", &NamedTensor::name);
}

const std::vector<Case> cases = {
    // Flags
    {"no model", "mini_bert_train --train train.json --output out", {"--model is missing"}},
    {"no texts", "mini_bert_train --model model --output out", {"--train is missing"}},
    {"no output", "mini_bert_train --model model --train train.json", {"--output is missing"}},
    {"model and config", "$T --config model/config.json", {"--model and --config exclude each other"}},
    {"config alone",
     "mini_bert_train --config model/config.json --train train.json --output out",
     {"--vocab is missing"}},
    {"vocab with model", "$T --vocab model/vocab.txt", {"--vocab goes with --config"}},
    {"mistyped flag", "$T --epohcs 3", {"unknown flag --epohcs", "--epochs"}},
    {"mistyped flag with _", "$T --learning_rat 3", {"unknown flag --learning-rat", "--learning-rate"}},
    {"unknown flag", "$T --frobnicate", {"unknown flag --frobnicate"}},
    {"not a number", "$T --epochs many", {"--epochs is 'many'", "a number"}},
    {"not a whole number", "$T --batch-size 2.5", {"--batch-size is '2.5'", "a whole number"}},
    {"batch of none", "$T --batch-size 0", {"--batch-size is '0'", "1"}},
    {"negative rate", "$T --learning-rate -1", {"--learning-rate is '-1'"}},
    {"probability above 1", "$T --mask-probability 1.5", {"--mask-probability is '1.5'", "0..1"}},
    {"unknown scheduler", "$T --lr-scheduler stairs", {"'stairs'", "linear"}},
    {"unknown storage", "$T --save-dtype f8", {"'f8'", "bf16"}},
    {"two validations", "$T --validation train.json --validation-split 0.1", {"exclude each other"}},
    {"best of nothing", "$T --load-best", {"--load-best needs --validation"}},
    {"patience with nothing", "$T --early-stopping-patience 2", {"--early-stopping-patience needs --validation"}},
    {"resume and overwrite",
     "$T --resume --overwrite",
     {"--resume and --overwrite exclude each other"},
     [](const fs::path& f) { write_file(f / "out/arguments.json", "{}"); }},
    {"value missing", "$T --seed", {"seed"}},
    // --arguments
    {"no arguments file", "$T --arguments no.json", {"no.json"}},
    {"arguments not JSON",
     "$T --arguments a.json",
     {"a.json", "line 1"},
     [](const fs::path& f) { write_file(f / "a.json", "{\"epochs\": }"); }},
    {"arguments not an object",
     "$T --arguments a.json",
     {"a.json", "object", "array"},
     [](const fs::path& f) { write_file(f / "a.json", "[1]"); }},
    {"unknown argument",
     "$T --arguments a.json",
     {"a.json", "unknown flag --epochz", "--epochs"},
     [](const fs::path& f) { write_file(f / "a.json", "{\"epochz\": 3}"); }},
    {"argument out of range",
     "$T --arguments a.json",
     {"a.json", "--batch-size is '0'"},
     [](const fs::path& f) { write_file(f / "a.json", "{\"batch_size\": 0}"); }},
    // The model directory
    {"no such model",
     "mini_bert_train --model nowhere --train train.json --output out",
     {"nowhere", "no such model folder"}},
    {"no config.json",
     "$T",
     {"model/config.json", "no such file"},
     [](const fs::path& f) { fs::remove(f / "model/config.json"); }},
    {"config not JSON",
     "$T",
     {"model/config.json", "line 1"},
     [](const fs::path& f) { write_file(f / "model/config.json", "{,}"); }},
    {"config lacks a field",
     "$T",
     {"model/config.json", "hidden_size"},
     [](const fs::path& f) { edit(f / "model/config.json", "\"hidden_size\"", "\"hidden\""); }},
    {"heads do not divide",
     "$T",
     {"model/config.json", "num_attention_heads", "16"},
     [](const fs::path& f) {
       edit(f / "model/config.json", "\"num_attention_heads\": 2", "\"num_attention_heads\": 3");
     }},
    {"other architecture",
     "$T",
     {"model/config.json", "gpt2"},
     [](const fs::path& f) { edit(f / "model/config.json", "\"model_type\": \"bert\"", "\"model_type\": \"gpt2\""); }},
    {"no weights",
     "$T",
     {"model/model.safetensors", "no such file"},
     [](const fs::path& f) { fs::remove(f / "model/model.safetensors"); }},
    {"weights cut short",
     "$T",
     {"model/model.safetensors"},
     [](const fs::path& f) { fs::resize_file(f / "model/model.safetensors", 5000); }},
    {"weights overlap",
     "$T",
     {"model/model.safetensors", "inside the tensor before it"},
     [](const fs::path& f) {
       const std::string header = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                                  R"("b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})";
       const std::uint64_t length = header.size();
       write_file(f / "model/model.safetensors",
                  std::string(reinterpret_cast<const char*>(&length), 8) + header + std::string(12, '\0'));
     }},
    {"weights of another type",
     "$T",
     {"word_embeddings.weight", "I32"},
     [](const fs::path& f) {
       edit_tensors(f, [](auto& t) { word_embeddings(t).tensor = Tensor::zeros({37, 16}, DType::i32); });
     }},
    {"weights of another shape",
     "$T",
     {"word_embeddings.weight", "[37,16]", "[36,16]"},
     [](const fs::path& f) { edit_tensors(f, [](auto& t) {
                               word_embeddings(t).tensor = Tensor::zeros({36, 16});
                             }); }},
    {"weights missing",
     "$T",
     {"bert.embeddings.word_embeddings.weight", "missing"},
     [](const fs::path& f) {
       edit_tensors(f, [](auto& t) {
         std::erase_if(t, [](const auto& n) { return n.name.ends_with("word_embeddings.weight"); });
       });
     }},
    {"weights not finite",
     "$T",
     {"step 1", "nan", "word_embeddings.weight is not finite", "nothing was updated"},
     [](const fs::path& f) {
       edit_tensors(f, [](auto& t) { word_embeddings(t).tensor.fill(std::numeric_limits<double>::quiet_NaN()); });
     }},
    {"no vocabulary", "$T", {"model", "vocab.txt"}, [](const fs::path& f) { fs::remove(f / "model/vocab.txt"); }},
    {"vocabulary without [MASK]",
     "$T",
     {"vocab.txt", "[MASK]"},
     [](const fs::path& f) { edit(f / "model/vocab.txt", "[MASK]", "[MISK]"); }},
    {"vocabulary too short",
     "$T",
     {"36 tokens", "vocab_size 37"},
     [](const fs::path& f) { edit(f / "model/vocab.txt", "云\n", ""); }},
    // The texts
    {"no such file", "$T --train no.json", {"no.json", "no such file"}},
    {"unknown kind of file",
     "$T --train train.pdf",
     {"train.pdf", ".jsonl"},
     [](const fs::path& f) { write_file(f / "train.pdf", "x"); }},
    {"JSON broken",
     "$T",
     {"train.json", "line 3"},
     [](const fs::path& f) { write_file(f / "train.json", "[\n\"一\",\n二\n]"); }},
    {"JSON not a list",
     "$T",
     {"train.json", "array"},
     [](const fs::path& f) { write_file(f / "train.json", "\"一\""); }},
    {"no texts in it", "$T", {"train.json"}, [](const fs::path& f) { write_file(f / "train.json", "[]"); }},
    {"empty file", "$T", {"train.json"}, [](const fs::path& f) { write_file(f / "train.json", ""); }},
    {"no text column",
     "$T --text-column body",
     {"train.json", "body", "label"},
     [](const fs::path& f) { write_file(f / "train.json", "[{\"text\": \"一\", \"label\": \"x\"}]"); }},
    {"a number for a text",
     "$T",
     {"train.json"},
     [](const fs::path& f) { write_file(f / "train.json", "[\"一\", 2]"); }},
    {"not UTF-8",
     "$T",
     {"train.json", "UTF-8", "byte"},
     [](const fs::path& f) { write_file(f / "train.json", "[\"\xff\"]"); }},
    {"ragged csv",
     "$T --train a.csv",
     {"a.csv", "line 3"},
     [](const fs::path& f) { write_file(f / "a.csv", "text,label\n一,1\n二\n"); }},
    {"nothing known", "$T", {"training", "mask"}, [](const fs::path& f) { write_file(f / "train.json", "[\"龘\"]"); }},
    {"too few to split",
     "$T --validation-split 0.5",
     {"train.json", "1 texts are too few"},
     [](const fs::path& f) { write_file(f / "train.json", "[\"一\"]"); }},
    {"longer than the positions", "$T --max-length 25", {"--max-length is 25", "24"}},
    {"probe without a blank", "$T --probe 三国", {"no [MASK]", "三国"}},
    // Labelled texts
    {"unknown task", "$T --task classifi", {"'classifi'", "classify"}},
    {"classify from random weights",
     "mini_bert_train --config model/config.json --vocab model/vocab.txt --task classify --train a.csv --output out",
     {"--config", "name a --model"}},
    {"classify with a probe", "$T --task classify --probe 三[MASK]", {"--probe", "--task mlm"}},
    {"problem type of masked words", "$T --problem-type regression", {"--problem-type goes with --task classify"}},
    {"no label column",
     "$T --task classify --train a.csv",
     {"a.csv: line 2", "labels", "--label-column"},
     [](const fs::path& f) { write_file(f / "a.csv", "text,mark\n一,1\n二,2\n"); }},
    {"text without a label",
     "$T --task classify --train a.csv",
     {"a.csv: line 3", "empty"},
     [](const fs::path& f) { write_file(f / "a.csv", "text,label\n一,1\n二,\n"); }},
    {"one label only",
     "$T --task classify --train a.csv",
     {"a.csv", "every text has the label \"1\""},
     [](const fs::path& f) { write_file(f / "a.csv", "text,label\n一,1\n二,1\n"); }},
    {"validation label unheard of",
     "$T --task classify --train a.csv --validation b.csv",
     {"b.csv: line 2", "\"3\"", "2 labels"},
     [](const fs::path& f) {
       write_file(f / "a.csv", "text,label\n一,1\n二,2\n");
       write_file(f / "b.csv", "text,label\n一,3\n");
     }},
    {"regression on words",
     "$T --task classify --problem-type regression --train a.csv",
     {"a.csv: line 3", "\"x\" is not a number"},
     [](const fs::path& f) { write_file(f / "a.csv", "text,label\n一,1\n二,x\n"); }},
    {"line without a label",
     "$T --task classify --train a.txt",
     {"a.txt: line 2", "no tab"},
     [](const fs::path& f) { write_file(f / "a.txt", "一\t1\n二 2\n"); }},
    {"word without a tag",
     "$T --task tag --train a.bio",
     {"a.bio: line 2", "expected a word, white space and its tag"},
     [](const fs::path& f) { write_file(f / "a.bio", "三 O\n国\n"); }},
    {"words and tags uneven",
     "$T --task tag --train a.jsonl",
     {"a.jsonl: line 1", "2 words but 1 tags"},
     [](const fs::path& f) { write_file(f / "a.jsonl", "{\"tokens\": [\"三\", \"国\"], \"tags\": [\"O\"]}\n"); }},
    {"no SQuAD", "$T --task answer", {"train.json", "\"data\"", "SQuAD"}},
    {"answer not in the text",
     "$T --task answer --train a.json",
     {"a.json", "question \"q\"", "does not stand in its context"},
     [](const fs::path& f) {
       write_file(f / "a.json", R"({"data": [{"paragraphs": [{"context": "三国", "qas": [{"id": "q", "question": "一",
                                    "answers": [{"text": "蜀", "answer_start": 0}]}]}]}]})");
     }},
    // The output
    {"output is a file", "$T", {"out", "file"}, [](const fs::path& f) { write_file(f / "out", "mine"); }},
    {"output holds a run",
     "$T",
     {"out", "--resume", "--overwrite"},
     [](const fs::path& f) { write_file(f / "out/arguments.json", "{}"); }},
    {"output holds other things",
     "$T",
     {"out", "choose a new or empty"},
     [](const fs::path& f) { write_file(f / "out/diary.txt", "mine"); }},
    {"output is the model", "$T --output model --overwrite", {"model", "choose a new or empty"}},
    {"output cannot be made", "$T --output /proc/nowhere/out", {"/proc/nowhere", "--output"}},
    {"disk full", "trap '' XFSZ; ulimit -f 2; $T", {"out/", "large"}},
    {"nothing to resume", "mini_bert_train --resume --output out", {"out/arguments.json"}},
    {"resumed with other data",
     "$T --save-steps 1 >/dev/null && $T --resume --max-steps 3",
     {"it had 2 updates", "now it is 3 updates"}},
    {"not a checkpoint",
     "$T --save-steps 1 >/dev/null && $T --resume-from-checkpoint model",
     {"model/trainer_state.json"}},
    // mini_bert_predict
    {"predict without a model", "mini_bert_predict fill-mask 三[MASK]", {"--model"}},
    {"predict with no such model", "mini_bert_predict fill-mask --model nowhere 三[MASK]", {"nowhere"}},
    {"predict an unknown task", "mini_bert_predict fill-mark --model model 三[MASK]", {"fill-mark", "fill-mask"}},
    {"predict without a blank", "mini_bert_predict fill-mask --model model 三国", {"no [MASK]", "三国"}},
    {"predict none", "mini_bert_predict fill-mask --model model --top-k 0 三[MASK]", {"--top-k is '0'"}},
    {"predict a target of two tokens",
     "mini_bert_predict fill-mask --model model --targets 诸葛 三[MASK]",
     {"诸葛", "2 tokens"}},
    {"classify with a model of masked words",
     "mini_bert_predict classify --model model 三国",
     {"model/model.safetensors", "bert.pooler.dense.weight is missing", "BertForSequenceClassification"}},
    {"tag with a model of masked words", "mini_bert_predict tag --model model 三国", {"classifier.weight is missing"}},
    {"answer without a text", "mini_bert_predict answer --model model --question 谁", {"--question and --context"}},
    {"file and texts", "mini_bert_predict embed --model model --file train.json 三国", {"--file and texts"}},
    {"pooler of a model without", "mini_bert_predict embed --model model --pooling pooler 三", {"no pooler"}},
    {"predict what is not UTF-8",
     "mini_bert_predict fill-mask --model model \"$(printf '\\377[MASK]')\"",
     {"UTF-8", "byte 0"}},
};

// Everything in the folder but what the test itself captures.
std::vector<std::string> contents(const fs::path& folder) {
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = fs::relative(entry.path(), folder).string();
    if (name == "stdout.txt" || name == "stderr.txt") continue;
    found.push_back(name + (entry.is_regular_file() ? ": " + read_file(entry.path()) : ""));
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace

TEST_CASE("bad input gets one line, exit code 1, and nothing is written", "[apps]") {
  CHECK(cases.size() >= 40);
  for (const Case& bad : cases) {
    INFO(bad.name);
    const TemporaryFolder folder;
    write_tiny_model(folder.path() / "model");
    write_file(folder.path() / "train.json", "[\"三国人物诸葛涛\", \"诸葛亮字孔明\", \"天地日月\"]\n");
    if (bad.spoil != nullptr) bad.spoil(folder.path());
    const std::vector<std::string> before = contents(folder.path());

    std::string command = bad.command;
    for (std::size_t at; (at = command.find("$T")) != std::string::npos;) command.replace(at, 2, train);
    const Outcome outcome = run(folder.path(), command);

    INFO(command << "\nstdout: " << outcome.out << "stderr: " << outcome.err);
    CHECK(outcome.exit_code == 1);
    CHECK(std::ranges::count(outcome.err, '\n') == 1);
    CHECK(outcome.err.starts_with("mini_bert_"));
    for (const char* expected : bad.expected) CHECK_THAT(outcome.err, ContainsSubstring(expected));
    // A run that had begun leaves what it had reported; one that could not begin leaves nothing at all.
    const bool had_begun = fs::exists(folder.path() / "out/metrics.jsonl") || std::string(bad.name) == "disk full";
    if (!had_begun) CHECK(contents(folder.path()) == before);
    CHECK_FALSE(fs::exists(folder.path() / "out/model.safetensors.tmp"));
  }
}
