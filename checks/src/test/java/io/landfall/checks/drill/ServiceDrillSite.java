package io.landfall.checks.drill;

import io.landfall.bgp.SessionConfig;
import io.landfall.bgp.SessionState;
import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.MedMapping;
import io.landfall.core.NodeName;
import io.landfall.core.Now;
import io.landfall.core.ServiceName;
import io.landfall.overlay.BgpIdentifier;
import io.landfall.overlay.NodeCosts;
import io.landfall.overlay.NodeDirectory;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.OverlayEffect;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.OverlayLimits;
import io.landfall.overlay.OverlaySettings;
import io.landfall.overlay.PeerInfo;
import io.landfall.overlay.servicehost.HostSignal;
import io.landfall.overlay.servicehost.ServiceHost;
import io.landfall.overlay.servicehost.ServiceHostEffect;
import io.landfall.overlay.servicehost.ServiceHostEvent;
import io.landfall.overlay.servicehost.ServiceHostView;
import io.landfall.overlay.servicehost.ServiceHosts;
import io.landfall.overlay.servicehost.ServiceHostsSettings;
import io.landfall.signal.BackendAddress;
import io.landfall.signal.LocalSignals;
import io.landfall.signal.ProbeSpec;
import io.landfall.signal.ServiceSpec;
import io.landfall.signal.SignalChange;
import io.landfall.signal.SignalEffect;
import io.landfall.signal.SignalEvent;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One site as the daemon wires it, from a service host's bytes to those that another node hears:
 * sessions with hosts, signals, overlay. The node nyc is an overlay peer whose bytes are written by
 * hand, and so are the hosts web7 and web8.
 */
final class ServiceDrillSite {
  static final Block BLOCK = Block.parse("10.32.0.0/23");
  static final HostAddress SHOP = BLOCK.parseHost("10.32.1.10");
  static final HostAddress API = BLOCK.parseHost("10.32.1.11");
  static final HostAddress OTHERS = BLOCK.parseHost("10.32.1.12");
  static final HostAddress FRA = BLOCK.parseHost("10.32.0.1");
  static final HostAddress NYC = BLOCK.parseHost("10.32.0.2");
  static final long WEB7 = 7;
  static final long WEB8 = 8;

  private static final long NYC_LINK = 1;
  private static final long NOW = 1_000_000_000L;
  private static final Map<HostAddress, ServiceName> NAMES =
      new TreeMap<>(
          Map.of(
              SHOP,
              new ServiceName("shop"),
              API,
              new ServiceName("api"),
              OTHERS,
              new ServiceName("others")));

  private final ServiceHosts speakers;
  private final LocalSignals signals;
  private final Overlay overlay;
  private final Map<Long, ByteArrayOutputStream> written = new TreeMap<>();
  private final List<ServiceHostEffect> facts = new ArrayList<>();

  /** A site beside whose host web7 of this AS there is web8 in the overlay's own. */
  ServiceDrillSite(int asnOfWeb7) {
    for (long link : List.of(NYC_LINK, WEB7, WEB8)) {
      written.put(link, new ByteArrayOutputStream());
    }
    overlay =
        new Overlay(
            new OverlaySettings(
                new NodeName("fra"),
                FRA,
                new Asn(DrillSite.ASN),
                OverlaySettings.Reflection.NONE,
                OverlayLimits.usual(),
                NodeCosts.equal(),
                NodeDirectory.empty()),
            bound -> bound - 1);
    step(new OverlayEvent.LocalServicesEvaluated());
    PeerInfo nyc = new PeerInfo(new NodeName("nyc"), NYC, new TreeSet<>(), PeerInfo.Relation.MESH);
    step(new OverlayEvent.LinkUp(nyc, "fingerprint of nyc", NYC_LINK, Direction.INCOMING));
    step(new OverlayEvent.Bytes(NYC, NYC_LINK, Wires.open(DrillSite.ASN, BgpIdentifier.of(NYC))));
    step(new OverlayEvent.Bytes(NYC, NYC_LINK, Wires.KEEPALIVE));

    signals = new LocalSignals(specs(), NOW);
    step(new SignalEvent.Tick());
    speakers =
        new ServiceHosts(
            new ServiceHostsSettings(
                BLOCK,
                new Asn(DrillSite.ASN),
                BgpIdentifier.of(FRA),
                9,
                List.of(
                    new ServiceHost(
                        "web7", new Asn(asnOfWeb7), SessionConfig.Opening.PASSIVE, said(SHOP, API)),
                    new ServiceHost(
                        "web8",
                        new Asn(DrillSite.ASN),
                        SessionConfig.Opening.PASSIVE,
                        said(OTHERS)))),
            bound -> bound - 1);
    step(new ServiceHostEvent.Start());
    connect("web7", WEB7, asnOfWeb7);
    connect("web8", WEB8, DrillSite.ASN);
  }

