package io.landfall.bgp;

import static io.landfall.bgp.Bytes.GOOD;
import static io.landfall.bgp.Bytes.HOST;
import static io.landfall.bgp.Bytes.NONE;
import static io.landfall.bgp.Bytes.attribute;
import static io.landfall.testkit.BgpMessages.message;
import static io.landfall.testkit.BgpMessages.updateBody;
import static io.landfall.testkit.Octets.join;
import static io.landfall.testkit.Octets.octets;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionConfig.Options;
import io.landfall.bgp.SessionConfig.Role;
import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.testkit.Octets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/**
 * Everything bad that a peer can send, word by word: wrong marker, length, version, hold time 1-2,
 * unknown parameter, duplicated attributes, truncated at each byte, 64 KiB messages, 10x the route
 * limit, one byte a second, OPEN after OPEN, silence. Each gets the NOTIFICATION, as code/subcode,
 * or the refusal that an RFC names; "4271 6.1" is section 6.1 of RFC 4271.
 */
class BadInputTest {
  private static final byte[] KEEPALIVE = MessageType.KEEPALIVE.frame(19);
  private static final byte[] OPEN = OpenCodec.encode(Speaker.overlay(2));
  private static final byte[] UPDATE = message(2, updateBody(NONE, GOOD, HOST));
  private static final byte[] FOUR_OCTETS = join(octets(65, 4), Octets.u32(Speaker.OVERLAY_AS));
  private static final List<SessionState> LISTENING =
      List.of(SessionState.OPEN_SENT, SessionState.OPEN_CONFIRM, SessionState.ESTABLISHED);
  private static final int ROUTE_LIMIT = 100;

  private static Speaker in(SessionState state) {
    Options options = new Options(SessionConfig.AddPath.NONE, Role.NONE, 18, 5, ROUTE_LIMIT);
    Speaker speaker =
        new Speaker(Speaker.with(Speaker.overlay(1), options)).start().connected(1, false);
    if (state.compareTo(SessionState.OPEN_CONFIRM) >= 0) {
      speaker.hears(1, OPEN);
    }
    if (state == SessionState.ESTABLISHED) {
      speaker.hears(1, KEEPALIVE);
    }
    assertThat(speaker.session.state()).isEqualTo(state);
    speaker.effects.clear();
    return speaker;
  }

  /** What the peer is told, as code/subcode; nothing when it is told nothing. */
  private static String told(Speaker speaker) {
    MessageReader reader = new MessageReader();
    reader.feed(Speaker.written(1, speaker.effects));
    while (reader.poll() == MessageReader.Poll.MESSAGE) {
      if (reader.type() == MessageType.NOTIFICATION) {
        DownReason said =
            NotificationCodec.decode(reader.array(), reader.bodyFrom(), reader.bodyTo());
        return said.code() + "/" + said.subcode();
      }
    }
    return "";
  }

  private static DynamicTest gets(
      String rule, SessionState state, byte[] bytes, String notification) {
    return test(
        rule + " in " + state + " gets " + notification,
        () -> {
          Speaker speaker = in(state);
          speaker.hears(1, bytes);
          assertThat(told(speaker)).isEqualTo(notification);
          assertThat(Speaker.only(SessionEffect.Close.class, speaker.effects)).hasSize(1);
          assertThat(speaker.session.state()).isEqualTo(SessionState.IDLE);
          assertThat(speaker.hears(1, UPDATE)).as("deaf from then on").isEmpty();
        });
  }

  private static DynamicTest test(String name, Executable body) {
    return DynamicTest.dynamicTest(name, body);
  }

  private static Stream<DynamicTest> everywhere(String rule, byte[] bytes, String notification) {
    return LISTENING.stream().map(state -> gets(rule, state, bytes, notification));
  }

  private static byte[] header(int length, int type) {
    byte[] header = KEEPALIVE.clone();
    Wire.putU16(header, 16, length);
    header[18] = (byte) type;
    return header;
  }

  private static byte[] open(int version, int holdSeconds, byte[] parameters) {
    return message(
        1,
        join(
            octets(version, 0x5b, 0xa0, 0, holdSeconds, 0, 0, 0, 2),
            octets(parameters.length),
            parameters));
  }

  private static final byte[] CAPABILITIES = join(octets(2, 6), FOUR_OCTETS);

