package io.landfall.overlay.servicehost;

import io.landfall.bgp.SessionConfig;
import io.landfall.bgp.SessionState;
import io.landfall.core.Addresses;
import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.MedMapping;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One service host as bytes made by hand, and what comes out for it. */
final class HostWire {
  static final Block BLOCK = Block.parse("10.32.0.0/23");
  static final int OVERLAY_AS = (int) 4_200_000_000L;
  static final int LOCAL_ID = 0x0a200001;
  private static final int UPDATE = 2;
  private static final int NOTIFICATION = 3;

  private final ServiceHosts speakers;
  private final int asn;
  private final List<byte[]> heard = new ArrayList<>();
  private final List<String> facts = new ArrayList<>();
  private final List<Long> closed = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private byte[] moreCapabilities = {};
  private long connection;
  private long nowNanos = 1_000_000_000L;

  HostWire(int asn, HostAddress... services) {
    this.asn = asn;
    this.speakers = new ServiceHosts(settings(MedMapping.DEFAULT, services), bound -> bound - 1);
    step(new ServiceHostEvent.Start());
  }

  private ServiceHostsSettings settings(MedMapping mapping, HostAddress... services) {
    TreeMap<HostAddress, MedMapping> map = new TreeMap<>();
    Arrays.asList(services).forEach(service -> map.put(service, mapping));
    return new ServiceHostsSettings(
        BLOCK,
        new Asn(OVERLAY_AS),
        LOCAL_ID,
        9,
        List.of(new ServiceHost("web7", new Asn(asn), SessionConfig.Opening.PASSIVE, map)));
  }

  /** The host may advertise these from now on, and its MED is read so. */
  void configure(MedMapping mapping, HostAddress... services) {
    step(new ServiceHostEvent.Configure(settings(mapping, services)));
  }

  void step(ServiceHostEvent event) {
    for (ServiceHostEffect effect : speakers.step(event, nowNanos)) {
      switch (effect) {
        case ServiceHostEffect.Write(String host, long number, byte[] bytes) -> heard.add(bytes);
        case ServiceHostEffect.HostAdvertised(
                String host,
                HostAddress service,
                HostSignal signal) ->
            facts.add("advertised " + service + " " + signal.signal() + " tier " + signal.tier());
        case ServiceHostEffect.HostWithdrawn(String host, HostAddress service, String why) ->
            facts.add("silent " + service + " " + why);
        case ServiceHostEffect.Close(String host, long number, String why) -> closed.add(number);
        case ServiceHostEffect.Dial _ -> throw new AssertionError("a passive session dials");
        case ServiceHostEffect.Note(String host, boolean warning, String text) ->
            notes.add((warning ? "warning: " : "") + text);
      }
    }
  }

  HostWire establish() {
    return establish(7);
  }

  HostWire establish(int identifier) {
    open(asn, identifier);
    send(message(4, new byte[0]));
    return this;
  }

  void open(int as, int identifier) {
    connectAgain();
    ByteBuffer body = ByteBuffer.allocate(24 + moreCapabilities.length);
    body.put((byte) 4)
        .putShort((short) (Integer.compareUnsigned(as, 0xffff) <= 0 ? as : 23_456))
        .putShort((short) 90)
        .putInt(identifier)
        .put((byte) (14 + moreCapabilities.length))
        .put((byte) 2)
        .put((byte) (12 + moreCapabilities.length))
        .put(new byte[] {1, 4, 0, 1, 0, 1, 65, 4})
        .putInt(as)
        .put(moreCapabilities);
    send(message(1, Arrays.copyOf(body.array(), body.position())));
  }

  /** What the host marks its own refreshes with, and understands (RFC 7313). */
  HostWire withEnhancedRouteRefresh() {
    moreCapabilities = new byte[] {2, 0, 70, 0};
    return this;
  }

  /** What the host can be asked for (RFC 2918). */
  HostWire withRouteRefresh() {
    moreCapabilities = new byte[] {2, 0};
    return this;
  }

  void connectAgain() {
    connection++;
    step(new ServiceHostEvent.Connected("web7", connection, Direction.INCOMING));
  }

  long connection() {
    return connection;
  }

  List<Long> closedConnections() {
    return closed;
  }

  void closed(String why) {
    step(new ServiceHostEvent.Closed("web7", connection, why));
  }

  void send(byte[] bytes) {
    step(new ServiceHostEvent.Received("web7", connection, bytes));
  }

  void announce(String prefix, int med) {
    boolean internal = asn == OVERLAY_AS;
    send(
        update(
            prefix,
            internal ? asPath() : asPath(asn),
            nextHop("10.0.0.7"),
            attribute(0x80, 4, med >>> 24, med >>> 16, med >>> 8, med)));
  }

  void withdraw(String prefix) {
    byte[] nlri = nlri(prefix);
    ByteBuffer body = ByteBuffer.allocate(4 + nlri.length);
    body.putShort((short) nlri.length).put(nlri).putShort((short) 0);
    send(message(UPDATE, body.array()));
  }

