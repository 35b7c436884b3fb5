package io.headroom.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.measurements.Axis;
import io.headroom.jobs.measurements.Status;
import io.headroom.jobs.testkit.ChildProcess;
import io.headroom.jobs.testkit.Chromium;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.DocumentedCommands;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.RowBuilder;
import io.headroom.jobs.testkit.ScratchPlan;
import io.headroom.jobs.testkit.ScratchResults;
import io.headroom.jobs.testkit.VariedRows;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The page of a report, as people see and use it in a browser. */
class ReportIT {
  @RegisterExtension static final Chromium CHROMIUM = new Chromium();
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private static final String SCRIPT_MODEL = "<script>alert(1)</script>";
  private static final String END_OF_DATA = "</script><img src=x onerror=alert(2)>{{data}}";
  private static final Path SCREENSHOTS = Path.of("target", "report");
  private static final Duration LONGEST = Duration.ofSeconds(20);
  private static final int MANY_ROWS = 25_000;
  private static final long MOST_BYTES = 5L << 20;
  private static final String ANSWERS =
      "//table[caption[starts-with(., 'Simulated at the rate that is asked for')]]";

  @TempDir static Path folder;

  @BeforeAll
  static void writeReports() throws IOException {
    Files.createDirectories(SCREENSHOTS);
    ScratchResults.write(folder.resolve("before"), SPARK.session(), rows(1));
    ScratchResults.write(folder.resolve("after"), SPARK.session(), rows(2));
    report("one.html", "before");
    report("two.html", "before", "after");
    plan(4.0, 1.0)
        .demand("plain", 2, "bf16", "small", 700)
        .write(folder.resolve("plan"), SPARK.session());
    report("plan.html", "plan");
  }

  /** Two models, three layouts of KV heads, two precisions on two accelerators. */
  private static ScratchPlan plan(Double usdOfBig, Double usdOfSmall) {
    ScratchPlan plan = new ScratchPlan();
    for (String model : List.of(SCRIPT_MODEL, "plain")) {
      for (int kvHeads : List.of(8, 2, 1)) {
        for (String precision : List.of("bf16", "fp8")) {
          plan.deployment(model, kvHeads, precision, "big", kvHeads + 1, usdOfBig);
          plan.deployment(model, kvHeads, precision, "small", 5 * kvHeads, usdOfSmall);
        }
      }
    }
    return plan.infeasible("plain", "small", "kv", END_OF_DATA, 20);
  }

  @BeforeEach
  void forgetOlderMessages() {
    CHROMIUM.resize(1280, 900, false);
    CHROMIUM.driver().get("about:blank");
    CHROMIUM.console();
    CHROMIUM.networkRequests();
  }

  @Test
  void loadsWithoutErrorsOrOutsideRequests() throws IOException {
    open("one.html");
    showAllCharts();

    assertThat(CHROMIUM.console()).isEmpty();
    assertThat(CHROMIUM.networkRequests()).hasSize(1).allMatch(url -> url.contains("/one.html"));
    assertThat(number("return performance.getEntriesByType('resource').length")).isZero();
    assertThat(CHROMIUM.driver().findElement(By.tagName("h1")).getText())
        .contains("MQA keeps 12.5 % of the KV bytes of MHA")
        .contains("decode takes 12.5 % of its time at 512 tokens");
    assertThat(CHROMIUM.driver().findElement(By.cssSelector("#headline .about")).getText())
        .startsWith("24 of 25 rows were quiet and steady");
    assertThat(CHROMIUM.driver().findElements(By.cssSelector(".card")))
        .hasSize(2)
        .extracting(card -> card.getText().replaceAll("\\s+", " "))
        .allMatch(text -> text.contains("GQA 2 KV heads 25 %"));
    assertThat(run("return document.querySelector('#headline li').textContent", false))
        .asString()
        .isEqualToNormalizingWhitespace(
            SCRIPT_MODEL
                + " f32: GQA with 2 KV heads keeps 25 % of the bytes of MHA, prefill takes 62.5 %"
                + " and decode 25 % of its time at 512 tokens");
    screenshot("light");
  }

