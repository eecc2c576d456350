#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/bert/metrics/evaluation.h"

namespace mini_bert {

// An answer cut into what is compared: lower case, without punctuation and without the articles a, an and the, every
// Chinese character alone and everything else by words. For English that is the comparison of SQuAD (Rajpurkar et al.
// 2016, arXiv:1606.05250 §6.1), for Chinese the usual one by characters.
std::vector<std::string> answer_parts(std::string_view text);

// Whether two answers have the same parts, and twice the parts they share over the parts of both. Two empty answers are
// the same, an empty one shares nothing with another.
bool same_answer(std::string_view expected, std::string_view predicted);
double answer_f1(std::string_view expected, std::string_view predicted);

// "f1" and "exact_match" over all questions, 0 to 1; of several expected answers the best counts, and a
// question without one expects "".
std::vector<Metric> answer_metrics(const std::vector<std::vector<std::string>>& expected,
                                   const std::vector<std::string>& predicted);

}  // namespace mini_bert