  void endOfRib() {
    send(message(UPDATE, new byte[4]));
  }

  /** Ends the session with a text (RFC 9003). */
  void cease(int subcode, byte[] text) {
    ByteBuffer body = ByteBuffer.allocate(3 + text.length);
    body.put((byte) 6).put((byte) subcode).put((byte) text.length).put(text);
    send(message(NOTIFICATION, body.array()));
  }

  void refresh() {
    refresh(0);
  }

  /** A refresh of IPv4 with a subtype of RFC 7313. */
  void refresh(int subtype) {
    send(message(5, new byte[] {0, 1, (byte) subtype, 1}));
  }

  /** The subtypes of the ROUTE-REFRESH messages that were received. */
  List<Integer> refreshesReceived() {
    return heard.stream()
        .filter(bytes -> bytes[18] == 5)
        .map(bytes -> Integer.valueOf(bytes[21]))
        .toList();
  }

  /** What was noted since this was asked last. */
  List<String> notes() {
    List<String> since = List.copyOf(notes);
    notes.clear();
    return since;
  }

  ServiceHostView.Counters counters() {
    return view().counters();
  }

  void passSeconds(int seconds) {
    for (int i = 0; i < seconds; i++) {
      nowNanos += 1_000_000_000L;
      step(new ServiceHostEvent.Tick());
    }
  }

  /** What was said since this was asked last. */
  List<String> facts() {
    List<String> since = List.copyOf(facts);
    facts.clear();
    return since;
  }

  private ServiceHostView view() {
    return speakers.view().getFirst();
  }

  ServiceHostDetail detail() {
    return speakers.details().getFirst();
  }

  SessionState state() {
    return view().session().state();
  }

  Map<HostAddress, ServiceHostView.HostAdvertised> advertised() {
    return view().advertised();
  }

  Map<String, Long> refused() {
    Map<String, Long> rules = new TreeMap<>();
    view().refused().forEach(each -> rules.put(each.rule(), each.count()));
    return rules;
  }

  long updatesHeard() {
    return heard.stream().filter(bytes -> bytes[18] == UPDATE).count();
  }

  /** IPv4 End-of-RIB is an UPDATE of 23 bytes (RFC 4724 section 2). */
  long endOfRibsHeard() {
    return heard.stream().filter(bytes -> bytes[18] == UPDATE && bytes.length == 23).count();
  }

  /** The NOTIFICATION that was heard last, as code and subcode. */
  String notification() {
    return heard.stream()
        .filter(bytes -> bytes[18] == NOTIFICATION)
        .reduce((first, second) -> second)
        .map(bytes -> bytes[19] + "/" + bytes[20])
        .orElse("none");
  }

  private static byte[] message(int type, byte[] body) {
    ByteBuffer out = ByteBuffer.allocate(19 + body.length);
    return out.putLong(-1)
        .putLong(-1)
        .putShort((short) out.capacity())
        .put((byte) type)
        .put(body)
        .array();
  }

  /** An UPDATE that announces prefixes, separated by spaces, with ORIGIN IGP and these. */
  static byte[] update(String prefixes, byte[]... attributes) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(attribute(0x40, 1, 0));
    for (byte[] attribute : attributes) {
      all.writeBytes(attribute);
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(new byte[] {0, 0, (byte) (all.size() >>> 8), (byte) all.size()});
    body.writeBytes(all.toByteArray());
    for (String prefix : prefixes.split(" ")) {
      body.writeBytes(nlri(prefix));
    }
    return message(UPDATE, body.toByteArray());
  }

  static byte[] attribute(int flags, int type, int... value) {
    byte[] bytes = new byte[3 + value.length];
    bytes[0] = (byte) flags;
    bytes[1] = (byte) type;
    bytes[2] = (byte) value.length;
    for (int i = 0; i < value.length; i++) {
      bytes[3 + i] = (byte) value[i];
    }
    return bytes;
  }

  static byte[] asPath(int... path) {
    if (path.length == 0) {
      return attribute(0x40, 2);
    }
    int[] value = new int[2 + 4 * path.length];
    value[0] = 2;
    value[1] = path.length;
    for (int i = 0; i < path.length; i++) {
      for (int j = 0; j < 4; j++) {
        value[2 + 4 * i + j] = path[i] >>> (24 - 8 * j);
      }
    }
    return attribute(0x40, 2, value);
  }

  static byte[] nextHop(String address) {
    byte[] bytes = Addresses.parseLiteral(address).orElseThrow();
    return attribute(0x40, 3, bytes[0], bytes[1], bytes[2], bytes[3]);
  }

  private static byte[] nlri(String prefix) {
    int slash = prefix.indexOf('/');
    int bits = Integer.parseInt(prefix.substring(slash + 1));
    byte[] address = Addresses.parseLiteral(prefix.substring(0, slash)).orElseThrow();
    byte[] bytes = new byte[1 + (bits + 7) / 8];
    bytes[0] = (byte) bits;
    System.arraycopy(address, 0, bytes, 1, bytes.length - 1);
    return bytes;
  }
}
