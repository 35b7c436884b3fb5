package io.headroom.jobs.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * Debian's Chromium without a window, for a test class. Where it is not installed the tests are
 * skipped, and fail if the environment says {@code CI=true}. Nothing is downloaded.
 */
public final class Chromium implements BeforeAllCallback, AfterAllCallback {
  private static final Path BROWSER = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

  private ChromeDriver driver;

  @Override
  public void beforeAll(ExtensionContext context) {
    boolean there = Files.isExecutable(BROWSER) && Files.isExecutable(DRIVER);
    Prerequisite.require(
        there
            ? ""
            : "no %s and %s: apt-get install chromium chromium-driver".formatted(BROWSER, DRIVER));
    LoggingPreferences logging = new LoggingPreferences();
    logging.enable(LogType.BROWSER, Level.ALL);
    logging.enable(LogType.PERFORMANCE, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(BROWSER.toFile());
    options.addArguments(
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage");
    options.setCapability("goog:loggingPrefs", logging);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(DRIVER.toFile())
            .usingAnyFreePort()
            .build();
    driver = new ChromeDriver(service, options);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (driver != null) {
      driver.quit();
    }
  }

  public ChromeDriver driver() {
    return driver;
  }

  /** A window of so many CSS pixels, as of a phone or a desk. */
  public void resize(int width, int height, boolean phone) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", phone));
  }

  /** What the page wrote to the console since the last call, and what broke its rules. */
  public List<String> console() {
    return messages(LogType.BROWSER);
  }

  /** The events of the network since the last call, as Chromium's protocol has them. */
  public List<String> networkRequests() {
    return messages(LogType.PERFORMANCE).stream()
        .filter(message -> message.contains("\"Network.requestWillBeSent\""))
        .toList();
  }

  private List<String> messages(String type) {
    return StreamSupport.stream(driver.manage().logs().get(type).spliterator(), false)
        .map(LogEntry::getMessage)
        .toList();
  }
}
