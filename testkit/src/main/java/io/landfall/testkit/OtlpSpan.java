package io.landfall.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One span as it came by OTLP (opentelemetry.proto.trace.v1.Span), read by the numbers of its
 * fields.
 *
 * @param ids where it stands in its trace
 * @param name its name
 * @param kind its kind: 2 of a server, 3 of a client
 * @param startNanos when it began, since 1970
 * @param endNanos when it ended
 * @param isError whether its status is an error
 * @param attributes its attributes, as text
 * @param resource those of who sent it
 */
public record OtlpSpan(
    Ids ids,
    String name,
    long kind,
    long startNanos,
    long endNanos,
    boolean isError,
    Map<String, String> attributes,
    Map<String, String> resource) {
  /**
   * Where it stands in its trace, in hexadecimal digits.
   *
   * @param trace the trace-id
   * @param span its own id
   * @param parent that of the span above it; empty for none
   */
  public record Ids(String trace, String span, String parent) {}

  /** Its trace-id. */
  public String trace() {
    return ids.trace;
  }

  /** Its own id. */
  public String span() {
    return ids.span;
  }

  /** That of the span above it; empty for none. */
  public String parent() {
    return ids.parent;
  }

  /** The kind of a server's span. */
  public static final long SERVER = 2;

  /** The kind of a client's span. */
  public static final long CLIENT = 3;

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;
  private static final long ERROR = 2;

  /** All spans of an ExportTraceServiceRequest. */
  public static List<OtlpSpan> all(byte[] request) {
    List<OtlpSpan> spans = new ArrayList<>();
    fields(request, (number, value) -> ofResource((byte[]) value, spans));
    return spans;
  }

  private static void ofResource(byte[] resourceSpans, List<OtlpSpan> spans) {
    Map<String, String> resource = new TreeMap<>();
    fields(
        resourceSpans,
        (number, value) -> {
          if (number == 1) {
            fields(
                (byte[]) value,
                (inner, attribute) -> {
                  if (inner == 1) {
                    attribute((byte[]) attribute, resource);
                  }
                });
          } else if (number == 2) {
            fields(
                (byte[]) value,
                (inner, span) -> {
                  if (inner == 2) {
                    spans.add(one((byte[]) span, resource));
                  }
                });
          }
        });
  }

  private static OtlpSpan one(byte[] bytes, Map<String, String> resource) {
    Map<Integer, Object> plain = new TreeMap<>();
    Map<String, String> attributes = new TreeMap<>();
    boolean[] error = {false};
    fields(
        bytes,
        (number, value) -> {
          switch (number) {
            case 9 -> attribute((byte[]) value, attributes);
            case 15 ->
                fields(
                    (byte[]) value, (inner, code) -> error[0] |= inner == 3 && code.equals(ERROR));
            default -> plain.put(number, value);
          }
        });
    return new OtlpSpan(
        new Ids(hex(plain.get(1)), hex(plain.get(2)), hex(plain.get(4))),
        new String((byte[]) plain.getOrDefault(5, new byte[0]), UTF_8),
        (long) plain.getOrDefault(6, 0L),
        (long) plain.getOrDefault(7, 0L),
        (long) plain.getOrDefault(8, 0L),
        error[0],
        attributes,
        resource);
  }

  private static String hex(@Nullable Object bytes) {
    return bytes instanceof byte[] id ? HexFormat.of().formatHex(id) : "";
  }

  /** A KeyValue; of an AnyValue texts, truth values and whole numbers. */
  private static void attribute(byte[] bytes, Map<String, String> to) {
    String[] key = {""};
    String[] text = {""};
    fields(
        bytes,
        (number, value) -> {
          if (number == 1) {
            key[0] = new String((byte[]) value, UTF_8);
          } else if (number == 2) {
            fields(
                (byte[]) value,
                (inner, any) ->
                    text[0] =
                        any instanceof byte[] chars ? new String(chars, UTF_8) : any.toString());
          }
        });
    to.put(key[0], text[0]);
  }

  /** The fields of a message: numbers as long, everything else as its bytes. */
  private static void fields(byte[] message, BiConsumer<Integer, Object> each) {
    ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      long tag = varint(in);
      int number = (int) (tag >>> 3);
      switch ((int) (tag & 7)) {
        case VARINT -> each.accept(number, varint(in));
        case FIXED64 -> each.accept(number, in.getLong());
        case FIXED32 -> each.accept(number, (long) in.getInt());
        case BYTES -> {
          byte[] bytes = new byte[(int) varint(in)];
          in.get(bytes);
          each.accept(number, bytes);
        }
        default -> throw new IllegalArgumentException("no protobuf: wire type " + (tag & 7));
      }
    }
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("no protobuf: a number without an end");
  }
}
