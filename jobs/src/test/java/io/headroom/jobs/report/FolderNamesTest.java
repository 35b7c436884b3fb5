package io.headroom.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FolderNamesTest {
  @Test
  void areAsShortAsTellsThemApart() {
    assertThat(FolderNames.of(List.of("results/quickstart/"))).containsExactly("quickstart");
    assertThat(FolderNames.of(List.of("/a/old/run", "/a/new/run")))
        .containsExactly("old/run", "new/run");
    assertThat(FolderNames.of(List.of("run", "old/run"))).containsExactly("run", "old/run");
  }

  @Test
  void areNumberedWhereThePathsAreTheSame() {
    assertThat(FolderNames.of(List.of("a/run", "a/run/", "a/other")))
        .containsExactly("a/run", "a/run (2)", "a/other");
  }

  @Test
  void areNeverEmpty() {
    assertThat(FolderNames.of(List.of("/", "."))).containsExactly("/", ".");
  }
}
