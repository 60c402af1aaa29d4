package io.landfall.config;

/**
 * One thing wrong with a config file: where, what rule, and what to do.
 *
 * @param file the file as it was named
 * @param line the line, from 1; 0 when the problem is the file itself
 * @param key the dotted path of the key, such as {@code services.shop.identity}; may be empty
 * @param rule the rule that is broken, with the offending value
 * @param fix what to write instead
 */
public record ConfigProblem(String file, int line, String key, String rule, String fix) {
  /** The same problem of a file that is named as a person named it. */
  public ConfigProblem in(String name) {
    return new ConfigProblem(name, line, key, rule, fix);
  }

  /** {@code file:line: key.path: rule; fix}. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(file);
    if (line > 0) {
      out.append(':').append(line);
    }
    out.append(": ");
    if (!key.isEmpty()) {
      out.append(key).append(": ");
    }
    out.append(rule);
    if (!fix.isEmpty()) {
      out.append("; ").append(fix);
    }
    return out.toString();
  }
}
