package io.landfall.cache;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What of a query counts. The target that the rules give is keyed and is also the one that goes to
 * the origin: what a key leaves out the origin does not see, so it cannot get into the response
 * that others receive.
 *
 * @param mode which parameters stay
 * @param names the parameters that the mode is about, as they are written, compared byte for byte
 * @param sorted whether parameters are put in the order of their names; equal names stay in theirs
 */
public record QueryRules(Mode mode, List<String> names, boolean sorted) {
  /** Parameters of a query; a query with more is keyed as it came. */
  private static final int MOST_PARAMETERS = 256;

  /** Which parameters stay. */
  public enum Mode {
    /** All. */
    ALL,
    /** All but the ones named; a name that ends with an asterisk names all that begin with it. */
    ALL_BUT,
    /** Only the ones named. */
    ONLY,
    /** None: there is no query. */
    NONE
  }

  /** The query as it came. */
  public static final QueryRules WHOLE = new QueryRules(Mode.ALL, List.of(), false);

  /** Copies its list. */
  public QueryRules {
    names = List.copyOf(names);
  }

  /**
   * The target with the query that counts.
   *
   * @param target path and query
   * @return the target itself if nothing changes
   */
  public String apply(String target) {
    int mark = target.indexOf('?');
    if (mark < 0 || (mode == Mode.ALL && !sorted)) {
      return target;
    }
    if (mode == Mode.NONE) {
      return target.substring(0, mark);
    }
    List<String> kept = new ArrayList<>();
    int parameters = 0;
    int at = mark + 1;
    while (at <= target.length()) {
      int end = target.indexOf('&', at);
      end = end < 0 ? target.length() : end;
      String parameter = target.substring(at, end);
      if (stays(name(parameter))) {
        kept.add(parameter);
      }
      at = end + 1;
      parameters++;
      if (parameters > MOST_PARAMETERS) {
        return target;
      }
    }
    if (sorted) {
      kept.sort(Comparator.comparing(QueryRules::name));
    }
    String query = String.join("&", kept);
    String result = target.substring(0, mark) + (kept.isEmpty() ? "" : "?" + query);
    return result.equals(target) ? target : result;
  }

  private boolean stays(String name) {
    return mode == Mode.ALL || (mode == Mode.ONLY) == isNamed(name);
  }

  private boolean isNamed(String name) {
    for (String each : names) {
      boolean begins = each.endsWith("*") && name.startsWith(each.substring(0, each.length() - 1));
      if (begins || each.equals(name)) {
        return true;
      }
    }
    return false;
  }

  private static String name(String parameter) {
    int equals = parameter.indexOf('=');
    return equals < 0 ? parameter : parameter.substring(0, equals);
  }
}
