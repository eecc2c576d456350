// 看左右两个字，猜中间的字：一个没有注意力的小“完形填空”。
const texts = ['刘备字玄德', '关羽字云长', '张飞字翼德', '孙权字仲谋', '曹操字孟德', '诸葛亮字孔明'];
const letters = [...new Set(texts.join(''))];
const V = letters.length, H = 16;
const id = (letter) => letters.indexOf(letter);

// 参数：每个字的向量（左边一份，右边一份），和给每个字打分的矩阵。
let seed = 1;
const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647 - 0.5;
const matrix = (rows, columns) => Array.from({length: rows}, () => Array.from({length: columns}, random));
const left = matrix(V, H), right = matrix(V, H), output = matrix(V, H);

function softmax(scores) {
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

// 前向：两个向量相加，再和每个字的向量做点积。
function guess(a, b) {
  const h = left[a].map((x, i) => x + right[b][i]);
  return {h, p: softmax(output.map((row) => row.reduce((sum, x, i) => sum + x * h[i], 0)))};
}

const examples = texts.flatMap((text) => [...text].slice(1, -1).map((middle, i) => [id(text[i]), id(middle), id(text[i + 2])]));
for (let epoch = 0; epoch <= 100; ++epoch) {
  let loss = 0;
  for (const [a, middle, b] of examples) {
    const {h, p} = guess(a, b);
    loss -= Math.log(p[middle]) / examples.length;
    const dh = new Array(H).fill(0);
    for (let v = 0; v < V; ++v) {
      const dscore = p[v] - (v === middle ? 1 : 0);  // softmax 和交叉熵合在一起的导数
      for (let i = 0; i < H; ++i) {
        dh[i] += dscore * output[v][i];
        output[v][i] -= 0.1 * dscore * h[i];
      }
    }
    for (let i = 0; i < H; ++i) {
      left[a][i] -= 0.1 * dh[i];
      right[b][i] -= 0.1 * dh[i];
    }
  }
  if (epoch % 25 === 0) console.log(`第 ${epoch} 轮  损失 ${loss.toFixed(3)}`);
}

for (const [a, b] of ['刘字', '诸亮', '字德']) {
  const {p} = guess(id(a), id(b));
  const best = p.map((score, v) => [score, letters[v]]).sort((x, y) => y[0] - x[0]).slice(0, 3);
  console.log(`${a}[?]${b}：${best.map(([score, letter]) => `${letter} ${(100 * score).toFixed(0)} %`).join('  ')}`);
}
