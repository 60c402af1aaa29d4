package io.landfall.overlay.servicehost;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.overlay.PeerView;
import io.landfall.overlay.RefusedView.SubjectCount;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** A service host is known as closely as any other peer. */
class ServiceHostDetailTest {
  private static final HostAddress SHOP = HostWire.BLOCK.parseHost("10.32.1.10");
  private static final HostAddress API = HostWire.BLOCK.parseHost("10.32.1.11");

  private final HostWire web7 = new HostWire(65_010, SHOP, API);

  @Test
  void aHostThatNeverCameIsShownSinceTheStart() {
    assertThat(web7.detail().session().isUp()).isFalse();
    assertThat(web7.detail().session().theirs()).isEmpty();
    assertThat(web7.detail().view().session().sinceNanos()).isEqualTo(1_000_000_000L);
    assertThat(web7.detail().services()).containsExactly(SHOP, API);
    assertThat(web7.detail().endOfRibSent()).isFalse();
  }

  @Test
  void bothOpensAndTheTermsAreThereWhileItIsUp() {
    web7.establish(9);
    assertThat(web7.detail().session().isUp()).isTrue();
    assertThat(web7.detail().session().theirs().orElseThrow().holdTimeSeconds()).isEqualTo(90);
    assertThat(web7.detail().session().negotiated().orElseThrow().remoteId()).isEqualTo(9);
    assertThat(web7.detail().session().config().remoteAs()).isEqualTo(Asn.of(65_010));
    assertThat(web7.detail().endOfRibSent()).isTrue();
    assertThat(web7.detail().endOfRibReceived()).isFalse();
    web7.endOfRib();
    assertThat(web7.detail().endOfRibReceived()).isTrue();
  }

  @Test
  void theReasonOfTheLastResetSurvivesTheReconnect() {
    web7.establish();
    web7.endOfRib();
    byte[] text = "until noon".getBytes(StandardCharsets.UTF_8);
    web7.cease(2, text);
    web7.establish();
    DownReason reset = web7.detail().session().stats().lastDown().orElseThrow();
    assertThat(reset.byPeer()).isTrue();
    assertThat(reset.text()).isEqualTo("Cease/Administrative Shutdown: until noon");
    assertThat(web7.detail().session().stats().timesEstablished()).isEqualTo(2);
    assertThat(web7.detail().endOfRibReceived()).as("of the session before").isFalse();
  }

  @Test
  void whyNoSessionHasBegunSinceTheLastOneIsToldUntilOneHas() {
    web7.establish();
    assertThat(web7.detail().view().session().lastFailure()).isEmpty();
    web7.cease(2, new byte[0]);
    web7.passSeconds(600);
    web7.open(64_999, 9);
    assertThat(web7.detail().view().session().lastFailure().orElseThrow()).contains("64999");
    assertThat(web7.detail().view().session().lastDown()).isPresent();
    web7.passSeconds(600);
    web7.establish();
    assertThat(web7.detail().view().session().lastFailure()).isEmpty();
  }

  @Test
  void itIsCountedLikeAPeerAndNothingIsEverAnnouncedToIt() {
    web7.establish();
    web7.announce("10.32.1.10/32", 100);
    web7.announce("10.32.1.12/32", 100);
    web7.withdraw("10.32.1.10/32");
    PeerView.Counters counters = web7.detail().counters();
    assertThat(counters)
        .isEqualTo(
            new PeerView.Counters(
                1,
                3,
                1,
                new PeerView.Volume(1, 1, 5),
                new PeerView.Volume(0, 0, counters.sent().messages())));
    assertThat(counters.sent().messages()).as("OPEN, KEEPALIVE, End-of-RIB").isEqualTo(3);
    assertThat(web7.detail().session().prefixesHeld()).as("the refused one").isEqualTo(1);
  }

  @Test
  void refusalsAreKeptByAttributeWithTheLastExampleAndHowOftenItCame() {
    web7.establish();
    for (String prefix : new String[] {"10.32.1.12/32", "10.32.1.13/32", "10.32.1.13/32"}) {
      web7.announce(prefix, 100);
    }
    web7.send(
        HostWire.update(
            "10.32.1.10/32",
            HostWire.asPath(65_010),
            HostWire.nextHop("10.0.0.7"),
            HostWire.attribute(0x80, 26, 1, 0, 3)));
    assertThat(web7.detail().view().refused())
        .extracting(each -> each.rule() + " " + each.count() + " last " + each.lastCount())
        .containsExactly("not-configured-for-this-host 3 last 2", "unwanted-attribute 1 last 1");
    assertThat(web7.detail().view().refused().getLast().subjects())
        .containsExactly(new SubjectCount("unwanted-attribute", "AIGP (26)", 1));
  }
}
