package io.landfall.node;

import org.jspecify.annotations.Nullable;

/**
 * The node cannot start; the message names what is wrong and where, for the person who started it.
 */
public final class StartFailed extends Exception {
  private static final long serialVersionUID = 1L;

  private final String key;
  private final String rule;

  /** A failure with its sentence. */
  public StartFailed(String sentence) {
    this(sentence, (Throwable) null);
  }

  /**
   * A failure for what the config names.
   *
   * @param key the config's key, such as {@code trust.certificate}
   * @param rule the rule that is broken, and what to do
   */
  public StartFailed(String key, String rule) {
    this(key, rule, null);
  }

  /** The same, with what caused it. */
  public StartFailed(String key, String rule, @Nullable Throwable cause) {
    super(key + ": " + rule, cause);
    this.key = key;
    this.rule = rule;
  }

  /** The config's key that is to blame; empty when no single one is known. */
  public String key() {
    return key;
  }

  /** What is wrong, without the key. */
  public String rule() {
    return rule;
  }

  /** A failure with its sentence and what caused it. */
  public StartFailed(String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
    this.key = "";
    this.rule = sentence;
  }
}
