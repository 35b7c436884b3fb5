package io.headroom.model;

/** What a layer keeps of the past. */
public enum LayerKind {
  /** Keys and values of every position. */
  FULL,
  /** Keys and values of the last positions only. */
  SLIDING,
  /** A state of fixed size, such as linear attention or a convolution: no keys, no values. */
  LINEAR,
  /** Nothing of its own: the layer attends to the keys and values of an earlier layer. */
  SHARED
}
