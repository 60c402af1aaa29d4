package io.landfall.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionConfig.Options;
import io.landfall.bgp.SessionConfig.Role;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Two sessions talk to each other, from OPEN to the last withdrawal. */
class SessionPairTest {
  private static final PathAttributes ATTRIBUTES = attributes("10.0.0.1");

  static PathAttributes attributes(String nextHop) {
    return new PathAttributes(
        Origin.IGP,
        List.of(),
        Optional.of(InetAddress.ofLiteral(nextHop)),
        OptionalLong.empty(),
        OptionalLong.of(100),
        PathAttributes.Reflection.NONE,
        new PathAttributes.Communities(List.of(PathAttributes.NO_LLGR), List.of()),
        OptionalLong.empty());
  }

  static UpdateMessage<HostPrefix> announce(PathAttributes attributes, List<HostPrefix> prefixes) {
    return new UpdateMessage<>(
        List.of(),
        prefixes.stream().map(p -> new Nlri<>(p, 0)).toList(),
        Optional.of(attributes),
        List.of(),
        Optional.empty());
  }

  static UpdateMessage<HostPrefix> withdraw(List<HostPrefix> prefixes) {
    return new UpdateMessage<>(
        prefixes.stream().map(p -> new Nlri<>(p, 0)).toList(),
        List.of(),
        Optional.empty(),
        List.of(),
        Optional.empty());
  }

  @Test
  void bothSidesReachEstablishedAndAgree() {
    Pair pair = new Pair(Speaker.overlay(1), Speaker.overlay(2)).establish();

    assertThat(pair.left.session.state()).isEqualTo(SessionState.ESTABLISHED);
    assertThat(pair.right.session.state()).isEqualTo(SessionState.ESTABLISHED);
    SessionEffect.Negotiated agreed = pair.left.session.negotiated().orElseThrow();
    assertThat(agreed).isEqualTo(new SessionEffect.Negotiated(9, 2, 3, 0, 0, true, 65535));
    assertThat(
            pair.left
                .session
                .remoteOpen()
                .orElseThrow()
                .capabilities()
                .has(Capabilities.Extension.END_OF_RIB))
        .isTrue();
  }

  @Test
  void routesGoBothWaysAndAreWithdrawnAgain() {
    Pair pair = new Pair(Speaker.overlay(1), Speaker.overlay(2)).establish();
    List<HostPrefix> hosts = List.of(HostPrefix.ipv4(1), HostPrefix.ipv4(2));

    pair.left.record(pair.left.session.send(announce(ATTRIBUTES, hosts), pair.left.now));
    pair.right.record(pair.right.session.send(announce(ATTRIBUTES, hosts), pair.right.now));
    pair.left.record(pair.left.session.send(withdraw(hosts), pair.left.now));
    pair.settle();

    assertThat(updates(pair.right)).containsExactly(announce(ATTRIBUTES, hosts), withdraw(hosts));
    assertThat(updates(pair.left)).containsExactly(announce(ATTRIBUTES, hosts));
    assertThat(pair.right.session.prefixesReceived()).isZero();
    assertThat(pair.left.session.prefixesReceived()).isEqualTo(2);
  }

  @Test
  void ipv6HostsTravelInMpReachWithTheirOwnNextHop() {
    Pair pair = new Pair(Speaker.overlay(1), Speaker.overlay(2)).establish();
    PathAttributes attributes = attributes("fd00::1");
    List<HostPrefix> hosts = List.of(HostPrefix.ipv6(1), HostPrefix.ipv6(2));

    pair.left.record(pair.left.session.send(announce(attributes, hosts), pair.left.now));
    pair.left.record(pair.left.session.send(withdraw(hosts), pair.left.now));
    pair.settle();

    assertThat(updates(pair.right)).containsExactly(announce(attributes, hosts), withdraw(hosts));
  }

  @Test
  void manyPrefixesFillFewMessages() {
    Pair pair = new Pair(Speaker.overlay(1), Speaker.overlay(2)).establish();
    List<HostPrefix> hosts = IntStream.range(0, 50_000).mapToObj(HostPrefix::ipv4).toList();

    pair.left.record(pair.left.session.send(announce(ATTRIBUTES, hosts), pair.left.now));
    pair.settle();

    List<HostPrefix> got =
        updates(pair.right).stream()
            .flatMap(u -> u.announced().stream())
            .map(Nlri::prefix)
            .toList();
    assertThat(got).isEqualTo(hosts);
    assertThat(pair.left.session.stats().messagesOut().get(MessageType.UPDATE)).isLessThan(5);
  }

