package io.landfall.edge.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A part of a request that could change the answer, what the cache makes of it, and requests that
 * try to get it into what others receive. The table in docs/caching.md has the same ones.
 *
 * @param name the part, as the table has it
 * @param effect what becomes of it
 * @param attacks requests with it: {@code @} is the path, {@code ~} the path behind its first
 *     letter, {@code (at)} an at sign, and each ends with an empty line
 */
record UnkeyedInput(String name, Effect effect, List<String> attacks) {
  /** What becomes of a part of a request. */
  enum Effect {
    /** Requests that differ in it have keys of their own. */
    KEY("in the key"),
    /** The origin does not see it, or sees what the node writes in its place. */
    NOT_SENT("not sent on"),
    /** The request is answered with an error, and asked of no origin. */
    REFUSED("refused"),
    /** The response to the request is not stored. */
    NOT_STORED("not stored"),
    /** It goes to the origin, which has to name it in Vary if it selects the response. */
    VARY("by Vary"),
    /** It goes to the origin; what names it in Vary is not stored. */
    PASSED("sent on");

    final String text;

    Effect(String text) {
      this.text = text;
    }
  }

  /** A GET for shop.test with each of these fields. */
  static UnkeyedInput fields(String name, Effect effect, String... lines) {
    return new UnkeyedInput(
        name,
        effect,
        List.of(lines).stream()
            .map(each -> "GET @ HTTP/1.1\nHost: shop.test\n" + each + "\n\n")
            .toList());
  }

  /** A GET for shop.test for each of these targets. */
  static UnkeyedInput targets(String name, Effect effect, String... targets) {
    return new UnkeyedInput(
        name,
        effect,
        List.of(targets).stream()
            .map(each -> "GET " + each + " HTTP/1.1\nHost: shop.test\n\n")
            .toList());
  }

  /** One that tests of its own are about. */
  static UnkeyedInput apart(String name, Effect effect) {
    return new UnkeyedInput(name, effect, List.of());
  }

  /** An attack on a path. */
  static String on(String path, String attack) {
    return attack.replace("@", path).replace("~", path.substring(2)).replace("(at)", "@");
  }

  /** The first two columns of the rows of the table in the page. */
  static List<String> ofPage() {
    try {
      List<String> lines = Files.readAllLines(Path.of("..", "docs", "caching.md"));
      int from = lines.indexOf("| input | what becomes of it | why, and what else |");
      return lines.stream()
          .skip(from + 2L)
          .takeWhile(each -> each.startsWith("|"))
          .map(each -> each.split("\\s*\\|\\s*"))
          .map(each -> each[1] + ": " + each[2])
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
