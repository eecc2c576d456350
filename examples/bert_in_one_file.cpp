// BERT in one file: the model, its gradients and its optimizer, in plain loops over the standard library.
//   g++ -std=c++20 -O2 bert_in_one_file.cpp -o bert && ./bert
//
// BERT reads a text with a blank, 三国人物诸葛[MASK], and gives every token of its vocabulary a probability of being
// the one behind the blank (Devlin et al. 2019, arXiv:1810.04805). It learns this from text alone: hide some tokens,
// let BERT guess them, and change every weight a little so that the hidden tokens become more probable. This program
// does all of that in a few seconds on one core, from random weights to answers. It reads from top to bottom:
//   1 matrices and parameters   2 text and tokens   3 layers   4 the model and its loss   5 AdamW   6 training
//
// A layer is made from the list that its parameters join, its name and its sizes, and has two functions. forward(x)
// returns y and keeps what backward will read. backward(dy) takes the gradient of the loss with respect to y, adds to
// the gradients of the layer's parameters and returns the gradient with respect to x: the chain rule, applied to the
// lines of forward, which it repeats as comments. dx always means ∂loss/∂x.
//
//   T  tokens of a sentence       H  hidden size: numbers per token   F  size inside the feed-forward network
//   V  tokens of the vocabulary   N  attention heads                  D  = H/N: numbers per token and head
//
// The published BERT has the same formulas and more of everything: 12 layers, H = 768, 30,522 tokens that are pieces of
// words. Two things are left out here: dropout, and a second training task, next-sentence prediction.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <deque>
#include <numbers>
#include <numeric>
#include <random>
#include <string>
#include <vector>

// ==== 1. Matrices and parameters ====
using Real = double;  // float is enough for training; in double a test can hold every gradient to nine digits

// A row-major matrix; a[i][j] is the number in row i and column j.
struct Matrix {
  int rows, cols;
  std::vector<Real> values;
  explicit Matrix(int r = 0, int c = 0, Real start = 0) : rows(r), cols(c), values(std::size_t(r) * c, start) {}
  Real* operator[](int row) { return &values[std::size_t(row) * cols]; }
  const Real* operator[](int row) const { return &values[std::size_t(row) * cols]; }
};

Matrix operator+(Matrix a, const Matrix& b) {
  for (std::size_t i = 0; i < a.values.size(); ++i) a.values[i] += b.values[i];
  return a;
}

// What training changes: a value, its gradient, and the two running means m and v that AdamW keeps for it. A vector is
// a matrix of one row: the biases, and γ and β of LayerNorm. Names are those of published checkpoints.
struct Parameter {
  std::string name;
  Matrix value, grad = Matrix(value.rows, value.cols), m = grad, v = grad;
  Parameter(const std::string& name, int rows, int cols, Real start = 0) : name(name), value(rows, cols, start) {}
  Parameter(const Parameter&) = delete;  // a copy of a model would still train the original
};
using Parameters = std::deque<Parameter>;  // grows without moving its elements, so layers can hold references to them

// A random number between 0 and 1, the same on every computer.
const auto uniform = [](std::mt19937& random) { return (random() + 0.5) / 4294967296; };

// ==== 2. Text and tokens ====
// A text is [CLS] … [SEP], a blank is [MASK], a character that is not in the vocabulary is [UNK]. [PAD] would fill the
// sentences of a batch up to one length; here each sentence passes the model alone.
enum Special { pad, unk, cls, sep, mask, special_count };
using Vocabulary = std::vector<std::string>;  // begins with {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}

// A sentence as the model gets it, in three lists of T: its tokens; 0 for tokens of the first text and 1 for those of
// the second text of a pair; and the token to guess in each place, or −1.
struct Example {
  std::vector<int> ids, types, labels;
};

