package io.landfall.node.peering;

import io.landfall.bgp.CeaseMessage;
import io.landfall.bgp.SessionState;
import io.landfall.bgp.peering.Peering;
import io.landfall.bgp.peering.PeeringEffect;
import io.landfall.bgp.peering.PeeringEvent;
import io.landfall.core.Direction;
import io.landfall.ingress.Ingress;
import io.landfall.ingress.IngressEffect;
import io.landfall.ingress.IngressEvent;
import io.landfall.ingress.IngressSettings;
import io.landfall.ingress.IngressView;
import io.landfall.node.Driver;
import io.landfall.transport.tcp.BgpTcpSpec;
import io.landfall.transport.tcp.BgpTcpStreams;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Plane one on its peerings: hands {@link Ingress} its events and does what it asks for. On the
 * control thread only.
 */
public final class UpstreamSessions {
  private final Ingress ingress;
  private final Map<String, BgpTcpSpec> routers;
  private final Driver<IngressEvent, IngressEffect> driver;
  private final PeeringDriver peerings;
  private final Consumer<IngressEffect.Note> log;
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final CompletableFuture<Void> left = new CompletableFuture<>();
  private LinkWatch watch = LinkWatch.NONE;
  private boolean stopping;

  /** Whether another process has all sessions. */
  private boolean passedOn;

  /** Of each stream, for a process that goes on with it. Bounded by the peerings' streams. */
  private final Map<Long, SessionRecord> records = new LinkedHashMap<>();

  /** The stream on which each upstream is connected now. */
  private final Map<String, Long> streams = new LinkedHashMap<>();

  private final InheritedSessions inherited = new InheritedSessions();

  /**
   * Wires the parts; nothing happens before the first event.
   *
   * @param specs how to reach each upstream, by the name it has in the ingress configuration
   * @param log takes the transition log's lines
   */
  public UpstreamSessions(
      Ingress ingress,
      Map<String, BgpTcpSpec> specs,
      PeeringDriver.Host host,
      Consumer<IngressEffect.Note> log) {
    this.ingress = ingress;
    this.log = log;
    this.routers = new LinkedHashMap<>(specs);
    this.driver =
        new Driver<>(
            ingress, host.control(), host.control(), new IngressEvent.Tick(), this::carryOut);
    this.peerings =
        new PeeringDriver(
            peerings(specs), specs, BgpTcpStreams.Reading.STOPS_WHEN_FULL, host, this::carryIn);
  }

  private static List<Peering> peerings(Map<String, BgpTcpSpec> specs) {
    return specs.keySet().stream()
        .map(name -> new Peering(name, Peering.Dialling.ON_REQUEST))
        .toList();
  }

  /**
   * Goes on with another configuration; see {@link IngressEvent.Configure}.
   *
   * @param specs how to reach each upstream; one that is reached otherwise gets a new session
   */
  public void configure(IngressSettings settings, Map<String, BgpTcpSpec> specs) {
    Map<String, BgpTcpSpec> before = new LinkedHashMap<>(routers);
    TreeSet<String> rerouted = new TreeSet<>();
    specs.forEach(
        (name, spec) -> {
          if (before.containsKey(name) && !spec.equals(before.get(name))) {
            rerouted.add(name);
          }
        });
    // New ones are there before a session asks for a stream, and old ones until theirs have ended.
    Map<String, BgpTcpSpec> both = new LinkedHashMap<>(before);
    both.putAll(specs);
    peerings.configure(peerings(both), both);
    handle(new IngressEvent.Configure(settings, rerouted));
    routers.clear();
    routers.putAll(specs);
    peerings.configure(peerings(specs), specs);
    before.keySet().stream().filter(name -> !specs.containsKey(name)).forEach(watch::linkDown);
    doneWhenClosed();
  }

  /** From now on, this one gets which upstreams have a connection. */
  public void watch(LinkWatch links) {
    watch = links;
  }

  /** Applies one event and its effects. */
  public void handle(IngressEvent event) {
    driver.apply(event);
  }

  /**
   * Leaves as for a drain, for the process is about to end; done once nothing is announced any
   * more.
   */
  public CompletableFuture<Void> leave() {
    handle(new IngressEvent.Leave());
    return left;
  }

  /**
   * Withdraws and ends every session with this text; done once the last connection is closed, and
   * so every router had the time to read why.
   */
  public CompletableFuture<Void> shutdown(String text) {
    stopping = true;
    handle(new IngressEvent.Shutdown(text));
    doneWhenClosed();
    return closed;
  }

  /**
   * Gives up the Established sessions that another process can go on with: nothing is read or
   * written on them from now on. What of them is read already arrives before the next task of the
   * control thread.
   *
   * @param passable upstreams whose session can be passed
   * @return the descriptors of their sockets, by name
   */
  public Map<String, Integer> suspend(Set<String> passable) {
    Map<String, Integer> given = new LinkedHashMap<>();
    for (IngressView.UpstreamRow row : ingress.view().upstreams()) {
      Long stream = streams.get(row.name());
      if (row.session() == SessionState.ESTABLISHED
          && stream != null
          && passable.contains(row.name())) {
        peerings.suspend(stream).ifPresent(open -> given.put(row.name(), open));
      }
    }
    return given;
  }

