package io.headroom.peers;

import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvPrecision;
import java.nio.ByteBuffer;

/**
 * Symmetric integer codes with one scale for each channel of each head, as ONNX Runtime's cache
 * keeps them: a code of 8 bits is a signed byte; of 4 bits, with 8 added, two are in a byte, the
 * even channel in the low half.
 */
final class ChannelCodes {
  private final HeadTensor tensor;
  private final boolean fourBits;
  private final int largestCode;
  private final float[] scales;

  ChannelCodes(HeadTensor tensor, KvPrecision precision) {
    this.tensor = tensor;
    this.fourBits = precision == KvPrecision.INT4;
    this.largestCode = fourBits ? 7 : 127;
    this.scales = new float[tensor.heads() * tensor.dim()];
    for (int head = 0; head < tensor.heads(); head++) {
      for (int token = 0; token < tensor.tokens(); token++) {
        int row = tensor.row(head, token);
        for (int channel = 0; channel < tensor.dim(); channel++) {
          int at = head * tensor.dim() + channel;
          scales[at] = Math.max(scales[at], Math.abs(tensor.data()[row + channel]));
        }
      }
    }
    for (int i = 0; i < scales.length; i++) {
      scales[i] /= largestCode;
    }
  }

  /** {@code [heads, dim]}. */
  float[] scales() {
    return scales;
  }

  /** Bytes of one row. */
  int rowBytes() {
    return fourBits ? tensor.dim() / 2 : tensor.dim();
  }

  /** Writes {@code [heads, tokens, rowBytes]}. */
  void write(ByteBuffer buffer) {
    byte[] bytes = new byte[rowBytes()];
    for (int head = 0; head < tensor.heads(); head++) {
      for (int token = 0; token < tensor.tokens(); token++) {
        encode(head, tensor.row(head, token), bytes);
        buffer.put(bytes);
      }
    }
    buffer.rewind();
  }

  private void encode(int head, int row, byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] =
          fourBits
              ? (byte) ((code(head, row, 2 * i) + 8) | ((code(head, row, 2 * i + 1) + 8) << 4))
              : (byte) code(head, row, i);
    }
  }

  private int code(int head, int row, int channel) {
    float scale = scales[head * tensor.dim() + channel];
    int code = Math.round(tensor.data()[row + channel] / scale);
    return Math.max(-largestCode, Math.min(largestCode, code));
  }
}
