package io.landfall.bgp;

import io.landfall.bgp.SessionConfig.Options;
import io.landfall.bgp.SessionConfig.Role;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzz target: the byte stream of a peer, through framing, OPEN, NOTIFICATION, ROUTE-REFRESH and
 * the FSM.
 *
 * <p>The first byte says how far the session is and how the rest becomes a stream: as it is, or cut
 * into (type, length, body) that get a right header each, so that a fuzzer gets past the marker.
 * What must hold: nothing is thrown; at most one NOTIFICATION and one Close, and after them
 * nothing; and the pieces in which a stream arrives change nothing.
 */
public final class SessionFuzz {
  private static final int MAX_STREAM_BYTES = 70_000;
  private static final long STREAM = 1;

  /** For JUnit. */
  public SessionFuzz() {}

  @TestFactory
  Stream<DynamicTest> everyStreamOfTheCorpusKeepsTheRules() {
    return FuzzCorpus.replay("SessionFuzz", SessionFuzz::fuzzerTestOneInput);
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length < 2 || data.length > MAX_STREAM_BYTES) {
      return;
    }
    int options = data[0];
    byte[] rest = Arrays.copyOfRange(data, 1, data.length);
    byte[] stream = (options & 4) == 0 ? rest : framed(rest);
    List<SessionEffect<HostPrefix>> whole = run(options, stream, stream.length);
    List<SessionEffect<HostPrefix>> pieces = run(options, stream, 1 + ((options >> 3) & 31));
    check(whole);
    String expected = text(whole);
    if (!expected.equals(text(pieces))) {
      throw new AssertionError("whole: " + expected + "\nin pieces: " + text(pieces));
    }
  }

  private static byte[] framed(byte[] rest) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int at = 0;
    while (at + 2 <= rest.length) {
      int length = Math.min(rest[at + 1] & 0xff, rest.length - at - 2);
      out.writeBytes(
          Bytes.message(rest[at] & 7, Arrays.copyOfRange(rest, at + 2, at + 2 + length)));
      at += 2 + length;
    }
    return out.toByteArray();
  }

  private static List<SessionEffect<HostPrefix>> run(int options, byte[] stream, int pieceBytes) {
    SessionConfig config =
        Speaker.with(Speaker.overlay(1), new Options(true, true, Role.NONE, 9, 5, 1000));
    Speaker speaker = new Speaker(config).start().connected(STREAM, false);
    int stage = options & 3;
    if (stage > 0) {
      SessionConfig peer = Speaker.overlay(2);
      speaker.hears(
          STREAM,
          OpenCodec.encode(
              stage == 3
                  ? Speaker.with(peer, new Options(true, true, Role.NONE, 9, 5, 1000))
                  : peer));
    }
    if (stage > 1) {
      speaker.hears(STREAM, MessageType.KEEPALIVE.frame(19));
    }
    speaker.effects.clear();
    for (int at = 0; at < stream.length; at += pieceBytes) {
      int end = Math.min(stream.length, at + pieceBytes);
      speaker.hears(STREAM, Arrays.copyOfRange(stream, at, end));
    }
    return speaker.effects;
  }

  private static void check(List<SessionEffect<HostPrefix>> effects) {
    int closes = 0;
    for (SessionEffect<HostPrefix> effect : effects) {
      switch (effect) {
        case SessionEffect.Close<HostPrefix> close -> closes++;
        case SessionEffect.Down<HostPrefix> down -> {}
        case SessionEffect.AttemptFailed<HostPrefix> failed -> {}
        case SessionEffect.Connect<HostPrefix> connect ->
            throw new AssertionError("a passive session never asks to connect");
        case SessionEffect.Established<HostPrefix> up -> mustBeOpen(closes, effect);
        case SessionEffect.Update<HostPrefix> update -> mustBeOpen(closes, effect);
        case SessionEffect.Refresh<HostPrefix> refresh -> mustBeOpen(closes, effect);
        case SessionEffect.Write<HostPrefix>(long to, byte[] bytes) -> {
          mustBeOpen(closes, effect);
          if (bytes.length > MessageType.MAX_BYTES) {
            throw new AssertionError(bytes.length + " bytes in answer to a peer");
          }
        }
      }
    }
    if (closes > 1) {
      throw new AssertionError(closes + " times closed");
    }
    MessageReader written = new MessageReader();
    written.feed(Speaker.written(STREAM, effects));
    int notifications = 0;
    while (written.poll() == MessageReader.Poll.MESSAGE) {
      notifications += written.type() == MessageType.NOTIFICATION ? 1 : 0;
    }
    if (written.poll() != MessageReader.Poll.NEED_MORE || notifications > 1) {
      throw new AssertionError("not whole messages, or " + notifications + " NOTIFICATIONs");
    }
  }

  private static void mustBeOpen(int closes, SessionEffect<HostPrefix> effect) {
    if (closes > 0) {
      throw new AssertionError("after the end: " + effect);
    }
  }

  /** Effects as text; arrays by their content. */
  private static String text(List<SessionEffect<HostPrefix>> effects) {
    List<String> lines = new ArrayList<>();
    for (SessionEffect<HostPrefix> effect : effects) {
      lines.add(
          effect instanceof SessionEffect.Write<HostPrefix>(long to, byte[] bytes)
              ? "write " + java.util.HexFormat.of().formatHex(bytes)
              : effect.toString());
    }
    return String.join("\n", lines);
  }
}
