package io.landfall.node;

import io.landfall.admin.model.BfdRow;
import io.landfall.admin.model.IngressStatus;
import io.landfall.admin.model.RefusedRow;
import io.landfall.bgp.LargeCommunity;
import io.landfall.bgp.SessionConfig;
import io.landfall.config.NodeConfig;
import io.landfall.config.UpstreamConfig;
import io.landfall.core.FailureText;
import io.landfall.ingress.Announcement;
import io.landfall.ingress.AnycastPrefix;
import io.landfall.ingress.Ingress;
import io.landfall.ingress.IngressEffect;
import io.landfall.ingress.IngressEvent;
import io.landfall.ingress.IngressSettings;
import io.landfall.ingress.ListenerLiveness;
import io.landfall.ingress.Upstream;
import io.landfall.node.bfd.UpstreamBfd;
import io.landfall.node.peering.PassedBfd;
import io.landfall.node.peering.PassedSession;
import io.landfall.node.peering.PeeringDriver;
import io.landfall.node.peering.UpstreamSessions;
import io.landfall.transport.takeover.TakeoverLine;
import io.landfall.transport.tcp.BgpTcpSpec;
import io.landfall.transport.tcp.PasswordFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives plane one with real TCP and a real clock, on the control thread only.
 *
 * <p>Its methods are all that the rest of the node can say to plane one: start, the operator's
 * drain and undrain, what the operator configures, the end of the process, and that the node's own
 * listener failed. There is no method by which a service, a route or a request could be mentioned.
 */
final class IngressDriver {
  private static final Logger log = LoggerFactory.getLogger("landfall.ingress");

  private final UpstreamSessions upstreams;
  private final UpstreamBfd bfd;
  private Settings settings;

  /**
   * What the config has for plane one.
   *
   * @param configured whether it has anything
   * @param ingress what is announced, and to whom
   * @param specs the connection of each upstream by its name
   * @param watched the upstreams with BFD
   */
  record Settings(
      boolean configured,
      IngressSettings ingress,
      Map<String, BgpTcpSpec> specs,
      Set<String> watched) {}

  private IngressDriver(Settings settings, ControlLoop control) {
    this.settings = settings;
    this.upstreams =
        new UpstreamSessions(
            new Ingress(
                settings.ingress(),
                bound -> ThreadLocalRandom.current().nextLong(bound),
                control.wallMillis()),
            settings.specs(),
            new PeeringDriver.Host(control.eventLoop(), control),
            this::note);
    this.bfd =
        new UpstreamBfd(
            settings.watched(),
            control,
            (upstream, why) -> apply(new IngressEvent.PathDown(upstream, why)));
    upstreams.watch(bfd);
  }

  /** A driver for what is configured: nothing, for a config without ingress. */
  static IngressDriver of(Settings settings, ControlLoop control) {
    return new IngressDriver(settings, control);
  }

  /** Goes on with what is configured now; what is the same does not notice. */
  void configure(Settings next) {
    if (!next.equals(settings)) {
      settings = next;
      upstreams.configure(next.ingress(), next.specs());
      bfd.watch(next.watched());
    }
  }

  /**
   * Reads what the config has, and the files that it names.
   *
   * @throws StartFailed naming the key whose value cannot be used
   */
  static Settings settings(NodeConfig config) throws StartFailed {
    List<AnycastPrefix> prefixes = new ArrayList<>();
    List<Upstream> upstreams = new ArrayList<>();
    Map<String, BgpTcpSpec> specs = new LinkedHashMap<>();
    Set<String> watched = new TreeSet<>();
    long drainMillis = IngressSettings.DEFAULT_DRAIN_MILLIS;
    long startDelayMillis = IngressSettings.DEFAULT_START_DELAY_MILLIS;
    try {
      if (config.ingress().isPresent()) {
        var ingress = config.ingress().get();
        drainMillis = ingress.drainWaitMillis();
        startDelayMillis = ingress.startDelayMillis();
        for (var prefix : ingress.prefixes()) {
          prefixes.add(AnycastPrefix.parse(prefix.toString(), config.overlay().block()));
        }
        for (int i = 0; i < ingress.upstreams().size(); i++) {
          UpstreamConfig upstream = ingress.upstreams().get(i);
          Upstream translated = upstream(upstream);
          upstreams.add(translated);
          specs.put(translated.name(), tcp(upstream, i));
          if (upstream.bfd()) {
            watched.add(translated.name());
          }
        }
      }
      return new Settings(
          config.ingress().isPresent(),
          new IngressSettings(prefixes, upstreams, routerId(config), drainMillis, startDelayMillis),
          specs,
          watched);
    } catch (IllegalArgumentException e) {
      throw new StartFailed("ingress", FailureText.of(e), e);
    }
  }

