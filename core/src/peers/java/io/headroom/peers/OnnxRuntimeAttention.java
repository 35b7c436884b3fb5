package io.headroom.peers;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.Float16;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvPrecision;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The operator appends the new keys and values to the cache itself: past and present are the same
 * memory, bound as input and as output, so that nothing else is copied.
 */
final class OnnxRuntimeAttention implements PreparedAttention {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final Workload workload;
  private final Map<String, OnnxTensor> inputs = new HashMap<>();
  private final Map<String, OnnxTensor> outputs = new HashMap<>();
  private final List<Pointer> memory = new ArrayList<>();
  private final ByteBuffer output;
  private long kvBytes;
  private OrtSession session;

  OnnxRuntimeAttention(Workload workload, BenchmarkData data) {
    this.workload = workload;
    AttentionShape shape = workload.shape();
    int cached = workload.cachedKeys();
    try {
      bindNew(GroupQueryModel.QUERY, data.queries());
      bindNew(GroupQueryModel.KEY, data.keys().tokens(cached, workload.keys()));
      bindNew(GroupQueryModel.VALUE, data.values().tokens(cached, workload.keys()));
      bindCache(
          GroupQueryModel.PAST_KEY,
          GroupQueryModel.PRESENT_KEY,
          GroupQueryModel.KEY_SCALE,
          data.keys(),
          data.nativeKeys());
      bindCache(
          GroupQueryModel.PAST_VALUE,
          GroupQueryModel.PRESENT_VALUE,
          GroupQueryModel.VALUE_SCALE,
          data.values(),
          data.nativeValues());
      inputs.put(
          GroupQueryModel.LAST_POSITIONS,
          OnnxTensor.createTensor(environment, new int[] {workload.keys() - 1}));
      inputs.put(
          GroupQueryModel.TOTAL_LENGTH,
          OnnxTensor.createTensor(environment, new int[] {workload.keys()}));
      long[] outputShape = {1, workload.queries(), (long) shape.queryHeads() * shape.valueDim()};
      this.output =
          allocate(outputShape[1] * outputShape[2] * (isHalf() ? Short.BYTES : Float.BYTES));
      outputs.put(GroupQueryModel.OUTPUT, tensor(output, outputShape, numberType()));
    } catch (OrtException e) {
      throw failure(e);
    }
  }

  private boolean isHalf() {
    return workload.precision() == KvPrecision.F16;
  }

  private OnnxJavaType numberType() {
    return isHalf() ? OnnxJavaType.FLOAT16 : OnnxJavaType.FLOAT;
  }

  /** Binds {@code [1, tokens, heads * dim]}. */
  private void bindNew(String name, HeadTensor tensor) throws OrtException {
    HeadTensor byToken =
        HeadTensor.zeros(/* heads= */ tensor.tokens(), /* tokens= */ tensor.heads(), tensor.dim());
    for (int head = 0; head < tensor.heads(); head++) {
      for (int token = 0; token < tensor.tokens(); token++) {
        System.arraycopy(
            tensor.data(),
            tensor.row(head, token),
            byToken.data(),
            byToken.row(token, head),
            tensor.dim());
      }
    }
    long[] shape = {1, tensor.tokens(), (long) tensor.heads() * tensor.dim()};
    inputs.put(name, tensor(numbers(byToken.data()), shape, numberType()));
  }

