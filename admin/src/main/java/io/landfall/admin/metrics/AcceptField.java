package io.landfall.admin.metrics;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The field Accept of a scrape (RFC 9110 section 12.5.1). */
final class AcceptField {
  private AcceptField() {}

  /**
   * Which of some media types is wanted most: the one with the highest weight, of equal ones the
   * one that is named first; empty if none is named, or all with {@code q=0}. Ranges such as {@code
   * text/*} name none.
   */
  static Optional<String> best(String field, List<String> types) {
    String best = null;
    double most = 0;
    for (String member : field.split(",", -1)) {
      String[] parts = member.split(";", -1);
      String type = parts[0].strip().toLowerCase(Locale.ROOT);
      double weight = weight(parts);
      if (weight > most && types.contains(type)) {
        best = type;
        most = weight;
      }
    }
    return Optional.ofNullable(best);
  }

  /** The parameter q; 1 if there is none, and 0 if it is no number. */
  private static double weight(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String[] parameter = parts[i].split("=", 2);
      if (parameter.length == 2 && parameter[0].strip().equalsIgnoreCase("q")) {
        try {
          return Double.parseDouble(parameter[1].strip());
        } catch (NumberFormatException e) {
          return 0;
        }
      }
    }
    return 1;
  }
}
