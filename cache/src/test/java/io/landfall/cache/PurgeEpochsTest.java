package io.landfall.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.InvariantBroken;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Purges as epochs. */
class PurgeEpochsTest {
  private static final PurgeMarks MARKS = new PurgeMarks(new SipHash(1, 2));
  private static final PurgeMarks.Place PLACE =
      new PurgeMarks.Place("shop", "https", "shop.example", "/img/cats/1.png?v=2");
  private static final long[] CAT = MARKS.of(PLACE, List.of("cats", "all"), List.of("g"));

  private final PurgeEpochs epochs = new PurgeEpochs(MARKS, 100);

  @Test
  void eachKindOfPurgeTakesWhatItNames() {
    for (Purge purge :
        List.of(
            new Purge.Everything(),
            new Purge.OfService("shop"),
            new Purge.OfHost("shop.example"),
            new Purge.OfPrefix("shop.example", "/"),
            new Purge.OfPrefix("shop.example", "/img"),
            new Purge.OfPrefix("shop.example", "/img/"),
            new Purge.OfPrefix("shop.example", "/img/cats/"),
            new Purge.OfPrefix("shop.example", "/img/cats/1.png"),
            new Purge.OfUrl("shop.example", "/img/cats/1.png?v=2"),
            new Purge.OfTag("shop", "cats"),
            new Purge.OfGroup("https", "shop.example", "g"))) {
      assertThat(after(purge, false)).as(purge.toString()).isEqualTo(PurgeVerdict.PURGED);
      assertThat(after(purge, true)).as(purge.toString()).isEqualTo(PurgeVerdict.SOFTLY_PURGED);
    }
  }

  @Test
  void noPurgeTakesMore() {
    for (Purge purge :
        List.of(
            new Purge.OfService("shop2"),
            new Purge.OfHost("shop.example:8443"),
            new Purge.OfPrefix("shop.example", "/im"),
            new Purge.OfPrefix("shop.example", "/img/cat"),
            new Purge.OfPrefix("other.example", "/img"),
            new Purge.OfUrl("shop.example", "/img/cats/1.png"),
            new Purge.OfTag("other", "cats"),
            new Purge.OfTag("shop", "cat"),
            new Purge.OfGroup("http", "shop.example", "g"))) {
      assertThat(after(purge, false)).as(purge.toString()).isEqualTo(PurgeVerdict.VALID);
    }
  }

  @Test
  void onlyWhatWasAskedForBeforeIsPurged() {
    epochs.apply(new Purge.OfTag("shop", "cats"), false, 5);
    assertThat(epochs.check(CAT, 4)).isEqualTo(PurgeVerdict.PURGED);
    assertThat(epochs.check(CAT, 5)).isEqualTo(PurgeVerdict.VALID);
    epochs.apply(new Purge.OfTag("shop", "dogs"), false, 6);
    assertThat(epochs.check(CAT, 5)).isEqualTo(PurgeVerdict.VALID);
    assertThat(epochs.latest()).isEqualTo(6);
  }

  @Test
  void aHardPurgeBeatsASoftOneInEitherOrder() {
    epochs.apply(new Purge.OfTag("shop", "cats"), true, 1);
    epochs.apply(new Purge.OfTag("shop", "all"), false, 2);
    epochs.apply(new Purge.OfTag("shop", "all"), true, 3);
    assertThat(epochs.check(CAT, 0)).isEqualTo(PurgeVerdict.PURGED);
    assertThat(epochs.check(CAT, 2)).isEqualTo(PurgeVerdict.SOFTLY_PURGED);
  }

  @Test
  void deepPathsArePurgedByTheSegmentsAboveThem() {
    String deep = "/d".repeat(PurgeMarks.MOST_SEGMENTS + 8) + "/x";
    long[] marks = MARKS.of(new PurgeMarks.Place("s", "http", "h", deep), List.of(), List.of());
    assertThat(marks).hasSize(3 + PurgeMarks.MOST_SEGMENTS);
    epochs.apply(new Purge.OfPrefix("h", "/d".repeat(PurgeMarks.MOST_SEGMENTS)), false, 1);
    assertThat(epochs.check(marks, 0)).isEqualTo(PurgeVerdict.PURGED);
    assertThat(PurgeMarks.isPrefix(deep)).isFalse();
    assertThat(PurgeMarks.isPrefix("/a/")).isTrue();
    assertThat(PurgeMarks.isPrefix("a")).isFalse();
    assertThatThrownBy(() -> epochs.apply(new Purge.OfPrefix("h", deep), false, 2))
        .isInstanceOf(InvariantBroken.class);
  }

  @Test
  void epochsGrow() {
    epochs.apply(new Purge.Everything(), false, 5);
    assertThatThrownBy(() -> epochs.apply(new Purge.Everything(), false, 5))
        .isInstanceOf(InvariantBroken.class);
  }

  @Test
  void whatNoResponseNeedsIsForgotten() {
    for (int i = 1; i <= 50; i++) {
      epochs.apply(new Purge.OfTag("shop", "t" + i), false, i);
    }
    epochs.forget(40);
    assertThat(epochs.size()).isEqualTo(10);
    assertThat(epochs.check(tagged("t41"), 40)).isEqualTo(PurgeVerdict.PURGED);
    assertThat(epochs.check(tagged("t40"), 40)).isEqualTo(PurgeVerdict.VALID);
    epochs.apply(new Purge.Everything(), false, 60);
    assertThat(epochs.size()).isZero();
    assertThat(epochs.check(tagged("new"), 59)).isEqualTo(PurgeVerdict.PURGED);
  }

  @Test
  void aStormOfPurgesTakesTooMuchAndNeverTooLittle() {
    Random random = new Random(42);
    List<Integer> tags = new ArrayList<>();
    tags.add(0);
    for (int epoch = 1; epoch <= 20_000; epoch++) {
      int tag = random.nextInt(5000);
      tags.add(tag);
      epochs.apply(new Purge.OfTag("shop", "t" + tag), false, epoch);
      assertThat(epochs.size()).isLessThanOrEqualTo(100);
      int since = Math.max(0, epoch - random.nextInt(300));
      int asked = tags.get(random.nextInt(tags.size()));
      boolean purged = tags.subList(since + 1, tags.size()).contains(asked);
      PurgeVerdict verdict = epochs.check(tagged("t" + asked), since);
      if (purged) {
        assertThat(verdict).isEqualTo(PurgeVerdict.PURGED);
      } else if (since > epoch - 40) {
        assertThat(verdict).as("young ones are judged exactly").isEqualTo(PurgeVerdict.VALID);
      }
    }
    assertThat(epochs.folds()).isPositive();
  }

  private static PurgeVerdict after(Purge purge, boolean soft) {
    PurgeEpochs fresh = new PurgeEpochs(MARKS, 100);
    fresh.apply(purge, soft, 1);
    assertThat(fresh.check(CAT, 1)).isEqualTo(PurgeVerdict.VALID);
    return fresh.check(CAT, 0);
  }

  private static long[] tagged(String tag) {
    return MARKS.of(PLACE, List.of(tag), List.of());
  }
}