  private static SortedMap<HostAddress, MedMapping> said(HostAddress... services) {
    SortedMap<HostAddress, MedMapping> said = new TreeMap<>();
    List.of(services).forEach(service -> said.put(service, MedMapping.DEFAULT));
    return said;
  }

  private static List<ServiceSpec> specs() {
    List<ServiceSpec> specs = new ArrayList<>();
    NAMES.forEach(
        (identity, name) ->
            specs.add(
                new ServiceSpec(
                    name,
                    List.of(new BackendAddress("192.0.2.7", 8080)),
                    ProbeSpec.defaultProbe(),
                    List.of(
                        new ServiceSpec.AdvertisingHost(
                            identity.equals(OTHERS) ? "web8" : "web7", List.of())))));
    return specs;
  }

  private void connect(String host, long link, int asn) {
    step(new ServiceHostEvent.Connected(host, link, Direction.INCOMING));
    hear(link, Wires.open(asn, (int) link));
    hear(link, Wires.KEEPALIVE);
  }

  /** Bytes of a service host arrive. */
  void hear(long link, byte[] bytes) {
    step(new ServiceHostEvent.Received(link == WEB7 ? "web7" : "web8", link, bytes));
  }

  private void step(ServiceHostEvent event) {
    for (ServiceHostEffect effect : speakers.step(event, NOW)) {
      switch (effect) {
        case ServiceHostEffect.Write(String host, long link, byte[] bytes) ->
            written(link).writeBytes(bytes);
        case ServiceHostEffect.HostAdvertised(
                String host,
                HostAddress service,
                HostSignal signal) -> {
          facts.add(effect);
          step(new SignalEvent.HostAdvertised(name(service), host, signal.signal(), signal.tier()));
        }
        case ServiceHostEffect.HostWithdrawn(String host, HostAddress service, String why) -> {
          facts.add(effect);
          step(new SignalEvent.HostWithdrawn(name(service), host, why));
        }
        case ServiceHostEffect.Note _ -> {}
        case ServiceHostEffect.Dial _, ServiceHostEffect.Close _ -> facts.add(effect);
      }
    }
  }

  private static ServiceName name(HostAddress service) {
    return java.util.Objects.requireNonNull(NAMES.get(service));
  }

  private void step(SignalEvent event) {
    for (SignalEffect effect : signals.step(event, new Now(NOW, 0))) {
      switch (effect) {
        case SignalEffect.Changed(SignalChange change) ->
            NAMES.forEach(
                (identity, name) -> {
                  if (name.equals(change.service())) {
                    originate(identity, change);
                  }
                });
        case SignalEffect.RunProbe probe ->
            step(new SignalEvent.ProbeDone(probe.service(), probe.ticket(), true, "ok", NOW));
        case SignalEffect.BackendsChanged _,
            SignalEffect.BackendTurned _,
            SignalEffect.EvaluatedOnce _,
            SignalEffect.Answered _ -> {}
      }
    }
  }

  private void originate(HostAddress identity, SignalChange change) {
    step(new OverlayEvent.Originate(identity, change.to(), change.tier()));
  }

  /** Tells the overlay directly, as it would be told if no host spoke. */
  void step(OverlayEvent event) {
    for (OverlayEffect effect : overlay.step(event, NOW)) {
      if (effect instanceof OverlayEffect.Write(HostAddress to, long link, byte[] bytes)) {
        written(link).writeBytes(bytes);
      }
    }
  }

  private ByteArrayOutputStream written(long link) {
    return java.util.Objects.requireNonNull(written.get(link));
  }

  /** Forgets what was written and said so far. */
  void forget() {
    written.values().forEach(ByteArrayOutputStream::reset);
    facts.clear();
  }

  byte[] writtenToNyc() {
    return written(NYC_LINK).toByteArray();
  }

  byte[] writtenTo(long link) {
    return written(link).toByteArray();
  }

  /** Words said and void, and streams closed. */
  List<ServiceHostEffect> facts() {
    return facts;
  }

  List<SessionState> states() {
    List<SessionState> states = new ArrayList<>();
    speakers.view().forEach(host -> states.add(host.session().state()));
    overlay.peers().forEach(peer -> states.add(peer.state()));
    return states;
  }

  /** The table as text. */
  List<String> table() {
    return overlay.routes().stream()
        .map(
            route ->
                route.host()
                    + " by "
                    + route.paths().stream().map(path -> path.nextHop().toString()).toList())
        .toList();
  }

  /** What was refused of one host, by rule. */
  Map<String, Long> refused(String host) {
    Map<String, Long> rules = new TreeMap<>();
    for (ServiceHostView view : speakers.view()) {
      if (view.host().equals(host)) {
        view.refused().forEach(each -> rules.put(each.rule(), each.count()));
      }
    }
    return rules;
  }
}
