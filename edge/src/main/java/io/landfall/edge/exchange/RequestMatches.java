package io.landfall.edge.exchange;

import io.landfall.edge.RequestMatch;
import io.landfall.edge.http.Cookies;
import io.landfall.edge.http.FieldLines;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;

/** Which requests have what a backend asks for that is kept for some of them. */
final class RequestMatches {
  /** So many cookies of one name are looked at: clients make them up. */
  static final int MOST_COOKIES = 8;

  private RequestMatches() {}

  /** Those conditions that a request with these fields meets. */
  static List<RequestMatch> among(List<RequestMatch> conditions, FieldLines fields) {
    if (conditions.isEmpty()) {
      return conditions;
    }
    List<RequestMatch> met = new ArrayList<>(0);
    for (RequestMatch condition : conditions) {
      if (isMet(condition, fields)) {
        met.add(condition);
      }
    }
    return met;
  }

  private static boolean isMet(RequestMatch condition, FieldLines fields) {
    AsciiString wanted = condition.value().orElse(null);
    switch (condition.part()) {
      case COOKIE -> {
        for (AsciiString value : Cookies.values(fields, condition.name(), MOST_COOKIES)) {
          if (wanted == null || wanted.equals(value)) {
            return true;
          }
        }
      }
      case FIELD -> {
        for (int i = 0; i < fields.size(); i++) {
          if (fields.name(i).equals(condition.name())
              && (wanted == null || wanted.equals(fields.value(i)))) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
