package io.landfall.bgp;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.landfall.bgp.SessionConfig.Options;
import io.landfall.bgp.SessionConfig.Role;
import io.landfall.core.Asn;
import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.FuzzCorpus;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzz target: each codec but that of UPDATE alone, so that a fuzzer need not get past the others
 * first. The first byte chooses OpenCodec, NotificationCodec, RefreshCodec or MessageReader.
 *
 * <p>What must hold: nothing is thrown; what is refused makes a NOTIFICATION of at most 4,096
 * bytes; what this side writes reads the same; and a peer's words reach a terminal as one short
 * line.
 */
public final class MessageFuzz {
  private static final int MAX_SHOWN = 700;

  /** For JUnit. */
  public MessageFuzz() {}

  @TestFactory
  Stream<DynamicTest> everyMessageOfTheCorpusKeepsTheRules() {
    return FuzzCorpus.replay("MessageFuzz", MessageFuzz::fuzzerTestOneInput);
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length < 2 || data.length > MessageType.MAX_EXTENDED_BYTES - 19) {
      return;
    }
    byte[] rest = Arrays.copyOfRange(data, 1, data.length);
    switch (data[0] & 7) {
      case 0 -> open(rest);
      case 1 -> ownOpen(rest);
      case 2 -> notification(rest);
      case 3 -> ownText(rest);
      case 4 -> refresh(rest, true);
      case 5 -> refresh(rest, false);
      default -> stream(rest[0] & 31, Arrays.copyOfRange(rest, 1, rest.length));
    }
  }

  private static void open(byte[] body) {
    if (body.length < 10 || body.length > MessageType.MAX_BYTES - 19) {
      return; // MessageReader hands out no such OPEN
    }
    switch (OpenCodec.decode(body, 0, body.length)) {
      case OpenCodec.Decoded.Bad(BgpError error) -> {
        must(error.code() == NotificationCodes.OPEN, "an OPEN error: " + error);
        shortEnough(error);
      }
      case OpenCodec.Decoded.Good(OpenMessage open) -> {
        must(open.capabilities().unknown().codes().size() <= 64, "bounded");
        must(open.capabilities().unknown().families().size() <= 64, "bounded");
        SessionConfig config = Speaker.overlay(1);
        OpenRules.check(config, open).ifPresent(MessageFuzz::shortEnough);
        OpenRules.negotiate(config, open);
      }
    }
  }

  /** A session that the bytes describe: what its OPEN says is what is read in it. */
  private static void ownOpen(byte[] bytes) {
    byte[] b = Arrays.copyOf(bytes, 20);
    Role role = List.of(Role.values()).get((b[0] & 0xff) % Role.values().length);
    List<Family> families =
        (b[1] & 3) == 0
            ? List.of(Family.IPV4_UNICAST)
            : (b[1] & 3) == 1 ? List.of(Family.IPV6_UNICAST) : List.of(Family.values());
    boolean receive = (b[2] & 1) != 0;
    boolean send = (b[2] & 2) != 0;
    SessionConfig config =
        new SessionConfig(
            new Asn(Wire.u32(b, 3)),
            Asn.of(1),
            Wire.u32(b, 7),
            OptionalLong.empty(),
            Wire.u16(b, 11),
            families,
            SessionConfig.Opening.PASSIVE,
            new Options(
                receive
                    ? (send ? SessionConfig.AddPath.BOTH : SessionConfig.AddPath.RECEIVE)
                    : (send ? SessionConfig.AddPath.SEND : SessionConfig.AddPath.NONE),
                role,
                0,
                5,
                1));
    byte[] message = OpenCodec.encode(config);
    if (!(OpenCodec.decode(message, 19, message.length)
        instanceof OpenCodec.Decoded.Good(OpenMessage open))) {
      throw new AssertionError("our own OPEN is refused: " + config);
    }
    Capabilities read = open.capabilities();
    int familyBits = OpenRules.familyBits(config);
    must(open.id() == config.localId() && open.holdTimeSeconds() == config.holdTimeSeconds(), "id");
    must(read.fourOctetAs().orElseThrow().equals(config.localAs()), "AS number");
    must(read.families() == familyBits, "families");
    must(read.addPath().receive() == (receive ? familyBits : 0), "add-path receive");
    must(read.addPath().send() == (send ? familyBits : 0), "add-path send");
    must(read.role().isPresent() == (role != Role.NONE), "role");
    must(
        read.unknown().codes().isEmpty() && read.unknown().families().isEmpty(), "nothing unknown");
  }

  private static void notification(byte[] body) {
    if (body.length < 2) {
      return;
    }
    SessionEffect.DownReason reason = NotificationCodec.decode(body, 0, body.length);
    must(reason.byPeer() && reason.code() == (body[0] & 0xff), "the code");
    must(reason.text().length() <= MAX_SHOWN, "a long line: " + reason.text().length());
    must(reason.text().codePoints().noneMatch(Character::isISOControl), "control characters");
  }

  private static void ownText(byte[] bytes) {
    String text = new String(bytes, 1, bytes.length - 1, UTF_8);
    BgpError cease = NotificationCodec.cease(2, text);
    shortEnough(cease);
    byte[] message = cease.toMessage();
    NotificationCodec.decode(message, 19, message.length);
    if (message.length > 21) {
      // What is sent is the beginning of the text, so no character of it is cut in two.
      must((message[21] & 0xff) == message.length - 22, "the length of the text");
      must(text.startsWith(new String(message, 22, message.length - 22, UTF_8)), "cut: " + text);
    }
    must(message.length <= 21 + 256, "longer than RFC 9003 allows");
  }

  private static void refresh(byte[] body, boolean enhanced) {
    byte[] message = BgpMessages.message(5, body);
    switch (RefreshCodec.decode(message, 19, message.length, enhanced)) {
      case RefreshCodec.Decoded.Bad(BgpError error) -> {
        must(body.length != 4, "four bytes are no wrong length");
        shortEnough(error);
      }
      case RefreshCodec.Decoded.Ignored() -> must(body.length == 4, "another length");
      case RefreshCodec.Decoded.Good(Family family, int subtype) -> {
        byte[] again = RefreshCodec.encode(family, subtype);
        again[21] = enhanced ? again[21] : message[21];
        must(Arrays.equals(again, message), "it reads the same");
      }
    }
  }

  /** However a stream is cut, the same messages come out, and no more than one is held back. */
  private static void stream(int piece, byte[] bytes) {
    must(messages(bytes, bytes.length).equals(messages(bytes, 1 + piece)), "pieces matter");
  }

  private static String messages(byte[] bytes, int piece) {
    StringBuilder found = new StringBuilder();
    MessageReader reader = new MessageReader();
    for (int at = 0; at < bytes.length; at += piece) {
      reader.feed(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + piece)));
      MessageReader.Poll poll = reader.poll();
      for (; poll == MessageReader.Poll.MESSAGE; poll = reader.poll()) {
        found.append(reader.type()).append(reader.bodyTo() - reader.bodyFrom()).append(' ');
      }
      if (poll == MessageReader.Poll.ERROR) {
        return found.append(reader.error().text()).toString();
      }
    }
    return found.toString();
  }

  private static void shortEnough(BgpError error) {
    must(error.toMessage().length <= MessageType.MAX_BYTES, "a NOTIFICATION that is too long");
  }

  private static void must(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
