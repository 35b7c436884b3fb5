package io.headroom.jobs.mistakes;

import static io.headroom.jobs.mistakes.MalformedInput.bytes;
import static io.headroom.jobs.mistakes.MalformedInput.tensors;
import static io.headroom.jobs.mistakes.MalformedKind.TENSOR_CONTENT;
import static io.headroom.jobs.mistakes.MalformedKind.TENSOR_HEADER;

import io.headroom.tensors.SafetensorsWriter;
import io.headroom.tensors.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Tensor files whose headers lie, or whose tensors do not make one computation. */
final class MalformedTensors {
  private static final String ONE = "{'a': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 8]}";

  private MalformedTensors() {}

  static Stream<MalformedInput> all() {
    return Stream.of(lengths(), headers(), contents(), layers()).flatMap(inputs -> inputs);
  }

  private static Stream<MalformedInput> lengths() {
    return Stream.of(
        tensors(
            TENSOR_HEADER, "nothing", new byte[0], ": a safetensors file has at least 8 bytes: 0"),
        tensors(TENSOR_HEADER, "half a length", new byte[4], ": a safetensors file has at least 8"),
        tensors(TENSOR_HEADER, "no header", new byte[8], ": header: a JSON object is needed: "),
        length(
            "2^62 bytes", 1L << 62, ": the header's length must be at most 2 bytes here: 4611686"),
        length(
            "2^63 bytes", Long.MIN_VALUE, ": the header's length must be at most 2 bytes here: 9"),
        length("-1 bytes", -1, ": the header's length must be at most 2 bytes here: 184467440737"),
        length("one byte too many", 3, ": the header's length must be at most 2 bytes here: 3"),
        new MalformedInput(
            TENSOR_HEADER,
            "a header of 90 MB",
            folder ->
                MalformedInput.verify(
                    SparseFile.of(
                        folder.resolve("t.safetensors"), longBytes(90_000_000), 200_000_000)),
            "FOLDER/t.safetensors: the header's length must be at most 16777216 bytes here: 900"),
        new MalformedInput(
            TENSOR_HEADER,
            "a header of 16 MiB of zeros",
            folder ->
                MalformedInput.verify(
                    SparseFile.of(folder.resolve("t.safetensors"), longBytes(1 << 24), 1L << 25)),
            "FOLDER/t.safetensors: header is not valid JSON at line 1, column "));
  }

  private static Stream<MalformedInput> headers() {
    return Stream.of(
        header("no JSON", "tensors!", 0, ": header is not valid JSON at line 1, column "),
        header("random bytes", "\ufffd\u0003", 0, ": header is not valid JSON at line 1, column "),
        header("10,000 open lists", "{'a': " + "[".repeat(10_000), 0, ": header: Document nesting"),
        header(
            "a name twice", ONE + ", 'a': {}}", 8, ": header is not valid JSON at line 1, column"),
        header("a number for a tensor", "{'a': 1}", 0, ": header: a must be an object: 1"),
        header("no type", "{'a': {}}", 0, ": header: a.dtype is missing; a string is needed"),
        header("an unknown type", with("F31", "[2]", "[0, 8]"), 8, ": header: a.dtype is unknown"),
        header(
            "shapes whose product overflows",
            with("F32", "[4294967296, 4294967296]", "[0, 8]"),
            8,
            ": header: a.shape must have a product below 2^63: [4294967296,4294967296]"),
        header(
            "a shape below zero", with("F32", "[-2]", "[0, 8]"), 8, ": header: a.shape must be an"),
        header("half a shape", with("F32", "[0.5]", "[0, 8]"), 8, ": header: a.shape must be an"),
        header(
            "an infinite shape", with("F32", "[1e999]", "[0, 8]"), 8, ": header: a.shape must be"),
        header(
            "reversed offsets",
            with("F32", "[2]", "[8, 0]"),
            8,
            ": header: a.data_offsets must be [begin, end] with begin <= end: [8,0]"),
        header(
            "offsets beyond the file",
            with("U8", "[9]", "[9223372036854775798, 9223372036854775807]"),
            8,
            ": tensor a must end within the file's 8 bytes of data: 9223372036854775807"),
        header(
            "offsets that overlap",
            ONE + ", 'b': {'dtype': 'F32', 'shape': [2], 'data_offsets': [4, 12]}}",
            12,
            ": tensor b must begin at byte 8, where the one before it ends, or tensors overlap: 4"),
        header(
            "a hole",
            ONE + ", 'b': {'dtype': 'F32', 'shape': [1], 'data_offsets': [12, 16]}}",
            16,
            ": tensor b must begin at byte 8, where the one before it ends, or tensors leave a hole"),
        header("truncated data", ONE + "}", 4, ": tensor a must end within the file's 4 bytes of"),
        header(
            "data too long", ONE + "}", 9, ": the tensors must fill the file's 9 bytes of data: 8"),
        header(
            "metadata of numbers",
            "{'__metadata__': {'causal': 1}}",
            0,
            ": header: __metadata__.causal must be a string: 1"),
        header(
            "a name that would turn the terminal red",
            "{'\\u001b[31m': 1}",
            0,
            ": header: \\u001b[31m must be an object: 1"),
        header(
            "a name that is two lines",
            "{'a\\nheadroom: all is well': 1}",
            0,
            ": header: a headroom: all is well must be an object: 1"),
        header(
            "a name of 9,000 letters",
            "{'%s': 1}".formatted("n".repeat(9000)),
            0,
            ": header: " + "n".repeat(60) + "... must be an object: 1"));
  }