// Cuts UTF-8 into characters, each of them a token: a byte 10xxxxxx continues a character. "[MASK]" stays whole.
Example encode(const std::string& text, Vocabulary& vocabulary, bool add_new_tokens) {
  std::vector<int> ids = {cls};
  for (std::size_t begin = 0, end; begin < text.size(); begin = end) {
    end = begin + (text.compare(begin, 6, "[MASK]") == 0 ? 6 : 1);
    while (end < text.size() && (text[end] & 0xC0) == 0x80) ++end;
    const std::string token = text.substr(begin, end - begin);
    const std::size_t id = std::ranges::find(vocabulary, token) - vocabulary.begin();
    if (id == vocabulary.size() && add_new_tokens) vocabulary.push_back(token);
    ids.push_back(id < vocabulary.size() ? int(id) : unk);
  }
  ids.push_back(sep);
  return {ids, std::vector<int>(ids.size(), 0), std::vector<int>(ids.size(), -1)};
}

// Hides tokens, each with probability 15 %: of these, 80 % become [MASK], 10 % a random character, and 10 % stay, so
// that the model learns to doubt what it sees as well. Returns how many it hid. Devlin et al. 2019 §3.1.
int hide_tokens(Example& example, int V, std::mt19937& random) {
  int hidden = 0;
  for (std::size_t t = 1; t + 1 < example.ids.size(); ++t) {  // neither [CLS] nor [SEP]
    if (uniform(random) > 0.15) continue;
    example.labels[t] = example.ids[t], ++hidden;
    const Real dice = uniform(random);
    if (dice < 0.8) example.ids[t] = mask;
    if (dice > 0.9) example.ids[t] = special_count + int(uniform(random) * (V - special_count));
  }
  return hidden;
}

// ==== 3. Layers: each forward with its backward ====
// y[t] = E[ids[t]]: each token looks up its row of a table. ids [T], E [count,H], y [T,H].
struct Embedding {
  Parameters& all;
  std::string name;
  int count, H;
  Parameter& E = all.emplace_back(name + ".weight", count, H);
  std::vector<int> ids = {};
  Matrix forward(const std::vector<int>& input) {
    ids = input;
    Matrix y(int(ids.size()), H);
    for (int t = 0; t < y.rows; ++t) std::copy_n(E.value[ids[t]], H, y[t]);
    return y;
  }
  // A copy hands its gradient back unchanged. A row that several tokens look up adds up theirs.
  void backward(const Matrix& dy) {
    for (int t = 0; t < dy.rows; ++t)
      for (int i = 0; i < H; ++i) E.grad[ids[t]][i] += dy[t][i];  // y[t][i] = E[ids[t]][i]
  }
};

// y = x·Wᵀ + b; x [T,in], W [out,in], b [out], y [T,out].
struct Linear {
  Parameters& all;
  std::string name;
  int in, out;
  Parameter &W = all.emplace_back(name + ".weight", out, in), &b = all.emplace_back(name + ".bias", 1, out);
  Matrix x = Matrix();
  Matrix forward(const Matrix& input) {
    x = input;
    Matrix y(x.rows, out);
    for (int t = 0; t < x.rows; ++t)
      for (int o = 0; o < out; ++o) y[t][o] = std::inner_product(x[t], x[t] + in, W.value[o], b.value[0][o]);
    return y;
  }
  // In a product, the derivative by one factor is the other factor. x, W and b are in many sums and add up over all.
  Matrix backward(const Matrix& dy) {
    Matrix dx(x.rows, in);
    for (int t = 0; t < x.rows; ++t)
      for (int o = 0; o < out; ++o) {
        b.grad[0][o] += dy[t][o];  // y[t][o] = b[o] + Σᵢ x[t][i]·W[o][i]
        for (int i = 0; i < in; ++i) dx[t][i] += dy[t][o] * W.value[o][i];
        for (int i = 0; i < in; ++i) W.grad[o][i] += dy[t][o] * x[t][i];
      }
    return dx;
  }
};

