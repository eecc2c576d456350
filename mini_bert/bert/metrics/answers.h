#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/bert/metrics/evaluation.h"

namespace mini_bert {

// How answers are cut into the parts that are compared.
//   english   words in lower case, without ASCII punctuation and without the articles a, an and the: the comparison of
//             SQuAD's evaluation script (Rajpurkar et al. 2016, arXiv:1606.05250 §6.1). Other punctuation stays, “ too
//   chinese   each Chinese character, and each word of other text in lower case, without any punctuation and without
//             the articles: the usual comparison of CMRC 2018
enum class AnswerLanguage { english, chinese };

// Chinese if the text has a Chinese character or Chinese punctuation, 《 for example.
AnswerLanguage language_of(std::string_view text);

std::vector<std::string> answer_parts(std::string_view text, AnswerLanguage language);

// Both answers are compared as Chinese if one of them is. same_answer: whether two answers have the same parts in the
// same order. answer_f1: 2·(number of shared parts) / (number of parts of both answers). Two empty answers are equal,
// and their F1 is 1. The F1 of an empty and a non-empty answer is 0.
bool same_answer(std::string_view expected, std::string_view predicted);
double answer_f1(std::string_view expected, std::string_view predicted);

// "f1" and "exact_match", the means over all questions, from 0 to 1. If a question has several expected answers, the
// best result counts. A question without an expected answer expects "".
std::vector<Metric> answer_metrics(const std::vector<std::vector<std::string>>& expected,
                                   const std::vector<std::string>& predicted);

}  // namespace mini_bert
