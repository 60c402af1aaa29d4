package io.landfall.edge.h1;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.h2.OverHttp2;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.ResponseHead;
import io.landfall.testkit.FuzzCorpus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzz target: HTTP/1 messages, requests and responses, with their bodies. The first byte says
 * which, and in what pieces the rest arrives.
 *
 * <p>What must hold: a message is taken, refused by a {@link HttpViolation}, or not complete; the
 * pieces in which it arrives change nothing; and a request that was taken crosses the leg between
 * two nodes as HTTP/2 and arrives as the same request.
 */
public final class HeadFuzz {
  private static final EdgeLimits LIMITS = EdgeLimits.defaults();
  private static final int MAX_INPUT_BYTES = 70_000;

  /** For JUnit. */
  public HeadFuzz() {}

  @TestFactory
  Stream<DynamicTest> everyMessageOfTheCorpusKeepsTheRules() {
    return FuzzCorpus.replay("HeadFuzz", HeadFuzz::fuzzerTestOneInput);
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length == 0 || data.length > MAX_INPUT_BYTES) {
      return;
    }
    int options = data[0];
    byte[] bytes = Arrays.copyOfRange(data, 1, data.length);
    String whole = new Reading(options).read(bytes, Math.max(1, bytes.length));
    String pieces = new Reading(options).read(bytes, 1 + ((options >> 2) & 31));
    if (!whole.equals(pieces)) {
      throw new AssertionError("whole:\n" + whole + "\nin pieces:\n" + pieces);
    }
  }

  /** One stream of messages, told as text. */
  private static final class Reading {
    private final boolean response;
    private final boolean toHead;
    private final HeaderSectionReader cutter;
    private final BodyReader body;
    private final StringBuilder told = new StringBuilder();
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    Reading(int options) {
      response = (options & 1) != 0;
      toHead = (options & 2) != 0;
      cutter =
          response ? HeaderSectionReader.responses(LIMITS) : HeaderSectionReader.requests(LIMITS);
      body = response ? BodyReader.ofResponses(LIMITS) : BodyReader.ofRequests(LIMITS);
    }

    String read(byte[] bytes, int pieceBytes) {
      ByteBuf in = Unpooled.buffer(bytes.length);
      try {
        for (int at = 0; at < bytes.length; at += pieceBytes) {
          in.writeBytes(bytes, at, Math.min(pieceBytes, bytes.length - at));
          readMessages(in);
        }
        told.append("body ").append(content.toString(StandardCharsets.ISO_8859_1));
        told.append(body.isDone() ? " done" : " open");
      } catch (BadMessage e) {
        told.append("refused ").append(e.rule());
      } finally {
        in.release();
      }
      return told.toString();
    }

    private void readMessages(ByteBuf in) throws BadMessage {
      while (in.isReadable()) {
        if (!body.isDone()) {
          ByteBuf piece = body.next(in);
          if (piece == null) {
            if (!body.isDone()) {
              return;
            }
          } else {
            byte[] bytes = new byte[piece.readableBytes()];
            piece.readBytes(bytes);
            piece.release();
            content.writeBytes(bytes);
          }
        } else {
          byte[] lines = cutter.cut(in);
          if (lines == null) {
            return;
          }
          told.append("body ").append(content.toString(StandardCharsets.ISO_8859_1)).append('\n');
          content.reset();
          head(lines);
        }
      }
    }

    private void head(byte[] lines) throws BadMessage {
      if (response) {
        ResponseHead head = Http1ResponseParser.accept(lines, toHead, LIMITS);
        told.append(head).append('\n');
        body.start(head.framing());
      } else {
        RequestHead head = Http1RequestParser.accept(lines, RequestHead.HTTP, LIMITS);
        told.append(head).append('\n');
        crossTheOverlay(head);
        body.start(head.framing());
      }
    }
  }

  private static void crossTheOverlay(RequestHead head) {
    FieldLines fields = new FieldLines();
    for (int i = 0; i < head.fields().size(); i++) {
      if (!isOfTheConnection(head, i)) {
        fields.add(head.fields().name(i), head.fields().value(i));
      }
    }
    Http2Headers headers = OverHttp2.sent(head, fields);
    RequestHead arrived;
    try {
      arrived = OverHttp2.received(headers, head.framing().isEmpty(), LIMITS);
    } catch (BadMessage e) {
      throw new AssertionError("the other node refuses " + head + " by " + e.rule(), e);
    }
    same(head.method().name(), arrived.method().name());
    same(head.authority().toString(), arrived.authority().toString());
    same(head.target(), arrived.target());
    same(head.host(), arrived.host());
    same(head.framing().isEmpty(), arrived.framing().isEmpty());
    same(
        head.framing().isEmpty() ? 0 : head.framing().length(),
        arrived.framing().isEmpty() ? 0 : arrived.framing().length());
  }

  private static boolean isOfTheConnection(RequestHead head, int field) {
    return head.fields().name(field).equals(FieldNames.HOST)
        || head.fields().name(field).equals(FieldNames.EXPECT)
        || head.fields().name(field).equals(FieldNames.CONTENT_LENGTH)
        || head.fields().name(field).equals(FieldNames.TRANSFER_ENCODING);
  }

  private static void same(@Nullable Object here, @Nullable Object there) {
    if (!java.util.Objects.equals(here, there)) {
      throw new AssertionError(here + " arrives as " + there);
    }
  }
}