  private static Upstream upstream(UpstreamConfig upstream) {
    return new Upstream(
        upstream.tcp().address(),
        upstream.localAsn(),
        upstream.asn(),
        upstream.roles().ours().map(IngressDriver::role).orElse(SessionConfig.Role.NONE),
        upstream.roles().strict() ? SessionConfig.RoleMode.STRICT : SessionConfig.RoleMode.LENIENT,
        new Announcement(
            upstream.attributes().prepend(),
            upstream.attributes().communities(),
            upstream.attributes().largeCommunities().stream()
                .map(IngressDriver::largeCommunity)
                .toList(),
            upstream.attributes().med(),
            upstream.nextHops()),
        Upstream.Timing.DEFAULT);
  }

  private static LargeCommunity largeCommunity(UpstreamConfig.LargeValue value) {
    return new LargeCommunity(value.globalAdministrator(), value.localData1(), value.localData2());
  }

  private static SessionConfig.Role role(UpstreamConfig.Role role) {
    return switch (role) {
      case CUSTOMER -> SessionConfig.Role.CUSTOMER;
      case PEER -> SessionConfig.Role.PEER;
      case RS_CLIENT -> SessionConfig.Role.RS_CLIENT;
      case PROVIDER, RS ->
          throw new IllegalArgumentException("role " + role + ": an edge site gives no transit");
    };
  }

  private static BgpTcpSpec tcp(UpstreamConfig upstream, int index) throws StartFailed {
    Optional<BgpTcpSpec.Md5Key> key = Optional.empty();
    if (upstream.tcp().passwordFile().isPresent()) {
      try {
        key = Optional.of(PasswordFile.read(upstream.tcp().passwordFile().get()));
      } catch (IOException | IllegalArgumentException e) {
        throw new StartFailed(
            "ingress.upstreams[" + index + "].password-file", FailureText.of(e), e);
      }
    }
    return new BgpTcpSpec(
        new InetSocketAddress(upstream.tcp().address(), upstream.tcp().port()),
        upstream.tcp().localAddress(),
        key,
        upstream.tcp().ttlSecurityHops().orElse(0),
        BgpTcpSpec.Timeouts.DEFAULT);
  }

  /** The BGP Identifier: an IPv4 identity as it is, else its last four bytes (RFC 6286). */
  private static int routerId(NodeConfig config) {
    byte[] identity = config.identity().bytes();
    int id = ByteBuffer.wrap(identity, identity.length - 4, 4).getInt();
    return id == 0 ? 1 : id;
  }

  /** Opens the sessions: the node's own listeners accept. */
  void start() {
    apply(new IngressEvent.Start(ListenerLiveness.ACCEPTING));
  }

  /**
   * The same for a process that takes over: without a delay, and going on with these sessions.
   *
   * @param sessions what is known of each
   * @param sockets the socket of each, and behind them that of each BFD session among them
   */
  void takeOver(List<PassedSession> sessions, List<Integer> sockets) {
    List<Integer> unused = new ArrayList<>();
    Iterator<Integer> senders = sockets.subList(sessions.size(), sockets.size()).iterator();
    for (int i = 0; i < sessions.size(); i++) {
      PassedSession session = sessions.get(i);
      boolean known = settings.specs().containsKey(session.upstream());
      if (known) {
        upstreams.inherit(session, sockets.get(i));
      } else {
        unused.add(sockets.get(i));
      }
      session
          .bfd()
          .ifPresent(
              passed -> {
                if (known) {
                  bfd.inherit(session.upstream(), passed, senders.next());
                } else {
                  unused.add(senders.next());
                }
              });
    }
    TakeoverLine.closeAll(unused);
    apply(new IngressEvent.Start(ListenerLiveness.ACCEPTING, false));
  }

  /** Gives up the sessions, so that another process can go on with them, and those of BFD. */
  Map<String, Integer> suspend() {
    Map<String, Integer> given =
        settings.configured() ? upstreams.suspend(settings.specs().keySet()) : Map.of();
    bfd.suspend(given.keySet());
    return given;
  }

