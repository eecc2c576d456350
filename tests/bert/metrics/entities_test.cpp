#include "mini_bert/bert/metrics/entities.h"

#include "tests/bert/metrics/metrics_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using Tags = std::vector<std::string>;

TEST_CASE("entity metrics: those of seqeval, ill-formed tags included", "[metrics]") {
  const Tags tags = {"O", "B-PER", "I-PER", "E-PER", "S-PER", "B-LOC", "I-LOC", "I-ORG", "B", "I"};
  test::Draws draw(1);
  std::vector<Tags> expected, predicted;
  for (std::size_t i = 0; i < 200; ++i) {
    auto& text = expected.emplace_back();
    while (text.size() < 3 + i % 9) text.push_back(tags[draw.below(10)]);
  }
  std::size_t entities = 0;
  for (const Tags& text : expected) {
    entities += entities_of(text).size();
    auto& found = predicted.emplace_back();
    for (const std::string& tag : text) found.push_back(draw.below(3) != 0 ? tag : tags[draw.below(10)]);
  }
  CHECK(entities == 1159);
  const std::vector<Metric> metrics = entity_metrics(expected, predicted);
  const std::vector<std::pair<std::string, double>> known = {{"f1", 0.6948275862068966},
                                                             {"precision", 0.694229112833764},
                                                             {"recall", 0.6954270923209663},
                                                             {"accuracy", 0.6984924623115578}};
  REQUIRE(metrics.size() == known.size());
  for (std::size_t i = 0; i < known.size(); ++i) {
    CHECK(metrics[i].name == known[i].first);
    CHECK(metrics[i].value == Approx(known[i].second).epsilon(1e-14));
  }
}

TEST_CASE("entities_of: the usual ways to tag", "[metrics]") {
  const std::vector<Entity> two = {{"PER", 0, 3}, {"LOC", 4, 5}};
  CHECK(entities_of(Tags{"B-PER", "I-PER", "I-PER", "O", "B-LOC"}) == two);
  CHECK(entities_of(Tags{"B-PER", "M-PER", "E-PER", "O", "S-LOC"}) == two);
  CHECK(entities_of(Tags{"B-PER", "I-PER", "E-PER", "O", "S-LOC"}) == two);
  CHECK(entities_of(Tags{"I-PER", "I-PER", "I-PER", "O", "I-LOC"}) == two);
  CHECK(entities_of(Tags{"B-PER.NAM", "B-PER.NAM"}) == std::vector<Entity>{{"PER.NAM", 0, 1}, {"PER.NAM", 1, 2}});
  CHECK(entities_of(Tags{"B-A", "I-B"}) == std::vector<Entity>{{"A", 0, 1}, {"B", 1, 2}});
  CHECK(entities_of(Tags{"B-A-B", "I-A-B"}) == std::vector<Entity>{{"A-B", 0, 2}});
  CHECK(entities_of(Tags{"O", "O"}).empty());
  CHECK(entities_of(Tags{}).empty());
}

TEST_CASE("entity metrics: both ends and the type must be right", "[metrics]") {
  const auto f1 = [](const Tags& expected, const Tags& predicted) {
    return entity_metrics({expected}, {predicted})[0].value;
  };
  CHECK(f1({"B-A", "I-A", "O"}, {"B-A", "I-A", "O"}) == 1);
  CHECK(f1({"B-A", "I-A", "O"}, {"B-A", "O", "O"}) == 0);
  CHECK(f1({"B-A", "I-A", "O"}, {"B-B", "I-B", "O"}) == 0);
  CHECK(f1({"O"}, {"O"}) == 0);
}

TEST_CASE("entities_of: a change of type begins and ends an entity, whatever the letters", "[metrics]") {
  CHECK(entities_of(Tags{"PER", "PER", "LOC", "O", "PER"}) ==
        std::vector<Entity>{{"ER", 0, 2}, {"OC", 2, 3}, {"ER", 4, 5}});
  CHECK(entities_of(Tags{"人名", "人名", "O"}) == std::vector<Entity>{{"名", 0, 2}});
  CHECK(entity_metrics({{"PER", "O", "LOC"}}, {{"PER", "O", "LOC"}})[0].value == 1);
  // Fragments of BMES tags: the first B is lost, as in seqeval.
  CHECK(entities_of(Tags{"B-X", "M-X", "B-X", "E-X"}) == std::vector<Entity>{{"X", 2, 4}});
}

TEST_CASE("strict entities: an entity that breaks the rules is none", "[metrics]") {
  CHECK(tag_scheme(Tags{"B-X", "M-X", "E-X", "S-X", "O"}) == TagScheme::iobes);
  CHECK(tag_scheme(Tags{"O", "B-X", "I-X"}) == TagScheme::iob2);
  CHECK(tag_scheme(Tags{"B-X", "I-X", "L-X", "U-X"}) == TagScheme::bilou);
  CHECK(tag_scheme(Tags{"I-X", "E-X", "O"}) == TagScheme::ioe2);
  CHECK_FALSE(tag_scheme(Tags{"O", "PER", "人名"}).has_value());
  const Tags tags = {"B-X", "O", "B-X", "M-X", "E-X", "S-Y", "M-X", "E-X"};
  CHECK(strict_entities_of(tags, TagScheme::iobes) == std::vector<Entity>{{"X", 2, 5}, {"Y", 5, 6}});
  CHECK(entities_of(tags).size() > 2);
  const std::vector<Metric> metrics =
      entity_metrics({{"B-X", "E-X"}}, {{"B-X", "M-X"}}, Tags{"B-X", "M-X", "E-X", "O"});
  REQUIRE(metrics.size() == 7);
  CHECK(metrics[4].name == "f1_strict");
  CHECK(metrics[4].value == 0);
}
