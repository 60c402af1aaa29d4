package io.landfall.checks.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Family;
import io.landfall.bgp.LargeCommunity;
import io.landfall.bgp.Nlri;
import io.landfall.bgp.Origin;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.Session;
import io.landfall.bgp.SessionConfig;
import io.landfall.bgp.SessionEffect;
import io.landfall.bgp.SessionEvent;
import io.landfall.bgp.UpdateMessage;
import io.landfall.checks.lab.LabRequirements;
import io.landfall.core.Asn;
import io.landfall.core.Direction;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Landfall beside scapy's BGP layer, which shares no line with it: what one writes, the other reads
 * with the same meaning.
 */
class ScapyLab {
  private static final Path SCRIPT = Path.of("src/test/resources/differential/scapy_bgp.py");
  private static final int ASN = 65001;
  private static final long NOW = 1_000_000_000L;
  private static final int UPDATES = 300;

  @TempDir Path dir;

  @BeforeEach
  void scapyIsThere() {
    LabRequirements.require("scapy");
  }

  @Test
  void whatLandfallWritesScapyReadsAlike() throws IOException, InterruptedException {
    Session<TextPrefix> session = session();
    List<byte[]> messages = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    messages.addAll(written(step(session, new SessionEvent.Start())));
    messages.addAll(written(step(session, new SessionEvent.Connected(1, Direction.INCOMING))));
    expected.add("OPEN version 4 as 65001 hold 90 id 0.0.0.1");
    messages.addAll(written(received(session, peersOpen())));
    expected.add("KEEPALIVE");
    received(session, keepalive());
    SplittableRandom random = new SplittableRandom(4271);
    for (int i = 0; i < UPDATES; i++) {
      UpdateMessage<TextPrefix> update = update(random, i % 3 == 0);
      List<byte[]> encoded = written(session.send(update, NOW));
      messages.addAll(encoded);
      if (!update.withdrawn().isEmpty()) {
        expected.add(Meaning.of(only(update.withdrawn(), List.of(), Optional.empty())));
      }
      expected.add(Meaning.of(only(List.of(), update.announced(), update.attributes())));
    }
    messages.addAll(written(session.requestRefresh(Family.IPV4_UNICAST, NOW)));
    expected.add("REFRESH 1 1");
    messages.addAll(written(step(session, new SessionEvent.Stop(2, "good night"))));
    expected.add("NOTIFICATION 6 2");

    assertThat(scapy(messages, "parse")).isEqualTo(expected);
  }

  @Test
  void whatScapyWritesLandfallReadsAlike() throws IOException, InterruptedException {
    readsAlike(session(), peersOpen(), "build");
  }

  @Test
  void pathIdentifiersThatScapyWritesLandfallReadsAlike() throws IOException, InterruptedException {
    readsAlike(session(true), peersOpenWithAddPath(), "add-path");
  }

  private void readsAlike(Session<TextPrefix> session, byte[] peersOpen, String how)
      throws IOException, InterruptedException {
    step(session, new SessionEvent.Start());
    step(session, new SessionEvent.Connected(1, Direction.INCOMING));
    received(session, peersOpen);
    received(session, keepalive());
    List<String> lines = scapy(List.of(), how, "2009", Integer.toString(UPDATES));
    assertThat(lines).hasSize(UPDATES);
    for (String line : lines) {
      String[] parts = line.split("\t", 2);
      List<String> read = new ArrayList<>();
      for (SessionEffect<TextPrefix> effect :
          received(session, HexFormat.of().parseHex(parts[0]))) {
        assertThat(effect).isInstanceOf(SessionEffect.Update.class);
        if (effect instanceof SessionEffect.Update<TextPrefix>(var update)) {
          assertThat(update.refused()).isEmpty();
          read.add(Meaning.of(update));
        }
      }
      assertThat(read).containsExactly(parts[1]);
    }
  }

  private static Session<TextPrefix> session() {
    return session(false);
  }

  private static Session<TextPrefix> session(boolean addPathReceive) {
    return new Session<>(
        new SessionConfig(
            new Asn(ASN),
            new Asn(ASN),
            1,
            OptionalLong.empty(),
            90,
            List.of(Family.IPV4_UNICAST, Family.IPV6_UNICAST),
            SessionConfig.Opening.PASSIVE,
            new SessionConfig.Options(
                addPathReceive ? SessionConfig.AddPath.RECEIVE : SessionConfig.AddPath.NONE,
                SessionConfig.Role.NONE,
                0,
                5,
                Integer.MAX_VALUE)),
        TextPrefix.CODEC,
        bound -> bound - 1);
  }

