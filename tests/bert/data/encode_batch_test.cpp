#include "mini_bert/bert/data/encode_batch.h"

#include <string>
#include <vector>

#include "tests/bert/bert_testing.h"
#include "tests/catch.h"

using namespace mini_bert;

TEST_CASE("encode_batch: each text as encode does it, in order, with any number of threads") {
  const Tokenizer tokenizer = test::tiny_tokenizer();
  std::vector<std::string> texts;
  for (int i = 0; i < 101; ++i) texts.push_back(std::string(static_cast<std::size_t>(i % 7), 'a') + " b 我 Ç");
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const EncodeOptions options{.truncation = Truncation::longest_first, .max_length = 5};
  for (const int threads : {1, 2, 3, 8}) {
    const test::Threads with(threads);
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{2}, views.size()}) {
      const auto encodings = encode_batch(std::span(views).first(count), tokenizer, options);
      REQUIRE(encodings.size() == count);
      for (std::size_t i = 0; i < count; ++i) CHECK((encodings[i] == tokenizer.encode(texts[i], options)));
    }
  }
}

TEST_CASE("encode_batch: a text that cannot be encoded is an error") {
  const test::Threads with(2);
  const std::vector<std::string_view> texts = {"a", "b", "\xFF", "c"};
  CHECK_THROWS_AS(encode_batch(texts, test::tiny_tokenizer()), Error);
}
