"""The order in which mini_bert_train reads its texts (bert/training/sampler.cpp, tensor/random.cpp), for a peer that is to
read them in the same order."""

WORD, LONG = (1 << 32) - 1, (1 << 64) - 1


def seed_for(seed: int, use: str) -> int:
    value = 0xCBF29CE484222325
    for byte in use.encode():
        value = (value ^ byte) * 0x100000001B3 & LONG
    return seed ^ value


def philox(seed: int, step: int, index: int) -> list:
    x = [index & WORD, index >> 32, step, 0]
    k0, k1 = seed & WORD, seed >> 32
    for _ in range(10):
        a, b = 0xD2511F53 * x[0], 0xCD9E8D57 * x[2]
        x = [(b >> 32) ^ x[1] ^ k0, b & WORD, (a >> 32) ^ x[3] ^ k1, a & WORD]
        k0, k1 = k0 + 0x9E3779B9 & WORD, k1 + 0xBB67AE85 & WORD
    return x


def words(seed: int, step: int):
    index = 0
    while True:
        yield from philox(seed, step, index)
        index += 1


def order(examples: int, seed: int, epoch: int) -> list:
    result = list(range(examples))
    random = words(seed_for(seed, "order"), epoch)
    for i in range(examples - 1, 0, -1):
        unfair = (1 << 32) % (i + 1)
        bits = next(bits for bits in random if bits >= unfair)
        j = bits % (i + 1)
        result[i], result[j] = result[j], result[i]
    return result
