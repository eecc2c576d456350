#include "mini_bert/bert/data/column_names.h"

#include <algorithm>
#include <array>

namespace mini_bert {
namespace {

constexpr auto usual_texts = std::to_array<std::string_view>(
    {"text",        "texts",      "sentence",     "sentences",      "content",  "contents", "review",    "reviews",
     "comment",     "comments",   "title",        "query",          "body",     "message",  "tweet",     "document",
     "utterance",   "headline",   "review_text",  "text_content",   "abstract", "article",  "paragraph", "passage",
     "review_body", "reviewtext", "comment_text", "review_content", "文本",     "内容",     "评论",      "句子",
     "正文",        "标题",       "评价",         "留言",           "原文",     "语句",     "文章",      "评论内容"});

constexpr auto usual_labels = std::to_array<std::string_view>(
    {"label",  "labels", "label_id", "gold_label", "class",    "category", "target", "sentiment",
     "rating", "stars",  "star",     "polarity",   "emotion",  "intent",   "topic",  "标签",
     "类别",   "分类",   "情感",     "情感倾向",   "情感标签", "标注",     "评分",   "星级"});

constexpr auto usual_ids = std::to_array<std::string_view>(
    {"id", "guid", "idx", "qid", "uid", "uuid", "index", "example_id", "question_id", "query_id", "编号", "序号"});

constexpr auto usual_pairs =
    std::to_array<std::pair<std::string_view, std::string_view>>({{"premise", "hypothesis"},
                                                                  {"question", "sentence"},
                                                                  {"question", "answer"},
                                                                  {"question", "context"},
                                                                  {"question", "passage"},
                                                                  {"query", "title"},
                                                                  {"query", "document"},
                                                                  {"query", "doc"},
                                                                  {"query", "passage"},
                                                                  {"query", "content"},
                                                                  {"text", "text_pair"},
                                                                  {"sentence", "sentence_pair"},
                                                                  {"anchor", "positive"},
                                                                  {"keyword", "abst"},
                                                                  {"前提", "假设"},
                                                                  {"问题", "答案"}});

// The name without the sign that tells the two columns of a pair apart; empty when it does not end in `sign`.
std::string_view stem_of(std::string_view name, std::string_view sign) {
  if (!name.ends_with(sign)) return {};
  name.remove_suffix(sign.size());
  if (name.ends_with('_')) name.remove_suffix(1);
  return name;
}

}  // namespace

std::string plain_name(std::string_view name) {
  std::string result;
  for (const char c : name) {
    const char lower = 'A' <= c && c <= 'Z' ? static_cast<char>(c + 32) : c;
    result += lower == ' ' || lower == '-' ? '_' : lower;
  }
  return result;
}

bool is_text_name(std::string_view name) {
  return std::ranges::find(usual_texts, plain_name(name)) != usual_texts.end();
}

bool is_label_name(std::string_view name) {
  return std::ranges::find(usual_labels, plain_name(name)) != usual_labels.end();
}

bool is_id_name(std::string_view name) {
  return std::ranges::find(usual_ids, plain_name(name)) != usual_ids.end();
}

bool belongs_to_label(std::string_view name) {
  const std::string known = plain_name(name);
  return is_label_name(name) || known.starts_with("label") || known.starts_with("标签");
}

bool is_column_name(std::string_view name) {
  constexpr auto usual_words = std::to_array<std::string_view>(
      {"word", "words", "term", "name", "phrase", "token", "text_a", "text_b", "词", "词语", "名称", "姓名", "数据"});
  const std::string known = plain_name(name);
  const auto ends_name = [&](std::string_view usual) {
    const bool whole_word = usual[0] >= 0 ? known.ends_with("_" + std::string(usual)) : known.ends_with(usual);
    return known == usual || whole_word;
  };
  return belongs_to_label(name) || is_id_name(name) || std::ranges::any_of(usual_texts, ends_name) ||
         std::ranges::find(usual_words, known) != usual_words.end();
}

bool are_pair_names(std::string_view first, std::string_view second) {
  const std::string a = plain_name(first), b = plain_name(second);
  if (std::ranges::find(usual_pairs, std::pair<std::string_view, std::string_view>(a, b)) != usual_pairs.end())
    return true;
  const std::string_view numbered = stem_of(a, "1"), lettered = stem_of(a, "_a");
  if (!numbered.empty() && numbered == stem_of(b, "2")) return true;
  if (!lettered.empty() && lettered == stem_of(b, "_b")) return true;
  return a == "q1" && b == "q2";
}

}  // namespace mini_bert
