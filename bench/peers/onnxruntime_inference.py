"""A worker: the exported model in ONNX Runtime filling one blank per sentence. See worker.py."""

import onnxruntime

import onnx_graph
from blanks import Blanks
from worker import serve


def int8_graph(path):
    """The graph with 8-bit weights, one scale per channel; activations are quantised as they come."""
    quantised = path.with_suffix(".int8.onnx")
    if not quantised.exists():
        from onnx import TensorProto
        from onnxruntime.quantization import QuantType, quantize_dynamic

        # The types of what the fused operations give are not known to it.
        types = {"DefaultTensorType": TensorProto.FLOAT}
        quantize_dynamic(str(path), str(quantised), per_channel=True, weight_type=QuantType.QInt8, extra_options=types)
    return quantised


class Inference(Blanks):
    def __init__(self, job):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = job["threads"]
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        graph = onnx_graph.fused_graph(job) if job["fused_graph"] else onnx_graph.plain_graph(job)
        if job["precision"] == "int8":
            graph = int8_graph(graph)
        self.session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        self.names = [entry.name for entry in self.session.get_inputs()]
        super().__init__(job)

    def inputs(self, batch):
        return onnx_graph.arrays(batch, self.names)

    def scores(self, arrays):
        return self.session.run(None, arrays)[0]


if __name__ == "__main__":
    serve(Inference)