  @TestFactory
  Stream<DynamicContainer> eachWordOfTheSentence() {
    return Stream.of(
        DynamicContainer.dynamicContainer("wrong marker", wrongMarker()),
        DynamicContainer.dynamicContainer("length", length()),
        DynamicContainer.dynamicContainer("version", version()),
        DynamicContainer.dynamicContainer("hold time 1-2", holdTime()),
        DynamicContainer.dynamicContainer("unknown parameter", unknownParameter()),
        DynamicContainer.dynamicContainer("duplicated attributes", duplicatedAttributes()),
        DynamicContainer.dynamicContainer("truncated at each byte", truncated()),
        DynamicContainer.dynamicContainer("64 KiB messages", long64KiB()),
        DynamicContainer.dynamicContainer("10x the route limit", tenTimesTheLimit()),
        DynamicContainer.dynamicContainer("one byte a second", oneByteASecond()),
        DynamicContainer.dynamicContainer("OPEN after OPEN", openAfterOpen()),
        DynamicContainer.dynamicContainer("silence", silence()));
  }

  private static Stream<DynamicTest> wrongMarker() {
    return IntStream.range(0, 16)
        .boxed()
        .flatMap(
            at -> {
              byte[] bad = KEEPALIVE.clone();
              bad[at] = 0x7f;
              return everywhere("4271 6.1, byte " + at, bad, "1/1");
            });
  }

  private static Stream<DynamicTest> length() {
    return Stream.of(
            everywhere("4271 6.1, 0", header(0, 2), "1/2"),
            everywhere("4271 6.1, 18", header(18, 4), "1/2"),
            everywhere("4271 6.1, OPEN of 28", header(28, 1), "1/2"),
            everywhere("4271 6.1, UPDATE of 22", header(22, 2), "1/2"),
            everywhere("4271 6.1, NOTIFICATION of 20", header(20, 3), "1/2"),
            everywhere("4271 6.1, KEEPALIVE of 20", header(20, 4), "1/2"),
            Stream.of(
                gets(
                    "7313 5, ROUTE-REFRESH of 24",
                    SessionState.ESTABLISHED,
                    message(5, new byte[5]),
                    "7/1")))
        .flatMap(tests -> tests);
  }

  private static Stream<DynamicTest> version() {
    return IntStream.of(0, 1, 3, 5, 255)
        .mapToObj(
            version ->
                gets(
                    "4271 6.2, version " + version,
                    SessionState.OPEN_SENT,
                    open(version, 9, CAPABILITIES),
                    "2/1"));
  }

  private static Stream<DynamicTest> holdTime() {
    // 0 too, where this side proposes one: RFC 4271 section 4.2 leaves that to the receiver.
    return IntStream.of(1, 2, 0)
        .mapToObj(
            seconds ->
                gets(
                    "4271 6.2, hold time " + seconds,
                    SessionState.OPEN_SENT,
                    open(4, seconds, CAPABILITIES),
                    "2/6"));
  }

  private static Stream<DynamicTest> unknownParameter() {
    return IntStream.of(0, 1, 3, 254)
        .mapToObj(
            type ->
                gets(
                    "4271 6.2, parameter " + type,
                    SessionState.OPEN_SENT,
                    open(4, 9, join(CAPABILITIES, octets(type, 1, 0))),
                    "2/4"));
  }

  private static Stream<DynamicTest> duplicatedAttributes() {
    byte[] twice = join(GOOD, attribute(0x80, 4, 0, 0, 0, 1), attribute(0x80, 4, 0, 0, 0, 2));
    byte[] reach = Bytes.mpReach(16);
    byte[] unreach = attribute(0x80, 15, 0, 2, 1);
    return Stream.of(
        test(
            "7606 3.g: the first counts, the others are discarded and counted",
            () -> {
              Speaker speaker = in(SessionState.ESTABLISHED);
              speaker.hears(1, message(2, updateBody(NONE, twice, HOST)));
              UpdateMessage<HostPrefix> taken = SessionPairTest.updates(speaker).getFirst();
              assertThat(taken.attributes().orElseThrow().med()).hasValue(1);
              assertThat(taken.announced()).hasSize(1);
              assertThat(speaker.session.stats().updates(ErrorRung.ATTRIBUTE_DISCARD)).isOne();
              assertThat(speaker.session.stats().refusals())
                  .containsEntry("duplicate-attribute", 1L);
              assertThat(told(speaker)).isEmpty();
            }),
        gets(
            "7606 3.g, MP_REACH_NLRI twice",
            SessionState.ESTABLISHED,
            message(2, updateBody(NONE, join(reach, reach, GOOD), NONE)),
            "3/1"),
        gets(
            "7606 3.g, MP_UNREACH_NLRI twice",
            SessionState.ESTABLISHED,
            message(2, updateBody(NONE, join(unreach, unreach), NONE)),
            "3/1"));
  }

