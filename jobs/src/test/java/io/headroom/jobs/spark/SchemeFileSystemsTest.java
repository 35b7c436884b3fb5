package io.headroom.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.util.VersionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemeFileSystemsTest {
  @ParameterizedTest
  @CsvSource({"s3a, hadoop-aws", "abfss, hadoop-azure", "gs, hadoop-gcp"})
  void namesTheLibraryThatIsMissing(String scheme, String library) {
    assertThatThrownBy(() -> SchemeFileSystems.of(new Path(scheme + "://a/b"), new Configuration()))
        .isInstanceOf(UnsupportedFileSystemException.class)
        .hasMessage(
            "this Spark has no library for %s://; add it, such as by -- --packages org.apache.hadoop:%s:%s",
            scheme, library, VersionInfo.getVersion());
  }

  @Test
  void saysWhichSchemeNobodyKnows() {
    assertThatThrownBy(() -> SchemeFileSystems.of(new Path("xyz://a/b"), new Configuration()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("xyz");
  }

  @Test
  void opensWhatIsThere() throws IOException {
    assertThat(SchemeFileSystems.of(new Path("file:///tmp"), new Configuration()).getScheme())
        .isEqualTo("file");
  }
}