  private static Stream<MalformedInput> contents() {
    return Stream.of(
        header(
            "no tensors", "{}", 0, ": tensors query, key, value and output are needed, or hidden"),
        header("a tensor of no use", ONE + "}", 8, ": tensors query, key, value and output are"),
        content("no value", file -> file.without("value"), ": tensor value is missing"),
        content(
            "a misspelt tensor", file -> file.with("vale", 1, 2, 3, 4), ": unknown tensor vale; "),
        content("no batch", file -> file.with("query", 2, 3, 4), ": the shape of query must be ["),
        content(
            "no positions", file -> file.with("key", 1, 2, 0, 4), ": the shape of key must be ["),
        content(
            "heads that do not divide",
            file -> file.with("key", 1, 3, 3, 4),
            ": the shape of key must be [1, a divisor of 2, keys, 4] as query is: [1, 3, 3, 4]"),
        content(
            "queries and keys of other sizes",
            file -> file.with("key", 1, 2, 3, 5),
            ": the shape of key must be [1, a divisor of 2, keys, 4] as query is: [1, 2, 3, 5]"),
        content(
            "fewer values than keys",
            file -> file.with("value", 1, 2, 2, 4),
            ": the shape of value must be [1, 2, 3, value dim] as key is: [1, 2, 2, 4]"),
        content(
            "an output of another size",
            file -> file.with("output", 1, 2, 3, 5),
            ": the shape of output must be [1, 2, 3, 4] as query and value are: [1, 2, 3, 5]"),
        content(
            "70,000 channels",
            file ->
                file.with("query", 1, 1, 1, 70_000)
                    .with("key", 1, 1, 1, 70_000)
                    .with("value", 1, 1, 1, 4)
                    .with("output", 1, 1, 1, 4),
            ": the shape of query must be of at most 65536 heads and 65536 channels: [1, 1, 1, 7"),
        content("no mask", file -> file.metadata("causal", null), ": metadata causal is missing; "),
        content(
            "half a mask", file -> file.metadata("causal", "yes"), ": metadata causal must be "),
        content("a window below zero", file -> file.metadata("window", "-1"), ": metadata window"),
        content(
            "a huge window", file -> file.metadata("window", "1e9"), ": metadata window must be"),
        content(
            "sinks alone", file -> file.metadata("sinks", "2"), ": metadata sinks must be 0 with"),
        content(
            "a scale of nothing",
            file -> file.metadata("softmax_scale", "1e-320"),
            ": metadata softmax_scale must be a number above 0 within the range of a float: 1e-320"),
        content(
            "no scale",
            file -> file.metadata("softmax_scale", "NaN"),
            ": metadata softmax_scale must be a number above 0 within the range of a float: NaN"),
        content(
            "metadata that would turn the terminal red",
            file -> file.metadata("causal", "\u001b[31m"),
            ": metadata causal must be true or false: \\u001b[31m"),
        content(
            "not a number",
            file -> file.number("query", Double.NaN),
            ": tensor query must have finite numbers only; number 0 is NaN"),
        content(
            "an infinite output",
            file -> file.number("output", Double.NEGATIVE_INFINITY),
            ": tensor output must have finite numbers only; number 0 is -Infinity"),
        new MalformedInput(
            TENSOR_CONTENT,
            "64 GiB",
            folder -> {
              String header = huge(1L << 34);
              Path file = folder.resolve("t.safetensors");
              byte[] beginning = concat(longBytes(header.length()), bytes(header));
              return MalformedInput.verify(
                  SparseFile.of(file, beginning, beginning.length + (1L << 36)));
            },
            "FOLDER/t.safetensors: about "));
  }

  private static Stream<MalformedInput> layers() {
    return Stream.of(
        new MalformedInput(
            TENSOR_CONTENT,
            "a layer without its configuration",
            folder -> {
              Path file = folder.resolve("t.safetensors");
              states(new SafetensorsWriter(), 3).write(file);
              return MalformedInput.verify(file);
            },
            "FOLDER/t.safetensors: the model's configuration is missing beside it: FOLDER/t.config"),
        layer("of another hidden size", 5, "", ": the shape of hidden_states must be [batch, seq"),
        layer("without weights", 8, "", ": tensors model.layers.N.self_attn.q_proj.weight... are"),
        layer(
            "of too many heads for its positions",
            8,
            ", 'num_attention_heads': 65536, 'num_key_value_heads': 65536, 'head_dim': 65536",
            ": the shape of hidden_states must be of so few positions that their queries, 4294967296"),
        layer(
            "of an unknown model",
            8,
            ", 'model_type': 'gpt2'",
            ".config.json: model_type must be"));
  }

