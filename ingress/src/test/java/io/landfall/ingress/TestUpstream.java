package io.landfall.ingress;

import io.landfall.bgp.Family;
import io.landfall.bgp.Nlri;
import io.landfall.bgp.Origin;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.Session;
import io.landfall.bgp.SessionConfig;
import io.landfall.bgp.SessionEffect;
import io.landfall.bgp.SessionEvent;
import io.landfall.bgp.SessionState;
import io.landfall.bgp.UpdateMessage;
import io.landfall.core.Asn;
import io.landfall.core.Direction;
import io.landfall.core.Now;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An upstream router for tests: the other end of a session, made of the same state machine with a
 * prefix type that takes everything, and an account of what it heard. Bytes are carried both ways
 * until both sides are silent.
 */
final class TestUpstream {
  /** Nothing beyond what eBGP requires. */
  static final Announcement PLAIN =
      new Announcement(0, List.of(), List.of(), OptionalLong.empty(), List.of());

  static final String NAME = "192.0.2.1";
  static final InetAddress LOCAL = IngressSettingsTest.address("192.0.2.2");

  private final Ingress ingress;
  private final Session<AnyRoute> session;
  private final ArrayDeque<Runnable> wire = new ArrayDeque<>();
  private final List<String> heard = new ArrayList<>();
  private final List<PathAttributes> attributes = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final List<SessionEffect.DownReason> ends = new ArrayList<>();
  private long connection;
  private boolean dialled;
  private int left;
  private long nowNanos = 1_000_000_000L;
  private long wallMillis = 1_700_000_000_000L;

  TestUpstream(Ingress ingress, SessionConfig.Role role) {
    this(ingress, role, List.of(Family.IPV4_UNICAST, Family.IPV6_UNICAST));
  }

  TestUpstream(Ingress ingress, SessionConfig.Role role, List<Family> families) {
    this.ingress = ingress;
    this.session =
        new Session<>(
            new SessionConfig(
                Asn.of(64500),
                Asn.of(64496),
                0x01010101,
                OptionalLong.empty(),
                90,
                families,
                SessionConfig.Opening.PASSIVE,
                new SessionConfig.Options(
                    SessionConfig.AddPath.NONE, role, 0, 5, Integer.MAX_VALUE)),
            new AnyRoute.Codec(),
            bound -> 0);
    session.step(new SessionEvent.Start(), nowNanos, this::answer);
  }

  /** Gives ingress one event. */
  void give(IngressEvent event) {
    wire.add(() -> carry(ingress.step(event, new Now(nowNanos, wallMillis))));
    settle();
  }

  /** Answers the dial that was asked for: the session comes up. */
  void answerDial() {
    dialled = false;
    connection++;
    long number = connection;
    wire.add(
        () -> {
          carry(
              ingress.step(
                  new IngressEvent.Connected(NAME, number, LOCAL), new Now(nowNanos, wallMillis)));
          session.step(
              new SessionEvent.Connected(number, Direction.INCOMING), nowNanos, this::answer);
        });
    // The stream is there for both before the first byte is carried.
    settle();
  }

  private void settle() {
    for (Runnable next = wire.poll(); next != null; next = wire.poll()) {
      next.run();
    }
  }

  private void carry(List<IngressEffect> effects) {
    for (IngressEffect effect : effects) {
      switch (effect) {
        case IngressEffect.Dial _ -> dialled = true;
        case IngressEffect.Write(String _, long number, byte[] bytes) ->
            toSession(new SessionEvent.Received(number, bytes));
        case IngressEffect.Close(String _, long number, String why) ->
            toSession(new SessionEvent.Closed(number, why));
        case IngressEffect.Left _ -> left++;
        case IngressEffect.Note note ->
            notes.add(note.subject() + ": " + note.from() + " -> " + note.to());
      }
    }
  }

  private void toSession(SessionEvent event) {
    wire.add(() -> session.step(event, nowNanos, this::answer));
  }

  private void toIngress(IngressEvent event) {
    wire.add(() -> carry(ingress.step(event, new Now(nowNanos, wallMillis))));
  }

