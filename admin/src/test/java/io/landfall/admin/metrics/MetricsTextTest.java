package io.landfall.admin.metrics;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.FakeMetrics;
import org.junit.jupiter.api.Test;

/** A scrape has every figure under its conventional name. */
class MetricsTextTest {
  private final MetricsText metrics = new MetricsText(FakeMetrics::new);

  @Test
  void everyFigureIsThereByName() {
    String text = metrics.answer("", (type, body) -> new String(body, UTF_8));

    assertThat(text.lines())
        .contains(
            "landfall_requests_total{outcome=\"serve\",reason=\"LOCAL_UP\",service=\"shop\"} 5.0",
            "landfall_request_duration_seconds_bucket{outcome=\"serve\",service=\"shop\",le=\"0.001\"} 2",
            "landfall_request_duration_seconds_bucket{outcome=\"serve\",service=\"shop\",le=\"0.01\"} 4",
            "landfall_request_duration_seconds_bucket{outcome=\"serve\",service=\"shop\",le=\"+Inf\"} 5",
            "landfall_request_duration_seconds_count{outcome=\"serve\",service=\"shop\"} 5",
            "landfall_request_duration_seconds_sum{outcome=\"serve\",service=\"shop\"} 0.5",
            "landfall_request_first_byte_seconds_count{service=\"shop\"} 5",
            "landfall_responses_total{arrival=\"client\",code=\"2xx\",outcome=\"serve\",service=\"shop\"} 4.0",
            "landfall_responses_total{arrival=\"client\",code=\"5xx\",outcome=\"serve\",service=\"shop\"} 1.0",
            "landfall_responses_total{arrival=\"node\",code=\"2xx\",outcome=\"serve\",service=\"shop\"} 6.0",
            "landfall_request_body_bytes_total{service=\"shop\"} 11.0",
            "landfall_response_body_bytes_total{service=\"shop\"} 12.0",
            "landfall_requests_in_progress{service=\"shop\"} 3.0",
            "landfall_forward_first_byte_seconds_count{node=\"nyc\"} 5",
            "landfall_forward_attempts_total{node=\"nyc\",result=\"failed\"} 1.0",
            "landfall_backend_first_byte_seconds_count{backend=\"192.0.2.7:80\",service=\"shop\"} 5",
            "landfall_backend_attempts_total{backend=\"192.0.2.7:80\",result=\"2xx\",service=\"shop\"} 4.0",
            "landfall_backend_up{backend=\"192.0.2.7:80\",service=\"shop\"} 1.0",
            "landfall_upstream_session_up{upstream=\"192.0.2.10\"} 0.0",
            "landfall_upstream_session_up{upstream=\"192.0.2.9\"} 1.0",
            "landfall_upstream_prefix{prefix=\"198.51.100.0/24\",state=\"draining\",upstream=\"192.0.2.9\"} 1.0",
            "landfall_upstream_prefix{prefix=\"198.51.100.0/24\",state=\"announced\",upstream=\"192.0.2.9\"} 0.0",
            "landfall_overlay_peer_up{peer=\"nyc\"} 0.0",
            "landfall_overlay_certificate_expiry_seconds{kind=\"ca\",subject=\"CN=ca\"} 30.0",
            "landfall_overlay_certificate_expiry_seconds{kind=\"node\",subject=\"CN=fra\"} -10.0",
            "landfall_control_wait_seconds 0.25",
            "landfall_config_info{hash=\"0123456789ab\"} 1",
            "landfall_config_generation 3.0",
            "landfall_overlay_routes 6.0",
            "landfall_overlay_peers{state=\"established\"} 2.0",
            "landfall_overlay_refused_total{peer=\"nyc\",rule=\"NOT_A_HOST\"} 3.0",
            "landfall_revocations_entries 4.0",
            "landfall_revocations_problem 1.0",
            "landfall_revocations_reloads_total{result=\"applied\"} 3.0",
            "landfall_revocations_reloads_total{result=\"refused\"} 2.0",
            "landfall_ingress_updates_sent_total 7.0",
            "landfall_service_signal{service=\"shop\",signal=\"UP\"} 1.0",
            "landfall_service_signal{service=\"shop\",signal=\"DOWN\"} 0.0",
            "landfall_service_signal_changes_total{service=\"shop\"} 4.0",
            "landfall_edge_queue_waiting 4.0",
            "landfall_edge_queue_entered_total 9.0",
            "landfall_edge_queue_timeouts_total 6.0",
            "landfall_edge_connections_crowded_total 2.0",
            "landfall_queue_size{queue=\"control\"} 3.0",
            "landfall_queue_size{queue=\"access_log\"} 65536.0",
            "landfall_queue_capacity{queue=\"access_log\"} 131072.0",
            "landfall_edge_tunnels 3.0",
            "landfall_edge_tunnels_opened_total 8.0",
            "landfall_edge_tunnels_refused_total 2.0",
            "landfall_edge_tunnels_turned_away_total 5.0",
            "landfall_edge_proxy_headers_refused_total{reason=\"TIMEOUT\"} 7.0",
            "landfall_edge_requests_refused_total{rule=\"HEAD_TOO_LARGE\"} 8.0",
            "landfall_edge_connections_refused_total{why=\"max-connections\"} 5.0",
            "landfall_edge_connections_refused_total{why=\"made-room\"} 3.0",
            "landfall_edge_trailers_dropped_total 6.0",
            "landfall_log_lines_lost_total 12.0",
            "landfall_edge_tunnels_cut_total{end=\"idle\"} 1.0",
            "landfall_edge_tunnels_cut_total{end=\"broken\"} 4.0",
            "landfall_tls_certificate_expiry_seconds{certificate=\"site.pem\",listener=\"192.0.2.1:443\"} 60.0",
            "landfall_tls_certificates_problem{listener=\"192.0.2.1:443\"} 1.0",
            "landfall_tls_handshakes_total{listener=\"192.0.2.1:443\",result=\"TLSv1.3\"} 2.0",
            "landfall_tls_handshakes_total{listener=\"192.0.2.1:443\",result=\"failed\"} 3.0",
            "landfall_bfd_unmatched_total{plane=\"overlay\",rule=\"no-session\"} 4.0",
            "landfall_control_step_seconds_bucket{le=\"0.01\"} 8",
            "landfall_control_step_seconds_count 9",
            "landfall_control_step_max_seconds 0.02",
            "landfall_probe_total{result=\"success\",service=\"shop\"} 9.0");
    assertThat(text)
        .contains("landfall_build_info{", "jvm_memory_used_bytes{area=\"heap\"}")
        .contains("process_start_time_seconds")
        .containsPattern("process_resident_memory_bytes [1-9]")
        .containsPattern("process_open_fds [1-9]")
        .containsPattern("process_virtual_memory_bytes [1-9]")
        .containsPattern("process_cpu_seconds_total [0-9]")
        .contains("jvm_gc_collection_seconds_count{gc=", "jvm_threads_state{state=\"RUNNABLE\"}")
        .contains("jvm_classes_currently_loaded ", "jvm_runtime_info{runtime=")
        .containsPattern("process_max_fds [1-9]");
  }

