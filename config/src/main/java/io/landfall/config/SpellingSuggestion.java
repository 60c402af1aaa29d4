package io.landfall.config;

import java.util.Collection;
import java.util.Optional;

/** Finds the known word that was probably meant. */
public final class SpellingSuggestion {
  private SpellingSuggestion() {}

  /**
   * The known word nearest to a given one by edits (insert, delete, change, swap neighbours), when
   * at most a third of the word is wrong.
   */
  public static Optional<String> to(String word, Collection<String> known) {
    int limit = Math.max(1, word.length() / 3);
    Optional<String> best = Optional.empty();
    for (String candidate : known) {
      int distance = distance(word, candidate);
      if (distance <= limit) {
        limit = distance - 1;
        best = Optional.of(candidate);
      }
    }
    return best;
  }

  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        int least = Math.min(cost[i - 1][j], cost[i][j - 1]) + 1;
        least = Math.min(least, cost[i - 1][j - 1] + (same ? 0 : 1));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        cost[i][j] = swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
      }
    }
    return cost[a.length()][b.length()];
  }
}