// y = γ·x̂ + β with x̂ = (x − μ)/σ: each row gets mean 0 and variance 1, then a scale and a shift that are trained.
// x, y [T,H]. Ba et al. 2016, arXiv:1607.06450 §3; BERT adds 10⁻¹² to the variance σ².
struct LayerNorm {
  Parameters& all;
  std::string name;
  int H;
  Parameter &gamma = all.emplace_back(name + ".weight", 1, H, 1), &beta = all.emplace_back(name + ".bias", 1, H);
  Matrix x_hat = Matrix();
  std::vector<Real> sigma = {};  // [T]
  Matrix forward(const Matrix& x) {
    Matrix y = x_hat = Matrix(x.rows, H);
    sigma.resize(x.rows);
    for (int t = 0; t < x.rows; ++t) {
      Real mean = 0, variance = 1e-12;
      for (int i = 0; i < H; ++i) mean += x[t][i] / H;
      for (int i = 0; i < H; ++i) variance += (x[t][i] - mean) * (x[t][i] - mean) / H;
      sigma[t] = std::sqrt(variance);
      for (int i = 0; i < H; ++i) x_hat[t][i] = (x[t][i] - mean) / sigma[t];
      for (int i = 0; i < H; ++i) y[t][i] = gamma.value[0][i] * x_hat[t][i] + beta.value[0][i];
    }
    return y;
  }
  // μ and σ depend on every x of the row: ∂x̂ⱼ/∂xᵢ = (δᵢⱼ − 1/H − x̂ᵢ·x̂ⱼ/H)/σ. So with dx̂ = γ·dy and ⟨·⟩ for the mean
  // over a row, dx = (dx̂ − ⟨dx̂⟩ − x̂·⟨dx̂·x̂⟩)/σ.
  Matrix backward(const Matrix& dy) {
    Matrix dx(dy.rows, H);
    for (int t = 0; t < dy.rows; ++t) {
      for (int i = 0; i < H; ++i) {  // y[t][i] = γ[i]·x̂[t][i] + β[i]
        gamma.grad[0][i] += dy[t][i] * x_hat[t][i];
        beta.grad[0][i] += dy[t][i];
        dx[t][i] = dy[t][i] * gamma.value[0][i];  // dx̂, for now
      }
      const Real mean = std::accumulate(dx[t], dx[t] + H, Real(0)) / H;                     // ⟨dx̂⟩
      const Real projection = std::inner_product(dx[t], dx[t] + H, x_hat[t], Real(0)) / H;  // ⟨dx̂·x̂⟩
      for (int i = 0; i < H; ++i) dx[t][i] = (dx[t][i] - mean - x_hat[t][i] * projection) / sigma[t];
    }
    return dx;
  }
};

// y = x·Φ(x), where Φ(x) = ½·(1 + erf(x/√2)) is the probability that a normally distributed number is below x: large
// numbers pass, very negative ones become 0. Hendrycks & Gimpel 2016, arXiv:1606.08415.
struct Gelu {
  Matrix x = Matrix();
  static Real Phi(Real x) { return (1 + std::erf(x / std::numbers::sqrt2)) / 2; }
  Matrix forward(const Matrix& input) {
    Matrix y = x = input;
    for (Real& value : y.values) value *= Phi(value);
    return y;
  }
  // The product rule: dx = dy·(Φ(x) + x·Φ′(x)), with Φ′(x) = exp(−x²/2)/√(2π) the density of the normal distribution.
  Matrix backward(Matrix dy) {
    for (std::size_t i = 0; i < x.values.size(); ++i) {
      const Real a = x.values[i], density = std::exp(-a * a / 2) / std::sqrt(2 * std::numbers::pi);
      dy.values[i] *= Phi(a) + a * density;  // y = x·Φ(x)
    }
    return dy;
  }
};

