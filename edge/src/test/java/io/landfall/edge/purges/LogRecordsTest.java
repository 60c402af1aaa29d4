package io.landfall.edge.purges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.cache.fleet.FleetPurge;
import io.landfall.cache.fleet.PurgeRecord;
import io.landfall.cache.fleet.Segment;
import io.landfall.core.InvariantBroken;
import io.landfall.edge.PurgeLogToken;
import io.landfall.edge.cache.disk.DiskFiles.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** The bytes of the log: its header, and its records. */
class LogRecordsTest {
  private static final LogRecords LOG = log(7);

  private final MemoryFiles files = new MemoryFiles();

  private static LogRecords log(long nonce) {
    return new LogRecords(nonce, 3L << 32, 11, Map.of(1L, 2L, -3L, 4L));
  }

  private static Map<Long, Long> tokens(int disks) {
    Map<Long, Long> tokens = new TreeMap<>();
    for (long i = 0; i < disks; i++) {
      tokens.put(i, -i);
    }
    return tokens;
  }

  private static byte[] bytes(LogRecords log) {
    return log.header().array();
  }

  private Optional<LogRecords> read(byte[] header) throws IOException {
    return LogRecords.of(files.put("f", header));
  }

  /** A header with an integer that is another one, and the checksum of that. */
  private static byte[] changed(LogRecords log, int at, int value) {
    ByteBuffer header = log.header().putInt(at, value);
    CRC32C crc = new CRC32C();
    crc.update(header.array(), 0, LogRecords.HEADER_BYTES - 4);
    return header.putInt(LogRecords.HEADER_BYTES - 4, (int) crc.getValue()).array();
  }

  @Test
  void aHeaderIsReadAsItWasWritten() throws IOException {
    for (LogRecords each :
        List.of(LOG, new LogRecords(1, 2, 3, Map.of()), new LogRecords(1, 2, 3, tokens(16)))) {
      assertThat(bytes(each)).hasSize(LogRecords.HEADER_BYTES);
      assertThat(each.header().remaining()).isEqualTo(LogRecords.HEADER_BYTES);
      assertThat(read(bytes(each))).contains(each);
    }
  }

