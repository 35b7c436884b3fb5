package io.headroom.jobs.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.UserException;
import io.headroom.host.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One folder, one run. */
class FolderLockTest {
  private static final ProcessPlace ELSEWHERE = new ProcessPlace("another-host", "", "");
  private static final Instant LONG_AGO = Instant.parse("2020-01-02T03:04:05Z");

  @TempDir Path folder;
  private FileSystem files;
  private Path file;

  @BeforeEach
  void open() throws IOException {
    files = FileSystem.getLocal(new Configuration());
    file = folder.resolve("lock.json");
  }

  private FolderLock acquire(String runId) {
    return FolderLock.acquire(files, hadoop(folder), ResultsKind.SWEEP, runId, false);
  }

  private static org.apache.hadoop.fs.Path hadoop(Path path) {
    return new org.apache.hadoop.fs.Path(path.toString());
  }

  private LockHolder held() throws IOException {
    return LockHolder.parse(Files.readString(file)).orElseThrow();
  }

  @Test
  void theFirstHoldsItUntilItEnds() throws IOException {
    try (FolderLock first = acquire("first")) {
      LockHolder holder = held();
      assertThat(holder.runId()).isEqualTo("first");
      assertThat(holder.pid()).isEqualTo(ProcessHandle.current().pid());
      assertThatThrownBy(() -> acquire("second"))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "--out %s: is being written by run first on host %s, process %d, since %s; allowed: another folder, or to wait until it has ended",
              folder, Environment.hostName(), holder.pid(), holder.since());
      first.requireHeld();
    }
    assertThat(folder).isEmptyDirectory();
    acquire("second").close();
    assertThat(folder).isEmptyDirectory();
  }

  private static LockHolder holder(
      String runId,
      ProcessPlace place,
      long pid,
      Instant processStartedAt,
      Instant since,
      Instant heartbeatAt) {
    return new LockHolder(
        runId, place, pid, processStartedAt, since, heartbeatAt, Optional.empty());
  }

  /** With and without the lock of a run that is gone, which all of them find. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ofManyThatTryOneGetsIt(boolean overStale) throws Exception {
    for (int round = 0; round < 20; round++) {
      oneOfManyGetsIt(overStale);
    }
  }

  private void oneOfManyGetsIt(boolean overStale) throws Exception {
    if (overStale) {
      Files.writeString(file, holder("gone", ELSEWHERE, 7, LONG_AGO, LONG_AGO, LONG_AGO).toJson());
    }
    ExecutorService runs = Executors.newFixedThreadPool(8);
    List<FolderLock> acquired = new ArrayList<>();
    try {
      List<Callable<Optional<FolderLock>>> tries =
          IntStream.range(0, 8)
              .<Callable<Optional<FolderLock>>>mapToObj(run -> () -> tryFor("run-" + run))
              .toList();
      for (Future<Optional<FolderLock>> result : runs.invokeAll(tries)) {
        result.get().ifPresent(acquired::add);
      }
      assertThat(acquired.stream().filter(FolderLockTest::isHeld)).hasSize(1);
    } finally {
      runs.shutdownNow();
      acquired.forEach(FolderLock::close);
    }
    assertThat(folder).isEmptyDirectory();
  }

  private Optional<FolderLock> tryFor(String runId) {
    try {
      return Optional.of(acquire(runId));
    } catch (UserException e) {
      return Optional.empty();
    }
  }

  private static boolean isHeld(FolderLock lock) {
    try {
      lock.requireHeld();
      return true;
    } catch (UserException e) {
      return false;
    }
  }

  static Stream<LockHolder> gone() throws Exception {
    LockHolder here = LockHolder.here("gone");
    Process ended = new ProcessBuilder("true").start();
    Instant started = ended.info().startInstant().orElse(here.processStartedAt());
    ended.waitFor();
    Instant now = Instant.now();
    Instant stale = now.minus(LockHolder.STALE_AFTER).minusSeconds(1);
    return Stream.of(
        holder("gone", here.place(), ended.pid(), started, now, now),
        holder("gone", here.place(), here.pid(), LONG_AGO, now, now),
        holder("gone", here.place(), here.pid(), here.processStartedAt(), stale, stale),
        holder("gone", ELSEWHERE, here.pid(), LONG_AGO, LONG_AGO, stale));
  }

  @ParameterizedTest
  @MethodSource("gone")
  void theLockOfARunThatIsGoneIsTakenOver(LockHolder gone) throws IOException {
    Files.writeString(file, gone.toJson());

    try (FolderLock lock = acquire("next")) {
      assertThat(held().runId()).isEqualTo("next");
      lock.requireHeld();
    }
    assertThat(folder).isEmptyDirectory();
  }

  /** Containers may share the name of their host; the number of a process means nothing then. */
  static Stream<ProcessPlace> ofTheSameHost() {
    ProcessPlace here = LockHolder.here("other").place();
    return Stream.of(
        new ProcessPlace(here.host(), here.boot(), "pid:[1]"),
        new ProcessPlace(here.host(), "another boot", here.namespace()),
        new ProcessPlace("another-host", here.boot(), here.namespace()));
  }

  @ParameterizedTest
  @MethodSource("ofTheSameHost")
  void aProcessThatCannotBeSeenHoldsItWhileItIsHeardOf(ProcessPlace place) throws IOException {
    long nobody = ProcessHandle.current().pid() + 10_000_000L;
    Instant heard = Instant.now().minus(LockHolder.STALE_AFTER).plusSeconds(60);
    Files.writeString(file, holder("other", place, nobody, LONG_AGO, LONG_AGO, heard).toJson());

    assertThatThrownBy(() -> acquire("next")).hasMessageContaining("is being written by run other");
    assertThat(held().runId()).isEqualTo("other");
  }

  /** YARN starts a driver again when the one before it has ended. */
  @Test
  void theNextAttemptOfAnApplicationFollowsTheOneBefore() {
    Optional<ClusterApplication> first =
        ClusterApplication.of("application_7_0001", "container_7_0001_01_000001");
    Optional<ClusterApplication> second =
        ClusterApplication.of("application_7_0001", "container_e03_7_0001_02_000001");
    Optional<ClusterApplication> another =
        ClusterApplication.of("application_7_0002", "container_7_0002_02_000001");
    Instant now = Instant.now();

    assertThat(of(first).mayBeAlive(asking(second), now)).isFalse();
    assertThat(of(second).mayBeAlive(asking(first), now)).isTrue();
    assertThat(of(first).mayBeAlive(asking(another), now)).isTrue();
    assertThat(of(first).mayBeAlive(asking(Optional.empty()), now)).isTrue();
    LockHolder written = of(second);
    assertThat(LockHolder.parse(written.toJson())).contains(written);
  }

  private static LockHolder asking(Optional<ClusterApplication> application) {
    Instant now = Instant.now();
    ProcessPlace here = new ProcessPlace("host", "", "");
    return new LockHolder("run", here, 7, LONG_AGO, now, now, application);
  }

  private static LockHolder of(Optional<ClusterApplication> application) {
    Instant now = Instant.now();
    return new LockHolder("run", ELSEWHERE, 7, LONG_AGO, LONG_AGO, now, application);
  }

  /** Killed while it took over a lock: its turn is over as its lock would be. */
  @Test
  void aTurnOfARunThatIsGoneIsEnded() throws Exception {
    LockHolder gone = gone().findFirst().orElseThrow();
    Files.writeString(file, gone.toJson());
    Files.writeString(folder.resolve(".lock.json.turn"), gone.toJson());

    try (FolderLock lock = acquire("next")) {
      lock.requireHeld();
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aTurnOfARunThatIsHeardOfIsWaitedFor() throws Exception {
    Instant now = Instant.now();
    Files.writeString(file, gone().findFirst().orElseThrow().toJson());
    Files.writeString(
        folder.resolve(".lock.json.turn"),
        holder("other", ELSEWHERE, 7, LONG_AGO, now, now).toJson());

    assertThatThrownBy(() -> acquire("next"))
        .hasMessageContaining("several runs are trying to write it at once");
    assertThat(held().runId()).isEqualTo("gone");
  }

  @Test
  void aRunOnAnotherHostHoldsItWhileItIsHeardOf() throws IOException {
    Instant heard = Instant.now().minus(LockHolder.STALE_AFTER).plusSeconds(60);
    Files.writeString(file, holder("other", ELSEWHERE, 7, LONG_AGO, LONG_AGO, heard).toJson());

    assertThatThrownBy(() -> acquire("next"))
        .hasMessageContaining(
            ": is being written by run other on host another-host, process 7, since 2020-01-02T03:04:05Z;");
    assertThat(held().runId()).isEqualTo("other");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{\"run_id\": \"a\", \"pid\": 1}"})
  void aLockThatSaysNothingHoldsUntilItIsOld(String text) throws IOException {
    Files.writeString(file, text);

    assertThatThrownBy(() -> acquire("next"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(": is being written: " + file + " is there since ")
        .hasMessageEndingWith(" allowed: another folder, or to delete that file if no sweep runs");
    assertThat(file).hasContent(text);

    Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
    acquire("next").close();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  @Timeout(30)
  void itIsRefreshedWhileTheRunIsAtWork() throws IOException {
    try (FolderLock lock =
        FolderLock.acquire(
            files, hadoop(folder), ResultsKind.SWEEP, "run", false, Duration.ofMillis(5))) {
      LockHolder first = held();
      LockHolder later = first;
      while (!later.heartbeatAt().isAfter(first.heartbeatAt())) {
        Thread.onSpinWait();
        later = held();
      }
      assertThat(later).isEqualTo(first.heardAt(later.heartbeatAt()));
      lock.requireHeld();
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aRunLearnsThatItLostTheFolder() throws IOException {
    try (FolderLock lock = acquire("first")) {
      LockHolder other = LockHolder.here("other");
      Files.writeString(file, other.toJson());

      assertThatThrownBy(lock::requireHeld)
          .isInstanceOf(UserException.class)
          .hasMessage(
              "--out %s: was taken over by %s; this run stops here, what it wrote is kept",
              folder, other);
    }
    assertThat(held().runId()).as("not its own to delete").isEqualTo("other");
  }

  @Test
  void aRunLearnsThatTheFolderOrTheLockIsGone() throws IOException {
    try (FolderLock lock = acquire("first")) {
      Files.delete(file);
      assertThatThrownBy(lock::requireHeld)
          .hasMessageContaining(": its lock was deleted while the sweep ran; this run stops here");

      Files.delete(folder);
      assertThatThrownBy(lock::requireHeld)
          .isInstanceOf(UserException.class)
          .hasMessage(
              "--out %s: the folder was deleted or moved while the sweep ran; it stops here",
              folder);
    }
    assertThat(folder).doesNotExist();
  }

  @Test
  void aFolderMadeForNothingIsRemoved() throws IOException {
    FolderLock.acquire(files, hadoop(folder), ResultsKind.SWEEP, "run", true).close();
    assertThat(folder).doesNotExist();

    Files.createDirectory(folder);
    FolderLock lock = FolderLock.acquire(files, hadoop(folder), ResultsKind.SWEEP, "run", true);
    Files.writeString(folder.resolve("manifest.json"), "{}");
    lock.close();
    assertThat(folder).isDirectoryContaining("glob:**manifest.json");
  }
}
