package io.landfall.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Block;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class DuplicatesTest {
  private static final long NOT_AFTER_MILLIS = 1_795_000_000_000L;
  private static final PeerIdentity NYC = certificate("a");
  private static final PeerIdentity OTHER = certificate("b");
  private final Duplicates duplicates = new Duplicates();

  private static PeerIdentity certificate(String digit) {
    PeerIdentity nyc = Peers.peer("nyc", "10.32.0.2", NOT_AFTER_MILLIS);
    return new PeerIdentity(
        nyc.name(),
        nyc.identity(),
        nyc.entitledServices(),
        digit.repeat(64),
        nyc.keys(),
        NOT_AFTER_MILLIS,
        "5e" + digit);
  }

  private static Holder holder(PeerIdentity certificate, String at, boolean dialled) {
    return new Holder(
        certificate, Endpoint.parse(at), dialled ? Direction.OUTGOING : Direction.INCOMING);
  }

  @Test
  void aDialOfEachSideIsNoDuplicate() {
    Holder live = holder(NYC, "203.0.113.2:8443", true);
    Holder came = holder(NYC, "203.0.113.2:51234", false);
    assertThat(came.clashIn(List.of(live), true)).isEmpty();
    assertThat(live.clashIn(List.of(came), true)).isEmpty();
    assertThat(came.clashIn(List.of(), true)).isEmpty();
  }

  @Test
  void theSameCertificateAtAnotherAddressOrAnotherDialledPortIsADuplicateOfASession() {
    Holder live = holder(NYC, "203.0.113.2:8443", true);
    Holder elsewhere = holder(NYC, "203.0.113.66:51234", false);
    Holder otherPort = holder(NYC, "203.0.113.2:9000", true);
    assertThat(elsewhere.clashIn(List.of(live), true)).contains(live);
    assertThat(otherPort.clashIn(List.of(live), true)).contains(live);
    // While neither has a session the two collide like any two connections.
    assertThat(elsewhere.clashIn(List.of(live), false)).isEmpty();
  }

  @Test
  void anotherCertificateOfTheIdentityIsADuplicateWhereverItIs() {
    Holder live = holder(NYC, "203.0.113.2:8443", true);
    Holder newcomer = holder(OTHER, "203.0.113.2:51234", false);
    assertThat(newcomer.clashIn(List.of(live), true)).contains(live);
    assertThat(newcomer.clashIn(List.of(live), false)).contains(live);
  }

  @Test
  void whoHasAnotherIdentityIsNoDuplicate() {
    PeerIdentity other = Peers.peer("sin", "10.32.0.3", NOT_AFTER_MILLIS);
    Holder live = holder(other, "203.0.113.3:8443", true);
    Holder newcomer = holder(NYC, "203.0.113.2:51234", false);
    assertThat(newcomer.clashIn(List.of(live), true)).isEmpty();
    assertThat(newcomer.clashIn(List.of(live), false)).isEmpty();
  }

  @Test
  void bothAreNamedWithAddressSerialAndFingerprint() {
    Holder live = holder(NYC, "203.0.113.2:8443", true);
    Holder newcomer = holder(NYC, "203.0.113.66:51234", false);
    Duplicates.Row row = duplicates.refused(live, newcomer, 7).row();
    assertThat(row.sentence())
        .contains("203.0.113.2:8443", "203.0.113.66:51234", "5ea", "a".repeat(64), "nyc");
    assertThat(Duplicates.rejection(live))
        .matches(Duplicates::isRejection)
        .contains("10.32.0.2", "203.0.113.2:8443", "5ea", "a".repeat(64))
        .hasSizeLessThan(255);
    assertThat(duplicates.rows()).containsExactly(row);
    assertThat(row.firstMillis()).isEqualTo(7);
  }

  @Test
  void twoIdentitiesOfOneNameAreARowOfTheirOwn() {
    PeerIdentity namesake = Peers.peer("nyc", "10.32.0.9", 9);
    Holder live = holder(NYC, "203.0.113.2:8443", true);
    Holder newcomer = holder(namesake, "203.0.113.66:51234", false);
    Duplicates.Row row = duplicates.refusedForItsName(live, newcomer, 7).row();
    assertThat(row.kind()).isEqualTo(Duplicates.Kind.OF_A_NAME);
    assertThat(row.identity()).isEqualTo(namesake.identity());
    assertThat(row.sentence())
        .contains("one name", "203.0.113.2:8443", "203.0.113.66:51234", "10.32.0.9", "10.32.0.2");
    assertThat(Duplicates.nameRejection(live))
        .matches(Duplicates::isRejection)
        .contains("10.32.0.2", "203.0.113.2:8443", "a".repeat(64))
        .hasSizeLessThan(255);
  }

  @Test
  void aPairIsOneRowAndLoggedAtTheFirstSecondFourthTime() {
    Holder live = holder(NYC, "203.0.113.2:8443", true);
    int lines = 0;
    for (int i = 0; i < 1000; i++) {
      Holder newcomer = holder(NYC, "203.0.113.66:" + (50_000 + i), false);
      lines += duplicates.refused(live, newcomer, i).log() ? 1 : 0;
    }
    assertThat(lines).isEqualTo(10);
    assertThat(duplicates.total()).isEqualTo(1000);
    assertThat(duplicates.rows())
        .singleElement()
        .extracting(Duplicates.Row::count)
        .isEqualTo(1000L);
  }

  @Test
  void manyAddressesMultiplyNeitherRowsNorLines() {
    Holder live = holder(NYC, "203.0.113.2:8443", true);
    int lines = 0;
    for (int i = 0; i < 1000; i++) {
      Holder newcomer = holder(NYC, "10.1." + i / 250 + "." + i % 250 + ":50000", false);
      lines += duplicates.refused(live, newcomer, i).log() ? 1 : 0;
    }
    assertThat(lines).isEqualTo(10);
    assertThat(duplicates.rows()).hasSize(Duplicates.MAX_ROWS);
    assertThat(duplicates.rows().getLast().lastMillis()).isEqualTo(999);
  }

  @Test
  void whoShowsOurIdentityAndWhoRefusesUsAreRowsOfTheirOwn() {
    Holder other = holder(NYC, "203.0.113.66:8443", true);
    duplicates.ofOurselves(other, 1);
    duplicates.refusedThere(NYC.identity(), other, "Connection Rejected: " + "x", 2);
    assertThat(duplicates.rows())
        .extracting(Duplicates.Row::kind)
        .containsExactly(Duplicates.Kind.OF_OURSELVES, Duplicates.Kind.REFUSED_THERE);
  }

  @Test
  void theSentenceHasWhetherItIsTheSameCertificate() {
    Holder live = holder(NYC, "203.0.113.2:8443", true);
    assertThat(Duplicates.sentence(live, holder(NYC, "203.0.113.66:51234", false)))
        .endsWith("has the same certificate at another address");
    assertThat(Duplicates.sentence(live, holder(OTHER, "203.0.113.66:51234", false)))
        .endsWith("has another certificate");
  }

  @Test
  void whatAPeerWritesForAnotherReasonIsNoRejection() {
    assertThat(Duplicates.isRejection("hold time of 30 s is over")).isFalse();
  }

  @Test
  void theLogIsWrittenOverABoundedNumberOfIdentities() {
    Block block = Block.parse("10.32.0.0/16");
    Holder peer = holder(NYC, "203.0.113.66:8443", true);
    for (int i = 1; i <= Duplicates.MAX_IDENTITIES; i++) {
      assertThat(duplicates.refusedThere(new HostAddress(block, i), peer, "", 0).log()).isTrue();
    }
    HostAddress more = new HostAddress(block, Duplicates.MAX_IDENTITIES + 1);
    assertThat(duplicates.refusedThere(more, peer, "", 0).log()).isFalse();
    assertThat(duplicates.refusedThere(new HostAddress(block, 1), peer, "", 0).log())
        .as("the second one of an identity that is known")
        .isTrue();
  }

  @Test
  void aNodeIsTheSameByItsNameAndItsIdentityWhateverItsCertificate() {
    assertThat(NYC.isSameNodeAs(OTHER)).isTrue();
    assertThat(NYC.isSameNodeAs(Peers.peer("nyc", "10.32.0.9", 9))).isFalse();
    assertThat(NYC.isSameNodeAs(Peers.peer("sin", "10.32.0.2", 9))).isFalse();
  }
}
