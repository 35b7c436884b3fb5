package io.headroom.kvcache;

/** More positions were appended to a cache than it can ever hold. */
public final class KvCapacityException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public KvCapacityException(int length, int appended, int capacity) {
    super(
        "the KV cache holds %d of at most %d positions: %d more do not fit"
            .formatted(length, capacity, appended));
  }
}
