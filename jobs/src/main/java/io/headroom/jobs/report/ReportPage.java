package io.headroom.jobs.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The page: its own styles and scripts, the charting library and the data, all within one file. Its
 * content security policy allows these scripts by their hashes and nothing else: no request, and no
 * script that came with the data.
 */
final class ReportPage {
  private static final List<String> SCRIPTS =
      List.of(
          "echarts.min.js",
          "format.js",
          "elements.js",
          "data.js",
          "theme.js",
          "styles.js",
          "filters.js",
          "axes.js",
          "tables.js",
          "ratios.js",
          "comparisons.js",
          "frames.js",
          "lines.js",
          "scatter.js",
          "outcomes.js",
          "keys.js",
          "sheets.js",
          "charts.js",
          "caveats.js",
          "headline.js",
          "environment.js",
          "plans.js",
          "plan-charts.js",
          "plan-page.js",
          "main.js");

  private ReportPage() {}

  /**
   * @param json the data, without any {@code <}
   */
  static String of(String json) {
    if (json.contains("<")) {
      throw new IllegalArgumentException("the data could end its script element");
    }
    List<String> scripts = SCRIPTS.stream().map(ReportPage::script).toList();
    String hashes = scripts.stream().map(ReportPage::hash).collect(Collectors.joining(" "));
    StringBuilder page = new StringBuilder();
    // One pass over the template: what is put in is not looked at again.
    List<String> parts = new ArrayList<>(List.of(resource("page.html").split("\\{\\{|}}")));
    for (int i = 0; i < parts.size(); i++) {
      String part = parts.get(i);
      boolean isText = i % 2 == 0;
      page.append(isText ? part : filling(part, hashes, scripts, json));
    }
    return page.toString();
  }

  private static String filling(String name, String hashes, List<String> scripts, String json) {
    return switch (name) {
      case "hashes" -> hashes;
      case "styles" -> resource("report.css");
      case "data" -> json;
      case "scripts" ->
          scripts.stream()
              .map("<script>%s</script>"::formatted)
              .collect(Collectors.joining(System.lineSeparator()));
      default -> throw new IllegalStateException("page.html: nothing is known of " + name);
    };
  }

  private static String script(String name) {
    String script = resource(name);
    if (script.toLowerCase(Locale.ROOT).contains("</script")) {
      throw new IllegalStateException(name + " ends its own script element");
    }
    return script;
  }

  /** As a content security policy has it. */
  private static String hash(String script) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
      return "'sha256-%s'".formatted(Base64.getEncoder().encodeToString(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("not in the jar: " + name);
      }
      // A browser reads every line break as one character, before it hashes.
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