  @Test
  void theContentSecurityPolicyForbidsRequestsAndForeignScripts() {
    open("one.html");

    assertThat(
            run(
                "const done = arguments[0]; fetch('http://127.0.0.1:9/').then(() =>"
                    + " done('allowed'), () => done('refused'))",
                true))
        .isEqualTo("refused");
    run(
        "const made = document.createElement('script'); made.textContent = 'window.foreign = 1';"
            + " document.body.append(made)",
        false);
    assertThat(run("return window.foreign ?? 'refused'", false)).isEqualTo("refused");
    assertThat(CHROMIUM.console())
        .anyMatch(message -> message.contains("Content Security Policy"))
        .allMatch(message -> message.contains("Content Security Policy"));
  }

  @Test
  void textOfTheDataStaysText() {
    open("one.html");
    showAllCharts();

    assertThat(CHROMIUM.driver().findElements(By.xpath("//fieldset//label")))
        .extracting(WebElement::getText)
        .contains(SCRIPT_MODEL);
    assertThat(CHROMIUM.driver().findElement(By.id("caveats")).getText()).contains(END_OF_DATA);
    assertThat(CHROMIUM.driver().findElements(By.tagName("img"))).isEmpty();
    assertThat(CHROMIUM.console()).as("alert would have been refused here").isEmpty();
  }

  @Test
  void theTooltipOfAPointTellsItAsText() {
    open("one.html");
    reveal("decode");

    run(
        """
        const chart = echarts.getInstanceByDom(document.querySelector('[data-chart=decode]'));
        const seriesIndex = chart.getOption().series.findIndex(one => one.data.length > 0);
        chart.dispatchAction({type: 'showTip', seriesIndex, dataIndex: 0});
        """,
        false);

    await("return document.querySelector('.tip') !== null");
    assertThat(CHROMIUM.driver().findElement(By.cssSelector(".tip")).getText())
        .contains(SCRIPT_MODEL, "MHA, 8 KV heads", "95 % interval");
    assertThat(CHROMIUM.console()).isEmpty();
  }

  @Test
  void aFilterChangesTheCharts() {
    open("one.html");
    reveal("decode");
    long all = lines("decode");

    choice("kv_precision", "int8").click();

    reveal("decode");
    assertThat(all).isEqualTo(6);
    assertThat(lines("decode")).isEqualTo(3);
    assertThat(CHROMIUM.driver().findElement(By.id("selection")).getText())
        .startsWith("12 points of 24");

    choice("model", SCRIPT_MODEL).click();

    reveal("decode");
    assertThat(CHROMIUM.driver().findElements(By.cssSelector("[data-chart=decode]"))).hasSize(1);
    assertThat(CHROMIUM.driver().findElements(By.cssSelector("#results tbody tr"))).hasSize(6);
  }

  @Test
  void thePointsOfAChartAreReachedByArrowKeys() {
    open("one.html");
    reveal("decode");
    WebElement chart = CHROMIUM.driver().findElement(By.cssSelector("[data-chart=decode]"));
    focus(chart);

    chart.sendKeys(Keys.ARROW_RIGHT);
    assertThat(told()).contains(SCRIPT_MODEL, "MHA, 8 KV heads", "prompt tokens, 128");
    chart.sendKeys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
    assertThat(told()).contains("MHA, 8 KV heads", "prompt tokens, 512");
    chart.sendKeys(Keys.ARROW_UP);
    assertThat(told()).contains("MQA, 1 KV head", "prompt tokens, 512");
    assertThat(CHROMIUM.driver().findElement(By.cssSelector(".tip")).isDisplayed()).isTrue();
    chart.sendKeys(Keys.ESCAPE);
    await("return getComputedStyle(document.querySelector('.tip').parentElement).opacity === '0'");
  }

