package io.landfall.node.peering;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is kept of a BGP connection for a process that goes on with it, and passed on. */
class PassedSessionTest {
  private static final List<String> ANNOUNCED = List.of("198.51.100.0/24", "2001:db8:1::/48");
  private static final Set<String> KNOWN = Set.copyOf(ANNOUNCED);

  private static final byte[] OPEN = BgpMessages.open(64_500, Octets.ipv4("192.0.2.1"));
  private static final byte[] OWN = BgpMessages.open(64_496, Octets.ipv4("10.32.0.1"));
  private static final byte[] KEEPALIVE = BgpMessages.keepalive();

  @Test
  void bothOpensAreKeptAndTheBeginningOfAMessage() {
    SessionRecord record = new SessionRecord();
    record.sent(OWN);
    record.sent(KEEPALIVE);
    byte[] all = Octets.join(OPEN, KEEPALIVE, KEEPALIVE);
    for (int at = 0; at < all.length; at++) {
      record.received(Arrays.copyOfRange(all, at, at + 1));
    }
    assertThat(record.passed("up", ANNOUNCED).unread()).isEmpty();
    record.received(Arrays.copyOf(KEEPALIVE, 18));

    PassedSession passed = record.passed("192.0.2.1", ANNOUNCED);
    assertThat(passed.sentOpen()).isEqualTo(OWN);
    assertThat(passed.receivedOpen()).isEqualTo(OPEN);
    assertThat(passed.unread()).isEqualTo(Arrays.copyOf(KEEPALIVE, 18));
    record.received(Octets.join(Arrays.copyOfRange(KEEPALIVE, 18, 19), KEEPALIVE));
    assertThat(record.passed("192.0.2.1", ANNOUNCED).unread()).isEmpty();
  }

  @Test
  void itIsTheSameAfterAWord() {
    PassedSession none = new PassedSession("up", OWN, OPEN, new byte[0], List.of());
    assertThat(PassedSession.parse(none.toText()).orElseThrow().announced()).isEmpty();

    PassedSession passed =
        new PassedSession("2001:db8::1", OWN, OPEN, new byte[] {-1, 0}, ANNOUNCED);
    Optional<PassedSession> read = PassedSession.parse(passed.toText());
    assertThat(passed.toText()).doesNotContain(" ");
    assertThat(read).get().usingRecursiveComparison().isEqualTo(passed);
    PassedSession watched = passed.with(Optional.of(new PassedBfd(-2, new byte[] {32, -64})));
    assertThat(watched.toText()).endsWith(",fffffffe:20c0");
    assertThat(PassedSession.parse(watched.toText()))
        .get()
        .usingRecursiveComparison()
        .isEqualTo(watched);
    for (String wrong : List.of("", "7", "0:ff", "x:ff", "7:f")) {
      assertThat(PassedSession.parse(passed.toText() + "," + wrong)).as(wrong).isEmpty();
    }
    assertThat(PassedSession.parse("up,ff,ff,ff")).isEmpty();
    assertThat(PassedSession.parse("up,ff,fx,ff,198.51.100.0/24")).isEmpty();
  }

  @Test
  void whatTheRouterHasHadIsNotWrittenAgain() {
    InheritedSessions inherited = new InheritedSessions();
    inherited.add(new PassedSession("up", OWN, OPEN, new byte[0], ANNOUNCED));
    assertThat(inherited.begin("other", 1, KNOWN)).isEmpty();
    assertThat(inherited.swallows(1, OWN)).isFalse();

    assertThat(inherited.begin("up", 2, KNOWN)).isPresent();
    assertThat(inherited.swallows(2, OWN)).isTrue();
    assertThat(inherited.swallows(2, KEEPALIVE)).isTrue();
    assertThat(inherited.end(2)).isTrue();
    assertThat(inherited.swallows(2, KEEPALIVE)).as("from now on").isFalse();
    assertThat(inherited.begin("up", 3, KNOWN)).as("it is gone on with once").isEmpty();
    assertThat(InheritedSessions.KEEPALIVE).isEqualTo(KEEPALIVE);
  }

  /** What only the process before announced would stay at the router for ever. */
  @Test
  void aProcessWithoutOneOfThePrefixesCannotGoOnWithIt() {
    InheritedSessions inherited = new InheritedSessions();
    inherited.add(new PassedSession("up", OWN, OPEN, new byte[0], ANNOUNCED));
    assertThat(inherited.begin("up", 2, Set.of("198.51.100.0/24"))).isPresent();
    assertThat(inherited.swallows(2, OWN)).isTrue();
    assertThat(inherited.end(2)).isFalse();
  }

  @Test
  void aProcessThatOpensTheSessionOtherwiseCannotGoOnWithIt() {
    InheritedSessions inherited = new InheritedSessions();
    inherited.add(new PassedSession("up", OWN, OPEN, new byte[0], ANNOUNCED));
    assertThat(inherited.begin("up", 2, KNOWN)).isPresent();
    assertThat(inherited.swallows(2, OPEN)).isTrue();
    assertThat(inherited.end(2)).isFalse();
    assertThat(inherited.end(2)).isFalse();
  }
}
