package io.landfall.transport.udp;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * A socket filter that lets only datagrams with a TTL or hop limit of 255 in (RFC 5881 section 5):
 * each router on the way takes one off, so no host beyond the link can have sent them.
 *
 * <p>The kernel checks it (SO_ATTACH_FILTER, no privilege needed), because the TTL of a datagram
 * does not reach Java: Netty has no IP_RECVTTL, and Linux applies IP_MINTTL to TCP alone.
 */
final class TtlFilter {
  /** {@code SOL_SOCKET} and {@code SO_ATTACH_FILTER} of Linux. */
  static final int LEVEL = 1;

  static final int OPTION = 26;

  /** The size of {@code struct sock_fprog} with 64-bit pointers. */
  static final int PROGRAM_BYTES = 16;

  /** {@code SKF_NET_OFF}: offsets from here on count from the IP header. */
  private static final int NETWORK = 0xfff0_0000;

  // Classic BPF: load a byte, and, jump if equal, jump, return.
  private static final int LOAD = 0x30;
  private static final int AND = 0x54;
  private static final int JUMP_EQUAL = 0x15;
  private static final int JUMP = 0x05;
  private static final int RETURN = 0x06;
  private static final int MOST_HOPS = 255;

  private static final int INSTRUCTIONS = 9;
  private static final int INSTRUCTION_BYTES = 8;

  private TtlFilter() {}

  /** Hands the option's value to whoever sets it; it is valid during the call only. */
  static void with(Consumer<ByteBuffer> setter) {
    ByteBuffer program = program();
    ByteBuffer value =
        ByteBuffer.allocateDirect(PROGRAM_BYTES)
            .order(ByteOrder.nativeOrder())
            .putShort(0, (short) INSTRUCTIONS)
            .putLong(8, MemorySegment.ofBuffer(program).address());
    try {
      setter.accept(value);
    } finally {
      Reference.reachabilityFence(program);
    }
  }

  private static ByteBuffer program() {
    ByteBuffer code =
        ByteBuffer.allocateDirect(INSTRUCTIONS * INSTRUCTION_BYTES).order(ByteOrder.nativeOrder());
    add(code, LOAD, 0, 0, NETWORK); // version and header length
    add(code, AND, 0, 0, 0xf0);
    add(code, JUMP_EQUAL, 0, 2, 0x40); // not IPv4: two further
    add(code, LOAD, 0, 0, NETWORK + 8); // IPv4: time to live
    add(code, JUMP, 0, 0, 1);
    add(code, LOAD, 0, 0, NETWORK + 7); // IPv6: hop limit
    add(code, JUMP_EQUAL, 0, 1, MOST_HOPS);
    add(code, RETURN, 0, 0, Integer.MAX_VALUE); // all of it
    add(code, RETURN, 0, 0, 0); // nothing of it
    return code.flip();
  }

  private static void add(ByteBuffer code, int operation, int ifTrue, int ifFalse, int value) {
    code.putShort((short) operation).put((byte) ifTrue).put((byte) ifFalse).putInt(value);
  }
}
