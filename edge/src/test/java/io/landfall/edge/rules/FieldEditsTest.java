package io.landfall.edge.rules;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.ClientClaims.Lookalikes;
import io.landfall.edge.Rules;
import io.landfall.edge.TrafficSettings.FieldChanges;
import io.landfall.edge.http.FieldLines;
import io.netty.util.AsciiString;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is set and removed of fields, and what stays. */
class FieldEditsTest {
  private static final FieldChanges SET = Rules.changes(List.of("x-env: prod"));
  private static final FieldChanges REMOVED = Rules.changes(List.of(), "server");
  private static final FieldChanges BOTH = Rules.changes(List.of("x-env: prod"), "server");

  private static FieldEdits of(FieldChanges changes) {
    return requireNonNull(FieldEdits.of(changes));
  }

  private static FieldEdits ofRequests(FieldChanges changes, Lookalikes lookalikes) {
    return requireNonNull(FieldEdits.ofRequests(changes, lookalikes));
  }

  @Test
  void whatChangesNothingIsNull() {
    assertThat(FieldEdits.of(FieldChanges.NONE)).isNull();
    assertThat(FieldEdits.ofRequests(FieldChanges.NONE, Lookalikes.DROP)).isNull();
    for (FieldChanges changes : List.of(SET, REMOVED)) {
      assertThat(FieldEdits.of(changes)).isNotNull();
      assertThat(FieldEdits.ofRequests(changes, Lookalikes.DROP)).isNotNull();
    }
  }

  @Test
  void whatIsSetStandsOnceAtTheEndAndWhatIsRemovedIsGone() {
    FieldLines given = Heads.fields("x-env: mine", "a: 1", "server: app", "x-env: too", "b: 2");
    String wanted = "a: 1\nb: 2\nx-env: prod\n";
    assertThat(of(BOTH).copyOf(given)).hasToString(wanted);
    assertThat(given.size()).as("the copy leaves them").isEqualTo(5);
    assertThat(of(BOTH).applyTo(given)).hasToString(wanted);
    assertThat(of(BOTH).without(given)).hasToString("a: 1\nb: 2\n");
  }

  @Test
  void fieldsOfWhichNoneGoesAreAddedToThemselves() {
    FieldLines given = Heads.fields("a: 1");
    assertThat(of(BOTH).applyTo(given)).isSameAs(given).hasToString("a: 1\nx-env: prod\n");
    assertThat(of(BOTH).copyOf(Heads.fields())).hasToString("x-env: prod\n");
    FieldLines first = Heads.fields("server: app", "a: 1");
    assertThat(of(REMOVED).applyTo(first)).isNotSameAs(first).hasToString("a: 1\n");
  }

  @Test
  void aResponseOfThisNodeKeepsWhatItHas() {
    FieldEdits edits = of(Rules.changes(List.of("a: 1", "b: 2", "c: 3"), "d"));
    FieldLines own = Heads.fields("b: own", "d: own");
    edits.addMissing(own);
    assertThat(own).hasToString("b: own\nd: own\na: 1\nc: 3\n");
  }

  @Test
  void whatABackendCouldTakeForOneOfThemGoesOnlyIfThatIsWanted() {
    FieldChanges changes = Rules.changes(List.of("x-my-env: prod"), "-x");
    String lines = "x_my-env: 1\nx.my.env: 1\n_x: 2\nx_own: 3\nown: 4\n";
    FieldLines given = Heads.fields(lines.split("\n"));
    assertThat(ofRequests(changes, Lookalikes.DROP).without(given))
        .hasToString("x_own: 3\nown: 4\n");
    assertThat(ofRequests(changes, Lookalikes.DROP).applyTo(Heads.fields("x_own: 3")))
        .hasToString("x_own: 3\nx-my-env: prod\n");
    assertThat(ofRequests(changes, Lookalikes.PASS).without(given)).hasToString(lines);
    assertThat(of(changes).without(given)).hasToString(lines);
  }

  @Test
  void aFieldThatMayNotBeSetIsTakenOutOfTheChanges() {
    FieldChanges changes = Rules.changes(List.of("a: 1", "b: 2"), "a");
    assertThat(FieldEdits.withoutSetting(changes, AsciiString.of("a")))
        .isEqualTo(Rules.changes(List.of("b: 2"), "a"));
    assertThat(FieldEdits.withoutSetting(changes, AsciiString.of("c"))).isEqualTo(changes);
  }
}
