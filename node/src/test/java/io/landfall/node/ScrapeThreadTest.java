package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.metrics.MetricsSource;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On which thread the numbers of a scrape are read. */
class ScrapeThreadTest {
  @TempDir Path folder;

  @Test
  void theRowsOfCertificatesAreNotMadeOnTheControlThread() {
    try (TestWorld world = new TestWorld(folder)) {
      Node node = world.site("fra", 1).start().node();
      NodeViews views = node.views();
      AtomicReference<Thread> reader = new AtomicReference<>();
      NodeViews watched =
          new NodeViews(
              views.peers(),
              views.services(),
              views.refused(),
              views.ingress(),
              views.bfd(),
              views.revocations(),
              () -> {
                reader.set(Thread.currentThread());
                return views.tls().get();
              });
      MetricsSource read =
          NodeMetrics.of(new ControlQuestions(node.control), NodeMetrics.Sources.of(node), watched);
      assertThat(read.tls()).isEqualTo(views.tls().get());
      assertThat(reader.get()).isSameAs(Thread.currentThread());
    }
  }
}
