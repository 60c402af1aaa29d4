package io.landfall.edge.cache;

import io.landfall.cache.AcceptedCodings;
import io.landfall.cache.Coding;
import io.landfall.cache.CompressionPolicy;
import io.landfall.cache.CompressionRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which variant of a stored response a request gets: the one that it prefers, if it is there; else
 * that is made for later requests, and this one gets what there is. On the request's event loop.
 */
final class CodedChoice {
  private CodedChoice() {}

  /**
   * Chooses. Other nodes get what is stored as it is: they make variants of their own.
   *
   * @param source all of it is here, and held for the request
   * @param isStored whether it is stored, so that a variant of it is of use to others
   * @return one that is there; null for what is stored as it is
   */
  static @Nullable Coding of(Lookup lookup, StoredResponse source, boolean isStored) {
    CompressionPolicy policy = lookup.service().policy().compression();
    Body body = source.body();
    boolean may =
        source.head().codable()
            && body.onDisk() == null
            && policy.takes(body.length())
            && lookup.arrived().peer().isEmpty()
            && CompressionRule.mayGetVariant(lookup.request(), lookup.directives(), policy);
    if (!may) {
      return null;
    }
    AcceptedCodings accepted = lookup.loop().accepted(lookup.request().fields());
    Coding best = accepted.best(policy.codings());
    StoredKey key = lookup.key();
    if (best == null || key == null) {
      return null;
    }
    if (body.codings().made(best) != null) {
      return best;
    }
    if (isStored) {
      lookup.cache().compressor().make(lookup.service(), key, source, best, lookup.cache());
    }
    return accepted.best(made(body.codings(), policy.codings()));
  }

  private static List<Coding> made(CodedBodies variants, List<Coding> codings) {
    List<Coding> made = new ArrayList<>(codings.size());
    for (Coding each : codings) {
      if (variants.made(each) != null) {
        made.add(each);
      }
    }
    return made;
  }
}
