package io.landfall.edge.rules;

import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.HttpVersion;
import io.landfall.edge.http.Method;
import io.landfall.edge.http.RequestHead;
import io.netty.util.AsciiString;

/** Heads of requests to shop.test, for tests of rules. */
final class Heads {
  private Heads() {}

  /** A request without fields. */
  static RequestHead of(String method, AsciiString scheme, String target) {
    return of(method, scheme, target, new FieldLines());
  }

  /** A GET of / by http, with fields, each {@code name: value}. */
  static RequestHead with(String... lines) {
    return of("GET", RequestHead.HTTP, "/", fields(lines));
  }

  private static RequestHead of(
      String method, AsciiString scheme, String target, FieldLines fields) {
    return new RequestHead(
        Method.of(AsciiString.of(method)),
        scheme,
        AsciiString.of("shop.test"),
        "shop.test",
        target,
        HttpVersion.HTTP_1_1,
        fields,
        Framing.NONE);
  }

  /** Fields, each {@code name: value}. */
  static FieldLines fields(String... lines) {
    FieldLines fields = new FieldLines();
    for (String line : lines) {
      String[] parts = line.split(": ", 2);
      fields.add(AsciiString.of(parts[0]), AsciiString.of(parts[1]));
    }
    return fields;
  }
}
