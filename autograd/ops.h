#pragma once

// Every differentiable operation.
#include "autograd/ops/add.h"
#include "autograd/ops/add_layer_norm.h"
#include "autograd/ops/attention.h"
#include "autograd/ops/convert.h"
#include "autograd/ops/cross_entropy.h"
#include "autograd/ops/dropout.h"
#include "autograd/ops/embedding.h"
#include "autograd/ops/gather_rows.h"
#include "autograd/ops/gelu.h"
#include "autograd/ops/layer_norm.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/matmul.h"
#include "autograd/ops/scale.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/tanh.h"
