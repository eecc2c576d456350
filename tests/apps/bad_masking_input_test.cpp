// What a person may get wrong about what is masked and what is not to be forgotten.
#include "tests/apps/bad_input.h"

using namespace mini_bert;
using namespace mini_bert::testing;

namespace bad_masking_input_test {

const std::vector<Case> cases = {
    {"no word list", "$T --whole-words no.txt", {"no.txt", "no such file"}},
    {"word list without words",
     "$T --whole-words w.txt",
     {"w.txt: no word in it"},
     [](const fs::path& f) { write_file(f / "w.txt", "\n\n"); }},
    {"word list of another language",
     "$T --whole-words w.txt",
     {"w.txt", "none of its 1 words can be used", "\"龘龘\""},
     [](const fs::path& f) { write_file(f / "w.txt", "龘龘\n"); }},
    {"word list not UTF-8",
     "$T --whole-words w.txt",
     {"w.txt", "UTF-8"},
     [](const fs::path& f) { write_file(f / "w.txt", "\xd6\xee\n"); }},
    {"unknown word to mask", "$T --mask-words 诸葛涛,龘", {"--mask-words", "\"龘\""}},
    {"words that no text has",
     "$T --mask-words 风云 --mask-probability 0",
     {"in none of the 3 training texts", "nothing is left to the dice"}},
    {"span of nothing in a row", "$T --ngram 0", {"--ngram is '0'", "1..100"}},
    {"whole words of labels", "$T --task classify --whole-words auto", {"--whole-words goes with --task mlm"}},
    {"mask words of labels", "$T --task tag --mask-words 诸", {"--mask-words goes with --task mlm"}},
    {"spans of labels", "$T --task answer --ngram 2", {"--ngram goes with --task mlm"}},
    {"span beyond the text",
     "$T --train m.jsonl",
     {"m.jsonl: line 2", "[0, 4]", "<= 3"},
     [](const fs::path& f) { write_file(f / "m.jsonl", "\"天\"\n{\"text\": \"诸葛涛\", \"mask\": [[0, 4]]}\n"); }},
    {"span of validation beyond the text",
     "$T --validation m.json",
     {"m.json: line 1", "[2, 1]"},
     [](const fs::path& f) { write_file(f / "m.json", "[{\"text\": \"诸葛涛\", \"mask\": [[2, 1]]}]"); }},
    {"mask that is no span",
     "$T --train m.jsonl",
     {"m.jsonl: line 1", "\"mask\" is \"诸\"", "[[begin, end], …]"},
     [](const fs::path& f) { write_file(f / "m.jsonl", "{\"text\": \"诸葛涛\", \"mask\": \"诸\"}\n"); }},
    {"spans in pairs of sentences",
     "$T --task pretrain --train m.jsonl",
     {"m.jsonl: line 1", "goes with masked words alone"},
     [](const fs::path& f) {
       write_file(f / "m.jsonl", "{\"text\": \"诸葛涛\", \"mask\": [[0, 1]]}\n\"天。地。\"\n");
     }},
    {"no guard", "$T --guard no.jsonl", {"no.jsonl"}},
    {"guard without answers", "$T --guard train.json", {"train.json: line 1", "no column \"text\"", "\"answer\""}},
    {"guard with an unknown answer",
     "$T --guard g.jsonl",
     {"g.jsonl: line 2", "does not know the answer \"龘\""},
     [](const fs::path& f) {
       write_file(f / "g.jsonl",
                  "{\"text\": \"天[MASK]\", \"answer\": \"地\"}\n{\"text\": \"天[MASK]\", \"answer\": \"龘\"}\n");
     }},
    {"guard of another vocabulary", "$T --guard default", {"guard-zh.jsonl: line 1", "the vocabulary does not know"}},
    {"guard of labels", "$T --task classify --guard default", {"--guard goes with --task mlm"}},
    {"anchor without a start",
     "mini_bert_train --config model/config.json --vocab model/vocab.txt --train train.json --output out --anchor 1",
     {"--anchor pulls towards the weights of a --model"}},
    {"anchor that goes too far",
     "$T --anchor 100 --learning-rate 0.1",
     {"--anchor 100 times --learning-rate 0.1 is 10"}},
    {"negative anchor", "$T --anchor -1", {"--anchor is '-1'"}},
    {"anchor of labels", "$T --task classify --anchor 1", {"--anchor goes with --task mlm"}},
};

TEST_CASE("bad masking and guards get one line, exit code 1, and nothing is written", "[apps]") {
  CHECK(cases.size() >= 20);
  for (const Case& bad : cases) check_bad_input(bad);
}

}  // namespace bad_masking_input_test
