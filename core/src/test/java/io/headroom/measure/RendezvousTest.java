package io.headroom.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RendezvousTest {
  private final ExecutorService other = Executors.newSingleThreadExecutor();

  @AfterEach
  void endTheOther() throws InterruptedException {
    other.shutdownNow();
    assertThat(other.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
  }

  @Test
  void nobodyWaitsAlone() {
    Rendezvous alone = new Rendezvous(1);
    AtomicInteger repeated = new AtomicInteger();

    for (int phase = 0; phase < 3; phase++) {
      alone.begin();
      alone.end(repeated::incrementAndGet);
    }

    assertThat(repeated).hasValue(0);
  }

  @Test
  void copiesBeginTogether() throws Exception {
    Rendezvous two = new Rendezvous(2);
    AtomicBoolean here = new AtomicBoolean();
    AtomicBoolean wasHere = new AtomicBoolean();
    Thread early =
        new Thread(
            () -> {
              two.begin();
              wasHere.set(here.get());
            });
    early.start();

    while (early.getState() != Thread.State.WAITING
        && early.getState() != Thread.State.TERMINATED) {
      Thread.onSpinWait();
    }
    here.set(true);
    two.begin();
    early.join();

    assertThat(wasHere).isTrue();
  }

  /** The second sees the first at work three times before it ends: it would wait for ever else. */
  @Test
  void whoHasEnoughGoesOnUntilAllHave() throws Exception {
    Rendezvous two = new Rendezvous(2);
    CountDownLatch repeated = new CountDownLatch(3);
    Future<?> quick =
        other.submit(
            () -> {
              two.begin();
              two.end(repeated::countDown);
            });

    two.begin();
    repeated.await();
    two.end(() -> {});

    quick.get();
  }

  @Test
  void afterACopyBrokeNobodyWaits() throws Exception {
    Rendezvous three = new Rendezvous(3);
    CountDownLatch repeated = new CountDownLatch(1);
    Future<?> waiting =
        other.submit(
            () -> {
              three.end(repeated::countDown);
              three.begin();
              three.end(repeated::countDown);
            });

    repeated.await();
    three.dissolve();
    three.begin();

    waiting.get();
  }
}
