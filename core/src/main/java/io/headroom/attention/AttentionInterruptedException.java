package io.headroom.attention;

/**
 * Work was given up because the thread that asked for it was interrupted. The thread's interrupt
 * flag is still set; outputs hold nothing of use. Engines and caches stay usable once the flag is
 * cleared.
 */
public final class AttentionInterruptedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public AttentionInterruptedException() {
    super("interrupted");
  }

  /**
   * Looks at the calling thread's interrupt flag and leaves it as it is: cheap enough for every
   * unit of work, too dear for an inner loop.
   *
   * @throws AttentionInterruptedException if it is set
   */
  public static void throwIfInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new AttentionInterruptedException();
    }
  }
}
