package io.headroom.model;

/** What a layer keeps of the past. */
public enum LayerKind {
  /** Keys and values of every position. */
  FULL,
  /** Keys and values of the last positions only. */
  SLIDING,
  /** Keys and values of the chunk that the last position is in; a new chunk begins empty. */
  CHUNKED,
  /** No keys and no values by position: a state of fixed size, or no attention at all. */
  LINEAR,
  /** Nothing of its own: the layer attends to the keys and values of an earlier layer. */
  SHARED,
  /** Keys and values of an encoder's or of images' positions only, see {@link FurtherCaches}. */
  CROSS
}
