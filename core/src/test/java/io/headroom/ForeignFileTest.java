package io.headroom;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignFileTest {

  @Test
  void kindsAreToldByTheirFirstBytes() {
    assertThat(ForeignFile.of(bytes("version https://git-lfs.github.com/spec/v1\noid sha256:4bb")))
        .contains(ForeignFile.LFS_POINTER);
    assertThat(ForeignFile.of("TIMESTAMP".getBytes(StandardCharsets.UTF_16)))
        .contains(ForeignFile.UTF_16_BIG_ENDIAN);
    assertThat(ForeignFile.of(new byte[] {-1, -2, 'T', 0}))
        .contains(ForeignFile.UTF_16_LITTLE_ENDIAN);
    assertThat(ForeignFile.of(new byte[] {'P', 'K', 3, 4})).contains(ForeignFile.ZIP);
    assertThat(ForeignFile.of(new byte[] {-3, '7', 'z', 'X', 'Z', 0})).contains(ForeignFile.XZ);
  }

  @ParameterizedTest
  @ValueSource(strings = {"<!DOCTYPE html>", "\n <html lang=en>", "<HTML>"})
  void pagesAreHtmlHoweverTheyAreWritten(String text) {
    assertThat(ForeignFile.of(bytes(text)))
        .map(ForeignFile::description)
        .contains("an HTML page, such as a login or an error");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "v", "version,a,b", "{\"a\": 1}", "PK,b", "<a>"})
  void otherBytesTellNothing(String text) {
    assertThat(ForeignFile.of(bytes(text))).isEmpty();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