  /** What has to be known of a session that was given up; empty if it has ended meanwhile. */
  public Optional<PassedSession> passed(String upstream) {
    List<String> announced =
        ingress.view().prefixes().stream()
            .filter(row -> row.upstream().equals(upstream))
            .filter(
                row ->
                    row.state() == IngressView.State.ANNOUNCED
                        || row.state() == IngressView.State.DRAINING)
            .map(IngressView.PrefixRow::prefix)
            .toList();
    return Optional.ofNullable(streams.get(upstream))
        .map(records::get)
        .map(found -> found.passed(upstream, announced));
  }

  /** Another process has all sessions: nothing happens here any more. */
  public void leaveAsItIs() {
    driver.stop();
    passedOn = true;
    // This process's descriptors alone: when the other one ends, the router has to notice.
    for (long stream : List.copyOf(streams.values())) {
      peerings.apply(new PeeringEvent.Close(stream, "another process has it"));
    }
    closed.complete(null);
  }

  /** The other process did not go on: sessions that were given up do. */
  public void goOn(Set<String> upstreams) {
    upstreams.forEach(
        name -> {
          Long stream = streams.get(name);
          if (stream != null) {
            peerings.goOn(stream);
          }
        });
  }

  /**
   * Another process had this session until now: this one goes on with it when it dials. Before the
   * start.
   *
   * @param descriptor its socket, which is owned by this from now on
   */
  public void inherit(PassedSession session, int descriptor) {
    inherited.add(session);
    peerings.give(session.upstream(), descriptor);
    handle(new IngressEvent.Inherited(session.upstream(), new TreeSet<>(session.announced())));
  }

  private Set<String> prefixesOf(String upstream) {
    return ingress.view().prefixes().stream()
        .filter(row -> row.upstream().equals(upstream))
        .map(IngressView.PrefixRow::prefix)
        .collect(Collectors.toUnmodifiableSet());
  }

  private void doneWhenClosed() {
    if (stopping && !peerings.hasStreams()) {
      closed.complete(null);
    }
  }

  /** The state as it is shown. */
  public IngressView view() {
    return ingress.view();
  }

  /** How many bytes wait to leave, over all connections. */
  public long unsentBytes() {
    return peerings.unsentBytes();
  }

  private void carryOut(IngressEffect effect) {
    switch (effect) {
      case IngressEffect.Dial(String upstream) ->
          peerings.apply(new PeeringEvent.Connect(upstream));
      case IngressEffect.Write(String _, long connection, byte[] bytes) -> {
        SessionRecord record = records.get(connection);
        if (record != null) {
          record.sent(bytes);
        }
        if (!inherited.swallows(connection, bytes)) {
          peerings.apply(new PeeringEvent.Send(connection, bytes));
        }
      }
      case IngressEffect.Close(String _, long connection, String why) ->
          peerings.apply(new PeeringEvent.Close(connection, why));
      case IngressEffect.Left _ -> left.complete(null);
      case IngressEffect.Note note -> log.accept(note);
    }
  }

  private void carryIn(PeeringEffect.ToSession what) {
    if (passedOn) {
      return;
    }
    if (what instanceof PeeringEffect.Down(String upstream, long stream, String _, int _)) {
      records.remove(stream);
      streams.remove(upstream, stream);
    }
    if (!routers.containsKey(what.peering())) {
      // It has left the config, and its last streams end.
      doneWhenClosed();
      return;
    }
    switch (what) {
      case PeeringEffect.Up(String upstream, long stream, InetAddress local, Direction _) -> {
        BgpTcpSpec router = routers.get(upstream);
        if (router != null) {
          watch.linkUp(upstream, local, router.remote().getAddress());
        }
        streams.put(upstream, stream);
        records.put(stream, new SessionRecord());
        Optional<PassedSession> before = inherited.begin(upstream, stream, prefixesOf(upstream));
        handle(new IngressEvent.Connected(upstream, stream, local));
        before.ifPresent(session -> replay(session, stream));
      }
      case PeeringEffect.NoStream(String upstream, String why) ->
          handle(new IngressEvent.ConnectFailed(upstream, why));
      case PeeringEffect.Bytes(String upstream, long stream, byte[] bytes) ->
          received(upstream, stream, bytes);
      case PeeringEffect.Full(String upstream, long stream) ->
          handle(new IngressEvent.WriteBlocked(upstream, stream));
      case PeeringEffect.Writable(String upstream, long stream) ->
          handle(new IngressEvent.Writable(upstream, stream));
      case PeeringEffect.Down(String upstream, long stream, String why, int left) -> {
        if (left == 0) {
          watch.linkDown(upstream);
        }
        handle(new IngressEvent.Closed(upstream, stream, why));
        doneWhenClosed();
      }
    }
  }

  private void received(String upstream, long stream, byte[] bytes) {
    SessionRecord record = records.get(stream);
    if (record != null) {
      record.received(bytes);
    }
    handle(new IngressEvent.Received(upstream, stream, bytes));
  }

  /**
   * Brings a new session to where the one before was, by what came on the connection: the router
   * gets nothing of it. Where this process would have opened it otherwise, it ends instead, so that
   * both sides begin anew.
   */
  private void replay(PassedSession session, long stream) {
    received(session.upstream(), stream, session.receivedOpen());
    boolean same = inherited.end(stream);
    if (!same) {
      String why = "the node goes on with another configuration";
      peerings.apply(
          new PeeringEvent.Send(stream, CeaseMessage.of(InheritedSessions.CONFIGURATION, why)));
      peerings.apply(new PeeringEvent.Close(stream, why));
      return;
    }
    received(session.upstream(), stream, InheritedSessions.KEEPALIVE);
    if (session.unread().length > 0) {
      received(session.upstream(), stream, session.unread());
    }
  }
}
