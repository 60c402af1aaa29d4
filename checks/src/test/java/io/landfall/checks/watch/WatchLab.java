package io.landfall.checks.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.lab.Await;
import io.landfall.checks.lab.LabProcess;
import io.landfall.checks.lab.LabRequirements;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
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
  private static final List<String> FIELDS =
      List.of(
          "bmp.type",
          "bmp.peer.type",
          "bmp.peer.id",
          "bgp.type",
          "bgp.nlri_prefix",
          "bgp.mp_reach_nlri_ipv6_prefix",
          "bgp.nlri_path_id",
          "bgp.withdrawn_prefix",
          "bgp.mp_unreach_nlri_ipv6_prefix",
          "bmp.peer.down.reason",
          "bgp.notify.major_error");

  /** Asked for as well: what a message was taken for, and what there is to complain of. */
  private static final List<String> VERDICT =
      List.of("frame.protocols", "_ws.malformed", "_ws.expert.severity");

  /** PI_WARN; below it are remarks, such as one about a capability. */
  private static final int WARNING = 0x600000;

  @TempDir Path dir;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private Station station;

  @BeforeEach
  void tools() {
    LabRequirements.require("tshark", "bgpdump");
    station = new Station();
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
  private LabProcess node(String name, String... options) {
    // Surefire hides the class path behind a jar of its own.
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath,
                "io.landfall.node.OverlayAlone",
                "name=" + name));
    command.addAll(List.of(options));
    LabProcess process = LabProcess.start(name, dir, command);
    open.push(process::kill9);
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

  /** The capture without the table name of the Loc-RIB, which Wireshark 4.0 takes for BGP. */
  private Path capture(List<byte[]> messages) {
    List<byte[]> shown = new ArrayList<>();
    for (byte[] message : messages) {
      boolean locRibUp = message[5] == 3 && message[6] == 3;
      shown.add(locRibUp ? withoutTableName(message) : message);
    }
    int length = shown.stream().mapToInt(m -> m.length).sum();
    ByteBuffer all = ByteBuffer.allocate(length);
    shown.forEach(all::put);
    return Station.capture(all.array(), dir.resolve("bmp.pcap"));
  }

  private static byte[] withoutTableName(byte[] locRibUp) {
    byte[] name = "overlay".getBytes(StandardCharsets.UTF_8);
    int to = locRibUp.length - 4 - name.length;
    ByteBuffer tlv = ByteBuffer.wrap(locRibUp, to, 4 + name.length);
    assertThat(tlv.getShort()).as("VRF/Table Name (RFC 9069)").isEqualTo((short) 3);
    assertThat(tlv.getShort()).isEqualTo((short) name.length);
    assertThat(Arrays.copyOfRange(locRibUp, to + 4, locRibUp.length)).isEqualTo(name);
    byte[] cut = Arrays.copyOf(locRibUp, to);
    ByteBuffer.wrap(cut).putInt(1, to);
    return cut;
  }

  /** One line for each message: the verdict's fields, then the others, split by semicolons. */
  private List<String[]> tshark(Path capture) {
    List<String> command =
        new ArrayList<>(List.of("/usr/bin/tshark", "-n", "-r", capture.toString()));
    command.addAll(List.of("-d", "tcp.port==" + Station.PORT + ",bmp"));
    command.addAll(List.of("-T", "fields", "-E", "separator=;"));
    Stream.concat(VERDICT.stream(), FIELDS.stream())
        .forEach(field -> command.addAll(List.of("-e", field)));
    return run(command).stream().map(line -> line.split(";", VERDICT.size() + 1)).toList();
  }

  /** What is wrong with a message that tshark read; empty when nothing is. */
  private static String complaint(String[] fields) {
    boolean warned =
        Arrays.stream(fields[2].split(","))
            .filter(text -> !text.isEmpty())
            .anyMatch(severity -> Integer.decode(severity) >= WARNING);
    return fields[0].contains("bmp") && fields[1].isEmpty() && !warned
        ? ""
        : String.join(" ", fields);
  }

  private List<String> run(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectError(dir.resolve("tool.err").toFile())
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor())
          .as(() -> command + ": " + read(dir.resolve("tool.err")))
          .isZero();
      return text.lines().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** One line for each message: its fields without those that are empty. */
  private List<String> dissected() {
    List<byte[]> messages = messages();
    Path capture = capture(messages);
    List<String[]> read = tshark(capture);
    assertThat(read).hasSize(messages.size());
    assertThat(read).as("nothing to complain of").allMatch(fields -> complaint(fields).isEmpty());
    return read.stream().map(fields -> fields[3].replaceAll(";+", " ").strip()).toList();
  }

  /** The lines of bgpdump -m without the time. */
  private List<String> bgpdump(Path file) {
    return run(List.of("/usr/bin/bgpdump", "-m", file.toString())).stream()
        .map(line -> line.replaceFirst("\\|[0-9.]+\\|", "|"))
        .toList();
  }

  /** The lines of all files of updates, the oldest first; one may be put aside meanwhile. */
  private List<String> updates() {
    try (Stream<Path> all = Files.list(dir)) {
      return all.filter(f -> f.getFileName().toString().startsWith("u.mrt"))
          // The one that still grows has no stamp, and comes last.
          .sorted((a, b) -> key(a).compareTo(key(b)))
          .flatMap(f -> copyOf(f).stream())
          .flatMap(f -> bgpdump(f).stream())
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Optional<Path> copyOf(Path file) {
    try {
      Path copy = dir.resolve("copy.mrt");
      return Optional.of(Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String key(Path file) {
    String name = file.getFileName().toString();
    return name.equals("u.mrt") ? "u.mrt.~" : name;
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
    LabProcess fra =
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
    LabProcess nyc =
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
        () -> Files.exists(file) && sorted(bgpdump(file)).equals(sorted(table)),
        () -> Files.exists(file) ? bgpdump(file).toString() : logs());

    awaitStatistics(0);
    awaitStatistics(3);
    nyc.say("withdraw " + shop);
    nyc.say("stop maintenance");
    awaitMessage("nyc's last words", 2, "maintenance".getBytes(StandardCharsets.UTF_8));
    fra.say("stop");
    Await.until("the node said goodbye", station::ended, this::logs);

    String fraHex = dotted(fraId);
    String nycHex = dotted(nycId);
    List<String> lines = dissected();
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
    Await.until("every update", () -> updates().equals(wanted), () -> String.join("\n", updates()));
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
    LabProcess nyc =
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

    assertThat(dissected())
        .as("a prefix and its path identifier")
        .anyMatch(line -> line.matches("0 0 10\\.32\\.0\\.250 2 10\\.32\\.1\\.10 [1-9][0-9]*"));
    String shop = "A|127.0.0.1|4200000000|10.32.1.10/32|ID||IGP|10.32.0.2|100|7|65535:7|NAG||";
    Await.until(
        "the update with its path identifier",
        () -> updates().stream().map(WatchLab::withId).anyMatch(("BGP4MP_ET_AP|" + shop)::equals),
        () -> updates().toString());
    Path table = dir.resolve("t.mrt");
    String entry = "TABLE_DUMP2_AP|" + shop.replaceFirst("^A", "B");
    Await.until(
        "the table with its path identifier",
        () ->
            Files.exists(table)
                && bgpdump(table).stream().map(WatchLab::withId).anyMatch(entry::equals),
        () -> Files.exists(table) ? bgpdump(table).toString() : logs());
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
    List<String[]> read = tshark(Station.capture(both, dir.resolve("both.pcap")));
    assertThat(complaint(read.get(0))).isEmpty();
    assertThat(complaint(read.get(1))).isNotEmpty();
  }
}