  @Test
  void aHeaderThatIsNotWholeIsNone() throws IOException {
    byte[] whole = bytes(LOG);
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 1;
      assertThat(read(damaged)).as("damaged at %d", at).isEmpty();
    }
    assertThat(read(Arrays.copyOf(whole, whole.length - 1))).isEmpty();
    assertThat(read(new byte[0])).isEmpty();
  }

  @Test
  void aHeaderOfAnotherFormatIsNone() throws IOException {
    assertThat(read(changed(LOG, 0, 1))).as("no log").isEmpty();
    assertThat(read(changed(LOG, 4, 3))).as("another version").isEmpty();
    assertThat(read(changed(LOG, 32, 17))).as("more disks than there may be").isEmpty();
    assertThat(read(changed(LOG, 32, -1))).as("less than no disk").isEmpty();
    assertThat(read(changed(LOG, 32, 0))).as("no disk").isPresent();
  }

  @Test
  void aLogIsKeptBesideSixteenDisksAtMost() {
    assertThat(new LogRecords(1, 2, 3, tokens(16)).tokens()).hasSize(16);
    assertThatThrownBy(() -> new LogRecords(1, 2, 3, tokens(17)))
        .isInstanceOf(InvariantBroken.class);
  }

  @Test
  void aNewLogHasANumberOfItsOwnForEachDisk() {
    AtomicLong nonces = new AtomicLong();
    Path a = Path.of("/a");
    LogRecords made =
        LogRecords.beside(
            new PurgeLogBeside(List.of(a, Path.of("/b")), "shop"), nonces::incrementAndGet);

    assertThat(made.token(a)).isEqualTo(1);
    assertThat(made.token(Path.of("/b"))).isEqualTo(2);
    assertThat(made.run()).isEqualTo(PurgeLogToken.next(0, 3));
    assertThat(made.nonce()).isEqualTo(4);
    assertThat(made.with(9)).isEqualTo(new LogRecords(9, made.run(), made.reach(), made.tokens()));
    assertThatThrownBy(() -> made.token(Path.of("/c"))).isInstanceOf(InvariantBroken.class);
    LogRecords other =
        LogRecords.beside(new PurgeLogBeside(List.of(a), "blog"), nonces::incrementAndGet);
    assertThat(other.reach()).isNotEqualTo(made.reach());
  }

  @Test
  void aLogThatFollowsAnotherKeepsTheNumbersOfItsDisks() {
    LogRecords before = new LogRecords(1, PurgeLogToken.next(0, 5), 11, Map.of(1L, 2L, 3L, 4L));
    LogRecords next = new LogRecords(8, PurgeLogToken.next(0, 6), 11, Map.of(1L, 20L, 5L, 50L));
    long run = PurgeLogToken.next(before.run(), 6);

    assertThat(next.following(before))
        .isEqualTo(new LogRecords(8, run, 11, Map.of(1L, 2L, 5L, 50L)));
    LogRecords elsewhere = new LogRecords(8, next.run(), 12, next.tokens());
    assertThat(elsewhere.following(before)).isEqualTo(new LogRecords(8, run, 12, next.tokens()));
  }

  /** A record of about that length. */
  static PurgeRecord ofLength(int number, int length) {
    List<FleetPurge> purges = new ArrayList<>();
    for (int left = length; left > 0; left -= FleetPurge.MAX_BYTES) {
      String tag = "t".repeat(Math.min(left, FleetPurge.MAX_BYTES));
      purges.add(new FleetPurge(FleetPurge.Kind.TAG, tag, false));
    }
    return new PurgeRecord.Entries(new Segment(PurgeLogFileTest.LOG, number, false, purges), true);
  }

  private static List<PurgeRecord> records(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(PurgeLogFileTest::record).toList();
  }

  private long write(OpenFile file, long from, List<PurgeRecord> records) throws IOException {
    return LOG.write(file, from, records, ByteBuffer.allocate(LogRecords.BUFFER_BYTES));
  }

  /** What is read of a file, with the place at which reading ended behind it. */
  private static List<Object> read(LogRecords by, OpenFile file) throws IOException {
    List<Object> all = new ArrayList<>();
    long end = by.read(file, all::add);
    all.add(end);
    return all;
  }

  private static List<Object> with(List<PurgeRecord> records, long end) {
    return Stream.<Object>concat(records.stream(), Stream.of(end)).toList();
  }

  private OpenFile withHeader() {
    return files.put("f", bytes(LOG));
  }

  @Test
  void recordsAreReadAsTheyWereWritten() throws IOException {
    OpenFile file = withHeader();
    long middle = write(file, LogRecords.HEADER_BYTES, records(2));
    assertThat(middle).isEqualTo(file.size());
    assertThat(read(LOG, file)).isEqualTo(with(records(2), middle));
    assertThat(write(file, middle, List.of())).isEqualTo(middle);
    long end = write(file, middle, records(1));
    assertThat(read(LOG, file))
        .isEqualTo(with(Stream.concat(records(2).stream(), records(1).stream()).toList(), end));
    assertThat(end).isEqualTo(file.size());
  }

  @Test
  void anEmptyLogHasNoRecords() throws IOException {
    assertThat(read(LOG, withHeader())).isEqualTo(with(List.of(), LogRecords.HEADER_BYTES));
  }

  @Test
  void recordsAreWrittenAndReadByTheBuffer() throws IOException {
    List<PurgeRecord> all = new ArrayList<>();
    for (int i = 1; i <= 9; i++) {
      all.add(ofLength(i, 100_000));
    }
    OpenFile file = withHeader();
    long end = write(file, LogRecords.HEADER_BYTES, all);
    int each = (int) (end - LogRecords.HEADER_BYTES) / 9;
    int two = 2 * each;
    assertThat(files.calls())
        .containsExactly(
            "write f 512 " + two,
            "write f " + (512 + two) + " " + two,
            "write f " + (512 + 2 * two) + " " + two,
            "write f " + (512 + 3 * two) + " " + two,
            "write f " + (512 + 4 * two) + " " + each);
    assertThat(read(LOG, file)).isEqualTo(with(all, end));
    assertThat(files.calls()).as("the last one finds the end").hasSize(6);
  }

  @Test
  void aRecordThatFillsTheBufferIsWrittenAndRead() throws IOException {
    int shorter = (int) write(withHeader(), 512, List.of(ofLength(1, 261_000))) - 512;
    PurgeRecord record = ofLength(1, 261_000 + LogRecords.BUFFER_BYTES - shorter);
    OpenFile file = withHeader();
    assertThat(write(file, 512, List.of(record))).isEqualTo(512L + LogRecords.BUFFER_BYTES);
    assertThat(read(LOG, file)).isEqualTo(with(List.of(record), file.size()));
    files.calls();
    OpenFile another = withHeader();
    long end = write(another, 512, List.of(record, record));
    assertThat(files.calls()).hasSize(2);
    assertThat(read(LOG, another)).isEqualTo(with(List.of(record, record), end));
  }

  @Test
  void whatIsBehindTheFirstThatIsNotRightDoesNotCount() throws IOException {
    OpenFile file = withHeader();
    long end = write(file, 512, records(3));
    byte[] whole = files.bytes("f");
    int each = (int) (end - 512) / 3;
    for (int at = 512; at < whole.length; at++) {
      int left = (at - 512) / each;
      List<Object> counts = with(records(left), 512 + (long) left * each);
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) 0x80;
      assertThat(read(LOG, files.put("f", damaged))).as("damaged at %d", at).isEqualTo(counts);
      assertThat(read(LOG, files.put("f", Arrays.copyOf(whole, at))))
          .as("cut at %d", at)
          .isEqualTo(counts);
    }
  }

  @Test
  void aRecordCountsInItsFileAndAtItsPlaceOnly() throws IOException {
    OpenFile file = withHeader();
    int end = (int) write(file, 512, records(1));
    assertThat(read(log(8), file)).isEqualTo(with(List.of(), 512));
    byte[] twice = Arrays.copyOf(files.bytes("f"), 2 * end - 512);
    System.arraycopy(twice, 512, twice, end, end - 512);
    assertThat(read(LOG, files.put("f", twice))).isEqualTo(with(records(1), end));
  }

  /** A frame with the right checksum at the first place. */
  private byte[] frame(byte... record) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(16).putLong(7).putLong(512).flip());
    crc.update(record, 0, record.length);
    ByteBuffer out = ByteBuffer.allocate(520 + record.length).put(LOG.header());
    return out.putInt(record.length).putInt((int) crc.getValue()).put(record).array();
  }

  @Test
  void whatIsNoRecordDoesNotCountWhateverItsChecksum() throws IOException {
    assertThat(read(LOG, files.put("f", frame()))).isEqualTo(with(List.of(), 512));
    assertThat(read(LOG, files.put("f", frame((byte) 9)))).isEqualTo(with(List.of(), 512));
    assertThat(Collections.frequency(files.calls(), "read f")).isEqualTo(2);
  }
}
