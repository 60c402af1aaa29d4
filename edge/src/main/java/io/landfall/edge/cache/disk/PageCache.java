package io.landfall.edge.cache.disk;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A file, read only as far as the kernel has it in memory: preadv2(2) with RWF_NOWAIT, which does
 * not wait for the medium. The JDK has no such read. So an event loop may call it, where else a
 * thread of the disk would have to be woken, which costs more than a short read itself.
 *
 * <p>Only for 64-bit Linux, and for file systems that know the flag (ext4, XFS, Btrfs, tmpfs since
 * 6.x); else nothing is ever there, and everything is read by the disk's threads.
 */
final class PageCache implements AutoCloseable {
  /** From linux/fs.h. */
  private static final int RWF_NOWAIT = 8;

  /** From asm-generic/fcntl.h: O_RDONLY and O_CLOEXEC. */
  private static final int OPEN_FLAGS = 0x80000;

  private static final @Nullable Calls CALLS = Calls.find();

  /** One struct iovec (address, length) for each thread that reads. */
  private static final ThreadLocal<MemorySegment> IOVEC =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, 2));

  private final Calls calls;
  private final int descriptor;

  private PageCache(Calls calls, int descriptor) {
    this.calls = calls;
    this.descriptor = descriptor;
  }

  /** The functions of the C library. */
  private record Calls(MethodHandle open, MethodHandle close, MethodHandle preadv2) {
    static @Nullable Calls find() {
      if (!System.getProperty("os.name", "").equals("Linux")
          || ValueLayout.ADDRESS.byteSize() != Long.BYTES) {
        return null;
      }
      Linker linker = Linker.nativeLinker();
      try {
        return new Calls(
            function(
                linker,
                "open",
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT)),
            function(
                linker, "close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)),
            function(
                linker,
                "preadv2",
                FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT)));
      } catch (IllegalCallerException | NoSuchElementException e) {
        // Native access is not granted, or a C library without it.
        return null;
      }
    }

    /** Native access is what this class is for; {@code --enable-native-access} grants it. */
    @SuppressWarnings("restricted")
    private static MethodHandle function(Linker linker, String name, FunctionDescriptor type) {
      return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
    }
  }

  /** Opens a file for such reads; null where there are none. */
  static @Nullable PageCache open(Path file) {
    Calls calls = CALLS;
    if (calls == null) {
      return null;
    }
    try (Arena arena = Arena.ofConfined()) {
      int descriptor =
          (int) calls.open.invokeExact(arena.allocateFrom(file.toString()), OPEN_FLAGS);
      return descriptor < 0 ? null : new PageCache(calls, descriptor);
    } catch (Throwable e) {
      throw new IllegalStateException("open(2) cannot be called", e);
    }
  }

  /**
   * Reads into a direct buffer what is in memory of the file.
   *
   * @return how many bytes were read, from the first on; 0 if that is not there, or nothing can be
   *     read so
   */
  int read(ByteBuffer into, long position) {
    MemorySegment iovec = IOVEC.get();
    MemorySegment target = MemorySegment.ofBuffer(into);
    iovec.setAtIndex(ValueLayout.JAVA_LONG, 0, target.address());
    iovec.setAtIndex(ValueLayout.JAVA_LONG, 1, target.byteSize());
    long got;
    try {
      got = (long) calls.preadv2.invokeExact(descriptor, iovec, 1, position, RWF_NOWAIT);
    } catch (Throwable e) {
      throw new IllegalStateException("preadv2(2) cannot be called", e);
    }
    if (got <= 0) {
      return 0;
    }
    into.position(into.position() + (int) got);
    return (int) got;
  }

  /** Once, when no thread reads. */
  @Override
  public void close() {
    try {
      int _ = (int) calls.close.invokeExact(descriptor);
    } catch (Throwable e) {
      throw new IllegalStateException("close(2) cannot be called", e);
    }
  }
}
