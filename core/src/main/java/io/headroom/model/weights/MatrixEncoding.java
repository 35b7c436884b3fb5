package io.headroom.model.weights;

import static io.headroom.Rounding.ceilDivide;
import static io.headroom.Rounding.roundUp;

import java.io.Serializable;

/**
 * How the numbers of a matrix are kept: so many bits each, scales and zero points for groups of
 * them, and what a matrix has once.
 *
 * @param bits of a number
 * @param groupOutputs rows that share a scale
 * @param groupInputs columns that share a scale; 0: all of a row; ignored without scales
 * @param scaleBits of a group, zero point included; 0 where there are no scales
 * @param onceBytes of a matrix, such as a scale of the whole
 * @param inputBytes of a column, such as the group that it belongs to
 * @param inputsStep columns are padded to a multiple of it
 */
public record MatrixEncoding(
    int bits,
    int groupOutputs,
    int groupInputs,
    int scaleBits,
    int onceBytes,
    int inputBytes,
    int inputsStep)
    implements Serializable {

  MatrixEncoding(
      int bits, int groupOutputs, int groupInputs, int scaleBits, int onceBytes, int inputBytes) {
    this(bits, groupOutputs, groupInputs, scaleBits, onceBytes, inputBytes, 1);
  }

  /** The same with columns padded to a multiple. */
  MatrixEncoding padded(int inputsStep) {
    return new MatrixEncoding(
        bits, groupOutputs, groupInputs, scaleBits, onceBytes, inputBytes, inputsStep);
  }

  /** Numbers as they are, without scales. */
  static MatrixEncoding plain(int numberBytes) {
    return new MatrixEncoding(numberBytes * Byte.SIZE, 1, 0, 0, 0, 0);
  }

  /** One f32 scale for the weights and one for what is multiplied with them. */
  static MatrixEncoding perTensor(int bits) {
    return new MatrixEncoding(bits, 1, 0, 0, 2 * Float.BYTES, 0);
  }

  /** An f32 scale for every row. */
  static MatrixEncoding perChannel(int bits) {
    return new MatrixEncoding(bits, 1, 0, Float.SIZE, 0, 0);
  }

  /** An f32 scale for every block. */
  static MatrixEncoding blocks(int bits, int outputs, int inputs) {
    return new MatrixEncoding(bits, outputs, inputs, Float.SIZE, 0, 0);
  }

  /** A scale in 16 bits for every group of a row, and a zero point of so many bits. */
  static MatrixEncoding groups(int bits, int inputs, int zeroPointBits) {
    return new MatrixEncoding(bits, 1, inputs, Short.SIZE + zeroPointBits, 0, 0);
  }

  /** 4 bits with an exponent of 8 for every 32: 4.25 bits (OCP Microscaling Formats 1.0). */
  static MatrixEncoding mxfp4() {
    return new MatrixEncoding(4, 1, 32, Byte.SIZE, 0, 0);
  }

  /** 4 bits with an f8 scale for every 16, 4.5 bits, and two f32 scales of the whole. */
  static MatrixEncoding nvfp4() {
    return new MatrixEncoding(4, 1, 16, Byte.SIZE, 2 * Float.BYTES, 0);
  }

  long bytes(long outputs, long columns) {
    long inputs = roundUp(columns, inputsStep);
    long numbers = ceilDivide(Math.multiplyExact(Math.multiplyExact(outputs, inputs), bits), 8);
    long groupsOfRow = groupInputs == 0 ? 1 : ceilDivide(inputs, groupInputs);
    long groups = ceilDivide(outputs, groupOutputs) * groupsOfRow;
    return numbers + ceilDivide(groups * scaleBits, 8) + onceBytes + inputs * inputBytes;
  }
}
