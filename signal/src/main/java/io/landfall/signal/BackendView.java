package io.landfall.signal;

import java.util.Optional;

/**
 * A backend as a person sees it.
 *
 * @param address where it listens
 * @param health {@code up}, {@code down} or {@code unknown} before the first probe
 * @param failuresInARow failed probes since the last success
 * @param successesInARow good probes since the last failure
 * @param drained whether an operator keeps new requests from it
 * @param lastError the text of the last failure, until the backend is up again
 */
public record BackendView(
    BackendAddress address,
    String health,
    int failuresInARow,
    int successesInARow,
    boolean drained,
    Optional<String> lastError) {}
