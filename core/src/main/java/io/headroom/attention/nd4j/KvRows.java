package io.headroom.attention.nd4j;

import io.headroom.attention.nd4j.QueryBlock.KeySpan;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The keys or the values of one KV head, {@code [positions, dim]}.
 *
 * @param offset where position 0 lies in the buffer
 */
record KvRows(Nd4jBuffer buffer, long offset, int dim) {

  /**
   * The rows as they are if they are float32; otherwise a copy of the spans, the rest undefined.
   */
  KvRows asFloats(List<KeySpan> spans, ScratchBuffer scratch) {
    if (buffer.isFloat()) {
      return this;
    }
    long end = spans.get(spans.size() - 1).to();
    KvRows floats = new KvRows(scratch.floats(end * dim), 0, dim);
    for (KeySpan span : spans) {
      floats.span(span).assign(span(span));
    }
    return floats;
  }

  INDArray span(KeySpan span) {
    return buffer.matrix(offset + (long) span.from() * dim, span.length(), dim);
  }
}
