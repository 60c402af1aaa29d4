package io.landfall.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.BodyVersion;
import io.landfall.cache.Slices;
import org.junit.jupiter.api.Test;

/** What is remembered of bodies that are fetched by slices. */
class KnownPartsTest {
  private static final StoredKey KEY = StoredThings.key("/a");
  private static final BodyVersion V1 = new BodyVersion("\"v1\"", "", 100);
  private static final BodyVersion V2 = new BodyVersion("\"v2\"", "", 90);

  private final KnownParts parts = new KnownParts(10);

  @Test
  void aChangeIsSeenBySelection() {
    assertThat(parts.came(KEY, 1, V1)).isFalse();
    assertThat(parts.came(KEY, 2, V2)).as("another selection").isFalse();
    assertThat(parts.length(KEY)).isEqualTo(90);
    assertThat(parts.came(KEY, 1, V1)).isFalse();
    assertThat(parts.came(KEY, 1, V2)).isTrue();
    assertThat(parts.came(KEY, 1, V2)).isFalse();
    assertThat(parts.came(StoredThings.key("/b"), 1, V1)).isFalse();
  }

  @Test
  void aLengthThatIsForgottenIsNotKnown() {
    parts.came(KEY, 1, V1);
    parts.forgetLength(KEY);
    assertThat(parts.length(KEY)).isEqualTo(Slices.UNKNOWN);
    assertThat(parts.came(KEY, 1, V2)).as("the version still is").isTrue();
  }

  @Test
  void aLengthThatIsForgottenDoesNotHideThatThereAreSlices() {
    assertThat(parts.hasSlices(KEY)).isFalse();
    parts.forgetLength(KEY);
    assertThat(parts.hasSlices(KEY)).isFalse();
    parts.came(KEY, 1, V1);
    parts.forgetLength(KEY);
    assertThat(parts.hasSlices(KEY)).isTrue();
  }

  @Test
  void aSliceThatIsGoneTellsOfAChangeOfWhatItsRequestSelects() {
    parts.came(KEY, 1, V1);
    assertThat(parts.isShorter(KEY, 1, 99)).isTrue();
    assertThat(parts.isShorter(KEY, 1, 100)).as("there never was one").isFalse();
    assertThat(parts.isShorter(KEY, 2, 99)).as("another selection").isFalse();
  }

  @Test
  void whatBeganBeforeAChangeTellsOfNoFurtherOne() {
    parts.changed(KEY, 4, 5, 1_000);
    parts.changed(KEY, 3, 6, 1_001);
    parts.changed(KEY, 4, 7, 1_002);
    assertThat(parts.goesPast(KEY, 1_003)).isFalse();
    parts.changed(KEY, 5, 8, 1_004);
    assertThat(parts.goesPast(KEY, 1_005)).isTrue();
    assertThat(parts.goesPast(KEY, 11_005)).isFalse();
  }

  @Test
  void aChangeThatWasLongAgoIsNoReasonToGoPast() {
    parts.changed(KEY, 4, 5, 1_000);
    parts.changed(KEY, 5, 6, 11_000);
    assertThat(parts.goesPast(KEY, 11_001)).isFalse();
    parts.changed(KEY, 6, 7, 11_002);
    assertThat(parts.goesPast(KEY, 11_003)).isTrue();
  }
}