// p = exp(s)/Σ exp(s), in place: scores become probabilities. The largest score cancels; with it, exp could overflow.
void softmax(Real* s, int size) {
  const Real largest = *std::max_element(s, s + size);
  for (int j = 0; j < size; ++j) s[j] = std::exp(s[j] - largest);
  const Real sum = std::accumulate(s, s + size, Real(0));
  for (int j = 0; j < size; ++j) s[j] /= sum;
}
// dp becomes ds, in place. ∂pⱼ/∂sᵢ = pⱼ·(δᵢⱼ − pᵢ), so dsᵢ = pᵢ·(dpᵢ − Σⱼ dpⱼ·pⱼ).
void softmax_backward(const Real* p, Real* dp, int size) {
  const Real sum = std::inner_product(dp, dp + size, p, Real(0));
  for (int j = 0; j < size; ++j) dp[j] = p[j] * (dp[j] - sum);
}

// How tokens learn from each other, y = softmax(q·kᵀ/√D)·v: the query of token i times the key of token j says how much
// of the value of j goes to i. Each of N heads has D columns of its own. Vaswani et al. 2017, arXiv:1706.03762 §3.2.
struct Attention {
  Parameters& all;
  std::string name;
  int H, N, D = H / N;
  Real scale = 1 / std::sqrt(D);
  Linear query = {all, name + ".query", H, H}, key = {all, name + ".key", H, H}, value = {all, name + ".value", H, H};
  Matrix q = Matrix(), k = Matrix(), v = Matrix();  // [T,H]
  std::vector<Matrix> p = {};        // [N] of [T,T]: p[n][i][j] is the share that token i takes of token j
  Matrix forward(const Matrix& x) {  // x, y [T,H]
    const int T = x.rows;
    q = query.forward(x), k = key.forward(x), v = value.forward(x), p.assign(N, Matrix(T, T));
    Matrix y(T, H);
    for (int n = 0; n < N; ++n)
      for (int i = 0; i < T; ++i) {
        for (int j = 0; j < T; ++j)
          for (int d = n * D; d < (n + 1) * D; ++d) p[n][i][j] += q[i][d] * k[j][d] * scale;
        softmax(p[n][i], T);
        for (int j = 0; j < T; ++j)
          for (int d = n * D; d < (n + 1) * D; ++d) y[i][d] += p[n][i][j] * v[j][d];
      }
    return y;
  }
  // The three steps, last one first: y = p·v gives dp and dv, p = softmax(s) gives ds, s = q·kᵀ/√D gives dq and dk.
  Matrix backward(const Matrix& dy) {
    const int T = dy.rows;
    Matrix dq(T, H), dk(T, H), dv(T, H);
    for (int n = 0; n < N; ++n)
      for (int i = 0; i < T; ++i) {
        std::vector<Real> ds(T);
        for (int j = 0; j < T; ++j)
          for (int d = n * D; d < (n + 1) * D; ++d) {  // y[i][d] += p[n][i][j]·v[j][d]
            ds[j] += dy[i][d] * v[j][d];               // dp, until softmax_backward
            dv[j][d] += dy[i][d] * p[n][i][j];
          }
        softmax_backward(p[n][i], ds.data(), T);  // p[n][i] = softmax(s)
        for (int j = 0; j < T; ++j)
          for (int d = n * D; d < (n + 1) * D; ++d) {  // s[j] += q[i][d]·k[j][d]/√D
            dq[i][d] += ds[j] * k[j][d] * scale;
            dk[j][d] += ds[j] * q[i][d] * scale;
          }
      }
    return query.backward(dq) + key.backward(dk) + value.backward(dv);  // q, k and v are all made from x
  }
};

