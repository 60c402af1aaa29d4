package io.landfall.edge.http;

import io.landfall.core.Clock;
import io.netty.util.AsciiString;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The value of a Date field (RFC 9110 section 5.6.7), made once a second. */
public final class HttpDate {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private final Clock clock;
  private long second = -1;
  private AsciiString text = AsciiString.EMPTY_STRING;

  /** Dates by the wall time of a clock. */
  public HttpDate(Clock clock) {
    this.clock = clock;
  }

  /** The value of a Date field now. */
  public AsciiString now() {
    long current = clock.wallMillis() / 1000;
    if (current != second) {
      second = current;
      text = AsciiString.of(FORMAT.format(Instant.ofEpochSecond(current)));
    }
    return text;
  }
}
