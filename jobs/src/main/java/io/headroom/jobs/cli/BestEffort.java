package io.headroom.jobs.cli;

import io.headroom.MessageLine;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a sweep can do without: whatever only describes, predicts or reports. Where it breaks, the
 * user is told once what is lost, and the sweep goes on.
 */
public final class BestEffort {
  private static final Logger LOG = LoggerFactory.getLogger(BestEffort.class);

  private final Consumer<String> messages;
  private final Set<String> told = new HashSet<>();

  /**
   * @param messages takes lines for the user
   */
  public BestEffort(Consumer<String> messages) {
    this.messages = messages;
  }

  /** Tells of a loss, once however often it comes. */
  public synchronized void tell(String loss, String reason) {
    if (told.add(loss)) {
      messages.accept("%s: %s".formatted(loss, MessageLine.of(reason)));
    }
  }

  /**
   * @param loss what is lost if the work breaks, such as {@code costs were not learnt}
   * @param otherwise what is returned then
   */
  public <T> T orElse(String loss, T otherwise, Callable<T> work) {
    try {
      return work.call();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return otherwise;
    } catch (Exception e) {
      LOG.debug(loss, e);
      tell(loss, e.toString());
      return otherwise;
    }
  }

  /** As {@link #orElse} for work that returns nothing. */
  public void run(String loss, Runnable work) {
    orElse(
        loss,
        null,
        () -> {
          work.run();
          return null;
        });
  }
}