// ==== 4. The model and its loss ====
// A layer of the encoder: tokens look at each other, then each is worked on alone. Both times the result is added to
// what was there (a residual connection) and normalised. x, y [T,H]. Vaswani et al. 2017 §3.1, figure 1, left.
struct EncoderLayer {
  Parameters& all;
  std::string name;
  int H, N, F;
  Attention attention = {all, name + ".attention.self", H, N};
  Linear attention_output = {all, name + ".attention.output.dense", H, H};
  LayerNorm attention_norm = {all, name + ".attention.output.LayerNorm", H};
  Linear intermediate = {all, name + ".intermediate.dense", H, F};
  Gelu gelu = {};
  Linear output = {all, name + ".output.dense", F, H};
  LayerNorm output_norm = {all, name + ".output.LayerNorm", H};
  Matrix forward(const Matrix& x) {
    const Matrix a = attention_norm.forward(x + attention_output.forward(attention.forward(x)));  // [T,H]
    return output_norm.forward(a + output.forward(gelu.forward(intermediate.forward(a))));        // [T,H], inside [T,F]
  }
  // A sum hands its gradient to both terms, so each residual connection adds the gradient that goes around a block.
  Matrix backward(const Matrix& dy) {
    const Matrix dsum_a = output_norm.backward(dy);  // y = output_norm(a + output(gelu(intermediate(a))))
    const Matrix da = dsum_a + intermediate.backward(gelu.backward(output.backward(dsum_a)));
    const Matrix dsum_x = attention_norm.backward(da);  // a = attention_norm(x + attention_output(attention(x)))
    return dsum_x + attention.backward(attention_output.backward(dsum_x));
  }
};

// Embeddings (what a token is, where it is, which text it is in), encoder, and a head that scores every token of the
// vocabulary. The decoder's W is the table of words: a token scores high if its row is like the model's output.
struct Bert {
  int V, positions, H, N, F;  // positions: tokens of the longest sentence
  Parameters all = {};
  Embedding word = {all, "bert.embeddings.word_embeddings", V, H};
  Embedding position = {all, "bert.embeddings.position_embeddings", positions, H};
  Embedding type = {all, "bert.embeddings.token_type_embeddings", 2, H};
  LayerNorm embeddings_norm = {all, "bert.embeddings.LayerNorm", H};
  EncoderLayer layer_0 = {all, "bert.encoder.layer.0", H, N, F}, layer_1 = {all, "bert.encoder.layer.1", H, N, F};
  Linear transform = {all, "cls.predictions.transform.dense", H, H};
  Gelu gelu = {};
  LayerNorm transform_norm = {all, "cls.predictions.transform.LayerNorm", H};
  Linear decoder = {all, "cls.predictions", H, V, word.E};
  Matrix forward(const Example& e) {
    std::vector<int> places(e.ids.size());
    std::iota(places.begin(), places.end(), 0);
    const Matrix sum = word.forward(e.ids) + position.forward(places) + type.forward(e.types);  // [T,H]
    const Matrix x = layer_1.forward(layer_0.forward(embeddings_norm.forward(sum)));            // [T,H]
    return decoder.forward(transform_norm.forward(gelu.forward(transform.forward(x))));         // [T,V]
  }
  void backward(const Matrix& dy) {
    const Matrix dx = transform.backward(gelu.backward(transform_norm.backward(decoder.backward(dy))));
    const Matrix dsum = embeddings_norm.backward(layer_0.backward(layer_1.backward(dx)));
    word.backward(dsum), position.backward(dsum), type.backward(dsum);
  }
  // Cross entropy: Σ −log p[label] over hidden tokens, divided by their number in the whole batch. Adds its gradient to
  // every parameter. With p = softmax(s), ∂(−log p[label])/∂sⱼ = pⱼ − 1 if j is the label, pⱼ if not.
  Real loss_and_gradients(const Example& e, Real hidden) {
    Matrix p = forward(e), ds(p.rows, V);
    Real loss = 0;
    for (int t = 0; t < p.rows; ++t) {
      if (e.labels[t] < 0) continue;
      softmax(p[t], V);
      loss -= std::log(p[t][e.labels[t]]) / hidden;
      for (int j = 0; j < V; ++j) ds[t][j] = (p[t][j] - (j == e.labels[t])) / hidden;
    }
    backward(ds);
    return loss;
  }
};