  private void answer(SessionEffect<AnyRoute> effect) {
    switch (effect) {
      case SessionEffect.Write<AnyRoute>(long number, byte[] bytes) ->
          toIngress(new IngressEvent.Received(NAME, number, bytes));
      case SessionEffect.Close<AnyRoute>(long number, String why) ->
          toIngress(new IngressEvent.Closed(NAME, number, why));
      case SessionEffect.Update<AnyRoute>(UpdateMessage<AnyRoute> update) -> hear(update);
      case SessionEffect.Down<AnyRoute>(SessionEffect.DownReason reason) -> ends.add(reason);
      case SessionEffect.Refresh<AnyRoute>(Family family, int subtype) ->
          heard.add("refresh " + subtype + " " + family);
      default -> {}
    }
  }

  private void hear(UpdateMessage<AnyRoute> update) {
    update.endOfRib().ifPresent(family -> heard.add("end-of-rib " + family));
    update.withdrawn().forEach(nlri -> heard.add("withdraw " + nlri.prefix()));
    for (Nlri<AnyRoute> nlri : update.announced()) {
      PathAttributes with = update.attributes().orElseThrow();
      attributes.add(with);
      boolean shutdown = with.communities().standard().contains(PathAttributes.GRACEFUL_SHUTDOWN);
      heard.add("announce " + nlri.prefix() + (shutdown ? " gshut" : ""));
    }
  }

  /** Announces a prefix to ingress. */
  void announce(String prefix) {
    PathAttributes path =
        new PathAttributes(
            Origin.IGP,
            List.of(Asn.of(64500)),
            Optional.of(IngressSettingsTest.address(NAME)),
            OptionalLong.empty(),
            OptionalLong.empty(),
            PathAttributes.Reflection.NONE,
            PathAttributes.Communities.NONE,
            OptionalLong.empty());
    send(List.of(), List.of(new Nlri<>(AnyRoute.parse(prefix), 0)), Optional.of(path));
  }

  /** Withdraws a prefix from ingress. */
  void withdraw(String prefix) {
    send(List.of(new Nlri<>(AnyRoute.parse(prefix), 0)), List.of(), Optional.empty());
  }

  private void send(
      List<Nlri<AnyRoute>> withdrawn,
      List<Nlri<AnyRoute>> announced,
      Optional<PathAttributes> path) {
    UpdateMessage<AnyRoute> update =
        new UpdateMessage<>(withdrawn, announced, path, List.of(), Optional.empty());
    session.send(update, nowNanos).forEach(this::answer);
    settle();
  }

  /** Asks for everything again (RFC 2918). */
  void refresh() {
    session.requestRefresh(Family.IPV4_UNICAST, nowNanos).forEach(this::answer);
    settle();
  }

  /** Ends the session with a Cease (RFC 4486). */
  void stop(int subcode, String text) {
    toSession(new SessionEvent.Stop(subcode, text));
    settle();
  }

  /** The cable is pulled: both ends see their stream end. */
  void cut() {
    toSession(new SessionEvent.Closed(connection, "cut"));
    toIngress(new IngressEvent.Closed(NAME, connection, "cut"));
    settle();
  }

  /** Lets time pass, then both sides tick. */
  void pass(long millis) {
    nowNanos += millis * 1_000_000;
    wallMillis += millis;
    toSession(new SessionEvent.Tick());
    toIngress(new IngressEvent.Tick());
    settle();
  }

  boolean established() {
    return session.state() == SessionState.ESTABLISHED;
  }

  /** How often ingress reported that nothing is announced any more. */
  int left() {
    return left;
  }

  boolean dialled() {
    return dialled;
  }

  /** What it heard since it was asked last. */
  List<String> heard() {
    List<String> copy = List.copyOf(heard);
    heard.clear();
    return copy;
  }

  /** The attributes of every route it heard. */
  List<PathAttributes> attributes() {
    return List.copyOf(attributes);
  }

  /** The transition log of ingress. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  /** Why its sessions ended. */
  List<SessionEffect.DownReason> ends() {
    return List.copyOf(ends);
  }
}
