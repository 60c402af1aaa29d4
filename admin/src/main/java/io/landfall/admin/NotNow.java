package io.landfall.admin;

/** There is no answer now, for a reason that is nobody's mistake: a 503 with this sentence. */
public final class NotNow extends Exception {
  private static final long serialVersionUID = 1L;

  private final String sentence;

  /** Says why, to a person. */
  public NotNow(String sentence) {
    super(sentence);
    this.sentence = sentence;
  }

  String sentence() {
    return sentence;
  }
}
