package io.headroom.jobs.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder as a bucket of S3 on the loopback address, as far as readers ask: they list keys below a
 * prefix, and get objects or ranges of them. Whoever asks is believed.
 */
public final class ObjectStore implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");

  private final Path folder;
  private final HttpServer server;

  private ObjectStore(Path folder, HttpServer server) {
    this.folder = folder;
    this.server = server;
  }

  /**
   * @param folder whose files are the objects of the bucket {@code bucket}
   */
  public static ObjectStore start(Path folder) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ObjectStore store = new ObjectStore(folder, server);
    server.createContext("/bucket", store::answer);
    server.start();
    return store;
  }

  /** What tells the tools of S3 to come here. */
  public Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL", "http://127.0.0.1:" + server.getAddress().getPort(),
        "AWS_ACCESS_KEY_ID", "anybody",
        "AWS_SECRET_ACCESS_KEY", "anything",
        "AWS_DEFAULT_REGION", "us-east-1",
        "AWS_EC2_METADATA_DISABLED", "true");
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String key = exchange.getRequestURI().getPath().replaceFirst("^/bucket/?", "");
      Path object = folder.resolve(key);
      if (key.isEmpty()) {
        send(exchange, 200, listing(parameters(exchange)).getBytes(StandardCharsets.UTF_8));
      } else if (Files.isRegularFile(object)) {
        sendObject(exchange, Files.readAllBytes(object));
      } else {
        send(exchange, 404, new byte[0]);
      }
    }
  }

  private static Map<String, String> parameters(HttpExchange exchange) {
    return Arrays.stream(exchange.getRequestURI().getRawQuery().split("&"))
        .map(parameter -> parameter.split("=", 2))
        .collect(
            Collectors.toMap(
                pair -> pair[0],
                pair -> pair.length < 2 ? "" : URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
  }

  /** Keys below a prefix: all, or up to the next delimiter. */
  private String listing(Map<String, String> parameters) throws IOException {
    String prefix = parameters.getOrDefault("prefix", "");
    String delimiter = parameters.getOrDefault("delimiter", "");
    List<String> keys = keys().filter(key -> key.startsWith(prefix)).toList();
    StringBuilder xml = new StringBuilder("<?xml version='1.0'?><ListBucketResult>");
    xml.append(
        "<Prefix>%s</Prefix><KeyCount>%d</KeyCount><IsTruncated>false</IsTruncated>"
            .formatted(prefix, keys.size()));
    for (String key : keys) {
      if (delimiter.isEmpty() || !key.substring(prefix.length()).contains(delimiter)) {
        xml.append(
            "<Contents><Key>%s</Key><Size>%d</Size><LastModified>2026-01-01T00:00:00Z</LastModified></Contents>"
                .formatted(key, Files.size(folder.resolve(key))));
      }
    }
    if (!delimiter.isEmpty()) {
      keys.stream()
          .filter(key -> key.indexOf(delimiter, prefix.length()) >= 0)
          .map(key -> key.substring(0, key.indexOf(delimiter, prefix.length()) + 1))
          .distinct()
          .forEach(
              common ->
                  xml.append(
                      "<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes>".formatted(common)));
    }
    return xml.append("</ListBucketResult>").toString();
  }

  private Stream<String> keys() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList()
          .stream();
    }
  }

  private static void sendObject(HttpExchange exchange, byte[] object) throws IOException {
    Matcher range = RANGE.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("Range")));
    if (!range.matches()) {
      send(exchange, 200, object);
      return;
    }
    int from = Integer.parseInt(range.group(1));
    int last =
        range.group(2).isEmpty()
            ? object.length - 1
            : Math.min(object.length - 1, Integer.parseInt(range.group(2)));
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes %d-%d/%d".formatted(from, last, object.length));
    send(exchange, 206, Arrays.copyOfRange(object, from, last + 1));
  }

  /** What is only asked about is only told the length. */
  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
