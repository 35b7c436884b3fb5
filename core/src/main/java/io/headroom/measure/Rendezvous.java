package io.headroom.measure;

import io.headroom.attention.AttentionInterruptedException;
import java.util.concurrent.Phaser;

/**
 * Has copies of one measurement take their samples at the same time: they begin together, and one
 * that has enough goes on working, unrecorded, until all have enough. Alone, nobody waits.
 */
final class Rendezvous {
  private final Phaser phaser;

  /**
   * @param copies that will meet, at least 1
   */
  Rendezvous(int copies) {
    this.phaser = new Phaser(copies);
  }

  /**
   * Waits until all copies are about to sample.
   *
   * @throws AttentionInterruptedException if the thread is interrupted meanwhile
   */
  void begin() {
    try {
      phaser.awaitAdvanceInterruptibly(phaser.arrive());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AttentionInterruptedException();
    }
  }

  /** Has enough samples: repeats the work until all copies have. */
  void end(Runnable work) {
    int phase = phaser.arrive();
    boolean dissolved = phase < 0;
    while (!dissolved && phaser.getPhase() == phase) {
      work.run();
    }
  }

  /** Nobody waits any more, now or later: a copy broke. */
  void dissolve() {
    phaser.forceTermination();
  }
}