  private void bindCache(
      String past, String present, String scale, HeadTensor tensor, FloatPointer shared)
      throws OrtException {
    long[] shape = {1, tensor.heads(), tensor.tokens(), tensor.dim()};
    KvPrecision precision = workload.precision();
    OnnxTensor cache =
        switch (precision) {
          case F32 -> {
            kvBytes += shared.limit() * Float.BYTES;
            yield tensor(shared.asByteBuffer(), shape, OnnxJavaType.FLOAT);
          }
          case F16 -> {
            kvBytes += shared.limit() * Short.BYTES;
            yield tensor(numbers(tensor.data()), shape, OnnxJavaType.FLOAT16);
          }
          case INT8, INT4 -> {
            ChannelCodes codes = new ChannelCodes(tensor, precision);
            shape[3] = codes.rowBytes();
            ByteBuffer buffer = allocate(shape[1] * shape[2] * shape[3]);
            codes.write(buffer);
            kvBytes += buffer.capacity() + (long) codes.scales().length * Float.BYTES;
            ByteBuffer scales = allocate((long) codes.scales().length * Float.BYTES);
            scales.asFloatBuffer().put(codes.scales());
            long[] scaleShape = {1, tensor.heads(), 1, tensor.dim()};
            inputs.put(scale, tensor(scales, scaleShape, OnnxJavaType.FLOAT));
            yield tensor(
                buffer,
                shape,
                precision == KvPrecision.INT8 ? OnnxJavaType.INT8 : OnnxJavaType.UINT8);
          }
          case BF16, FP8 ->
              throw new IllegalArgumentException("no CPU kernel for " + precision.label());
        };
    inputs.put(past, cache);
    outputs.put(present, cache);
  }

  /** In the type of the operator's inputs. */
  private ByteBuffer numbers(float[] data) {
    ByteBuffer buffer = allocate((long) data.length * (isHalf() ? Short.BYTES : Float.BYTES));
    if (isHalf()) {
      ShortBuffer halves = buffer.asShortBuffer();
      for (float number : data) {
        halves.put(Float16.fromFloat(number));
      }
    } else {
      buffer.asFloatBuffer().put(data);
    }
    return buffer;
  }

  private ByteBuffer allocate(long bytes) {
    BytePointer pointer = new BytePointer(bytes);
    memory.add(pointer);
    return pointer.asByteBuffer().order(ByteOrder.nativeOrder());
  }

  private OnnxTensor tensor(ByteBuffer buffer, long[] shape, OnnxJavaType type)
      throws OrtException {
    return OnnxTensor.createTensor(environment, buffer.order(ByteOrder.nativeOrder()), shape, type);
  }

  @Override
  public void useThreads(int threads) {
    closeSession();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      byte[] model = GroupQueryModel.of(workload.shape(), workload.precision());
      session = environment.createSession(model, options);
    } catch (OrtException e) {
      throw failure(e);
    }
  }

  @Override
  public void beginTurn() {}

  @Override
  public void run() {
    try {
      session.run(inputs, outputs).close();
    } catch (OrtException e) {
      throw failure(e);
    }
  }

  @Override
  public HeadTensor output() {
    AttentionShape shape = workload.shape();
    HeadTensor copy = HeadTensor.zeros(shape.queryHeads(), workload.queries(), shape.valueDim());
    float[] byToken = floats();
    for (int token = 0; token < workload.queries(); token++) {
      for (int head = 0; head < shape.queryHeads(); head++) {
        System.arraycopy(
            byToken,
            (token * shape.queryHeads() + head) * shape.valueDim(),
            copy.data(),
            copy.row(head, token),
            shape.valueDim());
      }
    }
    return copy;
  }

  private float[] floats() {
    if (!isHalf()) {
      FloatBuffer numbers = output.asFloatBuffer();
      float[] floats = new float[numbers.remaining()];
      numbers.get(floats);
      return floats;
    }
    ShortBuffer numbers = output.asShortBuffer();
    float[] floats = new float[numbers.remaining()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = Float16.toFloat(numbers.get(i));
    }
    return floats;
  }

  @Override
  public String choice() {
    return "";
  }

  @Override
  public long kvBytes() {
    return kvBytes;
  }

  private void closeSession() {
    if (session == null) {
      return;
    }
    try {
      session.close();
    } catch (OrtException e) {
      throw failure(e);
    }
    session = null;
  }

  @Override
  public void close() {
    closeSession();
    inputs.values().forEach(OnnxTensor::close);
    outputs.get(GroupQueryModel.OUTPUT).close();
    memory.forEach(Pointer::close);
  }

  private static IllegalStateException failure(OrtException cause) {
    return new IllegalStateException("ONNX Runtime failed", cause);
  }
}