  private static MalformedInput layer(String what, int hiddenSize, String more, String message) {
    String model = more.contains("model_type") ? "" : ", 'model_type': 'llama'";
    String heads = more.contains("heads") ? "" : ", 'num_attention_heads': 2";
    return new MalformedInput(
        TENSOR_CONTENT,
        "a layer " + what,
        folder -> {
          Files.writeString(
              folder.resolve("t.config.json"),
              "{'hidden_size': 8, 'num_hidden_layers': 2%s%s%s}"
                  .formatted(model, heads, more)
                  .replace('\'', '"'));
          Path file = folder.resolve("t.safetensors");
          states(new SafetensorsWriter(), hiddenSize).write(file);
          return MalformedInput.verify(file);
        },
        "FOLDER/t" + (message.startsWith(".config") ? "" : ".safetensors") + message);
  }

  private static SafetensorsWriter states(SafetensorsWriter writer, int hiddenSize) {
    float[] numbers = new float[3 * hiddenSize];
    return writer
        .metadata("causal", "true")
        .tensor("hidden_states", TensorType.F32, numbers, 1, 3, hiddenSize)
        .tensor("output", TensorType.F32, numbers, 1, 3, hiddenSize);
  }

  /** Four tensors of so many bytes each. */
  private static String huge(long bytes) {
    StringBuilder header = new StringBuilder("{\"__metadata__\":{\"causal\":\"true\"}");
    long begin = 0;
    for (String name : new String[] {"query", "key", "value", "output"}) {
      header.append(
          ",\"%s\":{\"dtype\":\"F32\",\"shape\":[1,1,%d,4],\"data_offsets\":[%d,%d]}"
              .formatted(name, bytes / 16, begin, begin + bytes));
      begin += bytes;
    }
    return header.append('}').toString();
  }

  private static String with(String type, String shape, String offsets) {
    return "{'a': {'dtype': '%s', 'shape': %s, 'data_offsets': %s}}"
        .formatted(type, shape, offsets);
  }

  private static MalformedInput header(String what, String header, int dataBytes, String message) {
    byte[] json = bytes(header.replace('\'', '"'));
    return tensors(
        TENSOR_HEADER,
        what,
        concat(concat(longBytes(json.length), json), new byte[dataBytes]),
        message);
  }

  private static MalformedInput length(String what, long length, String message) {
    return tensors(
        TENSOR_HEADER, "a header of " + what, concat(longBytes(length), bytes("{}")), message);
  }

  private interface Change {
    TensorFile of(TensorFile good);
  }

  private static MalformedInput content(String what, Change change, String message) {
    return new MalformedInput(
        TENSOR_CONTENT,
        what,
        folder -> {
          Path file = folder.resolve("t.safetensors");
          change.of(TensorFile.good()).write(file);
          return MalformedInput.verify(file);
        },
        "FOLDER/t.safetensors" + message);
  }

  private static byte[] longBytes(long number) {
    return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array();
  }

  private static byte[] concat(byte[] one, byte[] other) {
    return ByteBuffer.allocate(one.length + other.length).put(one).put(other).array();
  }

  /** A file that would pass, to be spoilt. */
  private static final class TensorFile {
    private final Map<String, long[]> shapes = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, Double> first = new HashMap<>();

    static TensorFile good() {
      TensorFile file = new TensorFile();
      for (String name : new String[] {"query", "key", "value", "output"}) {
        file.with(name, 1, 2, 3, 4);
      }
      return file.metadata("causal", "true");
    }

    TensorFile with(String name, long... shape) {
      shapes.put(name, shape);
      return this;
    }

    TensorFile without(String name) {
      shapes.remove(name);
      return this;
    }

    TensorFile metadata(String key, String value) {
      metadata.put(key, value);
      return this;
    }

    TensorFile number(String name, double number) {
      first.put(name, number);
      return this;
    }

    void write(Path file) throws IOException {
      SafetensorsWriter writer = new SafetensorsWriter();
      metadata.forEach(
          (key, value) -> {
            if (value != null) {
              writer.metadata(key, value);
            }
          });
      shapes.forEach(
          (name, shape) -> {
            long size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
            double[] numbers = new double[(int) size];
            if (first.containsKey(name)) {
              numbers[0] = first.get(name);
            }
            writer.tensor(name, TensorType.F64, numbers, shape);
          });
      writer.write(file);
    }
  }
}
