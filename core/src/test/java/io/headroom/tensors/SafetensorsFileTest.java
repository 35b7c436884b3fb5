package io.headroom.tensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.UserException;
import io.headroom.kvcache.Bfloat16;
import io.headroom.kvcache.Float16;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsFileTest {
  private static final int LARGER_THAN_THE_BUFFER = 300_001;

  @TempDir Path folder;
  private Path path;

  @BeforeEach
  void name() {
    path = folder.resolve("given.safetensors");
  }

  @Test
  void readsWhatWasWritten() throws IOException {
    double[] numbers = new Random(1).doubles(LARGER_THAN_THE_BUFFER, -2, 2).toArray();
    SafetensorsWriter writer = new SafetensorsWriter().metadata("causal", "true").metadata("a", "");
    for (TensorType type :
        List.of(TensorType.BF16, TensorType.F64, TensorType.F16, TensorType.F32)) {
      writer.tensor(type.name(), type, numbers, 1, numbers.length);
    }
    writer.tensor("empty", TensorType.F32, new float[0], 3, 0);
    writer.tensor("scalar", TensorType.F32, new float[] {7});
    writer.write(path);

    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(file.metadata()).isEqualTo(Map.of("causal", "true", "a", ""));
      assertThat(file.tensors().keySet())
          .containsExactly("BF16", "F64", "F16", "F32", "empty", "scalar");
      assertThat(file.tensors().get("F64").shape()).containsExactly(1L, (long) numbers.length);
      assertThat(file.doubles("F64")).isEqualTo(numbers);
      assertThat(file.floats("empty")).isEmpty();
      assertThat(file.floats("scalar")).containsExactly(7);
      float[] bf16 = file.floats("BF16");
      float[] f64 = file.floats("F64");
      float[] f16 = file.floats("F16");
      float[] f32 = file.floats("F32");
      double[] f16Doubles = file.doubles("F16");
      for (int i = 0; i < numbers.length; i++) {
        float number = (float) numbers[i];
        assertThat(f64[i]).isEqualTo(number);
        assertThat(f32[i]).isEqualTo(number);
        assertThat(f16[i]).isEqualTo(Float16.toFloat(Float16.fromFloat(number)));
        assertThat(f16Doubles[i]).isEqualTo(f16[i]);
        assertThat(bf16[i]).isEqualTo(Bfloat16.toFloat(Bfloat16.fromFloat(number)));
      }
    }
  }

  @Test
  void readsBeyondTwoGibibytes() throws IOException {
    long big = 3L << 30;
    byte[] header =
        ("{\"big\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]},"
                + "\"tail\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%d,%d]}}")
            .formatted(big, big, big, big + 8)
            .getBytes(StandardCharsets.UTF_8);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(length(header.length));
      file.write(header);
      file.seek(8 + header.length + big);
      file.writeInt(Integer.reverseBytes(Float.floatToRawIntBits(1.5f)));
      file.writeInt(Integer.reverseBytes(Float.floatToRawIntBits(-2.5f)));
    }

    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(file.floats("tail")).containsExactly(1.5f, -2.5f);
      assertThatThrownBy(() -> file.floats("big"))
          .isInstanceOf(UserException.class)
          .hasMessage(path + ": tensor big: dtype must be one of F64, F32, F16, BF16: U8");
    }
  }

  @Test
  void askingForWhatIsNotThere() throws IOException {
    new SafetensorsWriter().tensor("a", TensorType.F32, new float[1], 1).write(path);

    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThatThrownBy(() -> file.doubles("b"))
          .isInstanceOf(UserException.class)
          .hasMessage(path + ": no tensor b; it has a");
    }
  }

  @Test
  void writerRejectsWhatWouldBeBroken() {
    SafetensorsWriter writer =
        new SafetensorsWriter().tensor("a", TensorType.F32, new float[4], 2, 2);

    assertThatThrownBy(() -> writer.tensor("b", TensorType.F32, new float[4], 3, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the shape of b must have 4 numbers: 6");
    assertThatThrownBy(() -> writer.tensor("a", TensorType.F32, new float[4], 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there is a tensor of this name: a");
    assertThatThrownBy(() -> writer.tensor("b", TensorType.I8, new float[4], 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("type must be one of F64, F32, F16, BF16: I8");
  }

  @ParameterizedTest
  @MethodSource
  void wrongHeadersAreTheUsersMistake(String header, int dataBytes, String message)
      throws IOException {
    byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    write(json.length, json, dataBytes);

    assertBroken(message);
  }

  static Stream<Arguments> wrongHeadersAreTheUsersMistake() {
    String a = "{'a': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 8]}";
    String ab = a + ", 'b': {'dtype': 'F32', 'shape': [1], 'data_offsets': ";
    return Stream.of(
        Arguments.of("", 0, ": header: a JSON object is needed: nothing"),
        Arguments.of("[]", 0, ": header: a JSON object is needed: array"),
        Arguments.of("tensors!", 0, ": header is not valid JSON at line 1, column "),
        Arguments.of(a, 8, ": header is not valid JSON at line 1, column "),
        Arguments.of(a + "} x", 8, ": header is not valid JSON at line 1, column "),
        Arguments.of(
            a + ", 'a': {'dtype': 'F32', 'shape': [0], 'data_offsets': [8, 8]}}",
            8,
            ": header is not valid JSON at line 1, column "),
        Arguments.of(
            "{'a': " + "[".repeat(500),
            0,
            ": header: Document nesting depth (33) exceeds the maximum allowed (32)"),
        Arguments.of("{'a': 1}", 0, ": header: a must be an object: 1"),
        Arguments.of("{'a': null}", 0, ": header: a must be an object: null"),
        Arguments.of("{'a': {}}", 0, ": header: a.dtype is missing; a string is needed"),
        Arguments.of("{'a': {'dtype': 4}}", 0, ": header: a.dtype must be a string: 4"),
        Arguments.of(
            "{'a': {'dtype': 'F31', 'shape': [1], 'data_offsets': [0, 4]}}",
            4,
            ": header: a.dtype is unknown (F64, F32, F16, BF16 can be read): \"F31\""),
        Arguments.of(
            "{'a': {'dtype': 'F32', 'data_offsets': [0, 4]}}",
            4,
            ": header: a.shape must be an array of integers of at least 0: null"),
        Arguments.of(
            "{'a': {'dtype': 'F32', 'shape': [-1], 'data_offsets': [0, 4]}}",
            4,
            ": header: a.shape must be an array of integers of at least 0: [-1]"),
        Arguments.of(
            "{'a': {'dtype': 'F32', 'shape': [1.5], 'data_offsets': [0, 4]}}",
            4,
            ": header: a.shape must be an array of integers of at least 0: [1.5]"),
        Arguments.of(
            "{'a': {'dtype': 'F32', 'shape': [4294967296, 4294967296], 'data_offsets': [0, 0]}}",
            0,
            ": header: a.shape must have a product below 2^63: [4294967296,4294967296]"),
        Arguments.of(
            "{'a': {'dtype': 'F32', 'shape': [36893488147419103232], 'data_offsets': [0, 0]}}",
            0,
            ": header: a.shape must be an array of integers of at least 0:"
                + " [36893488147419103232]"),
        Arguments.of(
            "{'a': {'dtype': 'F32', 'shape': [2], 'data_offsets': [8, 0]}}",
            8,
            ": header: a.data_offsets must be [begin, end] with begin <= end: [8,0]"),
        Arguments.of(
            "{'a': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 4, 8]}}",
            8,
            ": header: a.data_offsets must be [begin, end] with begin <= end: [0,4,8]"),
        Arguments.of(
            "{'a': {'dtype': 'F32', 'shape': [2], 'data_offsets': [-8, 0]}}",
            8,
            ": header: a.data_offsets must be an array of integers of at least 0: [-8,0]"),
        Arguments.of(
            "{'a': {'dtype': 'F32', 'shape': [3], 'data_offsets': [0, 8]}}",
            8,
            ": header: a.data_offsets must span what shape [3] takes in F32: [0,8]"),
        Arguments.of(a + "}", 4, ": tensor a must end within the file's 4 bytes of data: 8"),
        Arguments.of(
            "{'a': {'dtype': 'F32', 'shape': [2], 'data_offsets': [9223372036854775799,"
                + " 9223372036854775807]}}",
            8,
            ": tensor a must end within the file's 8 bytes of data: 9223372036854775807"),
        Arguments.of(a + "}", 12, ": the tensors must fill the file's 12 bytes of data: 8"),
        Arguments.of(
            ab + "[4, 8]}}",
            8,
            ": tensor b must begin at byte 8, where the one before it ends, or tensors overlap: 4"),
        Arguments.of(
            ab + "[12, 16]}}",
            16,
            ": tensor b must begin at byte 8, where the one before it ends, or tensors leave a"
                + " hole: 12"),
        Arguments.of(
            "{'__metadata__': {'causal': true}}",
            0,
            ": header: __metadata__.causal must be a string: true"),
        Arguments.of(
            "{'__metadata__': 'causal'}",
            0,
            ": header: __metadata__ must be an object: \"causal\""));
  }

  @Test
  void wrongLengthsAreTheUsersMistake() throws IOException {
    Files.write(path, new byte[0]);
    assertBroken(": a safetensors file has at least 8 bytes: 0");
    Files.write(path, new byte[7]);
    assertBroken(": a safetensors file has at least 8 bytes: 7");
    write(Long.MIN_VALUE, new byte[2], 0);
    assertBroken(": the header's length must be at most 2 bytes here: 9223372036854775808");
    write(-1, new byte[2], 0);
    assertBroken(": the header's length must be at most 2 bytes here: 18446744073709551615");
    write(3, "{}".getBytes(StandardCharsets.UTF_8), 0);
    assertBroken(": the header's length must be at most 2 bytes here: 3");
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(length(100_000_001));
      file.setLength(200_000_000);
    }
    assertBroken(": the header's length must be at most 16777216 bytes here: 100000001");
  }

  @Test
  void wrongFilesAreTheUsersMistake() {
    assertBroken(": no such file");
    path = folder;
    assertBroken(" is a folder; a safetensors file is needed");
  }

  private void assertBroken(String message) {
    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .isInstanceOf(UserException.class)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").startsWith(path + ""))
        .satisfies(
            e ->
                assertThat(e.getMessage().substring(path.toString().length())).startsWith(message));
  }

  private void write(long headerLength, byte[] header, int dataBytes) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + dataBytes);
    Files.write(path, bytes.put(length(headerLength)).put(header).array());
  }

  private static byte[] length(long length) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
  }
}