  @Test
  void addPathCarriesPathIdentifiersOnlyWhereBothSidesWantThem() {
    Options sends = new Options(SessionConfig.AddPath.SEND, Role.NONE, 9, 5, 1000);
    Options receives = new Options(SessionConfig.AddPath.RECEIVE, Role.NONE, 9, 5, 1000);
    Pair pair =
        new Pair(
                Speaker.with(Speaker.overlay(1), sends), Speaker.with(Speaker.overlay(2), receives))
            .establish();
    UpdateMessage<HostPrefix> two =
        new UpdateMessage<>(
            List.of(),
            List.of(new Nlri<>(HostPrefix.ipv4(1), 7), new Nlri<>(HostPrefix.ipv4(1), 8)),
            Optional.of(ATTRIBUTES),
            List.of(),
            Optional.empty());

    pair.left.record(pair.left.session.send(two, pair.left.now));
    pair.right.record(pair.right.session.send(two, pair.right.now));
    pair.settle();

    assertThat(updates(pair.right)).containsExactly(two);
    assertThat(updates(pair.left).getFirst().announced())
        .containsExactly(new Nlri<>(HostPrefix.ipv4(1), 0), new Nlri<>(HostPrefix.ipv4(1), 0));
  }

  @Test
  void endOfRibArrivesForEachFamily() {
    Pair pair = new Pair(Speaker.overlay(1), Speaker.overlay(2)).establish();

    for (Family family : Family.values()) {
      UpdateMessage<HostPrefix> marker =
          new UpdateMessage<>(
              List.of(), List.of(), Optional.empty(), List.of(), Optional.of(family));
      pair.left.record(pair.left.session.send(marker, pair.left.now));
    }
    pair.settle();

    assertThat(updates(pair.right).stream().map(u -> u.endOfRib().orElseThrow()))
        .containsExactly(Family.IPV4_UNICAST, Family.IPV6_UNICAST);
  }

  @Test
  void refreshIsAskedForAndFramedByItsMarkers() {
    Pair pair = new Pair(Speaker.overlay(1), Speaker.overlay(2)).establish();

    pair.left.record(pair.left.session.requestRefresh(Family.IPV4_UNICAST, pair.left.now));
    pair.left.record(pair.left.session.sendRefreshMarker(Family.IPV6_UNICAST, 1, pair.left.now));
    pair.left.record(pair.left.session.sendRefreshMarker(Family.IPV6_UNICAST, 2, pair.left.now));
    pair.settle();

    assertThat(Speaker.only(SessionEffect.Refresh.class, pair.right.effects))
        .extracting(Object::toString)
        .containsExactly(
            "Refresh[family=IPV4_UNICAST, subtype=0]",
            "Refresh[family=IPV6_UNICAST, subtype=1]",
            "Refresh[family=IPV6_UNICAST, subtype=2]");
  }

  @Test
  void keepalivesHoldAnIdleSessionUpAndSilenceEndsIt() {
    Pair pair = new Pair(Speaker.overlay(1), Speaker.overlay(2)).establish();

    for (int second = 0; second < 60; second++) {
      pair.left.passing(Speaker.SECOND);
      pair.right.passing(Speaker.SECOND);
      pair.settle();
    }
    assertThat(pair.left.session.state()).isEqualTo(SessionState.ESTABLISHED);

    pair.left.passing(9 * Speaker.SECOND);
    assertThat(pair.left.session.state()).isEqualTo(SessionState.ACTIVE);
    assertThat(pair.left.session.stats().lastDown().orElseThrow().code()).isEqualTo(4);
    pair.settle();
    assertThat(pair.right.session.stats().lastDown().orElseThrow().byPeer()).isTrue();
  }

  @Test
  void theReasonOfAStopIsReadByThePeer() {
    Pair pair = new Pair(Speaker.overlay(1), Speaker.overlay(2)).establish();

    pair.left.step(new SessionEvent.Stop(2, "maintenance until noon"));
    pair.settle();

    assertThat(pair.left.session.state()).isEqualTo(SessionState.IDLE);
    assertThat(pair.right.session.stats().lastDown().orElseThrow())
        .isEqualTo(
            new SessionEffect.DownReason(
                SessionEffect.DownReason.By.PEER,
                6,
                2,
                "Cease/Administrative Shutdown: maintenance until noon"));
  }

  static List<UpdateMessage<HostPrefix>> updates(Speaker speaker) {
    return speaker.effects.stream()
        .<UpdateMessage<HostPrefix>>mapMulti(
            (effect, sink) -> {
              if (effect instanceof SessionEffect.Update<HostPrefix>(var update)) {
                sink.accept(update);
              }
            })
        .toList();
  }
}
