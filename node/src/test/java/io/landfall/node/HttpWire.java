package io.landfall.node;

import io.landfall.admin.client.HttpCall;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** One HTTP exchange on one connection, to a TCP address or a Unix socket. */
final class HttpWire {
  private HttpWire() {}

  /** An answer; the body with a character for each byte. */
  record Answer(HttpCall.Answer whole) {
    int status() {
      return whole.status();
    }

    String body() {
      return new String(whole.content(), StandardCharsets.ISO_8859_1);
    }

    List<String> fields() {
      return whole.headers();
    }

    /** The field's value, its lines joined as RFC 9110 section 5.3 allows. */
    Optional<String> field(String name) {
      return whole.headers(name).stream().reduce((first, second) -> first + ", " + second);
    }
  }

  static Answer get(SocketAddress to, String host, String target, String... fields) {
    return send(to, "GET", host, target, "", fields);
  }

  static Answer send(
      SocketAddress to, String method, String host, String target, String body, String... fields) {
    try {
      return new Answer(
          HttpCall.send(
              to,
              new HttpCall.Request(method, host, target, List.of(fields), body),
              Await.PATIENCE.toMillis()));
    } catch (IOException e) {
      throw new AssertionError("no answer from " + to + ": " + e, e);
    }
  }
}
