package io.landfall.bgp;

import io.landfall.bgp.SessionConfig.Options;
import io.landfall.bgp.SessionConfig.Role;
import io.landfall.testkit.BgpStreamFuzz;
import io.landfall.testkit.FuzzCorpus;
import java.util.ArrayList;
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
    if (!BgpStreamFuzz.fits(data, MAX_STREAM_BYTES)) {
      return;
    }
    BgpStreamFuzz input = BgpStreamFuzz.of(data);
    List<SessionEffect<HostPrefix>> whole = run(input.options(), List.of(input.stream()));
    check(whole);
    BgpStreamFuzz.same(text(whole), text(run(input.options(), input.pieces())));
  }

  private static List<SessionEffect<HostPrefix>> run(int options, List<byte[]> reads) {
    SessionConfig config =
        Speaker.with(
            Speaker.overlay(1), new Options(SessionConfig.AddPath.BOTH, Role.NONE, 9, 5, 1000));
    Speaker speaker = new Speaker(config).start().connected(STREAM, false);
    int stage = options & 3;
    if (stage > 0) {
      SessionConfig peer = Speaker.overlay(2);
      speaker.hears(
          STREAM,
          OpenCodec.encode(
              stage == 3
                  ? Speaker.with(
                      peer, new Options(SessionConfig.AddPath.BOTH, Role.NONE, 9, 5, 1000))
                  : peer));
    }
    if (stage > 1) {
      speaker.hears(STREAM, MessageType.KEEPALIVE.frame(19));
    }
    speaker.effects.clear();
    reads.forEach(read -> speaker.hears(STREAM, read.clone()));
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
