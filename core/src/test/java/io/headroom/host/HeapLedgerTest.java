package io.headroom.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.attention.AttentionInterruptedException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HeapLedgerTest {
  private final FakeHeap heap = new FakeHeap();
  private final HeapLedger ledger = new HeapLedger(heap);

  /** A heap of 1,000 bytes, of which 850 are usable. */
  private static final class FakeHeap implements HeapLedger.Heap {
    private long liveBytes;
    private long garbageBytes;
    private int collections;

    @Override
    public long maxBytes() {
      return 1000;
    }

    @Override
    public synchronized long usedBytes() {
      return liveBytes + garbageBytes;
    }

    @Override
    public synchronized void collectGarbage() {
      garbageBytes = 0;
      collections++;
    }
  }

  @Test
  void givesWhatIsFreeAndNoMore() {
    heap.liveBytes = 100;

    assertThat(ledger.claim(751)).isEmpty();
    assertThat(ledger.freeBytes()).isEqualTo(750);
    assertThat(ledger.claim(750)).isPresent();
  }

  @Test
  void garbageIsNoObstacle() {
    heap.liveBytes = 100;
    heap.garbageBytes = 800;

    assertThat(ledger.claim(700)).isPresent();
    assertThat(heap.collections).isEqualTo(1);
  }

  @Test
  void collectsOnlyWhereRoomIsShort() {
    ledger.claim(1).orElseThrow().close();
    int first = heap.collections;
    for (int i = 0; i < 10; i++) {
      ledger.claim(800).orElseThrow().close();
    }

    assertThat(heap.collections).isEqualTo(first);
  }

  @Test
  void whatCameToLiveInTheHeapMeanwhileCounts() {
    ledger.claim(800).orElseThrow().close();

    heap.liveBytes = 300;

    assertThat(ledger.claim(800)).isEmpty();
    assertThat(ledger.freeBytes()).isEqualTo(550);
  }

  @Test
  void severalAtATimeShareTheHeap() {
    Optional<HeapLedger.Claim> one = ledger.claim(400);
    heap.liveBytes = 400;

    assertThat(one).isPresent();
    assertThat(ledger.claim(450)).isPresent();
  }

  @Test
  void waitsForTheOthersWhereItFitsAlone() throws Exception {
    HeapLedger.Claim first = ledger.claim(500).orElseThrow();
    CompletableFuture<Thread> waiting = new CompletableFuture<>();
    CompletableFuture<Boolean> second =
        CompletableFuture.supplyAsync(
            () -> {
              waiting.complete(Thread.currentThread());
              return ledger.claim(600).isPresent();
            });
    awaitWaiting(waiting.get());
    assertThat(second).isNotDone();

    first.close();

    assertThat(second.get(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whatNeverFitsIsRefusedOnceItIsAlone() throws Exception {
    HeapLedger.Claim first = ledger.claim(500).orElseThrow();
    CompletableFuture<Boolean> second =
        CompletableFuture.supplyAsync(() -> ledger.claim(900).isPresent());

    first.close();

    assertThat(second.get(20, TimeUnit.SECONDS)).isFalse();
  }

  @Test
  void closingTwiceGivesBackOnce() {
    HeapLedger.Claim claim = ledger.claim(400).orElseThrow();
    assertThat(ledger.claim(400)).isPresent();
    claim.close();
    claim.close();

    assertThat(ledger.claim(450)).isPresent();
    assertThat(ledger.freeBytes()).isEqualTo(850);
  }

  @Test
  void anInterruptEndsTheWaiting() throws Exception {
    assertThat(ledger.claim(500)).isPresent();
    CompletableFuture<Thread> waiting = new CompletableFuture<>();
    CompletableFuture<Boolean> second =
        CompletableFuture.supplyAsync(
            () -> {
              waiting.complete(Thread.currentThread());
              return ledger.claim(600).isPresent();
            });
    awaitWaiting(waiting.get());

    waiting.get().interrupt();

    assertThatThrownBy(() -> second.get(20, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(AttentionInterruptedException.class);
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }
}
