package io.landfall.transport.probe;

/**
 * What a probe saw.
 *
 * @param ok whether the check succeeded within its timeout
 * @param why what was seen, one line for a person
 * @param seenAtNanos when it was seen, by the monotonic clock
 * @param notRun whether a limit of this process kept it from being run, so that it says nothing of
 *     the backend
 */
public record ProbeResult(boolean ok, String why, long seenAtNanos, boolean notRun) {}
