package io.headroom.host;

import io.headroom.attention.AttentionInterruptedException;
import java.util.Optional;

/**
 * Shares the heap of a process among the sequences that are measured in it: each claims beforehand
 * what it will take. One that fits, but not beside the others, waits for them; one that would not
 * fit alone is refused. What else lives in the heap is looked at whenever room is short.
 */
public final class HeapLedger {
  /** The rest is for the collector, and for what grows while a sequence is measured. */
  private static final double USABLE_SHARE = 0.85;

  private static final HeapLedger PROCESS = new HeapLedger(new ProcessHeap());

  /** A heap that garbage can be collected from. */
  interface Heap {
    /** The most it may grow to. */
    long maxBytes();

    /** What objects take, garbage included. */
    long usedBytes();

    void collectGarbage();
  }

  private final Heap heap;
  private boolean collected;

  /** What belongs to no claim, when last looked at. */
  private long otherBytes;

  private long claimedBytes;

  HeapLedger(Heap heap) {
    this.heap = heap;
  }

  /** The ledger of this process. */
  public static HeapLedger ofProcess() {
    return PROCESS;
  }

  /** Room in the heap, until it is closed. */
  public final class Claim implements AutoCloseable {
    private final long bytes;
    private boolean closed;

    private Claim(long bytes) {
      this.bytes = bytes;
    }

    @Override
    public void close() {
      synchronized (HeapLedger.this) {
        claimedBytes -= closed ? 0 : bytes;
        closed = true;
        HeapLedger.this.notifyAll();
      }
    }
  }

  /**
   * Waits until there is room beside the other claims.
   *
   * @return empty if there would not be room without them
   * @throws AttentionInterruptedException if the calling thread is interrupted while it waits
   */
  public synchronized Optional<Claim> claim(long bytes) {
    while (!fits(bytes)) {
      if (claimedBytes == 0) {
        return Optional.empty();
      }
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AttentionInterruptedException();
      }
    }
    claimedBytes += bytes;
    return Optional.of(new Claim(bytes));
  }

  /** What a sequence alone may claim, when last looked at. */
  public synchronized long freeBytes() {
    return Math.max(0, usableBytes() - otherBytes);
  }

  private boolean fits(long bytes) {
    if (collected && claimedBytes == 0 && bytes <= usableBytes() - heap.usedBytes()) {
      return true;
    }
    if (collected && claimedBytes > 0 && bytes <= freeBytes() - claimedBytes) {
      return true;
    }
    heap.collectGarbage();
    // Others have not yet taken all that they claimed, so beside them this may be too little.
    long other = Math.max(0, heap.usedBytes() - claimedBytes);
    otherBytes = claimedBytes == 0 ? other : Math.max(other, otherBytes);
    collected = true;
    return bytes <= freeBytes() - claimedBytes;
  }

  private long usableBytes() {
    return (long) (USABLE_SHARE * heap.maxBytes());
  }

  private static final class ProcessHeap implements Heap {
    @Override
    public long maxBytes() {
      return Runtime.getRuntime().maxMemory();
    }

    @Override
    public long usedBytes() {
      return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Override
    public void collectGarbage() {
      System.gc();
    }
  }
}
