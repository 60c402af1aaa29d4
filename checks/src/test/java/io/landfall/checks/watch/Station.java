package io.landfall.checks.watch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A BMP station that keeps the bytes of one connection, and makes a capture file of them. */
final class Station implements AutoCloseable {
  /** The TCP port that the capture says, which tshark is told to take for BMP. */
  static final int PORT = 11_019;

  /** Raw IP packets. */
  private static final int LINKTYPE_RAW = 101;

  private static final int IP_BYTES = 20;
  private static final int TCP_BYTES = 20;

  private final ServerSocket server;
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
  private volatile boolean ended;

  Station() {
    try {
      server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::listen);
  }

  private void listen() {
    try (Socket socket = server.accept();
        InputStream in = socket.getInputStream()) {
      byte[] buffer = new byte[8192];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        synchronized (heard) {
          heard.write(buffer, 0, count);
        }
      }
    } catch (IOException e) {
      // The lab is over, or the node was killed: what came until then counts.
    }
    ended = true;
  }

  int port() {
    return ((InetSocketAddress) server.getLocalSocketAddress()).getPort();
  }

  byte[] bytes() {
    synchronized (heard) {
      return heard.toByteArray();
    }
  }

  boolean ended() {
    return ended;
  }

  /** Writes a capture in which each whole BMP message is a TCP segment of its own. */
  static Path capture(byte[] bmp, Path file) {
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(
          ByteBuffer.allocate(24)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt(0xa1b2c3d4)
              .putShort((short) 2)
              .putShort((short) 4)
              .putInt(0)
              .putInt(0)
              .putInt(262_144)
              .putInt(LINKTYPE_RAW)
              .array());
      int sequence = 1;
      for (int at = 0; at + 6 <= bmp.length; ) {
        int length = ByteBuffer.wrap(bmp).getInt(at + 1);
        byte[] packet = packet(Arrays.copyOfRange(bmp, at, at + length), sequence);
        out.write(
            ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(1)
                .putInt(0)
                .putInt(packet.length)
                .putInt(packet.length)
                .array());
        out.write(packet);
        sequence += length;
        at += length;
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] packet(byte[] message, int sequence) {
    ByteBuffer packet = ByteBuffer.allocate(IP_BYTES + TCP_BYTES + message.length);
    byte[] loopback = {127, 0, 0, 1};
    packet.put((byte) 0x45).put((byte) 0).putShort((short) packet.capacity()).putInt(0);
    packet.put((byte) 64).put((byte) 6).putShort((short) 0).put(loopback).put(loopback);
    packet.putShort((short) 40_000).putShort((short) PORT).putInt(sequence).putInt(1);
    packet.put((byte) (5 << 4)).put((byte) 0x18).putShort((short) 0xffff).putInt(0);
    return packet.put(message).array();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
