// The operations of bijou for TensorFlow: what its layers do, each in one pass over memory, forwards and backwards.
//
// Built by one command, with INCLUDE and LIB those of a TensorFlow wheel (`tensorflow/include` and the folder of its two libraries):
//
//     g++ -std=c++17 -O3 -march=native -ffp-contract=off -fPIC -shared native/ops.cc -o bijou_ops.node -I INCLUDE
//         LIB/libtensorflow_cc.so.2 LIB/libtensorflow_framework.so.2
//
// `require` of the result in Node makes the operations known to the TensorFlow of tfjs-node, which must have been loaded before. The flag
// -ffp-contract=off is needed: some of these operations are exact, and bit-equal to the same arithmetic elsewhere.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#pragma GCC diagnostic ignored "-Winterference-size"
#define EIGEN_MAX_ALIGN_BYTES 64
#ifndef NDEBUG
#define NDEBUG
#endif

#include "AdamW.h"
#include "Add.h"
#include "Attention.h"
#include "Bdia.h"
#include "Bias.h"
#include "CrossEntropy.h"
#include "Gelu.h"
#include "LayerNorm.h"
#include "Mlp.h"
#include "Product.h"

// Node takes a library for a module where it finds this; there is nothing to export, for loading it is what registers the operations.
extern "C" __attribute__((visibility("default"))) void* napi_register_module_v1(void*, void* exports) { return exports; }
