// What a person may get wrong with masked words, and with what every task shares.
#include "tests/apps/bad_input.h"

#include <limits>

using namespace mini_bert;
using namespace mini_bert::testing;

namespace {

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
    {"budget of none", "$T --batch-tokens 0", {"--batch-tokens is '0'", "1"}},
    {"batches by texts and by tokens",
     "$T --batch-tokens 30 --batch-size 8",
     {"--batch-tokens and --batch-size exclude each other"}},
    {"batches by texts and by tokens, one in a file",
     "$T --batch-tokens 30 --arguments a.json",
     {"--batch-tokens and --batch-size exclude each other"},
     [](const fs::path& f) { write_file(f / "a.json", "{\"per_device_train_batch_size\": 2}"); }},
    {"text longer than the budget",
     "$T --batch-tokens 8",
     {"--batch-tokens 8", "longest training sample has 9 tokens", "at least 9", "--max-length"}},
    {"the same in a check",
     "$T --check --batch-tokens 8",
     {"--batch-tokens 8", "longest training sample has 9 tokens"}},
    {"validation text longer than the budget",
     "$T --batch-tokens 9 --validation v.txt",
     {"--batch-tokens 9", "longest validation sample has 10 tokens"},
     [](const fs::path& f) { write_file(f / "v.txt", "诸葛亮是蜀国的相\n"); }},
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
#ifdef MINI_BERT_HUB
    {"no such model, and no network",
     "HF_HUB_OFFLINE=0 HF_ENDPOINT=http://127.0.0.1:1 no_proxy=127.0.0.1 HF_HUB_CACHE=cache "
     "mini_bert_train --model some/model --train train.json --output out",
     {"some/model: not here and not downloaded", "127.0.0.1", "check the network"}},
    {"no such model, and no server",
     "HF_HUB_OFFLINE=0 HF_ENDPOINT=hub.example mini_bert_predict fill-mask --model some/model 三[MASK]",
     {"hub.example", "begins with http:// or https://"}},
#else
    {"no such model, and a build that downloads nothing",
     "mini_bert_predict fill-mask --model some/model 三[MASK]",
     {"some/model", "no such model folder"}},
#endif
    {"no config.json",
     "$T",
     {"model: ", "no config.json"},
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
    {"vocabulary too long",
     "$T",
     {"38 tokens", "vocab_size 37"},
     [](const fs::path& f) { edit(f / "model/vocab.txt", "云\n", "云\n雨\n"); }},
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
    {"JSON not a list", "$T", {"train.json", "array"}, [](const fs::path& f) { write_file(f / "train.json", "5"); }},
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
    {"output is the model", "$T --output model --overwrite", {"model", "is the folder of --model"}},
    {"output cannot be made", "$T --output /proc/nowhere/out", {"/proc/nowhere", "--output"}},
    {"disk full", "trap '' XFSZ; ulimit -f 2; $T", {"out/", "large"}},
    {"nothing to resume", "mini_bert_train --resume --output out", {"out: there is no run to resume"}},
    {"resumed with other data",
     "$T --save-steps 1 >/dev/null && $T --resume --max-steps 3",
     {"the number of updates (--epochs, --max-steps, --batch-size) was 2, now it is 3"}},
    {"resumed with another budget",
     "$T --batch-tokens 20 --save-steps 1 >/dev/null && $T --resume --batch-tokens 30",
     {"--batch-tokens was 20, now it is 30"}},
    {"not a checkpoint",
     "$T --save-steps 1 >/dev/null && $T --resume-from-checkpoint model",
     {"model/trainer_state.json"}},
    {"no file of words", "$T --add-words words.txt", {"words.txt"}},
    {"words without a word",
     "$T --add-words words.txt",
     {"words.txt: no words"},
     [](const fs::path& f) { write_file(f / "words.txt", "\n \n"); }},
    {"two words in a line",
     "$T --add-words words.txt",
     {"words.txt: line 2", "\"诸葛\"", "one word a line"},
     [](const fs::path& f) { write_file(f / "words.txt", "诸葛亮\n诸葛　亮\n"); }},
    {"a word with a special token",
     "$T --add-words words.txt",
     {"words.txt: line 1", "[MASK]", "expected a word"},
     [](const fs::path& f) { write_file(f / "words.txt", "诸[MASK]\n"); }},
    {"words for random weights",
     "mini_bert_train --config model/config.json --vocab model/vocab.txt --train train.json --output out --add-words a",
     {"--add-words goes with --model"}},
    // mini_bert_predict
    {"predict without a model", "mini_bert_predict fill-mask 三[MASK]", {"--model"}},
    {"predict with no such model", "mini_bert_predict fill-mask --model nowhere 三[MASK]", {"nowhere"}},
    {"tokenize with no such model", "mini_bert_tokenize --model nowhere", {"nowhere", "no such model folder"}},
    {"predict an unknown task", "mini_bert_predict fill-mark --model model 三[MASK]", {"fill-mark", "fill-mask"}},
    {"predict without a blank", "mini_bert_predict fill-mask --model model 三国", {"no [MASK]", "三国"}},
    {"predict none", "mini_bert_predict fill-mask --model model --top-k 0 三[MASK]", {"--top-k is '0'"}},
    {"predict a target that is unknown",
     "mini_bert_predict fill-mask --model model --targets 亮,诸龘 三[MASK]",
     {"target \"诸龘\"", "no token for \"龘\""}},
    {"predict no target", "mini_bert_predict fill-mask --model model --targets 亮,,涛 三[MASK]", {"empty word"}},
    {"predict no target", "mini_bert_predict fill-mask --model model --targets 亮，，涛 三[MASK]", {"empty word"}},
    {"predict long targets of two blanks at once",
     "mini_bert_predict fill-mask --model model --joint --targets 亮,诸葛 [MASK]国[MASK]。",
     {"--joint with 2 blanks", "\"诸葛\""}},
    {"predict two blanks of unknown length",
     "mini_bert_predict fill-mask --model model '[MASK]*国[MASK]*'",
     {"several [MASK]*", "a text may have one"}},
    {"predict a blank that is too long",
     "mini_bert_predict fill-mask --model model --max-blank-length 23 '三[MASK]*'",
     {"a blank of 23 tokens", "24"}},
    {"predict a tag jointly", "mini_bert_predict tag --model model --joint 三", {"--joint goes with fill-mask"}},
    {"predict what is not UTF-8",
     "mini_bert_predict fill-mask --model model \"$(printf '\\377[MASK]')\"",
     {"UTF-8", "byte 0"}},
};

}  // namespace

TEST_CASE("bad input gets one line, exit code 1, and nothing is written", "[apps]") {
  CHECK(cases.size() >= 40);
  for (const Case& bad : cases) check_bad_input(bad);
}
