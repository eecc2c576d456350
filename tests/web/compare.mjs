// Holds what the WebAssembly build computes to what the native one does:
//   node compare.mjs NATIVE.txt WEB.txt    the outputs of `web_results results`
// Every loss may differ by 1e-5, and every score by 1e-4. Answers are compared by rank. Two that are nearer to each other
// than that may change places.
import { readFileSync } from 'node:fs'

const mostLoss = 1e-5
const mostScore = 1e-4

function read (file) {
  const losses = []
  const answers = []
  for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
    const [kind, ...fields] = line.split(' ')
    const numbers = fields.map(Number)
    if (numbers.some(Number.isNaN)) throw new Error(`${file}: not a number: ${line}`)
    if (kind === 'loss') losses.push(numbers[0])
    else if (kind === 'answers') answers.push({ tokens: numbers.filter((_, i) => i % 2 === 0), scores: numbers.filter((_, i) => i % 2 === 1) })
    else throw new Error(`${file}: unknown line: ${line}`)
  }
  if (losses.length !== 20 || answers.length !== 200) {
    throw new Error(`${file}: has ${losses.length} losses and ${answers.length} answers, expected 20 and 200`)
  }
  return { losses, answers }
}

const difference = (a, b) => Math.max(...a.map((value, i) => Math.abs(value - b[i])))

const [native, web] = process.argv.slice(2, 4).map(read)
const loss = difference(native.losses, web.losses)
const score = difference(native.answers.flatMap(a => a.scores), web.answers.flatMap(a => a.scores))
let others = 0
native.answers.forEach(({ tokens, scores }, i) => {
  if (tokens[0] !== web.answers[i].tokens[0] && scores[0] - scores[1] > mostScore) ++others
})
console.log(`20 losses, ${native.losses[0]} to ${native.losses[19]}: differ by up to ${loss.toExponential(1)}, allowed ${mostLoss}`)
console.log(`200 answers: scores differ by up to ${score.toExponential(1)}, allowed ${mostScore}; ${others} other best answers`)
if (!(loss <= mostLoss && score <= mostScore && others === 0)) process.exit(1)
