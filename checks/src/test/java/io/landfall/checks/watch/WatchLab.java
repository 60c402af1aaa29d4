package io.landfall.checks.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.lab.LabRequirements;
import io.landfall.lab.host.ChildProcess;
import io.landfall.testkit.Await;
import io.landfall.testkit.TestJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What tshark and bgpdump make of what a node tells those who watch it: nothing malformed, and
 * exactly the peers and prefixes that there were. The nodes are processes on loopback; no root and
 * no capture is needed, since the station writes its capture file itself.
 */
class WatchLab {
  @TempDir Path dir;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private Station station;
  private Dissectors dissectors;

  @BeforeEach
  void tools() {
    LabRequirements.require("tshark", "bgpdump");
    station = new Station();
    dissectors = new Dissectors(dir);
    open.push(station);
  }

  @AfterEach
  void nothingStays() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  private static int freePort(String address) {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral(address))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A node's plane two in a process, spoken to on its standard input. */
  private ChildProcess node(String name, String... options) {
    List<String> command =
        new ArrayList<>(TestJvm.small(64, "io.landfall.node.OverlayAlone", "name=" + name));
    command.addAll(List.of(options));
    ChildProcess process = ChildProcess.start(name, dir, command);
    open.push(process::kill);
    return process;
  }

  /** The whole messages so far, cut apart. */
  private List<byte[]> messages() {
    byte[] all = station.bytes();
    List<byte[]> messages = new ArrayList<>();
    int at = 0;
    while (at + 6 <= all.length && at + ByteBuffer.wrap(all).getInt(at + 1) <= all.length) {
      int length = ByteBuffer.wrap(all).getInt(at + 1);
      messages.add(Arrays.copyOfRange(all, at, at + length));
      at += length;
    }
    return messages;
  }

  private void awaitMessage(String what, int type, byte[] part) {
    String wanted = new String(part, StandardCharsets.ISO_8859_1);
    Await.until(
        what,
        () ->
            messages().stream()
                .filter(m -> m[5] == type)
                .anyMatch(m -> new String(m, StandardCharsets.ISO_8859_1).contains(wanted)),
        () -> messages().size() + " messages\n" + logs());
  }

  /** They come every second: on a quick machine all else is over before. */
  private void awaitStatistics(int peerType) {
    Await.until(
        "a Statistics Report of peer type " + peerType,
        () -> messages().stream().anyMatch(m -> m[5] == 1 && m[6] == peerType),
        this::logs);
  }

