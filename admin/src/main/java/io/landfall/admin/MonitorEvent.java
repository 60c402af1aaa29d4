package io.landfall.admin;

import io.landfall.admin.json.Inline;
import io.landfall.admin.json.JsonWriter;
import java.time.Instant;
import java.util.Optional;

/**
 * One line of {@code monitor}.
 *
 * @param time when
 * @param type what kind of thing changed: {@code route}, {@code peer}, {@code signal}, {@code
 *     refused}, {@code drain}; and of the stream itself {@code watching} and {@code lost}
 * @param cause why: the overlay's cause such as {@code UPDATE} or {@code SESSION_LOST}, or the rule
 * @param subject what it is about
 * @param before what was so; absent when there was nothing
 * @param after what is so now; absent when there is nothing
 * @param why for people: the probe's reason, the NOTIFICATION's text, what was refused
 */
public record MonitorEvent(
    Instant time,
    String type,
    String cause,
    @Inline Subject subject,
    Optional<?> before,
    Optional<?> after,
    String why)
    implements StreamedLine {
  /**
   * What an event is about.
   *
   * @param peer the peer that it came from or is about
   * @param name the name of the service or node that it is about
   * @param address the host that it is about
   */
  public record Subject(Optional<String> peer, Optional<String> name, Optional<String> address) {
    /** Of an event that is about the stream itself. */
    public static final Subject NONE =
        new Subject(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** An event about the stream itself. */
  static MonitorEvent ofStream(Instant time, String type, String why) {
    return new MonitorEvent(time, type, "", Subject.NONE, Optional.empty(), Optional.empty(), why);
  }

  /** The event as one line of JSON, with its end of line. */
  @Override
  public String toLine() {
    return JsonWriter.text(this);
  }
}
