package io.landfall.edge.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Records are read as they were written. */
class RecordBytesTest {
  @Test
  void numbersAndTextsAreReadInTheirOrder() {
    RecordBytes record = new RecordBytes();
    record.number(Long.MIN_VALUE + 0xff).text("caf\u00e9", 100).number(-2).text("", 100);
    record.text("x".repeat(300), 290).number(7);
    assertThat(record.length()).isEqualTo(8 + 2 + 4 + 8 + 2 + 2 + 290 + 8);
    RecordBytes read = record.written();
    assertThat(read.number()).isEqualTo(Long.MIN_VALUE + 0xff);
    assertThat(read.text()).isEqualTo("caf\u00e9");
    assertThat(read.number()).isEqualTo(-2);
    assertThat(read.text()).isEmpty();
    assertThat(read.text()).isEqualTo("x".repeat(290));
    assertThat(read.number()).isEqualTo(7);
  }

  @Test
  void anotherOneIsWrittenFromTheStart() {
    RecordBytes record = new RecordBytes();
    record.number(1).clear();
    assertThat(record.length()).isZero();
    record.number(2);
    assertThat(record.written().number()).isEqualTo(2);
    assertThat(record.array()).hasSize(RecordBytes.SIZE);
  }
}
