package io.landfall.transport.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ReasonsTest {
  @Test
  void aDescriptorThatThisProcessLacksIsNoVerdictOnTheBackend() {
    IOException own =
        new IOException("newSocketStream(..) failed with error(-24): Too many open files");
    Verdict verdict = Reasons.verdict("connect", new IllegalStateException("no channel", own));
    assertThat(verdict.notRun()).isTrue();
    assertThat(verdict.ok()).isFalse();
    assertThat(verdict.why()).isEqualTo("connect: Too many open files");

    Verdict refused = Reasons.verdict("connect", new IOException("Connection refused"));
    assertThat(refused.notRun()).isFalse();
  }
}