  private static Stream<DynamicTest> truncated() {
    return Stream.of(
        test("4271 8, the stream ends in a message: TcpConnectionFails", BadInputTest::cutStream),
        test("4271 6.1 and 6.2, an OPEN cut short gets 1/2 or 2/0", BadInputTest::cutOpen),
        test("7606, an UPDATE cut short lands on one rung", BadInputTest::cutUpdate),
        test("4271 6.1, one that lacks its end gets 1/1 or its own", BadInputTest::cutInTheMiddle));
  }

  private static void cutStream() {
    for (byte[] whole : List.of(OPEN, UPDATE, KEEPALIVE)) {
      for (int length = 0; length < whole.length; length++) {
        Speaker speaker =
            in(Arrays.equals(whole, OPEN) ? SessionState.OPEN_SENT : SessionState.ESTABLISHED);
        assertThat(speaker.hears(1, Arrays.copyOf(whole, length))).isEmpty();
        speaker.step(new SessionEvent.Closed(1, "gone"));
        assertThat(told(speaker)).isEmpty();
        assertThat(speaker.session.state()).isEqualTo(SessionState.ACTIVE);
      }
    }
  }

  private static void cutOpen() {
    byte[] body = Arrays.copyOfRange(OPEN, 19, OPEN.length);
    for (int length = 0; length < body.length; length++) {
      Speaker speaker = in(SessionState.OPEN_SENT);
      speaker.hears(1, message(1, Arrays.copyOf(body, length)));
      assertThat(told(speaker)).isEqualTo(length < 10 ? "1/2" : "2/0");
    }
  }

  private static void cutUpdate() {
    byte[] body = updateBody(Bytes.OTHER_HOST, join(Bytes.mpReach(16), GOOD), HOST);
    for (int length = 0; length < body.length; length++) {
      Speaker speaker = in(SessionState.ESTABLISHED);
      speaker.hears(1, message(2, Arrays.copyOf(body, length)));
      boolean up = speaker.session.state() == SessionState.ESTABLISHED;
      assertThat(told(speaker)).matches(up ? "" : length < 4 ? "1/2" : "3/(1|9|10)");
      if (length >= 4) {
        UpdateFuzz.check(ErrorRungTest.INTERNAL, Arrays.copyOf(body, length));
      }
    }
  }

  private static void cutInTheMiddle() {
    for (int missing = 1; missing < 19; missing++) {
      Speaker speaker = in(SessionState.ESTABLISHED);
      byte[] cut = Arrays.copyOf(UPDATE, UPDATE.length - missing);
      speaker.hears(1, join(cut, KEEPALIVE, KEEPALIVE));
      // What it took from its successor's marker made it wrong, or its successor.
      assertThat(told(speaker)).as("%s bytes missing", missing).matches("1/1|3/(1|10)");
      assertThat(speaker.session.state()).isEqualTo(SessionState.IDLE);
    }
  }

  private static Stream<DynamicTest> long64KiB() {
    byte[] update = message(2, updateBody(NONE, GOOD, new byte[65_535 - 23 - GOOD.length]));
    byte[] junk = new byte[65_535 - 19];
    Arrays.fill(junk, (byte) 0xff);
    return Stream.of(
            Stream.of(
                test(
                    "8654 4: an UPDATE of 65,535 is taken, since this side offers that",
                    () -> {
                      // 65,000 default routes are one prefix, which this plane refuses.
                      Speaker speaker = in(SessionState.ESTABLISHED);
                      speaker.hears(1, update);
                      assertThat(speaker.session.state()).isEqualTo(SessionState.ESTABLISHED);
                      assertThat(speaker.session.stats().refusals())
                          .containsEntry("not-host-length", 65_535L - 23 - GOOD.length);
                    }),
                test(
                    "8654 4: a NOTIFICATION of 65,535 is read, and not answered",
                    () -> {
                      Speaker speaker = in(SessionState.ESTABLISHED);
                      speaker.hears(1, message(3, junk));
                      assertThat(told(speaker)).isEmpty();
                      assertThat(speaker.session.stats().lastDown().orElseThrow().text())
                          .hasSizeLessThan(400);
                    })),
            everywhere("8654 4, OPEN of 4,097", header(4097, 1), "1/2"),
            everywhere("8654 4, OPEN of 65,535", header(65_535, 1), "1/2"),
            everywhere("8654 4, KEEPALIVE of 65,535", header(65_535, 4), "1/2"),
            Stream.of(
                gets(
                    "7606 3.b, an UPDATE of 65,535 bytes of junk",
                    SessionState.ESTABLISHED,
                    message(2, junk),
                    "3/1"),
                gets(
                    "7313 5, a ROUTE-REFRESH of 65,535",
                    SessionState.ESTABLISHED,
                    message(5, junk),
                    "7/1")))
        .flatMap(tests -> tests);
  }

