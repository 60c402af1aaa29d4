package io.landfall.edge.cache.disk;

import io.landfall.edge.PurgeLogToken;
import io.landfall.edge.SystemClock;
import io.landfall.edge.server.TestSite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Disks, and what is stored there, by hand. */
final class DiskThings {
  static final long LIMIT_BYTES = 8 << 20;
  static final long SEGMENT_BYTES = 1 << 20;

  static final int PAGE_BYTES = 4096;
  private static final byte[] ZEROS = new byte[PAGE_BYTES];

  private DiskThings() {}

  /** A small disk in a folder, open and indexed. */
  static DiskStore open(Path folder) {
    return ready(store(new FolderFiles(folder, "test"), LIMIT_BYTES, SEGMENT_BYTES));
  }

  /** The same, which waits for no medium: enough where no more than the process dies. */
  static DiskStore openUnforced(Path folder) {
    FaultyFiles files = new FaultyFiles(new FolderFiles(folder, "test"));
    files.forces = false;
    return ready(store(files, LIMIT_BYTES, SEGMENT_BYTES));
  }

  /** Copies a folder as a process that dies now leaves it; what is zero takes no room. */
  static void copy(Path folder, Path to) {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path each : all.filter(file -> !file.endsWith(DiskFolder.LOCK)).toList()) {
        copyFile(each, to.resolve(each.getFileName()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copyFile(Path from, Path to) throws IOException {
    byte[] page = new byte[PAGE_BYTES];
    try (InputStream in = Files.newInputStream(from);
        RandomAccessFile out = new RandomAccessFile(to.toFile(), "rw")) {
      long at = 0;
      for (int got = in.readNBytes(page, 0, PAGE_BYTES);
          got > 0;
          got = in.readNBytes(page, 0, PAGE_BYTES)) {
        if (!Arrays.equals(page, 0, got, ZEROS, 0, got)) {
          out.seek(at);
          out.write(page, 0, got);
        }
        at += got;
      }
      out.setLength(at);
    }
  }

  static DiskStore store(DiskFiles files, long limitBytes, long segmentBytes) {
    return new DiskStore(
        new DiskSettings("a disk", limitBytes, segmentBytes),
        files,
        SystemClock.INSTANCE,
        PooledByteBufAllocator.DEFAULT);
  }

  /** A disk among others, which is not open yet. */
  static DiskStore named(String name, DiskFiles files, PurgeLogToken log) {
    return new DiskStore(
        new DiskSettings(name, LIMIT_BYTES, SEGMENT_BYTES, log),
        files,
        SystemClock.INSTANCE,
        PooledByteBufAllocator.DEFAULT);
  }

  /** All of these, open and indexed. */
  static DiskSet set(DiskStore... disks) {
    for (DiskStore each : disks) {
      ready(each);
    }
    return new DiskSet(List.of(disks), SystemClock.INSTANCE);
  }

  static DiskStore ready(DiskStore store) {
    store.start();
    TestSite.await("the disk is indexed", store::isReady);
    return store;
  }

  /** Waits until another thread has begun to close it: it takes no more. */
  static void awaitClosing(DiskStore store) {
    TestSite.await("it is being closed", store::isClosed);
  }

  static byte[] key(int number) {
    return ("shop\0http\0shop.test\0/" + number + "\0").getBytes(StandardCharsets.US_ASCII);
  }

  /** A body that tells which it is, in which version. */
  static byte[] body(int number, int version, int length) {
    byte[] body = new byte[length];
    for (int i = 0; i < length; i++) {
      body[i] = (byte) (number * 31 + version * 7 + i * 13 + (i >> 8));
    }
    return body;
  }

  static byte[] head(int number, int version, int length) {
    return (number + " " + version + " " + length).getBytes(StandardCharsets.US_ASCII);
  }

  /** Something to store; what it holds is counted by who asks. */
  record Item(int number, int version, int length, long epoch, int variant) implements DiskItem {
    Item(int number, int version, int length) {
      this(number, version, length, 0, 0);
    }

    @Override
    public byte[] key() {
      return DiskThings.key(number);
    }

    @Override
    public byte[] head() {
      return DiskThings.head(number, version, length);
    }

    @Override
    public long bodyLength() {
      return length;
    }

    @Override
    public void copyTo(ByteBuffer into, long position) {
      int fits = into.remaining();
      into.put(body(number, version, length), (int) position, fits);
    }

    @Override
    public void letGo() {}
  }

  /**
   * What was found.
   *
   * @param version of it
   * @param length of its body
   * @param epoch up to which purge it is valid
   */
  record Got(int version, int length, long epoch) {}

  /** Looks for something; it is an error if what is found is not what was stored. */
  static Optional<Got> find(DiskStore store, int number) {
    return find(store, number, DiskStore.ANY_VARIANT);
  }

  /** Looks for something wherever it may be. */
  static Optional<Got> find(DiskSet disks, int number) {
    DiskStore with = disks.with(key(number));
    return with == null ? Optional.empty() : find(with, number);
  }

  static Optional<Got> find(DiskStore store, int number, long variant) {
    CompletableFuture<Optional<Got>> done = new CompletableFuture<>();
    boolean begun =
        store.find(
            key(number),
            variant,
            new DiskStore.Receiver() {
              @Override
              public void found(DiskFound found) {
                try {
                  done.complete(Optional.of(check(number, found)));
                } catch (RuntimeException | AssertionError e) {
                  done.completeExceptionally(e);
                } finally {
                  found.release();
                }
              }

              @Override
              public void missed() {
                done.complete(Optional.empty());
              }
            });
    return begun ? done.join() : Optional.empty();
  }

  private static Got check(int number, DiskFound found) {
    String[] head = new String(found.head(), StandardCharsets.US_ASCII).split(" ");
    int version = Integer.parseInt(head[1]);
    int length = Integer.parseInt(head[2]);
    if (!head[0].equals(Integer.toString(number)) || found.body().length() != length) {
      throw new AssertionError("another head: " + String.join(" ", head) + " for " + number);
    }
    ByteBuf whole = found.whole();
    if (whole != null) {
      assertBody(number, version, length, 0, whole);
    }
    return new Got(version, length, found.epoch());
  }

  static void assertBody(int number, int version, int length, int from, ByteBuf bytes) {
    byte[] expected = body(number, version, length);
    // In one call: Netty's detector of leaks, as the tests have it, takes a stack trace of each.
    byte[] found = ByteBufUtil.getBytes(bytes);
    int wrong = Arrays.mismatch(expected, from, from + found.length, found, 0, found.length);
    if (wrong >= 0) {
      throw new AssertionError("a wrong byte at " + (from + wrong) + " of " + number);
    }
  }

  /** Reads a part of a body; empty if that fails. */
  static Optional<byte[]> read(DiskBody body, int chunk, int most) {
    CompletableFuture<@Nullable ByteBuf> done = new CompletableFuture<>();
    boolean begun =
        body.read(
            chunk,
            most,
            new DiskBody.Receiver() {
              @Override
              public void read(ByteBuf part) {
                done.complete(part);
              }

              @Override
              public void failed() {
                done.complete(null);
              }
            });
    ByteBuf part = begun ? done.join() : null;
    if (part == null) {
      return Optional.empty();
    }
    byte[] bytes = new byte[part.readableBytes()];
    part.readBytes(bytes);
    part.release();
    return Optional.of(bytes);
  }
}