  @Test
  void theFormatFollowsTheAcceptHeader() {
    assertThat(metrics.<String>answer("", (type, body) -> type))
        .startsWith("text/plain; version=0.0.4");
    assertThat(
            metrics.<String>answer(
                "application/openmetrics-text;version=1.0.0",
                (type, body) -> type + new String(body, UTF_8)))
        .startsWith("application/openmetrics-text")
        .endsWith("# EOF\n");
  }

  /**
   * As Prometheus asks with and without native histograms, and as somebody would who wants text.
   */
  @Test
  void protobufIsForWhoWantsItMost() {
    String text = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5";
    String protobuf =
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";
    assertThat(metrics.<String>answer(protobuf + "," + text, (type, body) -> type))
        .startsWith("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily;");
    assertThat(metrics.<String>answer(text + "," + protobuf, (type, body) -> type))
        .startsWith("application/openmetrics-text");
    assertThat(metrics.<String>answer(protobuf + ";q=0.1," + text, (type, body) -> type))
        .startsWith("application/openmetrics-text");
    assertThat(metrics.<String>answer(protobuf + ";q=0", (type, body) -> type))
        .startsWith("text/plain");
    String unknown = "application/vnd.google.protobuf;encoding=text,";
    assertThat(metrics.<String>answer(unknown + text, (type, body) -> type))
        .startsWith("application/openmetrics-text");
    assertThat(metrics.<String>answer("application/vnd.google.protobuf", (type, body) -> type))
        .startsWith("text/plain");
  }

  @Test
  void nativeBucketsAreInTheProtobuf() {
    byte[] body =
        metrics.answer(
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
                + "encoding=delimited",
            (type, bytes) -> bytes);
    // positive_span (12) with an offset of -90 and a length of 1: zigzag, as metrics.proto has it.
    assertThat(new String(body, ISO_8859_1))
        .contains("landfall_request_duration_seconds", "\u0008\u00b3\u0001\u0010\u0001");
  }
}
