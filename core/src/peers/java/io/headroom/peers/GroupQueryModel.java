package io.headroom.peers;

import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.KvPrecision;
import java.util.List;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto.DataType;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.ByteString;

/**
 * An ONNX model of one node, {@code com.microsoft.GroupQueryAttention} (ContribOperators.md of ONNX
 * Runtime). Queries, new keys and new values are {@code [batch, tokens, heads * headDim]}, the
 * cache {@code [batch, kvHeads, capacity, headDim]}.
 */
final class GroupQueryModel {
  static final String QUERY = "query";
  static final String KEY = "key";
  static final String VALUE = "value";
  static final String PAST_KEY = "past_key";
  static final String PAST_VALUE = "past_value";
  static final String LAST_POSITIONS = "seqlens_k";
  static final String TOTAL_LENGTH = "total_sequence_length";
  static final String KEY_SCALE = "k_scale";
  static final String VALUE_SCALE = "v_scale";
  static final String OUTPUT = "output";
  static final String PRESENT_KEY = "present_key";
  static final String PRESENT_VALUE = "present_value";

  private static final String DOMAIN = "com.microsoft";
  private static final int IR_VERSION = 8;
  private static final int OPSET = 17;

  private GroupQueryModel() {}

  /** The model in ONNX's protobuf format. */
  static byte[] of(AttentionShape shape, KvPrecision precision) {
    DataType numbers = precision == KvPrecision.F16 ? DataType.FLOAT16 : DataType.FLOAT;
    DataType cache = cacheType(precision);
    GraphProto.Builder graph = GraphProto.newBuilder().setName("attention");
    graph.addNode(node(shape, precision));
    for (String name : List.of(QUERY, KEY, VALUE)) {
      graph.addInput(tensor(name, numbers, 3));
    }
    for (String name : List.of(PAST_KEY, PAST_VALUE)) {
      graph.addInput(tensor(name, cache, 4));
    }
    for (String name : List.of(LAST_POSITIONS, TOTAL_LENGTH)) {
      graph.addInput(tensor(name, DataType.INT32, 1));
    }
    if (precision.isQuantised()) {
      graph.addInput(tensor(KEY_SCALE, DataType.FLOAT, 4));
      graph.addInput(tensor(VALUE_SCALE, DataType.FLOAT, 4));
    }
    graph.addOutput(tensor(OUTPUT, numbers, 3));
    graph.addOutput(tensor(PRESENT_KEY, cache, 4));
    graph.addOutput(tensor(PRESENT_VALUE, cache, 4));
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(DOMAIN).setVersion(1))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  private static NodeProto node(AttentionShape shape, KvPrecision precision) {
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setDomain(DOMAIN)
            .setOpType("GroupQueryAttention")
            .addAllInput(
                List.of(QUERY, KEY, VALUE, PAST_KEY, PAST_VALUE, LAST_POSITIONS, TOTAL_LENGTH))
            .addAllOutput(List.of(OUTPUT, PRESENT_KEY, PRESENT_VALUE))
            .addAttribute(number("num_heads", shape.queryHeads()))
            .addAttribute(number("kv_num_heads", shape.kvHeads()));
    if (precision.isQuantised()) {
      // Rotary tables, positions, bias and sinks are left out, by their places.
      node.addAllInput(List.of("", "", "", "", "", KEY_SCALE, VALUE_SCALE))
          .addAttribute(text("k_quant_type", "PER_CHANNEL"))
          .addAttribute(text("v_quant_type", "PER_CHANNEL"))
          .addAttribute(number("kv_cache_bit_width", precision.bits()));
    }
    return node.build();
  }

  private static DataType cacheType(KvPrecision precision) {
    return switch (precision) {
      case F32 -> DataType.FLOAT;
      case F16 -> DataType.FLOAT16;
      case INT8 -> DataType.INT8;
      case INT4 -> DataType.UINT8;
      case BF16, FP8 ->
          throw new IllegalArgumentException("no CPU kernel for " + precision.label());
    };
  }

  private static AttributeProto number(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private static AttributeProto text(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  private static ValueInfoProto tensor(String name, DataType type, int rank) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (int axis = 0; axis < rank; axis++) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(name + axis));
    }
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape).build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
