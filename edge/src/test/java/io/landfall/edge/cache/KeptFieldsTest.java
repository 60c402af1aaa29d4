package io.landfall.edge.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.http.FieldLines;
import io.netty.util.AsciiString;
import org.junit.jupiter.api.Test;

/** What is kept of the fields of a response. */
class KeptFieldsTest {
  @Test
  void aKeptFieldHoldsItsOwnBytesAndNotTheReceivedHead() {
    byte[] received = "x-unknown-name: some value; and 30000 bytes more".getBytes(US_ASCII);
    FieldLines kept = new FieldLines();
    KeptFields.add(
        kept,
        new AsciiString(received, 0, 14, false),
        new AsciiString(received, 16, 10, false),
        true);
    assertThat(kept.name(0).toString()).isEqualTo("x-unknown-name");
    assertThat(kept.value(0).toString()).isEqualTo("some value");
    assertThat(kept.name(0).array()).hasSize(14);
    assertThat(kept.value(0).array()).hasSize(10);
  }

  @Test
  void whatIsAboutTheBytesOfAPartIsKeptOfAWholeOnly() {
    for (String name : new String[] {"content-range", "content-digest", "content-md5"}) {
      FieldLines kept = new FieldLines();
      KeptFields.add(kept, name, "x", false);
      assertThat(kept.size()).as(name).isZero();
      KeptFields.add(kept, name, "x", true);
      assertThat(kept.size()).as(name).isEqualTo(1);
    }
  }
}