  private static String told() {
    return (String) run("return document.getElementById('told').textContent", false);
  }

  /** Rows without a cache keep no bytes, and a logarithmic axis has no place for nothing. */
  @Test
  void whatIsNotUsualIsPaleAndNotInTheHeadline() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int kvHeads : List.of(8, 1)) {
      for (int tokens : List.of(128, 512)) {
        rows.add(ScratchResults.measured("plain", kvHeads, "f32", tokens).build());
        rows.add(
            ScratchResults.measured("plain", kvHeads, "f32", tokens)
                .set("kv_cache", "off")
                .set("kv_bytes", 0L)
                .set("decode_ns_p50", 1_000_000L)
                .build());
      }
    }
    ScratchResults.write(folder.resolve("unusual"), SPARK.session(), rows);
    report("unusual.html", "unusual");

    open("unusual.html");
    showAllCharts();

    assertThat(CHROMIUM.console()).isEmpty();
    assertThat(CHROMIUM.driver().findElement(By.tagName("h1")).getText())
        .contains("decode takes 12.5 % of its time");
    assertThat(CHROMIUM.driver().findElements(By.cssSelector("#headline li"))).hasSize(2);
    assertThat(
            run(
                "return"
                    + " echarts.getInstanceByDom(document.querySelector('[data-chart=decode]')).getOption().series.filter(one"
                    + " => one.type === 'line' && one.data.length > 0).map(one =>"
                    + " one.lineStyle.opacity)",
                false))
        .isEqualTo(List.of(0.4, 0.4, 1L, 1L));
  }

  /** Each as a line of its own, and each condition among the filters. */
  @Test
  void configurationsThatDifferInOneAxisAreToldApart() throws IOException {
    ScratchResults.write(folder.resolve("varied"), SPARK.session(), VariedRows.all());
    report("varied.html", "varied");

    open("varied.html");
    showAllCharts();

    assertThat(CHROMIUM.console()).isEmpty();
    assertThat(number("return new Set(report.points.map(point => point.series)).size"))
        .isEqualTo(1 + Axis.allColumns().size());
    assertThat(CHROMIUM.driver().findElements(By.cssSelector("#results tbody tr")))
        .hasSize(1 + Axis.allColumns().size());
    for (Axis axis : Axis.conditions()) {
      assertThat(CHROMIUM.driver().findElements(By.name(String.join("+", axis.columns()))))
          .as(axis.words())
          .hasSize(1 + axis.columns().size());
    }
  }

  @Test
  void anAxisHasLabelsThatTellItsScale() {
    open("one.html");
    reveal("decode");

    assertThat(labels("decode"))
        .contains("10 µs", "20 µs", "50 µs", "100 µs", "200 µs")
        .contains("128", "256", "512", "prompt tokens");
  }

  @Test
  void filtersAndTablesWorkByKeyboard() {
    open("one.html");
    WebElement box = choice("kv_precision", "int8");
    focus(box);
    box.sendKeys(Keys.SPACE);
    assertThat(CHROMIUM.driver().findElement(By.id("selection")).getText()).startsWith("12 points");

    WebElement header =
        CHROMIUM.driver().findElement(By.xpath("//*[@id='results']//th[button='tokens']"));
    WebElement button = header.findElement(By.tagName("button"));
    focus(button);
    button.sendKeys(Keys.ENTER);
    assertThat(header.getAttribute("aria-sort")).isEqualTo("ascending");
    assertThat(firstRow()).contains("128");
    button.sendKeys(Keys.ENTER);
    assertThat(header.getAttribute("aria-sort")).isEqualTo("descending");
    assertThat(firstRow()).contains("512");
    assertThat(run("return getComputedStyle(document.activeElement).outlineStyle", false))
        .as("the focus is visible")
        .isEqualTo("solid");
  }

  @ParameterizedTest
  @ValueSource(strings = {"one.html", "two.html"})
  void aPhoneNeedsNoSidewaysScrolling(String page) throws IOException {
    CHROMIUM.resize(375, 800, true);
    open(page);
    showAllCharts();

    assertThat(number("return document.documentElement.scrollWidth")).isLessThanOrEqualTo(375);
    screenshot("phone-" + page.replace(".html", ""));
  }

  @Test
  void isDarkWhereTheSystemIsAndAtThePressOfAButton() throws IOException {
    CHROMIUM
        .driver()
        .executeCdpCommand(
            "Emulation.setEmulatedMedia",
            Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
    try {
      open("one.html");
      showAllCharts();
      screenshot("dark");
      String dark = background();
      CHROMIUM.driver().findElement(By.id("theme")).click();
      assertThat(background()).isNotEqualTo(dark);
      assertThat(CHROMIUM.console()).isEmpty();
    } finally {
      CHROMIUM
          .driver()
          .executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
    }
  }

  /** By the commands that made those of the README. */
  @ParameterizedTest
  @ValueSource(strings = {"report.png", "report-dark.png"})
  void picturesAreMadeAsThoseOfTheReadme(String picture) throws Exception {
    String command =
        DocumentedCommands.theOne("notebooks/README.md", "chromium .*/%s .*".formatted(picture));
    String here =
        command
            .replace("notebooks/figures/", folder + "/")
            .replace("results/quickstart.html", folder.resolve("one.html").toString());

    // Chromium refuses to put its superuser into a sandbox.
    ChildProcess run =
        ChildProcess.run(folder, LONGEST, List.of("bash", "-c", "exec " + here + " --no-sandbox"));

    assertThat(run.exitStatus()).as(run.toString()).isZero();
    BufferedImage image = ImageIO.read(folder.resolve(picture).toFile());
    assertThat(List.of(image.getWidth(), image.getHeight())).containsExactly(1200, 1040);
    Color paper = new Color(image.getRGB(2, 2));
    assertThat(paper.getRed() < 128).isEqualTo(picture.contains("dark"));
  }

  @Test
  void prints() throws IOException {
    open("two.html");
    run(
        "addEventListener('beforeprint', () => { window.onPaper ="
            + " document.querySelectorAll('[data-chart] svg[viewBox]').length })",
        false);

    Map<String, Object> printed =
        CHROMIUM.driver().executeCdpCommand("Page.printToPDF", Map.of("printBackground", true));

    byte[] pdf = Base64.getDecoder().decode((String) printed.get("data"));
    Files.write(SCREENSHOTS.resolve("print.pdf"), pdf);
    assertThat(number("return window.onPaper"))
        .as("charts that were never scrolled to are on paper too")
        .isEqualTo(number("return document.querySelectorAll('[data-chart]').length"));
    assertThat(new String(pdf, 0, 5, StandardCharsets.US_ASCII)).isEqualTo("%PDF-");
    assertThat(CHROMIUM.console()).isEmpty();
  }

  @Test
  void severalFoldersStandSideBySide() throws IOException {
    open("two.html");
    showAllCharts();

    assertThat(CHROMIUM.driver().findElement(By.tagName("h1")).getText())
        .contains("after takes 2.00 × the decode time and 1.00 × the prefill time of before");
    assertThat(CHROMIUM.driver().findElements(By.cssSelector("#side-by-side tbody tr")))
        .hasSize(24);
    reveal("decode-ratio");
    assertThat(lines("decode-ratio")).isEqualTo(6);
    choice("folder_name", "after").click();
    assertThat(CHROMIUM.driver().findElements(By.cssSelector("#side-by-side tbody tr"))).isEmpty();
    assertThat(CHROMIUM.console()).isEmpty();
    screenshot("two");
  }

  @Test
  void manyRowsMakeAPageOfBoundedSize() throws IOException {
    ScratchResults.write(folder.resolve("many"), SPARK.session(), manyRows());
    report("many.html", "many");

    long startNanos = System.nanoTime();
    open("many.html");
    long openedNanos = System.nanoTime();

    long bytes = Files.size(folder.resolve("many.html"));
    System.out.printf(
        "report of %d rows: %d bytes, ready %d ms after the navigation began, opened in %d ms%n",
        MANY_ROWS,
        bytes,
        number("return Math.round(performance.getEntriesByName('headroom-ready')[0].startTime)"),
        (openedNanos - startNanos) / 1_000_000);
    assertThat(bytes).isLessThan(MOST_BYTES);
    showAllCharts();
    assertThat(CHROMIUM.console()).isEmpty();
    assertThat(CHROMIUM.driver().findElement(By.id("selection")).getText())
        .contains("lengths go together by half octaves");
    screenshot("many");
  }

  @Test
  void aPlanIsAPageOfItsOwn() throws IOException {
    open("plan.html");
    showAllCharts();

    assertThat(CHROMIUM.console()).isEmpty();
    assertThat(CHROMIUM.networkRequests()).hasSize(1);
    assertThat(CHROMIUM.driver().findElement(By.tagName("h1")).getText())
        .startsWith("For 10 requests a second " + SCRIPT_MODEL + " takes")
        .contains("; plain takes 10 small for 10 USD an hour as GQA 2 in bf16");
    assertThat(CHROMIUM.driver().findElement(By.cssSelector("#plans .notes")).getText())
        .contains(
            "plain: 5 small for 5 USD an hour as MQA 1 in bf16; 9 big for 36 USD an hour as MHA 8");
    assertThat(CHROMIUM.driver().findElement(By.cssSelector("#plans .facts")).getText())
        .contains("4 USD an hour, 2026-01-01, a made up list", "price of small not known")
        .contains("assumed of small it is a host; nothing was measured")
        .contains("TTFT p99 2 s, TPOT p99 200 ms");
    assertThat(CHROMIUM.driver().findElement(By.id("plans")).getText())
        .contains("TPOT is (end-to-end time - TTFT) / (output tokens - 1)")
        .contains(END_OF_DATA);
    assertThat(CHROMIUM.driver().findElements(By.tagName("img"))).isEmpty();
    assertThat(CHROMIUM.driver().findElements(By.tagName("form"))).isEmpty();
    assertThat(CHROMIUM.driver().findElements(By.xpath(ANSWERS + "/tbody/tr"))).hasSize(24);
    assertThat(CHROMIUM.driver().findElements(By.cssSelector("[data-chart]")))
        .as(
            "two of each head layout, a front, two over rates, one over time, a model; a demand and"
                + " limits")
        .hasSize(2 * 6 + 2);
    assertThat(labels("demand")).contains("hours", "small needed", "GQA 2 bf16 on small");
    assertThat(lines("ttft")).isEqualTo(6);
    assertThat(lines("kv-over-time")).isEqualTo(6);
    assertThat(labels("ttft")).contains("level 2 s", "asked", "requests a second");
    assertThat(labels("layouts-usd_per_hour")).contains("MQA 1 fp8", "5 small", "USD an hour");
    CHROMIUM.resize(375, 800, true);
    assertThat(number("return document.documentElement.scrollWidth")).isLessThanOrEqualTo(375);
    screenshot("plan");
  }

  @Test
  void aPlanWithoutSimulationsShowsWhatTheClosedFormAnswers() throws IOException {
    new ScratchPlan()
        .notSimulated("plain", 8, "bf16", "big", 2, 4.0)
        .notSimulated("plain", 2, "bf16", "small", 9, 1.0)
        .write(folder.resolve("closed"), SPARK.session());
    report("closed.html", "closed");
    open("closed.html");

    assertThat(CHROMIUM.console()).isEmpty();
    assertThat(CHROMIUM.driver().findElement(By.tagName("h1")).getText())
        .isEqualTo(
            "By the closed form alone, not simulated: for 10 requests a second plain takes 9 small for 9 USD an hour as GQA 2 in bf16.");
    assertThat(CHROMIUM.driver().findElement(By.id("plans")).getText())
        .contains("Answers that were not simulated", "150 %")
        .doesNotContain("Simulated at the rate");
  }

  @Test
  void thePointsOfAPlanAreToldToPointersAndKeys() {
    open("plan.html");
    reveal("ttft");
    WebElement chart = CHROMIUM.driver().findElement(By.cssSelector("[data-chart=ttft]"));
    focus(chart);

    chart.sendKeys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);

    assertThat(told().replace('\u00a0', ' '))
        .contains("MHA 8 in bf16", "requests a second, 20", "TTFT p99, 2 s")
        .contains("meets the levels, no, saturated")
        .contains("with the error in time, 9 – 11", "USD an hour, 36 USD");
    reveal("demand");
    WebElement demand = CHROMIUM.driver().findElement(By.cssSelector("[data-chart=demand]"));
    focus(demand);
    demand.sendKeys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
    assertThat(told().replace('\u00a0', ' '))
        .contains("GQA 2 in bf16", "minute, 1", "accelerators needed, 2", "most KV at once, 2 GiB");
    WebElement header =
        CHROMIUM.driver().findElement(By.xpath(ANSWERS + "//th[button='USD an hour']"));
    WebElement button = header.findElement(By.tagName("button"));
    focus(button);
    button.sendKeys(Keys.ENTER);
    assertThat(header.getAttribute("aria-sort")).isEqualTo("ascending");
  }

  @Test
  void sweepsAndPlansAreSectionsOfOnePage() throws IOException {
    ScratchPlan.writeBegun(folder.resolve("begun"));
    plan(4.0, null).write(folder.resolve("unpriced"), SPARK.session());
    report("all.html", "before", "unpriced", "begun");

    open("all.html");
    showAllCharts();

    assertThat(CHROMIUM.console()).isEmpty();
    assertThat(CHROMIUM.driver().findElements(By.tagName("h1")))
        .singleElement()
        .extracting(WebElement::getText)
        .asString()
        .contains("MQA keeps 12.5 % of the KV bytes of MHA");
    assertThat(CHROMIUM.driver().findElements(By.cssSelector(".plan > h2")))
        .extracting(WebElement::getText)
        .contains("Plan unpriced", "Plan begun", "unpriced: Answers")
        .doesNotContain("begun: Answers");
    assertThat(CHROMIUM.driver().findElement(By.cssSelector(".plan .notice")).getText())
        .contains("did not come to its end (state running)");
    choice("kv_precision", "int8").click();
    reveal("decode");
    assertThat(lines("decode")).isEqualTo(3);
    assertThat(CHROMIUM.driver().findElements(By.cssSelector("#plans [data-chart]")))
        .as("without those of money, for not every price is known")
        .hasSize(2 * 5 + 1);
    assertThat(labels("front")).contains("accelerators").doesNotContain("USD an hour");
  }

  /** Two models, three layouts of KV heads, two precisions, two lengths; and one that failed. */
  private static List<Row> rows(int decodeFactor) {
    List<Row> rows = new ArrayList<>();
    for (String model : List.of(SCRIPT_MODEL, "plain")) {
      for (int kvHeads : List.of(8, 2, 1)) {
        for (String precision : List.of("f32", "int8")) {
          for (int tokens : List.of(128, 512)) {
            RowBuilder row = ScratchResults.measured(model, kvHeads, precision, tokens);
            rows.add(row.set("decode_ns_p50", 100L * tokens * kvHeads * decodeFactor).build());
          }
        }
      }
    }
    rows.add(
        ScratchResults.measured("plain", 8, "f32", 128)
            .set("status", Status.FAILED.label())
            .set("reason", END_OF_DATA)
            .build());
    return rows;
  }

  /** Sequences of a thousand lengths for each of a hundred configurations. */
  private static List<Row> manyRows() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < MANY_ROWS; i++) {
      int configuration = i % 100;
      rows.add(
          ScratchResults.measured(
                  "model-" + configuration / 20,
                  List.of(8, 4, 2, 1).get(configuration % 4),
                  List.of("f32", "f16", "bf16", "int8", "int4").get(configuration / 4 % 5),
                  16 + 13 * (i / 100))
              .set("sequence_id", i / 100)
              .build());
    }
    return rows;
  }

  private static void report(String page, String... results) {
    List<String> arguments = new ArrayList<>(List.of("report"));
    for (String result : results) {
      arguments.add(folder.resolve(result).toString());
    }
    arguments.addAll(List.of("--out", folder.resolve(page).toString()));
    CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
    assertThat(run.exitStatus()).as(run.toString()).isZero();
  }

  private static void open(String page) {
    CHROMIUM.driver().get(folder.resolve(page).toUri().toString());
    await("return performance.getEntriesByName('headroom-ready').length === 1");
  }

  /** Charts are drawn as they come into sight. */
  private static void showAllCharts() {
    List<WebElement> charts = CHROMIUM.driver().findElements(By.cssSelector("[data-chart]"));
    assertThat(charts).isNotEmpty();
    for (WebElement chart : charts) {
      CHROMIUM.driver().executeScript("arguments[0].scrollIntoView({behavior: 'instant'})", chart);
      new WebDriverWait(CHROMIUM.driver(), LONGEST)
          .until(driver -> !chart.findElements(By.tagName("svg")).isEmpty());
    }
    run("scrollTo({top: 0, behavior: 'instant'})", false);
  }

  private static void reveal(String chart) {
    run(
        "document.querySelector('[data-chart=%s]').scrollIntoView({behavior: 'instant'})"
            .formatted(chart),
        false);
    await("return document.querySelector('[data-chart=%s] svg') !== null".formatted(chart));
  }

  private static long lines(String chart) {
    return number(
        "return echarts.getInstanceByDom(document.querySelector('[data-chart=%s]')).getOption().series.filter(one => one.type === 'line' && one.data.length > 0).length"
            .formatted(chart));
  }

  private static List<String> labels(String chart) {
    return CHROMIUM
        .driver()
        .findElements(By.cssSelector("[data-chart=%s] svg text".formatted(chart)))
        .stream()
        .map(label -> label.getText().replace('\u00a0', ' '))
        .toList();
  }

  private static WebElement choice(String name, String value) {
    return CHROMIUM.driver().findElements(By.name(name)).stream()
        .filter(box -> box.getAttribute("value").equals(value))
        .findFirst()
        .orElseThrow();
  }

  private static void focus(WebElement element) {
    CHROMIUM.driver().executeScript("arguments[0].focus()", element);
  }

  private static String firstRow() {
    return CHROMIUM.driver().findElement(By.cssSelector("#results tbody tr")).getText();
  }

  private static String background() {
    return (String) run("return getComputedStyle(document.body).backgroundColor", false);
  }

  private static long number(String script) {
    return ((Number) run(script, false)).longValue();
  }

  private static Object run(String script, boolean waits) {
    return waits
        ? CHROMIUM.driver().executeAsyncScript(script)
        : CHROMIUM.driver().executeScript(script);
  }

  private static void await(String condition) {
    new WebDriverWait(CHROMIUM.driver(), LONGEST)
        .until(driver -> Boolean.TRUE.equals(run(condition, false)));
  }

  /** Of the whole page. */
  private static void screenshot(String name) throws IOException {
    Map<String, Object> shot =
        CHROMIUM
            .driver()
            .executeCdpCommand(
                "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
    Path file = SCREENSHOTS.resolve(name + ".png");
    Files.write(file, Base64.getDecoder().decode((String) shot.get("data")));
    assertThat(file).isNotEmptyFile();
  }
}
