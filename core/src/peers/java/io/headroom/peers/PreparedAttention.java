package io.headroom.peers;

import io.headroom.kvcache.HeadTensor;

/** One library ready to run one workload, again and again. */
interface PreparedAttention extends AutoCloseable {
  /** Chooses what is best with so many threads; slow. */
  void useThreads(int threads);

  /** Sets up the calling thread, and what libraries of this process share; before every turn. */
  void beginTurn();

  /** Computes the attention once: what is measured. */
  void run();

  /** A copy of what the last run computed, {@code [queryHeads, queries, valueDim]}. */
  HeadTensor output();

  /** What was chosen for this workload and number of threads; empty if there was no choice. */
  String choice();

  /** Bytes of keys and values, scales included, as this library keeps them. */
  long kvBytes();

  @Override
  void close();
}
