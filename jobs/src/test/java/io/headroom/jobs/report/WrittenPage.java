package io.headroom.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The data within a page that a report wrote. */
final class WrittenPage {
  private static final Pattern DATA =
      Pattern.compile("(?s)<script type=\"application/json\" id=\"report-data\">(.*?)</script>");

  private WrittenPage() {}

  static JsonNode data(Path page) throws IOException {
    Matcher data = DATA.matcher(Files.readString(page));
    assertThat(data.find()).isTrue();
    return new ObjectMapper().readTree(data.group(1));
  }

  static JsonNode value(JsonNode table, int row, String column) {
    for (int i = 0; i < table.path("columns").size(); i++) {
      if (table.path("columns").path(i).asText().equals(column)) {
        return table.path("rows").path(row).path(i);
      }
    }
    throw new AssertionError("no column " + column);
  }
}
