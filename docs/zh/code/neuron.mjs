// 一个神经元：y = w·x + b。它从五个例子里学会把摄氏度换成华氏度。
const examples = [[-10, 14], [0, 32], [10, 50], [20, 68], [30, 86]];

let w = 0, b = 0;
for (let step = 0; step <= 4000; ++step) {
  let loss = 0, dw = 0, db = 0;
  for (const [x, right] of examples) {
    const y = w * x + b;
    const error = y - right;
    loss += error * error / examples.length;
    dw += 2 * error * x / examples.length;  // 损失对 w 的导数
    db += 2 * error / examples.length;      // 损失对 b 的导数
  }
  if (step % 1000 === 0) console.log(`第 ${step} 步  损失 ${loss.toFixed(4)}  w = ${w.toFixed(3)}  b = ${b.toFixed(3)}`);
  w -= 0.002 * dw;  // 往损失变小的方向走一小步
  b -= 0.002 * db;
}
console.log(`25 °C = ${(w * 25 + b).toFixed(1)} °F`);
