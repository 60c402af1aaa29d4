package io.landfall.edge.cache;

import io.landfall.cache.CacheRequest;
import io.landfall.cache.CollapseRule;
import io.landfall.cache.Vary;
import io.landfall.edge.http.ResponseHead;
import org.jspecify.annotations.Nullable;

/** Begins the fetches that one request needs, or joins those that are under way. */
final class Fetches {
  private final Lookup lookup;

  /** What selected a response that is on its way, of which nothing is stored yet. */
  private Vary selection = Vary.NONE;

  /**
   * A fetch that is read.
   *
   * @param fill it, held
   * @param leads whether it is new, and for who reads it
   */
  record Lead(Fill fill, boolean leads) {}

  Fetches(Lookup lookup) {
    this.lookup = lookup;
  }

  /** What is waited for is another variant, which these fields selected. */
  void selectedBy(Vary vary) {
    selection = vary;
  }

  /**
   * What requests have in common that wait for the same fetch.
   *
   * @param place where what comes is stored
   * @param slice which slice it is, or {@link io.landfall.cache.Slices#WHOLE}
   */
  FillKey key(StoredKey primary, StoredKey place, long slice) {
    Entry entry = lookup.service().tier().get(place);
    Vary vary = entry == null ? selection : entry.vary();
    String selecting = vary.secondaryKey(lookup.request().fields());
    boolean fromNode = lookup.arrived().peer().isPresent();
    return new FillKey(lookup.service(), primary, selecting, fromNode, slice);
  }

  /** Whether requests like this one do not wait for a fetch, or none waits for theirs. */
  boolean goesAlone(FillKey key) {
    CollapseRule rule =
        CollapseRule.decide(
            lookup.request(),
            lookup.directives(),
            lookup.cache().fills().contains(key),
            lookup.service().aloneUntilMillis(key.key()),
            lookup.cache().nowMillis());
    return rule == CollapseRule.ALONE;
  }

  /** HEAD, sent as the key has it, was answered: that tells whether what is stored is right. */
  void headAnswered(FillKey key, StoredResponse held, ResponseHead head) {
    CacheRequest asked = lookup.request();
    CacheRequest get = new CacheRequest("GET", asked.target(), asked.fields(), false);
    held.retain();
    FillJudge judge = new FillJudge(lookup, key, get, held);
    judge.headAnswered(head, lookup.arrived().loop().date());
    judge.release();
  }

  /** One that none shares. */
  Lead alone(FillKey key, @Nullable StoredResponse validated) {
    Fill own = fill(key, validated, false);
    own.retain();
    return new Lead(own, true);
  }

  /** One under way, or a new one. */
  Lead shared(FillKey key, @Nullable StoredResponse validated) {
    Fill[] made = new Fill[1];
    Fill shared =
        lookup
            .cache()
            .fills()
            .joinOrLead(
                key,
                () -> {
                  made[0] = fill(key, validated, false);
                  return made[0];
                });
    return new Lead(shared, shared.equals(made[0]));
  }

  /** Asks whether what is stored is right while it is used. */
  void revalidate(FillKey key, StoredResponse held) {
    // Behind the answer, which is on its way in this very event.
    lookup.cache().fills().leadLater(key, () -> fill(key, held, true), lookup.loop().executor());
  }

  private Fill fill(FillKey key, @Nullable StoredResponse validated, boolean background) {
    if (validated != null) {
      validated.retain();
    }
    return new Fill(lookup, key, validated, background);
  }
}
