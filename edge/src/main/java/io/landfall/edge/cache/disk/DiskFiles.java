package io.landfall.edge.cache.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The files of one disk: one folder, which is this process's alone while it is open. Calls block,
 * so none but {@link OpenFile#readNow} is made on an event loop.
 */
public interface DiskFiles extends AutoCloseable {
  /** One open file. */
  interface OpenFile extends AutoCloseable {
    /**
     * Reads until the buffer is full or the file ends.
     *
     * @return how many bytes were read
     */
    int read(ByteBuffer into, long position) throws IOException;

    /**
     * Reads what needs no wait for the medium, for any thread: what of it the system has in memory.
     *
     * @param into a direct buffer
     * @return how many bytes were read, from the first on; 0 also where that cannot be known
     */
    default int readNow(ByteBuffer into, long position) {
      return 0;
    }

    /** Writes all that remains in a buffer. */
    void write(ByteBuffer from, long position) throws IOException;

    /** How long it is. */
    long size() throws IOException;

    /** Makes it shorter, unless it is. */
    void truncate(long bytes) throws IOException;

    /** Returns when what was written is on the medium. */
    void force() throws IOException;

    @Override
    void close();
  }

  /**
   * Takes the folder for this process: makes it if there is none.
   *
   * @return false while another process, or another node of this one, has it
   */
  boolean lock() throws IOException;

  /**
   * The same, tried for 2 s: who only looks whether the folder is in use has its lock for a moment.
   */
  default boolean lockSoon() throws IOException {
    boolean locked = lock();
    for (int i = 0; i < 20 && !locked; i++) {
      LockSupport.parkNanos(100_000_000L);
      locked = lock();
    }
    return locked;
  }

  /** The names of all files, in no order. */
  List<String> names() throws IOException;

  /** Opens a file that is there. */
  OpenFile open(String name) throws IOException;

  /** Makes a file, in place of one of that name. */
  OpenFile create(String name) throws IOException;

  /** Gives a file another name, in place of one that has it. */
  void rename(String from, String to) throws IOException;

  /** Removes a file; who has it open may read on. */
  void delete(String name) throws IOException;

  /** Returns when names that were made, changed or removed are so on the medium. */
  void forceNames() throws IOException;

  /**
   * Which file has a name now.
   *
   * @param key the same for one file as long as it is there or open, whatever its name
   * @param bytes how long it is
   */
  record Mark(Object key, long bytes) {}

  /** The file that has this name; empty if none has. */
  Optional<Mark> mark(String name) throws IOException;

  /** Writes all that a new file is to have. */
  interface Filler {
    /** Writes it. */
    void fill(OpenFile file) throws IOException;
  }

  /** What follows the name of a file that is not whole yet. */
  String UNFINISHED = ".new";

  /**
   * Puts a file in place of the one that has this name, if any. A process or machine that dies
   * leaves the one or the other under that name, and it is whole. If it fails, nothing of the new
   * one is left, as far as the disk still removes files.
   *
   * @return the new one, which is on the medium with its name
   */
  default OpenFile replace(String name, Filler filler) throws IOException {
    String unfinished = name + UNFINISHED;
    OpenFile made = create(unfinished);
    boolean whole = false;
    try {
      filler.fill(made);
      made.force();
      rename(unfinished, name);
      forceNames();
      whole = true;
      return made;
    } finally {
      if (!whole) {
        made.close();
        remove(unfinished);
      }
    }
  }

  private void remove(String unfinished) {
    try {
      delete(unfinished);
    } catch (IOException e) {
      // What had failed before is told; the next try writes over what is left.
    }
  }

  /** Gives the folder back. */
  @Override
  void close();
}
