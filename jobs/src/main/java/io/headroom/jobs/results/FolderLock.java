package io.headroom.jobs.results;

import io.headroom.UserException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.commons.lang3.ThreadUtils;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * Keeps a folder for one run: a file that is made where none may be, refreshed while the run is at
 * work and deleted when it ends. The lock of a run that was killed is taken over, see {@link
 * LockHolder#mayBeAlive}. A run whose lock was taken over learns of it before it writes again.
 */
public final class FolderLock implements AutoCloseable {
  static final String NAME = "lock.json";

  /** Held by a run while it takes the lock of another over. */
  private static final String TURN = ".lock.json.turn";

  private static final Duration HEARTBEAT = Duration.ofSeconds(20);

  /** How often a lock may change hands while it is tried for. */
  private static final int TRIES = 20;

  private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

  /** While Hadoop's file systems are still open, and after Spark has stopped. */
  private static final int SHUTDOWN_PRIORITY = FileSystem.SHUTDOWN_HOOK_PRIORITY + 5;

  private final FileSystem files;
  private final Path folder;
  private final Path path;
  private final ResultsKind kind;
  private final LockHolder holder;
  private final boolean folderIsNew;
  private final ScheduledExecutorService heartbeat;
  private final Runnable onShutdown = this::release;

  private FolderLock(
      FileSystem files, Path folder, ResultsKind kind, LockHolder holder, boolean folderIsNew) {
    this.files = files;
    this.folder = folder;
    this.path = new Path(folder, NAME);
    this.kind = kind;
    this.holder = holder;
    this.folderIsNew = folderIsNew;
    this.heartbeat =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "headroom-lock");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * @param folder exists
   * @param kind what the run does, for messages
   * @param folderIsNew whether it is to be removed with the lock if nothing was written to it
   * @throws UserException if another run holds the folder, or it cannot be written
   */
  public static FolderLock acquire(
      FileSystem files, Path folder, ResultsKind kind, String runId, boolean folderIsNew) {
    return acquire(files, folder, kind, runId, folderIsNew, HEARTBEAT);
  }

  static FolderLock acquire(
      FileSystem files,
      Path folder,
      ResultsKind kind,
      String runId,
      boolean folderIsNew,
      Duration heartbeat) {
    FolderLock lock = new FolderLock(files, folder, kind, LockHolder.here(runId), folderIsNew);
    try {
      lock.acquire();
    } catch (IOException e) {
      throw new UserException(
          "--out %s: cannot be locked: %s".formatted(lock.shownFolder(), FilePaths.reason(e)), e);
    }
    ShutdownHookManager.get().addShutdownHook(lock.onShutdown, SHUTDOWN_PRIORITY);
    // It never fails, for a beat catches all that it meets, and ends with its executor.
    ScheduledFuture<?> unused =
        lock.heartbeat.scheduleAtFixedRate(
            lock::beat, heartbeat.toMillis(), heartbeat.toMillis(), TimeUnit.MILLISECONDS);
    return lock;
  }

  /** The run that holds the folder. */
  public String runId() {
    return holder.runId();
  }

  private void acquire() throws IOException {
    AtomicFiles atomic = new AtomicFiles(files);
    for (int i = 0; i < TRIES; i++) {
      if (atomic.createNew(path, holder.toJson())) {
        return;
      }
      Optional<String> found = read(path);
      if (found.isPresent()) {
        requireGone(found.get());
        if (takeOver(found.get())) {
          return;
        }
      }
    }
    throw new UserException(
        "--out %s: several runs are trying to write it at once; allowed: one"
            .formatted(shownFolder()));
  }

  private void requireGone(String found) throws IOException {
    Optional<LockHolder> other = LockHolder.parse(found);
    Instant now = Instant.now();
    if (other.isEmpty()) {
      requireOld(now);
      return;
    }
    if (other.get().mayBeAlive(holder, now)) {
      throw new UserException(
          "--out %s: is being written by %s; allowed: another folder, or to wait until it has ended"
              .formatted(shownFolder(), other.get()));
    }
  }

  /** A lock that says nothing is being written, or was left by a run killed as it wrote it. */
  private void requireOld(Instant now) throws IOException {
    Optional<Instant> changed = changedAt(path);
    if (changed.filter(at -> at.isAfter(now.minus(LockHolder.STALE_AFTER))).isPresent()) {
      throw new UserException(
          "--out %s: is being written: %s is there since %s and does not say by whom; allowed: another folder, or to delete that file if no %s runs"
              .formatted(shownFolder(), FilePaths.plain(path), changed.get(), kind.label()));
    }
  }

  /**
   * Puts this run's lock in the place of that of a run that is gone. Only one of several may try at
   * a time: the one that makes a second file; the lock itself is never away, so that nobody can
   * make it meanwhile.
   *
   * @param stale what the lock was
   * @return whether the folder is this run's
   */
  private boolean takeOver(String stale) throws IOException {
    AtomicFiles atomic = new AtomicFiles(files);
    Path turn = new Path(folder, TURN);
    if (!atomic.createNew(turn, holder.toJson())) {
      endTurnOfTheDead(turn);
      return false;
    }
    try {
      if (read(path).filter(stale::equals).isEmpty()) {
        return false;
      }
      atomic.write(path, holder.toJson());
      return read(path).filter(this::isMine).isPresent();
    } finally {
      files.delete(turn, false);
    }
  }

  /** Of a run that was killed in its turn, after as long as its lock would be stale. */
  private void endTurnOfTheDead(Path turn) throws IOException {
    Instant now = Instant.now();
    Optional<LockHolder> other = read(turn).flatMap(LockHolder::parse);
    boolean isOver =
        other.isPresent()
            ? !other.get().mayBeAlive(holder, now)
            : changedAt(turn)
                .filter(at -> at.isBefore(now.minus(LockHolder.STALE_AFTER)))
                .isPresent();
    if (isOver) {
      files.delete(turn, false);
    } else {
      ThreadUtils.sleepQuietly(BETWEEN_TRIES);
    }
  }

  /**
   * Asked before anything is written.
   *
   * @throws UserException if the folder is gone, or another run has taken it over
   */
  synchronized void requireHeld() {
    try {
      Optional<String> found = read(path);
      if (found.isPresent() && isMine(found.get())) {
        return;
      }
      if (isGone()) {
        throw new UserException(
            "--out %s: the folder was deleted or moved while the %s ran; it stops here"
                .formatted(shownFolder(), kind.label()));
      }
      throw new UserException(
          "--out %s: %s; this run stops here, what it wrote is kept"
              .formatted(
                  shownFolder(),
                  found
                      .flatMap(LockHolder::parse)
                      .map(other -> "was taken over by " + other)
                      .orElse("its lock was deleted while the %s ran".formatted(kind.label()))));
    } catch (IOException e) {
      throw new UserException("%s: %s".formatted(FilePaths.plain(path), e.getMessage()), e);
    }
  }

  /** Spark makes the folder again where it writes just then; only its staging folder is there. */
  private boolean isGone() throws IOException {
    if (!files.exists(folder)) {
      return true;
    }
    FileStatus[] left = files.listStatus(folder);
    if (left.length != 1 || !left[0].getPath().getName().equals(ParquetWriter.STAGING)) {
      return false;
    }
    files.delete(folder, true);
    return true;
  }

  private boolean isMine(String text) {
    return LockHolder.parse(text).filter(other -> other.runId().equals(holder.runId())).isPresent();
  }

  private synchronized void beat() {
    try {
      if (read(path).filter(this::isMine).isPresent()) {
        new AtomicFiles(files).write(path, holder.heardAt(Instant.now()).toJson());
      }
    } catch (IOException | RuntimeException e) {
      // The next beat tries again; what keeps the lock from being written keeps rows from it too.
    }
  }

  @Override
  public void close() {
    if (!ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(onShutdown);
    }
    release();
  }

  private synchronized void release() {
    heartbeat.shutdownNow();
    try {
      if (read(path).filter(this::isMine).isPresent()) {
        files.delete(path, false);
        if (folderIsNew && files.listStatus(folder).length == 0) {
          files.delete(folder, false);
        }
      }
    } catch (IOException e) {
      // It goes stale by itself.
    }
  }

  /** Empty if there is no such file. */
  private Optional<Instant> changedAt(Path file) throws IOException {
    try {
      return Optional.of(Instant.ofEpochMilli(files.getFileStatus(file).getModificationTime()));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  private Optional<String> read(Path file) throws IOException {
    try (InputStream in = files.open(file)) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  private String shownFolder() {
    return FilePaths.plain(folder);
  }
}
