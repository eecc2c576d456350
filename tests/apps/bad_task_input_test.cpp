// What a person may get wrong with labelled texts and with the tasks that learn from them.
#include "tests/apps/bad_input.h"

using namespace mini_bert;
using namespace mini_bert::testing;

namespace {

const std::vector<Case> cases = {
    // mini_bert_train
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
    {"class weights of masked words",
     "$T --class-weights balanced",
     {"--class-weights goes with --task classify or tag"}},
    {"class weights of numbers",
     "$T --task classify --problem-type regression --class-weights balanced",
     {"--class-weights goes with one label per text"}},
    {"class weight of no label",
     "$T --task tag --train a.bio --class-weights B-PER=2",
     {"--class-weights names \"B-PER\", which is none of the 2 labels: B, O"},
     [](const fs::path& f) { write_file(f / "a.bio", "三 O\n国 B\n"); }},
    {"class weight that is no number",
     "$T --task tag --train a.bio --class-weights O=0",
     {"--class-weights", "\"O=0\"", "a number above 0"},
     [](const fs::path& f) { write_file(f / "a.bio", "三 O\n国 B\n"); }},
    {"more layers frozen than there are", "$T --freeze-layers 3", {"--freeze-layers is 3; the model has 2 layers"}},
    {"layer decay of nothing", "$T --layer-decay 0", {"--layer-decay is 0; expected a number above 0"}},
    {"layer decay above 1", "$T --layer-decay 1.1", {"--layer-decay is '1.1'", "0..1"}},
    {"best by a metric of another task",
     "$T --validation train.json --metric-for-best-model f1",
     {"--metric-for-best-model is 'f1'", "loss|perplexity"}},
    {"best by a metric without validation",
     "$T --metric-for-best-model perplexity",
     {"--metric-for-best-model", "--validation-split"}},
    {"neither better nor worse", "$T --greater-is-better maybe", {"--greater-is-better is 'maybe'"}},
    {"check of a broken file",
     "mini_bert_train --check --model model --task tag --train a.bio",
     {"a.bio: line 2", "expected a word, white space and its tag"},
     [](const fs::path& f) { write_file(f / "a.bio", "三 O\n国\n"); }},
    {"check of a metric that is not there",
     "mini_bert_train --check --model model --train train.json --validation train.json --metric-for-best-model f1",
     {"--metric-for-best-model is 'f1'"}},
    {"check and resume", "mini_bert_train --check --resume --output model", {"model/arguments.json"}},
    {"JSON of a training", "$T --json", {"--json goes with --check"}},
    // mini_bert_predict
    {"classify with a model of masked words",
     "mini_bert_predict classify --model model 三国",
     {"this model was trained to fill blanks, not to classify texts", "--task classify"}},
    {"tag with a model of masked words",
     "mini_bert_predict tag --model model 三国",
     {"not to tag words", "mini_bert_train --task tag"}},
    {"answer without a text", "mini_bert_predict answer --model model --question 谁", {"--question and --context"}},
    {"file and texts", "mini_bert_predict embed --model model --file train.json 三国", {"--file and texts"}},
    {"pooler of a model without", "mini_bert_predict embed --model model --pooling pooler 三", {"no pooler"}},
};

}  // namespace

TEST_CASE("bad labelled input gets one line, exit code 1, and nothing is written", "[apps]") {
  CHECK(cases.size() >= 32);
  for (const Case& bad : cases) check_bad_input(bad);
}
