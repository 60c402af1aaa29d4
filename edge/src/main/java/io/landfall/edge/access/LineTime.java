package io.landfall.edge.access;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The time in lines, in UTC: made once a second, for lines of that second. Of one event loop. */
public final class LineTime {
  private static final DateTimeFormatter JSON =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter COMBINED =
      DateTimeFormatter.ofPattern("dd/MMM/uuuu:HH:mm:ss +0000", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final AccessLog.Format format;
  private long second = Long.MIN_VALUE;
  private String text = "";

  /** For lines of a format. */
  public LineTime(AccessLog.Format format) {
    this.format = format;
  }

  /** Writes a time: for JSON with milliseconds (RFC 3339), else as in the Common Log Format. */
  public void write(long wallMillis, LineBytes to) {
    long now = Math.floorDiv(wallMillis, 1_000L);
    if (now != second) {
      second = now;
      DateTimeFormatter how = format == AccessLog.Format.JSON ? JSON : COMBINED;
      text = how.format(Instant.ofEpochSecond(now));
    }
    to.text(text);
    if (format == AccessLog.Format.JSON) {
      int millis = (int) Math.floorMod(wallMillis, 1_000L);
      to.text(millis < 10 ? "00" : millis < 100 ? "0" : "").number(millis).text("Z");
    }
  }
}
