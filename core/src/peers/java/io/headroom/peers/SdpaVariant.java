package io.headroom.peers;

import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * One way to ask LibTorch for grouped attention.
 *
 * @param fused whether the fused kernel computes it, or separate matrix products and a softmax
 * @param attend makes a new output tensor, in any shape
 */
record SdpaVariant(String name, boolean fused, Supplier<Tensor> attend) {}
