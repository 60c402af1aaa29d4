package io.landfall.edge.cache.coding;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.BrotliOutputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import com.github.luben.zstd.util.Native;
import io.landfall.cache.Coding;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The encoders of this process. Two of them are native libraries, which may be missing for a
 * machine, or not be loadable on it: then the others are what there is. Any thread may call.
 */
public final class Encoders {
  private static final Logger LOG = LoggerFactory.getLogger(Encoders.class);

  /** Those of this process. */
  public static final Encoders OF_PROCESS = new Encoders(Encoders::load);

  private final Consumer<Coding> loader;
  private final Set<Coding> told = EnumSet.noneOf(Coding.class);

  /**
   * Encoders whose libraries are loaded so.
   *
   * @param loader loads what a coding needs; throws if it cannot
   */
  Encoders(Consumer<Coding> loader) {
    this.loader = loader;
  }

  private static void load(Coding coding) {
    switch (coding) {
      case GZIP -> {
        // A part of the JDK.
      }
      case BROTLI -> Brotli4jLoader.ensureAvailability();
      case ZSTD -> Native.load();
    }
  }

  /**
   * Those of some codings that can be made, in their order; of each other one the log tells, once.
   */
  public synchronized List<Coding> available(List<Coding> wanted) {
    List<Coding> there = new ArrayList<>(wanted.size());
    for (Coding each : wanted) {
      if (isThere(each)) {
        there.add(each);
      }
    }
    return there;
  }

  private boolean isThere(Coding coding) {
    try {
      loader.accept(coding);
      return true;
    } catch (RuntimeException | LinkageError e) {
      if (told.add(coding)) {
        LOG.atWarn()
            .addKeyValue("coding", coding.token())
            .addKeyValue("error", e.toString())
            .log("no variants of this coding: its library cannot be loaded");
      }
      return false;
    }
  }

  /**
   * An encoder that writes to a stream, which it closes with itself. Its own memory is freed when
   * it is closed, and not before.
   *
   * @param coding one that is available
   * @param level how much is done for a small result, as the coding counts it
   * @throws IOException if it cannot be made, or from the stream
   */
  public static OutputStream open(Coding coding, int level, OutputStream to) throws IOException {
    return switch (coding) {
      case GZIP -> new Gzip(to, level);
      case BROTLI -> new BrotliOutputStream(to, Encoder.Parameters.create(level));
      case ZSTD -> new ZstdOutputStreamNoFinalizer(to, level);
    };
  }

  private static final class Gzip extends GZIPOutputStream {
    private static final int BUFFER_BYTES = 8 * 1024;

    private Gzip(OutputStream to, int level) throws IOException {
      super(to, BUFFER_BYTES);
      def.setLevel(level);
    }
  }
}
