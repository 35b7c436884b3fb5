package io.headroom.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the licences of the libraries in the job's jar ask to be kept is there. */
class LicencesIT {
  private static final Path TARGET = SharedData.projectRoot().resolve("jobs/target");
  private static final String FOLDER = "META-INF/licenses/";
  private static final String LIST = FOLDER + "THIRD-PARTY.txt";
  private static final String CHARTS = "io/headroom/jobs/report/echarts.min.js";

  /** {@code group:artifact:jar[:classifier]:version:scope:file}. */
  private static final Pattern LIBRARY =
      Pattern.compile(
          " +([^: ]+):([^: ]+):jar:(?:([^: ]+):)?([^: ]+):(?:compile|runtime):(\\S+).*");

  private static final Pattern TEXT =
      Pattern.compile("(.*/)?(licen[cs]e|notice|copying|copyright|dependencies|al2|lgpl)[^/]*");

  /** A library in the job's jar. */
  record Library(String coordinates, String folder, Path file) {
    @Override
    public String toString() {
      return folder;
    }
  }

  /** As the build has listed them. */
  static List<Library> libraries() throws IOException {
    List<Library> libraries = new ArrayList<>();
    for (String line : Files.readAllLines(TARGET.resolve("job-jar-libraries.txt"))) {
      Matcher matcher = LIBRARY.matcher(line);
      if (matcher.matches()) {
        String classifier = matcher.group(3);
        libraries.add(
            new Library(
                "%s:%s:%s".formatted(matcher.group(1), matcher.group(2), matcher.group(4)),
                matcher.group(2) + (classifier == null ? "" : "-" + classifier),
                Path.of(matcher.group(5))));
      }
    }
    return libraries;
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void theTextsOfALibraryAreInAFolderOfItsOwn(Library library) throws IOException {
    try (JarFile own = new JarFile(library.file().toFile());
        JarFile job = jobJar()) {
      for (JarEntry text : texts(own)) {
        String kept = FOLDER + library.folder() + "/" + text.getName();
        assertThat(job.getEntry(kept)).as(kept).isNotNull();
        assertThat(read(job, kept)).as(kept).isEqualTo(read(own, text.getName()));
      }
    }
  }

  @Test
  void theTextsThatAreKnownAreSeen() throws IOException {
    List<String> seen = new ArrayList<>();
    for (Library library : libraries()) {
      try (JarFile own = new JarFile(library.file().toFile())) {
        texts(own).forEach(text -> seen.add(library.folder() + "/" + text.getName()));
      }
    }

    assertThat(seen)
        .contains(
            "HdrHistogram/META-INF/LICENSE.txt",
            "commons-net/META-INF/NOTICE.txt",
            "jackson/META-INF/LICENSE",
            "jackson/META-INF/NOTICE",
            "threetenbp/META-INF/LICENSE.txt");
  }

  @Test
  void everyLibraryIsListedWithItsLicence() throws IOException {
    List<String> expected =
        Stream.concat(
                libraries().stream().map(Library::coordinates),
                Stream.of("org.webjars:echarts:" + System.getProperty("echarts.version")))
            .distinct()
            .toList();

    try (JarFile job = jobJar()) {
      List<String> listed =
          new String(read(job, LIST), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> line.matches("\\S+:\\S+:\\S+: .+"))
              .map(line -> line.substring(0, line.indexOf(": ")))
              .toList();
      assertThat(listed).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void theChartsBringTheirNotice() throws IOException {
    try (JarFile job = jobJar()) {
      assertThat(new String(read(job, CHARTS), StandardCharsets.UTF_8).stripLeading())
          .startsWith("/*\n* Licensed to the Apache Software Foundation (ASF)");
    }
  }

  private static JarFile jobJar() throws IOException {
    return new JarFile(TARGET.resolve("headroom-jobs.jar").toFile());
  }

  private static List<JarEntry> texts(JarFile jar) {
    return jar.stream()
        .filter(entry -> !entry.isDirectory() && !entry.getName().endsWith(".class"))
        .filter(entry -> TEXT.matcher(entry.getName().toLowerCase(Locale.ROOT)).matches())
        .toList();
  }

  private static byte[] read(JarFile jar, String name) throws IOException {
    try (InputStream in = jar.getInputStream(jar.getJarEntry(name))) {
      return in.readAllBytes();
    }
  }
}
