"""在 Python 里教模型、提问、取向量、存盘。运行：python docs/zh/code/ask.py"""
import mini_bert

model = mini_bert.load("models/mini-bert-zh")
print(model.fill_mask("你家的猫叫阿[MASK]吗？", top_k=1)[0]["token_str"])

model.train("docs/zh/code/cat.json", epochs=20, learning_rate=5e-4)  # 也可以给一个字符串数组
for answer in model.fill_mask("你家的猫叫阿[MASK]吗？", top_k=2):
    print(answer["token_str"], f"{answer['score']:.1%}")

vectors = model.embed(["阿橙怕打雷。", "刘备字玄德。"])
print(vectors.dtype, vectors.shape)
model.save("out/cat-python")
