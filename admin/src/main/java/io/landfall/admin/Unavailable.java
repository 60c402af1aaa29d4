package io.landfall.admin;

/** The node has no answer now, though the question is right: a 503 with this sentence. */
public final class Unavailable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the reason, for a person. */
  public Unavailable(String sentence) {
    super(sentence, null, false, false);
  }

  String sentence() {
    return String.valueOf(getMessage());
  }
}