  private String logs() {
    try (Stream<Path> all = Files.list(dir)) {
      StringBuilder text = new StringBuilder();
      for (Path file : all.filter(f -> f.toString().endsWith(".log")).toList()) {
        text.append(file.getFileName()).append(":\n").append(Files.readString(file));
      }
      return text.toString();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] bytes(String address) {
    return InetAddress.ofLiteral(address).getAddress();
  }

  private void meshIsSeen(String block, String prefix, String length) throws IOException {
    int port = freePort("127.0.0.1");
    String fraId = prefix + "1";
    String nycId = prefix + "2";
    String shop = prefix + "10";
    String secret = prefix + "11";
    ChildProcess fra =
        node(
            "fra",
            "block=" + block,
            "identity=" + fraId,
            "listen=127.0.0.2:" + port,
            "neighbor=nyc," + nycId + ",127.0.0.1,mesh,service=" + shop,
            "bmp=127.0.0.1:" + station.port(),
            "statistics=1",
            "mrt-updates=" + dir.resolve("u.mrt"),
            "mrt-table=" + dir.resolve("t.mrt"),
            "mrt-rotate=1");
    ChildProcess nyc =
        node(
            "nyc",
            "block=" + block,
            "identity=" + nycId,
            "neighbor=fra," + fraId + ",127.0.0.2,mesh,dial,port=" + port);
    awaitMessage("nyc is up", 3, bytes("127.0.0.1"));
    nyc.say("originate " + shop + " up 7");
    nyc.say("originate " + secret + " cold 3");
    awaitMessage("nyc speaks of what it may not", 0, bytes(secret));
    fra.say("originate " + shop + " up 9");
    String line = "|IGP|" + nycId + "|100|7|65535:7|NAG||";
    List<String> table =
        List.of(
            "TABLE_DUMP2|B|0.0.0.0|4200000000|"
                + fraId
                + length
                + "||IGP|"
                + fraId
                + "|100|0|65535:7|NAG||",
            "TABLE_DUMP2|B|127.0.0.1|4200000000|"
                + nycId
                + length
                + "||IGP|"
                + nycId
                + "|100|0|65535:7|NAG||",
            "TABLE_DUMP2|B|127.0.0.1|4200000000|" + shop + length + "|" + line,
            "TABLE_DUMP2|B|0.0.0.0|4200000000|"
                + shop
                + length
                + "||IGP|"
                + fraId
                + "|100|9|65535:7|NAG||");
    Path file = dir.resolve("t.mrt");
    // Hosts are in order, the paths of one host are not (RFC 6396 section 4.3.2 asks for none).
    Await.until(
        "the table, without what was refused",
        () -> Files.exists(file) && sorted(dissectors.bgpdump(file)).equals(sorted(table)),
        () -> Files.exists(file) ? dissectors.bgpdump(file).toString() : logs());

    awaitStatistics(0);
    awaitStatistics(3);
    nyc.say("withdraw " + shop);
    nyc.say("stop maintenance");
    awaitMessage("nyc's last words", 2, "maintenance".getBytes(StandardCharsets.UTF_8));
    fra.say("stop");
    Await.until("the node said goodbye", station::ended, this::logs);

    String fraHex = dotted(fraId);
    String nycHex = dotted(nycId);
    List<String> lines = dissectors.dissect(messages());
    assertThat(lines.getFirst()).as("Initiation").isEqualTo("4");
    assertThat(lines.get(1)).as("Loc-RIB up, with two OPENs").isEqualTo("3 3 " + fraHex + " 1,1");
    assertThat(lines.getLast()).as("Termination").isEqualTo("5");
    assertThat(withoutPathIds(lines, "0 0 " + nycHex))
        .as("Adj-RIB-In of nyc before policy")
        .contains("2 " + nycId, "2 " + shop, "2 " + secret);
    assertThat(withoutPathIds(lines, "0 3 " + fraHex))
        .as("the Loc-RIB, without what was refused")
        .contains("2 " + fraId, "2 " + nycId, "2 " + shop)
        .noneMatch(l -> l.contains(secret));
    assertThat(lines).as("Peer Up").contains("3 0 " + nycHex + " 1,1");
    assertThat(lines).as("Peer Down by a Cease of the peer").contains("2 0 " + nycHex + " 3 3 6");
    assertThat(lines).as("statistics").contains("1 0 " + nycHex, "1 3 " + fraHex);

    String who = "|127.0.0.1|4200000000|";
    List<String> wanted =
        List.of(
            "BGP4MP_ET|STATE" + who + "5|6",
            "BGP4MP_ET|A" + who + nycId + length + "||IGP|" + nycId + "|100|0|65535:7|NAG||",
            "BGP4MP_ET|A" + who + shop + length + "|" + line,
            "BGP4MP_ET|A" + who + secret + length + "||IGP|" + nycId + "|100|3|65535:7|NAG||",
            "BGP4MP_ET|W" + who + shop + length,
            "BGP4MP_ET|STATE" + who + "6|1");
    Await.until(
        "every update",
        () -> dissectors.updates().equals(wanted),
        () -> String.join("\n", dissectors.updates()));
  }

  private static List<String> sorted(List<String> lines) {
    return lines.stream().sorted().toList();
  }

  /** The Identifier of a node: its IPv4 identity, or 10.0.0.0 plus its place in an IPv6 block. */
  private static String dotted(String identity) {
    return identity.contains(":")
        ? "10.0.0." + identity.substring(identity.length() - 1)
        : identity;
  }

  /** What follows a beginning, without path identifiers, which count from one. */
  private static List<String> withoutPathIds(List<String> lines, String beginning) {
    return lines.stream()
        .filter(line -> line.startsWith(beginning + " "))
        .map(line -> line.substring(beginning.length() + 1).replaceFirst(" [0-9]+$", ""))
        .toList();
  }

  @Test
  void tsharkAndBgpdumpReadAMeshOfIpv4() throws IOException {
    meshIsSeen("10.32.0.0/23", "10.32.0.", "/32");
  }

  @Test
  void tsharkAndBgpdumpReadAMeshOfIpv6() throws IOException {
    meshIsSeen("fd00:32::/112", "fd00:32::", "/128");
  }

  @Test
  void pathIdentifiersOfAReflectorAreReadAsSuch() {
    int fraPort = freePort("127.0.0.1");
    int nycPort = freePort("127.0.0.1");
    String reflector = "neighbor=rr,10.32.0.250,127.0.0.1,reflector";
    node(
        "fra",
        "block=10.32.0.0/23",
        "identity=10.32.0.1",
        "listen=127.0.0.2:" + fraPort,
        "nodes=10.32.0.0/24",
        "entitle=any-in-block",
        reflector,
        "bmp=127.0.0.1:" + station.port(),
        "mrt-updates=" + dir.resolve("u.mrt"),
        "mrt-table=" + dir.resolve("t.mrt"),
        "mrt-rotate=1");
    ChildProcess nyc =
        node(
            "nyc",
            "block=10.32.0.0/23",
            "identity=10.32.0.2",
            "listen=127.0.0.3:" + nycPort,
            reflector);
    node(
        "rr",
        "block=10.32.0.0/23",
        "identity=10.32.0.250",
        "reflector=true",
        "neighbor=fra,10.32.0.1,127.0.0.2,client,dial,port=" + fraPort,
        "neighbor=nyc,10.32.0.2,127.0.0.3,client,dial,port=" + nycPort + ",service=10.32.1.10");
    awaitMessage("nyc is heard of", 0, bytes("10.32.0.2"));
    nyc.say("originate 10.32.1.10 up 7");
    awaitMessage("the service is heard of", 0, bytes("10.32.1.10"));

    assertThat(dissectors.dissect(messages()))
        .as("a prefix and its path identifier")
        .anyMatch(line -> line.matches("0 0 10\\.32\\.0\\.250 2 10\\.32\\.1\\.10 [1-9][0-9]*"));
    String shop = "A|127.0.0.1|4200000000|10.32.1.10/32|ID||IGP|10.32.0.2|100|7|65535:7|NAG||";
    Await.until(
        "the update with its path identifier",
        () ->
            dissectors.updates().stream()
                .map(WatchLab::withId)
                .anyMatch(("BGP4MP_ET_AP|" + shop)::equals),
        () -> dissectors.updates().toString());
    Path table = dir.resolve("t.mrt");
    String entry = "TABLE_DUMP2_AP|" + shop.replaceFirst("^A", "B");
    Await.until(
        "the table with its path identifier",
        () ->
            Files.exists(table)
                && dissectors.bgpdump(table).stream().map(WatchLab::withId).anyMatch(entry::equals),
        () -> Files.exists(table) ? dissectors.bgpdump(table).toString() : logs());
  }

  private static String withId(String line) {
    return line.replaceFirst("/32\\|[1-9][0-9]*\\|", "/32|ID|");
  }

  @Test
  void canaryAPrefixThatIsTooLongIsAComplaint() {
    byte[] whole = {3, 0, 0, 0, 13, 4, 0, 2, 0, 3, 'f', 'r', 'a'};
    // Route Monitoring of an UPDATE with a prefix of 41 bits.
    byte[] marker = new byte[16];
    Arrays.fill(marker, (byte) 0xff);
    byte[] update = {0, 30, 2, 0, 0, 0, 4, 0x40, 1, 1, 0, 41, 10, 1};
    byte[] wrong =
        ByteBuffer.allocate(6 + 42 + 30)
            .put((byte) 3)
            .putInt(6 + 42 + 30)
            .position(6 + 42)
            .put(marker)
            .put(update)
            .array();
    byte[] both = Arrays.copyOf(whole, whole.length + wrong.length);
    System.arraycopy(wrong, 0, both, whole.length, wrong.length);
    List<String[]> read = dissectors.tshark(Station.capture(both, dir.resolve("both.pcap")));
    assertThat(Dissectors.complaint(read.get(0))).isEmpty();
    assertThat(Dissectors.complaint(read.get(1))).isNotEmpty();
  }
}
