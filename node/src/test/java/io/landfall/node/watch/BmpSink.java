package io.landfall.node.watch;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A BMP station that cuts the stream into messages, reads nothing, or says something. */
public final class BmpSink implements AutoCloseable {
  /** What a station does with a connection. */
  public enum Manner {
    /** Reads all of it. */
    READS,
    /** Reads nothing. */
    IS_STUCK,
    /** Sends a byte, then reads. */
    TALKS
  }

  /** A BMP message: its type and what follows the common header. */
  public record Message(int type, byte[] body) {
    /** Route Monitoring. */
    public static final int ROUTES = 0;

    /** Statistics Report. */
    public static final int STATISTICS = 1;

    /** Peer Down. */
    public static final int DOWN = 2;

    /** Peer Up. */
    public static final int UP = 3;

    /** Initiation. */
    public static final int INITIATION = 4;

    /** Termination. */
    public static final int TERMINATION = 5;

    /** Whether it is about the Loc-RIB (peer type 3 of RFC 9069). */
    public boolean isLocRib() {
      return type <= UP && body[0] == 3;
    }

    /** What follows the Per-Peer Header. */
    public byte[] rest() {
      return Arrays.copyOfRange(body, 42, body.length);
    }

    /** Whether these bytes are somewhere in it. */
    public boolean contains(byte[] part) {
      String all = new String(body, StandardCharsets.ISO_8859_1);
      return all.contains(new String(part, StandardCharsets.ISO_8859_1));
    }
  }

  /** One connection that a node made. */
  public static final class Heard {
    /** The messages so far. */
    public final List<Message> messages = new CopyOnWriteArrayList<>();

    /** Whether the node closed it. */
    public volatile boolean ended;

    /** The messages so far of one type. */
    public List<Message> of(int type) {
      return messages.stream().filter(m -> m.type() == type).toList();
    }
  }

  /** Connections in the order in which they came. */
  public final List<Heard> connections = new CopyOnWriteArrayList<>();

  private final ServerSocket server;
  private final List<Manner> manners;
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  /** Listens; each connection is dealt with in its manner, those beyond the list are read. */
  public BmpSink(InetSocketAddress at, Manner... manners) {
    this.manners = List.of(manners);
    try {
      server = new ServerSocket();
      server.setReuseAddress(true);
      server.setReceiveBufferSize(32 << 10);
      server.bind(at);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  /** A sink on a free port of loopback. */
  public static BmpSink onLoopback(Manner... manners) {
    return new BmpSink(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), manners);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        open.add(socket);
        int number = connections.size();
        Manner manner = number < manners.size() ? manners.get(number) : Manner.READS;
        Heard heard = new Heard();
        connections.add(heard);
        if (manner == Manner.TALKS) {
          socket.getOutputStream().write('?');
        }
        if (manner != Manner.IS_STUCK) {
          Thread.ofVirtual().start(() -> read(socket, heard));
        }
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private static void read(Socket socket, Heard heard) {
    try (DataInputStream in = new DataInputStream(socket.getInputStream())) {
      while (true) {
        byte[] header = new byte[6];
        in.readFully(header);
        ByteBuffer fields = ByteBuffer.wrap(header);
        if (fields.get() != 3) {
          throw new IOException("not BMP version 3");
        }
        byte[] body = new byte[fields.getInt() - 6];
        in.readFully(body);
        heard.messages.add(new Message(fields.get(), body));
      }
    } catch (IOException e) {
      heard.ended = true;
    }
  }

  /** What it heard on each connection, for failures. */
  @Override
  public String toString() {
    List<String> lines = new ArrayList<>();
    for (Heard heard : connections) {
      lines.add(
          heard.messages.stream().map(m -> m.type() + (m.isLocRib() ? "L" : "")).toList()
              + (heard.ended ? " ended" : ""));
    }
    return lines.toString();
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
