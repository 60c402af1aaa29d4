package io.landfall.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.landfall.core.InvariantBroken;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The files of the console's page, which are part of the program. */
final class ConsoleFiles {
  private static final String SCRIPT = "text/javascript; charset=utf-8";

  private static final int ETAG_BYTES = 12;

  /** By name; no other is read, so no path leads anywhere else. */
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("index.html", "text/html; charset=utf-8"),
          Map.entry("console.css", "text/css; charset=utf-8"),
          Map.entry("icon.svg", "image/svg+xml"),
          Map.entry("main.js", SCRIPT),
          Map.entry("dom.js", SCRIPT),
          Map.entry("model.js", SCRIPT),
          Map.entry("ring.js", SCRIPT),
          Map.entry("matrix.js", SCRIPT),
          Map.entry("tables.js", SCRIPT),
          Map.entry("explain.js", SCRIPT));

  private static final Map<String, Content> READ = new ConcurrentHashMap<>();

  private ConsoleFiles() {}

  /**
   * One file.
   *
   * @param type its media type
   * @param text what is in it
   * @param etag a strong validator (RFC 9110 section 8.8.3)
   */
  record Content(String type, String text, String etag) {}

  /** The file of that name; empty text is the page. Empty when there is none. */
  static Optional<Content> find(String name) {
    String asked = name.isEmpty() ? "index.html" : name;
    return TYPES.containsKey(asked)
        ? Optional.of(READ.computeIfAbsent(asked, ConsoleFiles::read))
        : Optional.empty();
  }

  private static Content read(String name) {
    try (InputStream file = ConsoleFiles.class.getResourceAsStream("console/" + name)) {
      if (file == null) {
        throw new InvariantBroken("the console's file " + name + " is part of the program");
      }
      byte[] bytes = file.readAllBytes();
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      String etag = '"' + HexFormat.of().formatHex(hash, 0, ETAG_BYTES) + '"';
      return new Content(TYPES.getOrDefault(name, ""), new String(bytes, UTF_8), etag);
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new InvariantBroken("the console's file " + name + " cannot be read", e);
    }
  }
}