  /**
   * Another process has all that was given up. What was not ends in good order, so that it can be
   * begun anew; done once every router of these had the time to read why.
   */
  CompletableFuture<Void> shutdownBehindSuccessor(String text, Set<String> given) {
    if (settings.configured() && upstreams.view().upstreams().size() == given.size()) {
      upstreams.leaveAsItIs();
      bfd.stop();
      return CompletableFuture.completedFuture(null);
    }
    return shutdown(text);
  }

  /**
   * What has to be known of sessions that were given up.
   *
   * @param sessions each
   * @param bfdSockets the socket of the BFD session of each that has one
   */
  record Passed(List<PassedSession> sessions, List<Integer> bfdSockets) {}

  /** What has to be known of sessions that were given up. */
  Passed passed(Set<String> names) {
    List<PassedSession> sessions = new ArrayList<>();
    List<Integer> sockets = new ArrayList<>();
    for (String name : names) {
      Optional<PassedSession> session = upstreams.passed(name);
      if (session.isPresent()) {
        Optional<PassedBfd> watched = bfd.passed(name);
        sessions.add(session.get().with(watched));
        watched.ifPresent(up -> sockets.add(bfd.sender(name)));
      }
    }
    return new Passed(sessions, sockets);
  }

  /** The other process did not go on with them. */
  void goOn(Set<String> names) {
    if (settings.configured()) {
      upstreams.goOn(names);
      bfd.goOn();
    }
  }

  /** The operator drains the node. */
  void drain() {
    apply(new IngressEvent.OperatorDrain());
  }

  /** The operator takes the drain back. */
  void undrain() {
    apply(new IngressEvent.OperatorUndrain());
  }

  /** The node's own listener stopped accepting. */
  void listenerFailed(String why) {
    apply(new IngressEvent.ListenerFailed(why));
  }

  /** The process is about to end; done once the drain's wait is over and nothing is announced. */
  CompletableFuture<Void> leave() {
    return upstreams.leave();
  }

  /** The process ends in good order; done once every router had the time to read why. */
  CompletableFuture<Void> shutdown(String text) {
    CompletableFuture<Void> closed = upstreams.shutdown(text);
    bfd.stop();
    return closed;
  }

  private void apply(IngressEvent event) {
    upstreams.handle(event);
  }

  private void note(IngressEffect.Note note) {
    if (!settings.configured()) {
      return;
    }
    log.atInfo()
        .addKeyValue("subject", note.subject())
        .addKeyValue("from", note.from())
        .addKeyValue("to", note.to())
        .addKeyValue("cause", note.cause())
        .log("ingress");
  }

  /** The BFD sessions with upstream routers. */
  List<BfdRow> bfdRows() {
    return bfd.rows();
  }

  /** Plane one for {@code show ingress}. */
  IngressStatus view() {
    if (!settings.configured()) {
      return IngressStatus.NONE;
    }
    io.landfall.ingress.IngressView view = upstreams.view();
    List<IngressStatus.PrefixState> prefixes = new ArrayList<>();
    for (var row : view.prefixes()) {
      prefixes.add(
          new IngressStatus.PrefixState(
              row.prefix(),
              row.upstream(),
              row.state().label(),
              Instant.ofEpochMilli(row.sinceMillis())));
    }
    List<IngressStatus.SessionState> sessions = new ArrayList<>();
    for (var row : view.upstreams()) {
      sessions.add(
          new IngressStatus.SessionState(
              row.name(),
              row.remoteAs().number(),
              PeerRows.word(row.session()),
              Instant.ofEpochMilli(row.sinceMillis()),
              row.lastReset(),
              row.lastError()));
    }
    return new IngressStatus(
        prefixes, sessions, view.updatesSent(), view.intent(), Optional.empty());
  }

  /** What the upstreams sent and plane one dropped, by upstream and rule; when is not kept. */
  List<RefusedRow> refused() {
    List<RefusedRow> rows = new ArrayList<>();
    if (settings.configured()) {
      for (var upstream : upstreams.view().upstreams()) {
        upstream
            .refused()
            .forEach(
                (rule, count) ->
                    rows.add(
                        new RefusedRow(
                            "upstream " + upstream.name(),
                            rule,
                            count,
                            Optional.empty(),
                            "",
                            RefusalRules.number(rule),
                            List.of())));
      }
    }
    return rows;
  }
}
