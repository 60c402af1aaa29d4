package io.landfall.acme;

import java.time.Duration;
import java.util.Optional;

/** An order that came to nothing, with the reason for people. */
public final class AcmeFailure extends Exception {
  private static final long serialVersionUID = 1;

  /** The most characters of a text of the CA that are kept. */
  static final int MAX_TEXT = 300;

  private final String type;

  /** Seconds; below 0 for none. */
  private final long retryAfterSeconds;

  /** Without anything that the CA has answered. */
  public AcmeFailure(String why) {
    this(why, "", Optional.empty());
  }

  /**
   * What the CA has answered.
   *
   * @param type the last part of the problem's URN (RFC 8555 section 6.7); may be empty
   * @param retryAfter how long the CA asks to wait
   */
  AcmeFailure(String why, String type, Optional<Duration> retryAfter) {
    super(why);
    this.type = type;
    this.retryAfterSeconds = retryAfter.map(Duration::toSeconds).orElse(-1L);
  }

  /** Why, in a sentence. */
  public String why() {
    String why = getMessage();
    return why == null ? "" : why;
  }

  /** The last part of the problem's URN, such as {@code rateLimited}; may be empty. */
  public String type() {
    return type;
  }

  /** How long the CA asks to wait; empty if it has not. */
  public Optional<Duration> retryAfter() {
    return retryAfterSeconds < 0
        ? Optional.empty()
        : Optional.of(Duration.ofSeconds(retryAfterSeconds));
  }

  /** A text of somebody else: printable ASCII, in one line, not longer than a bound. */
  static String clean(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length() && out.length() < MAX_TEXT; i++) {
      char c = text.charAt(i);
      out.append(c >= ' ' && c <= '~' ? c : ' ');
    }
    return out.toString().strip() + (text.length() > MAX_TEXT ? " ..." : "");
  }
}