  private static byte[] hosts(int from, int count) {
    return join(
        IntStream.range(from, from + count)
            .mapToObj(i -> octets(32, 10, 9, i >> 8, i))
            .toArray(byte[][]::new));
  }

  private static Stream<DynamicTest> tenTimesTheLimit() {
    return Stream.of(
        test(
            "4486 4, in one message, gets 6/1",
            () -> {
              Speaker speaker = in(SessionState.ESTABLISHED);
              speaker.hears(1, message(2, updateBody(NONE, GOOD, hosts(0, 10 * ROUTE_LIMIT))));
              assertThat(told(speaker)).isEqualTo("6/1");
              assertThat(speaker.session.state()).isEqualTo(SessionState.IDLE);
            }),
        test(
            "4486 4, one by one, gets 6/1 at the first beyond the limit",
            () -> {
              Speaker speaker = in(SessionState.ESTABLISHED);
              int sent = 0;
              while (speaker.session.state() == SessionState.ESTABLISHED) {
                speaker.hears(1, message(2, updateBody(NONE, GOOD, hosts(sent++, 1))));
              }
              assertThat(told(speaker)).isEqualTo("6/1");
              assertThat(sent).isEqualTo(ROUTE_LIMIT + 1);
              assertThat(IdleHold.damps(6, 1)).as("its way back gets longer").isTrue();
            }));
  }

  private static Stream<DynamicTest> oneByteASecond() {
    return LISTENING.stream()
        .map(
            state ->
                test(
                    "4271 6.5, in " + state + " gets 4/0",
                    () -> {
                      Speaker speaker = in(state);
                      byte[] bytes = state == SessionState.OPEN_SENT ? OPEN : UPDATE;
                      int seconds = 0;
                      while (speaker.session.state() == state) {
                        speaker.hears(1, new byte[] {bytes[seconds++]});
                        speaker.after(Speaker.SECOND);
                      }
                      assertThat(told(speaker)).isEqualTo("4/0");
                      assertThat(seconds).isEqualTo(state == SessionState.OPEN_SENT ? 30 : 9);
                    }));
  }

  private static Stream<DynamicTest> openAfterOpen() {
    return Stream.of(
        gets("6608 3, another OPEN", SessionState.OPEN_CONFIRM, OPEN, "5/2"),
        gets("6608 3, another OPEN", SessionState.ESTABLISHED, OPEN, "5/3"),
        gets("6608 3, two OPENs in one segment", SessionState.OPEN_SENT, join(OPEN, OPEN), "5/2"));
  }

  private static Stream<DynamicTest> silence() {
    List<DynamicTest> tests = new ArrayList<>();
    for (SessionState state : LISTENING) {
      tests.add(
          test(
              "4271 6.5, in " + state + " gets 4/0",
              () -> {
                Speaker speaker = in(state);
                speaker.passing((state == SessionState.OPEN_SENT ? 30 : 9) * Speaker.SECOND);
                assertThat(told(speaker)).isEqualTo("4/0");
                assertThat(Speaker.only(SessionEffect.Close.class, speaker.effects)).hasSize(1);
              }));
    }
    tests.add(
        test(
            "9687 4, a peer that takes nothing is cut without a word, for none could leave",
            () -> {
              Speaker speaker = in(SessionState.ESTABLISHED);
              speaker.session.writeBlocked(1, speaker.now);
              for (int second = 0; second < 18; second++) {
                speaker.hears(1, KEEPALIVE);
                speaker.after(Speaker.SECOND);
              }
              assertThat(speaker.session.stats().lastDown().orElseThrow().code()).isEqualTo(8);
              assertThat(Speaker.written(1, speaker.effects)).isEmpty();
            }));
    return tests.stream();
  }
}
