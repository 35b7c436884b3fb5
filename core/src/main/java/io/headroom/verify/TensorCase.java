package io.headroom.verify;

import io.headroom.attention.AttentionEngine;
import io.headroom.tensors.TensorType;
import java.util.Optional;

/** A computation that a tensor file describes, with the output that it expects. */
sealed interface TensorCase permits AttentionFile, LayerFile {

  /** Why the engine cannot run it, in one line; empty if it can. */
  Optional<String> unsupported(AttentionEngine engine);

  /** Runs it; numbers in the order of {@link #expected()}. */
  float[] run(AttentionEngine engine);

  double[] expected();

  /** The type in which the file keeps the expected output. */
  TensorType expectedType();
}