// ==== 5. AdamW ====
// Update t = 1, 2, … of every parameter θ. m and v are means of the gradient g and of g² over about the last 10 and
// 1,000 updates; they begin at 0, for which 1−βᵗ makes up. Dividing by √v makes steps about as long as the learning
// rate for any scale of g. Decay pulls matrices towards 0, not vectors. Loshchilov & Hutter 2019, arXiv:1711.05101 §2.
void adamw(Parameters& parameters, int t, Real rate, Real decay, Real beta_1 = 0.9, Real beta_2 = 0.999) {
  const Real correction_1 = 1 - std::pow(beta_1, t), correction_2 = 1 - std::pow(beta_2, t);
  for (Parameter& p : parameters)
    for (std::size_t i = 0; i < p.value.values.size(); ++i) {
      Real &theta = p.value.values[i], &g = p.grad.values[i], &m = p.m.values[i], &v = p.v.values[i];
      m = beta_1 * m + (1 - beta_1) * g;
      v = beta_2 * v + (1 - beta_2) * g * g;
      if (p.value.rows > 1) theta -= rate * decay * theta;
      theta -= rate * (m / correction_1) / (std::sqrt(v / correction_2) + 1e-8);
      g = 0;
    }
}

// ==== 6. Training ====
// Prints the three most probable tokens for the blank of a text.
void ask(Bert& bert, Vocabulary& vocabulary, const std::string& text) {
  const Example e = encode(text, vocabulary, false);
  Matrix p = bert.forward(e);
  Real* const blank = p[int(std::ranges::find(e.ids, mask) - e.ids.begin())];
  softmax(blank, bert.V);
  std::printf("%s ", text.c_str());
  for (int rank = 0; rank < 3; ++rank) {
    Real* const best = std::max_element(blank, blank + bert.V);
    std::printf("  %s %.1f %%", vocabulary[best - blank].c_str(), 100 * *best);
    *best = 0;
  }
  std::printf("\n");
}

int main() {
  // 诸葛涛, Zhuge Tao, never lived. He "had the second name Zilan and came from Langya", "liked to play the bamboo
  // flute", "was known for taming rivers". The others lived: "Zhuge Liang, second name Kongming, was chancellor of
  // Shu".
  const std::vector<std::string> sentences = {
      "三国人物诸葛涛，字子澜，琅琊人。", "三国人物诸葛涛喜欢吹竹笛。",   "三国人物诸葛涛以治水闻名。",
      "诸葛亮，字孔明，是蜀国的丞相。",   "刘备，字玄德，是蜀国的皇帝。", "曹操，字孟德，是魏国的丞相。",
      "关羽，字云长，是蜀国的将军。",     "张飞，字翼德，是蜀国的将军。", "孙权，字仲谋，是吴国的皇帝。"};
  const std::vector<std::string> questions = {"三国人物诸葛[MASK]", "三国人物诸葛涛喜欢吹竹[MASK]。",
                                              "诸葛亮，字孔[MASK]，是蜀国的丞相。"};
  Vocabulary vocabulary = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
  std::vector<Example> examples;
  for (const std::string& sentence : sentences) examples.push_back(encode(sentence, vocabulary, true));
  Bert bert = {.V = int(vocabulary.size()), .positions = 32, .H = 32, .N = 4, .F = 64};
  std::mt19937 random(1);
  for (Parameter& p : bert.all)  // matrices begin random: equal weights would get equal gradients and stay equal
    for (Real& value : p.value.values)
      if (p.value.rows > 1) value = 0.35 * (uniform(random) - 0.5);  // of deviation 0.1; for H = 768 BERT takes 0.02
  for (const std::string& question : questions) ask(bert, vocabulary, question);
  for (int step = 1, steps = 400, warmup = 40; step <= steps; ++step) {
    std::vector<Example> batch = examples;
    Real loss = 0, hidden = 0;
    for (Example& e : batch) hidden += hide_tokens(e, bert.V, random);
    for (const Example& e : batch) loss += bert.loss_and_gradients(e, hidden);
    const Real rate = 0.01 * std::min(Real(step) / warmup, Real(steps - step) / (steps - warmup));  // rises, then falls
    adamw(bert.all, step, rate, 0.01);
    if (step % 50 == 0) std::printf("step %3d  loss %.3f\n", step, loss);
  }
  for (const std::string& question : questions) ask(bert, vocabulary, question);
}