  private static List<SessionEffect<TextPrefix>> received(
      Session<TextPrefix> session, byte[] bytes) {
    return step(session, new SessionEvent.Received(1, bytes));
  }

  private static List<SessionEffect<TextPrefix>> step(
      Session<TextPrefix> session, SessionEvent event) {
    List<SessionEffect<TextPrefix>> effects = new ArrayList<>();
    session.step(event, NOW, effects::add);
    return effects;
  }

  private static byte[] peersOpen() {
    // IPv4 and IPv6 unicast, route refresh, four-octet AS number 65001; identifier 0.0.0.2.
    String capabilities = "010400010001" + "010400020001" + "0200" + "41040000fde9";
    return HexFormat.of()
        .parseHex("ff".repeat(16) + "003301" + "04fde9005a00000002" + "16" + "0214" + capabilities);
  }

  private static byte[] peersOpenWithAddPath() {
    // The same, and add-path: sends several paths of both families.
    String capabilities =
        "010400010001" + "010400020001" + "0200" + "41040000fde9" + "45080001010200020102";
    return HexFormat.of()
        .parseHex("ff".repeat(16) + "003d01" + "04fde9005a00000002" + "20" + "021e" + capabilities);
  }

  private static byte[] keepalive() {
    return HexFormat.of().parseHex("ff".repeat(16) + "001304");
  }

  /** The messages among effects, each alone. */
  private static List<byte[]> written(List<? extends SessionEffect<TextPrefix>> effects) {
    List<byte[]> messages = new ArrayList<>();
    for (SessionEffect<TextPrefix> effect : effects) {
      if (effect instanceof SessionEffect.Write<TextPrefix>(long to, byte[] bytes)) {
        int at = 0;
        while (at < bytes.length) {
          int length = (bytes[at + 16] & 0xff) << 8 | (bytes[at + 17] & 0xff);
          messages.add(java.util.Arrays.copyOfRange(bytes, at, at + length));
          at += length;
        }
      }
    }
    return messages;
  }

  private static UpdateMessage<TextPrefix> only(
      List<Nlri<TextPrefix>> withdrawn,
      List<Nlri<TextPrefix>> announced,
      Optional<PathAttributes> attributes) {
    return new UpdateMessage<>(withdrawn, announced, attributes, List.of(), Optional.empty());
  }

  private static UpdateMessage<TextPrefix> update(SplittableRandom random, boolean ipv6) {
    return only(
        prefixes(random, ipv6, random.nextInt(10)),
        prefixes(random, ipv6, 1 + random.nextInt(30)),
        Optional.of(
            new PathAttributes(
                List.of(Origin.values()).get(random.nextInt(3)),
                numbers(random, 300).stream().map(Asn::new).toList(),
                Optional.of(InetAddress.ofLiteral(ipv6 ? "fd00::7" : "10.0.0.7")),
                random.nextBoolean() ? OptionalLong.of(random.nextInt(1000)) : OptionalLong.empty(),
                OptionalLong.of(random.nextInt() & 0xffffffffL),
                new PathAttributes.Reflection(
                    random.nextBoolean() ? Optional.of(random.nextInt()) : Optional.empty(),
                    numbers(random, 4)),
                new PathAttributes.Communities(
                    numbers(random, 80),
                    random.nextBoolean()
                        ? List.of(new LargeCommunity(ASN, 1, 1 + random.nextInt(3)))
                        : List.of()),
                OptionalLong.empty())));
  }

  private static List<Integer> numbers(SplittableRandom random, int most) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      numbers.add(1 + random.nextInt(Integer.MAX_VALUE));
    }
    return numbers;
  }

  private static List<Nlri<TextPrefix>> prefixes(SplittableRandom random, boolean ipv6, int count) {
    List<Nlri<TextPrefix>> prefixes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String text =
          ipv6
              ? "fd00::" + Integer.toHexString(1 + random.nextInt(0xffff)) + "/128"
              : "10." + random.nextInt(256) + "." + random.nextInt(256) + ".1/32";
      prefixes.add(new Nlri<>(new TextPrefix(text), 0));
    }
    return prefixes;
  }

  private List<String> scapy(List<byte[]> input, String... arguments)
      throws IOException, InterruptedException {
    Path in = dir.resolve("in");
    Path out = dir.resolve("out");
    Files.write(in, input.stream().map(HexFormat.of()::formatHex).toList());
    List<String> command = new ArrayList<>(List.of("/usr/bin/python3", SCRIPT.toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(dir.resolve("errors").toFile())
            .start();
    assertThat(process.waitFor()).as(() -> "scapy's side: " + text(dir.resolve("errors"))).isZero();
    return Files.readAllLines(out);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
