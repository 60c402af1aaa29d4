package io.landfall.node;

import io.landfall.config.EdgeConfig.KeyPairFiles;
import io.landfall.trust.Credentials;
import io.landfall.trust.FileResult;
import java.util.HashMap;
import java.util.Map;

/**
 * Certificates and their keys as they were read from files: of many, those of files that have not
 * changed since are not read and matched again. For one thread at a time.
 */
final class ReadPairs {
  private final Map<KeyPairFiles, Pair> good = new HashMap<>();

  private record Pair(FileStamp certificate, FileStamp key, Credentials credentials) {
    boolean isOf(FileStamp certificateNow, FileStamp keyNow) {
      return certificate.equals(certificateNow) && key.equals(keyNow);
    }
  }

  /**
   * A certificate and its key. Blocks.
   *
   * @param remedy what makes a good one, for the error
   */
  FileResult<Credentials> read(KeyPairFiles files, String remedy) {
    // Stamps are taken first: what changes while it is read is read again.
    FileStamp certificate = FileStamp.of(files.certificate());
    FileStamp key = FileStamp.of(files.key());
    Pair known = good.get(files);
    if (known != null && known.isOf(certificate, key)) {
      return new FileResult.Good<>(known.credentials);
    }
    good.remove(files);
    FileResult<Credentials> read = Credentials.loadForTls(files.certificate(), files.key(), remedy);
    if (read instanceof FileResult.Good<Credentials>(Credentials credentials)) {
      good.put(files, new Pair(certificate, key, credentials));
    }
    return read;
  }

  /** Reads all anew the next time. */
  void forget() {
    good.clear();
  }
}
