package io.headroom.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvPrecision;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ChannelCodesTest {
  /** One head, two tokens, two channels. */
  private static final HeadTensor TENSOR =
      HeadTensor.of(new float[] {12.7f, -7, -6.35f, 3.5f}, 1, 2, 2);

  @Test
  void bytesAreSignedAndScaledByChannel() {
    ChannelCodes codes = new ChannelCodes(TENSOR, KvPrecision.INT8);
    ByteBuffer buffer = ByteBuffer.allocate(4);
    codes.write(buffer);

    assertThat(codes.scales()).containsExactly(12.7f / 127, 7f / 127);
    assertThat(buffer.array()).containsExactly(127, -127, -63, 64);
  }

  @Test
  void theEvenChannelIsInTheLowHalf() {
    ChannelCodes codes = new ChannelCodes(TENSOR, KvPrecision.INT4);
    ByteBuffer buffer = ByteBuffer.allocate(2);
    codes.write(buffer);

    assertThat(codes.rowBytes()).isEqualTo(1);
    assertThat(codes.scales()).containsExactly(12.7f / 7, 1f);
    // 7 and -7, then -3.5 rounded to -3 and 3.5 to 4; 8 is added to each.
    assertThat(buffer.array()).containsExactly(0x1F, (byte) 0xC5);
  }
}
