"""A worker: the exported model in OpenVINO filling one blank per sentence. See worker.py."""

import openvino

import onnx_graph
import workload
from blanks import Blanks
from worker import serve


def int8_model(model, names, job):
    """The model after NNCF's quantisation for transformers, calibrated with the batches it is to be timed on."""
    import nncf

    batches = workload.read_batches(job["batches"])
    data = nncf.Dataset(batches, lambda batch: onnx_graph.arrays(batch, names))
    return nncf.quantize(model, data, model_type=nncf.ModelType.TRANSFORMER, subset_size=len(batches))


class Inference(Blanks):
    def __init__(self, job):
        core = openvino.Core()
        model = core.read_model(str(onnx_graph.plain_graph(job)))
        self.names = [entry.get_any_name() for entry in model.inputs]
        if job["precision"] == "int8":
            model = int8_model(model, self.names, job)
        # int8: what is not quantised runs in bf16 where the CPU has it.
        best = "bf16" if job["precision"] != "f32" and "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"
        settings = {
            "INFERENCE_PRECISION_HINT": best,
            "INFERENCE_NUM_THREADS": job["threads"],
            "PERFORMANCE_HINT": "LATENCY",
        }
        self.request = core.compile_model(model, "CPU", settings).create_infer_request()
        super().__init__(job)

    def inputs(self, batch):
        return onnx_graph.arrays(batch, self.names)

    def scores(self, arrays):
        return self.request.infer(arrays)[0]


if __name__ == "__main__":
    serve(Inference)
