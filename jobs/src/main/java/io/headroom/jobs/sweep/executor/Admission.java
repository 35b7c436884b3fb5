package io.headroom.jobs.sweep.executor;

import io.headroom.attention.AttentionEngine;
import io.headroom.attention.EngineMemory;
import io.headroom.host.HeapLedger;
import io.headroom.host.HostProbe;
import io.headroom.jobs.cli.Units;
import io.headroom.measure.SequenceRequest;
import io.headroom.measure.SideBySide;
import java.util.Optional;

/**
 * Whether a sequence can be measured in this process, decided before it begins; while it is open,
 * the heap that the sequence needs is kept for it.
 */
final class Admission implements AutoCloseable {
  private final Optional<HeapLedger.Claim> claim;
  private final Optional<String> refusal;

  private Admission(Optional<HeapLedger.Claim> claim, Optional<String> refusal) {
    this.claim = claim;
    this.refusal = refusal;
  }

  /** Waits where the sequence fits, but not beside those that are being measured. */
  static Admission of(SequenceRequest request, SideBySide copies, HeapLedger ledger) {
    AttentionEngine engine = copies.engine();
    Optional<String> unsupported = request.unsupportedBy(engine).or(copies::unsupported);
    if (unsupported.isPresent()) {
      return refused(unsupported.get());
    }
    EngineMemory memory = request.memory(engine).times(copies.count());
    long heapBytes = Math.max(memory.heapBytes(), HostProbe.heapBytes(request.threads()));
    long freeNativeBytes = engine.freeNativeBytes(heapBytes);
    if (memory.nativeBytes() > freeNativeBytes) {
      return refused(
          "%s outside the heap, the %s engine has %s free"
              .formatted(
                  needs(memory.nativeBytes(), copies),
                  engine.name(),
                  Units.bytes(freeNativeBytes)));
    }
    Optional<HeapLedger.Claim> claim = ledger.claim(heapBytes);
    if (claim.isEmpty()) {
      return refused(
          "%s of heap, the executor has %s free of %s"
              .formatted(
                  needs(heapBytes, copies),
                  Units.bytes(ledger.freeBytes()),
                  Units.bytes(Runtime.getRuntime().maxMemory())));
    }
    return new Admission(claim, Optional.empty());
  }

  private static String needs(long bytes, SideBySide copies) {
    return copies.count() == 1
        ? "needs " + Units.bytes(bytes)
        : "%d copies side by side need %s".formatted(copies.count(), Units.bytes(bytes));
  }

  private static Admission refused(String reason) {
    return new Admission(Optional.empty(), Optional.of(reason));
  }

  /** Why it cannot be measured, in one line; empty if it can. */
  Optional<String> refusal() {
    return refusal;
  }

  @Override
  public void close() {
    claim.ifPresent(HeapLedger.Claim::close);
  }
}
